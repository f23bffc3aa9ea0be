"""The command line: help, exit codes, one line for every mistake, and a quiet end when it is interrupted."""

import errno
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from aiogram.utils.i18n import I18n
from sqlalchemy.exc import OperationalError

from bot import operations
from bot.cli import app
from bot.config import SQLITE
from tests.bot.command_line import CommandLine, command

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
AN_ARTICLE = {"title": "Саммит в Астане", "published_at": "2025-12-01"}


def failing(error: BaseException) -> Callable[..., object]:
    """Stands in for what a command does."""

    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, newsbot: CommandLine) -> None:
    outcome = newsbot(name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"newsbot {name}" in outcome.out
    assert "--database" in outcome.out


def test_help_lists_every_command_with_a_whole_sentence(newsbot: CommandLine) -> None:
    outcome = newsbot("--help")
    listed = outcome.out.partition("Commands:")[2].split("\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert sorted(line.split()[0] for line in listed if line) == COMMANDS
    assert all(line.endswith(".") and not line.endswith("...") for line in listed if line)


def test_help_loads_nothing_heavy() -> None:
    heavy = {"aiogram", "alembic", "pydantic", "pymorphy3", "sqlalchemy", "structlog"}
    look = f"import sys; from bot.cli import main; main(['--help']); sys.exit(bool({heavy} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], "Missing command", id="no command"),
        pytest.param(["serch"], "No such command 'serch'", id="unknown command"),
        pytest.param(["search"], "Missing argument 'QUERY'", id="no query"),
        pytest.param(["match", "--json"], "Missing argument 'QUERY'", id="no query to match"),
        pytest.param(["import"], "Missing argument 'PATH…'", id="no path"),
        pytest.param(["import", ""], "a path is empty", id="empty path"),
        pytest.param(["search", "--loud", "баку"], "No such option: --loud", id="unknown option"),
        pytest.param(["search", "казахстан", "-футбол"], "No such option: -ф (words that", id="exclusion before --"),
        pytest.param(["search", "--limit", "0", "баку"], "--limit", id="limit of nothing"),
        pytest.param(["search", "--limit", "-3", "баку"], "--limit", id="limit below nothing"),
        pytest.param(["search", "--limit", "x", "баку"], "--limit", id="limit that is no number"),
        pytest.param(["search", "--limit"], "--limit", id="option without its value"),
        pytest.param(["search", "--sort", "size", "баку"], "'relevance', 'date'", id="unknown order"),
        pytest.param(["match", "--limit", "3", "баку"], "No such option: --limit", id="option of another command"),
        pytest.param(["chat", "--user", "0"], "--user", id="user below one"),
        pytest.param(["chat", "--user", "me"], "--user", id="user that is no number"),
        pytest.param(["check", "now"], "extra argument", id="argument too many"),
    ],
)
def test_usage_mistake_is_one_line_and_exit_code_2(arguments: list[str], told: str, newsbot: CommandLine) -> None:
    outcome = newsbot(*arguments)
    assert outcome.code == 2
    assert told in outcome.mistake
    assert not newsbot.store.exists()


def test_usage_mistake_says_where_help_is(newsbot: CommandLine) -> None:
    assert newsbot("search").mistake == "Missing argument 'QUERY' (see newsbot search --help)"


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["search", "казахстан", "-футбол"], "search -- казахстан -футбол"),
        (["match", "казахстан", "-kino", "--json"], "match --json -- казахстан -kino"),
        (["search", "--limit", "3", "--sort=date", "-x:y", "b"], "search --limit 3 --sort=date -- -x:y b"),
        (["search", '"совет мира"', "-футбол"], "search -- '\"совет мира\"' -футбол"),
    ],
)
def test_excluded_word_taken_for_an_option_comes_with_its_cure(
    arguments: list[str], cure: str, newsbot: CommandLine
) -> None:
    mistake = newsbot(*arguments).mistake
    assert mistake.endswith(f" (words that begin with a minus go behind --: newsbot {cure})")
    newsbot.add()
    assert newsbot(*shlex.split(cure)).code == 0


