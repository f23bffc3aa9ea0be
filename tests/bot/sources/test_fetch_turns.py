import asyncio
from datetime import timedelta

import pytest

from bot.sources.fetch import Fetcher, Limits
from tests.web import Names, Reply, Web

_BODY = "<rss>Новости</rss>".encode()


async def test_one_request_a_host_at_a_time(web: Web) -> None:
    url = web.serve("/feed", Reply(body=_BODY, after_s=0.01))
    names = Names(a_example="127.0.0.1", b_example="127.0.0.1")
    async with Fetcher(resolver=names, allow_private=True) as fetcher:
        urls = [url.replace("127.0.0.1", host) for host in ("a.example", "b.example")] * 5
        await asyncio.gather(*map(fetcher.get, urls))
    assert set(web.most_at_once.values()) == {1}
    assert len(web.requests) == 10


async def test_slow_host_delays_no_other(web: Web) -> None:
    hang = asyncio.Event()

    async def slow(_: object) -> Reply:
        await hang.wait()
        return Reply(body=b"slow")

    web.handle("/slow", slow)
    web.serve("/quick", Reply(body=b"quick"))
    names = Names(slow_example="127.0.0.1", quick_example="127.0.0.1")
    async with Fetcher(resolver=names, allow_private=True, limits=Limits(at_once=2)) as fetcher:
        # More of them than there are slots: they wait for their host, not in the others' way.
        waiting = [asyncio.create_task(fetcher.get(f"http://slow.example:{web.port}/slow")) for _ in range(5)]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            answer = await fetcher.get(f"http://quick.example:{web.port}/quick")
        assert not any(task.done() for task in waiting)
        hang.set()
        await asyncio.gather(*waiting)
    assert answer.body == b"quick"


async def test_no_more_than_the_bound_at_once() -> None:
    now = most = 0

    async def count(_: object) -> Reply:
        nonlocal now, most
        now += 1
        most = max(now, most)
        await asyncio.sleep(0.01)
        now -= 1
        return Reply()

    hosts = {f"host{number}_example": "127.0.0.1" for number in range(12)}
    async with (
        Web() as web,
        Fetcher(resolver=Names(**hosts), allow_private=True, limits=Limits(at_once=3)) as fetcher,
    ):
        web.handle("/", count)
        await asyncio.gather(*(fetcher.get(f"http://host{number}.example:{web.port}/") for number in range(12)))
    assert most == 3


async def test_waiting_for_ones_turn_is_not_the_servers_fault(web: Web) -> None:
    url = web.serve("/feed", Reply(body=_BODY, after_s=0.3))
    async with Fetcher(allow_private=True, limits=Limits(total=timedelta(seconds=1))) as fetcher:
        answers = await asyncio.gather(*(fetcher.get(url) for _ in range(4)))
    assert [answer.body for answer in answers] == [_BODY] * 4


async def test_cancelled_request_frees_its_place(web: Web) -> None:
    begun, hang = asyncio.Event(), asyncio.Event()

    async def slow(_: object) -> Reply:
        begun.set()
        await hang.wait()
        return Reply()

    web.handle("/slow", slow)
    url = web.serve("/feed", Reply(body=_BODY))
    async with Fetcher(allow_private=True, limits=Limits(at_once=1)) as fetcher:
        task = asyncio.create_task(fetcher.get(f"{web.url}/slow"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await fetcher.get(url)).body == _BODY
    hang.set()
