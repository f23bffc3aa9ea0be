"""What people type or paste → the address of a feed or a page.

"@name", "t.me/name/123"  ──▶  https://t.me/s/name      (a channel's public page)
"feed:…", "example.com"   ──▶  https://…                (canonical: equal addresses are equal texts)
"""

import re
from urllib.parse import urlsplit

from bot.sources import clean
from bot.sources.trouble import FetchError, Trouble

TELEGRAM = "https://t.me/s/"

_OPENING = "<(\"'`«“„‘"
_CLOSING = ".,:;!?&…>\"'`»”“’"
# Marks that have no width and turn the direction of writing; they come along when an address is copied from a text.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_FEED_PREFIX = re.compile(r"(?:feed:(?://)?)+", re.IGNORECASE)
_WEB = re.compile(r"(?:(https?):[/\\]*)+", re.IGNORECASE)
# `example.com:8080` and `localhost:8080/feed` are hosts with a port, `mailto:editor` is something else; whoever writes
# `name:secret@host` is told why that is refused.
_OTHER_SCHEME = re.compile(r"[a-z][a-z\d+.-]*:(?://|(?!\d{1,5}(?:[/?#]|\Z))[^@]*\Z)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z\d_](?:[a-z\d_-]*[a-z\d_])?")

_TELEGRAM_HOST = re.compile(r"(?:(?P<channel>[a-z\d_]+)\.)?(?:t\.me|telegram\.(?:me|dog))")
_CHANNEL = re.compile(r"[a-z][a-z\d_]{3,31}")
_AT = re.compile(r"@\w+", re.ASCII)
_RESOLVE = re.compile(r"tg:(?://)?resolve/?\?(?:.*&)?domain=(\w+)", re.IGNORECASE | re.ASCII)
# What t.me serves beside names: invitations to closed channels, messages of these, and things to use in the app.
_NO_CHANNELS = re.compile(
    "add(?:emoji|list|stickers|theme)|boost|confirmphone|contact|giftcode|invoice|joinchat|login|proxy|setlanguage|share"
    "|socks"
)


def understand(typed: str) -> str:
    """The canonical http(s) address that was meant; FetchError (ADDRESS, CREDENTIALS, NO_PREVIEW) where there is none.

    A host without a scheme is asked over https, international names become ASCII, a Telegram channel becomes its public
    page in small letters. What understood once is understood the same again.
    """
    address = _understood(typed)
    while (again := _understood(address)) != address:
        address = again  # the end of an address that another pass tidies; each one makes it shorter
    return address


def unencrypted(typed: str) -> str | None:
    """The same address over http where `typed` names no scheme, so that the host may not know https; else None."""
    address = _bare(typed)
    if _WEB.match(address) or address.startswith("@"):
        return None
    url = understand(typed)
    return None if url.startswith(TELEGRAM) else url.replace("https:", "http:", 1)


def _understood(typed: str) -> str:
    address = _bare(typed)
    if not address or any(map(str.isspace, address)) or len(address) > clean.URL_LIMIT:
        raise FetchError(Trouble.ADDRESS)
    if named := _AT.fullmatch(address) or _RESOLVE.match(address):
        return _channel(named[named.lastindex or 0].lstrip("@"))
    url = _with_host(clean.canonical_url(_openly(_with_scheme(address))) or "")
    telegram = _TELEGRAM_HOST.fullmatch((urlsplit(url).hostname or "").removeprefix("www."))
    return _telegram(url, telegram["channel"]) if telegram else url


def _bare(typed: str) -> str:
    """What was typed without what surrounds an address in a text, and without `feed:`."""
    address = _INVISIBLE.sub("", clean.line(typed)).strip().lstrip(_OPENING)
    address = address.rstrip(_CLOSING if "(" in address else f"{_CLOSING})").strip()
    prefix = _FEED_PREFIX.match(address)
    return address[prefix.end() :] if prefix else address


def _with_scheme(address: str) -> str:
    if web := _WEB.match(address):
        return f"{web[1].lower()}://{address[web.end() :]}"
    if _OTHER_SCHEME.match(address):
        raise FetchError(Trouble.ADDRESS)
    bare = address.lstrip("/")
    host = re.split(r"[/?#]", bare, maxsplit=1)[0]
    if "@" in host and ":" not in host:
        raise FetchError(Trouble.ADDRESS)  # an e-mail address
    if "." not in host and not host.startswith("[") and host.partition(":")[0].lower() != "localhost":
        raise FetchError(Trouble.ADDRESS)  # a word
    return f"https://{bare}"


def _openly(address: str) -> str:
    """The address itself, unless it carries a name or a password: what is stored and shown is no place for them."""
    try:
        if "@" in urlsplit(address).netloc:
            raise FetchError(Trouble.CREDENTIALS)
    except ValueError as error:
        raise FetchError(Trouble.ADDRESS) from error
    return address


def _with_host(url: str) -> str:
    """A canonical address with its host in ASCII (IDNA)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" not in host:
        try:
            ascii_host = host.encode("idna").decode("ascii").lower()
        except UnicodeError as error:
            raise FetchError(Trouble.ADDRESS) from error
        if len(ascii_host) > 253 or not all(map(_LABEL.fullmatch, ascii_host.split("."))):
            raise FetchError(Trouble.ADDRESS)
        url = parts._replace(netloc=parts.netloc.replace(host, ascii_host, 1)).geturl()
    return url


def _telegram(url: str, channel: str | None) -> str:
    """The page of the channel that an address under t.me, or a channel's own host there, leads to."""
    names = [part for part in urlsplit(url).path.lower().split("/") if part]
    if channel:
        return _channel(channel)
    if names[:1] == ["s"]:
        names = names[1:]
    if not names:
        raise FetchError(Trouble.ADDRESS)
    if _NO_CHANNELS.fullmatch(names[0]):
        raise FetchError(Trouble.NO_PREVIEW)
    return _channel(names[0])


def _channel(name: str) -> str:
    if not _CHANNEL.fullmatch(name.lower()):
        raise FetchError(Trouble.NO_PREVIEW)
    return TELEGRAM + name.lower()
