"""What hostile and broken sources cost the bot: one feed read from each, with the limits of every day.

python -m tests.benchmarks.fetch_faults

The servers run in a process beside this one. Memory is the most that was held above the start while a feed was fetched,
as Linux counts it. Lag is how late the event loop came to a task that wanted to run every 5 ms, other programs' share
in it as well (the first row shows that alone); busy is the processor time that was spent between two such turns.
Documents are read in worker processes, whose memory is not in it.
"""

import asyncio
import gzip
import multiprocessing
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sources.drafts import Contents
from bot.sources.fetch import Answer, Fetcher, Limits
from bot.sources.reading import Reader
from bot.sources.trouble import FetchError
from bot.sources.worker import Parser
from tests.benchmarks.report import line, table
from tests.web import Names, Reply, Web, deaf, raw, saying, self_signed

BODY = "<rss><channel><title>Новости</title></channel></rss>".encode() * 1_000
BOMB_BYTES = 200_000_000
TICK_S = 0.005
ITEM = "<rss version='2.0'><channel><title>Новости</title><item><title>{}</title></item></channel></rss>"
LAUGHS = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENTS = {
    "laughs": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b0 "ha">{LAUGHS}]>{ITEM.format("&b9;")}'.encode(),
    "nested": ITEM.format("<a>" * 200_000 + "x" + "</a>" * 200_000).encode(),
    "divs": ITEM.format("<![CDATA[" + "<div>" * 200_000 + "]]>").encode(),
    "1251": ITEM.format("Саммит").encode("windows-1251"),
    "koi8": ITEM.format("Саммит").encode("koi8-r"),
    "text": ITEM.format("Саммит").encode(),
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 100000\r\n\r\n"

Fetch = Callable[[], Coroutine[None, None, Answer | Contents]]


