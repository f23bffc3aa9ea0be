import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import parse
from bot.sources.drafts import FeedError, Refused
from storage.models import Draft
from tests.shared import shared

_MOMENT = datetime(2025, 12, 24, 5, 30, tzinfo=UTC)
_BASE = "https://example.org/feeds/news.xml"


def _rss(items: str, *, channel: str = "<title>Пример</title>", head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel>{channel}{items}</channel></rss>'.encode()


def _atom(entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="kk"><title>Пример</title>{entries}</feed>'.encode()


def _only(data: bytes) -> Draft:
    [draft] = parse.feed(data, base=_BASE).drafts
    return draft


def test_rss_2() -> None:
    item = """
        <item>
          <title>Коридор &amp;laquo;открыт&amp;raquo;</title><link>/a?utm_source=rss&amp;id=5#top</link>
          <guid isPermaLink="false">n-5</guid><author>news@example.123 (Имя Фамилия)</author>
          <pubDate>Wed, 24 Dec 2025 10:30:00 +0500</pubDate>
          <description><![CDATA[<p>Первый&nbsp;абзац.</p><p>Второй.</p>]]></description>
        </item>"""
    assert _only(_rss(item, channel="<title>Пример</title><language>ru-RU</language>")) == Draft(
        title="Коридор «открыт»",
        text="Первый абзац.\n\nВторой.",
        url="https://example.org/a?id=5",
        guid="n-5",
        source="Пример",
        author="Имя Фамилия",
        published_at=_MOMENT,
        language="ru",
    )


def test_rss_0_91_has_headlines_alone() -> None:
    data = b'<rss version="0.91"><channel><title>T</title><item><title>A</title><link>/a</link></item></channel></rss>'
    assert _only(data) == Draft(title="A", url="https://example.org/a", source="T")


_MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
_WIDE = '<media:content url="/wide.jpg" type="image/jpeg" width="1200"/>'
_NARROW = '<media:content url="/narrow.jpg" medium="image" width="460" height="276"/>'
_VIDEO = (
    '<media:content url="/a.mp4" type="video/mp4"><media:thumbnail url="/frame.jpg" width="320px"/></media:content>'
)
_ICON = (
    '<media:content url="https://2.gravatar.com/avatar/0a" medium="image"/><media:thumbnail url="/i.jpg" width="75"/>'
)
_FILE = '<enclosure url="/photo.jpg" type="image/jpeg" length="1"/>'
_EPISODE = '<enclosure url="/a.mp3" type="audio/mpeg"/><itunes:image href="/cover.png"/>'


@pytest.mark.parametrize(
    ("named", "image"),
    [
        (_NARROW + _WIDE, "wide.jpg"),
        (f"<media:group>{_NARROW}{_VIDEO}</media:group>{_FILE}", "narrow.jpg"),
        (_VIDEO, "frame.jpg"),
        (_VIDEO + _FILE, "photo.jpg"),
        (_FILE.replace(' type="image/jpeg"', ""), "photo.jpg"),
        (_EPISODE, "cover.png"),
        (_ICON, None),
        (_ICON + _VIDEO, "frame.jpg"),
        ('<media:thumbnail width="много" url="/frame.jpg"/>', "frame.jpg"),
        ('<media:content/><media:thumbnail/><enclosure type="image/png"/><itunes:image/>', None),
        ("", None),
    ],
)
def test_picture_is_the_fullest_that_an_item_names(named: str, image: str | None) -> None:
    own = "<title>Пример</title><itunes:image href='https://example.org/show.png'/>"
    data = _rss(f"<item><title>А</title>{named}</item>", channel=own).replace(b"<rss", f"<rss {_MEDIA}".encode())
    assert _only(data).image == (f"https://example.org/{image}" if image else None)


def test_picture_of_an_atom_entry_is_one_it_encloses() -> None:
    entry = '<entry><title>А</title><link rel="enclosure" type="image/png" href="../a.png"/><link href="/a"/></entry>'
    draft = _only(_atom(entry))
    assert (draft.image, draft.url) == ("https://example.org/a.png", "https://example.org/a")


def test_rdf() -> None:
    data = """<?xml version="1.0"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
                 xmlns:dc="http://purl.org/dc/elements/1.1/">
          <channel><title>Пример</title></channel>
          <item rdf:about="https://example.org/a"><title>Новость</title><link>https://example.org/a</link>
            <description>Текст</description><dc:creator>Имя Фамилия</dc:creator><dc:date>2025-12-24T05:30:00Z</dc:date>
          </item>
        </rdf:RDF>"""
    assert _only(data.encode()) == Draft(
        title="Новость",
        text="Текст",
        url="https://example.org/a",
        guid="https://example.org/a",
        source="Пример",
        author="Имя Фамилия",
        published_at=_MOMENT,
    )


def test_atom() -> None:
    entry = """
        <entry><id>tag:example.org,2025:1</id><title type="html">&lt;b&gt;Коридор&lt;/b&gt;</title>
          <link href="../a" rel="alternate"/><author><name>Имя Фамилия</name></author>
          <published>2025-12-24T10:30:00+05:00</published><updated>2025-12-25T00:00:00Z</updated>
          <summary>Кратко</summary>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Один.</p><p>Два.</p></div></content>
        </entry>"""
    assert _only(_atom(entry)) == Draft(
        title="Коридор",
        text="Один.\n\nДва.",
        url="https://example.org/a",
        guid="tag:example.org,2025:1",
        source="Пример",
        author="Имя Фамилия",
        published_at=_MOMENT,
        language="kk",
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'<rss version="2.0"><channel>%s</channel></rss>', "RSS"),
        (b'<rss version="0.91"><channel>%s</channel></rss>', "RSS"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>%s'
         b"</channel></rdf:RDF>", "RDF"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>', "Atom"),
    ],
)  # fmt: skip
def test_feed_says_what_it_is_called_and_where_it_is_at_home(data: bytes, kind: str) -> None:
    head = b"<title>A &amp;amp; B</title>"
    head += b'<link href="https://example.org"/>' if kind == "Atom" else b"<link>https://example.org</link>"
    contents = parse.feed(data % head)
    assert (contents.title, contents.kind, contents.site) == ("A & B", kind, "https://example.org/")


_SY = "http://purl.org/rss/1.0/modules/syndication/"


@pytest.mark.parametrize(
    ("channel", "ttl"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 90.0 </ttl>", timedelta(minutes=90)),
        ("<ttl>9999999</ttl>", timedelta(days=30)),
        (f"<ttl>{'9' * 5000}</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("", None),
        (f"<sy:updatePeriod xmlns:sy='{_SY}'>hourly</sy:updatePeriod>", None),
    ],
)
def test_how_long_a_feed_asks_to_be_left_alone(channel: str, ttl: timedelta | None) -> None:
    assert parse.feed(_rss("", channel=channel)).ttl == ttl


def test_http_may_know_the_charset_better() -> None:
    data = _rss("<item><title>Γέφυρα</title></item>", head='<?xml version="1.0" encoding="utf-8"?>')
    contents = parse.feed(
        data.decode().replace("Пример", "").encode("iso-8859-7"), content_type="text/xml; charset=iso-8859-7"
    )
    assert contents.drafts[0].title == "Γέφυρα"


def test_rss_means_markup_without_saying_so() -> None:
    assert _only(_rss("<item><title>Один&lt;br&gt;два</title></item>")).title == "Один два"


def test_plain_text_of_atom_is_no_markup() -> None:
    draft = _only(_atom('<entry><title type="text">Тег &lt;b&gt;</title><summary>a &lt;i&gt; b</summary></entry>'))
    assert (draft.title, draft.text) == ("Тег <b>", "a <i> b")


@pytest.mark.parametrize(
    ("item", "image"),
    [
        ({"image": "../a.jpg", "banner_image": "/b.jpg"}, "https://example.org/a.jpg"),
        ({"image": None, "banner_image": "/b.jpg"}, "https://example.org/b.jpg"),
        ({"image": ["/a.jpg"]}, None),
        ({"icon": "/a.jpg"}, None),
    ],
)
def test_picture_of_a_json_feeds_item(item: dict[str, object], image: str | None) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "icon": "/i.png", "items": [{"title": "А", **item}]}
    assert _only(json.dumps(feed).encode()).image == image


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Пример",
        "language": "ru",
        "authors": [{"name": "Имя Фамилия"}],
        "items": [
            {
                "id": 7,
                "url": "/a",
                "title": "Новость",
                "content_html": "<p>Один.</p><p>Два.</p>",
                "date_published": "2025-12-24T10:30:00+05:00",
            },
            "не объект",
            {"id": "8", "content_text": "Только текст. И ещё.", "url": "mailto:a", "date_published": 5, "title": None},
            {"id": "9", "url": "http://["},
            {"id": "10", "url": "http://[", "title": "Без адреса"},
        ],
    }
    read = parse.feed(json.dumps({**feed, "home_page_url": "/home"}).encode(), base=_BASE)
    assert (read.title, read.kind, read.site) == ("Пример", "JSON Feed", "https://example.org/home")
    assert read.drafts == (
        Draft(
            title="Новость",
            text="Один.\n\nДва.",
            url="https://example.org/a",
            guid="7",
            source="Пример",
            author="Имя Фамилия",
            published_at=_MOMENT,
            language="ru",
        ),
        Draft(
            title="Только текст",
            text="Только текст. И ещё.",
            guid="8",
            source="Пример",
            author="Имя Фамилия",
            language="ru",
        ),
        Draft(title="Без адреса", guid="10", source="Пример", author="Имя Фамилия", language="ru"),
    )
    assert read.refused == (
        Refused("item 2", "not a JSON object"),
        Refused("item 4", "there is neither a title nor a text"),
    )


