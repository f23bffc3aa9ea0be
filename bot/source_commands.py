"""What `newsbot source …` does but for `add`: it asks no server. Results on stdout, remarks and refusals on stderr."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from typer import echo

from bot.clock import utc_now
from bot.command_line import standard_input
from bot.config import Settings
from bot.errors import one_line
from bot.operations import FAILURE, SUCCESS, open_store
from bot.source_lines import SHOWN, card, name, row, settings_of, shown
from bot.sources import addresses, opml
from bot.sources.clean import shorten
from bot.sources.drafts import SourceError
from bot.sources.opml import Outline
from bot.sources.trouble import FetchError
from bot.starter import add_starter_sources
from storage import feeds
from storage.models import Feed

STDIN = "-"
# An OPML file of ten thousand sources has 2 MB.
OPML_LIMIT = 10_000_000
# So many are added before others may write.
BATCH = 100
# What an integer of the store has at most, less one.
DIGITS = 18


async def list_sources(settings: Settings, *, as_json: bool) -> None:
    async with open_store(settings) as db, db.read() as conn:
        listed = await feeds.everything(conn)
    now = utc_now()
    for feed in listed:
        echo(json.dumps(row(feed, now=now), ensure_ascii=False) if as_json else card(feed, now=now))
    if not listed and not as_json:
        echo("there are no sources yet", err=True)


async def remove_source(settings: Settings, which: str) -> int:
    async with open_store(settings) as db, db.write() as conn:
        feed = await _find(conn, which)
        removed = feed and await feeds.remove(conn, feed.id)
    return tell(f"removed {name(removed)}; its articles stay") if removed else _unknown(which)


async def change_source(settings: Settings, which: str, **values: Any) -> int:
    """`values`: `full_text`, `topic`."""
    async with open_store(settings) as db, db.write() as conn:
        feed = await _find(conn, which)
        changed = feed and await feeds.change(conn, feed.id, **values)
    return tell(f"{name(changed)}: {settings_of(changed)}") if changed else _unknown(which)


async def revive_source(settings: Settings, which: str) -> int:
    async with open_store(settings) as db, db.write() as conn:
        feed = await _find(conn, which)
        revived = feed and await feeds.revive(conn, feed.id, now=utc_now())
    return tell(f"{name(revived)} is asked again at the next fetch") if revived else _unknown(which)


async def import_sources(settings: Settings, file: Path) -> int:
    """Fails where the file is no OPML, or where it names sources and all of them are refused."""
    try:
        outlines = opml.read(_read(file))
    except SourceError as error:
        return fail(f"{file}: {error}")
    named = [one for one in map(_named, outlines) if one]
    new, refused = 0, len(outlines) - len(named)
    async with open_store(settings) as db:
        for start in range(0, len(named), BATCH):
            async with db.write() as conn:
                for url, title, topic in named[start : start + BATCH]:
                    _, is_new = await feeds.add(conn, url=url, title=title, topic=topic, now=utc_now())
                    new += is_new
    echo(f"added {new}, already known {len(named) - new}, refused {refused}")
    return FAILURE if refused and not named else SUCCESS


async def export_sources(settings: Settings) -> None:
    async with open_store(settings) as db, db.read() as conn:
        echo(opml.write(await feeds.everything(conn)).rstrip("\n"))


async def add_starter_list(settings: Settings) -> None:
    async with open_store(settings) as db:
        added, known = await add_starter_sources(db, now=utc_now())
    echo(f"added {added}, already known {known}")


async def _find(conn: AsyncConnection, which: str) -> Feed | None:
    """By its number, or by its address in any of the forms that `source add` understands."""
    if which.isdecimal():
        return await feeds.by_id(conn, int(which)) if len(which) <= DIGITS else None
    try:
        return await feeds.by_url(conn, which) or await feeds.by_url(conn, addresses.understand(which))
    except FetchError:
        return None


def _named(outline: Outline) -> tuple[str, str, str | None] | None:
    """Address, title and topic of what can be read; all else is told."""
    try:
        url = addresses.understand(outline.url)
    except FetchError as error:
        echo(one_line(f"{shown(outline.title or outline.url, error)}: {error}"), err=True)
        return None
    return url, outline.title or feeds.host(url), outline.topic


def _read(file: Path) -> bytes:
    if str(file) == STDIN:
        return standard_input().read(OPML_LIMIT)
    with file.open("rb") as opened_file:
        return opened_file.read(OPML_LIMIT)


def _unknown(which: str) -> int:
    return fail(f"no such source: {shorten(which, limit=SHOWN)} (see newsbot source list)")


def tell(text: str) -> int:
    echo(one_line(text))
    return SUCCESS


def fail(text: str) -> int:
    echo(one_line(f"newsbot: {text}"), err=True)
    return FAILURE
