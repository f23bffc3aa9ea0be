"""Other ways to say how alike two texts are, each by one number, to be compared with a threshold."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from tests.benchmarks.stories_data import Text
from tests.benchmarks.stories_score import Scores

# How alike the text of this number is with each of them.
Similar: TypeAlias = Callable[[int], Scores]

PERMUTATIONS: Final = 128
_WORD: Final = re.compile(r"\w+")


class Peer(NamedTuple):
    """`similar` reads all texts first, for their weights."""

    name: str
    similar: Callable[[Sequence[Text]], Similar]


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def grams(text: str) -> list[str]:
    """Of 3 to 5 characters, within words."""
    padded = [f" {word} " for word in words(text)]
    return [one[at : at + size] for one in padded for size in (3, 4, 5) for at in range(len(one) - size + 1)]


def _tfidf(features: Callable[[str], Iterable[str]]) -> Callable[[Sequence[Text]], Similar]:
    def similar(texts: Sequence[Text]) -> Similar:
        counted = [Counter(features(f"{one.title} {one.text}")) for one in texts]
        found = Counter(feature for one in counted for feature in one)
        idf = {feature: np.log(len(texts) / times) + 1e-3 for feature, times in found.items()}
        weighed = [{word: (1 + np.log(times)) * idf[word] for word, times in one.items()} for one in counted]
        lengths = [np.sqrt(sum(weight**2 for weight in one.values())) or 1.0 for one in weighed]
        return _products(
            [{k: v / length for k, v in one.items()} for one, length in zip(weighed, lengths, strict=True)]
        )

    return similar


def _products(vectors: Sequence[dict[str, float]]) -> Similar:
    """Of each vector with all the others."""
    places: dict[str, list[int]] = {}
    weights: dict[str, list[float]] = {}
    for place, vector in enumerate(vectors):
        for feature, weight in vector.items():
            places.setdefault(feature, []).append(place)
            weights.setdefault(feature, []).append(weight)
    filed = {feature: (np.array(found), np.array(weights[feature])) for feature, found in places.items()}

    def similar(place: int) -> Scores:
        found = np.zeros(len(vectors))
        for feature, weight in vectors[place].items():
            at, own = filed[feature]
            found[at] += weight * own
        return found

    return similar


def _jaccard(texts: Sequence[Text]) -> Similar:
    """Of the words of headlines."""
    sets = [dict.fromkeys(words(one.title), 1.0) for one in texts]
    shared, sizes = _products(sets), np.array([len(one) for one in sets])

    def similar(place: int) -> Scores:
        common = shared(place)
        return np.asarray(common / np.maximum(1, sizes + sizes[place] - common))

    return similar


def _minhash(texts: Sequence[Text]) -> Similar:
    """datasketch's estimate of Jaccard's index, of all words, and of pairs of neighbouring words where there are."""
    made = []
    for one in texts:
        sketch = import_module("datasketch").MinHash(num_perm=PERMUTATIONS)
        found = words(f"{one.title} {one.text}")
        sketch.update_batch([word.encode() for word in {*found, *map(" ".join, pairwise(found))}])
        made.append(sketch.hashvalues)
    signatures = np.array(made)
    return lambda place: np.asarray((signatures == signatures[place]).mean(axis=1))


def peers(*, of_pairs: bool) -> list[Peer]:
    """Grams take long where there are texts."""
    found = [
        Peer("title Jaccard", _jaccard),
        Peer("MinHash (datasketch)", _minhash),
        Peer("TF-IDF of words", _tfidf(words)),
    ]
    return [*found, Peer("TF-IDF of 3–5-grams", _tfidf(grams))] if of_pairs else found