def test_full_text_comes_before_the_summary() -> None:
    full = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">Всё</content:encoded>'
    yandex = '<yandex:full-text xmlns:yandex="http://news.yandex.ru">Всё</yandex:full-text>'
    for text in (full, yandex):
        assert _only(_rss(f"<item><description>Кратко</description>{text}</item>")).text == "Всё"


def test_base64_of_a_text_is_the_text() -> None:
    content = '<content type="application/octet-stream">0KLQtdC60YHRgg==</content>'
    assert _only(_atom(f"<entry><title>А</title>{content}</entry>")).text == "Текст"


def test_enclosure_alone_makes_no_text() -> None:
    enclosure = '<enclosure url="https://example.org/a.mp3" length="5" type="audio/mpeg"/>'
    assert _only(_rss(f"<item><title>А</title>{enclosure}</item>")) == Draft(title="А", source="Пример")


def test_invitation_at_the_end_of_a_text_is_left_out() -> None:
    text = "&lt;p&gt;Мост открыт.&lt;/p&gt;&lt;p&gt;Читайте нас в Telegram&lt;/p&gt;"
    assert _only(_rss(f"<item><title>А</title><description>{text}</description></item>")).text == "Мост открыт."


def test_picture_in_place_of_a_text_is_passed_over() -> None:
    entry = '<entry><title>А</title><content type="image/png">iVBORw0KGgo=</content><summary>Кратко</summary></entry>'
    assert _only(_atom(entry)).text == "Кратко"


