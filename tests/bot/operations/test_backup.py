"""`newsbot backup` and `newsbot restore`, and what every command says of a damaged store."""

import os
import re
import stat
from pathlib import Path

import pytest

from bot.alone import alone
from bot.backup_commands import size
from tests.bot.command_line import CommandLine
from tests.bot.operations.articles import FOOTBALL, SUMMIT


def kept(newsbot: CommandLine) -> list[Path]:
    return sorted(newsbot.folder.glob("news.db.replaced-*"))


def test_a_backup_says_its_size_and_time_and_is_for_its_owner_alone(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("backup", "copy.db")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(r"backed up to copy\.db: \d+ KB in \d+\.\d s\n", outcome.out)
    assert stat.S_IMODE((newsbot.folder / "copy.db").stat().st_mode) == 0o600
    assert newsbot("backup", "copy.db").mistake == "copy.db is there already; --force overwrites it"
    assert newsbot("backup", "copy.db", "--force").code == 0


def test_a_restore_brings_the_store_back_and_says_how_to_undo_it(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    newsbot("backup", "copy.db")
    newsbot.add(FOOTBALL)
    outcome = newsbot("restore", "copy.db")
    [was_there] = kept(newsbot)
    assert outcome.out.splitlines() == [
        f"restored {newsbot.store} from copy.db",
        f"what was there is kept as {was_there}; newsbot restore {was_there} undoes this",
    ]
    assert [row["title"] for row in newsbot("export").rows] == [SUMMIT["title"]]
    was_there = was_there.rename(newsbot.folder / "undo.db")
    assert newsbot("restore", str(was_there)).code == 0
    assert len(newsbot("export").rows) == 2


def test_a_store_that_a_bot_serves_is_not_replaced(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    newsbot("backup", "copy.db")
    with alone(newsbot.store):
        mistake = newsbot("restore", "copy.db").mistake
    assert mistake == f"process {os.getpid()} already serves {newsbot.store}; stop it first"
    assert kept(newsbot) == []


def test_what_is_no_store_of_ours_is_not_restored(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    (newsbot.folder / "empty.db").touch()
    (newsbot.folder / "text.db").write_text("no database " * 1000)
    assert newsbot("restore", "empty.db").mistake == "empty.db is no database of newsbot"
    assert newsbot("restore", "text.db").mistake == "text.db cannot be restored: file is not a database"
    assert newsbot("restore", "nowhere.db").mistake == "there is no file nowhere.db"
    assert len(newsbot("export").rows) == 1


@pytest.mark.parametrize("damage", ["garbage", "cut", "page"])
@pytest.mark.parametrize("command", ["search саммит", "check", "chat", "run", "export"])
def test_a_damaged_store_is_one_line_with_the_way_back(newsbot: CommandLine, damage: str, command: str) -> None:
    newsbot.add(SUMMIT)
    folder = newsbot.folder / "backups"
    folder.mkdir()
    newest = folder / "newsbot-20251206T070000Z.db"
    newsbot("backup", str(newest))
    newsbot.set(BACKUP_DIR=str(folder), BOT_TOKEN="1:a", TELEGRAM_API_URL="http://127.0.0.1:9")
    whole = newsbot.store.read_bytes()
    damaged = {
        "garbage": b"garbage" * 10_000,
        "cut": whole[: len(whole) // 2],
        # The beginning of the schema.
        "page": whole[:100] + b"\xff" * 3000 + whole[3100:],
    }
    newsbot.store.write_bytes(damaged[damage])
    outcome = newsbot(*command.split())
    assert outcome.code == 1
    [line] = [line for line in (outcome.out + outcome.err).splitlines() if "damaged" in line]
    assert line.endswith(f"; the way back is a backup: newsbot restore {newest}")
    assert "Traceback" not in outcome.err
    assert newsbot("restore", str(newest)).code == 0
    assert newsbot("search", "саммит").code == 0


def test_check_reads_every_page_unless_a_container_asks(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    whole = newsbot.store.read_bytes()
    # A page that no line of the check would read else.
    at = len(whole) // 4096 // 2 * 4096
    newsbot.store.write_bytes(whole[:at] + b"\xff" * 4096 + whole[at + 4096 :])
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "is damaged: " in outcome.out
    assert "newsbot restore FILE" in outcome.out


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (794_624, "795 KB"), (7.8e9, "7.8 GB")]
)
def test_sizes_are_told_in_three_digits(count: float, told: str) -> None:
    assert size(count) == told
