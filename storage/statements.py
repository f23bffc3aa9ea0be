"""What a text states that may be told by itself: its sentences with what each is worth to a reader. Pure.

    sentences ──the headline again, boilerplate, credits, lists, questions, halves left out──▶ Statement, with its worth

The worth goes by what a reader can tell of a sentence that stands alone: that it stands early, is neither short nor
long, names somebody, leans on no sentence before it. It is counted in sentences of the lead: 1 is as much as there is
between one that opens the text and the same one in fourth place.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from storage.boilerplate import is_of_a_site
from storage.language.anaphora import leans
from storage.language.boilerplate_words import CALLS
from storage.sentences import Sentence, sentences

# Characters that a single sentence may take.
LONGEST = 340
# Worth less, a sentence is not told, whatever words it has.
LEAST = -4.5

_LATER = 0.5
_LEANING, _LEANING_ON_HEADLINE = 3.0, 0.7
# Of a sentence, the share that the headline says; of the headline, the share that the sentence says.
REPEATS, _RESEMBLES, _SAYS_ALL = 0.78, 0.5, 0.85
_SHORT, _SHORTISH, _LONGISH = 35, 60, 220

_WORD = re.compile(r"[^\W_]+")
_BEFORE = re.compile(r"(?:(?![-–−]\d)[^\w«\"„“‘'’(\[№+$€£¥₽@…])+")
_DATED = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4} (?:[A-Z][\w.'’-]+ ){2}(?=[A-Z])")
_AFTER = re.compile(r"(?:\s*[^\w\s.,:;!?…»\"”'’)\]%°$€£₽+*]|\s*[#@]\w+|\s+(?:https?://|www\.|t\.me/)\S+)+\s*\Z")
_LINK = re.compile(r"https?://|www\.|t\.me/|[@#]\w")
_MARKUP = re.compile(r"[<>{}]|=[\"']")
_CREDIT = re.compile(
    r"(?:\W*(?:фото(?:граф\w+)?|видео|иллюстрация|кадр|скриншот|источник(?: фото)?|автор|текст|сурет|foto|photo|image"
    r"|picture|video|source|by|credit|file photo|reporting by|editing by|writing by)\b\s*[:/©|]"
    r"|\W*(?:фото|кадр) (?:из|с) "
    r"|.{0,100}(?:©|\bGetty\b|\((?:фото|photo|image)\s?:|\b(?:источник|source)\s?[:–—]))",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(?:янв|фев|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|год)\w{,5}\Z"
    r"|(?:қаң|ақп|нау|сәу|мам|там|қыр|қаз|қар|жел|yan|fev|apr|may|iyu|avq|sen|okt|noy|dek)\w{,6}\Z"
)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_QUESTION = re.compile(r"\?[!?.…]*[»”\"'’)\]]*\Z")
_APPEAL = re.compile(
    r"(?:[А-ЯЁ][а-яё]+(?:йте|ите)(?:сь)?|Please|Click|Check out|Sign up|Subscribe|Follow|Share|Download|Watch|Read \|)"
    r"[\s,!:]"
)
_TOLD = re.compile(
    r"(?:об этом|соответствующ\w+|как) (?:\w+ ){0,3}(?:сообща|сообщи|пиш|рассказ|заявил|передаё|передае|говор)",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"(?:напомним|ранее|как ранее|отметим|нагадаємо|раніше|previously|earlier)\b", re.IGNORECASE)
_STOPS = frozenset(".!?…")
_QUOTING, _QUOTED = '«"“„', '»"”'
_PAIRS = (("«", "»"), ("“", "”"), ("(", ")"))


@dataclass(frozen=True, slots=True)
class Statement:
    """The `at`th sentence of a text, with what it is worth by itself; `leaning`: what it loses without the one before.

    `stems` are what it is compared by.
    """

    at: int
    start: int
    end: int
    worth: float
    leaning: float
    stems: frozenset[str]

    @property
    def length(self) -> int:
        return self.end - self.start


@lru_cache(maxsize=2)  # an article is shown for one query after another
def statements(title: str, text: str) -> tuple[Statement, ...]:
    """Those worth telling below this headline, in order."""
    headline = _stems(_WORD.findall(title))
    begins = _begins(title)
    found: list[Statement] = []
    is_told = True  # what comes before: the headline stands above, and a sentence may say the same
    for at, sentence in enumerate(sentences(text)):
        start, end = bare(text, sentence)
        told = text[start:end]
        words = _WORD.findall(told)
        stems = _stems(words)
        repeats = 1.0 if _begins_so(words, begins) else overlap(stems, headline)
        if repeats < REPEATS and _is_news(told, words, text[end : sentence.end]):
            leaning = (_LEANING_ON_HEADLINE if is_told else _LEANING) if leans(told) else 0.0
            worth = _worth(told) - _LATER * math.log2(1 + at)
            worth -= repeats > _RESEMBLES or overlap(headline, stems) > _SAYS_ALL
            if worth > LEAST:
                found.append(Statement(at, start, end, worth, leaning, stems))
        is_told = repeats >= REPEATS
    return tuple(found)


def says_the_same(sentence: str, headline: str) -> bool:
    """Whether a sentence says hardly more than the headline, be it cut or not."""
    words = _WORD.findall(sentence)
    return _begins_so(words, _begins(headline)) or overlap(_stems(words), _stems(_WORD.findall(headline))) >= REPEATS


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


def bare(text: str, sentence: Sentence) -> tuple[int, int]:
    """A sentence without the pictures and signs, links and tags around it, and without a byline before it."""
    piece = text[sentence.start : sentence.end]
    before = _BEFORE.match(piece) or _DATED.match(piece)
    after = None if piece[-1] in _STOPS else _AFTER.search(piece)
    start = sentence.start + (before.end() if before else 0)
    return start, max(start, sentence.start + after.start() if after else sentence.end)


def _is_news(told: str, words: list[str], after: str) -> bool:
    """Whether it is a whole sentence, and of the news. What `after` it was left out may have been a part of it."""
    is_closed = told[-1:] in _STOPS or told[-2:-1] in _STOPS
    if len(words) < (2 if is_closed else 4) or told[0].islower() or told[-1] in ":;," or _QUESTION.search(told):
        return False
    if sum([len(word) for word in words if not word.isdigit()]) < 0.6 * len(told) or not any(map(_is_said, words)):
        return False
    if _LINK.search(told) or _MARKUP.search(told) or (not is_closed and "/" in after):
        return False
    if _APPEAL.match(told) or words[0].lower() in CALLS:
        return False
    return not (_CREDIT.match(told) or is_of_a_site(told))


def _is_said(word: str) -> bool:
    """Whether a word is more than a name, a number or a month: a byline and a dateline have none that is."""
    return word.islower() and len(word) > 2 and not _MONTH.match(word)


def _worth(told: str) -> float:
    is_closed = told[-1] in _STOPS or told[-2] in _STOPS
    return (
        _worth_of_length(len(told))
        + 0.3 * any(map(str.isdigit, told))
        + 0.3 * any(map(str.isupper, told[1:]))
        - 2.5 * (not is_closed)
        - 2.5 * _is_torn(told[:LONGEST])
        - 3.0 * bool(_NUMBERED.match(told))
        - 2.0 * bool(_TOLD.match(told))
        - 0.7 * bool(_BACKGROUND.match(told))
        - 0.7 * (told[-1] == "!")
        - 1.0 * told.endswith(("...", "…"))
        - 1.0 * (told[-1] in _QUOTED or (told[0] in _QUOTING and told[-2] in _QUOTED))
    )


def _worth_of_length(length: int) -> float:
    if length < _SHORTISH:
        return -2.0 if length < _SHORT else -0.7
    if length > LONGEST:
        return -3.5
    return -(length - _LONGISH) / 100 if length > _LONGISH else 0.0


def _is_torn(told: str) -> bool:
    """Whether a quotation or bracket in it begins or ends outside."""
    if told[0] == "‘" and not re.search(r"’(?!\w)", told):
        return True
    return any(told.count(one) != told.count(other) for one, other in _PAIRS) or told.count('"') % 2 == 1
