import hashlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import files
from bot.sources.drafts import Refused
from storage.models import Draft
from tests.shared import shared

_RSS = "<rss version='2.0'><channel><title>П</title><item><title>Из ленты</title></item><item/></channel></rss>"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the current one: paths in answers are relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _read(*paths: str, stdin: bytes | None = None) -> list[Draft | Refused]:
    stream = None if stdin is None else io.BytesIO(stdin)
    return list(files.read([Path(path) for path in paths], stdin=stream))


def _told(*paths: str, stdin: bytes | None = None) -> list[str | Refused]:
    return [read.title if isinstance(read, Draft) else read for read in _read(*paths, stdin=stdin)]


def _write(path: str, content: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.usefixtures("folder")
def test_bad_lines_are_refused_by_number_and_the_rest_comes_in() -> None:
    _write("news.jsonl", '{"title": "А"}\n\nмусор\n[1]\n{"title": 5}\n{"text": ""}\n{"title": "Б"}')
    assert _told("news.jsonl") == [
        "А",
        Refused("news.jsonl:3", "not JSON: Expecting value (line 1, column 1)"),
        Refused("news.jsonl:4", "not a JSON object"),
        Refused("news.jsonl:5", "title is not a string"),
        Refused("news.jsonl:6", "there is neither a title nor a text"),
        "Б",
    ]


def test_standard_input_is_json_lines() -> None:
    assert _told("-", stdin=b'{"title": "A"}\r\nno\n') == [
        "A",
        Refused("stdin:2", "not JSON: Expecting value (line 1, column 1)"),
    ]


def test_empty_standard_input_is_nothing() -> None:
    assert _read("-", stdin=b"") == []


def test_missing_standard_input_is_refused() -> None:
    assert _read("-") == [Refused("stdin", "there is no standard input", missing=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251"])
@pytest.mark.usefixtures("folder")
def test_lines_and_texts_are_read_whatever_they_are_written_in(encoding: str) -> None:
    _write("a.jsonl", '{"title": "Средний коридор"}\n{"title": "Совет мира"}\n'.encode(encoding))
    _write("b.txt", "Новый маршрут".encode(encoding))
    _write("c.json", '[{"title": "Первый поезд"}]'.encode(encoding))
    assert _told("a.jsonl", "b.txt", "c.json") == ["Средний коридор", "Совет мира", "Новый маршрут", "Первый поезд"]


@pytest.mark.usefixtures("folder")
def test_unknown_encoding_costs_the_line_alone() -> None:
    _write("a.jsonl", b'{"title": "d\xe9j\xe0"}\n{"title": "B"}\n')
    _write("b.txt", b"d\xe9j\xe0 vu")
    reason = "the encoding is neither UTF-8, UTF-16 nor windows-1251"
    assert _told("a.jsonl", "b.txt") == [Refused("a.jsonl:1", reason), "B", Refused("b.txt", reason)]


@pytest.mark.usefixtures("folder")
def test_line_beyond_the_limit_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINE_LIMIT", 40)
    rows = ['{"title": "A"}', f'{{"title": "{"x" * 200}"}}', f'{{"title": "{"y" * 27}"}}', '{"title": "B"}']
    assert len(rows[2]) == 40
    for encoding in ("utf-8", "utf-16"):
        _write("a.jsonl", "\n".join(rows).encode(encoding))
        assert _told("a.jsonl") == ["A", Refused("a.jsonl:2", "longer than 0 MB"), "y" * 27, "B"]


@pytest.mark.parametrize("length", [39, 40, 41, 80, 81, 120, 121])
@pytest.mark.usefixtures("folder")
def test_every_line_is_counted_once(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    monkeypatch.setattr(files, "LINE_LIMIT", 40)
    _write("a.jsonl", "x" * length + "\nno\n" + "x" * length)
    refused = [read.where for read in _read("a.jsonl") if isinstance(read, Refused)]
    assert refused == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]


@pytest.mark.usefixtures("folder")
def test_document_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "DOCUMENT_LIMIT", 2_000_000)
    _write("a.txt", "слово " * 1_000_000)
    assert _read("a.txt") == [Refused("a.txt", "larger than 2 MB: only JSON Lines may be")]


@pytest.mark.usefixtures("folder")
def test_lines_are_read_as_they_are_asked_for() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b'{"title": "A"}\n'

    class Stream(io.BytesIO):
        lines = endless()

        def readline(self, size: int | None = -1, /) -> bytes:
            return next(self.lines)

    reading = files.read([Path("-")], stdin=Stream())
    assert [next(reading), next(reading)] == [Draft(title="A"), Draft(title="A")]


@pytest.mark.usefixtures("folder")
def test_folder_is_walked_in_order_without_what_is_hidden() -> None:
    _write("in/b.txt", "Второй")
    _write("in/a/z.jsonl", '{"title": "Первый"}')
    _write("in/c.xml", _RSS)
    _write("in/.hidden.txt", "Нет")
    _write("in/.git/a.txt", "Нет")
    _write("in/d.bin", b"\x00\x01")
    _write("in/e.html", "<!doctype html><p>Нет")
    _write("in/f.txt", "")
    _write("in/g.json", '{"title": ')
    assert _told("in") == [
        "Первый",
        "Второй",
        "Из ленты",
        Refused("in/c.xml, item 2", "there is neither a title nor a text"),
        Refused("in/d.bin", "a binary file"),
        Refused("in/e.html", "a web page, not a feed"),
        Refused("in/f.txt", "the file is empty"),
        Refused("in/g.json", "not JSON: Expecting value (line 1, column 11)"),
    ]


def test_links_are_followed_to_files_and_never_in_a_circle(folder: Path) -> None:
    _write("in/a.txt", "Первый")
    _write("b.txt", "Второй")
    os.symlink(folder / "in", folder / "in" / "circle")
    os.symlink(folder / "b.txt", folder / "in" / "b.txt")
    os.symlink(folder / "nowhere", folder / "in" / "c.txt")
    os.symlink(folder / "in", folder / "named")
    assert _told("in") == ["Первый", "Второй", Refused("in/c.txt", "not a regular file")]
    assert _told("named")[:2] == ["Первый", "Второй"]


@pytest.mark.usefixtures("folder")
def test_pipe_in_a_folder_does_not_hang() -> None:
    _write("in/b.txt", "Второй")
    os.mkfifo("in/a")
    assert _told("in") == [Refused("in/a", "not a regular file"), "Второй"]


@pytest.mark.usefixtures("folder")
def test_missing_path_is_refused_and_the_others_are_read() -> None:
    _write("a.txt", "Первый")
    missing = Refused("nowhere", "no such file or folder", missing=True)
    assert _told("nowhere", "a.txt") == [missing, "Первый"]
    assert _told("a.txt/b") == [Refused("a.txt/b", "no such file or folder", missing=True)]
    assert _told("x" * 5000) == [Refused("x" * 5000, "file name too long")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_refused(folder: Path) -> None:
    _write("in/a.txt", "Первый")
    (folder / "in" / "a.txt").chmod(0)
    assert _told("in") == [Refused("in/a.txt", "permission denied")]


@pytest.mark.usefixtures("folder")
def test_hidden_file_that_is_named_is_read() -> None:
    _write(".news.txt", "Первый")
    assert _told(".news.txt") == ["Первый"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 names only")
@pytest.mark.usefixtures("folder")
def test_name_that_is_no_utf_8_can_be_printed() -> None:
    Path(os.fsdecode(b"\xff.txt")).write_bytes(b"")
    assert _read(".") == [Refused("\ufffd.txt", "the file is empty")]


@pytest.mark.usefixtures("folder")
def test_array_of_rows_is_read() -> None:
    _write("a.json", '[\n {"title": "А"},\n {"title": 5}\n]')
    assert _told("a.json") == ["А", Refused("a.json, item 2", "title is not a string")]


@pytest.mark.usefixtures("folder")
def test_single_object_is_read_or_refused_as_a_file() -> None:
    _write("a.json", '{\n "title": "А"\n}')
    _write("b.json", '{\n "title": 5\n}')
    assert _told("a.json", "b.json") == ["А", Refused("b.json", "title is not a string")]


@pytest.mark.usefixtures("folder")
def test_json_feed_is_read() -> None:
    _write(
        "a.json", '{"version": "https://jsonfeed.org/version/1", "title": "П", "items": [{"id": "1", "title": "А"}]}'
    )
    assert _read("a.json") == [Draft(title="А", guid="1", source="П")]


def test_text_is_known_by_its_path_and_headline(folder: Path) -> None:
    _write("in/a.txt", "Заголовок.\n\nТекст.")
    expected = hashlib.sha256(f"{folder.resolve()}/in/a.txt\nЗаголовок".encode()).hexdigest()
    for path in ("in/a.txt", "in", f"{folder}/in/a.txt"):
        assert _read(path) == [Draft(title="Заголовок", text="Текст.", guid=expected)]


def test_the_owners_texts_come_out_right() -> None:
    first, second = (read for read in files.read([shared("seeds")], stdin=None) if isinstance(read, Draft))
    assert first.title.startswith("Азербайджан и Казахстан привносят")
    assert first.title.endswith("политики")
    assert (first.source, first.published_at) == ("Day.Az", None)
    assert len((first.author or "").split()) == 2
    assert (first.text[:5], first.text[-5:]) == ("Об эт", "л он.")
    assert second.title.startswith("Взаимодействие Азербайджана и Казахстана")
    assert second.title.endswith("динамикой")
    assert (second.source, second.author) == ("Report", None)
    assert second.published_at == datetime(2025, 12, 24, tzinfo=UTC)
    assert (second.text[:5], second.text[-6:]) == ("Об эт", "нства.")


_suffixes = st.sampled_from([".jsonl", ".json", ".xml", ".txt", ""])
_starts = st.sampled_from([b"", b"{", b"[", b"<rss>", b"<?xml", b"\xff\xfe", b"\xef\xbb\xbf", b'{"title": "', b"\0"])


@given(_starts, st.binary() | st.text().map(str.encode), _suffixes)
def test_any_file_is_drafts_or_refusals(start: bytes, content: bytes, suffix: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(start + content)
        file.flush()
        for read in files.read([Path(file.name)], stdin=None):
            assert (read.title if isinstance(read, Draft) else read.reason) != ""
