"""Where the sentences of a text begin and end, in Russian, Ukrainian, Kazakh, Azerbaijani and English alike. Pure.

    text ──lines──▶ stops ──those of abbreviations, initials, within quotes, before a speaker left out──▶ Sentence

A line ends a sentence, whatever it ends with, and so does one that the next ran into. A stop parts two sentences where
the next one begins as sentences do: with a capital, a figure, a quote. Abbreviations are known by lists: those that
stand before a name or a number, and those that may end a sentence, where what follows decides.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from storage.language.abbreviations import BEFORE_NAMES, BEFORE_NUMBERS, TITLES, UNITS, WITHIN
from storage.language.function_words import is_function_word
from storage.seams import seams

# Only so much of a text is looked at, for what happened is told at its beginning: characters, sentences.
READ, MOST = 8_000, 100

# What is longer was opened by mistake, or holds sentences that may well be parted.
_LONGEST_QUOTATION = 450
# A sentence does not end so early with an abbreviation: «В 2020 г. Минздрав …».
_EARLY = 25
_LONGEST_ABBREVIATION = 16

# A straight quote before a letter is the next sentence's.
_STOP = re.compile(r"[.!?…]+(?:[»”’)\]*_]|[\"'](?!\w))*")
_NEXT = re.compile(
    r"[^\w«\"„“‘'(\[–—-]{0,40}+(?P<dash>[-–—]++\s*+)?[^\w]{0,40}+(?P<word>\w++(?:[.'’-]\w++)*+)(?P<dot>\.?)"
)
# Stops without a blank after them, as in «дня.Он»; in «kun.Az» or «Node.Js» they are of a name.
_GLUED = re.compile(
    r"(?:(?<=[а-яёіїєґәғқңөұүһa-zəıöüçşğ»”)\d])|(?<=[А-ЯЁA-Z]{2})|(?<=\w\"))[.!?…]+[»”)]?[«“\"]?"
    r"(?:(?:[А-ЯЁІЇЄҐӘҒҚҢӨҰҮҺ][а-яёіїєґәғқңөұүһ]*){1,2}[\s,»-]|[А-ЯЁ]{3,}[\s,»-]|[A-ZƏİÖÜÇŞĞ][a-zəıöüçşğ]*[\s,»'’])"
    r"|(?<=[а-яёa-z]{4})[.!?…]+\d+[\s-][а-яёa-z]"
)
# Behind the last sentence stands what a page is found by: «. порт, море, суда», «. порт море паром суда».
_TAGS = re.compile(
    r"(?:(?<=\w{4}[.!?…])|(?<=[А-ЯЁA-Z]{3}[.!?…])) \w[\w-]*+"
    r"(?:(?: [\w-]++){0,2}+(?:, [\w-]++(?: [\w-]++){0,2}+){2,}|(?: [а-яёa-z]{2,}){4,})\s*\Z"
)
_DOMAIN = re.compile(r"(?:Agency|Az|Biz|Club|Com|Edu|Fm|Gov|Info|Io|Js|Kz|Me|Media|Net|Org|Ru|Su|Tv|Ua|Uk|Uz)\b")
# Names that end with a stop: "Yahoo! Finance".
_CRIED = re.compile(r"\b(?:Yahoo|Yo|Jeopardy|Mamma Mia|Mamamia|Wham)\Z")
# «… $80 млн. (7 млрд рублей) ушло …»
_INSERTED = re.compile(r"\s\([^()]{1,60}\)\s*[,;а-яёa-z]")
# The names of films: «…, "А зори здесь тихие…" Ростоцкого».
_TITLE = re.compile(r"[\w,] [\"«“][^\"«»“”]{1,40}(?:…|\.{2,3})[\"»”]\Z")
_ADDRESS = re.compile(r"://|www\.|@|\w/\w")
_ABBREVIATED = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,3}\.\s?){0,3}[^\W_]+(?:-[^\W\d_]+)?\Z")
_ENDS_IN_FIGURE = re.compile(r"(?:\d(?:-?[^\W\d_]{1,3})?|/)\Z")  # 5, 1960-х, м/
_SIGNS = re.compile(r"\s*[^\w\s.,;:!?…\"'«»„“”‘’()\[\]–—#@+*/\\-]+(?=\s|\Z)")
_SPEAKER = re.compile(
    r"\s*(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|says|asked|asks|wrote|writes|tweeted|added|told|replied)\b"
)
_QUOTE = re.compile(r"[«»“”„\"()]")
# A straight quote that closes is written as ' here.
_OPENED_BY = {"»": "«", "”": "“„", "“": "„", "'": '"', ")": "("}
_OPENING = '«„“"('
_LINKS = ("http", "www.", "t.me")


class Sentence(NamedTuple):
    """A span of a text; `closed`: it ends with a stop. What does not is a heading, a caption, an item of a list."""

    start: int
    end: int
    closed: bool


def sentences(text: str) -> list[Sentence]:
    """The first sentences of a text, in order, without the blanks around them."""
    found: list[Sentence] = []
    for start, end in _lines(text):
        for sentence in _of_line(text[start:end]):
            if len(found) == MOST:
                return found
            found.append(Sentence(start + sentence.start, start + sentence.end, sentence.closed))
    return found


def ends_in_abbreviation(sentence: str) -> bool:
    """Whether the full stop at its end belongs to the last word too."""
    found = _ABBREVIATED.search(sentence[-_LONGEST_ABBREVIATION:-1]) if sentence.endswith(".") else None
    if found is None:
        return False
    short = found[0].replace(" ", "")
    last = short.rpartition(".")[2]
    known = short in WITHIN or short in TITLES or short in UNITS or short.lower() in BEFORE_NAMES
    return known or (len(last) == 1 and last.isupper())


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start, last = 0, min(len(text), READ)
    while start < last:
        end = text.find("\n", start, last)
        end = last if end < 0 else end
        parts = [start, *(start + at for at in seams(text[start:end])), end]
        yield from pairwise(parts)
        start = end + 1


def _of_line(line: str) -> Iterator[Sentence]:
    quotations, last = _quotations(line), len(line.rstrip())
    begin = 0
    for stop in _STOP.finditer(line):
        if stop.start() < begin:
            continue
        end = stop.end()
        while signs := _SIGNS.match(line, end):  # pictures behind a full stop belong to its sentence
            end = signs.end()
        if end >= last or _parts(line, begin, stop, quotations):
            yield from _stripped(line, begin, end, closed=True)
            begin = end
    yield from _stripped(line, begin, len(line), closed=False)


def _stripped(line: str, begin: int, end: int, *, closed: bool) -> Iterator[Sentence]:
    piece = line[begin:end]
    if bare := piece.strip():
        first = begin + len(piece) - len(piece.lstrip())
        yield Sentence(first, first + len(bare), closed)


def _parts(line: str, begin: int, stop: re.Match[str], quotations: Sequence[tuple[int, int]]) -> bool:
    """Whether this stop ends the sentence that began at `begin`."""
    at = bisect_left(quotations, (stop.start(), 0)) - 1
    if at >= 0 and stop.end() < quotations[at][1]:
        return False
    if not line[stop.end()].isspace() and not _is_glued(line, begin, stop):
        return False
    following = _NEXT.match(line, stop.end())
    if following is None:
        return False
    word = following["word"]
    if line[following.start("word") - 1] in "@#" or word.startswith(_LINKS):
        return True
    if "№" in line[stop.end() : following.start("word")]:
        return False  # «от 30 сентября 2014 г. № 999»
    if word[0].islower() and _TAGS.match(line, stop.end()):
        return not _is_abbreviated(line, begin, stop.start(), following)
    if word[0].islower() or (stop[0][-1] in '»”"' and _SPEAKER.match(line, stop.end())):
        return False
    if stop[0] == "!" and _CRIED.search(line, begin, stop.start()):
        return False
    if _INSERTED.match(line, stop.end()) or (stop[0][0] in "…." and _TITLE.search(line, begin, stop.end())):
        return False
    return stop[0] != "." or not _is_abbreviated(line, begin, stop.start(), following)


def _is_glued(line: str, begin: int, stop: re.Match[str]) -> bool:
    found = _GLUED.match(line, stop.start())
    if found is None or _DOMAIN.match(line, stop.end()):
        return False
    word = line[max(begin, line.rfind(" ", begin, stop.start())) : stop.end() + 40].split(maxsplit=1)[0]
    return not _ADDRESS.search(word)


def _is_abbreviated(line: str, begin: int, dot: int, following: re.Match[str]) -> bool:
    """Whether the full stop belongs to the word before it."""
    found = _ABBREVIATED.search(line, max(begin, dot - _LONGEST_ABBREVIATION), dot)
    if found is None:
        return False
    short = found[0].replace(" ", "")
    last = short.rpartition(".")[2]
    before = line[begin : found.start()].rstrip()
    opens = is_function_word(following["word"].lower()) and not following["dot"]
    if short.isdigit():
        return not before.strip("#*_")  # the number of an item
    if following["word"][0].isdigit() and (short in BEFORE_NUMBERS or last in BEFORE_NUMBERS):
        return True
    if short in WITHIN or (len(last) == 1 and last.isupper()):
        return not opens
    if _ENDS_IN_FIGURE.search(before[-8:]):
        return short in UNITS and dot - begin < _EARLY and not opens
    return short in TITLES or short.lower() in BEFORE_NAMES


def _quotations(line: str) -> list[tuple[int, int]]:
    """Quotations and brackets: a stop within one parts nothing."""
    found: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    standing = dict.fromkeys(_OPENING, 0)
    for sign in _QUOTE.finditer(line):
        mark, at = sign[0], sign.start()
        if mark == '"' and not _opens(line, at):
            mark = "'"
        openers = _OPENED_BY.get(mark, "")
        if any(standing[one] for one in openers):
            last = ""
            while not last or last not in openers:
                last, first = opened.pop()
                standing[last] -= 1
            if at - first <= _LONGEST_QUOTATION:
                found.append((first, at + 1))
        elif mark in standing:
            opened.append((mark, at))
            standing[mark] += 1
    return _outermost(found)


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        elif end > kept[-1][1]:
            kept[-1] = (kept[-1][0], end)
    return kept


def _opens(line: str, at: int) -> bool:
    """Whether the straight quote at this place is of the beginning: it looks the same at the end."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return (not before or before in " \u00a0(«[—–-" or (before in ".!?…" and after.isalpha())) and not after.isspace()
