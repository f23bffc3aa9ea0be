"""A web site on loopback, in a thread of its own: commands run in the test's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote
from xml.sax.saxutils import escape

RSS, HTML = "application/rss+xml; charset=utf-8", "text/html; charset=utf-8"
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers."""

    body: str = ""
    content_type: str = RSS
    status: int = 200
    etag: str | None = None


@dataclass(slots=True)
class Site:
    """Its pages by path, which a test may change, and the paths that were asked for."""

    address: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, path: str, *headlines: str, title: str = "Новости", etag: str | None = None) -> str:
        """A feed with these articles, the newest first; its address."""
        self.pages[path] = Page(rss(title, headlines), etag=etag)
        return self.address + path


def rss(title: str, headlines: tuple[str, ...]) -> str:
    items = "".join(
        f"<item><title>{escape(headline)}</title><guid>{escape(headline)}</guid><link>https://news.example/{quote(headline)}</link>"
        f"<pubDate>{format_datetime(DAY.replace(hour=12 - number))}</pubDate></item>"
        for number, headline in enumerate(headlines)
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title>{items}</channel></rss>'


@contextmanager
def serving() -> Iterator[Site]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            page = site.pages.get(self.path, Page("nothing here", HTML, 404))
            unchanged = page.etag is not None and self.headers.get("If-None-Match") == page.etag
            body = b"" if unchanged else page.body.encode()
            self.send_response(304 if unchanged else page.status)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(body)))
            if page.etag:
                self.send_header("ETag", page.etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        site = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
