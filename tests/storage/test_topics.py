"""Topics of today: what is talked about more than usual, in the reader's language."""

import json
from datetime import UTC, datetime
from typing import Any

from storage.database import Database
from storage.models import Draft
from storage.query import parse
from storage.search import search
from storage.topics import topics
from tests.shared import shared
from tests.storage.builders import DAY, HOUR, NOW, draft, put

# Nobody takes one for a retelling of another.
EVENTS = (
    "Музей открыл выставку старых картин",
    "Завод выпустил первый трактор",
    "Сборная выиграла хоккейный матч",
    "Учёные нашли зуб мамонта",
    "Суд отменил штраф водителю автобуса",
    "Метель закрыла аэропорт на сутки",
    "Театр показал премьеру балета",
    "Рыбаки поймали огромного осетра",
    "Школьники посадили сотню яблонь",
)


def about(name: str, count: int, *, first: int = 0, at: datetime = NOW - HOUR, **columns: Any) -> list[Draft]:
    """Stories that mention the name, each by a source of its own."""
    return [
        draft(
            f"{event}: {name}",
            f"{event}, и теперь {name} только об этом говорит.",
            url=f"https://{number}.az/{name}/{at:%d%H}",
            published_at=at,
            **columns,
        )
        for number, event in enumerate(EVENTS[first : first + count])
    ]


async def offered(database: Database, *languages: str, now: datetime = NOW) -> list[str]:
    async with database.read() as conn:
        return await topics(conn, languages=languages or ("",), now=now)


async def test_topics_are_what_most_stories_and_sources_tell_of(database: Database) -> None:
    await put(database, *about("Баку", 4), *about("Минск", 3, first=4), *about("Токио", 2, first=7))
    assert await offered(database) == ["Баку", "Минск", "Токио"]


async def test_what_is_always_talked_about_comes_behind_what_is_new(database: Database) -> None:
    usual = [about("Баку", 6, at=NOW - day * DAY) for day in range(20)]
    await put(database, *(one for day in usual for one in day), *about("Минск", 3, first=6))
    assert (await offered(database))[0] == "Минск"


async def test_a_reader_is_offered_topics_of_their_language_first(database: Database) -> None:
    await put(database, *about("Баку", 4, language="ru"), *about("Минск", 2, language="kk"))
    assert await offered(database, "kk") == ["Минск"]
    assert await offered(database, "kk", "") == ["Минск", "Баку"]


async def test_where_nothing_came_today_the_newest_day_tells(database: Database) -> None:
    await put(database, *about("Баку", 3, at=NOW - 40 * DAY), *about("Минск", 4, at=NOW - 60 * DAY))
    assert (await offered(database))[0] == "Баку"


async def test_where_the_day_tells_too_little_older_news_is_looked_into(database: Database) -> None:
    await put(database, *about("Баку", 2), *about("Минск", 4, at=NOW - 60 * DAY))
    assert await offered(database) == ["Баку", "Минск"]


async def test_topics_that_share_their_stories_are_one(database: Database) -> None:
    shared_stories = [
        draft(f"Встреча {n}", f"Сегодня Баку и Минск, {n}", url=f"https://a.az/{n}", published_at=NOW - n * 60 * HOUR)
        for n in range(3)
    ]
    await put(database, *shared_stories)
    assert len(await offered(database)) == 1


async def test_names_of_sources_are_no_topics(database: Database) -> None:
    await put(database, *about("Баку", 3), draft("Другое", "Погода", source="Баку", url="https://b.az/1"))
    assert await offered(database) == []


async def test_an_empty_store_has_no_topics(database: Database) -> None:
    assert await offered(database) == []


async def test_every_topic_of_a_real_stream_finds_stories_and_is_no_dull_word(database: Database) -> None:
    rows = [json.loads(line) for line in shared("data", "posts_ru_2024.jsonl").read_text(encoding="utf-8").splitlines()]
    now = datetime(2024, 12, 4, 9, tzinfo=UTC)
    recent = [row for row in rows if row["text"] and "2024-12-02" <= row["date"] < now.isoformat()]
    await put(
        database,
        *(
            draft("", row["text"], source=row["channel"], published_at=datetime.fromisoformat(row["date"]))
            for row in recent
        ),
    )
    found = await offered(database, "ru", now=now)
    assert len(found) == 3
    assert "Юн Сок Ёль" in found
    async with database.read() as conn:
        totals = [(await search(conn, parse(topic), now=now)).total for topic in found]
    assert min(totals) >= 2
