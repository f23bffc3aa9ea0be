"""A text without what it says of itself and not of the news: the paragraphs that `storage.boilerplate` knows.

A paragraph goes only as a whole; and with «Читайте также» the headlines below it.
"""

from bot.sources import clean
from storage.boilerplate import LONGEST, RELATED, bare_line, is_invitation, is_tail

_MOST_LISTED = 3


def without(text: str) -> str:
    """A text without the paragraphs that only invite, refer to other articles or, at its end, to what is not here."""
    kept: list[str] = []
    paragraphs = text.split("\n\n")
    at = 0
    while at < len(paragraphs):
        skipped = _related(paragraphs, at)
        if not skipped and not is_invitation(paragraphs[at]):
            kept.append(paragraphs[at])
        at += skipped or 1
    return without_tail("\n\n".join(kept))


def without_tail(text: str) -> str:
    """The same at the end alone, for what a newsroom itself has made a text of."""
    paragraphs = text.split("\n\n")
    while paragraphs and (length := _tail(paragraphs)):
        del paragraphs[-length:]
    return "\n\n".join(paragraphs)


def _tail(paragraphs: list[str]) -> int:
    """How many paragraphs at the end are no news."""
    if is_tail(paragraphs[-1]):
        return 1
    lengths = range(1, min(_MOST_LISTED + 1, len(paragraphs)) + 1)
    return next((length for length in lengths if _related(paragraphs, len(paragraphs) - length) == length), 0)


def _related(paragraphs: list[str], at: int) -> int:
    """How many paragraphs from here on refer to other articles: one, or a heading and the headlines below it."""
    found = RELATED.fullmatch(bare_line(paragraphs[at]))
    if found is None:
        return 0
    if found["listed"]:
        return int(bool(found["colon"]) and _is_headline(found["listed"]))
    below = paragraphs[at + 1 : at + 1 + _MOST_LISTED]
    return 1 + next((number for number, paragraph in enumerate(below) if not _is_headline(paragraph)), len(below))


def _is_headline(paragraph: str) -> bool:
    short = len(paragraph) <= LONGEST and not paragraph.endswith(".")
    return short and clean.sentence_end(paragraph) == len(paragraph)