def test_source_that_an_item_names_is_its_source() -> None:
    assert _only(_rss('<item><title>А</title><source url="https://b.org">Другой</source></item>')).source == "Другой"
    entry = "<entry><title>А</title><source><title>Другой</title></source></entry>"
    assert _only(_atom(entry)).source == "Другой"


def test_missing_headline_is_the_first_sentence() -> None:
    draft = _only(_rss("<item><description>&lt;p&gt;Первое. Второе.&lt;/p&gt;</description></item>"))
    assert (draft.title, draft.text) == ("Первое", "Первое. Второе.")


def test_item_without_words_is_refused_and_the_rest_comes_in() -> None:
    feed = parse.feed(_rss("<item><title>А</title></item><item><link>/b</link></item><item><title>В</title></item>"))
    assert [draft.title for draft in feed.drafts] == ["А", "В"]
    assert feed.refused == (Refused("item 2", "there is neither a title nor a text"),)


def test_links_of_a_file_are_resolved_against_the_feeds_own_address() -> None:
    data = _rss("<item><title>А</title><link>/a</link></item>", channel="<link>https://example.org/</link>")
    assert [draft.url for draft in parse.feed(data).drafts] == ["https://example.org/a"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.org/a", "http://[", ""])
def test_link_that_no_browser_would_open_is_dropped(link: str) -> None:
    assert _only(_rss(f"<item><title>А</title><link>{link}</link></item>")).url is None


@pytest.mark.parametrize("date", ["вчера", "", "0001-01-01T00:00:00Z", "n/a", "Wed, 99 Dec 2025 10:30:00 GMT"])
def test_unreadable_date_is_none(date: str) -> None:
    assert _only(_rss(f"<item><title>А</title><pubDate>{date}</pubDate></item>")).published_at is None


def test_address_of_a_mailbox_alone_is_no_author() -> None:
    assert _only(_rss("<item><title>А</title><author>news@example.123</author></item>")).author is None


def test_guid_that_several_items_carry_is_joined_by_the_address() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link><guid>x</guid></item>" for n in "ab")
    guids = [draft.guid for draft in parse.feed(_rss(items), base="https://example.org/").drafts]
    assert guids == ["https://example.org/x\nhttps://example.org/a", "https://example.org/x\nhttps://example.org/b"]


def test_address_that_several_articles_carry_identifies_none() -> None:
    items = "".join(f'<item><title>{n}</title><link>/</link><guid isPermaLink="false">{n}</guid></item>' for n in "ab")
    drafts = parse.feed(_rss(items), base="https://example.org/").drafts
    assert [(draft.guid, draft.url) for draft in drafts] == [("a", None), ("b", None)]


def test_item_listed_twice_keeps_its_address_and_guid() -> None:
    item = "<item><title>А</title><link>/a</link><guid>x</guid></item>"
    drafts = parse.feed(_rss(item * 2), base="https://example.org/").drafts
    assert [(draft.guid, draft.url) for draft in drafts] == [("https://example.org/x", "https://example.org/a")] * 2


@pytest.mark.parametrize(("guids", "titles"), [("xx", "AB"), ("xy", "AA")])
def test_article_listed_twice_with_another_headline_or_guid_keeps_its_address(guids: str, titles: str) -> None:
    items = "".join(
        f'<item><title>{title}</title><link>/a</link><guid isPermaLink="false">{guid}</guid></item>'
        for guid, title in zip(guids, titles, strict=True)
    )
    drafts = parse.feed(_rss(items), base="https://example.org/").drafts
    assert [(draft.guid, draft.url) for draft in drafts] == [(guid, "https://example.org/a") for guid in guids]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1251", None])
def test_letters_are_right_whatever_the_declaration_says(encoding: str, declared: str | None) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    data = _rss("<item><title>Средний коридор</title></item>", head=head).decode().encode(encoding)
    assert _only(data).title == "Средний коридор"


@pytest.mark.parametrize(
    "item",
    [
        pytest.param("<item><title>А & Б</title></item>", id="stray ampersand"),
        pytest.param("<item><title>А &amp; Б</title><description>&nbsp;</description></item>", id="entity of HTML"),
        pytest.param("<item><title>А\x00 &amp; \x1fБ</title></item>", id="control characters"),
        pytest.param("<item><title>А &amp; Б</title></item><item><descr", id="cut short"),
    ],
)
def test_small_faults_cost_nothing(item: str) -> None:
    assert parse.feed(_rss(item)).drafts[0].title == "А & Б"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the document is empty"),
        (b"\xef\xbb\xbf \n", "the document is empty"),
        (b"<html><body>no</body></html>", "it is a web page"),
        (b"<opml version='2.0'><head><title>A</title></head></opml>", "it is neither RSS, RDF, Atom nor JSON Feed"),
        ("просто слова".encode(), "it is neither RSS, RDF, Atom nor JSON Feed"),
        (b"\x1f\x8b\x08\x00\x00\x00", "it is neither RSS, RDF, Atom nor JSON Feed"),
        (b'{"a": 1}', "this JSON document is not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "the JSON Feed has no list of items"),
        (b'{"a": ', "not JSON: Expecting value (line 1, column 7)"),
        (b'{"\x98": 1}', "the encoding is neither UTF-8, UTF-16 nor windows-1251"),
        (b"<rss version='2.0'><channel><it", "the feed is broken and has no readable item: unclosed token in line 2"),
    ],
)
def test_what_is_no_feed_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as refused:
        parse.feed(data)
    assert str(refused.value) == reason


