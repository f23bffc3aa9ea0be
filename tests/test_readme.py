"""The README and the changelog say what the program does: every command, every setting, the present version.

a row of a Markdown table  →  its cells  →  the names in `code` in each cell, or what the cell says of each of them
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from bot.cli import app
from bot.commands import known_to
from bot.config import UNITS, Settings
from storage.query import parse

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

# What a table may call a default that is nobody's value.
NOTHING = {"none", "empty", "off", "Telegram's own"}


def tables(markdown: str) -> Iterator[list[str]]:
    """The cells of every row of every table; `\\|` is no border."""
    for line in markdown.splitlines():
        row = line.strip()
        if row.startswith("|") and not re.fullmatch(r"[|\s:-]+", row):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))]


def documented_settings(markdown: str) -> dict[str, str]:
    """Setting → default, as the tables say; a default that stands alone is that of all settings in its row."""
    found: dict[str, str] = {}
    for first, *rest in tables(markdown):
        names = re.findall(r"`([A-Z][A-Z_]+)`", first)
        if not names or not rest:
            continue
        defaults = [part.strip().strip("`") for part in rest[0].split(",")]
        found |= dict(zip(names, defaults * len(names) if len(defaults) == 1 else defaults, strict=len(defaults) > 1))
    return found


def documented_chat_commands(markdown: str) -> set[str]:
    return {name for first, *_ in tables(markdown) for name in re.findall(r"`/(\w+)", first)}


def documented_commands(markdown: str) -> set[str]:
    return {name for first, *_ in tables(markdown) for name in re.findall(r"`newsbot (\w+)", first)}


def shown(default: object) -> set[str]:
    """How a table may write a default value."""
    match default:
        case None | ():
            return NOTHING
        case bool():
            return {str(default).lower()}
        case timedelta():
            return {f"{default / timedelta(**{name: 1}):g}{unit}" for unit, name in UNITS.items()}
        case time():
            return {f"{default:%H:%M}"}
    return {f"{default:g}" if isinstance(default, float) else str(default)}


def test_readme_lists_every_command_of_the_command_line_and_no_other() -> None:
    assert documented_commands(README) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_readme_tells_of_every_command_about_sources() -> None:
    sources = typer.main.get_command(app).commands["source"]  # type: ignore[attr-defined]
    assert set(re.findall(r"`newsbot source (\w+)", README)) == set(sources.commands)


def test_readme_lists_every_chat_command_and_no_other() -> None:
    assert documented_chat_commands(README) == {name for command in known_to(admin=True) for name in command.names}


def test_readme_lists_every_setting_and_no_other() -> None:
    assert set(documented_settings(README)) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_readme_tells_the_default_of(name: str) -> None:
    assert documented_settings(README)[name.upper()] in shown(Settings.model_fields[name].get_default())


def test_readme_shows_forms_of_queries_that_can_be_read() -> None:
    rows = [first for first, *_ in tables(README.partition("| form |")[2].partition("\n\n")[0])]
    queries = [query.replace(r"\|", "|") for first in rows for query in re.findall(r"`([^`]+)`", first)]
    assert len(queries) >= 10
    for query in queries:
        assert parse(query)


def test_readme_points_at_files_that_exist() -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / unquote(link)).exists()] == []


def test_readme_names_targets_of_make_that_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"\bmake (?:-s )?((?:[a-z]+ )*[a-z]+)", "\n".join(code(README)))
    words = {word for words in named for word in words.split()}
    assert {"chat", "test"} <= words <= targets


def test_readme_names_modules_that_exist() -> None:
    modules = re.findall(r"python -m ([\w.]+)", README)
    assert modules
    places = {name: ROOT / name.replace(".", "/") for name in modules}
    assert [
        name for name, at in places.items() if not (at.with_suffix(".py").exists() or (at / "__main__.py").exists())
    ] == []


def code(markdown: str) -> list[str]:
    """What stands between back quotes, and the lines typed at the prompt of a console."""
    typed = re.findall(r"^\$ ([^#\n]*)", markdown, re.MULTILINE)
    return typed + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", markdown)


def test_changelog_tells_the_present_version_first() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    [first, *_] = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert first in (version, "Unreleased")
    assert f"## [{version}] - " in CHANGELOG
