from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import parse
from bot.sources.drafts import Contents, FeedError
from storage.models import Draft

_BASE = "https://example.org/news-sitemap.xml"
_NAMESPACES = (
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def _sitemap(urls: str, *, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<urlset {_NAMESPACES}>{urls}</urlset>'.encode()


def _url(title: str, *, loc: str = "https://example.org/a", more: str = "") -> str:
    return f"<url><loc>{loc}</loc><news:news>{more}<news:title>{title}</news:title></news:news></url>"


def _titles(data: bytes) -> list[str]:
    return [draft.title for draft in parse.feed(data, base=_BASE).drafts]


def test_news_of_a_sitemap_are_articles_without_a_text() -> None:
    publication = (
        "<news:publication><news:name>Пример</news:name><news:language>ru</news:language></news:publication>"
        "<news:publication_date>2025-12-24T10:30:00+05:00</news:publication_date>"
    )
    loc = "\n https://example.org/a?id=5&amp;copy=2&amp;utm_source=x \n"
    data = _sitemap(_url("Коридор &amp;quot;открыт&amp;quot;", loc=loc, more=publication))
    assert parse.feed(data, base=_BASE) == Contents(
        (
            Draft(
                title='Коридор "открыт"',
                url="https://example.org/a?id=5&copy=2",
                source="Пример",
                published_at=datetime(2025, 12, 24, 5, 30, tzinfo=UTC),
                language="ru",
            ),
        ),
        title="Пример",
        kind="sitemap",
    )


def test_picture_is_the_first_that_the_sitemap_lists() -> None:
    images = "<image:image><image:loc> /{}.jpg </image:loc></image:image>"
    more = f"</news:news>{images.format('a')}{images.format('b')}<news:news>"
    [draft] = parse.feed(_sitemap(_url("Новость").replace("</news:news>", more)), base=_BASE).drafts
    assert draft.image == "https://example.org/a.jpg"


def test_pages_among_the_news_are_passed_over() -> None:
    assert _titles(_sitemap(f"<url><loc>https://example.org/</loc></url>{_url('Новость')}")) == ["Новость"]


def test_sitemap_without_entries_is_one_of_a_quiet_day() -> None:
    assert parse.feed(_sitemap("")).drafts == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_sitemap("<url><loc>https://example.org/</loc></url>"), "it is a sitemap of pages, not of news"),
        (b"<sitemapindex><sitemap><loc>https://example.org/a.xml</loc></sitemap></sitemapindex>", "it lists sitemaps"),
    ],
)
def test_other_sitemaps_are_refused_with_their_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse.feed(data)


def test_any_prefix_will_do() -> None:
    data = b"""<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="urn:x">
        <s:url><s:loc>/a</s:loc><n:news><n:title>A</n:title></n:news></s:url></s:urlset>"""
    [draft] = parse.feed(data, base=_BASE).drafts
    assert (draft.title, draft.url) == ("A", "https://example.org/a")


@pytest.mark.parametrize(
    ("urls", "titles"),
    [
        pytest.param(_url("А &nbsp;Б"), ["А Б"], id="entity of HTML"),
        pytest.param(_url("А & Б"), ["А Б"], id="stray ampersand"),
        pytest.param(_url("<![CDATA[А & <b>Б</b>]]>"), ["А & Б"], id="markup in CDATA"),
        pytest.param(f"<!-- нет -->{_url('А<!-- нет --><?нет нет?>Б')}<?нет нет?>", ["АБ"], id="comments"),
        pytest.param(_url("А") + "<url><loc>https://exam", ["А"], id="cut short"),
    ],
)
def test_small_faults_cost_nothing(urls: str, titles: list[str]) -> None:
    assert _titles(_sitemap(urls)) == titles


def test_files_that_a_sitemap_names_are_not_read() -> None:
    head = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    assert _titles(_sitemap(_url("А&a;"), head=head)) == ["А&a;"]


def test_entities_that_unfold_into_each_other_are_left_folded() -> None:
    nested = "".join(f'<!ENTITY b{n} "&b{n - 1};&b{n - 1};">' for n in range(1, 30))
    head = f'<!DOCTYPE a [<!ENTITY b0 "xx">{nested}]>'
    [title] = _titles(_sitemap(_url("А&b29;"), head=head))
    assert len(title) < 10


_FRAGMENTS = (
    "<urlset>|<url>|</url>|<loc>http://[</loc>|<n:news>|<n:news xmlns:n='x'>|<n:title>А|</n:title>|<n:publication>"
    "|<n:name>|<sitemapindex>|<?xml|<?a?>|<!--|&#0;|&#xD800;|\0|<n:publication_date>0001-01-01|]]>|<![CDATA["
)


@given(st.lists(st.sampled_from(_FRAGMENTS.split("|")) | st.text(max_size=5)).map("".join))
def test_any_sitemap_is_read_or_refused(text: str) -> None:
    try:
        contents = parse.feed(f"<urlset>{text}".encode())
    except FeedError:
        return
    assert all(draft.title for draft in contents.drafts)