def test_bytes_that_name_a_file_do_not_open_it() -> None:
    with pytest.raises(FeedError, match="neither RSS"):
        parse.feed(__file__.encode())


def test_feed_without_items_is_a_feed() -> None:
    assert parse.feed(_rss("")).drafts == ()


@pytest.mark.parametrize("end", ["</channel></rss>", "</channel></rss>\n<!-- 5 ms -->", "</rss"])
def test_broken_feed_without_items_is_a_feed_where_it_is_whole(end: str) -> None:
    assert parse.feed(f"<rss version='2.0'><channel><title>А &nope; Б</title>{end}".encode()).drafts == ()


def test_items_beyond_the_limit_are_left_out() -> None:
    items = "".join(f"<item><title>{n}</title></item>\n" for n in range(9))
    contents = parse.feed(_rss(f"{items}<ttl>5</ttl>"), most=3)
    assert [draft.title for draft in contents.drafts] == ["0", "1", "2"]
    assert contents.refused == (Refused("item 4 and those after it", "more than 3 items"),)
    assert (contents.title, contents.ttl) == ("Пример", timedelta(minutes=5))


def test_feed_of_as_many_items_as_may_be_is_whole() -> None:
    items = "".join(f"<item><title>{n}</title></item>" for n in range(3))
    assert parse.feed(_rss(items), most=3).refused == ()


