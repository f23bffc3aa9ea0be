"""Documents made to hang, to blow up or to read what is not theirs: each is read or fails alone, within its time."""

from collections.abc import AsyncIterator

import pytest

from bot.sources.trouble import FetchError, Trouble
from bot.sources.worker import Parser

_GOOD = b"<rss version='2.0'><channel><title>A</title></channel></rss>"
_ITEM = b"<rss version='2.0'><channel><item><title>A</title><description>%s</description></item></channel></rss>"
_SITEMAP = b"<urlset xmlns:n='x'><url><n:news><n:title>A%s</n:title></n:news></url></urlset>"
_JSON = b'{"version": "https://jsonfeed.org/version/1", "items": [%s]}'


def _laughs(root: bytes) -> bytes:
    nested = b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 4) for n in range(1, 20))
    return b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b0 "ha">%s]>%s' % (nested, root % b"&b19;")


def _outside(root: bytes) -> bytes:
    return b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>%s' % (root % b"&a;")


def _nested(tag: bytes, times: int = 200_000) -> bytes:
    return b"<%s>" % tag * times + b"x" + b"</%s>" % tag * times


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with Parser(seconds=3, memory_mb=512, workers=1) as parser:
        yield parser


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(_laughs(_ITEM), id="billion laughs in a feed"),
        pytest.param(_laughs(_SITEMAP), id="billion laughs in a sitemap"),
        pytest.param(_ITEM % _nested(b"a"), id="nested elements"),
        pytest.param(_ITEM % b"<![CDATA[%s]]>" % _nested(b"div"), id="nested markup"),
        pytest.param(_nested(b"a"), id="nested elements alone"),
        pytest.param(_SITEMAP % _nested(b"a"), id="nested elements in a sitemap"),
        pytest.param(
            b"<html><div class='tgme_channel_info'>"
            + b"<div class='tgme_widget_message' data-post='aaaaa/1'>" * 200_000,
            id="nested posts",
        ),
        pytest.param(_ITEM % (b"<a " * 1_000_000), id="tags without an end"),
        pytest.param(_ITEM % b"<![CDATA[%s]]>" % (b"<a " * 1_000_000), id="tags without an end in a text"),
        pytest.param(b"<" * 3_000_000, id="signs alone"),
        pytest.param(_JSON % (b"[" * 3_000_000), id="nested JSON"),
        pytest.param(_JSON % (b'{"id": %s}' % (b"9" * 3_000_000)), id="huge number"),
        pytest.param(_JSON % b'{"id": 1e999999, "title": "A"}', id="number beyond all"),
        pytest.param(_ITEM % (b"\0" * 3_000_000), id="NULs in a feed"),
        pytest.param(b"\0" * 3_000_000, id="NULs alone"),
        pytest.param(_ITEM % b"<![CDATA[%s]]>" % (b"<!--" * 750_000), id="comments without an end"),
        pytest.param(_ITEM % b"<![CDATA[%s]]>" % (b"<svg>" * 600_000), id="pictures without an end"),
        pytest.param(b"<rss %s>" % b" ".join(b"a%d='1'" % n for n in range(300_000)), id="attributes"),
    ],
)
async def test_any_of_them_ends_in_time_and_costs_no_other(parser: Parser, document: bytes) -> None:
    trouble = None
    try:
        contents = await parser.feed(document, base="https://example.org/")
    except FetchError as error:
        trouble = error.trouble
    else:
        assert sum(len(draft.title) + len(draft.text) for draft in contents.drafts) <= len(document)
    assert trouble in (None, Trouble.NOT_A_FEED, Trouble.PARSER)
    assert (await parser.feed(_GOOD, base="https://example.org/")).title == "A"


@pytest.mark.parametrize("root", [_ITEM, _SITEMAP])
async def test_no_document_reads_a_file(parser: Parser, root: bytes) -> None:
    contents = await parser.feed(_outside(root), base="https://example.org/")
    assert "root:" not in str(contents)
