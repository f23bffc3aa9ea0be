"""What the operator's commands do: import, search, match, export, check, and the chat through a pipe."""

import asyncio
import json
import os
import pty
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.i18n import I18n

from bot import starter
from tests.bot.command_line import CommandLine, Outcome, command, command_line
from tests.shared import shared
from tests.telegram import TelegramServer

FOUND = ["query", "id", "title", "url", "source", "published_at", "language", "story", "snippet", "score"]
EXPORTED = ["id", "url", "title", "text", "source", "author", "published_at", "language", "story"]
STORY = "Президенты двух стран договорились развивать перевозки через Каспийское море и Средний коридор. " * 3
SUMMIT = {
    "title": "Саммит в Астане",
    "text": "Президенты обсудили Средний коридор.",
    "url": "https://report.example/summit",
    "source": "Report",
    "author": "Имя Фамилия",
    "published_at": "2025-12-01T10:30:00+05:00",
    "language": "ru",
}
FOOTBALL = {"title": "Футбол: Казахстан победил", "url": "https://day.example/1", "published_at": "2025-12-03"}
ENERGY = {"title": "Энергетика в Казахстане", "url": "https://day.example/2", "published_at": "2025-12-02"}


@pytest.fixture
def newsbot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    with command_line(tmp_path, monkeypatch, capsys) as newsbot:
        yield newsbot


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def counts(outcome: Outcome) -> str:
    return outcome.out.splitlines()[-1]


def titles(outcome: Outcome) -> list[str]:
    return [row["title"] for row in outcome.rows]


# --- import


def test_import_counts_on_its_last_line(newsbot: CommandLine) -> None:
    outcome = newsbot("import", newsbot.write("news.jsonl", SUMMIT, FOOTBALL))
    assert outcome == Outcome(0, "imported 2, already known 0, refused 0\n", "")


def test_second_import_changes_nothing(newsbot: CommandLine) -> None:
    path = newsbot.write("news.jsonl", SUMMIT, FOOTBALL)
    newsbot("import", path)
    before = newsbot("export").out
    assert newsbot("import", path) == Outcome(0, "imported 0, already known 2, refused 0\n", "")
    assert newsbot("export").out == before


def test_changed_text_counts_as_imported_and_replaces_the_old_one(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("import", "-", typed=lines(SUMMIT | {"text": "Президенты обсудили торговлю."}))
    assert counts(outcome) == "imported 1, already known 0, refused 0"
    [row] = newsbot("export").rows
    assert row["text"] == "Президенты обсудили торговлю."
    assert newsbot("search", "коридор").out == ""
    assert newsbot("search", "--json", "торговля").rows[0]["id"] == row["id"]


def test_same_article_twice_in_one_import_is_known_the_second_time(newsbot: CommandLine) -> None:
    outcome = newsbot("import", "-", typed=lines(SUMMIT, SUMMIT))
    assert counts(outcome) == "imported 1, already known 1, refused 0"


def test_import_reads_every_form_in_a_folder(newsbot: CommandLine) -> None:
    folder = newsbot.folder / "news"
    (folder / "deeper").mkdir(parents=True)
    (folder / "lines.jsonl").write_text(lines(SUMMIT))
    (folder / "deeper" / "plain.txt").write_text("Заголовок новости.\n\nТекст новости.\n")
    (folder / "feed.xml").write_text(
        '<rss version="2.0"><channel><title>Лента</title><item><title>Из ленты</title></item></channel></rss>'
    )
    (folder / "feed.json").write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "Из JSON"}]})
    )
    assert newsbot("import", str(folder)) == Outcome(0, "imported 4, already known 0, refused 0\n", "")
    assert sorted(titles(newsbot("export"))) == ["Заголовок новости", "Из JSON", "Из ленты", "Саммит в Астане"]