def test_feed_from_outside_brings_no_endless_texts() -> None:
    item = f"<item><title>{'слово ' * 1000}</title><description>{'слово ' * 100_000}</description></item>"
    [draft] = parse.feed(_rss(item), most=1).drafts
    assert len(draft.title) <= 2000
    assert len(draft.text) <= 50_000
    assert draft.title.endswith("слово…")
    assert draft.text.endswith("слово…")
    [whole] = parse.feed(_rss(item)).drafts
    assert len(whole.text) == 599_999


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_cannot_blow_a_feed_up(encoding: str) -> None:
    head = f'<?xml version="1.0"?>\n<!DOCTYPE a [\n<!ENTITY a "{"x" * 100_000}">\n]>\n'
    with pytest.raises(FeedError, match="entities"):
        parse.feed(_rss(f"<item><title>{'&a;' * 100_000}</title></item>", head=head).decode().encode(encoding))


@pytest.mark.parametrize("end", ["\n", ""])
def test_nested_entities_stay_unexpanded(end: str) -> None:
    nested = "".join(f'<!ENTITY b{n} "&b{n - 1};&b{n - 1};">{end}' for n in range(1, 9))
    head = f'<?xml version="1.0"?>{end}<!DOCTYPE a [{end}<!ENTITY b0 "xx">{end}{nested}]>{end}'
    assert len(_only(_rss("<item><title>А&b8;</title></item>", head=head)).title) < 10


def test_files_that_a_feed_names_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("тайна")
    head = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file://{secret}">]>'
    contents = parse.feed(_rss("<item><title>А&a;</title><description>&a;</description></item>", head=head))
    assert "тайна" not in str(contents)


def test_deeply_nested_document_is_survived() -> None:
    nested = "<a>" * 20_000 + "Текст" + "</a>" * 20_000
    assert _only(_rss(f"<item><title>А</title><description>{nested}</description></item>")).title == "А"


_FRAGMENTS = """
    <rss version='2.0'>|<channel>|<item>|</item>|<title>|</title>|<description>|<link>/a</link>|&#xD800;|<entry>
    <feed xmlns='http://www.w3.org/2005/Atom'>|<content type='xhtml'>|<![CDATA[|]]>|<pubDate>|<guid x='1'>|<source>
    <author>|&amp;|&#99999999999;|<?xml|слово|<!DOCTYPE a [|<!ENTITY a 'b'>|<title a='b'/>|<media:content>|<svg>
    <enclosure url='|<yandex:full-text a='b'>
"""
_fragments = st.sampled_from([fragment for line in _FRAGMENTS.split("\n") for fragment in line.strip().split("|")])


@given(st.lists(_fragments | st.text(max_size=5)).map("".join).map(str.encode) | st.binary())
def test_any_bytes_are_a_feed_or_refused(data: bytes) -> None:
    try:
        feed = parse.feed(data, base=_BASE)
    except FeedError:
        return
    assert all(draft.title for draft in feed.drafts)


_keys = st.sampled_from(["id", "url", "title", "content_html", "content_text", "authors", "author", "name", "language"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(_json), st.dictionaries(_keys, _json))
def test_any_items_are_a_json_feed(items: list[object], head: dict[str, object]) -> None:
    document = {**head, "version": "https://jsonfeed.org/version/1", "items": items}
    feed = parse.feed(json.dumps(document).encode(), base=_BASE)
    assert len(feed.drafts) + len(feed.refused) == len(items)


def test_real_feed_is_read_whole() -> None:
    feed = parse.feed(shared("data", "lenta_20221203.rss.xml").read_bytes())
    assert (len(feed.drafts), feed.refused) == (200, ())
    assert all(d.text and d.url and d.guid and d.published_at and d.language == "ru" for d in feed.drafts)
    assert {draft.source for draft in feed.drafts} == {"Lenta.ru : Новости"}


def test_texts_that_are_too_long_together_are_left_out() -> None:
    item = f"<item><title>Заголовок</title><description>{'слово ' * 9_000}</description></item>"
    contents = parse.feed(_rss(item * 70), most=2000)
    [refused] = contents.refused
    assert sum(len(draft.title) + len(draft.text) for draft in contents.drafts) <= 3_000_000
    assert refused == Refused(f"item {len(contents.drafts) + 1} and those after it", "more than 3,000,000 characters")
    assert len(parse.feed(_rss(item * 70)).drafts) == 70
