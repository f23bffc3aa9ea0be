"""`newsbot import` takes articles in, and `newsbot export` gives them out again."""

import json
import pty
import subprocess
from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest

from tests.bot.command_line import CommandLine, Outcome, command
from tests.bot.operations.articles import ENERGY, EXPORTED, FOOTBALL, STORY, SUMMIT, counts, lines, titles
from tests.shared import shared
from tests.storage.retold import MEETING


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


def test_export_writes_these_keys_in_this_order(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    [row] = newsbot("export").rows
    assert list(row) == EXPORTED
    expected = SUMMIT | {"published_at": "2025-12-01T05:30:00Z"}
    assert {name: row[name] for name in expected} == expected


def test_picture_is_exported_where_there_is_one(newsbot: CommandLine) -> None:
    image = "https://cdn.example/a.jpg"
    newsbot.add({"title": "Саммит", "image": image})
    [row] = newsbot("export").rows
    assert (list(row), row["image"]) == ([*EXPORTED, "image"], image)


def test_export_of_an_empty_store_is_empty(newsbot: CommandLine) -> None:
    assert newsbot("export") == Outcome(0, "", "")


def test_exported_articles_come_in_again_with_their_stories(
    newsbot: CommandLine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = {"title": "Средний коридор", "text": STORY, "published_at": "2025-12-01"}
    newsbot.add(
        SUMMIT,
        told | {"url": "https://one.example/1"},
        ENERGY | {"text": 'Абзац «один».\n\nАбзац "два".', "language": "kk", "image": "https://cdn.example/a.jpg"},
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
    assert max(map(len, stories(after.rows))) >= 2


def test_retellings_are_exported_as_one_story(newsbot: CommandLine) -> None:
    retold = [{"title": one.title, "text": one.text, "source": one.source} for one in MEETING]
    newsbot.add(*retold, SUMMIT)
    rows = newsbot("export").rows
    assert [row["story"] for row in rows] == [1] * len(MEETING) + [2]


def without_numbers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": 0, "story": 0} for row in rows]


def stories(rows: list[dict[str, Any]]) -> list[list[str]]:
    """The addresses, or headlines, of the articles of each story."""
    by_story = groupby(sorted(rows, key=itemgetter("story")), key=itemgetter("story"))
    return sorted(sorted(row["url"] or row["title"] for row in told) for _, told in by_story)
