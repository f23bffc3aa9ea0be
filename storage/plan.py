"""A query → what to ask the index and the tables, so that the answer holds every match and few others.

Each node becomes an SQL condition over `articles` that at least its matches meet; where a node's condition may let
others through (a phrase, whose words the index knows but not their places), `exact` is false and the candidates are
held against the query's own meaning. The conjunction's part that the index can answer drives the reading, newest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, not_, or_, select, true

from storage.models import Source
from storage.phrases import Element, Mode, Phrase
from storage.schema import article_index, articles
from storage.sources import words
from storage.syntax import After, And, Before, From, In, Last, Node, Not, Or, Query, day_end, day_start

_FORMS = {True: "{title_forms}", False: "{title_forms text_forms}"}
_TERMS = {True: "{title_forms title_lemmas}", False: "{title_forms title_lemmas text_forms text_lemmas}"}


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` is an FTS5 expression or None; `where` is what else must hold; `exact`: both say it all."""

    match: str | None
    where: ColumnElement[bool]
    exact: bool


def plan(query: Query, *, sources: Sequence[Source], now: datetime | None) -> Plan:
    """`now` is what `last:` counts back from; None counts from the moment each article was stored."""
    nodes = query.root.nodes if isinstance(query.root, And) else (query.root,)
    matches = [match for node in nodes if (match := _match(node))]
    others = [node for node in nodes if not _match(node)]
    context = _Context(sources, now)
    conditions = [context.upper(node) for node in others]
    return Plan(
        match=" AND ".join(f"({match})" for match in matches) or None,
        where=and_(true(), *conditions),
        exact=all(map(_is_exact, nodes)),
    )


def title_match(query: Query) -> str | None:
    """The FTS5 expression for having the words of some branch in the headline; None for queries without words."""
    phrases = list(query.sought())
    if not phrases or any(isinstance(node, Or) for node in query.nodes()):
        return " OR ".join(f"({_phrase(Phrase(p.elements, title=True))})" for p in phrases) or None
    return " AND ".join(f"({_phrase(Phrase(p.elements, title=True))})" for p in phrases)


@dataclass(frozen=True, slots=True)
class _Context:
    sources: Sequence[Source]
    now: datetime | None

    def upper(self, node: Node) -> ColumnElement[bool]:
        """A condition that all matches of the node meet."""
        if match := _match(node):
            return _in_index(match)
        if isinstance(node, And):
            return and_(*map(self.upper, node.nodes))
        if isinstance(node, Or):
            return or_(*map(self.upper, node.nodes))
        if isinstance(node, Not):
            # What an inexact condition lets through may match the negation, so only an exact one excludes.
            return not_(self.upper(node.node)) if _is_exact(node.node) else true()
        return self._condition(node)

    def _condition(self, node: Node) -> ColumnElement[bool]:
        match node:
            case From():
                ids = [source.id for source in self.sources if any(map(node.names, words(source)))]
                return articles.c.source_id.in_(ids) if ids else false()
            case In(language):
                return articles.c.language == language
            case After(day):
                return articles.c.published_at >= day_start(day)
            case Before(day):
                return articles.c.published_at <= day_end(day)
            case Last(hours):
                return self._since(hours)
        raise AssertionError(node)

    def _since(self, hours: int) -> ColumnElement[bool]:
        if self.now:
            return articles.c.published_at >= self.now - timedelta(hours=hours)
        return literal_column("articles.published_at") >= literal_column(f"articles.stored_at - {hours * 3600}")


def _match(node: Node) -> str | None:
    """The FTS5 expression that all matches of a node meet, where the index alone can tell."""
    if isinstance(node, Phrase):
        return _phrase(node)
    if isinstance(node, And | Or):
        parts = [_match(part) for part in node.nodes]
        operator = " AND " if isinstance(node, And) else " OR "
        return None if None in parts else operator.join(f"({part})" for part in parts)
    return None


def _phrase(phrase: Phrase) -> str:
    return " AND ".join(_element(element, title=phrase.title) for element in phrase.elements)


def _element(element: Element, *, title: bool) -> str:
    if element.mode is not Mode.INFLECTED:
        return term_match(element.form, element.mode, title=title)
    whole = f"{_TERMS[title]} : ({' OR '.join(map(_quote, sorted(element.terms)))})"
    if not element.parts:
        return whole
    parts = " AND ".join(_element(element.part(at), title=title) for at in range(len(element.parts)))
    return f"(({whole}) OR ({parts}))"


def term_match(term: str, mode: Mode, *, title: bool) -> str:
    """The FTS5 expression for one term: among forms and lemmas, or among the forms alone where these are asked for."""
    columns = _TERMS[title] if mode is Mode.INFLECTED else _FORMS[title]
    return f"{columns} : {_quote(term)}" + (" *" if mode is Mode.PREFIX else "")


def _quote(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _in_index(match: str) -> ColumnElement[bool]:
    return articles.c.docid.in_(select(article_index.c.rowid).where(matching(match)))


def matching(match: str) -> Any:
    """The condition of the index; it names its table, for FTS5 has no other way to be asked."""
    column: ColumnElement[str] = literal_column("article_index")
    return column.op("MATCH")(match)


def _is_exact(node: Node) -> bool:
    if isinstance(node, Phrase):
        return len(node.elements) == 1 and not node.elements[0].parts
    if isinstance(node, And | Or):
        return all(map(_is_exact, node.nodes))
    return not isinstance(node, Not) or _is_exact(node.node)
