import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from storage import migrations
from storage.database import Database
from storage.errors import DatabaseError, NewerDatabaseError
from storage.schema import ARTICLE_INDEX, metadata
from storage.turns import lock_path
from tests.storage.builders import draft, everything, put

FOLDER = Path(migrations.__file__).parent
HEAD, NEXT = migrations.HEAD, "next"


def upgrade(path: Path) -> None:
    migrations.upgrade(path, FileLock(lock_path(path), timeout=5))


def schema(path: Path) -> dict[str, list[str]]:
    """Name → what the statement of every table and index declares, in any order: a column that came later stands last.

    White space, and quotes that SQLite sets when it renames, are left out.
    """
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: sorted(_declared(sql)) for name, sql in rows}


def _declared(sql: str) -> Iterator[str]:
    tidy = re.sub(r"\s+", " ", sql.replace('"', "")).replace("( ", "(").replace(" )", ")").strip()
    head, _, rest = tidy.partition("(")
    body, _, options = rest.rpartition(")")
    yield f"{head}{options}"
    # Commas outside brackets part columns; a constraint is told apart from its column.
    yield from filter(None, map(str.strip, re.split(r",(?![^(]*\))| (?=CONSTRAINT )", body)))


@pytest.fixture
def migrate_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Adds a migration of these statements to those that there are."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def add(*statements: str) -> None:
        executed = "\n".join(f"    op.execute({statement!r})" for statement in statements)
        (folder / "versions" / "next.py").write_text(
            f"from alembic import op\nrevision = {NEXT!r}\ndown_revision = {HEAD!r}\ndef upgrade():\n{executed}\n"
        )
        monkeypatch.setattr(migrations, "_HERE", folder)
        monkeypatch.setattr(migrations, "HEAD", NEXT)

    return add


async def store_one(path: Path) -> None:
    """Puts an article into the store."""
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    await put(database, draft("Саммит"))
    await database.close()


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return [title for (title,) in connection.execute("SELECT title FROM articles")]


def test_the_schema_is_the_sum_of_the_migrations(empty_store: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{made}", poolclass=NullPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(ARTICLE_INDEX)
    migrated = schema(empty_store)
    assert migrated.pop("alembic_version")
    assert migrated == schema(made)


def test_alembic_sees_no_difference_between_store_and_schema(empty_store: Path) -> None:
    engine = create_engine(f"sqlite:///{empty_store}", poolclass=NullPool)
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_head_named_in_the_code_is_that_of_the_migrations() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


def test_every_migration_follows_the_one_before() -> None:
    revisions = list(ScriptDirectory(str(FOLDER)).walk_revisions())
    assert [revision.down_revision for revision in revisions] == [*(r.revision for r in revisions[1:]), None]


def test_the_revision_of_a_store_is_known(empty_store: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    assert migrations.current(empty_store) == HEAD
    assert migrations.current(empty) is None
    assert migrations.current(tmp_path / "missing.db") is None


def test_a_store_that_is_up_to_date_is_not_copied(store_path: Path) -> None:
    before = store_path.read_bytes()
    upgrade(store_path)
    assert store_path.read_bytes() == before
    assert [path.name for path in store_path.parent.iterdir()] == [store_path.name]


async def test_an_upgrade_keeps_the_data_and_a_copy_beside_the_store(
    store_path: Path, migrate_next: Callable[..., None]
) -> None:
    await store_one(store_path)
    migrate_next("ALTER TABLE chats ADD COLUMN mood TEXT", "CREATE INDEX ix_new ON chats (mood)")
    upgrade(store_path)
    copy = store_path.with_name(f"{store_path.name}.before-{NEXT}")
    assert (migrations.current(store_path), migrations.current(copy)) == (NEXT, HEAD)
    assert ("ix_new" in schema(store_path), "ix_new" in schema(copy)) == (True, False)
    assert titles(store_path) == titles(copy) == ["Саммит"]
    database = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    assert [article.title for article in await everything(database)] == ["Саммит"]
    await database.close()


async def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    store_path: Path, migrate_next: Callable[..., None]
) -> None:
    await store_one(store_path)
    migrate_next(
        "CREATE TABLE rebuilt (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created_at BIGINT NOT NULL)",
        "INSERT INTO rebuilt SELECT id, created_at FROM stories",
        "DROP TABLE stories",
        "ALTER TABLE rebuilt RENAME TO stories",
    )
    upgrade(store_path)
    assert titles(store_path) == ["Саммит"]


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        pytest.param(["CREATE TABLE half (id INTEGER)", "DELETE FROM stories"], "would break 1 ref", id="references"),
        pytest.param(
            ["CREATE TABLE half (id INTEGER)", "DROP TABLE missing"], "no such table: missing$", id="a mistake"
        ),
    ],
)
async def test_a_failed_upgrade_leaves_the_store_as_it_was(
    store_path: Path, migrate_next: Callable[..., None], statements: list[str], error: str
) -> None:
    await store_one(store_path)
    before = schema(store_path)
    migrate_next(*statements)
    with pytest.raises(DatabaseError, match=error):
        upgrade(store_path)
    assert schema(store_path) == before
    assert (migrations.current(store_path), titles(store_path)) == (HEAD, ["Саммит"])


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match=r"news\.db was made by a newer version"):
        upgrade(store_path)
    assert migrations.current(store_path) == "9999"
    assert not list(store_path.parent.glob("*.before-*"))


def test_a_start_that_has_nothing_to_migrate_does_not_load_alembic(store_path: Path) -> None:
    script = (
        "import asyncio, sys; from storage.database import Database\n"
        "async def main():\n await (await Database.open(sys.argv[1])).close()\n"
        "asyncio.run(main()); sys.exit('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, f"sqlite+aiosqlite:///{store_path}"]
    assert subprocess.run(command, check=False, cwd=FOLDER.parents[1], timeout=60).returncode == 0
