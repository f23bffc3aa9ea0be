"""How long a person waits for an answer while articles pour in: at rest, during an import, and while the bot stores.

python -m tests.benchmarks.responsiveness [ARTICLES [QUERIES]]

a bot with its ticks, in this process ◀── commands, one after the other
   └── match tick: meets what is stored with all standing queries ◀── `newsbot import`, a process beside it, or our own
"""

import asyncio
import itertools
import json
import os
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.app import App, build
from bot.clock import utc_now
from bot.config import load
from bot.console import ConsoleSession, Person
from bot.ingest import ingest
from bot.languages import LOCALES
from bot.locales.compile import compile_catalogues
from bot.scheduler import Scheduler
from bot.serve import TICKS
from storage.models import Draft
from tests.benchmarks import stores
from tests.benchmarks.ingest_growth import write_queries
from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.rows import Row, keep
from tests.benchmarks.stores import Content, made
from tests.benchmarks.synthetic import Corpus
from tests.bot.conversation.talk import Eyes

ARTICLES, QUERIES = 20_000, 100_000
# What the store holds before.
STORED = 10_000
PAUSE_S = 0.05
# One person alone would be answered once a second, as Telegram asks, and soon be asked to ask less often.
PEOPLE = 120
# What is asked first has to load dictionaries, and everyone is met for the first time.
LOADING_S, AT_REST_S = 15, 15
PATIENCE = timedelta(seconds=5)

Waits = dict[str, list[float]]
"""Milliseconds by what was asked."""


async def measure(articles: int, queries: int, folder: Path) -> dict[str, Waits]:
    """By what went on meanwhile."""
    corpus, path = Corpus(), folder / "news.db"
    stores.build(path, map(Content, corpus.texts(STORED), corpus.lines(STORED)))
    write_queries(path, corpus, queries)
    words = [query.text for query in itertools.islice(corpus.queries(queries), 200)]
    fresh = (one.draft for one in made(Content(text, ("", "")) for text in corpus.texts(2 * articles, STORED)))
    drafts = [_dated_now(draft, number) for number, draft in enumerate(fresh)]
    settings = load(database_url=f"sqlite+aiosqlite:///{path}", send_rate=0)
    session = ConsoleSession(Eyes(), clock=utc_now)
    async with build(settings, token="1:benchmark", session=session) as app:
        scheduler = Scheduler({"match": (TICKS["match"], app.match), "compose": (TICKS["compose"], app.compose)})
        await app.match()
        scheduler.start()
        reader = Reader(app, session, words)
        await reader.asks(asyncio.sleep(LOADING_S))
        waits = {"at rest": await reader.asks(asyncio.sleep(AT_REST_S))}
        waits["import beside it"] = await reader.asks(_import(path, drafts[:articles]))
        storing = ingest(app.db, drafts[articles:], now=utc_now(), patiently=app.courtesy.patiently)
        waits["storing itself"] = await reader.asks(storing)
        await scheduler.stop(patience=PATIENCE)
    return waits


class Reader:
    """Asks the bot one thing after the other."""

    def __init__(self, app: App, session: ConsoleSession, words: Sequence[str]) -> None:
        self._app, self._session = app, session
        self._people = itertools.cycle([Person(user_id=number, language="ru") for number in range(1, PEOPLE + 1)])
        self._commands = itertools.cycle(_commands(words))

    async def asks(self, meanwhile: Awaitable[object]) -> Waits:
        """Until that is done."""
        going_on, waits = asyncio.ensure_future(meanwhile), defaultdict(list)
        while not going_on.done():
            kind, text = next(self._commands)
            message_id = self._session.next_message_id()
            update = next(self._people).says(text, message_id=message_id, date=utc_now())
            begun = time.perf_counter()
            await self._app.dispatcher.feed_update(self._app.bot, update)
            waits[kind].append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(PAUSE_S)
        await going_on
        return waits


def main(articles: int = ARTICLES, queries: int = QUERIES) -> None:
    compile_catalogues(LOCALES)
    with TemporaryDirectory() as folder:
        found = asyncio.run(measure(articles, queries, Path(folder)))
    line(f"{articles:,} articles come to {STORED:,}, {queries:,} standing queries; milliseconds until the answer")
    for meanwhile, waits in found.items():
        line(f"\n{meanwhile}")
        everything = [one for kind in waits.values() for one in kind]
        table(("", "asked", "median", "p95", "at most"), *map(_row, [*waits, "all"], [*waits.values(), everything]))
    keep(
        Row("responsiveness", meanwhile, "ms", articles, median(itertools.chain(*waits.values())))
        for meanwhile, waits in found.items()
    )


def _commands(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        yield from (("/search", f"/search {word}"), ("text", word), ("/start", "/start"))
        yield "/subscriptions", "/subscriptions"


def _dated_now(draft: Draft, number: int) -> Draft:
    return replace(draft, published_at=utc_now() - timedelta(seconds=number), url=f"https://new.example/{number}")


async def _import(path: Path, drafts: Iterable[Draft]) -> None:
    """As an operator does, beside the running bot, until the bot has met all that came."""
    news = path.with_name("news.jsonl")
    await asyncio.to_thread(_write, news, drafts)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite+aiosqlite:///{path}"}
    command = (sys.executable, "-m", "bot", "import", str(news))
    importing = await asyncio.create_subprocess_exec(*command, cwd=path.parent, env=environment)
    if await importing.wait():
        sys.exit("import failed")
    while await asyncio.to_thread(_unmatched, path):  # noqa: ASYNC110 - the store rings no bell
        await asyncio.sleep(0.5)


def _write(news: Path, drafts: Iterable[Draft]) -> None:
    with news.open("w", encoding="utf-8") as file:
        for draft in drafts:
            published = draft.published_at.isoformat() if draft.published_at else None
            row = {"title": draft.title, "text": draft.text, "url": draft.url, "source": draft.source}
            file.write(json.dumps(row | {"published_at": published}, ensure_ascii=False) + "\n")


def _unmatched(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT 1 FROM articles WHERE matched = 0 LIMIT 1").fetchone())


def _row(name: str, waits: Sequence[float]) -> tuple[object, ...]:
    ordered = sorted(waits)
    return name, len(ordered), median(ordered), ordered[int(0.95 * (len(ordered) - 1))], ordered[-1]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
