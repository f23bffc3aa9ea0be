"""Worker processes: what a hostile document costs itself, and what it costs nobody else."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from bot.sources.drafts import DraftError
from bot.sources.trouble import FetchError, Trouble
from bot.sources.worker import Parser
from tests.bot.sources import tasks

_BASE = "https://example.org/feed.xml"
_FEED = b"<rss version='2.0'><channel><title>A</title><item><title>B</title></item></channel></rss>"


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with Parser(seconds=60, memory_mb=512, workers=1) as parser:
        yield parser


@pytest.fixture
async def hasty() -> AsyncIterator[Parser]:
    async with Parser(seconds=2, memory_mb=512, workers=1) as parser:
        yield parser


async def _fails(parser: Parser, function: Callable[[], object]) -> str:
    with pytest.raises(FetchError) as failed:
        await parser.run(function)
    assert failed.value.trouble is Trouble.PARSER
    return failed.value.detail


async def test_feed_is_read_in_a_worker(parser: Parser) -> None:
    contents = await parser.feed(_FEED, base=_BASE)
    assert (contents.title, [draft.title for draft in contents.drafts]) == ("A", ["B"])


async def test_what_is_no_feed_is_refused_with_its_reason(parser: Parser) -> None:
    with pytest.raises(FetchError) as refused:
        await parser.feed(b"<html></html>", base=_BASE)
    assert (refused.value.trouble, refused.value.detail) == (Trouble.NOT_A_FEED, "it is a web page")


async def test_channel_without_posts_on_the_web_is_told_apart(parser: Parser) -> None:
    with pytest.raises(FetchError) as refused:
        await parser.feed(b'<html><div class="tgme_page"></div></html>', base="https://t.me/s/example")
    assert refused.value.trouble is Trouble.NO_PREVIEW


async def test_no_feed_brings_more_than_two_thousand_items(parser: Parser) -> None:
    items = b"".join(b"<item><title>%d</title></item>" % number for number in range(2001))
    contents = await parser.feed(b"<rss version='2.0'><channel>%s</channel></rss>" % items, base=_BASE)
    assert [draft.title for draft in contents.drafts] == [str(number) for number in range(2000)]
    assert [refused.where for refused in contents.refused] == ["item 2001 and those after it"]


@pytest.mark.parametrize(
    ("function", "detail"),
    [
        (tasks.hang, "took longer than 2 s"),
        (tasks.hang_in_c, "took longer than 2 s"),
        (tasks.crash, "ended with 7"),
        (tasks.stumble, "KeyError in stumble:"),
        (tasks.raise_what_cannot_be_unpacked, "Local in raise_what_cannot_be_unpacked:"),
        (tasks.answer_what_cannot_be_packed, "in _do:"),
        pytest.param(
            tasks.eat_memory,
            "out of memory",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's address space"),
        ),
    ],
)
async def test_what_goes_wild_fails_alone(hasty: Parser, function: Callable[[], object], detail: str) -> None:
    assert detail in await _fails(hasty, function)
    assert (await hasty.feed(_FEED, base=_BASE)).title == "A"


async def test_errors_of_ours_come_through_as_they_are(parser: Parser) -> None:
    with pytest.raises(DraftError, match="there is no text"):
        await parser.run(tasks.refuse)


async def test_document_beside_a_hanging_one_is_read() -> None:
    async with Parser(seconds=2, workers=2) as parser:
        hanging = asyncio.create_task(_fails(parser, tasks.hang))
        await asyncio.sleep(0)
        assert (await parser.feed(_FEED, base=_BASE)).title == "A"
        assert not hanging.done()
        assert "longer" in await hanging


async def test_waiting_for_a_worker_takes_nothing_from_a_documents_time(hasty: Parser) -> None:
    await asyncio.gather(*(hasty.run(tasks.nap, 0.8) for _ in range(3)))


async def test_who_gives_up_waiting_costs_the_others_nothing(parser: Parser) -> None:
    hanging = asyncio.create_task(parser.run(tasks.hang))
    waiting = asyncio.create_task(parser.run(tasks.hang))
    following = asyncio.create_task(parser.feed(_FEED, base=_BASE))
    await asyncio.sleep(0.01)
    for task in (waiting, hanging):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await following).title == "A"


async def test_worker_that_dies_between_two_documents_is_replaced(parser: Parser, tmp_path: Path) -> None:
    os.kill(await parser.run(tasks.note, str(tmp_path / "log")), signal.SIGKILL)
    assert (await parser.feed(_FEED, base=_BASE)).title == "A"


async def test_large_documents_come_through(parser: Parser) -> None:
    data = bytes(15_000_000)
    assert await parser.run(tasks.echo, data) == data


@pytest.mark.parametrize("function", [tasks.hang, tasks.hang_in_c])
async def test_closing_waits_for_nobody(function: Callable[[], object]) -> None:
    async with Parser(seconds=60, workers=1) as parser:
        await parser.feed(_FEED, base=_BASE)
        running = asyncio.create_task(_fails(parser, function))
        waiting = asyncio.create_task(_fails(parser, function))
        await asyncio.sleep(0.3)
    assert await running == await waiting == "the parser was stopped"


async def test_closing_waits_for_no_document_that_is_on_its_way() -> None:
    async with Parser(workers=1) as parser:
        running = asyncio.create_task(_fails(parser, partial(tasks.hang, "x" * 15_000_000)))
        await asyncio.sleep(0.05)
    assert await running == "the parser was stopped"


async def test_closing_before_anything_was_read_is_nothing() -> None:
    async with Parser():
        pass


async def test_worker_knows_neither_telegram_nor_the_store(parser: Parser) -> None:
    await parser.feed(_FEED, base=_BASE)
    assert not await parser.run(tasks.modules) & {"aiogram", "aiohttp", "sqlalchemy", "numpy", "pymorphy3", "alembic"}


def test_worker_ends_with_a_bot_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = f"""
import asyncio
from bot.sources.worker import Parser
from tests.bot.sources import tasks

async def main():
    async with Parser(workers=1) as parser:
        await parser.run(tasks.note, {str(log)!r})
        await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""
    script = tmp_path / "program.py"
    script.write_text(program)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, str(script)], env=environment) as process:
        try:
            _wait(lambda: log.exists() and bool(log.read_text()))
        finally:
            process.kill()
    worker = int(log.read_text())
    _wait(lambda: not _is_alive(worker))


def _wait(reached: Callable[[], bool], *, patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
