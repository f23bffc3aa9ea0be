"""What an article says happened, in one or two whole sentences of its own. Pure.

    Article ──sentences──▶ candidates, each with its worth ──the query's words──▶ the best one, or two ──▶ Excerpt

The worth of a sentence goes by what a reader can tell of it by itself: that it stands early, is neither short nor long,
names somebody, leans on no sentence before it, asks nothing, is not the headline again. A sentence with words of the
query is worth more than any lead without them, unless it is broken. What is no sentence of the news (boilerplate, a
credit, a list of links) is no candidate; where there is none at all, the summary is empty.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage.boilerplate import is_of_a_site
from storage.excerpt import folded
from storage.language.anaphora import leans
from storage.language.boilerplate_words import CALLS
from storage.language.document import Document
from storage.language.tokens import word_spans
from storage.models import Article, Excerpt
from storage.sentences import READ, Sentence, sentences
from storage.syntax import Query

# Characters: of two sentences together, and of a single one before it is cut.
TOGETHER, LONGEST = 280, 340
LEAD = 200

# Worth, in sentences of the lead: the scale is arbitrary, the proportions are not.
_MET, _MET_MORE = 4.0, 1.5
_LATER = 0.5
_LEANING, _LEANING_ON_HEADLINE = 2.0, 0.7
_LEAST = -4.5
# The second sentence must be worth about as much as a fair one by itself.
_SECOND = 1.5

# Of a sentence, the headline's share in it; of the headline, the sentence's.
_REPEATS, _RESEMBLES, _SAYS_ALL = 0.7, 0.5, 0.85
_SHORT, _SHORTISH, _LONGISH = 35, 60, 220

_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_BEFORE = re.compile(r"[^\w«\"„“‘'’(\[№+$€£¥₽@…]+")
_AFTER = re.compile(r"(?:\s*[^\w\s.,:;!?…»\"”'’)\]%°$€£₽+*]|\s*[#@]\w+|\s+(?:https?://|www\.|t\.me/)\S+)+\s*\Z")
_LINK = re.compile(r"https?://\S+|www\.\S+|t\.me/\S+|[@#]\w+")
_CREDIT = re.compile(
    r"(?:\W*(?:фото(?:граф\w+)?|видео|иллюстрация|кадр|скриншот|источник(?: фото)?|автор|текст|сурет|foto|photo|image"
    r"|picture|video|source|by|credit|file photo|следите|reporting by|editing by|writing by)\b\s*"
    r"(?:[:/©|]|из |by |с сайта)|.{0,100}(?:©|\bGetty\b|\((?:фото|photo|image)\b))",
    re.IGNORECASE,
)
_APPEAL = re.compile(
    r"(?:[А-ЯЁ][а-яё]+(?:йте|ите)(?:сь)?|Please|Click|Sign|Subscribe|Follow|Share|Download|Watch|Listen)\b"
)
_MONTH = re.compile(
    r"(?:янв|фев|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|год)\w{,5}\Z"
    r"|(?:қаң|ақп|нау|сәу|мам|там|қыр|қаз|қар|жел|yan|fev|apr|may|iyu|avq|sen|okt|noy|dek)\w{,6}\Z"
)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_QUESTION = re.compile(r"\?[!?.…]*[»”\"'’)\]]*\s*\Z")
_TOLD = re.compile(
    r"(?:об этом|соответствующ\w+|как) (?:\w+ ){0,3}(?:сообща|сообщи|пиш|рассказ|заявил|передаё|передае|говор)",
    re.IGNORECASE,
)
_STOPS = frozenset(".!?…")
_QUOTING, _QUOTED = '«"“„', '»"”'
_BACKGROUND = re.compile(r"(?:напомним|ранее|как ранее|отметим|нагадаємо|раніше|previously|earlier)\b", re.IGNORECASE)
_BREAKS = (", ", "; ", " — ", " – ", " - ", ": ", ". ")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of the text with what it is worth by itself; `leaning` is what it loses without the one before."""

    at: int
    start: int
    end: int
    worth: float
    leaning: float
    words: frozenset[str]

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Choice:
    worth: float
    sentences: tuple[_Candidate, ...]


