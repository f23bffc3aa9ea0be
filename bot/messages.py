"""Telegram's HTML and its limits: fragments are made, measured, cut and packed into messages. Pure.

    texts ── escape, bold, italic, link ──▶ blocks of HTML (a header, an article) ── split ──▶ messages within limits

Telegram counts UTF-16 units of the text that remains once tags and entities are read, and drops what formatting goes
beyond the hundredth entity. What `escape`, `bold`, `italic` and `link` are given is plain text, whatever it looks like.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby, takewhile

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100

_ZWJ = "\u200d"
_ELLIPSIS = "…"
# Line and page breaks of other kinds part words. Bidirectional embeddings and overrides are dropped by Telegram too; an
# isolate that is never closed would turn round whatever stands behind it.
_BREAKS = "\v\f\x85\u2028\u2029"
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = {code for code in (*range(0x20), *range(0x7F, 0xA0), *_BIDI) if chr(code) not in "\n\t"}
_CLEAN: dict[int, str | None] = {**dict.fromkeys(_CONTROLS), **dict.fromkeys(map(ord, _BREAKS), " ")}
_ESCAPE: dict[int, str | None] = {**_CLEAN, ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_BLANKED = dict.fromkeys((*_CONTROLS, *map(ord, _BREAKS)), " ")
# Telegram takes a message of these, of spaces and of format characters for an empty one.
_UNSEEN = "\u2800\ufffc"
# What Telegram makes a command or a mention of by itself: a press would send it in the reader's name, and whoever is
# mentioned in a group is called. In links and `code` it does not look; hashtags and addresses only open what they say.
_COMMAND_OR_MENTION = re.compile(r"(?<!\w)(?<!:/)[/@](?=[A-Za-z0-9_])")
_LOOKS_LIKE = {"/": "\u2215", "@": "\uff20"}
_ADDRESS = re.compile(
    r"https?://(?:[^/?#@]*@)?(?P<host>[^/?#@:%\\\[\]\"'<>]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?", re.IGNORECASE
)
# Nobody reads a cluster of more marks; without a bound a text of marks alone could not be cut.
_LONGEST_CLUSTER = 32


def escape(text: str) -> str:
    """Text as HTML, without what Telegram refuses: controls are dropped, half a surrogate pair becomes U+FFFD."""
    return _whole(text).translate(_ESCAPE)


def inert(text: str) -> str:
    """What somebody else wrote, as long as it is, with nothing in it that Telegram makes a command or a mention of."""
    # A character that Telegram leaves out would bring the sign and the word behind it together again.
    shown = text.translate(_BLANKED)
    if "/" not in shown and "@" not in shown:
        return shown
    return _COMMAND_OR_MENTION.sub(lambda sign: _LOOKS_LIKE[sign[0]], shown)


def bold(text: str) -> str:
    return _tagged("b", text)


def italic(text: str) -> str:
    return _tagged("i", text)


def link(text: str, url: str) -> str:
    """The text as a link; the text alone where Telegram would drop the link."""
    address = sendable_url(url)
    return _tagged("a", text, f' href="{escape(address)}"') if address else escape(text)


def sendable_url(url: str) -> str | None:
    """The address as Telegram takes it in links and buttons; None where it isn't http(s) or its host has no dot."""
    address = "%20".join(_whole(url).translate(_CLEAN).split())
    parts = _ADDRESS.fullmatch(address)
    if not parts or "." not in parts["host"].strip(".") or not 0 < int(parts["port"] or 80) < 65536:
        return None
    return address


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible_length(html: str) -> int:
    """What Telegram counts of a fragment against its limit of text."""
    return utf16_length(plain(html))


def entity_count(html: str) -> int:
    """Tags that Telegram counts, which are those with something in them."""
    return len({element for run in _read(html) for element in run.inside})


def plain(html: str, *, urls: bool = False) -> str:
    """A fragment's text; with `urls`, the address of a link follows it in brackets unless it is the text itself."""
    parts = []
    for url, runs in groupby(_read(html), key=lambda run: next((tag.url for tag in run.inside if tag.url), None)):
        text = "".join(run.text for run in runs)
        parts.append(f"{text} ({url})" if urls and url and url != text else text)
    return "".join(parts)


