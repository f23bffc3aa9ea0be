"""/stats, for admins alone: how many there are, what is done for them, and a picture of the last two weeks."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Message
from aiogram.utils.chat_action import ChatActionSender
from aiogram.utils.i18n import gettext as _
from babel.dates import format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.chart import Chart, Line, Painter, in_blocks
from bot.conversation.filters import IN_PRIVATE, by_admin, named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import OPERATES
from bot.messages import bold, escape
from bot.pictures import Picture
from storage import feeds, figures, outbox_report
from storage.database import Database

SHOWN: Final = 14
WEEK: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Everything that is counted; `articles` and `digests` by day, the last one being today."""

    chats: figures.Chats
    followed: figures.Followed
    told: int
    sent: int
    waiting: int
    given_up: int
    sources: feeds.Health
    days: tuple[datetime, ...]
    articles: tuple[int, ...]
    digests: tuple[int, ...]
    size: int


def router() -> Router:
    router = Router(name="stats")
    router.message.register(stats_command, named("stats"), IN_PRIVATE, by_admin, flags=OPERATES)
    return router


async def stats_command(message: Message, db: Database, painter: Painter, visit: Visit, begun: datetime) -> None:
    assert message.bot
    stats = await gather(db, visit)
    text, drawn = told(stats, visit, running=visit.now - begun), charted(stats, visit)
    if not any(stats.articles) and not any(stats.digests):
        await message.answer(text)
        return
    async with ChatActionSender.upload_photo(chat_id=message.chat.id, bot=message.bot):
        picture = Picture(await painter.paint(drawn), "stats.png", in_text=in_blocks(drawn))
    try:
        await message.answer_photo(picture, caption=text)
    except TelegramBadRequest:
        await message.answer(f"<pre>{escape(picture.in_text)}</pre>\n{text}")


async def gather(db: Database, visit: Visit) -> Stats:
    days = _days(visit)
    async with db.read() as conn:
        return Stats(
            chats=await figures.chats_by_kind(conn, now=visit.now),
            followed=await figures.followed(conn),
            told=await figures.told_since(conn, visit.now - timedelta(days=WEEK)),
            sent=await figures.sent_since(conn, days[-1]),
            waiting=await outbox_report.count_open(conn),
            given_up=await outbox_report.count_given_up(conn),
            sources=await feeds.health(conn),
            days=days,
            articles=await figures.articles_by_day(conn, days),
            digests=await figures.digests_by_day(conn, days),
            size=_size(db.path),
        )


def charted(stats: Stats, visit: Visit) -> Chart:
    return Chart(
        unit=_("Articles and digests a day"),
        days=tuple(day.date() for day in stats.days),
        lines=(Line(_("articles"), stats.articles), Line(_("digests"), stats.digests)),
        language=visit.reader.language,
    )


def told(stats: Stats, visit: Visit, *, running: timedelta) -> str:
    """The same in words, for whoever sees no picture."""
    language, chats = visit.reader.language, stats.chats
    lines = [
        bold(_("How the bot is")),
        _("Chats: {private} private, {groups} groups, {channels} channels"),
        _("Of these {told} had a digest in the last 7 days, {asleep} sleep, {paused} have paused"),
        _("Subscriptions: {subscriptions}, different queries: {queries}"),
        _("Articles: {articles} a day on average in the last 7 days, {today} today"),
        _("Digests: {week} a day on average in the last 7 days, {digests} today"),
        _("Messages: {waiting} wait, {sent} sent of today's digests, {given_up} given up"),
        _("Sources: {live} live, {failing} failing"),
    ]
    numbers = {
        **{name: getattr(chats, name) for name in ("private", "groups", "channels", "asleep", "paused")},
        **{"told": stats.told, "subscriptions": stats.followed.subscriptions, "queries": stats.followed.queries},
        **{"articles": sum(stats.articles[-WEEK:]) // WEEK, "today": stats.articles[-1]},
        **{"week": sum(stats.digests[-WEEK:]) // WEEK, "digests": stats.digests[-1]},
        **{"waiting": stats.waiting, "sent": stats.sent, "given_up": stats.given_up},
        **{"live": stats.sources.live, "failing": stats.sources.failing},
    }
    shown = {name: format_decimal(number, locale=language) for name, number in numbers.items()}
    size = format_unit(round(stats.size / 1_000_000, 1), "digital-megabyte", length="short", locale=language)
    since = format_timedelta(running, locale=language)
    last = _("On disk: {size} · {version} · running for {since}")
    return "\n".join([*lines, last]).format(**shown, size=size, version=f"newsbot {_version()}", since=since)


def _days(visit: Visit) -> tuple[datetime, ...]:
    """Where the last days begin, on the reader's clock."""
    zone = visit.reader.zone
    today = visit.now.astimezone(zone).date()
    return tuple(datetime.combine(today - timedelta(days=ago), time(), zone) for ago in reversed(range(SHOWN)))


def _size(path: Path) -> int:
    """With the log of writes."""
    beside = (path, path.with_name(f"{path.name}-wal"))
    return sum(one.stat().st_size for one in beside if one.exists())


def _version() -> str:
    """Run from its sources alone it has none."""
    try:
        return version("newsbot")
    except PackageNotFoundError:
        return "0"
