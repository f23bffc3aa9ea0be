"""The other names of what a query names, from the table of expansions: offered beside what it finds.

query ──names in it──▶ their other names, as far as the store has them ──widened──▶ the query with OR between them
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.expansions import Expansions, Found, Name
from storage.index import counts
from storage.lexemes import Kind
from storage.syntax import And, Node, Or, Query, conjunction, disjunction
from storage.typed_words import Word, match, runs, sought, understood

# Names with others of their kind that are looked at in one query, and others that are offered.
MOST_LOOKED_AT = 3
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Wider:
    """A query that asks for other names too, and these names."""

    text: str
    names: tuple[str, ...]


async def widened(conn: AsyncConnection, query: Query, expansions: Expansions) -> Wider | None:
    """The query with the other names of the first thing it names of which the store has others."""
    present = {word.form for word in sought(query.text)}
    for words, found in islice(_names(query.text, expansions), MOST_LOOKED_AT):
        missing = [name for name in found.others if not present.issuperset(name.forms)]
        matches = {expression: name for name in missing if (expression := match(name.as_query))}
        there = await counts(conn, matches, most=1)
        names = [name for expression, name in matches.items() if expression in there][:MOST_NAMES]
        if names and (text := _with_names(query, words[found.start : found.stop], names)):
            return Wider(text, tuple(name.text for name in names))
    return None


def _names(text: str, expansions: Expansions) -> Iterator[tuple[list[Word], Found]]:
    for run in runs(sought(text)):
        forms = [word.form or "" for word in run]
        for found in expansions.find(forms):
            whole = found.stop - found.start == len(run)
            if whole or (run[0].lexeme.kind is Kind.WORD and not run[0].title):
                yield run, found


def _with_names(query: Query, words: Sequence[Word], names: Sequence[Name]) -> str | None:
    """The names in brackets with the one typed; or behind an OR, where the brackets would part words that tell their
    language together. None where neither is a query that finds all that this one does.
    """
    quoted = words[0].lexeme.kind is Kind.QUOTED
    start, end = (words[0].lexeme.at, words[0].lexeme.end) if quoted else (words[0].at, words[-1].end)
    before, typed, behind = query.text[:start], query.text[start:end], query.text[end:]
    others = " OR ".join(name.as_query for name in names)
    group = f"{typed} OR {others}"
    together = f"{before}({group}){behind}" if before.strip() or behind.strip() else group
    apart = f"{query.text} OR {before}({others}){behind}"
    return next((text for text in (together, apart) if _finds_all(query, understood(text))), None)


def _finds_all(query: Query, wider: Query | None) -> bool:
    """Whether it is the query with more alternatives, and each of the query's words read as before."""
    if wider is None:
        return False
    if _alternatives(query.root) <= _alternatives(wider.root):
        return True
    return _without(wider.root, frozenset(wider.sought()) - frozenset(query.sought())) == query.root


def _alternatives(node: Node) -> set[Node]:
    return set(node.nodes) if isinstance(node, Or) else {node}


def _without(node: Node, added: Collection[Node]) -> Node:
    if isinstance(node, And):
        return conjunction([_without(part, added) for part in node.nodes])
    if isinstance(node, Or):
        return disjunction([_without(part, added) for part in node.nodes if part not in added])
    return node
