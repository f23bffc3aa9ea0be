"""How right decisions of one story or not are: pairs by precision, recall and F1, clusters by B-cubed."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Scores: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.bool_]

RESAMPLES: Final = 1000
FOLDS: Final = 5
SEED: Final = 1
# What is merged wrongly is worse for a reader than what is told twice.
PRECISION: Final = 0.92


class Score(NamedTuple):
    precision: float
    recall: float
    f1: float


def score(found: Labels, labels: Labels) -> Score:
    """Of the pairs that are one story."""
    right = float((found & labels).sum())
    return _score(right / max(1, found.sum()), right / max(1, labels.sum()))


def _score(precision: float, recall: float) -> Score:
    return Score(precision, recall, 2 * precision * recall / max(1e-9, precision + recall))


def interval(found: Labels, labels: Labels) -> tuple[float, float]:
    """Of F1, 95 %: bootstrapped over pairs."""
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, len(labels), (RESAMPLES, len(labels)))
    low, high = np.percentile([score(found[at], labels[at]).f1 for at in drawn], [2.5, 97.5])
    return float(low), float(high)


Fit: TypeAlias = Callable[[Scores, Labels], float]


def best(scores: Scores, labels: Labels) -> float:
    """The threshold with the greatest F1; what reaches it counts."""
    order, right, precision = _curve(scores, labels)
    recall = right / max(1, labels.sum())
    return float(scores[order][np.argmax(2 * precision * recall / np.maximum(1e-9, precision + recall))])


def precise(scores: Scores, labels: Labels) -> float:
    """The least threshold of this precision."""
    order, _, precision = _curve(scores, labels)
    reached = np.flatnonzero(precision >= PRECISION)
    return float(scores[order][reached[-1]]) if len(reached) else float("inf")


def _curve(scores: Scores, labels: Labels) -> tuple[NDArray[np.int64], Scores, Scores]:
    """Pairs by score, and with each threshold in turn how many of them are right, and what part."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(labels[order]).astype(float)
    # Equal scores are reached together.
    last = np.append(np.diff(scores[order]) != 0, True)
    return order[last], right[last], (right / np.arange(1, len(order) + 1))[last]


def cross_validated(scores: Scores, labels: Labels, fit: Fit) -> Labels:
    """What is decided of each fold by the threshold that is fitted on the others."""
    folds = np.random.default_rng(SEED).permutation(len(labels)) % FOLDS
    found = np.zeros(len(labels), bool)
    for fold in range(FOLDS):
        own = folds == fold
        found[own] = scores[own] >= fit(scores[~own], labels[~own])
    return found


def b_cubed(found: Sequence[int], expected: Sequence[str]) -> Score:
    """Bagga & Baldwin 1998: for each article, how much of its story is of its cluster, and the other way round."""
    both, stories, clusters = Counter(zip(found, expected, strict=True)), Counter(found), Counter(expected)
    pairs = list(zip(found, expected, strict=True))
    precision = sum(both[pair] / stories[pair[0]] for pair in pairs) / len(pairs)
    return _score(precision, sum(both[pair] / clusters[pair[1]] for pair in pairs) / len(pairs))


def nearest_before(similar: Callable[[int], Scores], count: int) -> list[tuple[int, float]]:
    """Of each but the first, the nearest of those before it, and how alike they are."""
    alike = (similar(place)[:place] for place in range(1, count))
    return [(int(one.argmax()), float(one.max())) for one in alike]


def single_pass(nearest: Sequence[tuple[int, float]], threshold: float) -> list[int]:
    """Each joins the story of the nearest of those before it, or begins one."""
    found = [0]
    for place, (other, alike) in enumerate(nearest, start=1):
        found.append(found[other] if alike >= threshold else place)
    return found
