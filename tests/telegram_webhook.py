"""The test server's webhook: what waits is posted to the bot, again and again until it answers with success.

Updates of one chat go one after another, chats beside each other. A proxy is left out: the bot's own port is posted to.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.telegram_rules import Refused
from tests.telegram_updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (None, 443, 80, 88, 8443)
AGAIN_S = 0.1


class Webhook:
    """`port` is where the bot listens; `answers` counts what it answered to deliveries."""

    def __init__(self, updates: Updates) -> None:
        self.port: int | None = None
        self.answers: Counter[int | str] = Counter()
        self.url = ""
        self.secret: str | None = None
        self.connections = 40
        self._updates = updates
        self._task: asyncio.Task[None] | None = None
        self._failure: tuple[int, str] | None = None

    def set(self, params: Mapping[str, Any]) -> bool:
        url, secret = params.get("url", ""), params.get("secret_token")
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.port not in PORTS:
            raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refused("secret token contains unallowed characters")
        self.delete()
        self.url, self.secret = url, secret
        self.connections = int(params.get("max_connections", 40))
        if params.get("allowed_updates") is not None:
            self._updates.allowed = frozenset(params["allowed_updates"])
        self._task = asyncio.create_task(self._deliver_all())
        return True

    def delete(self) -> bool:
        self.url, self.secret = "", None
        if self._task:
            self._task.cancel()
            self._task = None
        return True

    def info(self) -> dict[str, Any]:
        known: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
            "allowed_updates": sorted(self._updates.allowed),
        }
        if self.url:
            known["max_connections"] = self.connections
        if self._failure:
            known["last_error_date"], known["last_error_message"] = self._failure
        return known

    async def _deliver_all(self) -> None:
        places, lanes = asyncio.Semaphore(self.connections), dict[int, asyncio.Task[None]]()
        async with aiohttp.ClientSession() as http:
            try:
                while True:
                    bell = self._updates.bell
                    for update in list(self._updates.pending):
                        lane = _lane(update)
                        if lane not in lanes or lanes[lane].done():
                            lanes[lane] = asyncio.create_task(self._deliver(http, places, update))
                            lanes[lane].add_done_callback(lambda _: self._updates.ring())
                    await bell.wait()
            finally:
                for task in lanes.values():
                    task.cancel()
                await asyncio.gather(*lanes.values(), return_exceptions=True)

    async def _deliver(self, http: aiohttp.ClientSession, places: asyncio.Semaphore, update: dict[str, Any]) -> None:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        async with places:
            try:
                async with http.post(self.address, json=update, headers=headers) as answer:
                    said: int | str = answer.status
            except aiohttp.ClientError as error:
                said = type(error).__name__
        self.answers[said] += 1
        if said == 200:
            self._updates.pending.remove(update)
            return
        self._failure = int(time.time()), f"Wrong response from the webhook: {said}"
        await asyncio.sleep(AGAIN_S)

    @property
    def address(self) -> str:
        """Where the proxy would lead what is posted to the webhook's address."""
        return f"http://127.0.0.1:{self.port}{urlsplit(self.url).path}"


def _lane(update: Mapping[str, Any]) -> int:
    """The chat; a press without one goes with the person."""
    [event] = (value for name, value in update.items() if name != "update_id")
    holder = event.get("message", event)
    place = holder.get("chat") or event.get("from") or {}
    return int(place.get("id", 0))
