"""The stores that growth is measured on are row for row what ingest makes of the same articles."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from storage import articles
from storage.database import Database
from storage.language.document import analyse
from tests.benchmarks.stores import Content, build, made
from tests.storage.builders import match
from tests.storage.strategies import WORDS

SIZE = 30
# What stories are told apart by, and their faces, are nothing that growth is measured on.
COLUMNS = {"stories": "id, created_at"}
LETTERS = "абвгдежзиклмнопрст"
TABLES = ("articles", "article_terms", "sources", "stories", "temp.entries")


def contained(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.entries USING fts5vocab(main, article_index, instance)")
        return {name: sorted(connection.execute(f"SELECT {COLUMNS.get(name, '*')} FROM {name}")) for name in TABLES}


async def test_a_store_made_in_bulk_is_what_ingest_makes(tmp_path: Path) -> None:
    chance = random.Random(1)
    # With words of their own, so that only copies tell the same story.
    own = [["".join(chance.choices(LETTERS, k=9)) for _ in range(10)] for _ in range(SIZE)]
    texts = [(" ".join(words[:5]), " ".join(words + chance.choices(WORDS, k=10))) for words in own]
    contents = [Content(text, (analyse(text[0], "ru"), analyse(text[1], "ru"))) for text in texts]
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    try:
        for one in made(contents):
            async with database.write() as conn:
                await articles.store(conn, articles.analyse([one.draft]), now=one.stored_at)
        await match(database)
    finally:
        await database.close()
    build(tmp_path / "bulk.db", contents)
    assert contained(tmp_path / "bulk.db") == contained(tmp_path / "news.db")
