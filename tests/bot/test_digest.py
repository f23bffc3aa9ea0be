"""What was caught → a digest: topics in the reader's order, each story once, messages that Telegram takes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import Item, Topic, arrange, item, messages
from bot.render import Reader
from storage.models import Article, Excerpt, Hit, Source, Subscription
from tests.bot.newsroom import DAY, NOON, seen

READER = Reader(language="ru", zone=ZoneInfo("Asia/Almaty"))


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
    others: tuple[str, ...] = (),
    at: datetime = NOON,
    url: str | None = "https://report.az/1",
    source: str = "report.az",
) -> Hit:
    article = Article(
        id=story,
        story_id=story,
        source=Source(id=1, name=source, host="report.az"),
        title=title,
        text=text,
        url=url,
        author=None,
        language="ru",
        published_at=at,
        stored_at=NOON,
    )
    return Hit(article=article, score=0.0, title=Excerpt(title, marks), snippet=Excerpt(text), other_sources=others)


def told(found: Hit) -> Item:
    return item(found, reader=READER, now=NOON)


def arranged(followed: Sequence[Subscription], caught: Mapping[int, Sequence[Hit]]) -> tuple[Topic, ...]:
    return arrange(followed, {one: [told(found) for found in hits] for one, hits in caught.items()})


def stories(topics: tuple[Topic, ...]) -> list[list[int]]:
    return [[one.story_id for one in topic.items] for topic in topics]


@contextmanager
def speaking(i18n: I18n) -> Iterator[None]:
    with i18n.context(), i18n.use_locale("ru"):
        yield


def test_topics_stand_in_the_order_of_the_list_and_empty_ones_are_left_out() -> None:
    followed = [subscription(number) for number in (1, 2, 3)]
    topics = arranged(followed, {3: [hit(30)], 1: [hit(10)]})
    assert [topic.subscription.id for topic in topics] == [1, 3]


def test_a_story_that_two_subscriptions_caught_stands_under_the_first() -> None:
    followed = [subscription(1), subscription(2)]
    assert stories(arranged(followed, {2: [hit(7), hit(8)], 1: [hit(7)]})) == [[7], [8]]


def test_of_two_articles_that_tell_one_story_the_more_important_stands() -> None:
    plain, marked = hit(7, "Казахстан"), hit(7, "Казахстан", marks=((0, 9),))
    [topic] = arranged([subscription(1)], {1: [plain, marked]})
    assert topic.items == (told(marked),)


def test_the_important_comes_first() -> None:
    """Words in the headline, then many sources, then the newest."""
    caught = [
        hit(1, at=NOON - DAY),
        hit(2, at=NOON),
        hit(3, others=("a.az",)),
        hit(4, others=("a.az", "b.az")),
        hit(5, marks=((0, 9),)),
    ]
    assert stories(arranged([subscription(1)], {1: caught})) == [[5, 4, 3, 2, 1]]


def test_nothing_caught_is_no_topic() -> None:
    assert arranged([subscription(1)], {}) == ()


def test_a_digest_says_when_it_was_made_and_how_many_stories_it_holds(i18n: I18n) -> None:
    topics = arranged([subscription(1), subscription(2, "баку")], {1: [hit(1, "Первая")], 2: [hit(2, "Вторая")]})
    with speaking(i18n):
        [html] = messages(topics, instant=False, reader=READER, now=NOON)
    header, *lines = seen(html).splitlines()
    assert header.startswith("Дайджест · 6 декабря, 12:00 · 2 ")
    assert lines == [
        "",
        "📌 казахстан",
        "",
        "Первая",
        "report.az · 6 декабря, 12:00",
        "",
        "📌 баку",
        "",
        "Вторая",
        "report.az · 6 декабря, 12:00",
    ]


def test_an_alert_goes_without_a_header(i18n: I18n) -> None:
    topics = arranged([subscription(1)], {1: [hit(1, "Первая")]})
    with speaking(i18n):
        [html] = messages(topics, instant=True, reader=READER, now=NOON)
    assert seen(html).splitlines() == ["📌 казахстан", "", "Первая", "report.az · 6 декабря, 12:00"]


def test_a_long_digest_is_split_between_stories(i18n: I18n) -> None:
    words = " ".join(["слово"] * 40)
    caught = [hit(number, f"Новость {number}", text=words) for number in range(1, 61)]
    with speaking(i18n):
        htmls = messages(arranged([subscription(1)], {1: caught}), instant=False, reader=READER, now=NOON)
    texts = [seen(html) for html in htmls]
    assert len(texts) > 3
    blocks = [block for text in texts for block in text.split("\n\n") if block.startswith("Новость")]
    byline = "report.az · 6 декабря, 12:00"
    assert set(blocks) == {f"Новость {number}\n{byline}\n{words}" for number in range(1, 61)}
    assert len(blocks) == 60


# Half a surrogate pair can't get into the store, and so into no article.
MARKUP = ("<b>", "</b>", "<a href=", "&lt;", "&nbsp;", "&", '"')
SIGNS = ("🙂", "👨\u200d👩\u200d👧", "\u202eعربي", "e\u0301", "\x00", "\u2028", " ", "😀" * 300)
TROUBLE = st.sampled_from([*MARKUP, *SIGNS])
TEXTS = st.lists(TROUBLE | st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5).map("".join)
TITLES = TEXTS.filter(str.strip)
DATES = st.integers(-(2**31), 2**32).map(lambda at: datetime.fromtimestamp(at, UTC))


@st.composite
def hostile_hits(draw: st.DrawFn) -> Hit:
    title, text = draw(TITLES), draw(TEXTS)
    ends = sorted(draw(st.sets(st.integers(0, len(title)), max_size=8)))
    return hit(
        1,
        title,
        text=text,
        marks=tuple(zip(ends[::2], ends[1::2], strict=False)),
        others=tuple(draw(st.lists(TEXTS, max_size=4))),
        at=draw(DATES),
        url=draw(st.none() | TEXTS | TEXTS.map("https://report.az/{}".format)),
        source=draw(TEXTS),
    )


@st.composite
def catches(draw: st.DrawFn) -> tuple[list[Subscription], dict[int, list[Hit]]]:
    """Up to four subscriptions, with any number of stories each that read like one of a few."""
    followed = [subscription(number, draw(TITLES)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    kinds = draw(st.lists(hostile_hits(), min_size=1, max_size=3))
    caught = {}
    for one in followed:
        story_ids = range(draw(st.integers(1, 30)), draw(st.integers(1, 60)))
        caught[one.id] = [told_as(kinds[story_id % len(kinds)], story_id) for story_id in story_ids]
    return followed, caught


def told_as(kind: Hit, story_id: int) -> Hit:
    return replace(kind, article=replace(kind.article, id=story_id, story_id=story_id))


@settings(max_examples=40, deadline=None)
@given(caught=catches(), zone=st.sampled_from(["Asia/Almaty", "America/New_York", "Pacific/Apia"]))
def test_whatever_articles_hold_telegram_takes_every_message(
    i18n: I18n, caught: tuple[list[Subscription], dict[int, list[Hit]]], zone: str
) -> None:
    topics = arranged(*caught)
    reader = Reader(language="ru", zone=ZoneInfo(zone))
    with speaking(i18n):
        htmls = messages(topics, instant=False, reader=reader, now=NOON)
    texts = [seen(html) for html in htmls]
    told = [one.story_id for topic in topics for one in topic.items]
    assert len(told) == len(set(told))
    assert set(told) == {one.article.story_id for hits in caught[1].values() for one in hits}
    assert "".join(texts).count("📌") >= len(topics)
