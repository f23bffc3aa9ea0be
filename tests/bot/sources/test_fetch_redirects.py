import asyncio

import pytest

from bot.sources.fetch import Fetcher
from bot.sources.trouble import Trouble
from tests.bot.sources.asking import error_of, trouble_of
from tests.web import Reply, Web, raw, saying

_BODY = "<rss>Новости</rss>".encode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_followed(web: Web, fetcher: Fetcher, status: int) -> None:
    web.redirect("/old", to="/new?q=новости#top", status=status)
    url = web.serve("/new?q=%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8", Reply(body=_BODY))
    web.serve("/new?q=новости", Reply(body=_BODY))
    answer = await fetcher.get(f"{web.url}/old")
    assert (answer.url, answer.body) == (url, _BODY)
    assert answer.moved_to == (url if status in (301, 308) else None)


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301, 308), "/2"),
        ((308, 302, 301), "/1"),
        ((302, 301), None),
        ((301, 303), "/1"),
        ((307,), None),
    ],
)
async def test_only_the_leading_permanent_redirects_move_a_feed(
    web: Web, fetcher: Fetcher, statuses: tuple[int, ...], moved_to: str | None
) -> None:
    for number, status in enumerate(statuses):
        web.redirect(f"/{number}", to=f"/{number + 1}", status=status)
    url = web.serve(f"/{len(statuses)}", Reply(body=_BODY))
    answer = await fetcher.get(f"{web.url}/0")
    assert answer.url == url
    assert answer.moved_to == (moved_to and f"{web.url}{moved_to}")


async def test_error_behind_a_permanent_redirect_says_where_that_led(web: Web, fetcher: Fetcher) -> None:
    web.redirect("/old", to="/new", status=301)
    error = await error_of(fetcher, f"{web.url}/old")
    assert (error.trouble, error.detail, error.moved_to) == (Trouble.STATUS, "404", f"{web.url}/new")


async def test_circle_of_redirects_ends_at_once(web: Web, fetcher: Fetcher) -> None:
    web.redirect("/a", to="/b", status=301)
    web.redirect("/b", to="/a", status=301)
    error = await error_of(fetcher, f"{web.url}/a")
    assert (error.trouble, error.moved_to) == (Trouble.REDIRECTS, None)
    assert len(web.requests) == 2


async def test_redirect_to_itself_is_a_circle_though_a_cookie_would_end_it(web: Web, fetcher: Fetcher) -> None:
    web.serve("/a", Reply(status=302, headers={"Location": "/a#b", "Set-Cookie": "seen=1"}))
    assert await trouble_of(fetcher, f"{web.url}/a") == (Trouble.REDIRECTS, "")


async def test_five_redirects_are_followed_and_no_more(web: Web, fetcher: Fetcher) -> None:
    for number in range(7):
        web.redirect(f"/{number}", to=f"/{number + 1}")
    web.serve("/7", Reply(body=_BODY))
    assert (await fetcher.get(f"{web.url}/2")).body == _BODY
    assert await trouble_of(fetcher, f"{web.url}/1") == (Trouble.REDIRECTS, "")


@pytest.mark.parametrize(
    ("location", "trouble"),
    [
        ("ftp://127.0.0.1/feed", Trouble.ADDRESS),
        ("javascript:alert(1)", Trouble.ADDRESS),
        ("http://127.0.0.1:99999/", Trouble.ADDRESS),
        ("http://name:secret@127.0.0.1/", Trouble.CREDENTIALS),
    ],
)
async def test_redirect_to_what_may_not_be_asked_is_refused(
    web: Web, fetcher: Fetcher, location: str, trouble: Trouble
) -> None:
    web.redirect("/feed", to=location, status=301)
    error = await error_of(fetcher, f"{web.url}/feed")
    assert (error.trouble, error.moved_to) == (trouble, None)
    assert "secret" not in str(error)


async def test_redirect_whose_address_is_in_another_charset_is_followed(fetcher: Fetcher) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        moved = b"HTTP/1.1 301 Moved\r\nLocation: /" + "Новости?в=1".encode("cp1251") + b"\r\nContent-Length: 0\r\n\r\n"
        writer.write(moved)
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with raw(talk) as url:
        assert (await fetcher.get(url)).moved_to == f"{url}%CD%EE%E2%EE%F1%F2%E8?%E2=1"
    assert asked == [b"GET /%CD%EE%E2%EE%F1%F2%E8?%E2=1 HTTP/1.1\r\n"]


async def test_redirect_with_control_characters_is_followed(fetcher: Fetcher) -> None:
    async with raw(saying(b"HTTP/1.1 301 Moved\r\nLocation: /\x0eb://\x0e%2F/a\r\nContent-Length: 0\r\n\r\n")) as url:
        error = await error_of(fetcher, url)
    assert (error.trouble, error.moved_to) == (Trouble.REDIRECTS, None)


async def test_redirect_to_nowhere_is_an_error(web: Web, fetcher: Fetcher) -> None:
    assert await trouble_of(fetcher, web.serve("/feed", Reply(status=301))) == (Trouble.STATUS, "301")