def clip(text: str, limit: int) -> str:
    """Plain text of at most `limit` UTF-16 units; a longer one ends with … after a word, or within one that is long."""
    text = _whole(text)
    if utf16_length(text) <= limit:
        return text
    if limit <= 0:
        return ""
    kept = text[: _cut_at(text, _fitting(text, limit - len(_ELLIPSIS)))]
    return kept.rstrip().rstrip(".,;:-–—…").rstrip() + _ELLIPSIS


@dataclass(frozen=True, slots=True)
class Block:
    """What should stay in one message; `with_next` (a header) keeps it in the one in which the next block begins.

    By its `key` is known in which message it came to stand.
    """

    html: str
    with_next: bool = False
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A message, and the keys of the blocks that begin in it, in their order."""

    html: str
    keys: tuple[int, ...] = ()


def split(
    blocks: Sequence[Block | str], *, limit: int = TEXT_LIMIT, entities: int = ENTITY_LIMIT, separator: str = "\n\n"
) -> list[Packed]:
    """Blocks in their order in as few messages, none of them without anything to see.

    A block is cut only where it alone passes a limit: it then begins a message and is cut between words, its tags
    closed and opened again. Where a message can't hold a header and the next block, the header ends the one before.
    """
    packing = _Packing(limit, entities, separator)
    messages: list[Packed] = []
    current: _Piece | None = None
    for piece in _kept_together(blocks, packing):
        joined = packing.join([current, piece] if current else [piece])
        if packing.fits(joined):
            current = joined
            continue
        if current:
            messages.append(current.packed)
        *full, current = [piece] if packing.fits(piece) else packing.cut(piece)
        messages += (one.packed for one in full)
    return [*messages, current.packed] if current else messages


def _kept_together(blocks: Sequence[Block | str], packing: "_Packing") -> Iterator["_Piece"]:
    """Headers joined to what they head, as far as a message holds both; without blocks that show nothing."""
    chain: list[_Piece] = []
    for block in blocks:
        one = Block(block) if isinstance(block, str) else block
        if not _is_blank(plain(one.html)):
            chain.append(_measure(one.html, keys=() if one.key is None else (one.key,)))
        if not one.with_next:
            yield from packing.chained(chain)
            chain = []
    yield from packing.chained(chain)


@dataclass(frozen=True, slots=True)
class _Piece:
    html: str
    length: int
    entities: int
    keys: tuple[int, ...] = ()

    @property
    def packed(self) -> Packed:
        return Packed(self.html, self.keys)


@dataclass(frozen=True, slots=True)
class _Packing:
    limit: int
    entities: int
    separator: str

    def fits(self, piece: _Piece) -> bool:
        return piece.length <= self.limit and piece.entities <= self.entities

    def join(self, pieces: Sequence[_Piece]) -> _Piece:
        gaps = utf16_length(self.separator) * (len(pieces) - 1)
        return _Piece(
            escape(self.separator).join(piece.html for piece in pieces),
            sum(piece.length for piece in pieces) + gaps,
            sum(piece.entities for piece in pieces),
            tuple(key for piece in pieces for key in piece.keys),
        )

    def chained(self, chain: list[_Piece]) -> list[_Piece]:
        """One piece, if a message holds it or its last link must be cut anyway; else the last links that one holds."""
        if not chain:
            return []
        if not self.fits(chain[-1]):
            return [self.join(chain)]
        start = next(start for start in range(len(chain)) if self.fits(self.join(chain[start:])))
        return [*self.chained(chain[:start]), self.join(chain[start:])]

    def cut(self, piece: _Piece) -> list[_Piece]:
        """The first one has the keys."""
        # Deeper tags than a message may have are left out, or no cut would be short enough.
        runs = [replace(run, inside=run.inside[: self.entities]) for run in _read(piece.html)]
        parts: list[_Piece] = []
        while runs := _stripped(runs):
            text = _text(runs)
            room = min(_fitting(text, self.limit), _before_entity(runs, self.entities))
            head, runs = _divided(runs, _cut_at(text, room) or 1)
            if not _is_blank(_text(head)):
                parts.append(_measure(_write(_stripped(head)), keys=() if parts else piece.keys))
        return parts


@dataclass(frozen=True, slots=True, eq=False)
class _Tag:
    """One element of a fragment, equal to itself alone: two neighbours of the same form are two entities."""

    name: str
    opening: str
    url: str | None


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text within the same tags, the outermost first."""

    text: str
    inside: tuple[_Tag, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[_Run] = []
        self.open: list[_Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(_Tag(tag, self.get_starttag_text() or f"<{tag}>", dict(attrs).get("href")))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1].name == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.runs.append(_Run(data, tuple(self.open)))


@lru_cache(maxsize=2048)  # a story is looked at several times, and told to many
def _read(html: str) -> tuple[_Run, ...]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.runs)


