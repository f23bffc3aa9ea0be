"""A store of eighty articles of a small vocabulary, and what queries mean over it."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from storage.database import Database
from storage.language.document import Document
from storage.models import Article, Draft
from storage.syntax import Query
from tests.storage.builders import DAY, document, everything, put
from tests.storage.strategies import DAYS, LANGUAGES, SOURCES, WORDS

BEGIN = datetime(2025, 11, 27, tzinfo=UTC)
# Articles of one date are stored on different days, so that `last:` of a subscription differs from that of a search.
BATCHES = (BEGIN + 2 * DAY, BEGIN + 4 * DAY, BEGIN + 9 * DAY)
# What a hyphenated word or a phrase of a query may meet.
_APART = ("Ким Чен Ын", "Санкт Петербурге", "Казахстану Токаева", "среднего коридора")
_SECOND = timedelta(seconds=1)
_MOMENTS = [BEGIN, *(BEGIN + n * DAY - _SECOND for n in range(1, 5)), *(BEGIN + n * DAY for n in range(1, 5))]


@dataclass(frozen=True)
class Library:
    """The open store with its articles as queries see them."""

    database: Database
    articles: dict[int, tuple[Article, Document]]

    def meant(self, query: Query, *, now: datetime | None) -> set[int]:
        """Ids of the articles that the query means; without `now`, `last:` counts from the moment each was stored."""
        return {
            article_id
            for article_id, (article, seen) in self.articles.items()
            if query.matches(seen, now=now or article.stored_at)
        }

    def stories(self, article_ids: set[int]) -> set[int]:
        return {self.articles[article_id][0].story_id for article_id in article_ids}


async def fill(database: Database, *, size: int = 80) -> Library:
    """The same articles at each call; every third tells a story that another source told before."""
    chance = random.Random(20251201)
    drafts: list[Draft] = []
    for number in range(size):
        told = chance.choice(drafts) if number % 3 == 2 else None
        drafts.append(_draft(chance, number, told))
    third = size // len(BATCHES) + 1
    for now, start in zip(BATCHES, count(step=third), strict=False):
        await put(database, *drafts[start : start + third], now=now)
    return Library(database, {article.id: (article, _seen(article)) for article in await everything(database)})


def _draft(chance: random.Random, number: int, told: Draft | None) -> Draft:
    name, host = chance.choice(SOURCES)
    moments = [*_MOMENTS, *(BEGIN + chance.random() * len(DAYS) * DAY for _ in range(4)), None]
    return Draft(
        title=told.title if told else _text(chance, 1, 3),
        text=told.text if told else _text(chance, 0, 8),
        url=f"https://www.{host}/{number}" if host else None,
        guid=None if host else str(number),
        source=name or None,
        published_at=chance.choice(moments),
        language=chance.choice(LANGUAGES),
    )


def _text(chance: random.Random, fewest: int, most: int) -> str:
    text = ""
    for word in chance.choices([*WORDS, *_APART], k=chance.randint(fewest, most)):
        text += (chance.choice([" ", " ", ", ", " — ", "-", "\n"]) if text else "") + word
    return text


def _seen(article: Article) -> Document:
    return document(
        article.title,
        article.text,
        language=article.language,
        source=article.source.name,
        host=article.source.host,
        published_at=article.published_at,
    )
