"""What an article says happened, in one or two whole sentences of its own. Pure.

    Article ──statements──▶ each with its worth ──the query's words──▶ the best one or two ──▶ Excerpt

A sentence with words of the query is worth more than any lead without them, unless it is broken. Where nothing can be
told beside the headline the summary is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.bare import LONGEST
from storage.excerpt import folded, headline
from storage.flaws import CLOSING, closing, opening, opens_quotation
from storage.joints import joints
from storage.language.document import Document
from storage.language.tokens import word_spans
from storage.models import Article, Excerpt
from storage.newsworthy import INNER_LINK
from storage.sentences import READ
from storage.statements import LEAST, Statement, all_statements, overlap, statements
from storage.syntax import Query

# Characters of two sentences together, of what was looked for and of what was not.
TOGETHER, LEAD = 340, 200
# So many more beside a sentence that cannot stand alone.
NEEDED = 60

# What the query's words are worth, the first of them and each other one; less in a sentence that has to
# be cut, and in one that is broken.
_MET, _MET_MORE, _CUT, _BROKEN = 6.2, 1.5, 5.0, 2.5
# Of the second sentence counts a quarter, if it is worth as much as a fair one by itself; words
# met again count for nothing.
_SECOND, _SHARE = 1.5, 0.25
# What is wrong with a sentence spoils the other from here on; the first may lean on the headline alone,
# and opens the text up to its third sentence.
_SPOILT, _LEANS, _OPENING = 1.0, 0.7, 2
# Two sentences say the same where one has so much of the other.
_SAME = 0.6
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
    spans = [list(phrase.spans(document)) for phrase in query.sought()]
    places = [_places(text, found, document.body_start) for found in spans]
    marks = sorted({place for found in places for place in found})
    is_met_above = any(start < document.body_start for found in spans for start, _ in found)
    stated = [
        _at_place(one, marks)
        for one in all_statements(article.title, text)
        if not one.repeats or (not is_met_above and _holds(one, marks))
    ]
    bonus = {one.at: _bonus(one, sum(_holds(one, found) for found in places)) for one in stated}
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


def _at_place(one: Statement, marks: Iterable[tuple[int, int]]) -> Statement:
    """With the name of the place before it, where that is looked for."""
    is_met = any(one.place <= start and end <= one.start for start, end in marks)
    return replace(one, start=one.place) if is_met else one


def _bonus(one: Statement, met: int) -> float:
    spoilt = _CUT * (one.length > LONGEST) + one.flaw * (one.flaw >= _BROKEN)
    return _MET + _MET_MORE * (met - 1) - spoilt if met else 0.0


def _best(stated: Sequence[Statement], bonus: Mapping[int, float], room: int) -> tuple[Statement, ...]:
    """The sentences to show, in order of the text; none where none is fit."""
    alone = {one.at: one.worth + bonus[one.at] - one.leaning for one in stated}
    fit = {one.at for one in stated if one.worth - one.leaning > LEAST}
    choices = [_Choice(alone[one.at], (one,)) for one in stated if one.at in fit]
    for first, second in _pairs(stated, alone):
        needed = NEEDED * (second.leaning >= _SPOILT)
        is_short = first.at in fit and first.length + second.length < room + needed
        if is_short and _go_together(first, second, bonus):
            is_upheld = second.at == first.at + 1 or second.is_said_by_somebody
            beside = alone[second.at] + (second.leaning if is_upheld else 0.0)
            less, more = sorted([(alone[first.at], bonus[first.at]), (beside, bonus[second.at])])
            choices.append(_Choice(more[0] + _SHARE * (less[0] - less[1] + _SECOND), (first, second)))
    return max(choices, key=lambda choice: choice.worth).statements if choices else ()


def _go_together(first: Statement, second: Statement, bonus: Mapping[int, float]) -> bool:
    """Whether neither says the other again, nor spoils it without having more of the words looked for.

    Far from each other, the first opens the text, and the second has the words and leans on a speaker's name at most.
    """
    more = bonus[second.at] - bonus[first.at]
    is_next = second.at == first.at + 1
    leans = second.leaning >= _SPOILT and not second.is_said_by_somebody
    if not is_next and (first.at > _OPENING or more <= 0 or leans):
        return False
    if first.leaning > _LEANS or second.flaw >= _BROKEN > first.flaw:
        return False
    if (first.flaw >= _SPOILT and more >= 0) or (second.flaw >= _SPOILT and more <= 0):
        return False
    return max(overlap(second.stems, first.stems), overlap(first.stems, second.stems)) < _SAME


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
        excerpt = _parted(_closed(_shortened(_unlinked(folded(text, (one.start, one.end), marks)))))
        if shown and shown[-1].isalnum():
            shown += "."  # a paragraph's last sentence may stand without a stop
        offset = len(shown) + 1 if shown else 0
        shown = f"{shown} {excerpt.text}".lstrip()
        spans += [(offset + start, offset + end) for start, end in excerpt.marks]
    return Excerpt(shown, tuple(spans))


def _closed(excerpt: Excerpt) -> Excerpt:
    """With the other mark of a quotation that goes on in the text, where it begins with that or names who speaks."""
    if missing := opening(excerpt.text):
        marks = tuple((start + 1, end + 1) for start, end in excerpt.marks)
        return Excerpt(f"{missing}{excerpt.text}", marks)
    if missing := closing(excerpt.text):
        return replace(excerpt, text=f"{excerpt.text}{missing}")
    return (
        replace(excerpt, text=f"{excerpt.text}{CLOSING[excerpt.text[0]]}") if opens_quotation(excerpt.text) else excerpt
    )


def _parted(excerpt: Excerpt) -> Excerpt:
    """With a blank where two words ran together."""
    text, marks = excerpt.text, excerpt.marks
    for at in reversed(joints(text)):
        text = f"{text[:at]} {text[at:]}"
        marks = tuple((start + (start >= at), end + (end > at)) for start, end in marks)
    return Excerpt(text, marks)


def _unlinked(excerpt: Excerpt) -> Excerpt:
    """Without the links amid its words."""
    text, marks = excerpt.text, excerpt.marks
    for found in reversed([*INNER_LINK.finditer(text)]):
        start, end = found.span()
        text = text[:start] + text[end:]
        marks = tuple(
            (first - (end - start) * (first >= end), last - (end - start) * (last >= end))
            for first, last in marks
            if last <= start or first >= end
        )
    return Excerpt(text, marks)


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