def _write(runs: Sequence[_Run]) -> str:
    parts: list[str] = []
    open_tags: tuple[_Tag, ...] = ()
    for run in (*runs, _Run("", ())):
        common = len(list(takewhile(lambda pair: pair[0] is pair[1], zip(open_tags, run.inside, strict=False))))
        parts += [f"</{tag.name}>" for tag in reversed(open_tags[common:])]
        parts += [tag.opening for tag in run.inside[common:]]
        parts.append(escape(run.text))
        open_tags = run.inside
    return "".join(parts)


def _measure(html: str, *, keys: tuple[int, ...] = ()) -> _Piece:
    return _Piece(html, visible_length(html), entity_count(html), keys)


def _text(runs: Sequence[_Run]) -> str:
    return "".join(run.text for run in runs)


def _divided(runs: Sequence[_Run], at: int) -> tuple[list[_Run], list[_Run]]:
    before, after = [], []
    for run in runs:
        before.append(replace(run, text=run.text[: max(at, 0)]))
        after.append(replace(run, text=run.text[max(at, 0) :]))
        at -= len(run.text)
    return [run for run in before if run.text], [run for run in after if run.text]


def _stripped(runs: list[_Run]) -> list[_Run]:
    text = _text(runs)
    kept, _ = _divided(runs, len(text.rstrip()))
    return _divided(kept, len(text) - len(text.lstrip()))[1]


def _before_entity(runs: Sequence[_Run], count: int) -> int:
    """Where the first entity beyond `count` begins, or the end."""
    seen: set[_Tag] = set()
    at = 0
    for run in runs:
        seen.update(run.inside)
        if len(seen) > count:
            break
        at += len(run.text)
    return at


def _fitting(text: str, units: int) -> int:
    """How many characters fit into so many UTF-16 units; the half of a pair that the bytes end with is ignored."""
    return len(text[:units].encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _cut_at(text: str, room: int) -> int:
    """The best place to cut, at most `room` characters in: between words, unless that leaves half of the room empty."""
    if room >= len(text):
        return len(text)
    between = (end for end in range(room, room // 2, -1) if _parts_words(text[end]) or _parts_words(text[end - 1]))
    return next(between, None) or _cluster_start(text, room)


def _parts_words(character: str) -> bool:
    return character.isspace() and character not in "\u00a0\u202f"


def _cluster_start(text: str, at: int) -> int:
    """Where the character that the reader sees at this place begins; the place itself where there is no telling."""
    nearest = range(at, max(at - _LONGEST_CLUSTER, 0), -1)
    return next((start for start in nearest if not _continues(text, start)), at)


def _continues(text: str, at: int) -> bool:
    """Marks, joined emoji, skin tones, tags and the second of a flag's two letters belong to what precedes them."""
    character = text[at]
    if _is_regional(character):
        return sum(1 for _ in takewhile(_is_regional, reversed(text[:at]))) % 2 == 1
    return (
        unicodedata.category(character).startswith("M")
        or _ZWJ in (character, text[at - 1])
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_blank(text: str) -> bool:
    return all(
        character.isspace() or character in _UNSEEN or unicodedata.category(character) in {"Cc", "Cf"}
        for character in text
    )


def _tagged(tag: str, text: str, attributes: str = "") -> str:
    html = escape(text)
    return html if _is_blank(html) else f"<{tag}{attributes}>{html}</{tag}>"


def _whole(text: str) -> str:
    """Surrogates joined where two make a character, replaced where not."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
