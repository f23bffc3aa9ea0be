"""`newsbot source …`: its options and arguments.

What the commands do stands in `bot.source_commands` and `bot.fetch_commands`.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot import command_line
from bot.command_line import Database, Json, end, perform, settings_for

FULL_TEXT, TOPIC = "full_text", "topic"
ON_OFF = {"on": True, "off": False}
A_SETTING = "full_text=on, full_text=off or topic=WORDS"

app = typer.Typer(
    help="What is read: feeds, sites and channels.",
    epilog="Each of these takes --database URL.",
    rich_markup_mode=None,
)


def _setting(typed: str) -> tuple[str, Any]:
    """`full_text=on` → its name and value; an empty topic is none."""
    name, _, value = typed.partition("=")
    if name == FULL_TEXT and value.lower() in ON_OFF:
        return name, ON_OFF[value.lower()]
    if name == TOPIC and "=" in typed:
        return name, " ".join(value.split()) or None
    raise typer.BadParameter(f"{typed!r} is not {A_SETTING}")


Address = Annotated[str, typer.Argument(metavar="URL", help="A feed, a site, or @channel.")]
Which = Annotated[str, typer.Argument(metavar="URL|ID", help="Its address, or its number in the list.")]
Setting = Annotated[list[str], typer.Argument(metavar="SETTING", help=f"{A_SETTING}.")]


@app.command()
def add(
    url: Address,
    settings: Annotated[list[str] | None, typer.Argument(metavar="SETTING", help=f"{A_SETTING}.")] = None,
    topic: Annotated[str | None, typer.Option(metavar="TOPIC", help="The folder it belongs to in OPML.")] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="Read the page behind a short item too.")] = False,
    database: Database = None,
) -> None:
    """Add a source, and fetch it at once."""
    from bot.fetch_commands import add_source

    given: dict[str, Any] = {FULL_TEXT: full_text, TOPIC: topic} | dict(map(_setting, settings or ()))
    end(perform(add_source(settings_for(database, quiet=True), url, **given)))


@app.command("list")
def list_(json: Json = False, database: Database = None) -> None:
    """Every source, and how it fares."""
    from bot.source_commands import list_sources

    perform(list_sources(settings_for(database, quiet=True), as_json=json))


@app.command()
def remove(source: Which, database: Database = None) -> None:
    """Read a source no more; its articles stay."""
    from bot.source_commands import remove_source

    end(perform(remove_source(settings_for(database, quiet=True), source)))


@app.command("set")
def set_(source: Which, settings: Setting, database: Database = None) -> None:
    """Change a source: full_text=on, full_text=off, topic=WORDS."""
    from bot.source_commands import change_source

    end(perform(change_source(settings_for(database, quiet=True), source, **dict(map(_setting, settings)))))


@app.command()
def revive(source: Which, database: Database = None) -> None:
    """Ask a dead or failing source again, at the next fetch."""
    from bot.source_commands import revive_source

    end(perform(revive_source(settings_for(database, quiet=True), source)))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", parser=command_line.path, help="OPML; - is stdin.")],
    database: Database = None,
) -> None:
    """Add the sources of an OPML file; folders become topics."""
    from bot.source_commands import import_sources

    end(perform(import_sources(settings_for(database, quiet=True), file)))


@app.command()
def export(database: Database = None) -> None:
    """Every source as OPML."""
    from bot.source_commands import export_sources

    perform(export_sources(settings_for(database, quiet=True)))


@app.command()
def starter(database: Database = None) -> None:
    """Add the starter list: news of Azerbaijan, Kazakhstan, the region."""
    from bot.source_commands import add_starter_list

    perform(add_starter_list(settings_for(database, quiet=True)))
