"""A sentence of a page without what stands around it: bylines, datelines, numbers of items, pictures, links. Pure."""

import re

from storage.boilerplate import BEFORE_NEWS, DATELINE, RUBRIC
from storage.flaws import SPOKEN
from storage.sentences import Sentence

# Characters that a single sentence may take.
LONGEST = 400
# A headline of fewer, or a sentence behind one, is none that lines ran together in.
_SHORT = 35

_BEFORE = re.compile(r"(?:(?![-–−]\d)(?:_|[^\w«\"„“‘'’(\[№+$€£¥₽@…]))+")
# The number of an item that is a sentence.
NUMBER = re.compile(r"\d{1,2}[.)] (?=[A-ZА-ЯЁ«\"])")
# Where the last sentence begins of what somebody says at length: «Порт открыт. Паромы ждут», — сказал министр.
_LAST_SAID = re.compile(r"[.!?…] (?=[А-ЯЁA-Z][^.!?…«»“”\"]+[»”\"],? ?[—–-] ?[а-яёa-z])")
# The name of a picture: "port_icons_loading 12 ships …".
_ICON = re.compile(r"[a-z]+(?:_[a-z]+)+ (?=[A-ZА-ЯЁ\d])")
# A heading that the sentence below it begins with: «Порт Актау Порт Актау открыли …».
_TWICE = re.compile(r"([^\W\d_]\S*(?: \S+){1,3}) (?=\1 )")
_DATED = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4} (?:[A-Z][\w.'’-]+ ){2}(?=[A-Z])")
# "By … | Updated On: May 03, 2020 07:50 IST"
_TIMED = re.compile(r".{,120}?(?:pdated|ublished|osted)\b.{,40}?\d:\d\d(?: ?[AP]M)?(?: [A-Z]{2,4})?\W+(?=[A-Z])")
# "Port City: A day after the storm …", "London – The …" opens a text.
_PLACE = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?(?::| [–—|]) (?=[A-Z])")
# Which is shown where it is looked for: "Baku: ", «БАКУ – », "DUBAI, United Arab Emirates – ".
_CITY = re.compile(r"(?!By )[^\W\d_][\w .'’,-]{1,40}?(?::| (?:--|[–—-]))\s")
# Datelines in small letters stand within so many characters, below captions; what opens a text within so many.
_FIRST, _OPENS = 400, 40
_AFTER = re.compile(r"(?:\s*[^\w\s.,:;!?…»\"”'’)\]%°$€£₽+*]|\s*[#@]\w+|\s+(?:https?://|www\.|t\.me/)\S+)+\s*\Z")
_STOPS = frozenset(".!?…")


def bare(text: str, sentence: Sentence) -> tuple[int, int]:
    """A sentence without the pictures and signs, links and tags around it, and without a byline before it."""
    piece = text[sentence.start : sentence.end]
    is_timed = "pdated" in piece or "ublished" in piece or "osted" in piece
    before = (
        (is_timed and _TIMED.match(piece))
        or _DATED.match(piece)
        or BEFORE_NEWS.match(piece)
        or RUBRIC.match(piece)
        or _ICON.match(piece)
        or _TWICE.match(piece)
        or _BEFORE.match(piece)
    )
    after = None if piece[-1] in _STOPS else _AFTER.search(piece)
    start = sentence.start + (before.end() if before else 0)
    return start, max(start, sentence.start + after.start() if after else sentence.end)


def told_of(text: str, sentence: Sentence) -> tuple[int, int]:
    """A bare sentence without its dateline or number, with the dash before it where that opens what somebody said.

    Of what somebody says at length, the last sentence with who says it.
    """
    start, end = bare(text, sentence)
    if end - start > LONGEST and (said := _LAST_SAID.search(text, start, end)) and end - said.end() <= LONGEST:
        return said.end(), end
    if numbered := NUMBER.match(text, start, end):
        return numbered.end(), end
    news = _behind_dateline(text, start, end)
    if news > start:
        return news, end
    dash = max(text.rfind(sign, sentence.start, start) for sign in "-–—")
    return (dash if dash >= 0 and SPOKEN.match(text, dash, end) else start), end


def place(text: str, sentence: Sentence, start: int) -> int:
    """Where the name of a place begins that stands before a sentence: "Baku: The port …"; else where that begins."""
    news = _behind_dateline(text, sentence.start, sentence.end)
    is_place = news == start > sentence.start and bool(_CITY.fullmatch(text, sentence.start, start))
    return sentence.start if is_place else start


def behind_headline(title: str, text: str, start: int, end: int) -> int:
    """Where a sentence begins that the headline runs into: «Порт Актау откроют Новый порт …»."""
    behind = start + len(title) + 1
    is_run_into = len(title) >= _SHORT and behind + _SHORT <= end and text.startswith(f"{title} ", start)
    return behind if is_run_into and text[behind].isupper() else start


def _behind_dateline(text: str, start: int, end: int) -> int:
    if start >= _FIRST and not text[start : start + 2].isupper():
        return start
    found = DATELINE.match(text, start, end) or (_PLACE.match(text, start, end) if start < _OPENS else None)
    return found.end() if found else start
