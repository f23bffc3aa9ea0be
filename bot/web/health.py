"""`/healthz`: 200 while the process works and its database answers, whatever Telegram does; 503 names what is wrong."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.errors import DatabaseError

DATABASE_S: Final = 5.0


class Health:
    """`is_failing` says whether the store takes nothing that is written."""

    def __init__(self, db: Database, *, is_failing: Callable[[], bool]) -> None:
        self._db = db
        self._is_failing = is_failing

    async def handle(self, _request: web.Request) -> web.Response:
        wrong = await self._wrong()
        if wrong:
            return web.json_response({"status": "failing", "wrong": wrong}, status=503)
        return web.json_response({"status": "ok"})

    async def _wrong(self) -> dict[str, str]:
        try:
            async with asyncio.timeout(DATABASE_S), self._db.read() as conn:
                await conn.execute(text("SELECT 1 FROM chats LIMIT 1"))
        except TimeoutError:
            return {"database": f"does not answer within {DATABASE_S:g} s"}
        except (DatabaseError, SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            return {"database": f"cannot be read: {cause}"}
        return {"database": "cannot be written"} if self._is_failing() else {}
