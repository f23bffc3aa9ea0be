"""A day's real articles of hundreds of sites in the form that `newsbot import` reads, for tests and measurements."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from bot.sources import rows
from storage.models import Draft
from tests.shared import shared

_YEAR = 2020  # the collection's dates are written as `3 May 11:46`


def import_rows(*, language: str = "ru", limit: int | None = None) -> Iterator[dict[str, str]]:
    """Objects of the import form, in the collection's order; skips the test where the collection is missing."""
    with shared("data", f"news_{language}_20200503.jsonl").open(encoding="utf-8") as lines:
        for line in islice(lines, limit):
            yield _import_row(json.loads(line))


def import_drafts(*, language: str = "ru", limit: int | None = None) -> list[Draft]:
    return [rows.read(row) for row in import_rows(language=language, limit=limit)]


def _import_row(row: dict[str, str]) -> dict[str, str]:
    published_at = datetime.strptime(f"{_YEAR} {row['date']}", "%Y %d %b %H:%M").replace(tzinfo=UTC)
    return {
        "url": row["url"],
        "title": row["title"],
        "text": row["text"],
        "source": row["site"],
        "published_at": published_at.isoformat(),
    }
