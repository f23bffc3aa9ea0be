"""Log lines: an event and its fields, in the form that was chosen, and the token in none of them."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMe

from bot.logs import configure

TOKEN = "4200000001:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Puts back what pytest listens with."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(params=["console", "json"])
def style(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def logged(write: Callable[[], object], *, style: str = "json", level: str = "info") -> str:
    """What comes out when `write` logs."""
    stream = io.StringIO()
    configure(level=level, style=style, stream=stream)
    write()
    return stream.getvalue()


def fail() -> None:
    try:
        raise TelegramNetworkError(method=GetMe(), message=f"Cannot connect to {ADDRESS}")
    except TelegramNetworkError:
        structlog.get_logger().exception("tick failed", tick="deliver")


TELLTALES: dict[str, Callable[[], object]] = {
    "in the event": lambda: structlog.get_logger().warning(f"asked {ADDRESS}"),
    "in a field": lambda: structlog.get_logger().warning("no answer", error=f"timeout at {ADDRESS}"),
    "in an error as a field": lambda: structlog.get_logger().warning("no answer", error=OSError(ADDRESS)),
    "in a list as a field": lambda: structlog.get_logger().warning("no answer", tried=[ADDRESS], by={"me": ADDRESS}),
    "in the name of a field": lambda: structlog.get_logger().warning("no answer", **{ADDRESS: 1}),
    "in an address with its colon escaped": lambda: structlog.get_logger().warning(ADDRESS.replace("1:A", "1%3AA")),
    "in a traceback": fail,
    "in another library's line": lambda: logging.getLogger("aiogram.dispatcher").error("failed: %s", OSError(ADDRESS)),
    "in another library's pattern": lambda: logging.getLogger("aiohttp.client").error(ADDRESS),
}


@pytest.mark.parametrize("write", TELLTALES.values(), ids=TELLTALES.keys())
def test_a_token_never_comes_out(write: Callable[[], object], style: str) -> None:
    line = logged(write, style=style)
    assert TOKEN.partition(":")[2] not in line
    assert "<token>" in line


def test_what_only_looks_a_little_like_a_token_is_left_alone() -> None:
    line = logged(lambda: structlog.get_logger().info("2026-11-22T03:37:31", at="localhost:8080", path="12:30"))
    assert "<token>" not in line


def test_json_has_one_object_a_line_with_event_level_time_and_fields() -> None:
    def write() -> None:
        structlog.get_logger().info("serving", bot="новости", chats=2)
        logging.getLogger("aiogram.dispatcher").warning("Received %s signal", "SIGTERM")

    lines = [json.loads(line) for line in logged(write).splitlines()]
    assert [line.pop("timestamp").endswith("Z") for line in lines] == [True, True]
    assert lines == [
        {"event": "serving", "level": "info", "bot": "новости", "chats": 2},
        {"event": "Received SIGTERM signal", "level": "warning"},
    ]


def test_a_line_for_people_has_no_colours_outside_a_terminal() -> None:
    line = logged(lambda: structlog.get_logger().info("serving", bot="новости"), style="console")
    assert "serving" in line
    assert "bot=новости" in line
    assert "\x1b" not in line


def test_a_traceback_is_part_of_its_line() -> None:
    [line] = [json.loads(line) for line in logged(fail).splitlines()]
    assert line["tick"] == "deliver"
    assert "TelegramNetworkError" in line["exception"]


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)],
)
def test_what_lies_below_the_level_is_not_written(level: str, heard: int) -> None:
    def write() -> None:
        for name in ("debug", "info", "warning", "error"):
            getattr(structlog.get_logger(), name)("event")

    assert len(logged(write, level=level).splitlines()) == heard


@pytest.mark.parametrize("level", ["debug", "info"])
def test_every_call_and_every_job_of_the_libraries_is_nobodys_business(level: str) -> None:
    def write() -> None:
        for name in ("aiogram.event", "apscheduler.executors.default", "aiohttp.access"):
            logging.getLogger(name).info("again")
            logging.getLogger(name).warning("trouble")

    assert logged(write, level=level).count("again") == 0
    assert logged(write, level=level).count("trouble") == 3


def test_a_connection_that_an_interrupt_closed_is_no_news() -> None:
    def interrupted(name: str) -> None:
        try:
            raise asyncio.CancelledError
        except asyncio.CancelledError:
            logging.getLogger(name).exception("terminating connection")

    assert logged(lambda: interrupted("sqlalchemy.pool.impl.AsyncAdaptedQueuePool")) == ""
    assert "terminating connection" in logged(lambda: interrupted("bot"))
