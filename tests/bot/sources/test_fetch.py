import gzip
import zlib
from datetime import timedelta

import pytest

from bot.sources.fetch import FEEDS, Answer, Fetcher
from bot.sources.trouble import FetchError, Trouble
from tests.bot.sources.asking import SMALL, error_of, trouble_of
from tests.web import Names, Reply, Web, raw, saying

_BODY = "<rss>Новости</rss>".encode()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


async def test_answer_is_the_body_with_what_the_server_says_of_it(web: Web, fetcher: Fetcher) -> None:
    headers = {
        "Content-Type": "application/rss+xml; charset=windows-1251",
        "ETag": 'W/"a b\'"',
        "Last-Modified": "Wed, 24 Dec 2025 05:30:00 GMT",
        "Cache-Control": "max-age=600",
    }
    url = web.serve("/feed", Reply(body=_BODY, headers=headers))
    assert await fetcher.get(f"{url}#latest") == Answer(
        status=200,
        url=url,
        moved_to=None,
        body=_BODY,
        content_type="application/rss+xml; charset=windows-1251",
        etag='W/"a b\'"',
        last_modified="Wed, 24 Dec 2025 05:30:00 GMT",
        fresh_for=timedelta(minutes=10),
    )


async def test_request_says_who_asks_and_for_what(web: Web, fetcher: Fetcher) -> None:
    await fetcher.get(web.serve("/feed", Reply(body=_BODY)))
    [asked] = web.requests
    assert asked.headers["User-Agent"].startswith("newsbot")
    assert dict(asked.headers) == {
        "Host": f"127.0.0.1:{web.port}",
        "User-Agent": asked.headers["User-Agent"],
        "Accept": FEEDS,
        "Accept-Encoding": "gzip, deflate",
    }


async def test_validators_are_sent_as_they_came(web: Web, fetcher: Fetcher) -> None:
    url = web.serve("/feed", Reply(status=304, headers={"ETag": "new", "Cache-Control": "max-age=60"}))
    answer = await fetcher.get(url, etag="unquoted", last_modified="yesterday, or so")
    assert answer == Answer(status=304, url=url, etag="new", fresh_for=timedelta(minutes=1))
    [asked] = web.requests
    assert asked.headers["If-None-Match"] == "unquoted"
    assert asked.headers["If-Modified-Since"] == "yesterday, or so"


async def test_server_that_ignores_validators_just_answers(web: Web, fetcher: Fetcher) -> None:
    answer = await fetcher.get(web.serve("/feed", Reply(body=_BODY)), etag='"1"')
    assert (answer.status, answer.body) == (200, _BODY)


async def test_304_that_nobody_asked_for_is_an_error(web: Web, fetcher: Fetcher) -> None:
    assert await trouble_of(fetcher, web.serve("/feed", Reply(status=304))) == (Trouble.STATUS, "304")


async def test_repeated_cache_control_counts_as_one(fetcher: Fetcher) -> None:
    head = _HEAD + b"Cache-Control: max-age=60\r\nCache-Control: no-cache\r\n"
    async with raw(saying(head + b"Content-Length: 0\r\n\r\n")) as url:
        assert (await fetcher.get(url)).fresh_for is None


@pytest.mark.parametrize("etag", [b"\xff\xfe", b"a" * 1001, b""])
async def test_validator_that_cannot_be_kept_is_none(fetcher: Fetcher, etag: bytes) -> None:
    async with raw(saying(_HEAD + b"ETag: " + etag + b"\r\nContent-Length: 0\r\n\r\n")) as url:
        assert (await fetcher.get(url)).etag is None