@dataclass(slots=True)
class Cost:
    seconds: float = 0
    memory_mb: float = 0
    lag_ms: float = 0
    busy_ms: float = 0


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The addresses of all faults that a server can have, by name."""
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(Web())
        web.redirect("/loop", to="/back", status=301)
        web.redirect("/back", to="/loop", status=301)
        web.redirect("/308", to="/feed", status=308)
        web.redirect("/private", to="http://127.0.0.1/")
        bomb, largest = gzip.compress(bytes(BOMB_BYTES)), gzip.compress(bytes(Limits().most_bytes))
        documents = {
            name: web.serve(f"/{name}", Reply(body=body, headers={"Content-Type": "text/xml; charset=iso-8859-1"}))
            for name, body in DOCUMENTS.items()
        }
        tls = await stack.enter_async_context(Web(tls=self_signed(folder)))
        yield {
            "web": web.url,
            **documents,
            "feed": web.serve("/feed", Reply(body=BODY, headers={"ETag": '"1"'})),
            "304": web.serve("/304", Reply(status=304)),
            "loop": f"{web.url}/loop",
            "308": f"{web.url}/308",
            "404": f"{web.url}/404",
            "410": web.serve("/410", Reply(status=410)),
            "429": web.serve("/429", Reply(status=429, headers={"Retry-After": "120"})),
            "500": web.serve("/500", Reply(status=500)),
            "bomb": web.serve("/bomb", Reply(body=bomb, headers={"Content-Encoding": "gzip"})),
            "largest": web.serve("/largest", Reply(body=largest, headers={"Content-Encoding": "gzip"})),
            "tls": tls.url,
            "deaf": stack.enter_context(deaf()),
            "drip": await stack.enter_async_context(raw(saying(HEAD, *[b"<"] * 1_000, pause_s=0.1))),
            "cut": await stack.enter_async_context(raw(saying(HEAD, BODY[:50_000]))),
        }


def serve(connection: Connection, folder: Path) -> None:
    async def until_told() -> None:
        async with serving(folder) as urls:
            connection.send(urls)
            await asyncio.to_thread(connection.recv)

    asyncio.run(until_told())


@asynccontextmanager
async def measured(cost: Cost) -> AsyncIterator[None]:
    """Fills in what the block costs."""
    _forget_peak()
    start_mb, began = _memory_mb("VmRSS"), time.perf_counter()
    done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_tick(cost, until=done))
        yield
        cost.seconds = time.perf_counter() - began
        done.set()
    cost.memory_mb = max(0.0, _memory_mb("VmHWM") - start_mb)


async def _tick(cost: Cost, *, until: asyncio.Event) -> None:
    """Once more after the end: what kept it waiting may have been the last thing that happened."""
    while not until.is_set():
        due, spent = time.perf_counter() + TICK_S, time.thread_time()
        await asyncio.sleep(TICK_S)
        cost.lag_ms = max(cost.lag_ms, (time.perf_counter() - due) * 1000)
        cost.busy_ms = max(cost.busy_ms, (time.thread_time() - spent) * 1000)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _memory_mb(counter: str) -> float:
    fields = dict(row.split(":", 1) for row in Path("/proc/self/status").read_text().splitlines())
    return int(fields[counter].split()[0]) / 1024


async def told(fetch: Fetch) -> str:
    """What the operator is told of it."""
    try:
        answer = await fetch()
    except FetchError as error:
        asked = f" for {error.retry_after.total_seconds():.0f} s" if error.retry_after else ""
        return f"{error}{asked}"
    if isinstance(answer, Contents):
        return f"{len(answer.drafts)} items {' '.join(draft.title[:20] for draft in answer.drafts)}"
    moved = ", has moved" if answer.moved_to else ""
    return f"nothing new ({answer.status})" if answer.status == 304 else f"{len(answer.body):,} bytes{moved}"


async def _nothing() -> Answer:
    await asyncio.sleep(10)
    return Answer(status=200, url="")


async def measure(urls: dict[str, str]) -> list[tuple[str, str, Cost]]:
    names = Names(news_example=["203.0.113.1", "127.0.0.1"])
    await names.resolve("news.example")  # whoever looks ahead sees a public address
    async with (
        Fetcher(allow_private=True) as fetcher,
        Fetcher(proxy=urls["web"]) as proxied,
        Fetcher(resolver=names) as rebound,
        Parser() as parser,
    ):

        async def read(name: str) -> Contents:
            _, contents = await Reader(fetcher, parser).read(urls[name])
            assert contents
            return contents

        await fetcher.get(urls["feed"])
        await read("text")
        faults: list[tuple[str, Fetch]] = [
            ("nothing for ten seconds", _nothing),
            ("none", lambda: fetcher.get(urls["feed"])),
            ("none, the largest answer", lambda: fetcher.get(urls["largest"])),
            ("304", lambda: fetcher.get(urls["304"], etag='"1"')),
            ("validators ignored", lambda: fetcher.get(urls["feed"], etag='"1"')),
            ("301 in a circle", lambda: fetcher.get(urls["loop"])),
            ("308", lambda: fetcher.get(urls["308"])),
            ("404", lambda: fetcher.get(urls["404"])),
            ("410", lambda: fetcher.get(urls["410"])),
            ("429 with Retry-After", lambda: fetcher.get(urls["429"])),
            ("500", lambda: fetcher.get(urls["500"])),
            ("self-signed certificate", lambda: fetcher.get(urls["tls"])),
            ("no connection", lambda: fetcher.get(urls["deaf"])),
            ("ten bytes a second", lambda: fetcher.get(urls["drip"])),
            ("body cut in half", lambda: fetcher.get(urls["cut"])),
            ("200 MB in 200 KB of gzip", lambda: fetcher.get(urls["bomb"])),
            ("redirect to 127.0.0.1", lambda: proxied.get("http://news.example/private")),
            ("name that turns to 127.0.0.1", lambda: rebound.get("http://news.example/")),
            ("windows-1251 called Latin", lambda: read("1251")),
            ("KOI8-R called Latin", lambda: read("koi8")),
            ("a billion laughs", lambda: read("laughs")),
            ("200,000 nested elements", lambda: read("nested")),
            ("200,000 nested tags in a text", lambda: read("divs")),
        ]
        found = []
        for name, fetch in faults:
            cost = Cost()
            async with measured(cost):
                said = await told(fetch)
            found.append((name, said, cost))
        return found


def main() -> None:
    if not sys.platform.startswith("linux"):
        sys.exit("memory is measured as Linux counts it")
    here, there = multiprocessing.Pipe()
    with TemporaryDirectory() as folder:
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, Path(folder)))
        server.start()
        found = asyncio.run(measure(here.recv()))
        here.send(None)
        server.join()
    line("")
    table(
        ("fault", "what is told of it", "seconds", "memory (MB)", "worst lag (ms)", "busy (ms)"),
        *((name, said, cost.seconds, cost.memory_mb, cost.lag_ms, cost.busy_ms) for name, said, cost in found),
    )


if __name__ == "__main__":
    main()
