"""Sources for the tests of the conversation about them: put into the store in whatever state a test wants."""

from datetime import timedelta
from typing import Any

from bot.sources.trouble import Trouble
from storage import feeds
from storage.models import Feed, FeedState
from storage.schema import feeds as table
from tests.bot.conversation.talk import NOON, USER, Shown, Talk

# Names that a feed may give itself, and that nobody would want in a message.
HOSTILE = [
    "<b>Новости</b> & <a href='x'>",
    "\u202eкулбен\u2066",
    "أخبار اليوم",
    "👩‍👩‍👧‍👦" * 60,
    "  \n\t ",
    "\u200b\u2800\ufeff",
    "И" * 4000,
    "\x00\x07\ud800",
    "{name} %s {",
]


async def source(talk: Talk, title: str = "Report.az", url: str | None = None, **state: Any) -> Feed:
    """A source that has been read for a day; `state` is of its row."""
    place = url or f"https://{len(await everything(talk))}.report.az/rss"
    well = {"begun": True, "succeeded_at": talk.now - timedelta(minutes=5), "next_at": talk.now + timedelta(minutes=5)}
    async with talk.db.write() as conn:
        feed, _ = await feeds.add(conn, url=place, title=title, now=talk.now - timedelta(days=9))
        await conn.execute(table.update().where(table.c.id == feed.id).values(**well | state))
        found = await feeds.by_id(conn, feed.id)
    assert found
    return found


def fails(trouble: Trouble = Trouble.STATUS, detail: str = "404", *, days: int = 1, **state: Any) -> dict[str, Any]:
    """The state of a source that has failed for so many days."""
    since = NOON - timedelta(days=days)
    return {"trouble": trouble.value, "detail": detail, "failures": days * 10, "failing_since": since} | state


def dead(**state: Any) -> dict[str, Any]:
    return fails(Trouble.TIMEOUT, "", days=4, state=FeedState.DEAD.value, next_at=NOON + timedelta(hours=20)) | state


def gone(**state: Any) -> dict[str, Any]:
    return fails(Trouble.GONE, "", state=FeedState.GONE.value, next_at=None) | state


async def everything(talk: Talk) -> list[Feed]:
    async with talk.db.read() as conn:
        return await feeds.everything(conn)


async def known(talk: Talk, feed: Feed) -> Feed:
    """The source as it is now."""
    async with talk.db.read() as conn:
        found = await feeds.by_id(conn, feed.id)
    assert found
    return found


def as_admin(talk: Talk) -> None:
    talk.configured(admin_ids=(USER,))


def note(shown: list[Shown]) -> str:
    [text] = [one.text for one in shown if one.is_note]
    return text


def view(shown: list[Shown]) -> Shown:
    [found] = [one for one in shown if not one.is_note]
    return found
