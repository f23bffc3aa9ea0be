"""How the bot speaks with the admins."""

from pathlib import Path

from bot import admins
from storage import chats
from storage.database import Database
from tests.bot.conversation.talk import NOON, Defaults


async def test_admin_is_spoken_with_as_they_chose_or_as_telegram_says_or_by_default(tmp_path: Path) -> None:
    db = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    async with db.write() as conn:
        chosen = await chats.ensure(conn, 1, telegram_language="ru", now=NOON)
        await chats.change(conn, chosen.id, language="en")
        await chats.ensure(conn, 2, telegram_language="en-GB", now=NOON)
    assert await admins.languages(db, Defaults(admin_ids=(1, 2, 3))) == {1: "en", 2: "en", 3: "ru"}
    assert await admins.languages(db, Defaults()) == {}
    await db.close()