def summary(query: Query, article: Article, document: Document) -> Excerpt:
    """What the article says of what the query looks for, else how it begins; found words are marked."""
    text = article.text[:READ]
    places = [_places(text, phrase.spans(document), document.body_start) for phrase in query.sought()]
    marks = sorted({place for found in places for place in found})
    candidates = _candidates(article.title, text)
    met = {one.at: sum(any(_holds(one, place) for place in found) for found in places) for one in candidates}
    return _shown(text, marks, _best(candidates, met, TOGETHER))


def lead(article: Article) -> Excerpt:
    """How an article begins that nobody searched for."""
    text = article.text[:READ]
    candidates = _candidates(article.title, text)
    return _shown(text, (), _best(candidates, {}, LEAD))


def _places(text: str, spans: Iterable[tuple[int, int]], body_start: int) -> list[tuple[int, int]]:
    return word_spans(text, {at - body_start for span in spans for at in range(*span) if at >= body_start})


def _holds(one: _Candidate, place: tuple[int, int]) -> bool:
    return one.start <= place[0] and place[1] <= one.end


def _best(candidates: Sequence[_Candidate], met: dict[int, int], room: int) -> tuple[_Candidate, ...]:
    """The sentences to show, in order of the text; none where none is fit."""
    choices = list(_choices(candidates, met, room))
    return max(choices, key=lambda choice: choice.worth).sentences if choices else ()


def _choices(candidates: Sequence[_Candidate], met: dict[int, int], room: int) -> Iterator[_Choice]:
    """Each fit sentence, alone and with one that stands by itself or follows it."""
    worth = {one.at: one.worth + _bonus(met.get(one.at, 0)) for one in candidates}
    fit = [one for one in candidates if one.worth > _LEAST]
    for one in fit:
        if one.worth - one.leaning > _LEAST:
            yield _Choice(worth[one.at] - one.leaning, (one,))
    best = sorted(fit, key=lambda one: one.leaning - worth[one.at])[:6]
    pairs = {(first.at, second.at): (first, second) for first in best for second in best if first.at < second.at}
    by_place = {one.at: one for one in fit}
    pairs |= {(one.at, one.at + 1): (one, by_place[one.at + 1]) for one in fit if one.at + 1 in by_place}
    for first, second in pairs.values():
        if first.length + second.length < room and _overlap(second.words, first.words) < _REPEATS:
            values = (
                worth[first.at] - first.leaning,
                worth[second.at] - (second.leaning if second.at > first.at + 1 else 0.0),
            )
            yield _Choice(max(values) + 0.25 * (min(values) + _SECOND), (first, second))


def _bonus(met: int) -> float:
    return _MET + _MET_MORE * (met - 1) if met else 0.0


@lru_cache(maxsize=2)  # an article is shown for one query after another
def _candidates(title: str, text: str) -> tuple[_Candidate, ...]:
    headline = _stems(title)
    found: list[_Candidate] = []
    told = True  # the headline, which stands above, or a sentence that says the same
    for at, sentence in enumerate(sentences(text)):
        start, end = _bare(text, sentence)
        words = _stems(text[start:end])
        repeats = _overlap(words, headline)
        closed = sentence.closed or text[end - 1 : end] in _STOPS
        if repeats < _REPEATS and _is_of_the_news(text[start:end], closed=closed):
            leaning = _LEANING_ON_HEADLINE if told else _LEANING
            worth = _worth(text[start:end], closed=closed) - _LATER * math.log2(1 + at)
            worth -= repeats > _RESEMBLES or _overlap(headline, words) > _SAYS_ALL
            found.append(_Candidate(at, start, end, worth, leaning if leans(text[start:end]) else 0.0, words))
        told = repeats >= _REPEATS
    return tuple(found)


