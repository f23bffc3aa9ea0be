"""What was caught → a digest: topics and their stories by importance, each story once, numbered, with buttons. Pure.

    Hit ──item──▶ Item ──arrange──▶ Topic ──messages, alerts──▶ parts: HTML, buttons, picture

An item is all that a digest needs to hold of an article, so that one of thousands of stories costs what it says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Final, NamedTuple

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import ranking, render
from bot.alerts import Reason
from bot.keyboards import keyboard
from bot.messages import Block, bold, clip, italic, split
from bot.ranking import Signals
from bot.render import Reader
from bot.story_buttons import ShowStory, alert_buttons, digest_buttons, numbers
from storage.models import Part, Subscription, Telling

# Of the other subscriptions that caught a story so many are named, each with so many UTF-16 units.
ALSO_SHOWN: Final = 3
ALSO_LIMIT: Final = 40


@dataclass(frozen=True, slots=True)
class Item:
    """An article of a story as a reader is told it for the sake of a query.

    `head` is the headline with its byline, `text` the sentences that show why, `news` the sentence that says what the
    article adds to its story, empty where that is the headline; `score` is that of its signals.
    """

    story_id: int
    article_id: int
    signals: Signals
    score: float
    head: str
    text: str
    news: str
    articles: int
    image: str | None
    stored_at: datetime


class Caught(NamedTuple):
    """What a subscription caught; an update where the story was told before."""

    item: Item
    is_update: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in a digest: for the sake of the subscription that it meets best, with the others that caught it."""

    item: Item
    subscription: Subscription
    also: tuple[Subscription, ...]
    is_update: bool
    score: float
    place: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """A subscription with its stories, the important first; those `left` are beyond the chat's limit."""

    subscription: Subscription
    entries: tuple[Entry, ...]
    left: tuple[Entry, ...] = ()


def arrange(
    subscriptions: Sequence[Subscription],
    caught: Mapping[int, Sequence[Caught]],
    *,
    leanings: Mapping[int, float] | None = None,
    limit: int | None = None,
) -> tuple[Topic, ...]:
    """Each story once, under the subscription that it meets best, the first of equals; topics by their best story.

    Of several articles of a story the face stands for it, or else the best one; of an update the newest. `limit` is how
    many stories of a topic are shown: these have the first places of the digest, what is left has the last.
    """
    by_id = {one.id: one for one in subscriptions}
    met: dict[int, list[tuple[Subscription, Caught]]] = {}
    for one in subscriptions:
        for story_id, found in _by_story(caught.get(one.id, ())).items():
            met.setdefault(story_id, []).append((one, found))
    under: dict[int, list[Entry]] = {}
    for story_id, several in met.items():
        entry = _entry(several, leaning=(leanings or {}).get(story_id, 0.0))
        under.setdefault(entry.subscription.id, []).append(entry)
    ranked = {one: sorted(own, key=_by_score) for one, own in under.items()}
    topics = [Topic(by_id[one], tuple(own[:limit]), tuple(own[limit:] if limit else ())) for one, own in ranked.items()]
    return _placed(sorted(topics, key=lambda topic: (_by_score(topic.entries[0]), topic.subscription.id)))


def tellings(topics: Sequence[Topic]) -> tuple[Telling, ...]:
    """What a digest of these tells, by place."""
    return tuple(
        Telling(one.item.story_id, one.item.article_id, one.subscription.id, one.place, shown)
        for shown in (True, False)
        for topic in topics
        for one in (topic.entries if shown else topic.left)
    )


def messages(
    topics: Sequence[Topic],
    *,
    reader: Reader,
    now: datetime,
    images: bool = False,
    reason: Reason | None = None,
    is_preview: bool = False,
) -> list[Part]:
    """A digest in parts, split between stories, under each the numbers of its own; under the last the list of all.

    A preview says that it is one, and has no such list: it is stored nowhere.
    """
    header = _header(topics, reason, reader=reader, now=now)
    blocks = [Block(f"{_preview_head()}\n{header}" if is_preview else header, with_next=True)]
    for topic in topics:
        blocks.append(Block(_topic(topic.subscription), with_next=True))
        blocks += [Block(f"{one.place}. {_told(one)}", key=one.place) for one in topic.entries]
        if topic.left:
            blocks.append(Block(italic(_("{count} more: ☰ All").format(count=len(topic.left)))))
    shown = {one.place: one for topic in topics for one in topic.entries}
    packed = split(blocks)
    rest, at = sum(len(topic.left) for topic in topics), int(now.timestamp())
    parts = []
    for part in packed:
        own = [(place, _page(shown[place])) for place in part.keys]
        under = (
            digest_buttons(own, rest=rest, at=at) if part is packed[-1] and not is_preview else keyboard(numbers(own))
        )
        preview = shown[1].item.image if images and 1 in part.keys else None
        parts.append(Part(part.html, _json(under), preview))
    return parts


