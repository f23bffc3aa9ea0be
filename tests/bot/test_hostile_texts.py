"""What others write is inert in every message: nothing of it can be pressed, turns the text round or hides it."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import render, story_view
from bot.conversation.source_words import name
from bot.messages import TEXT_LIMIT, escape, inert, link, sendable_url, split, utf16_length
from bot.render import Reader
from bot.sources import clean
from storage.models import Article, Excerpt, Hit, Source
from tests.telegram_clickable import clickable
from tests.telegram_html import Parsed, parse_html

NOW = datetime(2025, 12, 6, 7, tzinfo=UTC)
READER = Reader(language="ru", zone=ZoneInfo("Asia/Almaty"))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HOSTILE = (
    *(
        "/unsubscribe all",
        "@someone",
        "/start@other_bot",
        "//digest",
        "(/digest)",
        "a /b @c_d",
        "/\u2067digest",
        "/\0digest",
    ),
    *(
        "<b>",
        "</a>",
        "<a href='javascript:alert(1)'>",
        "&lt;b&gt;",
        "&nbsp;",
        "**bold**",
        "[x](javascript:y)",
        "`code`",
    ),
    *(
        BIDI,
        "\u202egpj.exe",
        "\u2067",
        "\u200b\u200c\u200d\u2060\ufeff",
        "a" + "\u0301" * 500,
        "\x00\x07\x1b[31m",
        "\x85",
    ),
    *("w" * 1500, "👨‍👩‍👧" * 300, "\ud800", "\u2028line", "﷽" * 200, "tg://user?id=1"),
)

ISOLATED = re.compile("\u2068([^\u202a-\u202e\u2066-\u2069]*)\u2069")

texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=30), min_size=1, max_size=6).map(" ".join) | st.lists(
    st.sampled_from(HOSTILE) | st.text(max_size=8), min_size=1, max_size=6
).map("".join)
addresses = st.none() | st.sampled_from(
    ["https://a.az/1", "javascript:alert(1)", "tg://user?id=1", "http://localhost/"]
)


def shown(html: str) -> Parsed:
    """As Telegram takes it, without a remark."""
    parsed = parse_html(html)
    assert not parsed.remarks
    return parsed


def assert_inert(html: str) -> None:
    parsed = shown(html)
    assert clickable(parsed) == []
    # Around what is written from right to left the bot's own isolates stand, in pairs; none of the article's.
    assert not set(ISOLATED.sub(r"\1", parsed.text)) & set(BIDI)
    assert all(entity.url is None or entity.url.startswith("https://a.az/") for entity in parsed.entities)


@settings(deadline=None, max_examples=30)  # the first one loads what knows the sentences of languages
@given(texts, texts, texts, addresses)
def test_nothing_of_an_article_can_be_pressed(title: str, text: str, source: str, url: str | None) -> None:
    article = Article(
        id=1,
        story_id=1,
        source=Source(id=1, name=source, host="a.az"),
        url=url,
        title=title,
        text=text,
        author=None,
        language="ru",
        published_at=NOW,
        stored_at=NOW,
    )
    marks = ((0, min(3, len(title))),)
    hit = Hit(article=article, score=1.0, title=Excerpt(title, marks), snippet=Excerpt(text), other_sources=(source,))
    blocks = [
        render.story(hit, reader=READER, now=NOW),
        render.article(article, reader=READER, now=NOW),
        story_view.headline(article),
        story_view.mentioned(article),
        escape(name(title, source)),
        link(name(title, source), url or ""),
    ]
    for block in blocks:
        assert_inert(block)
    for message in split(blocks):
        assert_inert(message.html)
        assert utf16_length(shown(message.html).text) <= TEXT_LIMIT


@given(texts)
def test_what_was_typed_is_shown_as_typed_and_inert_as_code(typed: str) -> None:
    assert clickable(shown(render.typed(typed))) == []


@given(texts)
def test_what_is_made_inert_keeps_its_length(text: str) -> None:
    assert len(inert(text)) == len(text)
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("км/ч, и/или, 24/7, 1/2", True),
        ("@".join(("anna", "example.org")), True),
        ("https://a.az/b", True),
        ("/ @ /я @я", True),
        ("/help", False),
        ("«@durov»", False),
    ],
)
def test_only_what_telegram_would_underline_is_changed(text: str, same: bool) -> None:
    assert (inert(text) == text) is same
    assert clickable(parse_html(escape(inert(text)))) == []


def test_the_finder_finds_what_telegram_makes_of_a_text() -> None:
    assert clickable(
        parse_html("/unsubscribe all, (@someone) <b>/a</b> <a href='https://a.az'>/b</a> <code>@cd</code>")
    ) == [
        "/unsubscribe",
        "@someone",
        "/a",
    ]


def test_a_flood_of_marks_is_cut_to_what_a_letter_can_bear() -> None:
    assert clean.line("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * 4 + "b"
    assert clean.line("Việt Nam, й, ё̈") == "Việt Nam, й, ё̈"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JAVASCRIPT://a.b/%0aalert(1)", "data:text/html,x", "tg://a.b"])
def test_an_address_that_is_no_web_address_is_no_link(url: str) -> None:
    assert sendable_url(url) is None
    assert clean.canonical_url(url) is None
