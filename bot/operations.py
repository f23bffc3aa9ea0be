"""What the operator's commands do: import, search, match, export. Results on stdout, remarks on stderr."""

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from typer import echo

from bot.analyst import Analyst
from bot.clock import utc_now
from bot.command_line import standard_input
from bot.config import Settings
from bot.errors import one_line
from bot.ingest import BATCH, ingest
from bot.sources import files
from bot.sources.clean import shorten
from bot.sources.drafts import Refused
from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.errors import QueryError
from storage.models import Article, Draft, Hit
from storage.query import parse
from storage.search import Sort, matching, search
from storage.suggestions import nearest
from storage.syntax import Query

SUCCESS, FAILURE = 0, 1
EXPORT_PAGE = 500
# Read at once for an import: while a batch is stored the next one is analysed. A process that analyses takes as long to
# start as the first ones take.
FIRST, TAKEN = 5 * BATCH, 25 * BATCH
SHOWN = 100
"""How much of a query that cannot be read is repeated, in characters."""


async def import_articles(settings: Settings, paths: Sequence[Path]) -> int:
    """Fails where a path does not exist, or where there was something and none of it could be read."""
    total, refused = Stored(0, 0), []
    async with open_store(settings) as db:
        with progress("importing") as advance, Analyst() as analyst:
            found = files.read(paths, stdin=standard_input())
            while batch := list(islice(found, TAKEN if sum(total) else FIRST)):
                drafts = [one for one in batch if isinstance(one, Draft)]
                refused += [_name_refused(one) for one in batch if isinstance(one, Refused)]
                advance(len(batch) - len(drafts))
                analyse = analyst.analyse if sum(total) else None
                stored = await ingest(db, drafts, now=utc_now(), analyse=analyse, advance=advance)
                total = Stored(total.imported + stored.imported, total.known + stored.known)
    echo(f"imported {total.imported}, already known {total.known}, refused {len(refused)}")
    return FAILURE if any(one.missing for one in refused) or (refused and not sum(total)) else SUCCESS


async def search_articles(settings: Settings, words: Sequence[str], *, limit: int, sort: str, as_json: bool) -> int:
    async def find(db: Database, text: str) -> Sequence[Hit]:
        async with db.read() as conn:
            query, now = parse(text), utc_now()
            _print_words(query, as_json=as_json)
            hits = (await search(conn, query, now=now, limit=limit, sort=Sort(sort))).hits
            if not hits and not as_json:
                _print_nothing(text, await nearest(conn, query, now=now))
            return hits

    return await _answer(settings, words, find, as_json=as_json)


async def match_articles(settings: Settings, words: Sequence[str], *, as_json: bool) -> int:
    async def find(db: Database, text: str) -> Sequence[Hit]:
        async with db.read() as conn:
            query = parse(text)
            _print_words(query, as_json=as_json)
            return await matching(conn, query)

    return await _answer(settings, words, find, as_json=as_json)


async def export_articles(settings: Settings) -> None:
    async with open_store(settings) as db:
        last = 0
        while True:
            async with db.read() as conn:
                page = await articles.export(conn, after=last, limit=EXPORT_PAGE)
            if not page:
                return
            for article in page:
                _print_json(_exported(article))
            last = page[-1].id


async def _answer(
    settings: Settings, words: Sequence[str], find: Callable[[Database, str], Any], *, as_json: bool
) -> int:
    """Each query in turn; one that cannot be read is told, and the rest are answered."""
    code = SUCCESS
    async with open_store(settings) as db:
        for text in _queries(words):
            try:
                hits = await find(db, text)
            except QueryError as error:
                _print_mistake(text, error, as_json=as_json)
                code = FAILURE
                continue
            for hit in hits:
                _print_json(_found(text, hit)) if as_json else _print_hit(hit)
    return code


def _queries(words: Sequence[str]) -> Iterable[str]:
    if list(words) != ["-"]:
        return [" ".join(words)]
    lines = (line.decode(errors="replace").removeprefix("\ufeff").rstrip("\r\n") for line in standard_input())
    return (line for line in lines if line.strip())


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Database]:
    db = await Database.open(settings.database_url)
    try:
        yield db
    finally:
        await db.close()


def _name_refused(refused: Refused) -> Refused:
    echo(one_line(f"{refused.where}: {refused.reason}"), err=True)
    return refused


def _found(query: str, hit: Hit) -> dict[str, Any]:
    article = hit.article
    return {
        "query": query,
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source.name,
        "published_at": _iso(article),
        "language": article.language,
        "story": article.story_id,
        "snippet": hit.snippet.text,
        "score": hit.score,
    }


def _exported(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "source": article.source.name,
        "author": article.author,
        "published_at": _iso(article),
        "language": article.language,
        "story": article.story_id,
        **({"image": article.image} if article.image else {}),
    }


def _iso(article: Article) -> str:
    return article.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _print_json(row: dict[str, Any]) -> None:
    echo(json.dumps(row, ensure_ascii=False))


def _print_hit(hit: Hit) -> None:
    article = hit.article
    names = ", ".join(filter(None, (article.source.name, *hit.other_sources)))
    byline = f"{article.published_at:%Y-%m-%d %H:%M} {names}".rstrip()
    lines = (article.title, byline, article.url or "", hit.snippet.text)
    echo("\n   ".join(line for line in lines if line) + "\n")


def _print_words(query: Query, *, as_json: bool) -> None:
    """What is looked for, where that is not what was typed."""
    if query.is_reworded and not as_json:
        echo(one_line(f"looking for {shorten(', '.join(query.looks_for()), limit=SHOWN)}"), err=True)


def _print_nothing(text: str, meant: Sequence[str]) -> None:
    perhaps = f"; perhaps {' or '.join(meant)}" if meant else ""
    echo(one_line(f"nothing found for {shorten(text, limit=SHOWN)}{perhaps}"), err=True)


def _print_mistake(text: str, error: QueryError, *, as_json: bool) -> None:
    if as_json:
        _print_json({"query": text, "error": str(error), "at": error.at})
    else:
        echo(one_line(f"newsbot: {shorten(text, limit=SHOWN)}: {error}"), err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A running count on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(what), TextColumn("{task.completed:.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.advance(task, count)
