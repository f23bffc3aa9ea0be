"""Synthetic news of few words: read from the dictionary once for all tests of a process, in some seconds."""

from pathlib import Path

import pytest

from tests.benchmarks.synthetic import Corpus

LEMMAS = 3000


@pytest.fixture(scope="session")
def vocabulary_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vocabulary")


@pytest.fixture(scope="session")
def corpus(vocabulary_folder: Path) -> Corpus:
    return Corpus(folder=vocabulary_folder, lemmas=LEMMAS)


@pytest.fixture(scope="session")
def again(corpus: Corpus, vocabulary_folder: Path) -> Corpus:
    """The same news, its vocabulary read from the folder."""
    return Corpus(corpus.seed, vocabulary_folder, lemmas=LEMMAS)