def test_refused_files_and_lines_are_named_and_the_rest_goes_in(newsbot: CommandLine) -> None:
    broken = newsbot.folder / "broken.json"
    broken.write_text("{")
    path = newsbot.folder / "news.jsonl"
    path.write_text(lines(SUMMIT) + '{"title": 1}\n' + "no JSON\n" + lines(FOOTBALL))
    outcome = newsbot("import", str(broken), str(path))
    assert outcome.code == 0
    assert counts(outcome) == "imported 2, already known 0, refused 3"
    assert [line.partition(": ")[0] for line in outcome.err.splitlines()] == [
        str(broken),
        f"{path}:2",
        f"{path}:3",
    ]
    assert "title is not a string" in outcome.err


def test_refused_file_is_one_line_whatever_its_name(newsbot: CommandLine) -> None:
    path = newsbot.folder / "two\nlines.txt"
    path.touch()
    assert newsbot("import", str(path)).err == f"{newsbot.folder}/two lines.txt: the file is empty\n"


def test_missing_path_fails_and_the_others_are_imported(newsbot: CommandLine) -> None:
    outcome = newsbot("import", "missing", newsbot.write("news.jsonl", SUMMIT))
    assert outcome == Outcome(1, "imported 1, already known 0, refused 1\n", "missing: no such file or folder\n")


def test_import_of_which_nothing_can_be_read_fails(newsbot: CommandLine) -> None:
    outcome = newsbot("import", "-", typed="no JSON\n")
    assert (outcome.code, counts(outcome)) == (1, "imported 0, already known 0, refused 1")
    assert outcome.err.startswith("stdin:1: not JSON")


@pytest.mark.parametrize("typed", ["", "\n \n"], ids=["nothing", "blank lines"])
def test_empty_input_is_no_failure(typed: str, newsbot: CommandLine) -> None:
    assert newsbot("import", "-", typed=typed) == Outcome(0, "imported 0, already known 0, refused 0\n", "")


def test_import_of_more_than_a_batch_counts_all_of_them(newsbot: CommandLine) -> None:
    rows = [{"title": f"Новость {number}"} for number in range(650)]
    assert counts(newsbot("import", "-", typed=lines(*rows))) == "imported 650, already known 0, refused 0"
    assert len(newsbot("export").rows) == 650


def test_progress_is_shown_on_a_terminal_alone(newsbot: CommandLine) -> None:
    path = newsbot.write("news.jsonl", SUMMIT)
    terminal, stderr = pty.openpty()
    with open(terminal, "rb", buffering=0) as screen:
        done = subprocess.run(
            command("import", path), stdout=subprocess.PIPE, stderr=stderr, timeout=60, check=True, text=True
        )
        assert "importing" in screen.read(10_000).decode()
    assert done.stdout == "imported 1, already known 0, refused 0\n"


def test_owners_files_are_imported_once_and_found(newsbot: CommandLine) -> None:
    seeds = str(shared("seeds"))
    assert newsbot("import", seeds) == Outcome(0, "imported 2, already known 0, refused 0\n", "")
    assert newsbot("import", seeds) == Outcome(0, "imported 0, already known 2, refused 0\n", "")
    council = "Азербайджан и Казахстан привносят в Совет мира опыт взвешенной политики"
    [corridor] = newsbot("search", "среднего", "коридора", "--json").rows
    assert corridor["title"] == council
    assert corridor["query"] == "среднего коридора"
    assert newsbot("search", '"совету мира"').out.startswith(f"{council}\n")
    by_title = {row["title"]: row for row in newsbot("export").rows}
    assert by_title[council]["source"] == "Day.Az"
    [other] = by_title.keys() - {council}
    assert by_title[other]["source"] == "Report"
    assert by_title[other]["published_at"] == "2025-12-24T00:00:00Z"


# --- search and match