@pytest.mark.parametrize(
    "arguments", [["search", "--loud", "-футбол"], ["search", "-n", "5", "баку"], ["run", "-футбол"], ["-футбол"]]
)
def test_other_unknown_options_do_not(arguments: list[str], newsbot: CommandLine) -> None:
    assert "words that begin" not in newsbot(*arguments).mistake


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("news.db", "DATABASE_URL: got 'news.db', expected sqlite+aiosqlite:///PATH", id="no address"),
        pytest.param("postgresql://host/db", "DATABASE_URL: got", id="another database"),
        pytest.param(f"{SQLITE}:memory:", "DATABASE_URL: got", id="in memory"),
        pytest.param(f"{SQLITE}/no/such/folder/news.db", "there is no folder /no/such/folder", id="missing folder"),
        pytest.param(f"{SQLITE}.", "unable to open database file", id="a folder"),
    ],
)
def test_unusable_database_is_one_line_and_exit_code_1(url: str, told: str, newsbot: CommandLine) -> None:
    outcome = newsbot("search", "--database", url, "баку")
    assert outcome.code == 1
    assert told in outcome.mistake


def test_file_that_is_no_database_is_one_line(newsbot: CommandLine) -> None:
    newsbot.store.write_text("no database " * 100)
    assert newsbot("search", "баку").mistake == (
        f"{newsbot.store} is damaged: file is not a database; the way back is a backup: newsbot restore FILE"
    )
    assert newsbot.store.read_text() == "no database " * 100


def test_folder_that_cannot_be_written_to_is_one_line(newsbot: CommandLine) -> None:
    newsbot.folder.chmod(0o555)
    outcome = newsbot.process("search", "баку", through=without_privileges())
    newsbot.folder.chmod(0o755)
    assert outcome.code == 1
    assert "permission denied" in outcome.mistake.lower()


def test_store_that_cannot_be_written_to_is_one_line(newsbot: CommandLine) -> None:
    newsbot.add()
    newsbot.store.chmod(0o444)
    path = newsbot.write("one.jsonl", AN_ARTICLE)
    outcome = newsbot.process("import", path, through=without_privileges())
    told = f"nothing can be written to {newsbot.store}: attempt to write a readonly database"
    assert (outcome.code, outcome.mistake) == (1, told)


def without_privileges() -> list[str]:
    """What a command is started through so that permissions hold for the superuser too."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("permissions don't hold for the superuser, and there is no setpriv")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def test_database_option_wins_over_the_environment(newsbot: CommandLine) -> None:
    newsbot.add(AN_ARTICLE)
    other = f"{SQLITE}{newsbot.folder / 'other.db'}"
    assert newsbot("export", "--database", other).out == ""
    assert newsbot("export").rows[0]["title"] == AN_ARTICLE["title"]


@pytest.mark.parametrize("name", ["export", "check"])
def test_blank_database_option_is_none(name: str, newsbot: CommandLine) -> None:
    newsbot.add(AN_ARTICLE)
    assert newsbot(name, "--database", "").code == 0
    assert list(newsbot.folder.glob("*.db")) == [newsbot.store]


def test_every_wrong_setting_has_its_line(newsbot: CommandLine) -> None:
    newsbot.set(LOG_LEVEL="loud", KEEP_DAYS="x")
    outcome = newsbot("search", "баку")
    assert (outcome.code, outcome.out) == (1, "")
    assert sorted(outcome.err.splitlines()) == [
        "newsbot: KEEP_DAYS: got 'x', expected a whole number of days, 0 to 36500",
        "newsbot: LOG_LEVEL: got 'loud', expected debug, info, warning or error",
    ]


def test_wrong_setting_in_the_file_has_its_line(newsbot: CommandLine) -> None:
    (newsbot.folder / ".env").write_text("DEFAULT_TIMEZONE=Mars\n")
    outcome = newsbot("export")
    told = "DEFAULT_TIMEZONE: got 'Mars', expected a zone's name, such as Asia/Almaty"
    assert (outcome.code, outcome.mistake) == (1, told)


def test_file_of_settings_that_is_no_text_is_one_line(newsbot: CommandLine) -> None:
    (newsbot.folder / ".env").write_bytes(b"\xff\xfe\xff")
    outcome = newsbot("export")
    assert outcome.code == 1
    assert outcome.mistake.startswith(".env: cannot be read")


def test_run_without_a_token_says_who_gives_one(newsbot: CommandLine) -> None:
    outcome = newsbot("run")
    told = "BOT_TOKEN: missing, expected the token that @BotFather gave for the bot"
    assert (outcome.code, outcome.mistake) == (1, told)


def test_run_with_what_is_no_token_does_not_show_it(newsbot: CommandLine) -> None:
    newsbot.set(BOT_TOKEN="secret")
    outcome = newsbot("run")
    assert outcome.code == 1
    assert outcome.mistake.startswith("BOT_TOKEN: not a token")
    assert "secret" not in outcome.err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(
            OperationalError("SELECT", {}, sqlite3.OperationalError("database or disk is full")),
            "the database cannot be used: database or disk is full",
            id="the driver's",
        ),
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), "no space left on device", id="the system's"),
        pytest.param(
            PermissionError(errno.EACCES, "Permission denied", "a\nb"), "a b: permission denied", id="a file's"
        ),
    ],
)
def test_failure_of_what_lies_below_is_one_line(
    error: Exception, told: str, newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "export_articles", failing(error))
    outcome = newsbot("export")
    assert (outcome.code, outcome.mistake) == (1, told)


def test_our_own_mistake_is_one_line(newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "export_articles", failing(RuntimeError("one\ntwo")))
    outcome = newsbot("export")
    assert outcome.code == 1
    assert outcome.err == "newsbot: unexpected error, please report it: RuntimeError: one two\n"


def test_our_own_mistake_has_its_traceback_for_who_asks(newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "export_articles", failing(RuntimeError("one")))
    newsbot.set(LOG_LEVEL="debug")
    assert "Traceback" in newsbot("export").err


def test_interrupted_command_says_nothing(newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "export_articles", failing(KeyboardInterrupt()))
    outcome = newsbot("export")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_command_of_a_process_that_ignores_interrupts_ignores_them(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(operations, "export_articles", interrupt)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert newsbot("export").code == 0
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        pytest.param(["search", "-"], "саммит\n", id="a query"),
        pytest.param(["chat"], "/help\n", id="a message"),
    ],
)
def test_command_that_waits_for_input_can_be_interrupted(
    arguments: list[str], typed: str, newsbot: CommandLine, i18n: I18n
) -> None:
    newsbot.add(AN_ARTICLE)
    with newsbot.start(*arguments) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(typed.encode())
        process.stdin.flush()
        assert process.stdout.readline()
        interrupted(process)


# The signal comes when the loop has taken up the turn of a task and not yet begun it.
INTERRUPTED_BETWEEN_TWO_STEPS = """
import asyncio, signal
from bot.command_line import perform

