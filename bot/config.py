"""Settings: one table of name, default, type and check. Nothing else in the bot reads the environment.

    environment, else .env in the working directory  →  load()  →  Settings, or ConfigError with a line for each mistake

A setting's name is its field's in capitals: `BOT_TOKEN` is `bot_token`. A blank value is no value, and unknown names
are ignored.
"""

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET: Final = frozenset({"BOT_TOKEN", "WEBHOOK_SECRET", "SOURCE_PROXY", "TELEGRAM_PROXY"})
"""Settings whose value is never shown: a proxy's may hold a password."""

SQLITE: Final = "sqlite+aiosqlite:///"
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SHOWN: Final = 60
"""How many characters of a wrong value an error repeats: enough to recognise it, and still one line."""


class ConfigError(Exception):
    """Settings are wrong or missing: `lines` has one sentence for each, fit to be shown as it is."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines: tuple[str, ...] = lines


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    # Six digits: no number of days so long overflows a timedelta.
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", value.lower())
    if match is None or int(match[1]) == 0:
        raise ValueError("not a duration")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value)
    if match is None:
        raise ValueError("not a time of day")
    return time(int(match[1]), int(match[2]))


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    ids = tuple(int(part) for part in value.replace(",", " ").split())
    if min(ids, default=1) < 1:
        raise ValueError("not a user's id")
    return ids


def _off(value: object) -> object:
    """`off` is what the documentation calls the absence of these settings."""
    return None if str(value).lower() == "off" else value


def _url(*schemes: str, needs_port: bool = False) -> BeforeValidator:
    """An address with one of `schemes` and a host."""

    def check(value: object) -> object:
        parts = urlsplit(str(value))
        # Reading `port` raises ValueError where it is no port number.
        if parts.scheme not in schemes or not parts.hostname or (parts.port is None and needs_port):
            raise ValueError("not such an address")
        return value

    return BeforeValidator(check)


Language = Literal["ru", "en", "kk", "az"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Port = Annotated[int, Field(ge=1, le=65535)]
# Paths are put behind it.
BaseUrl = Annotated[str, _url("http", "https"), AfterValidator(lambda url: url.rstrip("/"))]
# What aiohttp-socks can speak to; it knows no default ports.
ProxyUrl = Annotated[str, _url("http", "socks5", "socks4", needs_port=True)]

A_DURATION: Final = "a number and its unit, such as 30s, 10m or 2h"
A_PORT: Final = "a port number from 1 to 65535"
A_PROXY: Final = "a proxy's address with its port: http://, socks5:// or socks4://"
A_BASE_URL: Final = "an address that begins with https:// or http://"
TRUE_OR_FALSE: Final = "true or false"


def _setting(default: object, meaning: str, expected: str, **constraints: Any) -> Any:
    """A field with its meaning, and with what an error says was expected of it."""
    return Field(default, description=meaning, json_schema_extra={"expected": expected}, **constraints)


class Settings(BaseSettings):
    """Every setting there is. Build it with `load`, which tells all mistakes at once."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",  # an editor's byte order mark is no part of the first name
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    bot_token: SecretStr | None = _setting(None, "the bot's token from @BotFather; only `run` needs it", "a bot token")
    telegram_api_url: BaseUrl | None = _setting(None, "a self-hosted Bot API server's base URL", A_BASE_URL)
    database_url: str = _setting(f"{SQLITE}newsbot.db", "the store", f"{SQLITE}PATH, a file")
    webhook_url: Annotated[str, _url("https")] | None = _setting(
        None, "where Telegram sends updates, instead of polling", "an address that begins with https://"
    )
    webhook_secret: SecretStr | None = _setting(
        None,
        "what Telegram proves itself with at the webhook",
        "1 to 256 letters, digits, _ or -; WEBHOOK_URL needs one",
    )
    webhook_port: Port = _setting(8080, "the port on which the webhook is served", A_PORT)
    admin_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)] = _setting(
        (), "comma-separated Telegram user ids of the admins", "Telegram user ids separated by commas"
    )
    default_language: Language = _setting("ru", "the language of a user who has not said", "ru, en, kk or az")
    default_timezone: str = _setting(
        "Asia/Almaty", "the time zone of a user who has not said", "a zone's name, such as Asia/Almaty"
    )
    default_digest_time: Annotated[time, BeforeValidator(_clock)] = _setting(
        time(9), "the digest time of a user who has not said", "a time of day, such as 09:00"
    )
    fetch_interval: Duration = _setting(
        timedelta(minutes=10), "the shortest time between two polls of one source", A_DURATION
    )
    fetch_max_interval: Duration = _setting(
        timedelta(hours=6),
        "the longest time between two polls of one source",
        f"{A_DURATION}, not below FETCH_INTERVAL",
    )
    source_proxy: ProxyUrl | None = _setting(None, "HTTP or SOCKS proxy for sources", A_PROXY, repr=False)
    telegram_proxy: ProxyUrl | None = _setting(None, "HTTP or SOCKS proxy for Telegram", A_PROXY, repr=False)
    telegram_web_url: BaseUrl | None = _setting(None, "where `t.me/s` pages are read from", A_BASE_URL)
    allow_private_hosts: bool = _setting(
        False, "lets sources be fetched from loopback and private addresses (development only)", TRUE_OR_FALSE
    )
    metrics_port: Annotated[Port | None, BeforeValidator(_off)] = _setting(
        None, "serves `/metrics` (Prometheus) and `/healthz`", f"{A_PORT}, or off"
    )
    keep_days: int = _setting(
        90,
        "how many days an article is kept, saved ones for ever; 0 = all of them",
        "a whole number of days, 0 to 36500",
        ge=0,
        le=36500,
    )
    send_rate: float = _setting(
        30, "messages a second over all chats; 0 = no limit", "a number, 0 or more", ge=0, allow_inf_nan=False
    )
    allow_user_sources: bool = _setting(False, "lets anyone add sources", TRUE_OR_FALSE)
    backup_dir: Annotated[Path | None, BeforeValidator(_off)] = _setting(
        None, "the folder for scheduled backups", "a folder, or off"
    )
    expansions_file: Path | None = _setting(
        None, "a table of names that mean one thing, instead of the packaged one", "a file"
    )
    backup_every: Duration = _setting(timedelta(hours=24), "the time between two backups", A_DURATION)
    log_level: LogLevel = _setting("info", "how much is logged", "debug, info, warning or error")
    log_format: LogFormat = _setting("console", "how a log line looks; `json` for machines", "console or json")

    @field_validator("default_language", "log_level", "log_format", mode="before")
    @classmethod
    def _in_any_case(cls, word: object, info: ValidationInfo) -> object:
        """`INFO` is `info`; an unknown word stays as typed, for the error to show."""
        choices = get_args(cls.model_fields[info.field_name or ""].annotation)
        return str(word).lower() if str(word).lower() in choices else word

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, values: dict[str, Any]) -> dict[str, Any]:
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @field_validator("database_url")
    @classmethod
    def _is_a_file(cls, url: str) -> str:
        # In memory each connection would have a store of its own.
        if not url.startswith(SQLITE) or url.removeprefix(SQLITE) in ("", "/", ":memory:"):
            raise ValueError("not a file's address")
        return url

    @field_validator("default_timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError) as error:
            raise ValueError("no such zone") from error
        return name

    @field_validator("webhook_secret")
    @classmethod
    def _guards_the_webhook(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if secret is None:
            # A server without a secret would take anyone's updates for Telegram's.
            if info.data.get("webhook_url"):
                raise ValueError("missing")
            return None
        # The shape that setWebhook takes: https://core.telegram.org/bots/api#setwebhook
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("not a secret that Telegram takes")
        return secret

    @field_validator("fetch_max_interval")
    @classmethod
    def _is_the_longest(cls, longest: timedelta, info: ValidationInfo) -> timedelta:
        if longest < info.data.get("fetch_interval", timedelta()):
            raise ValueError("below FETCH_INTERVAL")
        return longest


def load(**overrides: Any) -> Settings:
    """Settings from the environment and `.env`; `overrides` (field names; None says nothing) win over both.

    Raises ConfigError with one line for each setting that is wrong or missing.
    """
    unknown = overrides.keys() - Settings.model_fields.keys()
    if unknown:
        raise TypeError(f"no such settings: {', '.join(sorted(unknown))}")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise ConfigError(*(_line(str(mistake["loc"][0]), mistake["input"]) for mistake in error.errors())) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f".env: cannot be read ({error}), expected a text file in UTF-8") from error


def require_token(settings: Settings) -> str:
    """The bot's token; raises ConfigError where there is none or it cannot be one."""
    if settings.bot_token is None:
        raise ConfigError("BOT_TOKEN: missing, expected the token that @BotFather gave for the bot")
    token = settings.bot_token.get_secret_value()
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise ConfigError("BOT_TOKEN: not a token, expected digits, a colon and letters, as @BotFather gave it")
    return token


def secrets(settings: Settings) -> tuple[str, ...]:
    """What the settings hold that must never be seen; of an address its user and password."""
    hidden = (settings.bot_token, settings.webhook_secret)
    proxies = (urlsplit(proxy) for proxy in (settings.source_proxy, settings.telegram_proxy) if proxy)
    logins = (f"{proxy.username or ''}:{proxy.password}" for proxy in proxies if proxy.password)
    return (*(one.get_secret_value() for one in hidden if one), *logins)


def _line(field: str, given: object) -> str:
    name = field.upper()
    extra = Settings.model_fields[field].json_schema_extra
    expected = extra["expected"] if isinstance(extra, dict) else ""
    return f"{name}: {_shown(name, given)}, expected {expected}"


def _shown(name: str, given: object) -> str:
    """What was given, without what must not be seen: secrets, and user and password in an address."""
    if given is None:
        return "missing"
    if name in SECRET:
        return "wrong (its value is not shown)"
    plain = f"{given.total_seconds():.0f}s" if isinstance(given, timedelta) else str(given)
    text = re.sub(r"[^/\s]*@", "***@", plain)
    return f"got {text[:SHOWN] + '…' if len(text) > SHOWN else text!r}"
