"""`newsbot source …` but for `add`: the list of what is read, and changes to it. No server is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import SQLITE
from bot.sources.trouble import Trouble
from bot.starter import starter_sources, take_starter_sources
from storage import feeds
from storage.database import Database
from storage.models import Feed, FeedState
from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import SUMMIT

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
REPORT = "https://report.example/rss"
KURSIV = "https://kursiv.example/feed/"
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>feeds</title></head><body>
  <outline text="Экономика">
    <outline type="rss" text="Курсив" xmlUrl="https://kursiv.example/feed/"/>
    <outline type="rss" text="Тайна" xmlUrl="https://user:hunter2&#64;secret.example/feed"/>
  </outline>
  <outline type="rss" text="Report" xmlUrl="https://report.example/rss"/>
  <outline type="rss" text="Почта" xmlUrl="mailto:editor"/>
  <outline type="rss" text="Курсив ещё раз" xmlUrl="https://kursiv.example/feed/"/>
</body></opml>
"""
_T = TypeVar("_T")


def within(newsbot: CommandLine, work: Callable[[Database], Awaitable[_T]]) -> _T:
    """Something done to the store behind the command's back."""

    async def opened() -> _T:
        db = await Database.open(f"{SQLITE}{newsbot.store}")
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(opened())


def written(newsbot: CommandLine, work: Callable[[AsyncConnection], Awaitable[_T]]) -> _T:
    async def write(db: Database) -> _T:
        async with db.write() as conn:
            return await work(conn)

    return within(newsbot, write)


def add(newsbot: CommandLine, url: str = REPORT, title: str = "Report", **how_it_fares: Any) -> Feed:
    """A source as polls may have left it."""

    async def work(conn: AsyncConnection) -> Feed:
        feed, _ = await feeds.add(conn, url=url, title=title, now=NOW)
        fares = replace(feed, **how_it_fares)
        await feeds.settle(conn, fares)
        return fares

    return written(newsbot, work)


def listed(newsbot: CommandLine) -> list[str]:
    return [row["url"] for row in newsbot("source", "list", "--json").rows]


FAILING: dict[str, Any] = {
    "begun": True,
    "succeeded_at": NOW,
    "failures": 3,
    "failing_since": NOW - timedelta(days=1),
    "trouble": Trouble.STATUS.value,
    "detail": "404",
}


def test_nothing_listed_is_said(newsbot: CommandLine) -> None:
    assert newsbot("source", "list") == Outcome(0, "", "there are no sources yet\n")
    assert newsbot("source", "list", "--json") == Outcome(0, "", "")


def test_list_says_how_each_source_fares(newsbot: CommandLine) -> None:
    add(newsbot)
    add(newsbot, KURSIV, "Курсив", per_day=12.34, observed_since=LONG_AGO, **FAILING)
    assert newsbot("source", "list").out == (
        "1  Report\n"
        "   https://report.example/rss\n"
        "   new, not read yet, last read never, next 2026-11-22 12:30 UTC\n"
        "\n"
        "2  Курсив\n"
        "   https://kursiv.example/feed/\n"
        "   failing, last read 2026-11-22 12:30 UTC, next 2026-11-22 12:30 UTC, 12.3 articles a day\n"
        "   failed 3 times in a row since 2026-11-21 12:30 UTC: the server answers with the error 404\n"
        "\n"
    )


def test_list_is_json_for_whom_asks(newsbot: CommandLine) -> None:
    add(newsbot, state=FeedState.DEAD, **FAILING)
    assert newsbot("source", "list", "--json").rows == [
        {
            "id": 1,
            "title": "Report",
            "url": REPORT,
            "topic": None,
            "full_text": False,
            "state": "dead",
            "last_success": "2026-11-22T12:30:00Z",
            "next_poll": "2026-11-22T12:30:00Z",
            "articles_a_day": None,
            "failures": 3,
            "failing_since": "2026-11-21T12:30:00Z",
            "error": "the server answers with the error 404",
        }
    ]


