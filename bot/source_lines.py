"""A source in lines of plain English, for the operator's terminal."""

import re
from datetime import datetime
from typing import Any

from bot.errors import one_line
from bot.polling import knows_habits
from bot.sources.clean import shorten
from bot.sources.trouble import FetchError, Trouble, said
from storage.models import Feed, FeedState

SHOWN = 200
"""How much is repeated of what was typed or told, in characters."""


def name(feed: Feed) -> str:
    return f"{shorten(feed.title, limit=SHOWN)} ({feed.url})"


def shown(typed: str, error: FetchError) -> str:
    """What was typed, without a password."""
    plain = re.sub(r"[^/\s]*@", "***@", typed) if error.trouble is Trouble.CREDENTIALS else typed
    return shorten(one_line(plain), limit=SHOWN)


def state(feed: Feed) -> str:
    """How a feed fares, in a few words."""
    if feed.state is FeedState.GONE:
        return "gone, asked no more"
    if feed.state is FeedState.DEAD:
        return "dead, asked once a day"
    if feed.trouble:
        return "failing"
    return "live" if feed.begun else "new, not read yet"


def trouble(feed: Feed) -> str | None:
    """What went wrong when it was asked last, as a sentence."""
    return said(Trouble(feed.trouble), feed.detail or "") if feed.trouble else None


def row(feed: Feed, *, now: datetime) -> dict[str, Any]:
    return {
        "id": feed.id,
        "title": feed.title,
        "url": feed.url,
        "topic": feed.topic,
        "full_text": feed.full_text,
        "state": state(feed).partition(",")[0],
        "last_success": _iso(feed.succeeded_at),
        "next_poll": _iso(feed.next_at),
        "articles_a_day": round(feed.per_day, 1) if knows_habits(feed, now=now) else None,
        "failures": feed.failures,
        "failing_since": _iso(feed.failing_since),
        "error": trouble(feed),
    }


def card(feed: Feed, *, now: datetime) -> str:
    """A few lines, such as a person reads."""
    health = [state(feed), f"last read {_clock(feed.succeeded_at)}", f"next {_clock(feed.next_at)}"]
    if knows_habits(feed, now=now):
        health.append(f"{feed.per_day:.1f} articles a day")
    lines = [f"{feed.id}  {one_line(feed.title)}", feed.url, ", ".join(health)]
    if feed.trouble:
        times = f"{feed.failures} time{'s' * (feed.failures != 1)} in a row since {_clock(feed.failing_since)}"
        lines.append(f"failed {times}: {trouble(feed)}")
    if feed.topic or feed.full_text:
        lines.append(settings_of(feed))
    return "\n   ".join(lines) + "\n"


def settings_of(feed: Feed) -> str:
    return f"full text {'on' if feed.full_text else 'off'}, {f'topic {feed.topic}' if feed.topic else 'no topic'}"


def _clock(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def _iso(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
