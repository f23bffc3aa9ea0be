"""Markup and raw text → clean text: paragraphs of one line each with a blank line between them; canonical addresses.

`html.parser` is not used: unclosed markup takes it quadratic time (80 KB of `<a ` half a minute), and what a feed
carries is somebody else's. The one expression here reads every character a bounded number of times.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

from storage.sentences import ends_in_abbreviation, sentences


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


SENTENCE_LIMIT = 200
URL_LIMIT = 2048  # what browsers and servers agree on; longer ones are data, not addresses

# Characters without a width or a meaning in text: controls, marks of byte order, lone halves of surrogate pairs.
_NOISE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")

# No script sets more than four marks upon a letter; floods of them cover the lines above and below.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_FLOOD = re.compile(f"({_MARKS}{{4}}){_MARKS}+")

_MARKUP = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <!\[CDATA\[ | \]\]>
    | <(?P<hidden>script|style|template|noscript|svg)\b[^<>]*+(?<!/)>.*?(?:</(?P=hidden)\s*>|\Z)
    | <[!?][^<>]*+>
    | </?(?P<tag>[a-z][^\s/<>]*)(?:=\s*+"(?:[^"<]|<[^"<>]*+>)*+"|=\s*+'(?:[^'<]|<[^'<>]*+>)*+'|[^<>])*+(?:>|\Z)
    | <[a-z][a-z\d]*\s[^<>=]*=[^<>]*+     # a tag that another one interrupts
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# One that is never closed ends with its own sign, if it has one.
_OPEN_COMMENT = re.compile(r"<!--(?=[^<>]*>)")
# Tags that part paragraphs.
_BLOCKS = _words(
    "address article aside blockquote body br center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead title tr ul"
)
# Python refuses to make a number of more digits than some thousands; no character has more than seven.
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|x[\da-f]{7,});?", re.IGNORECASE)

_TERMINAL = (".", "!", "?", "…", ":", ";")
_CLOSING = "\"'»”’)]"
# A file wrapped by hand has lines of about this length at most.
_WRAPPED = 100

_TRACKING = re.compile(r"(?:utm_|mtm_).*|fbclid|gclid|yclid|ysclid|_openstat", re.IGNORECASE | re.DOTALL)
_PORTS = {"http": 80, "https": 443}
_NO_HOST = re.compile(r"[\s<>\"'\\^`{|}%]")

# https://www.loc.gov/standards/iso639-2/php/code_list.php
_LANGUAGES = _words(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)


def line(raw: str) -> str:
    """A headline or a name: one line, blanks tidy."""
    return " ".join(_FLOOD.sub(r"\1", _NOISE.sub("", raw)).split())


def text(raw: str) -> str:
    """Plain text as paragraphs."""
    return "\n\n".join(paragraphs(raw))


def html(markup: str) -> str:
    """Markup as paragraphs: no tags, no scripts, no entities. Without a single tag the lines are as they were typed."""
    pieces = list(_pieces(markup))
    if len(pieces) == 1:
        return text(pieces[0])
    return "\n\n".join(filter(None, map(line, "".join(pieces).split("\n"))))


def paragraphs(raw: str) -> list[str]:
    """The paragraphs of plain text: blank lines part them, and single line breaks too unless the text was wrapped."""
    blocks: list[list[str]] = [[]]
    for tidy in lines(raw):
        if tidy:
            blocks[-1].append(tidy)
        elif blocks[-1]:
            blocks.append([])
    return [paragraph for block in blocks for paragraph in _unwrapped(block)]


def lines(raw: str) -> list[str]:
    """The lines of plain text, each tidy."""
    return [line(part) for part in raw.splitlines()]


def first_sentence(raw: str) -> str:
    """The first sentence as a headline: without its full stop, cut at a word with … beyond `SENTENCE_LIMIT`."""
    first = next(iter(paragraphs(raw)), "")
    return shorten(headline(first[: sentence_end(first)]))


def headline(sentence: str) -> str:
    """A sentence without its full stop; other marks, an ellipsis and an abbreviation's stop belong to it."""
    stays = sentence.endswith("..") or ends_in_abbreviation(sentence)
    return sentence if stays else sentence.removesuffix(".").rstrip() or sentence


def sentence_end(paragraph: str) -> int:
    """Where the first sentence of a paragraph ends; its length if it is one sentence."""
    return next((one.end for one in sentences(paragraph)), len(paragraph))


def shorten(sentence: str, *, limit: int = SENTENCE_LIMIT) -> str:
    """At most `limit` characters, cut at a word where there is one, with … for what is missing."""
    if len(sentence) <= limit:
        return sentence
    cut = sentence[:limit].rfind(" ")
    return sentence[: cut if cut > 0 else limit - 1].rstrip(" ,;:—–-") + "…"


def canonical_url(url: str) -> str | None:
    """The address by which an article is known: of equal addresses the same text. None for what is not http(s).

    Scheme and host are in small letters; the port that goes without saying, credentials, the fragment and parameters
    that follow the reader around are left out; an address of a host alone ends in `/`. The rest is as it was typed.
    """
    try:
        parts = urlsplit(line(url).replace(" ", "%20"))
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS or not host or _NO_HOST.search(host):
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[parts.scheme]):
        netloc += f":{port}"
    canonical = urlunsplit(SplitResult(parts.scheme, netloc, parts.path or "/", _query(parts.query), ""))
    return canonical if len(canonical) <= URL_LIMIT else None


def link(href: str, *, base: str) -> str | None:
    """The canonical address of a link that may be relative to `base`."""
    try:
        return canonical_url(urljoin(base, href)) if href else None
    except ValueError:
        return None


def language_code(tag: str) -> str | None:
    """`ru` of `ru`, `RU` and `ru-KZ`: the ISO 639-1 code of a language tag; None if it has none."""
    code = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return code if code in _LANGUAGES else None


def _pieces(markup: str) -> Iterator[str]:
    """Text between tags, and a line break for each tag that parts paragraphs."""
    at, closed = 0, markup.rfind("-->") + 1
    markup = markup[:closed] + _OPEN_COMMENT.sub("<!", markup[closed:])
    for found in _MARKUP.finditer(markup):
        yield _inline(markup[at : found.start()])
        yield "\n" if (found["tag"] or "").lower() in _BLOCKS else ""
        at = found.end()
    rest = markup[at:]
    yield _inline(rest) if at else _unescaped(rest)


def _inline(between: str) -> str:
    """Text between tags; a line break there is a blank. A blank at either end parts words, so it stays."""
    return re.sub(r"\s+", " ", _unescaped(between))


def _unescaped(escaped: str) -> str:
    return unescape(_HUGE_REFERENCE.sub("\ufffd", escaped))


def _unwrapped(block: list[str]) -> list[str]:
    """A block's lines as paragraphs, those joined that were broken by hand."""
    if not block:
        return []
    wrapped = max(map(len, block)) <= _WRAPPED
    joined = [block[0]]
    for above, below in pairwise(block):
        full = wrapped and len(above) > _WRAPPED // 2
        ended = above.rstrip(_CLOSING).endswith(_TERMINAL)
        if not ended and (full or below[0].islower()):
            joined[-1] += f" {below}"
        else:
            joined.append(below)
    return joined


def _query(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(unquote_plus(pair.partition("=")[0]))]
    return "&".join(kept)
