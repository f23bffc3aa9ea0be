"""Which sentences of a text are items of a list: lines by themselves without a stop, three or more in a row. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from storage.flaws import is_closed
from storage.sentences import Sentence

_FEWEST, _LONGEST = 3, 200


def listed(text: str, found: Sequence[Sentence]) -> frozenset[int]:
    """The numbers of these sentences."""
    return frozenset(_in_rows([_is_item(text, sentence) for sentence in found]))


def _in_rows(are_items: Sequence[bool]) -> Iterator[int]:
    at = 0
    for is_item, row in groupby(are_items):
        length = len(list(row))
        if is_item and length >= _FEWEST:
            yield from range(at, at + length)
        at += length


def _is_item(text: str, sentence: Sentence) -> bool:
    start, end = sentence.start, sentence.end
    if end - start > _LONGEST or is_closed(text[start:end]):
        return False
    begin = text.rfind("\n", 0, start) + 1
    close = text.find("\n", end)
    around = text[begin:start] + text[end : close if close >= 0 else len(text)]
    return not any(map(str.isalnum, around))
