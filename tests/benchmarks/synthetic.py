"""Synthetic news, seeded and without end: what the benchmarks of growth read, where no real million is to be had.

    vocabulary ──Zipf's law──▶ words ─┐
                                      ├──▶ article: a headline of 8 words, 250 more
    topics, 24 words each ──a dozen───┘    each word of the topic in several of its forms

Topics recur, some more often than others, so that words come together in many articles, as they do in news. Article k
is the same whatever else is asked for.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storage.language.document import Line
from tests.benchmarks.report import ROOT
from tests.benchmarks.standing import Queries, drawn, hostile
from tests.benchmarks.vocabulary import LEMMAS, Ids, Vocabulary, vocabulary

FOLDER = ROOT / "build" / "benchmarks"
HEADLINE, LENGTH = 8, 250
WIDTH = HEADLINE + LENGTH
SENTENCE = 13
# Articles are drawn so many at a time, each block by a generator of its own.
BLOCK = 1000

TOPICS, TOPIC_WORDS, OF_TOPIC = 4096, 24, 12
# The share of words that are the topic's, and in the headline.
TOPICAL, TOPICAL_IN_HEADLINE = 0.22, 0.7
# The commonest content words make no topic; names make more than their share.
COMMONEST = 150
_LIKELY = {"": 0.0, "name": 6.0, "NOUN": 3.0, "ADJF": 1.0, "INFN": 0.3}
# Draws by a law are looked up in a table of equal shares; the rarest form has one or two.
_SHARES = 1 << 22
# Queries take their words from so many articles.
READ = 10_000


class Corpus:
    """Articles and standing queries of one seed; the vocabulary, of so many lemmas, is kept in the folder."""

    def __init__(self, seed: int = 1, folder: Path = FOLDER, *, lemmas: int = LEMMAS) -> None:
        self.seed = seed
        self.words: Vocabulary = vocabulary(seed, folder, size=lemmas)
        self.topic_law = _topic_law(self.words)
        self._form_table = _table(_form_weights(self.words))
        rng = np.random.default_rng([seed, 0xF0])
        self._topics = _table(self.topic_law)[rng.integers(0, _SHARES, (TOPICS, TOPIC_WORDS))]
        self._written = np.array(self.words.written, object)
        self._positions = np.array(self.words.positions, object)

    def forms(self, n: int, start: int = 0) -> Iterator[Ids]:
        """The forms of n articles from the one of this number on, those of the headline first."""
        for block in range(start // BLOCK, -(-(start + n) // BLOCK)):
            first = block * BLOCK
            yield from self._block(block)[max(start - first, 0) : start + n - first]

    def lines(self, n: int, start: int = 0) -> Iterator[tuple[Line, Line]]:
        """Headline and body as they are stored; each word is analysed as it is written within a sentence."""
        for ids in self.forms(n, start):
            found = self._positions[ids].tolist()
            yield " ".join(found[:HEADLINE]), " ".join(found[HEADLINE:])

    def texts(self, n: int, start: int = 0) -> Iterator[tuple[str, str]]:
        """Headline and body as a source brings them."""
        for ids in self.forms(n, start):
            found = self._written[ids].tolist()
            body = (_sentence(found[at : at + SENTENCE]) for at in range(HEADLINE, len(found), SENTENCE))
            yield _sentence(found[:HEADLINE]), ". ".join(body) + "."

    def lemma_ids(self, n: int, start: int = 0) -> Iterator[Ids]:
        """A row for each position: the lemmas that it offers, -1 where there are no more."""
        return (self.words.offered[ids] for ids in self.forms(n, start))

    def queries(self, n: int, *, hot: bool = False) -> Queries:
        """Distinct; `hot`: all of two or three of the words that most articles have."""
        rng = np.random.default_rng([self.seed, 0xF1, n, hot])
        if hot:
            return hostile(self.words, rng, n)
        read = self.words.lemma_of[np.stack(list(self.forms(READ)))]
        return drawn(self.words, rng, n, table=_table(self.topic_law), articles=read, headline=HEADLINE)

    def _block(self, block: int) -> Ids:
        rng = np.random.default_rng([self.seed, 0xA0, block])
        ids = self._form_table[rng.integers(0, _SHARES, (BLOCK, WIDTH))]
        topics = self._topics[(rng.random(BLOCK) ** 1.5 * TOPICS).astype(np.int32)]
        of_topic = (rng.integers(0, TOPIC_WORDS, (BLOCK, 1)) + np.arange(OF_TOPIC)) % TOPIC_WORDS
        topical = rng.random((BLOCK, WIDTH)) < TOPICAL
        topical[:, :HEADLINE] = rng.random((BLOCK, HEADLINE)) < TOPICAL_IN_HEADLINE
        article, _ = np.nonzero(topical)
        word = of_topic[article, (rng.random(len(article)) ** 1.6 * OF_TOPIC).astype(np.int32)]
        ids[topical] = self._inflected(rng, topics[article, word])
        return ids

    def _inflected(self, rng: np.random.Generator, lemmas: Ids) -> Ids:
        """A form of each, of rank r about 1 / r as often as the first."""
        first = self.words.starts[lemmas]
        forms = self.words.starts[lemmas + 1] - first
        return np.asarray(first + ((forms + 1) ** rng.random(len(lemmas))).astype(np.int32) - 1)


def _topic_law(words: Vocabulary) -> NDArray[np.float64]:
    """How likely a lemma is to be a word of a topic, or of a query: rare words more than in texts."""
    law = words.weights**0.75 * np.array([_LIKELY[kind] for kind in words.kinds]) * words.safe
    law[: np.flatnonzero(law)[COMMONEST]] = 0
    return np.asarray(law / law.sum())


def _form_weights(words: Vocabulary) -> NDArray[np.float64]:
    rank = np.arange(len(words.positions)) - words.starts[words.lemma_of] + 1
    of_lemma = np.add.reduceat(1 / rank, words.starts[:-1])
    return np.asarray((words.weights / of_lemma)[words.lemma_of] / rank)


def _table(law: NDArray[np.float64]) -> Ids:
    """Equal shares, each given to one outcome: a random one of them is a draw by the law."""
    ends = np.cumsum(law) * _SHARES
    return np.searchsorted(ends, np.arange(_SHARES) + 0.5).clip(max=len(law) - 1).astype(np.int32)


def _sentence(words: list[str]) -> str:
    text = " ".join(words)
    return text[:1].upper() + text[1:]