async def wait():
    turn = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.05, turn.set_result, None)
    await turn
    await asyncio.sleep(60)

begin = asyncio.events.Handle._run

def interrupted(handle):
    if "wakeup" in repr(handle._callback):
        asyncio.events.Handle._run = begin
        signal.raise_signal(signal.SIGINT)
    begin(handle)

asyncio.events.Handle._run = interrupted
try:
    perform(wait())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.slow
def test_interrupt_between_two_steps_of_the_loop_takes_no_turn_with_it(newsbot: CommandLine) -> None:
    script = [sys.executable, "-c", INTERRUPTED_BETWEEN_TWO_STEPS]
    assert subprocess.run(script, capture_output=True, timeout=20, check=True).stdout == b"interrupted\n"


@pytest.mark.slow
def test_import_that_waits_for_input_can_be_interrupted(newsbot: CommandLine) -> None:
    with newsbot.start("import", "-") as process:
        deadline = time.monotonic() + 30
        while not newsbot.store.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)  # opened a moment after it exists
        interrupted(process)


def interrupted(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert process.stderr
    assert process.stderr.read() == b""


@pytest.mark.slow
def test_reader_that_has_had_enough_ends_the_command_silently(newsbot: CommandLine) -> None:
    newsbot.add(*({"title": f"Новость {number}", "text": "слово " * 200} for number in range(200)))
    with newsbot.start("export") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=10) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stream", "arguments"),
    [
        pytest.param("0", ["chat"], id="input"),
        pytest.param("1", ["export"], id="output"),
        pytest.param("2", ["search", "саммит"], id="errors"),
    ],
)
def test_closed_stream_is_an_empty_one(stream: str, arguments: list[str], newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(AN_ARTICLE)
    outcome = newsbot.process(*arguments, through=["sh", "-c", f'exec "$@" {stream}<&-', "sh"])
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_full_disk_under_the_output_is_one_line(newsbot: CommandLine) -> None:
    newsbot.add(AN_ARTICLE)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("export"), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"newsbot: no space left on device\n")


@pytest.mark.slow
def test_output_is_utf8_whatever_the_locale(newsbot: CommandLine) -> None:
    newsbot.add(AN_ARTICLE)
    newsbot.set(PYTHONIOENCODING="ascii:strict")
    outcome = newsbot.process("search", "--json", "саммит")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.rows[0]["title"] == AN_ARTICLE["title"]
