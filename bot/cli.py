"""The command line: options and arguments, exit codes, and one line for every mistake.

What a command does stands in `bot.operations`, `bot.fetch_commands`, `bot.backup_commands`, `bot.check`, `bot.chat` and
`bot.serve`; they are imported when they are called, so that `--help` answers at once.
"""

import os
import re
import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Annotated, TextIO, cast
from zoneinfo import reset_tzpath

import typer

from bot import command_line, outbox_cli, source_cli
from bot.command_line import Database, Json, end, perform, settings_for
from bot.redaction import Redacted

FAILURE, INTERRUPTED = 1, 130

app = typer.Typer(
    name="newsbot",
    help="A Telegram bot that tells you, at the times you chose, what is new on the topics you follow.",
    add_completion=False,
    rich_markup_mode=None,
    # In a frame a secret would be broken into lines, and not be known any more.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.add_typer(source_cli.app, name="source")
app.add_typer(outbox_cli.app, name="outbox")

Words = Annotated[list[str], typer.Argument(metavar="QUERY", help="All remaining words; - reads a query a line.")]


class Order(StrEnum):
    """How search sorts."""

    RELEVANCE = "relevance"
    DATE = "date"


@app.command()
def chat(
    user: Annotated[int, typer.Option(metavar="ID", min=1, max=1 << 52, help="Whom to be.")] = 1,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="What Telegram would tell as the user's language.")
    ] = None,
    database: Database = None,
) -> None:
    """Talk to the whole bot in the terminal: no token, no server."""
    from bot.chat import chat as converse

    settings = settings_for(database, quiet=True)
    perform(converse(settings, user_id=user, language=language or settings.default_language))


@app.command()
def run(database: Database = None) -> None:
    """Serve Telegram by polling or a webhook; needs BOT_TOKEN."""
    from bot.serve import serve

    perform(serve(settings_for(database)))


@app.command("import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", parser=command_line.path, help="Files and folders; - is JSON Lines on stdin."),
    ],
    database: Database = None,
) -> None:
    """Take in articles: text, JSON Lines, RSS, Atom, RDF, JSON Feed."""
    from bot.operations import import_articles

    end(perform(import_articles(settings_for(database), paths)))


@app.command()
def fetch(
    every: Annotated[bool, typer.Option("--all", help="Every source but those that are gone, due or not.")] = False,
    database: Database = None,
) -> None:
    """Ask the sources that are due for news, once."""
    from bot.fetch_commands import fetch_sources

    end(perform(fetch_sources(settings_for(database, quiet=True), every=every)))


@app.command()
def search(
    query: Words,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many stories.")] = 10,
    sort: Annotated[Order, typer.Option(help="The order.")] = Order.RELEVANCE,
    json: Json = False,
    database: Database = None,
) -> None:
    """Search the store: one row a story."""
    from bot.operations import search_articles

    end(perform(search_articles(settings_for(database), query, limit=limit, sort=sort.value, as_json=json)))


@app.command()
def match(query: Words, json: Json = False, database: Database = None) -> None:
    """Every article that a subscription to QUERY would have caught."""
    from bot.operations import match_articles

    end(perform(match_articles(settings_for(database), query, as_json=json)))


@app.command()
def export(database: Database = None) -> None:
    """Every article as JSON Lines; `import` reads them back."""
    from bot.operations import export_articles

    perform(export_articles(settings_for(database)))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=command_line.path, help="What to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    database: Database = None,
) -> None:
    """Copy the store to one FILE, while the bot runs or not."""
    from bot.backup_commands import back_up

    back_up(settings_for(database), file, force=force)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=command_line.path, help="A backup.")],
    database: Database = None,
) -> None:
    """Put the store back from a backup; what was there is kept."""
    from bot.backup_commands import restore as put_back

    put_back(settings_for(database), file)


@app.command()
def check(
    index: Annotated[bool, typer.Option("--index", help="Compare every term of the index with the store.")] = False,
    own: Annotated[bool, typer.Option("--own", help="Fail for the bot alone, not for sources that died.")] = False,
    database: Database = None,
) -> None:
    """Whether configuration, store, sources, Telegram are in order."""
    from bot.check import check as look

    end(perform(look(database or None, index=index, own=own)))


def main(arguments: list[str] | None = None) -> int:
    """Runs a command and returns its exit code; every error is one line on stderr."""
    from bot.errors import explain

    # Zones from the tzdata package: a system's own may be years old.
    reset_tzpath(())
    # What is made here is for whoever runs it alone: see `storage.private`.
    os.umask(0o077)
    _prepare_streams()
    try:
        return app(arguments, prog_name="newsbot", standalone_mode=False) or 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough; Python must not complain when it flushes at the end.
        sys.stdout = None
        return FAILURE
    except Exception as error:
        lines, code = explain(error, cure=_cure(error, sys.argv[1:] if arguments is None else arguments))
        for line in lines:
            typer.echo(f"newsbot: {line}", err=True)
        return code


def _cure(error: Exception, arguments: Sequence[str]) -> str:
    """What to type where an excluded word was taken for an option; empty where that was not the mistake."""
    option = getattr(error, "option_name", None)
    if not option or arguments[0] not in ("search", "match") or "--" in arguments:
        return ""
    options, words = _parted(arguments[1:])
    if not any(word.startswith(option) and len(word) > len("-x") for word in words):
        return ""
    typed = " ".join(map(_quoted, [arguments[0], *options, "--", *words]))
    return f"words that begin with a minus go behind --: newsbot {typed}"


def _parted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options with their values, and all other words."""
    options: list[str] = []
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        (options if argument.startswith("--") else words).append(argument)
        if argument.startswith("--") and argument != "--json" and "=" not in argument:
            options += islice(rest, 1)
    return options, words


def _quoted(word: str) -> str:
    """For a shell, as a person would: `shlex` alone quotes every letter that is not Latin."""
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word) else shlex.quote(word)


def _prepare_streams() -> None:
    """Closed ones are empty ones; what is written is UTF-8 whatever the locale, for such are JSON Lines.

    Secrets come out of no error; standard output holds what was asked for, word for word.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open to the end, as the others are
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            # The name of a file may be in no encoding at all.
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not isinstance(sys.stderr, Redacted):
        sys.stderr = cast(TextIO, Redacted(sys.stderr))
