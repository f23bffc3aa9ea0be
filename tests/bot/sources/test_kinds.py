import codecs

import pytest

from bot.sources.kinds import Kind, recognise

_XML = '<?xml version="1.0"?>'
_RSS = f'{_XML}<rss version="2.0">'


@pytest.mark.parametrize(
    ("sample", "suffix", "kind"),
    [
        pytest.param('{"title": "А"}\n', ".jsonl", Kind.LINES, id="lines"),
        pytest.param('{"title": "А"}\n', ".txt", Kind.LINES, id="lines under another name"),
        pytest.param('{"title": "А"}', ".json", Kind.LINES, id="one row"),
        pytest.param('{"title": \n{"title": "А"}\n', ".json", Kind.LINES, id="lines, the first broken"),
        pytest.param("мусор\n", ".jsonl", Kind.LINES, id="lines by name"),
        pytest.param('{\n "title": "А"\n}', ".json", Kind.JSON, id="indented object"),
        pytest.param('[{"title": "А"}]', "", Kind.JSON, id="array"),
        pytest.param('{"version": "https://jsonfeed.org/version/1", "items": []}', "", Kind.JSON, id="JSON Feed"),
        pytest.param("{}", ".json", Kind.LINES, id="empty object"),
        pytest.param("мусор", ".json", Kind.JSON, id="JSON by name"),
        pytest.param("[Обновлено] Заголовок", ".txt", Kind.TEXT, id="text in brackets"),
        pytest.param(f"\n {_RSS}", ".txt", Kind.FEED, id="RSS under another name"),
        pytest.param("<feed xmlns='http://www.w3.org/2005/Atom'>", "", Kind.FEED, id="Atom without a declaration"),
        pytest.param("<!-- a --><rdf:RDF xmlns:rdf='x'>", "", Kind.FEED, id="RDF"),
        pytest.param(f"{_XML}<urlset xmlns='x'>", ".xml", Kind.SITEMAP, id="sitemap"),
        pytest.param("<sitemapindex/>", "", Kind.SITEMAP, id="sitemap of sitemaps"),
        pytest.param("мусор", ".XML", Kind.FEED, id="feed by name"),
        pytest.param("<!DOCTYPE html><p>А", ".xml", Kind.PAGE, id="page"),
        pytest.param("<html lang='ru'>", ".txt", Kind.PAGE, id="page without a doctype"),
        pytest.param("<p>А</p>", ".html", Kind.PAGE, id="piece of a page"),
        pytest.param("Заголовок.\n\nТекст.", "", Kind.TEXT, id="text"),
        pytest.param("<Заголовок>", ".txt", Kind.TEXT, id="text that begins with a sign"),
        pytest.param("PK\3\4\0\0", ".txt", Kind.BINARY, id="binary"),
        pytest.param(" \n", ".txt", Kind.EMPTY, id="empty"),
        pytest.param("", ".json", Kind.EMPTY, id="empty JSON"),
        pytest.param("", ".jsonl", Kind.LINES, id="no lines"),
    ],
)
def test_content_tells_the_kind_and_then_the_name(sample: str, suffix: str, kind: Kind) -> None:
    assert recognise(sample.encode(), suffix) is kind
    assert recognise(codecs.BOM_UTF8 + sample.encode(), suffix) is kind
    assert recognise(codecs.BOM_UTF16_LE + sample.encode("utf-16-le"), suffix) is kind


def test_xml_in_utf_16_without_a_mark_is_no_binary_file() -> None:
    assert recognise(_RSS.encode("utf-16-be"), ".xml") is Kind.FEED


def test_sample_may_end_inside_a_letter() -> None:
    assert recognise("Заголовок".encode()[:-1], ".txt") is Kind.TEXT
