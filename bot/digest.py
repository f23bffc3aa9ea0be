"""What was caught → a digest: topics in the order of the reader's list, the important first, each story once. Pure.

    Hit ──item──▶ Item ──arrange──▶ Topic ──messages──▶ Telegram's messages

An item is all that a digest needs to hold of an article, so that one of thousands of stories costs what it says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.messages import Block, split
from bot.render import Reader
from storage.models import Hit, Subscription

# A headline with the words of the query says more than a text with them, and so does a story that many tell.
TITLE_WEIGHT = 1.0
SOURCES_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """A story as a reader is told it; `importance` sorts the important first."""

    story_id: int
    importance: tuple[float, float]
    html: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A subscription with the stories that it caught, the important first."""

    subscription: Subscription
    items: tuple[Item, ...]


def item(hit: Hit, *, reader: Reader, now: datetime) -> Item:
    return Item(hit.article.story_id, _importance(hit), render.story(hit, reader=reader, now=now))


def arrange(subscriptions: Sequence[Subscription], caught: Mapping[int, Sequence[Item]]) -> tuple[Topic, ...]:
    """Topics by subscription id; a story that several caught stands under the first of them, once."""
    seen: set[int] = set()
    topics = []
    for subscription in subscriptions:
        own: dict[int, Item] = {}
        for one in sorted(caught.get(subscription.id, ()), key=attrgetter("importance")):
            if one.story_id not in seen:
                own.setdefault(one.story_id, one)
        seen |= own.keys()
        if own:
            topics.append(Topic(subscription, tuple(own.values())))
    return tuple(topics)


def messages(topics: Sequence[Topic], *, instant: bool, reader: Reader, now: datetime) -> list[str]:
    """The digest as Telegram's messages, split between stories; an instant alert goes without a date."""
    blocks = [] if instant else [Block(_header(topics, reader=reader, now=now), with_next=True)]
    for topic in topics:
        blocks.append(Block(f"📌 {render.brief(topic.subscription.text)}", with_next=True))
        blocks += [Block(one.html) for one in topic.items]
    return split(blocks)


def _header(topics: Sequence[Topic], *, reader: Reader, now: datetime) -> str:
    count = sum(len(topic.items) for topic in topics)
    stories = ngettext("{count} new story", "{count} new stories", count).format(count=count)
    when = render.moment(now, reader=reader, now=now)
    return _("<b>Digest</b> · {when} · {stories}").format(when=when, stories=stories)


def _importance(hit: Hit) -> tuple[float, float]:
    """Sorts the important first: words in the headline, number of sources, then the newest."""
    weight = 1 + TITLE_WEIGHT * bool(hit.title.marks) + SOURCES_WEIGHT * math.log2(1 + len(hit.other_sources))
    return -weight, -hit.article.published_at.timestamp()
