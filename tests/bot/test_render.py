"""Blocks of Telegram HTML: what a story looks like, and that no article can break a message."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import render
from bot.messages import ENTITY_LIMIT, TEXT_LIMIT
from bot.render import Reader
from storage.models import Article, Excerpt, Hit, Source
from tests.telegram_html import parse_html, utf16_length

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
ALMATY = Reader(language="ru", zone=ZoneInfo("Asia/Almaty"))
SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})  # CLDR's versions differ in these


def an_article(
    title: str = "Токаев прибыл в Баку",
    text: str = "",
    *,
    url: str | None = "https://report.az/1",
    source: str = "Report",
    at: datetime = NOW,
) -> Article:
    return Article(
        id=1,
        story_id=1,
        source=Source(id=1, name=source, host="report.az"),
        title=title,
        text=text,
        url=url,
        author=None,
        language="ru",
        published_at=at,
        stored_at=at,
    )


def a_hit(article: Article, *, snippet: Excerpt, title: Excerpt | None = None, others: tuple[str, ...] = ()) -> Hit:
    return Hit(article=article, score=1.0, title=title or Excerpt(article.title), snippet=snippet, other_sources=others)


def test_story_is_headline_byline_and_the_words_that_show_why() -> None:
    hit = a_hit(
        an_article(),
        title=Excerpt("Токаев прибыл в Баку", ((16, 20),)),
        snippet=Excerpt("Встреча в Баку: <итоги> & планы", ((10, 14),)),
        others=("Trend",),
    )
    assert render.story(hit, reader=ALMATY, now=NOW) == (
        '<a href="https://report.az/1">Токаев прибыл в <b>Баку</b></a>\n'
        "<i>Report, Trend · 1 минуту назад</i>\n"
        "Встреча в <b>Баку</b>: &lt;итоги&gt; &amp; планы"
    )


def test_story_without_snippet_has_two_lines() -> None:
    hit = a_hit(an_article(), snippet=Excerpt(""))
    assert render.story(hit, reader=ALMATY, now=NOW).count("\n") == 1


def test_article_shows_how_it_begins_without_its_headline() -> None:
    shown = render.article(an_article("Заголовок", "Заголовок. Самолёт сел утром.\nПодпись"), reader=ALMATY, now=NOW)
    assert shown.splitlines()[2] == "Самолёт сел утром."


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "http://localhost/1", "ftp://a.b/c", "нет"])
def test_headline_that_telegram_cannot_link_is_bold(url: str | None) -> None:
    assert render.article(an_article(url=url), reader=ALMATY, now=NOW).startswith("<b>Токаев прибыл в Баку</b>\n")


def test_line_breaks_in_a_headline_do_not_tear_the_block() -> None:
    shown = render.article(an_article("а\nб\u2028в", url=None), reader=ALMATY, now=NOW)
    assert shown.startswith("<b>а б в</b>\n")


def test_further_sources_are_counted() -> None:
    hit = a_hit(an_article(), snippet=Excerpt(""), others=("Б", "В", "Г", "Д"))
    assert "<i>Report, Б, В +2 · " in render.story(hit, reader=ALMATY, now=NOW)


def test_article_of_a_source_without_a_name_has_only_its_date() -> None:
    shown = render.article(an_article(source=""), reader=ALMATY, now=NOW)
    assert shown.endswith("<i>1 минуту назад</i>")


def test_sources_without_a_name_are_left_out() -> None:
    hit = a_hit(an_article(source="a.example"), snippet=Excerpt(""), others=("", " ", "b.example"))
    assert "<i>a.example, b.example · 1 минуту назад</i>" in render.story(hit, reader=ALMATY, now=NOW)


def test_marks_beyond_the_cut_are_left_out() -> None:
    shown = render.marked(Excerpt("слово " * 20, ((0, 5), (114, 119))), limit=30, marks=5)
    assert shown == "<b>слово</b> слово слово слово слово…"


def test_only_so_many_marks_are_bold() -> None:
    assert render.marked(Excerpt("а б в", ((0, 1), (2, 3), (4, 5))), limit=30, marks=2) == "<b>а</b> <b>б</b> в"


@pytest.mark.parametrize(
    ("at", "language", "zone", "shown"),
    [
        (NOW, "ru", "Asia/Almaty", "6 декабря, 12:00"),
        (NOW, "en", "America/New_York", "December 6, 02:00"),
        (NOW - timedelta(hours=7), "ru", "Asia/Almaty", "6 декабря"),
        (datetime(2024, 2, 29, 20, 30, tzinfo=UTC), "ru", "Asia/Almaty", "1 марта 2024 г., 01:30"),
        (datetime(2024, 12, 24, 9, 0, tzinfo=UTC), "en", "Asia/Almaty", "December 24, 2024, 14:00"),
        (datetime(2025, 12, 31, 0, 0, tzinfo=UTC), "en", "America/New_York", "December 31"),
    ],
    ids=[
        "by the reader's clock",
        "in the reader's language",
        "date without time",
        "another year",
        "another year in English",
        "date in any zone",
    ],
)
def test_moment(at: datetime, language: str, zone: str, shown: str) -> None:
    reader = Reader(language=language, zone=ZoneInfo(zone))
    assert render.moment(at, reader=reader, now=NOW).translate(SPACES) == shown


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("passed", "language", "shown"),
    [
        (-HOUR, "ru", "1 минуту назад"),
        (0 * MINUTE, "ru", "1 минуту назад"),
        (59 * MINUTE + timedelta(seconds=59), "ru", "59 минут назад"),
        (HOUR, "ru", "1 час назад"),
        (3 * HOUR - MINUTE, "ru", "2 часа назад"),
        (5 * HOUR, "en", "5 hours ago"),
        (24 * HOUR - MINUTE, "en", "23 hours ago"),
        (24 * HOUR, "ru", "5 декабря"),
        (24 * HOUR, "en", "December 5"),
        (7 * HOUR, "ru", "6 декабря"),
        (365 * 24 * HOUR, "ru", "6 декабря 2024 г."),
        (5 * MINUTE, "kk", "5 минут бұрын"),
        (2 * HOUR, "kk", "2 сағат бұрын"),
        (24 * HOUR, "kk", "5 желтоқсан"),
        (365 * 24 * HOUR, "kk", "2024 ж. 6 желтоқсан"),
        (5 * MINUTE, "az", "5 dəqiqə əvvəl"),
        (2 * HOUR, "az", "2 saat əvvəl"),
        (24 * HOUR, "az", "5 dekabr"),
        (365 * 24 * HOUR, "az", "6 dekabr 2024"),
    ],
    ids=[
        "dated ahead",
        "just now",
        "the last minute of the hour",
        "an hour",
        "begun hours do not count",
        "in English",
        "the last hour of the day",
        "a day",
        "a day in English",
        "a date without a time",
        "a year",
        *("minutes in Kazakh", "hours in Kazakh", "a day in Kazakh", "a year in Kazakh"),
        *("minutes in Azerbaijani", "hours in Azerbaijani", "a day in Azerbaijani", "a year in Azerbaijani"),
    ],
)
def test_age(passed: timedelta, language: str, shown: str) -> None:
    reader = Reader(language=language, zone=ZoneInfo("Asia/Almaty"))
    assert render.age(NOW - passed, reader=reader, now=NOW).translate(SPACES) == shown


@given(st.integers(0, 60 * 48))
def test_age_grows_no_younger(minutes: int) -> None:
    """What is said changes from minutes to hours to a date, and never back."""
    said = [render.age(NOW - one * MINUTE, reader=ALMATY, now=NOW) for one in (minutes, minutes + 1)]
    kinds = [next((at for at, unit in enumerate(("минут", "час", "декабря")) if unit in one), -1) for one in said]
    assert kinds == sorted(kinds)


def test_heading_names_the_sources_in_the_order_given() -> None:
    shown = render.heading(a_hit(an_article(), snippet=Excerpt("нет")), ("Первый", "Report"), reader=ALMATY, now=NOW)
    assert shown.splitlines()[1:] == ["<i>Первый, Report · 1 минуту назад</i>"]


@pytest.mark.parametrize(
    ("language", "days", "shown"),
    [
        ("ru", 1, "воскресенье, 7 декабря, 12:00"),
        ("en", 1, "Sunday, December 7, 12:00"),
        ("ru", 30, "понедельник, 5 января 2026 г., 12:00"),
        ("en", 30, "Monday, January 5, 2026, 12:00"),
        ("kk", 1, "жексенбі, 7 желтоқсан, 12:00"),
        ("kk", 30, "дүйсенбі, 2026 ж. 5 қаңтар, 12:00"),
        ("az", 1, "bazar, 7 dekabr, 12:00"),
        ("az", 30, "bazar ertəsi, 5 yanvar 2026, 12:00"),
    ],
)
def test_occasion_names_the_weekday(language: str, days: int, shown: str) -> None:
    reader = Reader(language=language, zone=ZoneInfo("Asia/Almaty"))
    assert render.occasion(NOW + timedelta(days=days), reader=reader, now=NOW).translate(SPACES) == shown


@pytest.mark.parametrize(
    ("code", "language", "shown"),
    [
        ("kk", "ru", "Казахский"),
        ("az", "kk", "Әзербайжан тілі"),
        ("en", "kk", "Ағылшын тілі"),
        ("en", "az", "İngilis dili"),
        ("uk", "en", "Ukrainian"),
        ("qqq", "ru", "QQQ"),
    ],
)
def test_language_is_named_in_the_readers(code: str, language: str, shown: str) -> None:
    assert render.language_name(code, language) == shown


def test_day_is_that_of_the_readers_clock() -> None:
    assert render.day(NOW + timedelta(hours=13), reader=ALMATY, now=NOW) == "7 декабря"


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=700)
spans = st.lists(st.integers(0, 600), max_size=60, unique=True).map(
    lambda ends: tuple(zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)
hits = st.builds(
    lambda title, text, source, others, marks: a_hit(
        an_article(title or "а", text, source=source),
        title=Excerpt(title or "а", tuple(mark for mark in marks if mark[1] <= len(title))),
        snippet=Excerpt(text, tuple(mark for mark in marks if mark[1] <= len(text))),
        others=tuple(others),
    ),
    words,
    words,
    words,
    st.lists(words, max_size=5),
    spans,
)


@given(st.lists(hits, min_size=1, max_size=5), st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_page_of_five_fits_telegram_whatever_the_articles_hold(page: list[Hit], query: str) -> None:
    blocks = [render.story(hit, reader=ALMATY, now=NOW) for hit in page]
    parsed = parse_html("\n\n".join([render.typed(query), *blocks]))
    assert not parsed.remarks
    assert utf16_length(parsed.text) <= TEXT_LIMIT
    assert len(parsed.entities) <= ENTITY_LIMIT


@given(st.text(max_size=600))
def test_list_shows_a_query_within_its_limit(query: str) -> None:
    assert utf16_length(parse_html(render.brief(query)).text) <= render.QUERY_LIMIT


@pytest.mark.parametrize("title", ["שלום, Баку", "سلام 2025"])
def test_what_is_written_from_right_to_left_is_set_apart(title: str) -> None:
    shown = render.marked(Excerpt(title), limit=100, marks=0)
    assert shown.startswith("\u2068")
    assert shown.endswith("\u2069")


def test_what_is_written_from_left_to_right_stays_as_it_is() -> None:
    assert render.marked(Excerpt("Bakı, 5 мая, қала"), limit=100, marks=0) == "Bakı, 5 мая, қала"
    assert render.marked(Excerpt("Баку \u202eукаб"), limit=100, marks=0) == "Баку  укаб"
