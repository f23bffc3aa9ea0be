"""A Bot API server on loopback for tests: strict where Telegram is strict, and out of order when a test says so.

    request → [ordered failure] → rules → world → [ordered failure] → answer

`telegram_readers` is the human side, `telegram_methods` what the bot may ask, `telegram_rules` and `telegram_html` what
Telegram refuses, `telegram_updates` the polling, `telegram_webhook` the other way, `telegram_world` the memory that
outlives a killed bot.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.telegram_methods import METHODS, Request
from tests.telegram_readers import Readers
from tests.telegram_rules import Refused
from tests.telegram_world import BOT_ID, Call, File

UPLOAD_LIMIT_BYTES = 50 * 2**20
NESTED = {
    *("reply_markup", "entities", "caption_entities", "commands", "scope", "allowed_updates", "reply_parameters"),
    *("link_preview_options", "results", "button"),
}
NUMBERS = {"chat_id", "message_id", "message_thread_id", "user_id", "offset", "limit", "timeout", "cache_time"}
DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
}

WEBHOOK = {"setwebhook", "deletewebhook", "getwebhookinfo"}
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

Drop = Literal["before", "after", "hang"]


@dataclass(slots=True, kw_only=True)
class Failure:
    """An ordered failure: an answer, a raw `body` or a dropped connection for the next `times` fitting requests."""

    method: str
    chat_id: int | None
    status: int
    description: str
    parameters: Mapping[str, int] | None
    body: str | None
    drop: Drop | None
    times: int

    def fits(self, request: Request) -> bool:
        wanted = self.method.lower() == request.method.lower()
        return wanted and self.times > 0 and self.chat_id in (None, request.params.get("chat_id"))


class TelegramServer(Readers):
    """`async with TelegramServer() as telegram:` serves `telegram.url` to a bot with `telegram.token`.

    `sent` is every message accepted, in order; `activity` the same with an entry for each edit; `refused` every request
    that was not carried out; `violations` those that a correct bot would never make, and what Telegram lets slip.
    """

    def __init__(self, token: str = f"{BOT_ID}:loopback") -> None:
        super().__init__()
        self.token = token
        self.sent = self.world.sent
        self.activity = self.world.activity
        self.calls = self.world.calls
        self.blocked = self.world.blocked
        self.refused = self.world.refused
        self.violations = self.world.violations
        self._failures: list[Failure] = []
        self._closing = asyncio.Event()
        self._port = 0
        app = web.Application(client_max_size=UPLOAD_LIMIT_BYTES)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._serve)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self.webhook.delete()
        self.updates.release()
        await self._runner.cleanup()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Nobody listens at `url` meanwhile, and open connections are cut: a request can't have arrived."""
        await self._site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else ()):
            connection.force_close()
        await asyncio.sleep(0.05)  # clients notice that their idle connections are gone, and connect anew
        try:
            yield
        finally:
            await self._listen()

    def fail_next(
        self,
        method: str,
        *,
        chat_id: int | None = None,
        status: int = 500,
        description: str | None = None,
        parameters: Mapping[str, int] | None = None,
        body: str | None = None,
        drop: Drop | None = None,
        times: int = 1,
    ) -> None:
        """Orders a failure of the next `times` calls of `method` (to `chat_id`).

        `body` is sent as it is, as HTML. `drop` cuts the connection instead of answering: "before" the request is
        carried out or "after" it was; "hang" carries it out and never answers. 429 says `retry_after` 1 by itself.
        """
        if status == 429:
            parameters = parameters or {"retry_after": 1}
            description = description or f"Too Many Requests: retry after {parameters['retry_after']}"
        failure = Failure(
            method=method,
            chat_id=chat_id,
            status=status,
            description=description or DESCRIPTIONS.get(status, "Bad Gateway"),
            parameters=parameters,
            body=body,
            drop=drop,
            times=times,
        )
        self._failures.append(failure)

    def forget_failures(self) -> None:
        """None of what was ordered fails any more."""
        self._failures.clear()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        if http.match_info["token"] != self.token:
            return _error(401, DESCRIPTIONS[401])
        try:
            request = await _read(http)
            failure = self._ordered(request)
            if failure and failure.drop in (None, "before"):
                return await self._fail(http, request, failure)
            answer = web.json_response({"ok": True, "result": await self._carry_out(request)})
        except Refused as refused:
            return self._refuse(http, refused)
        return await self._fail(http, request, failure) if failure else answer

    async def _serve_file(self, http: web.Request) -> web.StreamResponse:
        """What getFile has given the path of."""
        if http.match_info["token"] != self.token:
            return _error(401, DESCRIPTIONS[401])
        file_id = self.world.paths.get(http.match_info["path"])
        if file_id is None:
            return _error(404, "Not Found")
        return web.Response(body=self.world.files[file_id].content, content_type="application/octet-stream")

    def _ordered(self, request: Request) -> Failure | None:
        self.calls.append(Call(method=request.method, params=request.params, at=time.monotonic()))
        self.world.changed()
        failure = next((failure for failure in self._failures if failure.fits(request)), None)
        if failure:
            failure.times -= 1
        return failure

    async def _carry_out(self, request: Request) -> object:
        name, params = request.method.lower(), request.params
        if name in WEBHOOK:
            return self._hook(name, params)
        if name == "getupdates":
            if self.webhook.url:
                raise Refused(HOOKED, status=409, violation=False)
            return await self.updates.poll(
                params.get("offset", 0),
                params.get("limit", 100),
                timeout_s=params.get("timeout", 0),
                allowed=params.get("allowed_updates"),
            )
        if name not in METHODS:
            raise Refused("Not Found: method not found", status=404)
        return METHODS[name](self.world, request)

    def _hook(self, name: str, params: Mapping[str, Any]) -> object:
        if params.get("drop_pending_updates"):
            self.updates.pending.clear()
        match name:
            case "setwebhook":
                return self.webhook.set(params)
            case "deletewebhook":
                return self.webhook.delete()
        return self.webhook.info()

    async def _fail(self, http: web.Request, request: Request, failure: Failure) -> web.StreamResponse:
        self.refused.append(f"{request.method}: ordered: {failure.drop or failure.description}")
        if failure.drop == "hang":
            await self._closing.wait()
        if failure.drop:
            if http.transport:
                http.transport.abort()
            return web.Response()
        if failure.body is not None:
            return web.Response(status=failure.status, text=failure.body, content_type="text/html")
        return _error(failure.status, failure.description, failure.parameters)

    def _refuse(self, http: web.Request, refused: Refused) -> web.Response:
        told = f"{http.match_info['method']}: {refused}"
        if not self._closing.is_set() and http.transport:
            self.refused.append(told)
        if refused.violation:
            self.violations.append(told)
        return _error(refused.status, str(refused), refused.parameters)


async def _read(http: web.Request) -> Request:
    """The request with nested values and numbers decoded, as JSON, form and multipart bodies all mean the same."""
    given: dict[str, Any] = dict(http.query)
    files = {}
    if http.content_type == "application/json":
        given |= await http.json()
    else:
        for name, value in (await http.post()).items():
            if isinstance(value, web.FileField):
                files[name] = File(name=value.filename, content_type=value.content_type, content=value.file.read())
            else:
                given[name] = value
    return Request(
        method=http.match_info["method"],
        params={name: _decoded(name, value) for name, value in given.items() if value is not None},
        files=files,
    )


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in NUMBERS and value.removeprefix("-").isdecimal():
        return int(value)
    if value in ("true", "false") and name not in ("text", "caption"):
        return value == "true"
    if name not in NESTED:
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise Refused(f"can't parse {name} JSON object") from error


def _error(status: int, description: str, parameters: Mapping[str, int] | None = None) -> web.Response:
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return web.json_response(answer, status=status)
