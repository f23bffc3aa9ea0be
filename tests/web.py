"""Web servers on loopback for tests: one that answers as it is told, and raw ones that break every rule.

async with Web() as web:
    web.serve("/feed", Reply(body=b"...", headers={"ETag": '"1"'}), Reply(status=304))
    ...  # ask for f"{web.url}/feed": the replies come in order, the last one again and again
    assert web.asked("/feed")[1].headers["If-None-Match"] == '"1"'
"""

import asyncio
import socket
import ssl
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDictProxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after_s: float = 0
    """How long the server thinks about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as the server saw it; `host` is the Host header."""

    method: str
    path: str
    host: str
    headers: CIMultiDictProxy[str]


Handler = Callable[[web.BaseRequest], Awaitable[Reply]]


class Web:
    """`async with Web() as web:` serves `web.url`; 404 where nothing was put.

    `most_at_once` is how many requests were being answered at the same time, by the host that they were sent to.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Asked] = []
        self.most_at_once: dict[str, int] = defaultdict(int)
        self._now: dict[str, int] = defaultdict(int)
        self._replies: dict[str, list[Reply]] = {}
        self._handlers: dict[str, Handler] = {}
        self._tls = tls
        # Answers no longer wanted are not waited for.
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=0.1)

    @property
    def port(self) -> int:
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self, path: str, *replies: Reply) -> str:
        """The address at which `replies` are given, in order, the last one again and again."""
        self._replies[path] = list(replies)
        return f"{self.url}{path}"

    def handle(self, path: str, handler: Handler) -> str:
        """The address at which `handler` is asked each time."""
        self._handlers[path] = handler
        return f"{self.url}{path}"

    def redirect(self, path: str, *, to: str, status: int = 302) -> str:
        return self.serve(path, Reply(status=status, headers={"Location": to}))

    def asked(self, path: str) -> list[Asked]:
        return [request for request in self.requests if request.path == path]

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.Response:
        host = request.host
        self.requests.append(Asked(method=request.method, path=request.path_qs, host=host, headers=request.headers))
        self._now[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._now[host])
        try:
            reply = await self._reply(request)
            await asyncio.sleep(reply.after_s)
        finally:
            self._now[host] -= 1
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)

    async def _reply(self, request: web.BaseRequest) -> Reply:
        handler = self._handlers.get(request.path_qs)
        if handler:
            return await handler(request)
        replies = self._replies.get(request.path_qs)
        if not replies:
            return Reply(status=404)
        return replies.pop(0) if len(replies) > 1 else replies[0]


class Names(AbstractResolver):
    """A name server: each name's answers in order, the last one again and again; a tuple is one answer of several.

    A name without an answer does not exist. `asked` is every name that was looked up.
    """

    def __init__(self, **answers: str | tuple[str, ...] | list[str]) -> None:
        self.answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        answer = self.answers[host]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in (answer if isinstance(answer, tuple) else (answer,))
        ]

    async def close(self) -> None:
        pass


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(talk: Talk) -> AsyncIterator[str]:
    """The address of a server that says whatever `talk` writes, once it has read the request's head."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(start, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def saying(*pieces: bytes, pause_s: float = 0) -> Talk:
    """Says `pieces` and hangs up, with a pause before each but the first."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, piece in enumerate(pieces):
            await asyncio.sleep(pause_s if number else 0)
            writer.write(piece)
            await writer.drain()

    return talk


@contextmanager
def deaf() -> Iterator[str]:
    """The address of a server that never accepts: its queue is full, so that connecting takes for ever (on Linux)."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            for client in waiting:
                client.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS with a certificate that nobody vouches for; made by openssl."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    named = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    subprocess.run((*made, *named, "-keyout", key, "-out", certificate), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
