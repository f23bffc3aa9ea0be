"""How closely what is shown of an article meets a query: how many of its words stand there, and how near together."""

from collections.abc import Sequence

from storage.language.document import Document, analyse
from storage.models import Excerpt
from storage.syntax import Query

Span = tuple[int, int]


def closeness(query: Query, document: Document, snippet: Excerpt) -> float:
    """0..1: the share of the words met that stand in headline and snippet, halved where these are strewn far and wide.

    Of a query met by something else than words nothing is missing.
    """
    met = [phrase for phrase in dict.fromkeys(query.sought()) if next(phrase.spans(document), None)]
    if not met:
        return 1.0
    body = analyse(snippet.text, document.language)
    shown = Document(document.title, body, document.language, document.source, document.published_at)
    places = [spans for phrase in met if (spans := sorted(phrase.spans(shown)))]
    if not places:
        return 0.0
    words = sum(end - start for start, end in (spans[0] for spans in places))
    return len(places) / len(met) * (1 + min(words / _shortest(places), 1.0)) / 2


def _shortest(places: Sequence[Sequence[Span]]) -> int:
    """How many positions the shortest stretch has that holds a span of each row; spans of a row are of one width."""
    at = [0] * len(places)
    shortest: int | None = None
    while True:
        held = [spans[place] for spans, place in zip(places, at, strict=True)]
        first = min(held)
        length = max(end for _, end in held) - first[0]
        shortest = length if shortest is None else min(shortest, length)
        # Only the row that begins first can make the stretch shorter.
        row = held.index(first)
        at[row] += 1
        if at[row] == len(places[row]):
            return shortest
