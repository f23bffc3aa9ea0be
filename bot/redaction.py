"""What must not be seen, blotted out of whatever is written: the last thing that happens to a log line or an error.

    settings ──secrets──▶ Redactor ──hide──▶ log lines (`bot.logs`), standard error (`Redacted`)

aiohttp's errors may hold the address of a call, and with it the token; a proxy's its password. Tokens and passwords in
addresses are known by their shape, before there are settings; the rest by what the settings hold.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any, Final, TextIO
from urllib.parse import quote, quote_plus, unquote

# An id, and a colon that may be escaped more than once; aiogram and Telegram take secrets of other lengths, too.
_TOKEN: Final = re.compile(r"\d{5,}(?::|%(?:25)*3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_LOGIN: Final = re.compile(r"(?<=://)[^/?#\s@\"'<>]*:[^/?#\s\"'<>]*(?=@)")
HIDDEN_TOKEN: Final = "<token>"
HIDDEN: Final = "<hidden>"
# Blotted out everywhere, shorter ones would leave no line readable; in addresses they are hidden all the same.
SHORTEST: Final = 4


class Redactor:
    """Hides tokens, logins in addresses, and the secrets that it was told of, in the forms that they are written in."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        self._forms |= {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        # The longest first: a token before the part of it that is the secret.
        longest = sorted(self._forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None

    def hide(self, text: str) -> str:
        text = _LOGIN.sub(HIDDEN, _TOKEN.sub(HIDDEN_TOKEN, text))
        return self._known.sub(HIDDEN, text) if self._known else text


class Redacted:
    """A stream that writes nothing unseen-to; whatever else is asked of it, it is the stream itself."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.redactor = Redactor()

    def write(self, text: str) -> int:
        self._stream.write(self.redactor.hide(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _forms(secret: str) -> set[str]:
    """As it is, escaped for an address, and as JSON and Python write it; of a token also the part that is secret; of a
    login also the password, and both as a proxy is told them.
    """
    _, colon, own = secret.partition(":")
    plain = {secret, unquote(secret), *({own, unquote(own)} if colon else ())}
    told = {b64encode(one.encode()).decode() for one in (secret, unquote(secret)) if colon}
    escaped = {written(one) for one in plain for written in (quote, quote_plus, _fully_quoted, _json, _repr)}
    return plain | told | escaped


def _fully_quoted(text: str) -> str:
    return quote(text, safe="")


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _repr(text: str) -> str:
    return repr(text)[1:-1]
