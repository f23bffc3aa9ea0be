"""How fast texts are analysed, and what memory the languages take."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from storage.language.document import analyse
from storage.language.tokens import words
from tests.benchmarks import words_data
from tests.benchmarks.report import ROOT, line, table

# The different words of so many, of all languages, fit the cache.
ARTICLES = 300
ROUNDS = 3
# The length of an article by which the goals go.
USUAL = 250
# A word of each language, not of its neighbours; analysing it loads the language as an article does.
WORDS = {"ru": "съезды", "uk": "з'їзди", "en": "congresses", "kk": "құрылтайлар", "az": "qurultaylar"}
_CHILD = """
import resource, sys
from pathlib import Path
from storage.language.document import analyse

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6

before = resident_mb()
for argument in sys.argv[1:]:
    language, word = argument.split(":")
    analyse(word, language)
print(resident_mb() - before)
"""


def speed(data: Path) -> None:
    texts = {language: _news(data, language) for language in ("ru", "en")}
    texts |= {language: _joined(words_data.sentences(data, language)) for language in ("uk", "kk", "az")}
    line(f"\nAnalysis: articles of {USUAL} words a second at first; µs for one when all its words are known")
    table(
        ("", "articles", "words", "cold articles/s", "warm µs", "of them to find the words"),
        *(_timed(language, found) for language, found in texts.items()),
    )
    if Path("/proc/self/statm").exists():
        line("\nMemory that loading adds to a process, MB")
        pairs = [f"{language}:{word}" for language, word in WORDS.items()]
        table(("", "MB"), *((pair[:2], _memory([pair])) for pair in pairs), ("all five", _memory(pairs)))


def _timed(language: str, texts: Sequence[str]) -> tuple[object, ...]:
    articles = sum(len(words(text)) for text in texts) / USUAL
    analyse(WORDS[language], language)
    cold = _seconds(lambda text: analyse(text, language), texts)
    warm = min(_seconds(lambda text: analyse(text, language), texts) for _ in range(ROUNDS))
    splitting = min(_seconds(words, texts) for _ in range(ROUNDS))
    total = round(articles * USUAL)
    return language, len(texts), total, articles / cold, warm / articles * 1e6, splitting / articles * 1e6


def _seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Of the processor: what else runs on the machine shall not count."""
    began = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - began


def _memory(arguments: Sequence[str]) -> float:
    command = [sys.executable, "-c", _CHILD, *arguments]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _news(data: Path, language: str) -> list[str]:
    with (data / f"news_{language}_20200503.jsonl").open(encoding="utf-8") as rows:
        return [f"{row['title']}\n{row['text']}" for row in map(json.loads, islice(rows, ARTICLES))]


def _joined(sentences: Sequence[str]) -> list[str]:
    """Texts of about the usual length: there are no news in these languages here."""
    return [" ".join(sentences[at : at + 12]) for at in range(0, len(sentences), 12)]
