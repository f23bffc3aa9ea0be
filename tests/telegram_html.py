"""Telegram's HTML mode: what a bot sends becomes plain text and entities, or an `EntityError` in Telegram's words.

Telegram lets some slips pass in silence (a link to a host without a dot is dropped, an unescaped `&` is shown): they
come back as `remarks`, since a user would see something other than what the bot meant.
Rules: https://core.telegram.org/bots/api#html-style; offsets and lengths are UTF-16 units, error positions are bytes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
ATTRIBUTE_OF_TAG = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id", "blockquote": "expandable"}
ENTITY_TYPES = {
    *ENTITY_OF_TAG.values(),
    *("expandable_blockquote", "mention", "text_mention", "hashtag", "cashtag"),
    *("bot_command", "url", "email", "phone_number"),
}
BLANKS = " \t\n\r\v\0"
CHARACTER_OF_NAME = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_REFERENCE = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]*));")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(
    r"\s*(?P<name>[^\s=>]+)\s*(?:=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<token>[A-Za-z0-9.-]+)(?=[\s>])))?"
)
_LITERAL = re.compile(r"[^<&]+")
_TAG_END = re.compile(r"\s*>")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[^\s\"'<>@:\[\]]*|\[[0-9a-fA-F:.]+\]")


class EntityError(Exception):
    """The text can't be parsed; its words follow "can't parse entities: "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Parsed:
    text: str
    entities: tuple[Entity, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenTag:
    name: str
    argument: str | None
    offset: int
    part: int


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def link_fault(url: str) -> str | None:
    """What makes Telegram refuse the address (in a button) or drop it (in text); None where it is good."""
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() in {"tg", "ton", "tonsite"}:
        return None
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return "Unsupported URL protocol"
    authority = re.split(r"[/?#]", url[scheme.end() if scheme else 0 :], maxsplit=1)[0].rpartition("@")[2]
    host, colon, port = authority.rpartition(":") if not authority.endswith("]") else (authority, "", "")
    host = host if colon else authority
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return "Wrong port number specified in the URL"
    if not host:
        return "URL host is empty"
    if not _HOST.fullmatch(host):
        return "Disallowed character in URL host"
    return None if "." in host.strip(".") else "Wrong HTTP URL"


def parse_html(source: str) -> Parsed:
    """The text without its tags, its entities by offset (longer ones first), remarks on what Telegram passes over."""
    parser = _Parser(source)
    while parser.at < len(source):
        if source.startswith("</", parser.at):
            parser.close_tag()
        elif source[parser.at] == "<":
            parser.open_tag()
        else:
            parser.read_text()
    return parser.finish()


def given_entities(text: str, given: Sequence[dict[str, Any]]) -> Parsed:
    """Entities that the bot computed itself; raises EntityError where one does not lie within the text."""
    end = utf16_length(text)
    entities = []
    for fields in given:
        entity = Entity(**{name: fields[name] for name in Entity.__slots__ if name in fields})
        if entity.type not in ENTITY_TYPES:
            raise EntityError("Unsupported type specified")
        if entity.offset < 0 or entity.length <= 0 or entity.end > end:
            raise EntityError(f"entity beginning at UTF-16 offset {entity.offset} does not lie within the text")
        entities.append(entity)
    return Parsed(text, _in_order(entities))


def trimmed(parsed: Parsed) -> Parsed:
    """Without the blanks that Telegram takes off: at the end, and at the beginning where no entity covers them."""
    text = parsed.text.rstrip(BLANKS)
    blanks = len(text) - len(text.lstrip(BLANKS))
    blanks = min(blanks, *(entity.offset for entity in parsed.entities)) if parsed.entities else blanks
    text = text[blanks:]
    end = utf16_length(text)
    moved = (replace(entity, offset=entity.offset - blanks) for entity in parsed.entities)
    kept = (replace(entity, length=min(entity.end, end) - entity.offset) for entity in moved if entity.offset < end)
    return Parsed(text, tuple(kept), parsed.remarks)


def _in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


class _Parser:
    """One pass over the source; `at` is the position that is read next."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []
        self.remarks: list[str] = []

    def read_text(self) -> None:
        literal = _LITERAL.match(self.source, self.at)
        if literal:
            if ">" in literal[0]:
                self._remark("a > that is not escaped", self.at + literal[0].index(">"))
            self._append(literal[0])
            self.at = literal.end()
        else:
            reference = _REFERENCE.match(self.source, self.at)
            end = reference.end() if reference else self.at + 1
            self._append(self._decoded(self.at, end))
            self.at = end

    def open_tag(self) -> None:
        begin = self.at
        name = _TAG_NAME.match(self.source, begin + 1)
        if name is None or name.end() == len(self.source):
            raise EntityError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = name[0].lower()
        if tag not in ENTITY_OF_TAG:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = self._attributes(tag, begin, name.end())
        if tag == "span" and argument != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_OpenTag(name=tag, argument=argument, offset=self.offset, part=len(self.parts)))

    def close_tag(self) -> None:
        begin = self.at
        end = self.source.find(">", begin)
        if not self.open:
            raise EntityError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        if end < 0:
            raise EntityError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        found, tag = self.source[begin + 2 : end].rstrip().lower(), self.open.pop()
        if found != tag.name:
            where = f'{self._byte(begin)}, expected "</{tag.name}>", found "</{found}>"'
            raise EntityError(f"Unmatched end tag at byte offset {where}")
        self.at = end + 1
        if self.offset > tag.offset:
            self._close(tag)

    def finish(self) -> Parsed:
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        plain_code = (replace(entity, language=None) if entity.type == "code" else entity for entity in self.entities)
        return Parsed("".join(self.parts), _in_order(plain_code), tuple(self.remarks))

    def _attributes(self, tag: str, begin: int, at: int) -> str | None:
        """Reads to the end of the tag; the value of the one attribute that means something in this tag."""
        argument = None
        while not (end := _TAG_END.match(self.source, at)):
            attribute = _ATTRIBUTE.match(self.source, at)
            if attribute is None or attribute.end() == len(self.source):
                raise EntityError(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            argument = self._attribute_value(tag, begin, attribute) or argument
            at = attribute.end()
        self.at = end.end()
        return argument

    def _attribute_value(self, tag: str, begin: int, attribute: re.Match[str]) -> str | None:
        name = attribute["name"].lower()
        group = next((group for group in ("double", "single", "token") if attribute[group] is not None), None)
        if group is None and (tag, name) != ("blockquote", "expandable"):
            where = f'the tag "{tag}" at byte offset {self._byte(begin)}'
            raise EntityError(f"Expected equal sign in declaration of an attribute of {where}")
        if name != ATTRIBUTE_OF_TAG.get(tag):
            self._remark(f'an attribute "{name}" that the tag "{tag}" does not have', begin)
            return None
        return self._decoded(attribute.start(group), attribute.end(group)) if group else name

    def _close(self, tag: _OpenTag) -> None:
        entity = Entity(type=ENTITY_OF_TAG[tag.name], offset=tag.offset, length=self.offset - tag.offset)
        last = self.entities[-1] if self.entities else entity
        if tag.name == "a":
            self._close_link(entity, tag.argument or "".join(self.parts[tag.part :]))
        elif tag.name == "tg-emoji" and not (tag.argument or "").isdigit():
            raise EntityError("Invalid custom emoji identifier specified")
        elif tag.name == "tg-emoji":
            self.entities.append(replace(entity, custom_emoji_id=tag.argument))
        elif tag.name == "code":
            self.entities.append(replace(entity, language=(tag.argument or "").partition("language-")[2] or None))
        elif tag.name == "pre" and last.language and (last.offset, last.length) == (entity.offset, entity.length):
            self.entities[-1] = replace(last, type="pre")
        elif tag.name == "blockquote" and tag.argument:
            self.entities.append(replace(entity, type="expandable_blockquote"))
        else:
            self.entities.append(entity)

    def _close_link(self, entity: Entity, url: str) -> None:
        if fault := link_fault(url):
            self.remarks.append(f"a link that is dropped: {url!r}: {fault}")
        else:
            self.entities.append(replace(entity, url=url))

    def _decoded(self, begin: int, end: int) -> str:
        parts = []
        at = begin
        for found in re.finditer("&", self.source[begin:end]):
            ampersand = begin + found.start()
            parts.append(self.source[at:ampersand])
            reference = _REFERENCE.match(self.source, ampersand, end)
            parts.append(self._character(reference, ampersand))
            at = reference.end() if reference else ampersand + 1
        return "".join(parts) + self.source[at:end]

    def _character(self, reference: re.Match[str] | None, at: int) -> str:
        if reference is None:
            self._remark("an & that is not escaped", at)
            return "&"
        if reference["name"]:
            if reference["name"] not in CHARACTER_OF_NAME:
                raise EntityError(f'Unsupported HTML entity "{reference[0]}" at byte offset {self._byte(at)}')
            return CHARACTER_OF_NAME[reference["name"]]
        code = int(reference["decimal"] or reference["hex"], 10 if reference["decimal"] else 16)
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
            raise EntityError("Text contains invalid Unicode characters after decoding HTML entities")
        return chr(code)

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.offset += utf16_length(text)

    def _remark(self, what: str, at: int) -> None:
        self.remarks.append(f"{what} at byte offset {self._byte(at)}")

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())