def test_articles_a_day_are_told_once_a_day_of_habits_is_known(newsbot: CommandLine) -> None:
    now = datetime.now(UTC)
    for number, hours in enumerate((23, 25), start=1):
        add(newsbot, f"https://{number}.example/", per_day=2.25, observed_since=now - timedelta(hours=hours))
    assert [row["articles_a_day"] for row in newsbot("source", "list", "--json").rows] == [None, 2.2]
    assert newsbot("source", "list").out.count("articles a day") == 1


@pytest.mark.parametrize(
    ("how_it_fares", "told"),
    [
        pytest.param({"begun": True}, "live", id="live"),
        pytest.param(FAILING | {"state": FeedState.DEAD}, "dead, asked once a day", id="dead"),
        pytest.param({"state": FeedState.GONE, "next_at": None}, "gone, asked no more", id="gone"),
    ],
)
def test_states_are_words(how_it_fares: dict[str, Any], told: str, newsbot: CommandLine) -> None:
    add(newsbot, **how_it_fares)
    assert f"   {told}, last read" in newsbot("source", "list").out


def test_name_of_a_source_is_one_line_whatever_it_holds(newsbot: CommandLine) -> None:
    add(newsbot, title="two\nlines")
    assert newsbot("source", "list").out.startswith("1  two lines\n")


@pytest.mark.parametrize("which", ["1", REPORT, "report.example/rss", "HTTPS://Report.Example/rss"])
def test_source_is_named_by_its_number_or_its_address(which: str, newsbot: CommandLine) -> None:
    add(newsbot)
    assert newsbot("source", "remove", which) == Outcome(0, f"removed Report ({REPORT}); its articles stay\n", "")
    assert listed(newsbot) == []


@pytest.mark.parametrize("command", [["remove"], ["revive"], ["set", "full_text=on"]], ids=lambda command: command[0])
@pytest.mark.parametrize("which", ["2", "9" * 5000, "https://other.example/", "no address", ""])
def test_source_that_is_not_there_is_told_in_one_line(command: list[str], which: str, newsbot: CommandLine) -> None:
    add(newsbot)
    outcome = newsbot("source", command[0], which, *command[1:])
    assert outcome.code == 1
    assert outcome.mistake.startswith("no such source: ")
    assert len(outcome.mistake) < 300


def test_removed_source_is_not_there(newsbot: CommandLine) -> None:
    add(newsbot)
    newsbot("source", "remove", "1")
    assert newsbot("source", "remove", "1").mistake == "no such source: 1 (see newsbot source list)"
    assert newsbot("source", "revive", REPORT).code == newsbot("source", "set", "1", "full_text=on").code == 1


def test_source_is_changed_by_words(newsbot: CommandLine) -> None:
    add(newsbot)
    outcome = newsbot("source", "set", "1", "full_text=on", "topic=Экономика и  право")
    assert outcome == Outcome(0, f"Report ({REPORT}): full text on, topic Экономика и право\n", "")
    assert "   full text on, topic Экономика и право\n" in newsbot("source", "list").out
    newsbot("source", "set", REPORT, "topic=")
    [row] = newsbot("source", "list", "--json").rows
    assert (row["full_text"], row["topic"]) == (True, None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], "Missing command", id="no command"),
        pytest.param(["rename"], "No such command 'rename'", id="unknown command"),
        pytest.param(["add"], "Missing argument 'URL'", id="no address"),
        pytest.param(["add", REPORT, "full_text=maybe"], "'full_text=maybe' is not full_text=on", id="neither"),
        pytest.param(["add", REPORT, "another.example"], "'another.example' is not full_text=on", id="two addresses"),
        pytest.param(["set", "1"], "Missing argument 'SETTING'", id="nothing to set"),
        pytest.param(["set", "1", "topic"], "'topic' is not full_text=on", id="no value"),
        pytest.param(["set", "1", "title=Report"], "'title=Report' is not full_text=on", id="unknown setting"),
        pytest.param(["remove"], "Missing argument 'URL|ID'", id="nothing to remove"),
        pytest.param(["import"], "Missing argument 'FILE.opml'", id="no file"),
        pytest.param(["import", ""], "a path is empty", id="empty path"),
        pytest.param(["list", "now"], "extra argument", id="argument too many"),
    ],
)
def test_usage_mistake_is_one_line_and_exit_code_2(arguments: list[str], told: str, newsbot: CommandLine) -> None:
    outcome = newsbot("source", *arguments)
    assert outcome.code == 2
    assert told in outcome.mistake
    assert not newsbot.store.exists()