async def test_cookies_are_not_kept(web: Web) -> None:
    web.serve("/feed", Reply(headers={"Set-Cookie": "id=1"}))
    async with Fetcher(resolver=Names(news_example="127.0.0.1"), allow_private=True) as fetcher:
        await fetcher.get(f"http://news.example:{web.port}/feed")
        await fetcher.get(f"http://news.example:{web.port}/feed")
    assert ["Cookie" in asked.headers for asked in web.requests] == [False, False]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_body_is_decoded(web: Web, fetcher: Fetcher, encoding: str) -> None:
    encoded = gzip.compress(_BODY) if encoding == "gzip" else zlib.compress(_BODY)
    url = web.serve("/feed", Reply(body=encoded, headers={"Content-Encoding": encoding}))
    assert (await fetcher.get(url)).body == _BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_wrong_content_encoding_is_a_broken_answer(web: Web, fetcher: Fetcher, encoding: str) -> None:
    url = web.serve("/feed", Reply(body=_BODY, headers={"Content-Encoding": encoding}))
    assert await trouble_of(fetcher, url) == (Trouble.BROKEN, "")


async def test_body_as_large_as_the_limit_is_taken(web: Web, fetcher: Fetcher) -> None:
    url = web.serve("/feed", Reply(body=bytes(SMALL.most_bytes)))
    assert len((await fetcher.get(url)).body) == SMALL.most_bytes


async def test_announced_size_above_the_limit_is_too_large(fetcher: Fetcher) -> None:
    async with raw(saying(_HEAD + b"Content-Length: 100001\r\n\r\n", b"", pause_s=5)) as url:
        assert await trouble_of(fetcher, url) == (Trouble.TOO_LARGE, "")


async def test_body_without_end_is_too_large(fetcher: Fetcher) -> None:
    chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    async with raw(saying(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 1000)) as url:
        assert await trouble_of(fetcher, url) == (Trouble.TOO_LARGE, "")


async def test_body_without_end_behind_its_end_is_too_large(fetcher: Fetcher) -> None:
    head = _HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    encoded = gzip.compress(_BODY)
    chunks = (b"%x\r\n%b\r\n" % (len(encoded), encoded), *[b"8000\r\n" + bytes(0x8000) + b"\r\n"] * 1000)
    async with raw(saying(head, *chunks, b"0\r\n\r\n")) as url:
        assert await trouble_of(fetcher, url) == (Trouble.TOO_LARGE, "")


async def test_bomb_is_too_large(web: Web, fetcher: Fetcher) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    assert len(bomb) < SMALL.most_bytes
    url = web.serve("/feed", Reply(body=bomb, headers={"Content-Encoding": "gzip"}))
    assert await trouble_of(fetcher, url) == (Trouble.TOO_LARGE, "")


async def test_caller_may_ask_for_less(web: Web, fetcher: Fetcher) -> None:
    url = web.serve("/robots.txt", Reply(body=bytes(1001)))
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url, most_bytes=1000)
    assert caught.value.trouble is Trouble.TOO_LARGE


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 451, 500, 502, 503])
async def test_error_is_told_by_its_number(web: Web, fetcher: Fetcher, status: int) -> None:
    assert await trouble_of(fetcher, web.serve("/feed", Reply(status=status))) == (Trouble.STATUS, str(status))


async def test_410_is_for_good(web: Web, fetcher: Fetcher) -> None:
    assert await trouble_of(fetcher, web.serve("/feed", Reply(status=410))) == (Trouble.GONE, "")


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "120"}, timedelta(minutes=2)),
        (503, {"Retry-After": "120"}, timedelta(minutes=2)),
        (
            429,
            {"Retry-After": "Wed, 24 Dec 2025 05:31:00 GMT", "Date": "Wed, 24 Dec 2025 05:30:00 GMT"},
            timedelta(minutes=1),
        ),
        (429, {}, None),
        (429, {"Retry-After": "later"}, None),
    ],
)
async def test_server_that_asks_us_to_wait(
    web: Web, fetcher: Fetcher, status: int, headers: dict[str, str], wait: timedelta | None
) -> None:
    error = await error_of(fetcher, web.serve("/feed", Reply(status=status, headers=headers)))
    assert (error.trouble, error.retry_after) == (Trouble.LIMITED, wait)
