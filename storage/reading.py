"""What is made of an article's words before it is stored. Pure, and all of it can be packed for another process.

headline, text ──▶ language ──▶ positions ──▶ terms for the index
                      └───────▶ fingerprint, which stories are told by
"""

from functools import lru_cache
from typing import Final, NamedTuple

from storage import index
from storage.fingerprints import Fingerprint, fingerprint
from storage.language.detect import settle
from storage.language.document import analyse

# What was made of a text of so many characters is kept for a while, some 10 MB in all.
REMEMBERED: Final = 10_000


class Content(NamedTuple):
    """What an article says, and in which language by its source's word."""

    title: str
    text: str
    language: str | None


class Read(NamedTuple):
    """What is made of a content, whoever brings it."""

    language: str
    terms: index.Terms
    fingerprint: Fingerprint


def read(one: Content) -> Read:
    return _remembered(one) if len(one.text) <= REMEMBERED else _read(one)


@lru_cache(maxsize=1 << 8)  # what an agency says, others repeat word for word
def _remembered(one: Content) -> Read:
    return _read(one)


def _read(one: Content) -> Read:
    language = settle(one.language, f"{one.title}\n{one.text}")
    terms = index.prepare(analyse(one.title, language), analyse(one.text, language))
    return Read(language, terms, fingerprint(one.title, one.text, language))
