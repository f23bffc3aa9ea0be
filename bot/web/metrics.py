"""`/metrics`: figures in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import web
from sqlalchemy import func, select

from bot.intake import Intake
from storage import outbox_report
from storage.database import Database
from storage.schema import feeds

TEXT: Final = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}

Values = Mapping[tuple[tuple[str, str], ...], float]


class Calls(BaseRequestMiddleware):
    """Counts what the bot asks of Telegram, by method and by what became of it."""

    def __init__(self) -> None:
        self.made: Counter[tuple[str, str]] = Counter()

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        outcome = "failed"
        try:
            response = await make_request(bot, method)
            outcome = "done"
        except TelegramAPIError as error:
            outcome = "failed" if isinstance(error, TelegramNetworkError) else "refused"
            raise
        finally:
            self.made[method.__api_method__, outcome] += 1
        return response


@dataclass(frozen=True, slots=True)
class Figure:
    """A name with its values by labels; no labels where there is one value."""

    name: str
    kind: str
    meaning: str
    values: Values = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.meaning}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in sorted(self.values.items()):
            shown = ",".join(f'{name}="{label}"' for name, label in labels)
            yield f"{self.name}{{{shown}}} {value:.16g}" if shown else f"{self.name} {value:.16g}"


class Metrics:
    """`ended` is when each tick last ended, in seconds since 1970."""

    def __init__(self, db: Database, intake: Intake, calls: Calls, ended: Mapping[str, float]) -> None:
        self._db = db
        self._intake = intake
        self._calls = calls
        self._ended = ended

    async def handle(self, _request: web.Request) -> web.Response:
        lines = [line for figure in await self._figures() for line in figure.lines()]
        return web.Response(text="\n".join([*lines, ""]), headers=TEXT)

    async def _figures(self) -> Iterable[Figure]:
        calls: Values = {
            (("method", method), ("outcome", outcome)): n for (method, outcome), n in self._calls.made.items()
        }
        taken, handled = self._intake.taken, self._intake.handled
        return [
            Figure("newsbot_updates_taken_total", "counter", "Updates that came.", {(): taken}),
            Figure("newsbot_updates_handled_total", "counter", "Updates that were handled.", {(): handled}),
            Figure("newsbot_telegram_calls_total", "counter", "What was asked of Telegram.", calls),
            Figure("newsbot_tick_ended_seconds", "gauge", "When each tick last ended.", _by("tick", self._ended)),
            *await self._stored(),
        ]

    async def _stored(self) -> list[Figure]:
        async with self._db.read() as conn:
            states = await conn.execute(select(feeds.c.state, func.count().label("sources")).group_by(feeds.c.state))
            sources = {row.state: float(row.sources) for row in states}
            waiting, given_up = await outbox_report.count_open(conn), await outbox_report.count_given_up(conn)
        files = (self._db.path, self._db.path.with_name(f"{self._db.path.name}-wal"))
        size = sum(path.stat().st_size for path in files if path.exists())
        return [
            Figure("newsbot_sources", "gauge", "Sources by state.", _by("state", sources)),
            Figure("newsbot_outbox_waiting", "gauge", "Messages that are still to be sent.", {(): waiting}),
            Figure("newsbot_outbox_given_up", "gauge", "Messages that were refused, or lost.", {(): given_up}),
            Figure("newsbot_database_bytes", "gauge", "Size of the store and its log.", {(): size}),
        ]


def _by(label: str, values: Mapping[str, float]) -> Values:
    return {((label, name),): value for name, value in values.items()}
