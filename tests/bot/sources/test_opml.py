from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import clean, opml
from bot.sources.drafts import FeedError
from bot.sources.opml import Outline
from storage.models import Feed, FeedState


def feed(url: str, title: str = "Лента", topic: str | None = None) -> Feed:
    return Feed(
        id=1,
        url=url,
        host="example.org",
        title=title,
        topic=topic,
        full_text=False,
        added_by=None,
        added_at=datetime(2025, 12, 1, tzinfo=UTC),
        state=FeedState.LIVE,
        begun=False,
    )


def read(body: str, *, encoding: str = "utf-8") -> list[tuple[str, str, str | None]]:
    document = f'<?xml version="1.0" encoding="{encoding}"?>\n<opml version="2.0"><body>{body}</body></opml>'
    return [astuple(outline) for outline in opml.read(document.encode(encoding))]


def test_folders_are_topics_and_of_nested_ones_the_innermost() -> None:
    assert read("""
        <outline text="Без папки" xmlUrl="https://example.org/1"/>
        <outline text="Политика"><outline type="rss" text="Первая" xmlUrl="https://example.org/2"/>
            <outline title="Выборы"><outline title="Вторая" xmlUrl="https://example.org/3"/></outline>
            <outline text=""><outline text="Третья" xmlUrl="https://example.org/4"/></outline>
        </outline>
        <outline text="Пусто"/>
        <outline text="Снова без папки" xmlUrl="https://example.org/5"></outline>
    """) == [
        ("https://example.org/1", "Без папки", None),
        ("https://example.org/2", "Первая", "Политика"),
        ("https://example.org/3", "Вторая", "Выборы"),
        ("https://example.org/4", "Третья", "Политика"),
        ("https://example.org/5", "Снова без папки", None),
    ]


def test_titles_and_addresses_are_tidy_and_an_address_comes_once() -> None:
    assert read("""
        <outline text=" Наука&#10;и  &lt;жизнь&gt; " title="нет" xmlUrl=" https://example.org/a b?c=1&amp;d=2 "/>
        <outline xmlUrl="https://example.org/b" category="/Boston,/Weather"/>
        <outline text="ещё раз" xmlUrl="https://example.org/b"/>
        <outline text="без адреса" xmlUrl=""/>
        <outline text="ссылка" type="link" url="https://example.org/c"/>
    """) == [
        ("https://example.org/a%20b?c=1&d=2", "Наука и <жизнь>", None),
        ("https://example.org/b", "", "Weather"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "koi8-r", "utf-16"])
def test_encoding_is_recognised(encoding: str) -> None:
    body = '<outline text="Новости о погоде и не только" xmlUrl="https://пример.рф/"/>'
    assert read(body, encoding=encoding) == [("https://пример.рф/", "Новости о погоде и не только", None)]


def test_what_decodes_cleanly_wins_over_what_the_list_says() -> None:
    body = '<meta charset="koi8-r"/><outline text="Погода" xmlUrl="https://example.org/"/>'
    assert read(body) == [("https://example.org/", "Погода", None)]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"https://example.org/feeds.opml",
        "просто текст".encode(),
        b"<html><body><a href='https://example.org/rss'>RSS</a>",
        b'<rss version="2.0"><channel><title>T</title></channel></rss>',
        b"{}",
        b"\0\0\0",
        b"<opml>" + b'<outline text="a">' * 100_000,
    ],
)
def test_what_is_no_list_is_refused(document: bytes) -> None:
    with pytest.raises(FeedError):
        opml.read(document)


def test_entities_are_not_expanded_and_files_not_read() -> None:
    declared = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    document = (
        f'{declared}<opml version="2.0"><body><outline text="&b;&f;" xmlUrl="https://example.org/"/></body></opml>'
    )
    assert opml.read(document.encode()) == (Outline("https://example.org/", "&b;&f;", None),)


def test_list_without_feeds_is_an_empty_one() -> None:
    assert opml.read(opml.write([]).encode()) == ()


def test_list_is_written_with_a_folder_for_each_topic() -> None:
    feeds = [
        feed("https://example.org/1", "Спорт", "Я"),
        feed("https://example.org/2?a=1&b=2", 'Кавычки "и" <знаки>'),
        feed("https://example.org/3", "Политика\n\x00\ud800", "А & Б"),
        feed("https://example.org/4", "", "Я"),
    ]
    written = opml.write(feeds)
    assert written == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        "  <head><title>newsbot</title></head>\n"
        "  <body>\n"
        '    <outline type="rss" text=\'Кавычки "и" &lt;знаки&gt;\' title=\'Кавычки "и" &lt;знаки&gt;\''
        ' xmlUrl="https://example.org/2?a=1&amp;b=2"/>\n'
        '    <outline text="А &amp; Б" title="А &amp; Б">\n'
        '      <outline type="rss" text="Политика" title="Политика" xmlUrl="https://example.org/3"/>\n'
        "    </outline>\n"
        '    <outline text="Я" title="Я">\n'
        '      <outline type="rss" text="Спорт" title="Спорт" xmlUrl="https://example.org/1"/>\n'
        '      <outline type="rss" text="https://example.org/4" title="https://example.org/4"'
        ' xmlUrl="https://example.org/4"/>\n'
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


_name = st.text(min_size=1).filter(clean.line) | st.text(
    "<>&\"'/\n\t\x00\x85\u2028\ufffe &amp;]]>аб", min_size=1
).filter(clean.line)
_feeds = st.lists(
    st.builds(
        feed,
        st.text("abc/?&=%;#<>\"'я.").map("https://example.org/".__add__),
        _name,
        st.none() | _name,
    ),
    unique_by=lambda feed: feed.url,
    max_size=8,
)


@given(_feeds)
@example([feed("https://example.org/1", "&amp;lt;", "&#10;")])
def test_a_written_list_is_read_back(feeds: Sequence[Feed]) -> None:
    written = opml.write(feeds)
    ElementTree.fromstring(written)
    found = opml.read(written.encode())
    expected = [
        Outline(feed.url, clean.line(feed.title), clean.line(feed.topic) if feed.topic else None) for feed in feeds
    ]
    assert sorted(found, key=lambda outline: outline.url) == sorted(expected, key=lambda outline: outline.url)


@given(st.binary() | st.text("<>/outlinexmlUrl=\"' opmtexrdf:&;").map(lambda text: f"<opml {text}".encode()))
def test_any_bytes_are_a_list_or_none(data: bytes) -> None:
    try:
        opml.read(data)
    except FeedError:
        return
