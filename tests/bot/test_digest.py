"""What was caught → a digest: the important first, each story once, numbered, in messages that Telegram takes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram.utils.i18n import I18n
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts import Reason
from bot.digest import Caught, Entry, Item, Topic, alerts, arrange, messages, tellings
from bot.items import item
from bot.render import Reader
from bot.story_buttons import DigestList, Less, ShowStory, Why
from storage.models import Article, Excerpt, Hit, Part, Source, Subscription, Telling
from storage.shown import Shown
from tests.bot.newsroom import DAY, HOUR, NOON, seen

READER = Reader(language="ru", zone=ZoneInfo("Asia/Almaty"))
IMAGE = "https://report.az/1.jpg"


def subscription(number: int, text: str = "казахстан") -> Subscription:
    return Subscription(
        id=number,
        chat_id=1,
        query_id=number,
        text=text,
        canonical=text,
        instant=False,
        paused=False,
        created_at=NOON,
    )


def hit(
    story: int,
    title: str = "Заголовок",
    *,
    text: str = "",
    marks: tuple[tuple[int, int], ...] = (),
    at: datetime = NOON,
    url: str | None = "https://report.az/1",
    source: str = "report.az",
    **fields: Any,
) -> Hit:
    article = Article(
        id=fields.pop("article", story),
        story_id=story,
        source=Source(id=1, name=source, host="report.az"),
        title=title,
        text=text,
        url=url,
        author=None,
        language="ru",
        published_at=at,
        stored_at=NOON,
        **fields,
    )
    return Hit(article=article, score=0.0, title=Excerpt(title, marks), snippet=Excerpt(text))


def told(found: Hit, *, by: Sequence[str] = (), face: int | None = None, closeness: float = 0.0) -> Item:
    """What a reader is told of the hit; its story is told `by` these sources, or by its own alone."""
    names = tuple(by) or (found.article.source.name,)
    others = tuple(name for name in dict.fromkeys(names) if name != found.article.source.name)
    shown = Shown(found.article, b"", found.article.id if face is None else face, names)
    return item(shown, replace(found, other_sources=others, closeness=closeness), reader=READER, now=NOON)


def arranged(
    followed: Sequence[Subscription], caught: Mapping[int, Sequence[Hit | Item | Caught]], **options: Any
) -> tuple[Topic, ...]:
    return arrange(followed, {one: [_caught(found) for found in own] for one, own in caught.items()}, **options)


def _caught(found: Hit | Item | Caught) -> Caught:
    if isinstance(found, Hit):
        found = told(found)
    return found if isinstance(found, Caught) else Caught(found)


def stories(topics: Sequence[Topic]) -> list[list[int]]:
    return [[one.item.story_id for one in topic.entries] for topic in topics]


def entries(topics: Sequence[Topic]) -> list[Entry]:
    """Shown or not, by place."""
    return sorted(chain(*(topic.entries + topic.left for topic in topics)), key=lambda one: one.place)


def text_of(part: Part) -> list[str]:
    return seen(part.html).splitlines()


def labels(part: Part) -> list[list[str]]:
    rows = json.loads(part.buttons or "{}").get("inline_keyboard", [])
    return [[button["text"] for button in row] for row in rows]


def carried(part: Part) -> list[str]:
    rows = json.loads(part.buttons or "{}").get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


@contextmanager
def speaking(i18n: I18n) -> Iterator[None]:
    with i18n.context(), i18n.use_locale("ru"):
        yield


# Which story stands where


def test_topics_stand_by_their_best_story_and_equals_in_the_order_of_the_list() -> None:
    followed = [subscription(number) for number in (1, 2, 3, 4)]
    topics = arranged(followed, {4: [hit(40)], 3: [hit(30), hit(31, marks=((0, 9),))], 1: [hit(10)]})
    assert [topic.subscription.id for topic in topics] == [3, 1, 4]


def test_a_story_that_several_subscriptions_caught_stands_under_the_one_it_meets_best() -> None:
    followed = [subscription(1), subscription(2), subscription(3)]
    mentioned, named = hit(7), hit(7, marks=((0, 9),))
    [topic] = arranged(followed, {1: [mentioned], 2: [named], 3: [mentioned]})
    [entry] = topic.entries
    assert topic.subscription.id == entry.subscription.id == 2
    assert [one.id for one in entry.also] == [1, 3]


def test_of_equals_the_first_subscription_has_the_story() -> None:
    assert stories(arranged([subscription(1), subscription(2)], {2: [hit(7), hit(8)], 1: [hit(7)]})) == [[7], [8]]


def test_of_the_articles_of_a_story_its_face_is_told() -> None:
    face, other = told(hit(7, article=1)), told(hit(7, article=2, marks=((0, 9),)), face=1)
    [topic] = arranged([subscription(1)], {1: [other, face]})
    assert [one.item for one in topic.entries] == [face]


def test_where_the_face_did_not_meet_the_query_the_best_article_is_told() -> None:
    plain, marked = told(hit(7, article=2), face=1), told(hit(7, article=3, marks=((0, 9),)), face=1)
    [topic] = arranged([subscription(1)], {1: [plain, marked]})
    assert [one.item for one in topic.entries] == [marked]


def test_of_an_update_the_newest_article_is_told() -> None:
    earlier, later = told(hit(7, article=2, marks=((0, 9),))), told(hit(7, article=3), face=2)
    [topic] = arranged([subscription(1)], {1: [Caught(later, is_update=True), Caught(earlier, is_update=True)]})
    assert [(one.item, one.is_update) for one in topic.entries] == [(later, True)]


def test_the_important_comes_first() -> None:
    """Words in the headline, then many sources, then the newest."""
    caught = [
        told(hit(1, at=NOON - DAY)),
        told(hit(2, at=NOON)),
        told(hit(3), by=["report.az", "a.az"]),
        told(hit(4), by=["report.az", "a.az", "b.az"]),
        told(hit(5, marks=((0, 9),))),
    ]
    assert stories(arranged([subscription(1)], {1: caught})) == [[5, 4, 3, 2, 1]]


def test_what_a_chat_likes_comes_before_its_equals_and_what_it_waved_away_after_them() -> None:
    caught = {1: [hit(1), hit(2), hit(3)]}
    assert stories(arranged([subscription(1)], caught, leanings={1: -0.5, 3: 0.5})) == [[3, 2, 1]]


def test_nothing_caught_is_no_topic() -> None:
    assert arranged([subscription(1)], {}) == ()


def test_beyond_the_limit_of_a_topic_stories_are_told_and_not_shown() -> None:
    topics = arranged([subscription(1), subscription(2)], {1: [hit(1), hit(2), hit(3)], 2: [hit(4)]}, limit=2)
    assert stories(topics) == [[1, 2], [4]]
    assert tellings(topics) == (
        Telling(1, 1, 1, 1),
        Telling(2, 2, 1, 2),
        Telling(4, 4, 2, 3),
        Telling(3, 3, 1, 4, shown=False),
    )


# What it looks like


def test_a_digest_is_numbered_through_and_says_what_it_holds(i18n: I18n) -> None:
    topics = arranged([subscription(1), subscription(2, "баку")], {1: [hit(1, "Первая")], 2: [hit(2, "Вторая")]})
    with speaking(i18n):
        [part] = messages(topics, reader=READER, now=NOON)
    assert text_of(part) == [
        "Дайджест · 6 декабря, 12:00 · 2 новости",
        "",
        "📌 казахстан",
        "",
        "1. Первая",
        "report.az · 1 минуту назад",
        "",
        "📌 баку",
        "",
        "2. Вторая",
        "report.az · 1 минуту назад",
    ]
    assert labels(part) == [["1", "2"], ["☰ Список"]]
    at = int(NOON.timestamp())
    assert carried(part) == [
        ShowStory(story=1, subscription=1, article=1).pack(),
        ShowStory(story=2, subscription=2, article=2).pack(),
        DigestList(at=at).pack(),
    ]


def test_an_item_names_its_first_source_the_others_and_what_else_caught_it(i18n: I18n) -> None:
    followed = [subscription(number, text) for number, text in enumerate("абвгд", 1)]
    found = told(hit(1, "Первая", text="Слово."), by=["a.az", "b.az", "report.az", "c.az", "a.az"])
    with speaking(i18n):
        [part] = messages(arranged(followed, {one.id: [found] for one in followed}), reader=READER, now=NOON)
    assert text_of(part) == [
        "Дайджест · 6 декабря, 12:00 · 1 новость · 5 статей",
        "",
        "📌 а",
        "",
        "1. Первая",
        "a.az, b.az, report.az +1 · 1 минуту назад",
        "Слово.",
        "также: б, в, г +1",
    ]


def test_an_update_says_what_is_new(i18n: I18n) -> None:
    update = told(hit(1, "Первая", text="Слово.", development="Стало известно <другое>."))
    with speaking(i18n):
        [part] = messages(arranged([subscription(1)], {1: [Caught(update, is_update=True)]}), reader=READER, now=NOON)
    assert text_of(part)[0].endswith(" · 1 обновление")
    assert text_of(part)[-1] == "Обновление: Стало известно <другое>."
    assert "<b>Обновление:</b>" in part.html


@pytest.mark.parametrize("news", ["Порт открыли после шторма.", None])
def test_an_update_whose_headline_is_what_is_new_has_its_mark_there(i18n: I18n, news: str | None) -> None:
    update = told(hit(1, "Порт открыли после шторма", text="Он был закрыт неделю.", development=news))
    with speaking(i18n):
        [part] = messages(arranged([subscription(1)], {1: [Caught(update, is_update=True)]}), reader=READER, now=NOON)
    assert text_of(part)[-3:] == [
        "1. Обновление: Порт открыли после шторма",
        "report.az · 1 минуту назад",
        "Он был закрыт неделю.",
    ]


def test_what_is_left_is_counted_and_one_press_away(i18n: I18n) -> None:
    topics = arranged([subscription(1), subscription(2)], {1: [hit(1), hit(2), hit(3)], 2: [hit(4)]}, limit=1)
    with speaking(i18n):
        [part] = messages(topics, reader=READER, now=NOON)
    lines = text_of(part)
    assert lines[0].endswith(" · 4 новости")
    assert lines[lines.index("1. Заголовок") + 3 : lines.index("2. Заголовок")] == [
        "ещё 2 — ☰ Все",
        "",
        "📌 казахстан",
        "",
    ]
    assert labels(part) == [["1", "2"], ["☰ Все, ещё 2"]]


def test_a_digest_shows_the_picture_of_its_first_story_alone(i18n: I18n) -> None:
    first, second = told(hit(1, image=IMAGE, marks=((0, 9),))), told(hit(2, image="https://report.az/2.jpg"))
    with speaking(i18n):
        for images, shown in ((True, IMAGE), (False, None)):
            [part] = messages(arranged([subscription(1)], {1: [first, second]}), reader=READER, now=NOON, images=images)
            assert part.preview == shown
        [part] = messages(arranged([subscription(1)], {1: [hit(1), second]}), reader=READER, now=NOON, images=True)
        assert part.preview is None


@pytest.mark.parametrize(
    ("reason", "said"),
    [(Reason.QUIET, "Это пришло за тихие часы."), (Reason.MANY, "Новостей было слишком много")],
)
def test_a_digest_that_nobody_expects_says_why_it_comes(i18n: I18n, reason: Reason, said: str) -> None:
    with speaking(i18n):
        [part] = messages(arranged([subscription(1)], {1: [hit(1)]}), reader=READER, now=NOON, reason=reason)
    assert text_of(part)[1].startswith(said)


def test_alerts_are_a_message_each_without_a_header(i18n: I18n) -> None:
    first = told(hit(1, "Первая", marks=((0, 6),), image=IMAGE), by=["report.az", "a.az"])
    with speaking(i18n):
        one, other = alerts(arranged([subscription(1)], {1: [hit(2, "Вторая"), first]}), images=True)
    assert text_of(one) == ["📌 казахстан", "", "Первая", "report.az, a.az · 1 минуту назад"]
    assert text_of(other) == ["📌 казахстан", "", "Вторая", "report.az · 1 минуту назад"]
    assert (one.preview, other.preview) == (IMAGE, None)
    assert labels(one) == [["☆ Сохранить", "Меньше такого"], ["Почему", "Все 2 статьи"]]
    assert labels(other) == [["☆ Сохранить", "Меньше такого"], ["Почему"]]
    assert carried(one)[1:] == [
        Less(story=1, less=True).pack(),
        Why(story=1, subscription=1, article=1).pack(),
        ShowStory(story=1, subscription=1, article=1).pack(),
    ]


def test_a_long_digest_is_split_between_stories_with_the_numbers_of_each_part_under_it(i18n: I18n) -> None:
    words = " ".join(["слово"] * 40)
    caught = [hit(number, f"Новость {number}", text=words, at=NOON - number * HOUR) for number in range(1, 61)]
    with speaking(i18n):
        parts = messages(arranged([subscription(1)], {1: caught}), reader=READER, now=NOON)
    assert len(parts) > 3
    for part in parts:
        lines = text_of(part)
        shown = [line.partition(".")[0] for line in lines if "Новость" in line]
        *numbered, last = labels(part)
        assert list(chain(*(labels(part) if part is not parts[-1] else numbered))) == shown
        assert ("☰" in last[0]) == (part is parts[-1])
    blocks = [block for part in parts for block in seen(part.html).split("\n\n") if "Новость" in block]
    assert [block.splitlines()[0] for block in blocks] == [f"{number}. Новость {number}" for number in range(1, 61)]
    assert {block.splitlines()[2] for block in blocks} == {words}


# Whatever is caught

# Half a surrogate pair can't get into the store, and so into no article.
MARKUP = ("<b>", "</b>", "<a href=", "&lt;", "&nbsp;", "&", '"')
SIGNS = ("🙂", "👨\u200d👩\u200d👧", "\u202eعربي", "e\u0301", "\x00", "\u2028", " ", "😀" * 300)
TROUBLE = st.sampled_from([*MARKUP, *SIGNS])
TEXTS = st.lists(TROUBLE | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5).map("".join)
TITLES = TEXTS.filter(str.strip)
DATES = st.integers(-(2**31), 2**32).map(lambda at: datetime.fromtimestamp(at, UTC))
BIG = (1 << 63) - 200  # a button must hold the greatest ids


@st.composite
def hostile_items(draw: st.DrawFn) -> Item:
    title, text = draw(TITLES), draw(TEXTS)
    ends = sorted(draw(st.sets(st.integers(0, len(title)), max_size=8)))
    found = hit(
        1,
        title,
        text=text,
        marks=tuple(zip(ends[::2], ends[1::2], strict=False)),
        at=draw(DATES),
        url=draw(st.none() | TEXTS | TEXTS.map("https://report.az/{}".format)),
        source=draw(TEXTS),
        image=draw(st.none() | st.just(IMAGE)),
        development=draw(st.none() | TEXTS),
    )
    return told(found, by=draw(st.lists(TEXTS, max_size=4)), closeness=draw(st.floats(0, 1)))


@st.composite
def catches(draw: st.DrawFn) -> tuple[list[Subscription], dict[int, list[Caught]]]:
    """Up to four subscriptions, with any number of stories each that read like one of a few; some are updates."""
    base = draw(st.sampled_from([0, BIG]))
    followed = [subscription(base + number, draw(TITLES)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    kinds = draw(st.lists(hostile_items(), min_size=1, max_size=3))
    updates = draw(st.sets(st.integers(1, 60), max_size=10))
    caught = {}
    for one in followed:
        story_ids = range(draw(st.integers(1, 30)), draw(st.integers(1, 60)))
        caught[one.id] = [
            Caught(
                replace(kinds[number % len(kinds)], story_id=base + number, article_id=base + number),
                is_update=number in updates,
            )
            for number in story_ids
        ]
    return followed, caught


@settings(max_examples=40, deadline=None)
@given(
    caught=catches(),
    zone=st.sampled_from(["Asia/Almaty", "America/New_York", "Pacific/Apia"]),
    limit=st.sampled_from([None, 1, 3, 10]),
    leaning=st.dictionaries(st.integers(1, 60), st.floats(-1, 1), max_size=5),
)
def test_every_story_is_told_once_and_whatever_articles_hold_telegram_takes_every_message(
    i18n: I18n,
    caught: tuple[list[Subscription], dict[int, list[Caught]]],
    zone: str,
    limit: int | None,
    leaning: dict[int, float],
) -> None:
    topics = arrange(*caught, leanings=leaning, limit=limit)
    gathered = {one.item.story_id for own in caught[1].values() for one in own}
    told_stories = [one.story_id for one in tellings(topics)]
    assert len(told_stories) == len(set(told_stories))
    assert set(told_stories) == gathered
    assert [one.place for one in tellings(topics)] == list(range(1, len(gathered) + 1))
    assert all(len(topic.entries) <= (limit or len(gathered)) for topic in topics)
    by_place = {one.place: one for one in entries(topics)}
    with speaking(i18n):
        parts = messages(topics, reader=Reader(language="ru", zone=ZoneInfo(zone)), now=NOON, images=True)
        singly = alerts(topics, images=True)
    assert len(singly) == sum(len(topic.entries) for topic in topics)
    texts = [seen(part.html) for part in (*parts, *singly)]
    assert "".join(texts).count("📌") >= len(topics)
    numbered = []
    for part, text in zip(parts, texts, strict=False):
        buttons = dict(zip(chain(*labels(part)), carried(part), strict=True))
        for number in [label for label in buttons if label.isdigit()]:
            one = by_place[int(number)]
            assert any(line.startswith(f"{number}. ") for line in text.splitlines())
            page = ShowStory(story=one.item.story_id, subscription=one.subscription.id, article=one.item.article_id)
            assert buttons[number] == page.pack()
            numbered.append(int(number))
    assert numbered == [one.place for one in tellings(topics) if one.shown]
    for data in chain(*map(carried, [*parts, *singly])):
        assert 1 <= len(data.encode()) <= 64
    assert all(len(carried(part)) <= 100 for part in parts)
