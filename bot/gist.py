"""What a text is about, in a query of a few words: names and rare words. Pure.

    text ──terms──▶ names and words ──how many articles have each──gists──▶ queries, the narrowest first

Words that no article has are looked for only where there are no others: a query asks for all of its words.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from storage.language.dull_words import is_dull
from storage.language.function_words import is_function_word
from storage.language.tokens import normalise
from storage.typed_words import understood

# What a text is about it says at its beginning.
LOOKED_AT: Final = 1500
MOST_LOOKED_UP: Final = 30
MOST_TERMS: Final = 3
SHORTEST: Final = 4
LONGEST: Final = 40
NAME_WEIGHT: Final = 2.0
# As if an unknown number of articles were there: only how words compare with one another matters.
ARTICLES: Final = 100_000

_LINK: Final = re.compile(r"(?:https?://|www\.)\S+")
_ONLY_LINK: Final = re.compile(r"\s*(https?://\S+)\s*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a name of two in quotes, as a query asks for it."""

    text: str
    is_name: bool


def link_in(text: str) -> str | None:
    """The link that the text is, and nothing else."""
    found = _ONLY_LINK.fullmatch(text)
    return found[1] if found else None


def slug(link: str) -> str:
    """The words of an address by which people tell pages apart; "" where it has none."""
    try:
        path = urlsplit(link).path
    except ValueError:
        return ""
    parts = [" ".join(_WORD.findall(part.replace("-", " ").replace("_", " "))) for part in unquote(path).split("/")]
    return max(parts, key=len)


def terms(text: str) -> list[Term]:
    """What the text may be asked for by, in its order, each once."""
    looked_at = _LINK.sub("\n", text)[:LOOKED_AT]
    words = [word for word in _WORD.finditer(looked_at) if _says_something(word[0])]
    found: dict[str, Term] = {}
    taken = -1
    for word, after in zip(words, [*words[1:], None], strict=False):
        if word.start() < taken:
            continue
        term = Term(word[0], word[0][0].isupper())
        if after and term.is_name and after[0][0].isupper() and looked_at[word.end() : after.start()] == " ":
            term, taken = Term(f'"{word[0]} {after[0]}"', is_name=True), after.end()
        if understood(term.text):
            found.setdefault(normalise(term.text), term)
    return list(found.values())[:MOST_LOOKED_UP]


def gists(found: list[Term], articles: Mapping[str, int]) -> list[str]:
    """Queries for the terms that say most, from the narrowest to that for one; `articles` is how many have a term."""
    known = [term for term in found if articles.get(term.text)] or found
    ranked = sorted(known, key=lambda term: -_weight(term, articles.get(term.text, 0)))[:MOST_TERMS]
    queries = (" ".join(term.text for term in known if term in ranked[:many]) for many in range(len(ranked), 0, -1))
    return [query for query in queries if understood(query)]


def _weight(term: Term, articles: int) -> float:
    return math.log(ARTICLES / (articles + 1)) * (NAME_WEIGHT if term.is_name else 1)


def _says_something(word: str) -> bool:
    form = normalise(word)
    return SHORTEST <= len(word) <= LONGEST and not is_function_word(form) and not is_dull(form)
