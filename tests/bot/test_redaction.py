"""Secrets come out of nothing that is written, in whatever form."""

import io
import json
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import quote, quote_plus

import pytest
import structlog
from aiogram.exceptions import TelegramNetworkError
from hypothesis import given
from hypothesis import strategies as st

from bot import serve
from bot.config import load, secrets
from bot.logs import configure
from bot.redaction import HIDDEN, SHORTEST, Redacted, Redactor
from tests.bot.command_line import CommandLine
from tests.telegram import TelegramServer
from tests.telegram_client import client

TOKEN = "4200000001:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = TOKEN.partition(":")[2]
HOOK = "hook_Secret-77"
PASSWORD = "p@ss/w:rd"
PROXY = f"http://anna:{quote(PASSWORD, safe='')}@127.0.0.1:9"

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "escaped": quote,
    "escaped in full": lambda text: quote(text, safe=""),
    "escaped twice": lambda text: quote(quote(text, safe=""), safe=""),
    "escaped for a form": quote_plus,
    "in JSON": json.dumps,
    "in Python": repr,
    "within words": lambda text: f"x{text}y",
}


def known() -> Redactor:
    return Redactor([TOKEN, HOOK, f"anna:{quote(PASSWORD, safe='')}"])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("secret", [TOKEN, SECRET, HOOK])
def test_a_secret_is_hidden_in_every_form(secret: str, form: Callable[[str], str]) -> None:
    shown = known().hide(f"before {form(secret)} after")
    assert secret.partition(":")[2] not in shown or not secret.partition(":")[2]
    assert form(secret) not in shown
    assert (shown.startswith("before "), shown.endswith(" after")) == (True, True)


@pytest.mark.parametrize("text", [PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), PROXY, json.dumps(PASSWORD)])
def test_a_proxys_password_is_hidden(text: str) -> None:
    shown = known().hide(f"proxy {text} refused")
    assert "w:rd" not in shown
    assert "w%3Ard" not in shown
    assert HIDDEN in shown


def test_what_a_proxy_is_told_is_hidden() -> None:
    told = b64encode(f"anna:{PASSWORD}".encode()).decode()
    assert known().hide(f"Proxy-Authorization: Basic {told}") == f"Proxy-Authorization: Basic {HIDDEN}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot<token>/getMe"),
        (
            f"https://api.telegram.org/bot{quote(TOKEN, safe='').lower()}/getMe",
            "https://api.telegram.org/bot<token>/getMe",
        ),
        ("socks5://anna:b@10.0.0.1:1080 refused", "socks5://<hidden>@10.0.0.1:1080 refused"),
        ("http://anna:a@b@10.0.0.1/", "http://<hidden>@10.0.0.1/"),
        ("at 2026-11-22T03:37:31, localhost:8080, user@host", "at 2026-11-22T03:37:31, localhost:8080, user@host"),
        ("https://a.az/12:30?to=x@y", "https://a.az/12:30?to=x@y"),
    ],
)
def test_tokens_and_logins_are_known_by_their_shape(text: str, shown: str) -> None:
    assert Redactor().hide(text) == shown


@given(
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=SHORTEST, max_size=40),
    st.text(),
    st.text(),
)
def test_whatever_stands_around_it_a_known_secret_does_not_come_out(secret: str, before: str, after: str) -> None:
    hides = Redactor([secret])
    if secret.lower() not in f"{HIDDEN}<token>{HIDDEN}".lower():
        assert secret not in hides.hide(f"{before} {secret} {after}")


def test_a_stream_hides_and_is_the_stream_otherwise() -> None:
    stream = io.StringIO()
    redacted = Redacted(stream)
    redacted.writelines([f"{TOKEN}\n", "fine\n"])
    assert stream.getvalue() == "<token>\nfine\n"
    assert redacted.isatty() is False


def test_the_settings_secrets_are_all_that_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        bot_token=TOKEN, webhook_secret=HOOK, telegram_proxy=PROXY, source_proxy="socks5://b:four@10.0.0.9:1"
    )
    assert secrets(settings) == (TOKEN, HOOK, "b:four", f"anna:{quote(PASSWORD, safe='')}")


class TestCommandLine:
    """Each part is made to fail with everything that is secret in its words."""

    WORDS = f"cannot reach https://api.telegram.org/bot{TOKEN}/getMe with {SECRET} and {HOOK} by {PROXY} {PASSWORD}"

    @pytest.fixture(autouse=True)
    def settings(self, newsbot: CommandLine) -> Iterator[None]:
        stderr = sys.stderr
        newsbot.set(BOT_TOKEN=TOKEN, WEBHOOK_SECRET=HOOK, TELEGRAM_PROXY=PROXY, TELEGRAM_API_URL="http://127.0.0.1:9")
        yield
        sys.stderr = stderr

    @staticmethod
    def nothing_of_it(text: str) -> bool:
        return not any(one in text for one in (SECRET, HOOK, PASSWORD, quote(PASSWORD, safe="")))

    @pytest.mark.parametrize("level", ["info", "debug"])
    @pytest.mark.parametrize("style", ["console", "json"])
    def test_a_crash_at_start_tells_none_of_it(
        self, newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch, level: str, style: str
    ) -> None:
        async def crash(_settings: Any) -> None:
            raise RuntimeError(self.WORDS)

        newsbot.set(LOG_LEVEL=level, LOG_FORMAT=style)
        monkeypatch.setattr(serve, "serve", crash)
        outcome = newsbot("run")
        assert outcome.code == 1
        assert "cannot reach" in outcome.err
        assert ("Traceback" in outcome.err) is (level == "debug")
        assert self.nothing_of_it(outcome.err + outcome.out)

    def test_an_error_in_a_task_and_in_a_thread_tells_none_of_it(
        self, newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def crash(_settings: Any) -> None:
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            sys.stderr.write(f"{self.WORDS}\n")

        def fail() -> None:
            sys.excepthook(RuntimeError, RuntimeError(self.WORDS), cast(Any, None))

        monkeypatch.setattr(serve, "serve", crash)
        outcome = newsbot("run")
        assert outcome.err.count("cannot reach") == 2
        assert self.nothing_of_it(outcome.err + outcome.out)

    def test_check_tells_none_of_it_where_telegram_is_out_of_reach(self, newsbot: CommandLine) -> None:
        newsbot.set(TELEGRAM_PROXY="")
        outcome = newsbot("check")
        assert "Telegram: out of reach" in outcome.out
        assert self.nothing_of_it(outcome.err + outcome.out)

    def test_check_tells_none_of_it_where_a_proxy_refuses(self, newsbot: CommandLine) -> None:
        outcome = newsbot("check")
        assert "Telegram: out of reach" in outcome.out
        assert self.nothing_of_it(outcome.err + outcome.out)

    async def test_a_timeout_tells_none_of_it(self, telegram: TelegramServer) -> None:
        stream = io.StringIO()
        telegram.token = TOKEN
        telegram.fail_next("getMe", drop="hang")
        configure(level="debug", style="json", stream=stream)
        async with client(telegram, TOKEN) as bot:
            try:
                await bot.get_me(request_timeout=1)
            except TelegramNetworkError:
                address = f"{telegram.url}/bot{TOKEN}/getMe"
                structlog.get_logger().exception("failed", address=address)
        assert "failed" in stream.getvalue()
        assert self.nothing_of_it(stream.getvalue())
