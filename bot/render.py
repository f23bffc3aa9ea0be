"""Models → blocks of Telegram HTML. Pure, and without a word of its own, so that it serves every language.

    Hit, Article ──story──▶ block ──a page of hits, a digest──▶ message

Rules of the mode: https://core.telegram.org/bots/api#html-style
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton

from bot.messages import clip, escape, italic, sendable_url
from storage.models import Article, Excerpt, Hit
from storage.summary import lead

# A page of five blocks stays under Telegram's 4,096 UTF-16 units and 100 entities, whatever the articles hold.
TITLE_LIMIT: Final = 200
SNIPPET_LIMIT: Final = 360
SOURCE_LIMIT: Final = 30
SOURCES_SHOWN: Final = 3
TITLE_MARKS: Final = 5
SNIPPET_MARKS: Final = 10
QUERY_LIMIT: Final = 100

# What would tear a block into more lines than it is meant to have.
_BREAKS: Final = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a text is written for: the language of its dates and the clock they are told by."""

    language: str
    zone: ZoneInfo


def typed(text: str) -> str:
    """What the user typed, shown as typed: in `code` neither markup nor Telegram's own links touch it."""
    return f"<code>{escape(text)}</code>"


def brief(text: str) -> str:
    """What the user typed, cut where a list has no room for all of it."""
    return typed(clip(text, QUERY_LIMIT))


def story(hit: Hit, *, reader: Reader, now: datetime) -> str:
    """A story found: headline, sources and date, the words that show why; three lines at most."""
    headline = _headline(hit.title, url=hit.article.url)
    byline = _byline(hit.article, hit.other_sources, reader=reader, now=now)
    return _block(headline, byline, _snippet(hit.snippet))


def article(article: Article, *, reader: Reader, now: datetime) -> str:
    """An article that nobody searched for: headline, source and date, how it begins."""
    headline = _headline(Excerpt(article.title), url=article.url)
    return _block(headline, _byline(article, (), reader=reader, now=now), _snippet(lead(article)))


def marked(excerpt: Excerpt, *, limit: int, marks: int) -> str:
    """The excerpt on one line, its first `marks` marks in bold, of at most `limit` UTF-16 units."""
    text = _BREAKS.sub(" ", excerpt.text)
    shown = clip(text, limit)
    cut = len(text) if shown == text else len(shown) - 1  # all but the ellipsis
    pieces = _pieces(text[:cut], [mark for mark in excerpt.marks if mark[1] <= cut][:marks])
    return "".join(pieces).strip() + shown[cut:]


def moment(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«6 декабря, 10:04» by the reader's clock; the year where it is not this one."""
    if at.astimezone(UTC).time() == time(0):
        # Midnight to the second is how a date without a time is stored: it is the same date everywhere.
        return _date(at.astimezone(UTC), reader=reader, now=now)
    local = at.astimezone(reader.zone)
    return f"{_date(local, reader=reader, now=now)}, {local:%H:%M}"


def day(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«6 декабря», «24 декабря 2024 г.»: the date of a moment by the reader's clock."""
    return _date(at.astimezone(reader.zone), reader=reader, now=now)


def occasion(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«суббота, 6 декабря, 09:00»: a moment to come, with its weekday."""
    local = at.astimezone(reader.zone)
    weekday = format_datetime(local, "EEEE", locale=reader.language)
    return f"{weekday}, {_date(local, reader=reader, now=now)}, {local:%H:%M}"


def _block(headline: str, *lines: str) -> str:
    return "\n".join((headline, *filter(None, lines)))


def _headline(title: Excerpt, *, url: str | None) -> str:
    address = sendable_url(url) if url else None
    if address is None:
        return f"<b>{marked(title, limit=TITLE_LIMIT, marks=0)}</b>"
    return f'<a href="{escape(address)}">{marked(title, limit=TITLE_LIMIT, marks=TITLE_MARKS)}</a>'


def _snippet(excerpt: Excerpt) -> str:
    return marked(excerpt, limit=SNIPPET_LIMIT, marks=SNIPPET_MARKS)


def _byline(article: Article, others: Sequence[str], *, reader: Reader, now: datetime) -> str:
    found = (_BREAKS.sub(" ", name).strip() for name in (article.source.name, *others))
    names = [name for name in dict.fromkeys(found) if name]
    shown = ", ".join(clip(name, SOURCE_LIMIT) for name in names[:SOURCES_SHOWN])
    more = f" +{len(names) - SOURCES_SHOWN}" if len(names) > SOURCES_SHOWN else ""
    date = moment(article.published_at, reader=reader, now=now)
    return italic(f"{shown}{more} · {date}" if shown else date)


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in marks:
        yield escape(text[at:start])
        yield f"<b>{escape(text[start:end])}</b>"
        at = end
    yield escape(text[at:])


def _date(local: datetime, *, reader: Reader, now: datetime) -> str:
    return _named(local.date(), reader.language, with_year=local.year != now.astimezone(reader.zone).year)


@lru_cache(maxsize=512)  # a digest names few dates, many times
def _named(day: date, language: str, *, with_year: bool) -> str:
    if with_year:
        # The skeleton with a year has no pattern in some languages and falls back to a short month.
        return format_date(day, "long", locale=language)
    return format_skeleton("MMMMd", day, locale=language)