def alerts(topics: Sequence[Topic], *, images: bool = False) -> list[Part]:
    """Each story in a message of its own, with buttons of its own; without a date, for it is news of this moment."""
    return [
        Part(
            "\n\n".join([_topic(one.subscription), _told(one)]),
            _json(alert_buttons(_page(one), articles=one.item.articles)),
            one.item.image if images else None,
        )
        for topic in topics
        for one in topic.entries
    ]


def _by_story(caught: Iterable[Caught]) -> dict[int, Caught]:
    """The article by which each story is told."""
    best: dict[int, Caught] = {}
    for one in caught:
        known = best.setdefault(one.item.story_id, one)
        if _fitness(one) > _fitness(known):
            best[one.item.story_id] = one
    return best


def _fitness(one: Caught) -> tuple[float, float]:
    if one.is_update:
        return one.item.article_id, 0.0
    return one.item.signals.is_face, one.item.score


def _entry(several: Sequence[tuple[Subscription, Caught]], *, leaning: float) -> Entry:
    best, found = max(several, key=lambda pair: pair[1].item.score)
    score = found.item.score
    if leaning:
        score = ranking.score(replace(found.item.signals, leaning=leaning))
    also = tuple(one for one, _found in several if one is not best)
    return Entry(found.item, best, also, found.is_update, score)


def _by_score(entry: Entry) -> float:
    return -entry.score


def _placed(topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """Numbered from 1: what is shown, and then what is left."""
    shown = count(1)
    left = count(1 + sum(len(topic.entries) for topic in topics))
    return tuple(
        replace(
            topic,
            entries=tuple(replace(one, place=next(shown)) for one in topic.entries),
            left=tuple(replace(one, place=next(left)) for one in topic.left),
        )
        for topic in topics
    )


def _header(topics: Sequence[Topic], reason: Reason | None, *, reader: Reader, now: datetime) -> str:
    """What it is, when it was made, what it holds, and why it comes where nobody expects it."""
    when = render.moment(now, reader=reader, now=now)
    counts = " · ".join(_counts([one for topic in topics for one in (*topic.entries, *topic.left)]))
    header = _("<b>Digest</b> · {when} · {stories}").format(when=when, stories=counts)
    return f"{header}\n{_why_together(reason)}" if reason else header


def _preview_head() -> str:
    return _("<b>Preview</b>: this is how your digest would look right now. It does not count as sent.")


def _counts(entries: Sequence[Entry]) -> Iterator[str]:
    """New stories, updates of known ones, and how many articles they stand for, where these are more."""
    updates = sum(one.is_update for one in entries)
    if new := len(entries) - updates:
        yield ngettext("{count} new story", "{count} new stories", new).format(count=new)
    if updates:
        yield ngettext("{count} update", "{count} updates", updates).format(count=updates)
    articles = sum(one.item.articles for one in entries)
    if articles > len(entries):
        yield ngettext("{count} article", "{count} articles", articles).format(count=articles)


def _why_together(reason: Reason) -> str:
    if reason is Reason.QUIET:
        return _("This came during your quiet hours.")
    if reason is Reason.PAUSED:
        return _("This came while you had paused me.")
    return _("There was too much for single messages, so here it is together.")


def _topic(subscription: Subscription) -> str:
    return f"📌 {render.brief(subscription.text)}"


def _told(entry: Entry) -> str:
    """Headline, byline, sentences; what else caught it. Where the headline is what is new, it is marked itself."""
    head, text = entry.item.head, entry.item.text
    if entry.is_update and entry.item.news:
        text = f"{bold(_('Update:'))} {entry.item.news}"
    elif entry.is_update:
        head = f"{bold(_('Update:'))} {head}"
    return "\n".join(filter(None, (head, text, _also(entry.also))))


def _also(others: Sequence[Subscription]) -> str:
    """«также: баку, астана +2»."""
    if not others:
        return ""
    named = ", ".join(render.typed(clip(one.text, ALSO_LIMIT)) for one in others[:ALSO_SHOWN])
    more = f" +{len(others) - ALSO_SHOWN}" if len(others) > ALSO_SHOWN else ""
    return _("also: {queries}").format(queries=f"{named}{more}")


def _page(entry: Entry) -> ShowStory:
    return ShowStory(story=entry.item.story_id, subscription=entry.subscription.id, article=entry.item.article_id)


def _json(buttons: InlineKeyboardMarkup | None) -> str | None:
    return buttons.model_dump_json(exclude_none=True) if buttons else None
