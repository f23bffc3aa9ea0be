"""What deleted rows leave behind in the file, and how it is overwritten.

SQLite overwrites what it deletes (`PRAGMA secure_delete`, on for the writer), but not the copies of rows that lie in
the unused middle of a page since its rows were shared out among neighbours: after thousands of changes about one row in
three hundred has one. And a version before 0006 overwrote nothing. So the tables that hold what people said are
written anew, once a day at the most and only if somebody was forgotten since; the free pages that an older version left
are filled once.

How far that is stands in the store itself, as its `user_version`.
"""

import sqlite3
from enum import IntEnum
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# They hold a chat's Telegram id, or its words. All others know it by a number of our own.
TABLES: Final = (
    "chats",
    "subscriptions",
    "queries",
    "outbox",
    "attempts",
    "updates",
    "feeds",
    "dialogues",
    "shares",
    "setups",
    "broadcasts",
    "bans",
)
# Takes some seconds, in which nobody else can write; larger tables are left as they are.
MOST_ROWS: Final = 300_000
# A megabyte or so at once.
PAGES: Final = 250


class Left(IntEnum):
    """What there may be still."""

    IN_FREE_PAGES = 0
    IN_PAGES = 1
    BEING_OVERWRITTEN = 2
    NOTHING = 3


async def left(conn: AsyncConnection) -> None:
    """Rows were deleted of which nothing may be left."""
    [version] = (await conn.execute(text("PRAGMA user_version"))).scalars().all()
    if version != Left.IN_FREE_PAGES:
        await conn.execute(text(f"PRAGMA user_version={Left.IN_PAGES:d}"))


def found(writer: sqlite3.Connection) -> Left:
    return Left(min(writer.execute("PRAGMA user_version").fetchone()[0], Left.NOTHING))


def begin(writer: sqlite3.Connection) -> None:
    """Whoever is forgotten from here on counts for the next time."""
    writer.execute(f"PRAGMA user_version={Left.BEING_OVERWRITTEN:d}")


def end(writer: sqlite3.Connection) -> None:
    if found(writer) is Left.BEING_OVERWRITTEN:
        writer.execute(f"PRAGMA user_version={Left.NOTHING:d}")


def rewrite(writer: sqlite3.Connection, table: str) -> bool:
    """Writes the rows of a table into pages that held nothing else before; False where there are too many."""
    if writer.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MOST_ROWS + 1})").fetchone()[0] > MOST_ROWS:
        return False
    # Rows that refer to these stay, for these come back in the same transaction.
    writer.execute("PRAGMA foreign_keys=OFF")
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(f"CREATE TEMP TABLE rewritten AS SELECT * FROM main.{table}")
        writer.execute(f"DELETE FROM main.{table}")
        writer.execute(f"INSERT INTO main.{table} SELECT * FROM temp.rewritten")
        writer.execute("DROP TABLE temp.rewritten")
        writer.execute("COMMIT")
    except sqlite3.Error:
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        raise
    finally:
        writer.execute("PRAGMA foreign_keys=ON")
    return True


def fill_free_pages(writer: sqlite3.Connection) -> bool:
    """A step of overwriting what no table uses; False when it was the last.

    Zeros are stored until there is no free page left, and then taken away again, piece by piece.
    """
    writer.execute("CREATE TABLE IF NOT EXISTS wiping (is_full INTEGER NOT NULL, filler BLOB)")
    [free], [size] = (writer.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
    is_full = bool(writer.execute("SELECT 1 FROM wiping WHERE is_full LIMIT 1").fetchone())
    if free and not is_full:
        length = max(1, min(free, PAGES) - 2) * (size - 4)
        writer.execute("INSERT INTO wiping VALUES (0, zeroblob(?))", (length,))
        return True
    if not is_full:
        # The row that is taken away last.
        writer.execute("INSERT INTO wiping VALUES (1, NULL)")
    oldest = "SELECT min(rowid) FROM wiping WHERE NOT is_full"
    if writer.execute(f"DELETE FROM wiping WHERE rowid = ({oldest})").rowcount:
        return True
    writer.execute("DROP TABLE wiping")
    return False
