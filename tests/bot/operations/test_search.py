"""`newsbot search` and `newsbot match` answer queries."""

from datetime import UTC, datetime

import pytest

from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import ENERGY, FOOTBALL, FOUND, STORY, SUMMIT, titles


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
