"""Models → blocks of Telegram HTML. Pure, and without a word of its own, so that it serves every language.

    Hit, Article ──story, heading──▶ block ──a page of hits, a digest──▶ message

Rules of the mode: https://core.telegram.org/bots/api#html-style
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

from bot.messages import bold, clip, escape, inert, italic, sendable_url
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
# Older than this, a date says more than how long ago it was.
A_DAY: Final = timedelta(hours=24)

# Hebrew, Arabic and their like; the signs that set a text apart from what surrounds it (Unicode annex 9).
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u200f]")
_FIRST_STRONG, _POP = "\u2068", "\u2069"
# CLDR has the older spelling.
_NAMED_OTHERWISE: Final = {("az", "kk"): "әзербайжан тілі"}

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
    told_by = byline(hit.article, (hit.article.source.name, *hit.other_sources), reader=reader, now=now)
    return _block(headline, told_by, snippet(hit.snippet))


def heading(hit: Hit, sources: Sequence[str], *, reader: Reader, now: datetime) -> str:
    """The headline, and below it these sources in their order and the age of what is linked."""
    return _block(_headline(hit.title, url=hit.article.url), byline(hit.article, sources, reader=reader, now=now))


def snippet(excerpt: Excerpt) -> str:
    """Sentences on one line, the words that show why in bold."""
    return marked(excerpt, limit=SNIPPET_LIMIT, marks=SNIPPET_MARKS)


def line(text: str) -> str:
    """A sentence by itself, within the limit of a snippet."""
    return snippet(Excerpt(text))


def article(article: Article, *, reader: Reader, now: datetime) -> str:
    """An article that nobody searched for: headline, source and date, how it begins."""
    headline = _headline(Excerpt(article.title), url=article.url)
    told_by = byline(article, (article.source.name,), reader=reader, now=now)
    return _block(headline, told_by, snippet(lead(article)))


def marked(excerpt: Excerpt, *, limit: int, marks: int) -> str:
    """The excerpt on one line, its first `marks` marks in bold, of at most `limit` UTF-16 units."""
    text = inert(_BREAKS.sub(" ", excerpt.text))
    shown = clip(text, limit)
    cut = len(text) if shown == text else len(shown) - 1  # all but the ellipsis
    pieces = _pieces(text[:cut], [mark for mark in excerpt.marks if mark[1] <= cut][:marks])
    return isolated("".join(pieces).strip() + shown[cut:])


def age(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«2 часа назад», from a day on «6 декабря» by the reader's clock; a date without a time is a date at once."""
    if _is_date(at):
        return _date(at.astimezone(UTC), reader=reader, now=now)
    passed = now - at
    return _ago(passed, reader.language) if passed < A_DAY else day(at, reader=reader, now=now)


def moment(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«6 декабря, 10:04» by the reader's clock; the year where it is not this one."""
    if _is_date(at):
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


@lru_cache(maxsize=512)  # some languages in each language
def language_name(code: str, language: str) -> str:
    """«Казахский», "Kazakh", «Қазақ тілі»: a language by its ISO code, to stand alone, or else its code."""
    name = _NAMED_OTHERWISE.get((code, language)) or Locale.parse(language).languages.get(code)
    if not name:
        return code.upper()
    # By itself a name in Azerbaijani could be that of a people.
    name = f"{name} dili" if language == "az" else name
    first = "İ" if language == "az" and name[0] == "i" else name[0].upper()
    return first + name[1:]


def byline(article: Article, sources: Sequence[str], *, reader: Reader, now: datetime) -> str:
    """The first of these sources, how many more there are, and the age of the article."""
    found = (inert(_BREAKS.sub(" ", name)).strip() for name in sources)
    names = [name for name in dict.fromkeys(found) if name]
    shown = ", ".join(clip(name, SOURCE_LIMIT) for name in names[:SOURCES_SHOWN])
    more = f" +{len(names) - SOURCES_SHOWN}" if len(names) > SOURCES_SHOWN else ""
    when = age(article.published_at, reader=reader, now=now)
    return italic(f"{shown}{more} · {when}" if shown else when)


def isolated(text: str) -> str:
    """What is written from right to left turns nothing around it, as numbers, bylines and the rest of a list."""
    return f"{_FIRST_STRONG}{text}{_POP}" if _RIGHT_TO_LEFT.search(text) else text


def _block(headline: str, *lines: str) -> str:
    return "\n".join((headline, *filter(None, lines)))


def _headline(title: Excerpt, *, url: str | None) -> str:
    address = sendable_url(url) if url else None
    if address is None:
        return f"<b>{marked(title, limit=TITLE_LIMIT, marks=0)}</b>"
    return f'<a href="{escape(address)}">{marked(title, limit=TITLE_LIMIT, marks=TITLE_MARKS)}</a>'


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in marks:
        yield escape(text[at:start])
        yield bold(text[start:end])
        at = end
    yield escape(text[at:])


def _is_date(at: datetime) -> bool:
    """Midnight to the second is how a date without a time is stored: it is the same date everywhere."""
    return at.astimezone(UTC).time() == time(0)


def _ago(passed: timedelta, language: str) -> str:
    """In whole minutes of the first hour, then in whole hours; what is dated ahead is a minute old."""
    minutes = max(passed // timedelta(minutes=1), 1)
    return _in_words(minutes if minutes < 60 else minutes // 60 * 60, language)


@lru_cache(maxsize=512)  # as many as there are, in all languages
def _in_words(minutes: int, language: str) -> str:
    passed = timedelta(minutes=minutes)
    words = format_timedelta(-passed, granularity="minute", threshold=1, add_direction=True, locale=language)
    # CLDR says it as Turkish does.
    return words.replace("öncə", "əvvəl") if language == "az" else words


def _date(local: datetime, *, reader: Reader, now: datetime) -> str:
    return _named(local.date(), reader.language, with_year=local.year != now.astimezone(reader.zone).year)


@lru_cache(maxsize=512)  # a digest names few dates, many times
def _named(day: date, language: str, *, with_year: bool) -> str:
    if with_year:
        # The skeleton with a year has no pattern in some languages and falls back to a short month.
        return format_date(day, "long", locale=language)
    return format_skeleton("MMMMd", day, locale=language)
