"""Which piece of a text shows why it was found: the words met, and the best stretch around them."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from storage.language.document import Document
from storage.language.tokens import word_spans
from storage.models import Article, Excerpt
from storage.syntax import Query

LENGTH = 220

_SENTENCE = re.compile(r"[.!?…»\"]\s+(?=[«\"„“A-ZА-ЯЁƏĞİIÖŞÜÇӘҒҚҢӨҰҮҺІЇЄҐ0-9])|\n+")


def excerpts(query: Query, article: Article, document: Document, *, length: int = LENGTH) -> tuple[Excerpt, Excerpt]:
    """Headline and text of a found article with the found words marked; the text is cut to about `length`."""
    positions = [at - document.body_start for at in _positions(query, document) if at >= document.body_start]
    return headline(query, article, document), cut(article.text, _marks(article.text, positions, length), length=length)


def headline(query: Query, article: Article, document: Document) -> Excerpt:
    """The headline with the found words marked."""
    positions = [at for at in _positions(query, document) if at < document.body_start]
    return Excerpt(article.title, tuple(word_spans(article.title, positions)))


def _positions(query: Query, document: Document) -> set[int]:
    return {at for phrase in query.sought() for span in phrase.spans(document) for at in range(*span)}


def _marks(text: str, positions: Sequence[int], length: int) -> list[tuple[int, int]]:
    """Where the words at these positions stand; those of the beginning alone where that is what is shown."""
    # Finding where words stand takes most of the time. None goes across a space, but a number with its sign.
    end = text.find(" ", _first_letter(text) + length)
    early = word_spans(text[:end], positions) if end >= 0 else []
    return early if early and early[0][1] <= length else word_spans(text, positions)


def cut(text: str, marks: Sequence[tuple[int, int]], *, length: int = LENGTH) -> Excerpt:
    """The stretch with the most marks, from the beginning of a sentence where that fits; white space is folded."""
    start = _best_start(text, marks, length)
    # The last word found may end where the last space is not yet.
    end = max([_word_end(text, start, length), *(b for a, b in marks if start <= a and b <= start + length)])
    prefix, suffix = ("… " if text[:start].strip() else ""), ("…" if end < len(text.rstrip()) else "")
    return folded(text, (start, end), marks, before=prefix, after=suffix)


def folded(
    text: str, span: tuple[int, int], marks: Sequence[tuple[int, int]], *, before: str = "", after: str = ""
) -> Excerpt:
    """A stretch of a text with the marks within it; white space is folded."""
    at, end = span
    pieces, spans = [before], []
    for first, last in marks:
        if span[0] <= first and last <= end:
            pieces.append(_fold(text[at:first], pieces[-1]))
            offset = sum(map(len, pieces))
            pieces.append(text[first:last])
            spans.append((offset, offset + last - first))
            at = last
    pieces.append(_fold(text[at:end], pieces[-1]).rstrip())
    return Excerpt("".join(pieces) + after, tuple(spans))


def _best_start(text: str, marks: Sequence[tuple[int, int]], length: int) -> int:
    if not marks or marks[0][1] <= length:
        return _first_letter(text)
    ends = [end for _, end in marks]
    within = [bisect_right(ends, start + length) - at for at, (start, _) in enumerate(marks)]
    densest = marks[within.index(max(within))]
    sentence = [0, *(match.end() for match in _SENTENCE.finditer(text, 0, densest[0]))][-1]
    if densest[1] - sentence <= length // 2:
        return sentence
    space = text.find(" ", max(0, densest[0] - length // 3), densest[0])
    return space + 1 if space >= 0 else densest[0]


def _first_letter(text: str) -> int:
    return len(text) - len(text.lstrip())


def _word_end(text: str, start: int, length: int) -> int:
    if start + length >= len(text):
        return len(text)
    space = max(text.rfind(" ", start, start + length), text.rfind("\n", start, start + length))
    return space if space > start + length // 2 else start + length


def _fold(text: str, before: str) -> str:
    folded = re.sub(r"\s+", " ", text)
    return folded.lstrip() if not before or before.endswith(" ") else folded
