"""Whatever a source calls itself, its name is one short line, and a query for its articles can be read."""

import unicodedata
from datetime import timedelta

import pytest
from aiogram.utils.i18n import I18n
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.source_words import NAME_LIMIT, name, pace, query
from bot.messages import utf16_length
from storage.models import Feed, FeedState
from storage.query import parse
from tests.bot.conversation.sources import HOSTILE
from tests.bot.conversation.talk import NOON

TITLES = st.text(st.characters(), max_size=300) | st.sampled_from(HOSTILE)


def feed(title: str = "Report", url: str = "https://report.az/rss", *, per_day: float = 0, days: float = 5) -> Feed:
    since = NOON - timedelta(days=days)
    return Feed(
        id=1,
        url=url,
        host="report.az",
        title=title,
        topic=None,
        full_text=False,
        added_by=None,
        added_at=since,
        state=FeedState.LIVE,
        begun=True,
        per_day=per_day,
        observed_since=since,
    )


@given(TITLES)
@example("\u202e\u2066abc")
@example("\u200b\u2800\ufeff")
def test_name_is_one_line_that_shows_something_and_turns_nothing(title: str) -> None:
    shown = name(title, "report.az")
    assert shown.strip() == shown
    assert 0 < utf16_length(shown) <= NAME_LIMIT
    assert any(unicodedata.category(one)[0] in "LNSP" for one in shown)
    assert not {"\n", "\r", "\u2028", "\u202e", "\u2066", "\x00"} & set(shown)


@example("новости " * 200, "https://report.az/rss")
@given(
    TITLES, st.sampled_from(["https://report.az/rss", "https://t.me/s/report", "http://[::1]:8080/", "http://1.2.3.4/"])
)
def test_query_for_the_articles_of_a_source_can_be_read(title: str, url: str) -> None:
    assert parse(query(feed(title, url))).text


@pytest.mark.parametrize(
    ("per_day", "days", "said"),
    [
        (40.0, 0.5, ""),
        (40.4, 1, "40 articles a day"),
        (1.2, 5, "1 article a day"),
        (0.4, 5, "3 articles a week"),
        (0.15, 5, "1 article a week"),
        (0.0, 5, "less than an article a week"),
    ],
)
def test_pace_is_told_in_round_numbers_once_it_is_known(i18n: I18n, per_day: float, days: float, said: str) -> None:
    with i18n.context(), i18n.use_locale("en"):
        assert pace(feed(per_day=per_day, days=days), now=NOON) == said


def test_of_a_name_of_megabytes_the_beginning_is_looked_at() -> None:
    assert name("\N{SPACE}" * 5_000_000 + "Новости", "report.az") == "report.az"
