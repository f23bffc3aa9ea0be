"""A small HTTP server for one handler, which looks at the path by itself."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

# Requests that are under way at the end may take so long.
END_S: Final = 1.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def pages(handlers: Mapping[str, Handler]) -> Handler:
    """A handler of these paths, which can be read and nothing else."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.rel_url.raw_path not in handlers:
            return web.Response(status=404)
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return await handlers[request.rel_url.raw_path](request)

    return handle


class PortError(Exception):
    """Nothing can be served on this port."""


@asynccontextmanager
async def listening(handler: Handler, *, port: int, largest_body: int = 1024) -> AsyncIterator[None]:
    """Serves on every address of the machine; raises PortError."""
    app = web.Application(client_max_size=largest_body)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=END_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, port=port).start()
        except OSError as error:
            raise PortError(f"port {port} cannot be served: {error.strerror or error}") from error
        yield
    finally:
        await runner.cleanup()
