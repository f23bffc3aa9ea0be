"""A day's real articles of hundreds of sites in the form that `newsbot import` reads, for tests and measurements."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bot.sources import boilerplate, clean, drafts, headlines, rows
from bot.sources.advertising import is_advertisement
from storage.models import Draft
from tests.shared import shared

# How the collection writes what is bold, underlined, struck out or linked; a channel's page has tags there.
_LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKED = re.compile(r"\*\*|__|~~|```")
_WORD = re.compile(r"[^\W\d_]{2}")
_NEVER = datetime.min.replace(tzinfo=UTC)
_YEAR = 2020  # the collection's dates are written as `3 May 11:46`


def import_rows(*, language: str = "ru", limit: int | None = None) -> Iterator[dict[str, str]]:
    """Objects of the import form, in the collection's order; skips the test where the collection is missing."""
    with shared("data", f"news_{language}_20200503.jsonl").open(encoding="utf-8") as lines:
        for line in islice(lines, limit):
            yield _import_row(json.loads(line))


def import_drafts(*, language: str = "ru", limit: int | None = None) -> list[Draft]:
    return [rows.read(row) for row in import_rows(language=language, limit=limit)]


def post_drafts() -> list[Draft]:
    """The posts of twenty-odd Telegram channels as the bot reads them from the channels' pages, by time.

    Skips the test where the collection is missing.
    """
    with shared("data", "posts_ru_2024.jsonl").open(encoding="utf-8") as lines:
        posts = [_post(json.loads(line)) for line in lines]
    dated = ((post, post.published_at) for post in posts if post)
    return [post for post, at in sorted(dated, key=lambda one: one[1] or _NEVER)]


def _post(row: dict[str, Any]) -> Draft | None:
    """None where no words are left, and of what is paid for."""
    text = boilerplate.without(clean.text(_MARKED.sub("", _LINKED.sub(r"\1", row["text"]))))
    if not _WORD.search(text) or is_advertisement(row["text"]):
        return None
    return drafts.make(
        title=headlines.headline(text),
        text=text,
        guid=f"{row['sender_id']}/{row['message_id']}",
        source=row["channel"],
        published_at=datetime.fromisoformat(row["date"]),
    )


def _import_row(row: dict[str, str]) -> dict[str, str]:
    published_at = datetime.strptime(f"{_YEAR} {row['date']}", "%Y %d %b %H:%M").replace(tzinfo=UTC)
    return {
        "url": row["url"],
        "title": row["title"],
        "text": row["text"],
        "source": row["site"],
        "published_at": published_at.isoformat(),
    }