def _bare(text: str, sentence: Sentence) -> tuple[int, int]:
    """A sentence without the pictures and signs, links and tags around it."""
    piece = text[sentence.start : sentence.end]
    before = _BEFORE.match(piece)
    after = _AFTER.search(piece)
    start = sentence.start + (before.end() if before else 0)
    return start, max(start, sentence.start + after.start() if after else sentence.end)


def _is_of_the_news(sentence: str, *, closed: bool) -> bool:
    words = _WORD.findall(sentence)
    if len(words) < (2 if closed else 4) or not any(map(_is_said, words)) or len(_LINK.findall(sentence)) > 1:
        return False
    if sentence[0].islower() or sentence[-1] in ":;," or _QUESTION.search(sentence):
        return False
    if len(_LETTER.findall(sentence)) < 0.6 * len(sentence):
        return False
    return not (is_of_a_site(sentence) or _CREDIT.match(sentence))


def _is_said(word: str) -> bool:
    """Whether a word is more than a name, a number or a month: a byline and a dateline have none that is."""
    return word.islower() and len(word) > 2 and not _MONTH.match(word)


def _worth(sentence: str, *, closed: bool) -> float:
    inner = sentence[1:]
    return (
        _worth_of_length(len(sentence))
        + 0.3 * any(map(str.isdigit, sentence))
        + 0.3 * any(map(str.isupper, inner))
        - 2.5 * (not closed)
        - 0.7 * (sentence[-1] == "!")
        - 1.0 * sentence.endswith(("...", "…"))
        - 3.0 * bool(_NUMBERED.match(sentence))
        - 2.5 * bool(_APPEAL.match(sentence) or sentence.split(maxsplit=1)[0].lower() in CALLS)
        - 2.0 * bool(_TOLD.match(sentence))
        - 1.5 * bool(_LINK.search(sentence))
        - 2.5 * _is_torn(sentence[:LONGEST])
        - 0.7 * bool(_BACKGROUND.match(sentence))
        - 1.0 * (sentence[-1] in _QUOTED or (sentence[0] in _QUOTING and sentence[-2:-1] in _QUOTED))
    )


def _worth_of_length(length: int) -> float:
    if length < _SHORTISH:
        return -2.0 if length < _SHORT else -0.7
    if length > LONGEST:
        return -3.5
    return -(length - _LONGISH) / 100 if length > _LONGISH else 0.0


def _is_torn(sentence: str) -> bool:
    """Whether a quotation or bracket in it begins or ends outside."""
    pairs = (("«", "»"), ("“", "”"), ("(", ")"))
    return any(sentence.count(one) != sentence.count(other) for one, other in pairs) or sentence.count('"') % 2 == 1


def _stems(text: str) -> frozenset[str]:
    """The beginnings of the words, small words left out: enough to tell that two sentences say the same."""
    return frozenset(word[:5].lower() for word in _WORD.findall(text) if len(word) > 2 or word.isdigit())


def _overlap(words: frozenset[str], others: frozenset[str]) -> float:
    return len(words & others) / len(words) if words else 1.0


def _shown(text: str, marks: Sequence[tuple[int, int]], chosen: Sequence[_Candidate]) -> Excerpt:
    shown, spans = "", list[tuple[int, int]]()
    for one in chosen:
        excerpt = _shortened(folded(text, (one.start, one.end), marks))
        offset = len(shown) + 1 if shown else 0
        shown = f"{shown} {excerpt.text}".lstrip()
        spans += [(offset + start, offset + end) for start, end in excerpt.marks]
    return Excerpt(shown, tuple(spans))


def _shortened(excerpt: Excerpt) -> Excerpt:
    """Cut where a clause ends, behind the first found word if that can be; with an ellipsis."""
    if len(excerpt.text) <= LONGEST:
        return excerpt
    room = excerpt.text[: LONGEST - 1]
    cut = max(room.rfind(sign) for sign in _BREAKS)
    if cut < LONGEST // 3:
        cut = room.rfind(" ")
    cut = cut if cut > 0 else LONGEST - 1
    return Excerpt(f"{room[:cut]}…", tuple(mark for mark in excerpt.marks if mark[1] <= cut))
