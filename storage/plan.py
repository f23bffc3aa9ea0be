"""A query → what to ask the index, so that the answer holds every match and few others.

    query ──▶ an FTS5 expression, bounds of the docid: all matches meet them ──▶ candidates
        └───▶ `rest`: what the index can't tell of a candidate, and is therefore verified

The index knows words, languages and sources, and by the docid the time; it doesn't know in which order words stand, nor
when an article was stored. A part that it can't decide beside an OR or under a NOT makes the whole of that undecided.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.articles import DOCID_BITS
from storage.index import fact
from storage.models import Source
from storage.phrases import Element, Mode, Phrase
from storage.schema import seconds
from storage.sources import words
from storage.syntax import After, And, Before, From, In, Last, Node, Not, Or, Query, conjunction, day_end, day_start

# Bounds that every docid is within.
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1

_FORMS = {True: "{title_forms}", False: "{title_forms text_forms}"}
# Without a column it is quicker, and no fact looks like a word.
_TERMS = {True: "{title_forms title_lemmas} : ", False: ""}


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` is an FTS5 expression or None; matches have docids from `low` to `high`; where `rest` is None, that is
    all there is to say. `in_title` are the expressions for having the words of some branch in the headline: all must
    be met, and what one of them leaves is asked for the next.
    """

    match: str | None
    low: int
    high: int
    rest: Node | None
    in_title: tuple[str, ...]


class _Asked(NamedTuple):
    """An expression that all matches of a node meet, None where the index has none; whether nothing else meets it."""

    match: str | None
    is_exact: bool
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class _Bounds:
    low: int = LOWEST
    high: int = HIGHEST

    def within(self, other: "_Bounds") -> "_Bounds":
        return _Bounds(max(self.low, other.low), min(self.high, other.high))


def plan(query: Query, *, sources: Sequence[Source], now: datetime | None, with_beginnings: bool = True) -> Plan:
    """`now` is what `last:` counts back from; None counts from the moment each article was stored.

    For a beginning of words the index merges all that it has of each such word before it names the first article; it
    is spared that without `with_beginnings`.
    """
    nodes = query.root.nodes if isinstance(query.root, And) else (query.root,)
    bounds, others = _Bounds(), []
    for node in nodes:
        if bound := _bounds(node, now):
            bounds = bounds.within(bound)
        else:
            others.append(node)
    context = _Context(sources, with_beginnings)
    asked = [context.part(node) for node in others]
    match = _all(asked).match
    left = [node for node, one in zip(others, asked, strict=True) if match is None or not one.is_exact]
    rest = conjunction(left) if left else None
    return Plan(match, bounds.low, bounds.high, rest, _in_title(query, match, with_beginnings=with_beginnings))


def term_match(term: str, mode: Mode, *, title: bool) -> str:
    """The FTS5 expression for one term: among forms and lemmas, or among the forms alone where these are asked for."""
    if mode is Mode.INFLECTED:
        return f"{_TERMS[title]}{_quote(term)}"
    return f"{_FORMS[title]} : {_quote(term)}" + (" *" if mode is Mode.PREFIX else "")


@dataclass(frozen=True, slots=True)
class _Context:
    sources: Sequence[Source]
    with_beginnings: bool

    def asked(self, node: Node) -> _Asked:
        match node:
            case Phrase():
                return self._phrase(node)
            case In(language):
                return _Asked(_quote(fact(language)), is_exact=True)
            case From():
                named = [fact(source.id) for source in self.sources if any(map(node.names, words(source)))]
                # No article has the empty fact.
                return _Asked(_any_of(map(_quote, named or [fact("")])), is_exact=True)
            case And(nodes):
                return _all([self.part(part) for part in nodes])
            case Or(nodes):
                asked = [self.asked(part) for part in nodes]
                matches = [one.match for one in asked if one.match]
                known = len(matches) == len(asked)
                return _Asked(_any_of(matches) if known else None, all(one.is_exact for one in asked))
        return _Asked(None, is_exact=False)

    def part(self, node: Node) -> _Asked:
        """One of those that hold together."""
        return self.asked(node.node)._replace(is_excluded=True) if isinstance(node, Not) else self.asked(node)

    def _phrase(self, phrase: Phrase) -> _Asked:
        first, *others = phrase.elements
        known = [one for one in phrase.elements if self.with_beginnings or one.mode is not Mode.PREFIX]
        is_exact = len(known) == 1 and not others and not (first.parts and first.mode is Mode.INFLECTED)
        # That a text has a function word as well, which all have, takes longer to ask than to see.
        asked = Phrase(_telling(tuple(known)), phrase.title)
        return _Asked(_phrase(asked) or None, is_exact)