def test_search_answers_with_these_keys_in_this_order(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    [row] = newsbot("search", "--json", "Среднего", "КОРИДОРА").rows
    assert list(row) == FOUND
    assert row | {"id": 0, "story": 0, "score": 0.0} == {
        "query": "Среднего КОРИДОРА",
        "id": 0,
        "title": "Саммит в Астане",
        "url": "https://report.example/summit",
        "source": "Report",
        "published_at": "2025-12-01T05:30:00Z",
        "language": "ru",
        "story": 0,
        "snippet": "Президенты обсудили Средний коридор.",
        "score": 0.0,
    }
    assert [type(row[name]) for name in ("id", "story", "score")] == [int, int, float]


def test_search_without_json_shows_headline_date_source_address_and_snippet(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    assert newsbot("search", "саммит").out == (
        "Саммит в Астане\n"
        "   2025-12-01 05:30 Report\n"
        "   https://report.example/summit\n"
        "   Президенты обсудили Средний коридор.\n\n"
    )


def test_search_leaves_out_a_source_without_a_name(newsbot: CommandLine) -> None:
    newsbot.add({name: value for name, value in SUMMIT.items() if name not in ("source", "url")})
    assert newsbot("search", "саммит").out.splitlines()[1] == "   2025-12-01 05:30"


def test_search_that_finds_nothing_is_no_failure(newsbot: CommandLine) -> None:
    assert newsbot("search", "--json", "саммит") == Outcome(0, "", "")


def test_search_that_finds_nothing_says_what_may_have_been_meant(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL, ENERGY)
    assert newsbot("search", "--", "rfpf[cnfy", "-xyz") == Outcome(
        0, "", "nothing found for rfpf[cnfy -xyz; perhaps казахстан -xyz\n"
    )
    assert newsbot("search", "абракадабра") == Outcome(0, "", "nothing found for абракадабра\n")
    assert newsbot("search", "--json", "rfpf[cnfy") == Outcome(0, "", "")


def test_broken_table_of_expansions_stops_the_chat_in_one_line(newsbot: CommandLine) -> None:
    table = newsbot.folder / "names.txt"
    table.write_text("# names\nЕАЭС\n")
    newsbot.set(EXPANSIONS_FILE=str(table))
    outcome = newsbot("chat", typed="")
    assert (outcome.code, outcome.mistake.partition(": ")[0]) == (1, f"{table}:2")


def test_own_table_of_expansions_is_the_one_that_is_read(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    table = newsbot.folder / "names.txt"
    table.write_text("саммит | футбол\n")
    newsbot.set(EXPANSIONS_FILE=str(table))
    assert "[#1 ещё: футбол]" in newsbot("chat", typed="саммит\n").out


def test_two_dashes_end_the_options(newsbot: CommandLine) -> None:
    newsbot.add(FOOTBALL, ENERGY)
    outcome = newsbot("search", "--json", "--", "казахстан", "-футбол")
    assert titles(outcome) == ["Энергетика в Казахстане"]
    assert outcome.rows[0]["query"] == "казахстан -футбол"


def test_limit_counts_stories(newsbot: CommandLine) -> None:
    newsbot.add(*({"title": f"Саммит номер {number}"} for number in range(12)))
    assert len(newsbot("search", "--json", "саммит").rows) == 10
    assert len(newsbot("search", "--json", "--limit", "3", "саммит").rows) == 3
    assert len(newsbot("search", "--json", "--limit", "100000", "саммит").rows) == 12


def test_one_row_a_story_in_search_and_every_article_in_match(newsbot: CommandLine) -> None:
    told = {"title": "Средний коридор", "text": STORY}
    newsbot.add(told | {"url": "https://one.example/1"}, told | {"url": "https://two.example/1"})
    assert len(newsbot("search", "--json", "коридор").rows) == 1
    rows = newsbot("match", "--json", "коридор").rows
    assert len(rows) == 2
    assert len({row["story"] for row in rows}) == 1


def test_sort_by_date_is_newest_first(newsbot: CommandLine) -> None:
    late = {"title": "Спорт", "text": "Казахстан победил.", "published_at": "2025-12-04"}
    newsbot.add(ENERGY, late, FOOTBALL)
    newest = ["Спорт", "Футбол: Казахстан победил", "Энергетика в Казахстане"]
    assert titles(newsbot("search", "--json", "--sort", "date", "казахстан")) == newest
    assert titles(newsbot("search", "--json", "казахстан"))[-1] == "Спорт"


def test_match_is_oldest_first_and_without_limit(newsbot: CommandLine) -> None:
    newsbot.add(*({"title": f"Саммит {day}", "published_at": f"2025-12-{day:02}"} for day in range(30, 0, -1)))
    outcome = newsbot("match", "--json", "саммит")
    assert titles(outcome) == [f"Саммит {day}" for day in range(1, 31)]
    assert list(outcome.rows[0]) == FOUND


def test_match_counts_last_days_from_the_moment_an_article_was_stored(newsbot: CommandLine) -> None:
    today = datetime.now(UTC).date().isoformat()
    newsbot.add(SUMMIT, {"title": "Сегодня саммит", "published_at": today})
    assert titles(newsbot("match", "--json", "саммит last:3d")) == ["Сегодня саммит"]


@pytest.mark.parametrize("name", ["search", "match"])
def test_the_words_looked_for_are_said_where_others_were_typed(name: str, newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    assert newsbot(name, "саммите в Астане").err == "looking for саммит, Астана\n"
    assert newsbot(name, "саммит").err == ""
    assert newsbot(name, "--json", "саммите в Астане").err == ""


@pytest.mark.parametrize("name", ["search", "match"])
def test_dash_answers_a_query_a_line_and_goes_on_after_a_mistake(name: str, newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, ENERGY)
    typed = '\ufeff"среднего коридора"  \r\n\n   \nказахстан (\nфутбол\nэнергетика'
    outcome = newsbot(name, "--json", "-", typed=typed)
    assert outcome.code == 1
    assert outcome.err == ""
    first, mistake, last = outcome.rows
    assert (first["query"], first["title"]) == ('"среднего коридора"  ', "Саммит в Астане")
    assert mistake == {
        "query": "казахстан (",
        "error": "a bracket is never closed (at character 10)",
        "at": 10,
    }
    assert (last["query"], last["title"]) == ("энергетика", "Энергетика в Казахстане")


def test_queries_without_a_mistake_are_no_failure(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("search", "--json", "-", typed="саммит\nастана\n")
    assert (outcome.code, [row["query"] for row in outcome.rows]) == (0, ["саммит", "астана"])


def test_query_of_undecodable_bytes_is_answered(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("search", "--json", "-", typed="саммит".encode() + b" OR \xff\n\xff\xfe\n")
    assert [row["query"] for row in outcome.rows] == ["саммит OR \ufffd", "\ufffd\ufffd"]


def test_mistaken_query_without_json_is_one_line(newsbot: CommandLine) -> None:
    outcome = newsbot("search", "саммит\nв (астане")
    assert (outcome.code, outcome.mistake) == (1, "саммит в (астане: a bracket is never closed (at character 9)")


def test_long_mistaken_query_is_shortened(newsbot: CommandLine) -> None:
    mistake = newsbot("search", "слово " * 5000).mistake
    assert mistake == "слово " * 15 + "слово…: the query is too long (at character 500)"


# --- export


def test_export_writes_these_keys_in_this_order(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    [row] = newsbot("export").rows
    assert list(row) == EXPORTED
    expected = SUMMIT | {"published_at": "2025-12-01T05:30:00Z"}
    assert {name: row[name] for name in expected} == expected


def test_export_of_an_empty_store_is_empty(newsbot: CommandLine) -> None:
    assert newsbot("export") == Outcome(0, "", "")


def test_exported_articles_come_in_again_with_their_stories(
    newsbot: CommandLine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = {"title": "Средний коридор", "text": STORY, "published_at": "2025-12-01"}
    newsbot.add(
        SUMMIT,
        told | {"url": "https://one.example/1"},
        ENERGY | {"text": 'Абзац «один».\n\nАбзац "два".', "language": "kk"},
        told | {"url": "https://two.example/1", "source": "Two"},
        {"title": "Без адреса и даты"},
    )
    before = newsbot("export")
    assert counts(newsbot("import", "-", typed=before.out)) == "imported 0, already known 5, refused 0"
    newsbot.set(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('new')}/new.db")
    assert counts(newsbot("import", "-", typed=before.out)) == "imported 5, already known 0, refused 0"
    after = newsbot("export")
    assert without_numbers(after.rows) == without_numbers(before.rows)
    assert stories(after.rows) == stories(before.rows)
    assert max(map(len, stories(after.rows))) == 2


def without_numbers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": 0, "story": 0} for row in rows]


def stories(rows: list[dict[str, Any]]) -> list[list[str]]:
    """The addresses, or headlines, of the articles of each story."""
    by_story = groupby(sorted(rows, key=itemgetter("story")), key=itemgetter("story"))
    return sorted(sorted(row["url"] or row["title"] for row in told) for _, told in by_story)


# --- check


def test_check_tells_each_part_on_its_line(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    outcome = newsbot("check")
    assert outcome == Outcome(
        0,
        "configuration: in order\n"
        f"database: in order, {newsbot.store}: 2 articles, 0 chats, 0 subscriptions\n"
        "migrations: in order, at 0002, the newest being 0002\n"
        "sources: 2 that articles came from\n"
        "Telegram: left out, there is no BOT_TOKEN\n",
        "",
    )


def test_check_fails_where_telegram_is_out_of_reach(newsbot: CommandLine) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        newsbot.set(BOT_TOKEN="123456:loopback", TELEGRAM_API_URL=f"http://127.0.0.1:{closed.getsockname()[1]}")
        outcome = newsbot("check")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.splitlines()[-1] == "Telegram: out of reach (TelegramNetworkError)"
    assert "database: in order" in outcome.out


@pytest.mark.slow
async def test_check_names_the_bot_that_telegram_knows(newsbot: CommandLine, telegram: TelegramServer) -> None:
    newsbot.set(BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)
    outcome = await asyncio.to_thread(newsbot.process, "check")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("Telegram: in order, this is @")


@pytest.mark.slow
async def test_check_fails_where_telegram_does_not_know_the_token(newsbot: CommandLine) -> None:
    async with TelegramServer() as telegram:
        newsbot.set(BOT_TOKEN="123456:unknown", TELEGRAM_API_URL=telegram.url)
        outcome = await asyncio.to_thread(newsbot.process, "check")
        assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == "Telegram: BOT_TOKEN: Telegram does not know this token"
    assert "unknown" not in outcome.out + outcome.err


def test_check_fails_where_the_token_is_none(newsbot: CommandLine) -> None:
    newsbot.set(BOT_TOKEN="secret")
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "Telegram: BOT_TOKEN: not a token" in outcome.out
    assert "secret" not in outcome.out


def test_check_goes_on_where_the_database_is_broken(newsbot: CommandLine) -> None:
    newsbot.store.write_text("no database " * 100)
    outcome = newsbot("check")
    assert outcome == Outcome(
        1,
        "configuration: in order\n"
        f"database: cannot open the database {newsbot.store}: file is not a database\n"
        "Telegram: left out, there is no BOT_TOKEN\n",
        "",
    )


def test_check_fails_where_a_table_is_missing(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    with sqlite3.connect(newsbot.store) as connection:
        connection.execute("DROP TABLE subscriptions")
    connection.close()
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "database: no such table: subscriptions\n" in outcome.out


def test_check_fails_where_the_database_cannot_be_written_to(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsbot.add(SUMMIT)
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == newsbot.store and mode == os.W_OK))
    outcome = newsbot("check")
    assert outcome.code == 1
    assert f"database: {newsbot.store} can be read, but not be written to\n" in outcome.out


def test_check_tells_every_wrong_setting(newsbot: CommandLine) -> None:
    newsbot.set(LOG_LEVEL="loud", KEEP_DAYS="x")
    outcome = newsbot("check")
    assert (outcome.code, outcome.err) == (1, "")
    assert sorted(outcome.out.splitlines()) == [
        "configuration: KEEP_DAYS: got 'x', expected a whole number of days, 1 or more",
        "configuration: LOG_LEVEL: got 'loud', expected debug, info, warning or error",
    ]


# --- chat


@pytest.mark.slow
def test_chat_of_a_newcomer_greets_over_the_starter_articles(newsbot: CommandLine, i18n: I18n) -> None:
    outcome = newsbot.process("chat", typed="/start\n/search казахстану\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert "/subscribe" in outcome.out
    assert "Казахстан" in outcome.out.partition("По запросу казахстану")[2]


def test_chat_loads_no_starter_articles_into_a_store_that_has_any(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", typed="/latest\n")
    assert titles(newsbot("export")) == ["Саммит в Астане"]


@pytest.mark.parametrize("typed", ["", "\n", "\n \n\n"], ids=["nothing", "a blank line", "blank lines"])
def test_chat_without_a_word_ends_silently(typed: str, newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    assert newsbot("chat", typed=typed) == Outcome(0, "", "")


def test_chat_takes_bytes_that_are_no_text(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("chat", typed=b"\xff\xfe \x00\n\xd1\n" + "саммит\n".encode())
    assert (outcome.code, outcome.err) == (0, "")
    assert "Саммит в Астане" in outcome.out


def test_chat_says_which_buttons_there_are(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("chat", typed="#1\nсаммит\n#99\n#1\n")
    assert outcome.code == 0
    assert "· Пока нет кнопок" in outcome.out
    assert "· Кнопки #99 нет" in outcome.out
    assert "саммит" in newsbot("chat", typed="/subscriptions\n").out


def test_chat_speaks_the_language_of_the_user(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    assert newsbot("chat", "--language", "en", typed="/help\n").out.startswith("What I can do\n")
    newsbot.set(DEFAULT_LANGUAGE="en")
    assert newsbot("chat", "--user", "2", typed="/help\n").out.startswith("What I can do\n")
    assert newsbot("chat", "--user", "3", "--language", "ru", typed="/help\n").out.startswith("Что я умею\n")


def test_language_chosen_in_the_chat_wins_over_the_option(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", typed="/language English\n#2\n")
    assert newsbot("chat", "--language", "ru", typed="/help\n").out.startswith("What I can do\n")


def test_each_user_is_a_chat_of_its_own(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", "--user", "7", typed="/subscribe токаев\n")
    assert "токаев" in newsbot("chat", "--user", "7", typed="/subscriptions\n").out
    assert "токаев" not in newsbot("chat", typed="/subscriptions\n").out


def test_chat_delivers_to_its_own_user_alone(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(ENERGY)
    newsbot("chat", "--user", "7", typed="/schedule сразу\n/subscribe саммит\n")
    newsbot.add(SUMMIT)
    assert "Саммит в Астане" not in newsbot("chat", typed="/help\n").out
    assert "Саммит в Астане" in newsbot("chat", "--user", "7", typed="/help\n").out


# --- starter articles


def test_starter_articles_are_found_beside_the_module_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "articles.jsonl"
    inside.write_text(lines(SUMMIT))
    monkeypatch.setattr(starter, "PLACES", (inside, starter.PLACES[1]))
    assert [draft.title for draft in starter.starter_articles()] == ["Саммит в Астане"]
    inside.unlink()
    assert len(starter.starter_articles()) >= 50


def test_installation_without_starter_articles_starts_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter, "PLACES", (tmp_path / "missing.jsonl",))
    assert starter.starter_articles() == []
