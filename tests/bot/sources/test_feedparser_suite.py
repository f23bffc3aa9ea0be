"""The feeds of feedparser's own tests: no exception, and the core fields right wherever feedparser has them right.

`make feeds` brings them; without them these tests are skipped.
"""

from typing import Final

import pytest

from bot.sources import parse
from bot.sources.drafts import FeedError
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.trouble import FetchError, Trouble
from bot.sources.worker import Parser
from tests import feedparser_suite
from tests.feedparser_suite import OTHERWISE, Case
from tests.web import Reply, Web

_FEEDS: Final = 2242  # beside six compressed files


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    path = feedparser_suite.archive()
    if path is None:
        pytest.skip("there is no build/feedparser-*.tar.gz: make feeds")
    return feedparser_suite.cases(path)


def test_all_of_them_are_there(cases: tuple[Case, ...]) -> None:
    assert len([case for case in cases if case.name.endswith(".xml")]) == _FEEDS


def test_any_of_them_is_a_feed_or_refused(cases: tuple[Case, ...]) -> None:
    for case in cases:
        try:
            parse.feed(case.data, base=feedparser_suite.BASE, content_type=case.content_type)
        except FeedError:
            continue
        except Exception as error:
            error.add_note(case.name)
            raise


def test_what_feedparser_has_right_we_have_right(cases: tuple[Case, ...]) -> None:
    tested = [case for case in cases if case.field and feedparser_suite.by_feedparser(case)]
    assert {case.field for case in tested} == set(feedparser_suite.FIELDS)
    assert {case.name for case in tested if not feedparser_suite.by_us(case)} == OTHERWISE.keys()


@pytest.mark.slow
async def test_over_http_each_is_read_or_its_trouble_named(cases: tuple[Case, ...]) -> None:
    troubles: dict[str, Trouble] = {}
    async with Web() as web, Fetcher(allow_private=True) as fetcher, Parser(seconds=60) as parser:
        reader = Reader(fetcher, parser)
        for case in cases:
            url = web.serve(f"/{case.name}", Reply(status=case.status, body=case.data, headers=case.served_with))
            try:
                await reader.read(url)
            except FetchError as error:
                troubles[case.name] = error.trouble
    named = {Trouble.NOT_A_FEED, Trouble.STATUS, Trouble.BROKEN, Trouble.REDIRECTS, Trouble.CONNECT}
    assert set(troubles.values()) <= named
    assert Trouble.PARSER not in troubles.values()
    assert len(troubles) < 50
