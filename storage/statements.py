"""What a text states that may be told by itself: its sentences with what each is worth to a reader. Pure.

    sentences ──the headline again, boilerplate, credits, lists, questions, halves left out──▶ Statement, with its worth

The worth goes by what a reader can tell of a sentence that stands alone: that it stands early, is neither short nor
long, names somebody, leans on no sentence before it. It is counted in sentences of the lead: 1 is as much as there is
between one that opens the text and the same one in fourth place.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from storage.bare import LONGEST, NUMBER, behind_headline, place, told_of
from storage.boilerplate import CREDITED
from storage.flaws import flaw, is_source
from storage.language.analyser import is_russian_predicate
from storage.language.anaphora import goes_on, is_said_by_somebody, leans
from storage.listed import listed
from storage.newsworthy import is_news
from storage.sentences import Sentence, sentences

# Worth less, a sentence is not told, whatever words it has.
LEAST = -4.5
# A sentence with so much wrong with it is not told either.
_RUINED = 4.5

_LATER = 0.5
# Of an item of a numbered list, which the others stand around.
_NUMBERED = 1.0
_LEANING, _GOING_ON, _LEANING_ON_HEADLINE = 3.0, 1.5, 0.7
# Of a sentence, the share that the headline says; of the headline, the share that the sentence says.
REPEATS, _RESEMBLES, _SAYS_ALL = 0.76, 0.5, 0.85
# Pictures stand above a text, before the sentence with this number.
_CAPTIONS = 3
_SHORT, _SHORTISH, _LONGISH = 35, 60, 220

_WORD = re.compile(r"[^\W_]+")
_BACKGROUND = re.compile(
    r"(?:напомним|(?:как )?ранее|накануне|до этого|на момент|отметим|нагадаємо|раніше|напередодні|previously|earlier"
    r"|(?:the day )?before)\b",
    re.IGNORECASE,
)
_BULLETS = frozenset("-–—−•▪▫◾·*✔✅➡")


@dataclass(frozen=True, slots=True)
class Statement:
    """The `at`th sentence of a text, with what it is worth by itself; `leaning`: what it loses without the one before;
    `flaw`: what it has lost already for what is wrong with it; `is_said_by_somebody`: it leans on a
    speaker's name alone; `repeats`: it says hardly more than the headline.

    `stems` are what it is compared by; where the name of a place stands before it, `place` is where that begins.
    """

    at: int
    place: int
    start: int
    end: int
    worth: float
    leaning: float
    flaw: float
    stems: frozenset[str]
    is_said_by_somebody: bool
    repeats: bool

    @property
    def length(self) -> int:
        return self.end - self.start


class _Said(NamedTuple):
    """The `at`th sentence, as it is told, and the share of it that the headline says, `again`."""

    at: int
    sentence: Sentence
    start: int
    end: int
    told: str
    words: list[str]
    stems: frozenset[str]
    again: float


@lru_cache(maxsize=2)  # an article is shown for one query after another
def all_statements(title: str, text: str) -> tuple[Statement, ...]:
    """With those that say the headline again, which may have a word that it has not."""
    found: list[Statement] = []
    headline = _stems(_WORD.findall(title))
    is_told = True  # what comes before: the headline stands above, and a sentence may say the same
    is_below, was_item, last = False, False, 0  # below a heading, which is not told
    parted = sentences(text)
    items = listed(text, parted)
    for one in _said(title, text, parted, headline):
        is_item = text[one.sentence.start] in _BULLETS
        if was_item and not is_item and "\n" in text[last : one.sentence.start]:
            is_below = False  # a paragraph below the list
        if one.at <= _CAPTIONS and CREDITED.match(text, one.sentence.start) and found and found[-1].at == one.at - 1:
            found.pop()
        is_said = one.at not in items or any(map(is_russian_predicate, one.words))
        if is_said and is_news(one.told, one.words, text[one.end : one.sentence.end]):
            leaning = _LEANING if is_below else _leaning(one.told, is_told=is_told)
            statement = _statement(text, one, leaning, headline)
            if statement.worth > LEAST and statement.flaw < _RUINED:
                found.append(statement)
        is_told = one.again >= REPEATS
        is_below = one.told.endswith(":") or (is_below and is_item)
        was_item, last = is_item, one.sentence.end
    return tuple(found)


def statements(title: str, text: str) -> tuple[Statement, ...]:
    """Those worth telling below this headline, in order."""
    return tuple(one for one in all_statements(title, text) if not one.repeats)


def _said(title: str, text: str, parted: Iterable[Sentence], headline: frozenset[str]) -> Iterator[_Said]:
    begins = _begins(title)
    for at, sentence in enumerate(parted):
        start, end = told_of(text, sentence)
        start = behind_headline(title, text, start, end)
        told = text[start:end]
        words = _WORD.findall(told)
        stems = _stems(words)
        again = 1.0 if _begins_so(words, begins) else overlap(stems, headline)
        yield _Said(at, sentence, start, end, told, words, stems, again)


def _statement(text: str, one: _Said, leaning: float, headline: frozenset[str]) -> Statement:
    told = one.told
    spoilt = flaw(told, one.words, text, shown=LONGEST) + _NUMBERED * bool(NUMBER.match(text, one.sentence.start))
    worth = _worth(told) - spoilt - _LATER * math.log2(1 + one.at)
    worth -= one.again > _RESEMBLES or overlap(headline, one.stems) > _SAYS_ALL
    return Statement(
        one.at,
        place(text, one.sentence, one.start),
        one.start,
        one.end,
        worth,
        leaning,
        spoilt,
        one.stems,
        leaning > 0 and is_said_by_somebody(told),
        one.again >= REPEATS,
    )


def _leaning(told: str, *, is_told: bool) -> float:
    if not leans(told):
        return 0.0
    if is_told or is_source(told):
        return _LEANING_ON_HEADLINE
    return _GOING_ON if goes_on(told) else _LEANING


def says_the_same(sentence: str, headline: str) -> bool:
    """Whether a sentence says hardly more than the headline, be it cut or not."""
    words = _WORD.findall(sentence)
    return _begins_so(words, _begins(headline)) or overlap(_stems(words), _stems(_WORD.findall(headline))) >= REPEATS


def is_background(sentence: str) -> bool:
    """Whether a sentence says by how it begins that it tells of what was before."""
    return bool(_BACKGROUND.match(sentence))


def overlap(stems: frozenset[str], others: frozenset[str]) -> float:
    """The share of these that the others say too."""
    return len(stems & others) / len(stems) if stems else 1.0


def _stems(words: list[str]) -> frozenset[str]:
    """The beginnings of the words, small words left out: enough to tell that two sentences say the same."""
    return frozenset([word[:5].lower() for word in words if len(word) > 2 or word.isdigit()])


def _begins(headline: str) -> list[str]:
    """The words of a headline that was cut out of a longer sentence; none where it was not."""
    return _WORD.findall(headline) if headline.endswith("…") else []


def _begins_so(words: list[str], beginning: list[str]) -> bool:
    return bool(beginning) and words[: len(beginning)] == beginning


def _worth(told: str) -> float:
    return (
        _worth_of_length(len(told))
        + 0.3 * any(map(str.isdigit, told))
        + 0.3 * any(map(str.isupper, told[1:]))
        - 0.7 * is_background(told)
    )


def _worth_of_length(length: int) -> float:
    if length < _SHORTISH:
        return -2.0 if length < _SHORT else -0.7
    if length > LONGEST:
        return -3.5
    return -(length - _LONGISH) / 100 if length > _LONGISH else 0.0
