"""What the store is full of just now: names that many of the newest articles mention, ready to be tapped. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from storage.language.analyser import lemmas
from storage.language.tokens import normalise
from storage.models import Article

NEWEST = 200
SHORTEST = 4

# A capital letter says nothing at the beginning of a text, a line, a sentence or a quotation.
_NAME = re.compile(r"(?<=[^\W\d_,;] )[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЇЄҐƏĞÖŞÜÇİ][^\W\d_]+(?:-[^\W\d_]+)*")


def topics(articles: Iterable[Article], *, limit: int) -> list[str]:
    """The names mentioned by most of these articles, most mentioned first, as they are written in the nominative."""
    told_by: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    articles = list(articles)
    for article in articles:
        mentioned = _mentioned(f"{article.title}\n{article.text}")
        told_by.update(set(mentioned.values()))
        for name, lemma in mentioned.items():
            written.setdefault(lemma, Counter())[name] += 1
    everything = "\n".join(f"{article.title}\n{article.text}" for article in articles)
    return [_nominative(lemma, written[lemma], everything) for lemma, _ in told_by.most_common(limit)]


# The newest are mostly those of a moment ago. About 2 MB.
@lru_cache(maxsize=2 * NEWEST)
def _mentioned(text: str) -> Mapping[str, str]:
    """Name, as it is written → lemma."""
    forms = {name: normalise(name) for name in _NAME.findall(text)}
    # The shortest lemma, as a rule, is the name and not a surname made of it.
    return {
        name: min(lemmas(form), key=lambda lemma: (len(lemma), lemma))
        for name, form in forms.items()
        if len(form) >= SHORTEST
    }


def _nominative(lemma: str, written: Counter[str], everything: str) -> str:
    """The lemma as it is written somewhere; else it may be a wrong guess («токай» of «Токаева»)."""
    found = re.search(rf"\b{re.escape(lemma)}\b", everything, re.IGNORECASE)
    return found[0][0].upper() + found[0][1:] if found else written.most_common(1)[0][0]
