"""Real articles, and what people say of which of them tell one story; read where they are there."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from storage.models import Draft
from tests import news_data
from tests.shared import shared


class Text(NamedTuple):
    title: str
    text: str = ""


class Pair(NamedTuple):
    """Two articles, and whether they tell one story."""

    one: Text
    other: Text
    is_same: bool


def articles_in_pairs() -> list[Pair]:
    rows = _rows("story_pairs_ru")
    return [Pair(Text(row["title1"], row["text1"]), Text(row["title2"], row["text2"]), _label(row)) for row in rows]


def headlines_in_pairs() -> list[Pair]:
    return [Pair(Text(row["slug1"]), Text(row["slug2"]), _label(row)) for row in _rows("story_pairs_slug")]


def day() -> list[tuple[Draft, str]]:
    """A day's articles in order of time, each with the name of its cluster, which no person has checked."""
    clusters = [row["cluster"] for row in _rows("news_ru_20200503")]
    found = zip(news_data.import_drafts(), clusters, strict=True)
    return sorted(found, key=lambda one: _time(one[0]))


def posts() -> list[Draft]:
    """Of channels, in order of time; the first line is the headline."""
    found = [_post(row) for row in _rows("posts_ru_2024") if row["text"].strip()]
    return sorted(found, key=_time)


def _post(row: dict[str, Any]) -> Draft:
    title, _, text = row["text"].strip().partition("\n")
    return Draft(
        title=title[:300],
        text=text.strip(),
        source=row["channel"],
        published_at=datetime.fromisoformat(row["date"]),
        guid=f"{row['message_id']}",
    )


def _time(one: Draft) -> datetime:
    assert one.published_at
    return one.published_at


def _label(row: dict[str, Any]) -> bool:
    return bool(int(row["label"]))


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with shared("data", f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
