"""Bytes → text. What decodes cleanly wins over what a document says of itself."""

import codecs
import contextlib
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
_DECLARED = re.compile(
    rb"""<(?:\?xml[^>]{0,200}?\bencoding|meta\b[^>]{0,200}?\bcharset)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""",
    re.ASCII | re.IGNORECASE,
)
_CHARSET = re.compile(r"""\bcharset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.ASCII | re.IGNORECASE)
_DECLARED_WITHIN = 4096
# One broken character among so many foreign ones is an accident; in any other charset nearly all would be broken.
_CLEAN = 10
_SAMPLE = 100_000  # characters that tell an alphabet
# What software says that has not been told: Cyrillic under these names is more common than a name that is right.
_WESTERN = frozenset({"ascii", "cp1252", "iso8859-1", "iso8859-15"})
# What is really written under a name: the larger set that holds it (https://encoding.spec.whatwg.org/#names-and-labels).
_LARGER = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}


def mark(data: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning tells."""
    return next((encoding for sign, encoding in _MARKS if data.startswith(sign)), None)


def decode(data: bytes) -> str | None:
    """UTF-8, UTF-16 or UTF-32 with a mark, or windows-1251 that reads like Cyrillic; None for anything else."""
    text = _strictly(data, mark(data) or "utf-8")
    return _cyrillic(data, "cp1251") if text is None and not mark(data) else text


def decode_markup(data: bytes, content_type: str = "") -> str:
    """A feed or a page as text whatever it is in: with a few bad bytes it is still a feed.

    What leaves no doubt comes first, a mark or UTF-8 almost without a fault; then, of what the document and HTTP
    (`content_type`) say, what reads like Cyrillic, and the document's word before HTTP's; then a guess.
    """
    if encoding := mark(data) or _wide(data):
        return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    faults = text.count("\ufffd") - data.count("\ufffd".encode())
    if faults * _CLEAN <= _foreign(text) and "\x1b" not in text:  # that shifts between the alphabets of ISO 2022
        return text
    return _told(data, _named(data, content_type)) or data.decode("cp1252", "replace")


def _named(data: bytes, content_type: str) -> list[str]:
    """The charset that the document says it is in, then the one that HTTP says."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    charset = _CHARSET.search(content_type)
    return [*([declared[1].decode("ascii")] if declared else ()), *([charset[1]] if charset else ())]


def _told(data: bytes, names: list[str]) -> str | None:
    """The text in one of the charsets named, or in a Cyrillic one that nobody named; None if it is in none of them."""
    telling = [name for name in names if _codec(name) not in _WESTERN]
    tried = [
        *((_cyrillic, name) for name in telling),
        *((_strictly, name) for name in telling),
        *((_cyrillic, name) for name in ("cp1251", "koi8-r")),
        *((_strictly, name) for name in names),
    ]
    return next((text for read, name in tried if (text := read(data, name)) is not None), None)


def _codec(encoding: str) -> str | None:
    """Python's name of a charset; None where it knows none."""
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return None
    return None if codec in _NO_CHARSETS else codec


def _strictly(data: bytes, encoding: str) -> str | None:
    codec = _codec(encoding)
    for name in filter(None, (_LARGER.get(codec or ""), codec)):
        with contextlib.suppress(LookupError, ValueError):
            return data.decode(name)
    return None


def _cyrillic(data: bytes, encoding: str) -> str | None:
    """The text, if its foreign characters are mostly small Cyrillic letters and stand among their like.

    Latin-1 puts single accented letters into Latin words, and UTF-8 or another Cyrillic charset in place of the right
    one is mostly capitals and signs.
    """
    text = _strictly(data, encoding)
    first = _FOREIGN.search(text or "")
    if text is None or first is None or _CONTROL.search(text):
        return None
    sample = text[first.start() : first.start() + _SAMPLE]
    small = sum(character in _CYRILLIC_SMALL for character in sample)
    mixed = len(_WORD_OF_TWO_SCRIPTS.findall(sample))
    return text if small * 2 > _foreign(sample) and mixed * 10 <= _foreign(sample) else None


def _wide(data: bytes) -> str | None:
    """What has no mark and is not written in bytes of ASCII, by its first `<` (XML 1.0, appendix F)."""
    signs = (
        (b"<\0\0\0", "utf-32-le"),
        (b"\0\0\0<", "utf-32-be"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    )
    return next((encoding for sign, encoding in signs if data.startswith(sign)), None)


def _foreign(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
