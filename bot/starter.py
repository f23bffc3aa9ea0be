"""Starter articles and sources: in the wheel beside this module, in a checkout in its `seeds/`."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sources import files
from storage import feeds
from storage.database import Database
from storage.models import Draft

_HERE = Path(__file__).parent
PLACES = (_HERE / "seeds", _HERE.parent / "seeds")


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterSource:
    """A feed that is worth reading; `language` is what most of it is written in."""

    name: str
    url: str
    language: str
    topic: str


def starter_articles() -> list[Draft]:
    """All of them; none where the file was left out of the installation."""
    place = _place("articles.jsonl")
    return [draft for draft in files.read([place], stdin=None) if isinstance(draft, Draft)] if place else []


def starter_sources() -> list[StarterSource]:
    """All of them; none where the file was left out of the installation."""
    place = _place("sources.toml")
    if place is None:
        return []
    return [StarterSource(**row) for row in tomllib.loads(place.read_text(encoding="utf-8"))["source"]]


async def take_starter_sources(db: Database, *, now: datetime) -> int:
    """Adds them to a store that has never had a source; returns how many. They are fetched when it is their turn.

    Once in the life of a store: what the operator removed does not come back.
    """
    async with db.write() as conn:
        return 0 if await feeds.were_ever_any(conn) else await _add(conn, now=now)


async def add_starter_sources(db: Database, *, now: datetime) -> tuple[int, int]:
    """Adds those that are missing; returns how many were, and how many were known."""
    async with db.write() as conn:
        added = await _add(conn, now=now)
    return added, len(starter_sources()) - added


async def _add(conn: AsyncConnection, *, now: datetime) -> int:
    added = [await feeds.add(conn, url=one.url, title=one.name, topic=one.topic, now=now) for one in starter_sources()]
    return sum(is_new for _, is_new in added)


def _place(name: str) -> Path | None:
    return next((place / name for place in PLACES if (place / name).is_file()), None)
