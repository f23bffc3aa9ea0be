"""What search is compared with: other full-text indexes of the same articles.

    FTS5       SQLite's, ranked by bm25 (ORDER BY rank), over the words as they stand
    tantivy    Lucene's kin in Rust, ranked by BM25, over our lemmas

None keeps the texts: an index alone is measured.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.standing import StandingQuery
from tests.benchmarks.stores import BATCH, with_copies
from tests.benchmarks.synthetic import Corpus

TOP = 10
_RANKED = f"SELECT rowid FROM news WHERE news MATCH ? ORDER BY rank LIMIT {TOP}"
# Both are given as much memory as one another, and no more than a small server has for it.
_WRITER_BYTES = 200_000_000

Ask = Callable[[StandingQuery], Sequence[object]]


def words(folder: Path, corpus: Corpus, size: int) -> Ask:
    """FTS5 over the words as they stand."""
    path = words_path(folder, corpus, size)
    if not path.exists():
        draft = path.with_suffix(".part")
        draft.unlink(missing_ok=True)
        _index(draft, (f"{title}. {text}" for title, text in with_copies(corpus.texts(size))))
        draft.rename(path)
    connection = sqlite3.connect(path)
    return lambda query: connection.execute(_RANKED, (expression(query),)).fetchall()


def words_path(folder: Path, corpus: Corpus, size: int) -> Path:
    return folder / f"words-{corpus.seed}-{size}.db"


def tantivy_path(folder: Path, corpus: Corpus, size: int) -> Path:
    return folder / f"tantivy-{corpus.seed}-{size}"


def tantivy(folder: Path, corpus: Corpus, size: int) -> Ask | None:
    """None where it is not installed."""
    try:
        import tantivy as engine
    except ImportError:
        return None
    path = tantivy_path(folder, corpus, size)
    builder = engine.SchemaBuilder()
    builder.add_integer_field("id", stored=True, fast=True)
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="position")
    schema = builder.build()
    if not path.exists():
        draft = path.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        writer = engine.Index(schema, path=str(draft)).writer(_WRITER_BYTES, 1)
        for number, text in enumerate(_lemmas(corpus, size), 1):
            writer.add_document(engine.Document(id=number, body=text))
        writer.commit()
        writer.wait_merging_threads()
        draft.rename(path)
    searcher = engine.Index(schema, path=str(path)).searcher()

    def ask(query: StandingQuery) -> list[int]:
        found = searcher.search(_tree(engine, schema, query), TOP, count=False)
        return [searcher.doc(address)["id"][0] for _, address in found.hits]

    return ask


def _index(path: Path, texts: Iterable[str]) -> None:
    numbered = enumerate(texts, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000")
        connection.execute("CREATE VIRTUAL TABLE news USING fts5(body, content='', tokenize='unicode61')")
        while batch := list(islice(numbered, BATCH)):
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO news (rowid, body) VALUES (?, ?)", batch)
            connection.execute("COMMIT")


def _lemmas(corpus: Corpus, size: int) -> Iterator[str]:
    lemmas, lemma_of = corpus.words.lemmas, corpus.words.lemma_of
    return (" ".join([lemmas[one] for one in lemma_of[ids].tolist()]) for ids in with_copies(corpus.forms(size)))


def expression(query: StandingQuery) -> str:
    """As FTS5 reads it."""
    wanted = " AND ".join(f"({_any_of(map(_quoted(query), group))})" for group in query.groups)
    return f"({wanted}) NOT ({_any_of(map(_quoted(query), query.nots))})" if query.nots else wanted


def _quoted(query: StandingQuery) -> Callable[[tuple[int, ...]], str]:
    return lambda atom: '"' + " ".join(query.lemmas[one] for one in atom) + '"'


def _any_of(parts: Iterable[str]) -> str:
    return " OR ".join(parts)


def _tree(engine: Any, schema: Any, query: StandingQuery) -> Any:
    def one(atom: tuple[int, ...]) -> Any:
        words = [query.lemmas[number] for number in atom]
        if len(words) == 1:
            return engine.Query.term_query(schema, "body", words[0])
        return engine.Query.phrase_query(schema, "body", words)

    def any_of(group: tuple[tuple[int, ...], ...]) -> Any:
        parts = [(engine.Occur.Should, one(atom)) for atom in group]
        return parts[0][1] if len(parts) == 1 else engine.Query.boolean_query(parts)

    parts = [(engine.Occur.Must, any_of(group)) for group in query.groups]
    parts += [(engine.Occur.MustNot, one(atom)) for atom in query.nots]
    return parts[0][1] if len(parts) == 1 else engine.Query.boolean_query(parts)