@pytest.mark.parametrize("name", ["add", "list", "remove", "set", "revive", "import", "export", "starter"])
def test_every_command_explains_itself(name: str, newsbot: CommandLine) -> None:
    outcome = newsbot("source", name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"newsbot source {name}" in outcome.out
    assert "--database" in outcome.out
    assert f"  {name} " in newsbot("source", "--help").out


def test_revived_source_is_asked_again_at_once(newsbot: CommandLine) -> None:
    add(newsbot, state=FeedState.GONE, next_at=None, **FAILING)
    outcome = newsbot("source", "revive", "1")
    assert outcome == Outcome(0, f"Report ({REPORT}) is asked again at the next fetch\n", "")
    [row] = newsbot("source", "list", "--json").rows
    assert (row["state"], row["error"]) == ("live", None)
    assert row["next_poll"] <= f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_import_adds_what_can_be_read_and_names_the_rest(newsbot: CommandLine) -> None:
    add(newsbot)
    path = newsbot.folder / "feeds.opml"
    path.write_text(OPML, encoding="utf-8")
    outcome = newsbot("source", "import", str(path))
    assert (outcome.code, outcome.out) == (0, "added 1, already known 1, refused 2\n")
    assert outcome.err.splitlines() == [
        "Тайна: the address carries a user name or a password",
        "Почта: this is not an address that news can be read from",
    ]
    rows = {row["title"]: row for row in newsbot("source", "list", "--json").rows}
    assert rows.keys() == {"Report", "Курсив"}
    assert (rows["Курсив"]["url"], rows["Курсив"]["topic"]) == (KURSIV, "Экономика")
    assert rows["Курсив"]["last_success"] is None


def test_import_reads_standard_input(newsbot: CommandLine) -> None:
    assert newsbot("source", "import", "-", typed=OPML).out == "added 2, already known 0, refused 2\n"


def test_password_in_an_opml_file_is_not_shown(newsbot: CommandLine) -> None:
    outline = '<opml version="2.0"><body><outline type="rss" xmlUrl="https://me:hunter2&#64;a.example/"/></body></opml>'
    outcome = newsbot("source", "import", "-", typed=outline)
    assert outcome.err == "https://***@a.example/: the address carries a user name or a password\n"


@pytest.mark.parametrize("text", ["", "no XML", "<html><body>page</body></html>", "\0" * 100])
def test_file_that_is_no_opml_is_one_line(text: str, newsbot: CommandLine) -> None:
    path = newsbot.folder / "feeds.opml"
    path.write_text(text)
    outcome = newsbot("source", "import", str(path))
    assert outcome.code == 1
    assert outcome.mistake.startswith(f"{path}: ")


def test_opml_of_which_nothing_can_be_read_fails(newsbot: CommandLine) -> None:
    outline = '<opml version="2.0"><body><outline type="rss" text="Почта" xmlUrl="mailto:editor"/></body></opml>'
    outcome = newsbot("source", "import", "-", typed=outline)
    assert (outcome.code, outcome.out) == (1, "added 0, already known 0, refused 1\n")


def test_opml_without_feeds_is_no_failure(newsbot: CommandLine) -> None:
    empty = '<opml version="2.0"><body></body></opml>'
    assert newsbot("source", "import", "-", typed=empty) == Outcome(0, "added 0, already known 0, refused 0\n", "")


def test_long_opml_is_added_whole(newsbot: CommandLine) -> None:
    outlines = "".join(f'<outline type="rss" xmlUrl="https://{number}.example/rss"/>' for number in range(250))
    told = newsbot("source", "import", "-", typed=f'<opml version="2.0"><body>{outlines}</body></opml>').out
    assert told == "added 250, already known 0, refused 0\n"
    assert len(listed(newsbot)) == 250


def test_missing_opml_file_is_one_line(newsbot: CommandLine) -> None:
    outcome = newsbot("source", "import", "missing.opml")
    assert (outcome.code, outcome.mistake) == (1, "missing.opml: no such file or directory")


def test_what_is_exported_can_be_imported_elsewhere(newsbot: CommandLine) -> None:
    newsbot("source", "import", "-", typed=OPML)
    exported = newsbot("source", "export")
    assert (exported.code, exported.err) == (0, "")
    elsewhere = ["--database", f"{SQLITE}{newsbot.folder / 'other.db'}"]
    told = newsbot("source", "import", "-", *elsewhere, typed=exported.out)
    assert told == Outcome(0, "added 2, already known 0, refused 0\n", "")
    assert newsbot("source", "export", *elsewhere).out == exported.out


def test_starter_list_is_added_when_asked_for(newsbot: CommandLine) -> None:
    count = len(starter_sources())
    assert newsbot("source", "starter") == Outcome(0, f"added {count}, already known 0\n", "")
    newsbot("source", "remove", starter_sources()[0].url)
    assert newsbot("source", "starter").out == f"added 1, already known {count - 1}\n"


def test_store_without_sources_takes_the_starter_list_once_in_its_life(newsbot: CommandLine) -> None:
    async def take(db: Database) -> int:
        return await take_starter_sources(db, now=NOW)

    async def remove_all(conn: AsyncConnection) -> None:
        for feed in await feeds.everything(conn):
            await feeds.remove(conn, feed.id)

    count = len(starter_sources())
    assert [within(newsbot, take), within(newsbot, take)] == [count, 0]
    assert set(listed(newsbot)) == {one.url for one in starter_sources()}
    written(newsbot, remove_all)
    assert within(newsbot, take) == 0
    assert listed(newsbot) == []


def test_store_with_a_source_takes_no_starter_list(newsbot: CommandLine) -> None:
    add(newsbot)
    assert within(newsbot, lambda db: take_starter_sources(db, now=NOW)) == 0
    assert listed(newsbot) == [REPORT]


def test_check_counts_sources_and_names_those_that_ail(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    add(newsbot, "https://live.example/", "Live", begun=True)
    add(newsbot, "https://failing.example/", "Failing", **FAILING)
    add(newsbot, "https://dead.example/", "Dead", state=FeedState.DEAD, **FAILING)
    outcome = newsbot("check")
    assert outcome.code == 1
    assert [line for line in outcome.out.splitlines() if line.startswith("sources: ")] == [
        "sources: 1 live, 1 failing, 1 dead, 0 gone; articles came from 1",
        "sources: 3 Dead (https://dead.example/), dead, asked once a day: the server answers with the error 404",
        "sources: 2 Failing (https://failing.example/), failing: the server answers with the error 404",
    ]


@pytest.mark.parametrize(
    ("how_it_fares", "code"),
    [
        pytest.param({"begun": True}, 0, id="live"),
        pytest.param(FAILING, 0, id="failing"),
        pytest.param(FAILING | {"state": FeedState.DEAD}, 1, id="dead"),
        pytest.param(FAILING | {"state": FeedState.GONE, "next_at": None}, 1, id="gone"),
    ],
)
def test_check_fails_where_a_source_is_dead_or_gone(
    how_it_fares: dict[str, Any], code: int, newsbot: CommandLine
) -> None:
    add(newsbot, **how_it_fares)
    assert newsbot("check").code == code
    assert newsbot("check", "--own").code == 0


def test_check_names_the_first_of_many(newsbot: CommandLine) -> None:
    for number in range(7):
        add(newsbot, f"https://{number}.example/", "Failing", **FAILING)
    told = [line for line in newsbot("check").out.splitlines() if line.startswith("sources: ")]
    assert len(told) == 7
    assert told[-1] == "sources: and 2 more, see newsbot source list"
