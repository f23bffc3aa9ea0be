"""What an article says happened, in one or two whole sentences of its own. Pure.

    Article ──statements──▶ each with its worth ──the query's words──▶ the best one or two ──▶ Excerpt

A sentence with words of the query is worth more than any lead without them, unless it is broken. Where nothing can be
told beside the headline the summary is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storage.excerpt import folded, headline
from storage.language.document import Document
from storage.language.tokens import word_spans
from storage.models import Article, Excerpt
from storage.sentences import READ
from storage.statements import LEAST, LONGEST, REPEATS, Statement, overlap, statements
from storage.syntax import Query

# Characters of two sentences together, of what was looked for and of what was not.
TOGETHER, LEAD = 340, 200

_MET, _MET_MORE = 4.0, 1.5
# Of the second sentence counts a quarter, if it is worth as much as a fair one by itself.
_SECOND, _SHARE = 1.5, 0.25
# Only the best are tried beside each other.
_TRIED = 4

_CLAUSES = (", ", "; ", " — ", " – ", " - ", ": ", ". ")


@dataclass(frozen=True, slots=True)
class _Choice:
    worth: float
    statements: tuple[Statement, ...]


def summary(query: Query, article: Article, document: Document) -> Excerpt:
    """What the article says of what the query looks for, else how it begins; found words are marked."""
    text = article.text[:READ]
    places = [_places(text, phrase.spans(document), document.body_start) for phrase in query.sought()]
    marks = sorted({place for found in places for place in found})
    stated = statements(article.title, text)
    bonus = {one.at: _bonus(sum(_holds(one, found) for found in places)) for one in stated}
    return _shown(text, marks, _best(stated, bonus, TOGETHER))


def told(query: Query, article: Article, document: Document) -> tuple[Excerpt, Excerpt]:
    """Headline and summary of a story that is told rather than searched for; as `excerpt.excerpts`."""
    return headline(query, article, document), summary(query, article, document)


def lead(article: Article) -> Excerpt:
    """How an article begins that nobody searched for."""
    text = article.text[:READ]
    stated = statements(article.title, text)
    return _shown(text, (), _best(stated, dict.fromkeys((one.at for one in stated), 0.0), LEAD))


def _places(text: str, spans: Iterable[tuple[int, int]], body_start: int) -> list[tuple[int, int]]:
    return word_spans(text, {at - body_start for span in spans for at in range(*span) if at >= body_start})


def _holds(one: Statement, places: Iterable[tuple[int, int]]) -> bool:
    return any(one.start <= start and end <= one.end for start, end in places)


def _bonus(met: int) -> float:
    return _MET + _MET_MORE * (met - 1) if met else 0.0


def _best(stated: Sequence[Statement], bonus: Mapping[int, float], room: int) -> tuple[Statement, ...]:
    """The sentences to show, in order of the text; none where none is fit."""
    alone = {one.at: one.worth + bonus[one.at] - one.leaning for one in stated}
    choices = [_Choice(alone[one.at], (one,)) for one in stated if one.worth - one.leaning > LEAST]
    for first, second in _pairs(stated, alone):
        if first.length + second.length < room and overlap(second.stems, first.stems) < REPEATS:
            beside = alone[second.at] + (second.leaning if second.at == first.at + 1 else 0.0)
            more, less = max(alone[first.at], beside), min(alone[first.at], beside)
            choices.append(_Choice(more + _SHARE * (less + _SECOND), (first, second)))
    return max(choices, key=lambda choice: choice.worth).statements if choices else ()


def _pairs(stated: Sequence[Statement], alone: Mapping[int, float]) -> Iterator[tuple[Statement, Statement]]:
    """The best ones with each other, and each with the one that follows it."""
    best = {one.at for one in sorted(stated, key=lambda one: -alone[one.at])[:_TRIED]}
    for number, first in enumerate(stated):
        for second in stated[number + 1 :] if first.at in best else stated[number + 1 : number + 2]:
            if second.at == first.at + 1 or (first.at in best and second.at in best):
                yield first, second


def _shown(text: str, marks: Sequence[tuple[int, int]], chosen: Sequence[Statement]) -> Excerpt:
    shown, spans = "", list[tuple[int, int]]()
    for one in chosen:
        excerpt = _shortened(folded(text, (one.start, one.end), marks))
        if shown and shown[-1].isalnum():
            shown += "."  # a paragraph's last sentence may stand without a stop
        offset = len(shown) + 1 if shown else 0
        shown = f"{shown} {excerpt.text}".lstrip()
        spans += [(offset + start, offset + end) for start, end in excerpt.marks]
    return Excerpt(shown, tuple(spans))


def _shortened(excerpt: Excerpt) -> Excerpt:
    """Cut where a clause ends; with an ellipsis."""
    if len(excerpt.text) <= LONGEST:
        return excerpt
    room = excerpt.text[: LONGEST - 1]
    cut = max(room.rfind(sign) for sign in _CLAUSES)
    if cut < LONGEST // 3:
        cut = room.rfind(" ")
    cut = cut if cut > 0 else LONGEST - 1
    return Excerpt(f"{room[:cut]}…", tuple(mark for mark in excerpt.marks if mark[1] <= cut))
