"""A standing query → its clauses, the form in which the percolator files it.

    canonical text ──parse──▶ tree ──negations inwards, OR outwards──▶ clauses ──text──▶ queries.clauses

A query is met by an article that meets one of its clauses; a clause is met where all its literals hold. Written,
clauses stand apart by `|`, literals by spaces, and `!` forbids a literal:

    term (folded too)    ~term (not folded)    term,term (any of)    =form    prefix*    ^literal (in the headline)
    a>b>>c (in a row, one place left out)
    lang:ru    source:word>word    after:2025-12-01    before:2025-12-31    last:24 (hours)

A query with too many alternatives is filed by fewer literals than it has, and its canonical text follows behind a tab:
whatever meets these clauses is to be held against the query itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import prod

from storage.language.analyser import FOLDED
from storage.language.folding import fold
from storage.phrases import Element, Mode, Phrase
from storage.syntax import After, And, Before, From, In, Last, Node, Not, Or, Query

# More alternatives than anybody means; they multiply: (a OR b) (c OR d) … has two to the power of its brackets.
MOST_CLAUSES = 64

BETWEEN_CLAUSES, BETWEEN_LITERALS, BETWEEN_PLACES, BETWEEN_TERMS = "|", " ", ">", ","
FORBIDDEN, UNFOLDED, EXACT, PREFIX, TITLE, CONDITION, CANONICAL = "!", "~", "=", "*", "^", ":", "\t"

# What every article has, for a clause that requires nothing; what none has, for one that forbids nothing.
ALWAYS, NEVER = "any:", "none:"

_Clause = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Filed:
    """Clauses, whether they say all there is to say, and whether each of them requires something."""

    clauses: tuple[_Clause, ...]
    is_exact: bool = True
    finds: bool = True


def clauses(query: Query) -> str:
    """The clauses of a query, written."""
    filed = _filed(query.root, wanted=True)
    written = BETWEEN_CLAUSES.join(dict.fromkeys(map(BETWEEN_LITERALS.join, filed.clauses)))
    return written if filed.is_exact else f"{written}{CANONICAL}{query.canonical}"


def _filed(node: Node, *, wanted: bool) -> _Filed:
    """Of a node that is to hold, or with `wanted` false, not to hold."""
    if isinstance(node, Not):
        return _filed(node.node, wanted=not wanted)
    if isinstance(node, And | Or):
        parts = [_filed(part, wanted=wanted) for part in node.nodes]
        return _all(parts) if isinstance(node, And) is wanted else _any(parts)
    literals = tuple(_phrases(node)) if isinstance(node, Phrase) else (_condition(node),)
    if not wanted:
        return _Filed((tuple(f"{FORBIDDEN}{literal}" for literal in literals),), finds=False)
    return _Filed(tuple((literal,) for literal in literals))


def _any(parts: Iterable[_Filed]) -> _Filed:
    parts = list(parts)
    return _Filed(
        tuple(clause for part in parts for clause in part.clauses),
        all(part.is_exact for part in parts),
        all(part.finds for part in parts),
    )


def _all(parts: Iterable[_Filed]) -> _Filed:
    """Where they would be too many, what multiplies them most is left out, never the one that finds with the fewest."""
    kept: list[_Filed] = []
    ordered = sorted(parts, key=lambda part: (not part.finds, len(part.clauses)))
    for part in ordered:
        if not kept or prod(len(one.clauses) for one in (*kept, part)) <= MOST_CLAUSES:
            kept.append(part)
    multiplied = (_merged(chosen) for chosen in product(*(part.clauses for part in kept)))
    possible = tuple(dict.fromkeys(clause for clause in multiplied if not _contradicts(clause)))
    is_exact = len(kept) == len(ordered) and all(part.is_exact for part in kept)
    return _Filed(possible, is_exact, any(part.finds for part in kept))


def _merged(chosen: Iterable[_Clause]) -> _Clause:
    return tuple(sorted({literal for clause in chosen for literal in clause}))


def _contradicts(clause: _Clause) -> bool:
    return any(f"{FORBIDDEN}{literal}" in clause for literal in clause)


def _condition(node: From | In | After | Before | Last) -> str:
    match node:
        case From(words):
            return f"source:{BETWEEN_PLACES.join(words)}"
        case In(language):
            return f"lang:{language}"
        case After(day):
            return f"after:{day.isoformat()}"
        case Before(day):
            return f"before:{day.isoformat()}"
        case Last(hours):
            return f"last:{hours}"


def _phrases(phrase: Phrase) -> Iterable[str]:
    """One literal for each way in which its hyphenated words may be met: whole, or by their parts."""
    for places in product(*map(_readings, phrase.elements)):
        written = BETWEEN_PLACES.join(literal for reading in places for literal in reading)
        yield (TITLE if phrase.title else "") + written.rstrip(BETWEEN_PLACES)


def _readings(element: Element) -> list[list[str]]:
    """What stands at each place that the element covers; a word met whole leaves the places of its parts empty."""
    readings = [[_literal(element), *[""] * (element.width - 1)]]
    if element.mode is Mode.INFLECTED and element.parts:
        readings.append([_literal(element.part(at)) for at in range(element.width)])
    return readings


def _literal(element: Element) -> str:
    if element.mode is Mode.EXACT:
        return f"{EXACT}{element.form}"
    if element.mode is Mode.PREFIX:
        return f"{element.form}{PREFIX}"
    terms = element.terms
    return BETWEEN_TERMS.join(sorted(_term(term, terms) for term in terms if not _is_implied(term, terms)))


def _is_implied(term: str, terms: frozenset[str]) -> bool:
    return term.startswith(FOLDED) and term.removeprefix(FOLDED) in terms


def _term(term: str, terms: frozenset[str]) -> str:
    """What has diacritics is never folded, so that it need not be forbidden."""
    return term if FOLDED + term in terms or fold(term) != term else UNFOLDED + term
