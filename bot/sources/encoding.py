"""Bytes → text. What decodes cleanly wins over what a document says of itself."""

import codecs
import re

UNKNOWN = "the encoding is neither UTF-8, UTF-16 nor windows-1251"

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Codecs that Python counts among encodings of text, though no document is written in them.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})

_CYRILLIC_SMALL = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WORD_OF_TWO_SCRIPTS = re.compile(r"[a-z][а-яёіїєґў]|[а-яёіїєґў][a-z]", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"']", re.ASCII)


def mark(data: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning tells."""
    return next((encoding for sign, encoding in _MARKS if data.startswith(sign)), None)


def decode(data: bytes) -> str | None:
    """UTF-8, UTF-16 or UTF-32 with a mark, or windows-1251 that reads like Cyrillic; None for anything else."""
    text = _strictly(data, mark(data) or "utf-8")
    return _cyrillic(data) if text is None and not mark(data) else text


def decode_xml(data: bytes) -> str:
    """An XML document as text whatever it is in: a feed with a few bad bytes is still a feed."""
    if encoding := mark(data) or _wide(data):
        return data.decode(encoding, "replace")
    declared = _DECLARED.search(data[:1024])
    text = _strictly(data, "utf-8")
    if text is None and declared:
        text = _strictly(data, declared[1].decode("ascii"))
    if text is None:
        text = _cyrillic(data)
    return _anyhow(data) if text is None else text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        codec = codecs.lookup(encoding)
        return data.decode(encoding) if codec.name not in _NO_CHARSETS else None
    except (LookupError, ValueError):
        return None


def _cyrillic(data: bytes) -> str | None:
    """The text in windows-1251, if its foreign characters are mostly small Cyrillic letters and stand among their like.

    Latin-1 puts single accented letters into Latin words, and UTF-8 or KOI8-R mistaken for windows-1251 is mostly
    capitals and signs.
    """
    text = _strictly(data, "cp1251")
    if text is None or _CONTROL.search(text):
        return None
    foreign = _FOREIGN.findall(text)
    small = sum(character in _CYRILLIC_SMALL for character in foreign)
    mixed = len(_WORD_OF_TWO_SCRIPTS.findall(text))
    return text if small * 2 > len(foreign) and mixed * 10 <= len(foreign) else None


def _wide(data: bytes) -> str | None:
    """UTF-16 and UTF-32 without a mark, by how the first `<` is written (XML 1.0, appendix F)."""
    signs = (
        (b"<\0\0\0", "utf-32-le"),
        (b"\0\0\0<", "utf-32-be"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    )
    return next((encoding for sign, encoding in signs if data.startswith(sign)), None)


def _anyhow(data: bytes) -> str:
    """UTF-8 if at most one foreign character in a hundred is broken, else windows-1252, the Web's fallback."""
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") * 100 <= len(_FOREIGN.findall(text)):
        return text
    return data.decode("cp1252", "replace")
