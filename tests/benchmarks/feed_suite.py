"""The feeds of feedparser's own tests, read by feedparser and by us: what is right, and how fast.

    for each feed ─┬─ what it says is right ─┬─ feedparser
                   │                         └─ ours
                   └─ over HTTP on loopback ─── fetched, parsed in a worker: contents or which trouble

`make feeds` brings them. Items a second of processor time, medians of rounds that take turns.
"""

import asyncio
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO
from statistics import median

import feedparser

from bot.sources import parse
from bot.sources.drafts import FeedError
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.trouble import FetchError
from bot.sources.worker import Parser
from tests import feedparser_suite
from tests.benchmarks.report import ROOT, line, table
from tests.feedparser_suite import BASE, FIELDS, OTHERWISE, Case
from tests.web import Reply, Web

ROUNDS = 5
ITEMS = 1000
_REAL = ROOT.parent / "shared" / "data" / "lenta_20221203.rss.xml"
_PARAGRAPH = "Мост через реку открыли в среду: по нему прошли первые грузовики, а строили его два года. " * 5


def main(rounds: int = ROUNDS) -> None:
    path = feedparser_suite.archive()
    if path is None:
        sys.exit("there is no build/feedparser-*.tar.gz: make feeds")
    warnings.simplefilter("ignore", DeprecationWarning)
    cases = feedparser_suite.cases(path)
    fields(cases)
    line("")
    outcomes(cases)
    line("")
    speed(rounds)


def fields(cases: Sequence[Case]) -> None:
    """What each reads right of what the feeds say is right."""
    line("Values that the feeds say are right, and how many are read so")
    rows: list[tuple[str, int, int, int, int, int]] = []
    for field in FIELDS:
        of = [case for case in cases if case.field == field]
        theirs = {case.name for case in of if feedparser_suite.by_feedparser(case)}
        ours = {case.name for case in of if feedparser_suite.by_us(case)}
        rows.append((field, len(of), len(theirs), len(ours), len(theirs - ours), len(theirs - ours - OTHERWISE.keys())))
    totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    table(("field", "feeds", "feedparser", "ours", "feedparser alone", "by mistake"), *rows, ("all", *totals))


def outcomes(cases: Sequence[Case]) -> None:
    """What becomes of each, in process and over HTTP."""
    counted = [Counter(map(_alone, cases)), asyncio.run(_over_http(cases))]
    line(f"{len(cases)} feeds and what becomes of them")
    kinds = sorted(set().union(*counted), key=lambda kind: -sum(count[kind] for count in counted))
    table(("", "parsed", "fetched and parsed"), *((kind, *(count[kind] for count in counted)) for kind in kinds))


def _alone(case: Case) -> str:
    try:
        parse.feed(case.data, base=BASE, content_type=case.content_type)
    except FeedError:
        return "not a feed"
    except Exception as error:
        return type(error).__name__
    return "read"


async def _over_http(cases: Sequence[Case]) -> Counter[str]:
    counted: Counter[str] = Counter()
    async with Web() as web, Fetcher(allow_private=True) as fetcher, Parser() as parser:
        reader = Reader(fetcher, parser)
        for case in cases:
            url = web.serve(f"/{case.name}", Reply(status=case.status, body=case.data, headers=case.served_with))
            try:
                await reader.read(url)
                counted["read"] += 1
            except FetchError as error:
                counted[str(error.trouble)] += 1
    return counted


def speed(rounds: int) -> None:
    feeds = {f"{ITEMS} items with a text": _synthetic()}
    if _REAL.exists():
        feeds["a real feed of 200 items"] = _REAL.read_bytes()
    readers: dict[str, Callable[[bytes], int]] = {
        "feedparser": lambda data: len(feedparser.parse(BytesIO(data)).entries),
        "feedparser, nothing cleaned or resolved": lambda data: len(
            feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False).entries
        ),
        "ours": lambda data: len(parse.feed(data, base=BASE).drafts),
    }
    rows = []
    for name, data in feeds.items():
        taken: dict[str, list[float]] = {reader: [] for reader in readers}
        for _ in range(rounds):
            for reader, read in readers.items():
                began = time.process_time()
                items = read(data)
                taken[reader].append(items / (time.process_time() - began))
        rows += [(f"{name}: {reader}", round(median(rates))) for reader, rates in taken.items()]
    line(f"Items a second of processor time, medians of {rounds} rounds")
    table(("", "items a second"), *rows)


def _synthetic() -> bytes:
    text = f"<p>{_PARAGRAPH} <a href='/more'>дальше</a></p>" * 4
    items = "".join(
        f"<item><title>Новость {number}</title><link>https://example.org/{number}</link><guid>{number}</guid>"
        "<pubDate>Wed, 24 Dec 2025 10:30:00 +0500</pubDate>"
        f"<description><![CDATA[{text}]]></description></item>"
        for number in range(ITEMS)
    )
    return f"<rss version='2.0'><channel><title>Пример</title>{items}</channel></rss>".encode()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
