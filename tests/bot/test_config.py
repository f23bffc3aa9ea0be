"""Settings: what is read, what is refused and how that is said."""

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import SECRET, ConfigError, Settings, load, require_token

NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting is given, and the working directory has no `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, ...]]:
    def lines(**environment: str) -> tuple[str, ...]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigError) as caught:
            load()
        return caught.value.lines

    return lines


def test_nothing_given_is_every_default() -> None:
    assert load().model_dump() == {
        "bot_token": None,
        "telegram_api_url": None,
        "database_url": "sqlite+aiosqlite:///newsbot.db",
        "webhook_url": None,
        "webhook_secret": None,
        "webhook_port": 8080,
        "admin_ids": (),
        "default_language": "ru",
        "default_timezone": "Asia/Almaty",
        "default_digest_time": time(9),
        "fetch_interval": timedelta(minutes=10),
        "fetch_max_interval": timedelta(hours=6),
        "source_proxy": None,
        "telegram_proxy": None,
        "telegram_web_url": None,
        "allow_private_hosts": False,
        "metrics_port": None,
        "keep_days": 90,
        "send_rate": 30,
        "allow_user_sources": False,
        "backup_dir": None,
        "expansions_file": None,
        "backup_every": timedelta(hours=24),
        "log_level": "info",
        "log_format": "console",
    }


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
        ("DATABASE_URL", "sqlite+aiosqlite:////data/newsbot.db", "sqlite+aiosqlite:////data/newsbot.db"),
        ("WEBHOOK_PORT", "65535", 65535),
        ("ADMIN_IDS", "12, 345,6", (12, 345, 6)),
        ("DEFAULT_LANGUAGE", "KK", "kk"),
        ("DEFAULT_TIMEZONE", "America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("DEFAULT_DIGEST_TIME", "9:05", time(9, 5)),
        ("DEFAULT_DIGEST_TIME", "23:59", time(23, 59)),
        ("FETCH_INTERVAL", "30s", timedelta(seconds=30)),
        ("FETCH_INTERVAL", "2h", timedelta(hours=2)),
        ("BACKUP_EVERY", "7D", timedelta(days=7)),
        ("SOURCE_PROXY", "socks5://user:secret@proxyhost:1080", "socks5://user:secret@proxyhost:1080"),
        ("TELEGRAM_PROXY", "http://proxyhost:3128", "http://proxyhost:3128"),
        ("ALLOW_PRIVATE_HOSTS", "True", True),
        ("ALLOW_USER_SOURCES", "no", False),
        ("METRICS_PORT", "9090", 9090),
        ("METRICS_PORT", "off", None),
        ("KEEP_DAYS", "1", 1),
        ("KEEP_DAYS", "0", 0),
        ("SEND_RATE", "0", 0),
        ("SEND_RATE", "0.5", 0.5),
        ("BACKUP_DIR", "backups", Path("backups")),
        ("BACKUP_DIR", "off", None),
        ("LOG_LEVEL", "WARNING", "warning"),
        ("LOG_FORMAT", "json", "json"),
    ],
)
def test_a_setting_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, meant: object
) -> None:
    monkeypatch.setenv(name, given)
    assert getattr(load(), name.lower()) == meant


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("TELEGRAM_API_URL", "api.example", "an address that begins with https:// or http://"),
        ("TELEGRAM_API_URL", "http://", "an address that begins with https:// or http://"),
        ("TELEGRAM_API_URL", "http://h:99999", "an address that begins with https:// or http://"),
        ("DATABASE_URL", "newsbot.db", "sqlite+aiosqlite:///PATH, a file"),
        ("DATABASE_URL", "sqlite:///newsbot.db", "sqlite+aiosqlite:///PATH, a file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///", "sqlite+aiosqlite:///PATH, a file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///PATH, a file"),
        ("WEBHOOK_URL", "http://bot.example/hook", "an address that begins with https://"),
        ("WEBHOOK_PORT", "0", "a port number from 1 to 65535"),
        ("WEBHOOK_PORT", "http", "a port number from 1 to 65535"),
        ("ADMIN_IDS", "12,boss", "Telegram user ids separated by commas"),
        ("ADMIN_IDS", "12,-3", "Telegram user ids separated by commas"),
        ("DEFAULT_LANGUAGE", "DE", "ru, en, kk or az"),
        ("DEFAULT_TIMEZONE", "Almaty", "a zone's name, such as Asia/Almaty"),
        ("DEFAULT_TIMEZONE", "Europe", "a zone's name, such as Asia/Almaty"),
        ("DEFAULT_TIMEZONE", "../passwd", "a zone's name, such as Asia/Almaty"),
        ("DEFAULT_DIGEST_TIME", "24:00", "a time of day, such as 09:00"),
        ("DEFAULT_DIGEST_TIME", "9", "a time of day, such as 09:00"),
        ("BACKUP_EVERY", "24", "a number and its unit, such as 30s, 10m or 2h"),
        ("BACKUP_EVERY", "0h", "a number and its unit, such as 30s, 10m or 2h"),
        ("BACKUP_EVERY", "99999999999d", "a number and its unit, such as 30s, 10m or 2h"),
        ("METRICS_PORT", "65536", "a port number from 1 to 65535, or off"),
        ("KEEP_DAYS", "-1", "a whole number of days, 0 to 36500"),
        ("KEEP_DAYS", "36501", "a whole number of days, 0 to 36500"),
        ("SEND_RATE", "-1", "a number, 0 or more"),
        ("SEND_RATE", "nan", "a number, 0 or more"),
        ("SEND_RATE", "inf", "a number, 0 or more"),
        ("ALLOW_USER_SOURCES", "maybe", "true or false"),
        ("LOG_LEVEL", "LOUD", "debug, info, warning or error"),
        ("LOG_FORMAT", "xml", "console or json"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(
    refusal: Callable[..., tuple[str, ...]], name: str, given: str, expected: str
) -> None:
    assert refusal(**{name: given}) == (f"{name}: got {given!r}, expected {expected}",)


def test_every_mistake_is_told_at_once_one_line_each(refusal: Callable[..., tuple[str, ...]]) -> None:
    lines = refusal(SEND_RATE="fast", ADMIN_IDS="me\nyou", LOG_LEVEL="x" * 500, WEBHOOK_URL="https://bot.example")
    assert [line.split(":")[0] for line in lines] == ["WEBHOOK_SECRET", "ADMIN_IDS", "SEND_RATE", "LOG_LEVEL"]
    assert all("\n" not in line and len(line) < 150 for line in lines)


@pytest.mark.parametrize("name", ["SOURCE_PROXY", "TELEGRAM_PROXY"])
@pytest.mark.parametrize(
    "given", ["user:hunter2@proxyhost:1080", "https://user:hunter2@proxyhost:1", "socks5://user:hunter2@host"]
)
def test_a_wrong_proxy_is_not_shown(refusal: Callable[..., tuple[str, ...]], name: str, given: str) -> None:
    (line,) = refusal(**{name: given})
    assert line == (
        f"{name}: wrong (its value is not shown), "
        "expected a proxy's address with its port: http://, socks5:// or socks4://"
    )


def test_user_and_password_in_a_wrong_address_are_masked(refusal: Callable[..., tuple[str, ...]]) -> None:
    (line,) = refusal(DATABASE_URL="postgresql://user:hunter2@dbhost/news")
    assert line == "DATABASE_URL: got 'postgresql://***@dbhost/news', expected sqlite+aiosqlite:///PATH, a file"


def test_secrets_are_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BOT_TOKEN": "1:hunter2",
        "WEBHOOK_URL": "https://bot.example",
        "WEBHOOK_SECRET": "hunter2",
        "SOURCE_PROXY": "http://u:hunter2@proxyhost:1",
        "TELEGRAM_PROXY": "http://u:hunter2@proxyhost:1",
    }.items():
        monkeypatch.setenv(name, value)
    assert "hunter2" not in f"{load()} {load()!r}"


def test_a_webhook_without_a_secret_is_refused(refusal: Callable[..., tuple[str, ...]]) -> None:
    (line,) = refusal(WEBHOOK_URL="https://bot.example/hook")
    assert line == "WEBHOOK_SECRET: missing, expected 1 to 256 letters, digits, _ or -; WEBHOOK_URL needs one"


@pytest.mark.parametrize("secret", ["tell no-one!", "x" * 257])
def test_a_secret_that_telegram_would_not_take_is_refused_unseen(
    refusal: Callable[..., tuple[str, ...]], secret: str
) -> None:
    (line,) = refusal(WEBHOOK_URL="https://bot.example/hook", WEBHOOK_SECRET=secret)
    assert line.startswith("WEBHOOK_SECRET: wrong (its value is not shown), expected 1 to 256 letters")


def test_the_path_of_the_webhook_is_kept_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example/hook/")
    monkeypatch.setenv("WEBHOOK_SECRET", "s3cret_-")
    assert load().webhook_url == "https://bot.example/hook/"


def test_the_longest_interval_is_not_below_the_shortest(refusal: Callable[..., tuple[str, ...]]) -> None:
    (line,) = refusal(FETCH_INTERVAL="7h")
    assert line == (
        "FETCH_MAX_INTERVAL: got '21600s', "
        "expected a number and its unit, such as 30s, 10m or 2h, not below FETCH_INTERVAL"
    )


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_value_is_no_value(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, blank)
    settings = load()
    assert settings == Settings.model_construct()
    assert settings.model_fields_set == set()


def test_a_blank_environment_variable_leaves_the_file_its_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEEP_DAYS=7\n", encoding="utf-8")
    monkeypatch.setenv("KEEP_DAYS", "")
    assert load().keep_days == 7


def test_the_environment_wins_over_the_file_and_an_override_over_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "KEEP_DAYS=7\n# others\nSEND_RATE=5\nLOG_FORMAT=json\nEDITOR=vi\n", encoding="utf-8-sig"
    )
    monkeypatch.setenv("SEND_RATE", "6")
    monkeypatch.setenv("LOG_FORMAT", "console")
    settings = load(log_format="json", keep_days=None)
    assert (settings.keep_days, settings.send_rate, settings.log_format) == (7, 6, "json")


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BOT_TOKEN=\xff\xfe")
    with pytest.raises(ConfigError) as caught:
        load()
    (line,) = caught.value.lines
    assert line.startswith(".env: cannot be read (")
    assert line.endswith("), expected a text file in UTF-8")


def test_a_wrong_override_is_told_under_the_name_of_its_setting() -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_URL: got 'x', expected sqlite\+aiosqlite:///PATH, a file$"):
        load(database_url="x")


def test_an_override_that_is_no_setting_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="no such settings: keep_day"):
        load(keep_day=3)


@pytest.mark.parametrize("token", ["42:TEST", "  123456789:AAE-x_9\n"])
def test_a_token_is_handed_out_without_the_blanks_around_it(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", token)
    assert require_token(load()) == token.strip()


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(ConfigError, match=r"^BOT_TOKEN: missing, .* @BotFather"):
        require_token(load())


@pytest.mark.parametrize("token", ["hunter2", "bot123:hunter2", "123:", "123:hunter 2", "123456:хантер2"])
def test_what_cannot_be_a_token_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", token)
    with pytest.raises(ConfigError, match=r"^BOT_TOKEN: not a token, .* @BotFather") as caught:
        require_token(load())
    assert token not in str(caught.value)


def test_a_wrong_token_hinders_nothing_that_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "hunter2")
    assert load().keep_days == 90


def test_special_names_are_names_of_settings() -> None:
    assert set(NAMES) >= SECRET


def test_every_setting_says_what_it_means_and_what_it_expects() -> None:
    for field in Settings.model_fields.values():
        assert field.description
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["expected"]


@given(number=st.integers(1, 999_999), unit=st.sampled_from(["s", "m", "h", "d"]))
def test_a_duration_is_its_number_of_its_unit(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    assert load(backup_every=f"{number}{unit}").backup_every == timedelta(seconds=number * seconds)


@given(moment=st.times().map(lambda value: value.replace(second=0, microsecond=0)))
def test_every_minute_of_the_day_can_be_a_digest_time(moment: time) -> None:
    assert load(default_digest_time=f"{moment:%H:%M}").default_digest_time == moment


@given(
    name=st.sampled_from([name for name in Settings.model_fields if name not in ("bot_token", "webhook_secret")]),
    value=st.text(min_size=1),
)
def test_any_text_is_taken_or_refused_in_one_line(name: str, value: str) -> None:
    try:
        load(**{name: value})
    except ConfigError as error:
        (line,) = error.lines
        assert line.startswith(f"{name.upper()}: ") or line.startswith("WEBHOOK_SECRET: ")
        assert len(line.splitlines()) == 1