def _all(parts: Sequence[_Asked]) -> _Asked:
    """Excluded is only what the index is sure of: of what it lets through too much, some might match."""
    wanted = [one.match for one in parts if one.match and not one.is_excluded]
    without = [one.match for one in parts if one.match and one.is_excluded and one.is_exact]
    if not wanted:
        return _Asked(None, is_exact=False)
    match = " AND ".join(f"({one})" for one in wanted)
    return _Asked(f"({match}) NOT ({_any_of(without)})" if without else match, all(one.is_exact for one in parts))


def _any_of(matches: Iterable[str]) -> str:
    return " OR ".join(f"({one})" for one in matches)


def _bounds(node: Node, now: datetime | None) -> _Bounds | None:
    """The docids of a condition on the date; None for all other nodes."""
    match node:
        case After(day):
            return _Bounds(low=_first(seconds(day_start(day))))
        case Before(day):
            return _Bounds(high=_first(seconds(day_end(day)) + 1) - 1)
        case Last(hours) if now:
            return _Bounds(low=_first(math.ceil((now - timedelta(hours=hours)).timestamp())))
        case Not(After() | Before() | Last() as inner) if bounds := _bounds(inner, now):
            return _Bounds(high=bounds.low - 1) if bounds.low > LOWEST else _Bounds(low=bounds.high + 1)
    return None


def _first(second: int) -> int:
    """The lowest docid of articles published in this second."""
    return second << DOCID_BITS


def _in_title(query: Query, match: str | None, *, with_beginnings: bool) -> tuple[str, ...]:
    """Empty for queries without words."""
    phrases = [Phrase(phrase.elements, title=True) for phrase in query.sought()]
    asked = [phrase for phrase in phrases if with_beginnings or not has_beginning(phrase)]
    is_any = any(isinstance(node, Or) for node in query.nodes())
    # Function words, which most texts have and few headlines, are asked for in what the others leave.
    without = [Phrase(_telling(phrase.elements), title=True) for phrase in asked]
    found = [(" OR " if is_any else " AND ").join(f"({_phrase(one)})" for one in part) for part in (without, asked)]
    if is_any and match and isinstance(query.root, And):
        # Beside a rare word, one of the others may be common.
        found = [f"({match}) AND ({one})" for one in found if one]
    return tuple(dict.fromkeys(filter(None, found)))


def _telling(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Those that are no function words, or all if there are no others."""
    return tuple(element for element in elements if not element.says_nothing) or elements


def has_beginning(node: Node) -> bool:
    return isinstance(node, Phrase) and any(element.mode is Mode.PREFIX for element in node.elements)


def _phrase(phrase: Phrase) -> str:
    return " AND ".join(_element(element, title=phrase.title) for element in phrase.elements)


def _element(element: Element, *, title: bool) -> str:
    if element.mode is not Mode.INFLECTED:
        return term_match(element.form, element.mode, title=title)
    whole = f"{_TERMS[title]}({' OR '.join(map(_quote, sorted(element.terms)))})"
    if not element.parts:
        return whole
    parts = " AND ".join(_element(element.part(at), title=title) for at in range(len(element.parts)))
    return f"(({whole}) OR ({parts}))"


def _quote(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
