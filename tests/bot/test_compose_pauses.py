"""While a chat is paused nothing is composed for it; afterwards everything comes, once."""

from aiogram.utils.i18n import I18n

from bot.compose import Composer
from bot.preferences import FOREVER
from tests.bot.newsroom import DAY, HOUR, NINE, NOON, SECOND, Defaults, Newsroom


async def test_what_comes_during_a_pause_is_in_the_first_digest_after(room: Newsroom) -> None:
    end = NOON + 3 * DAY
    chat = await room.reader("казахстан", paused_until=end)
    await room.publish("Казахстан первый")
    await room.compose(at=NINE + DAY)
    await room.publish("Казахстан второй")
    await room.compose(at=end)
    assert await room.texts(chat) == []
    await room.compose(at=NINE + 3 * DAY)
    [text] = await room.texts(chat)
    assert ("Казахстан первый" in text, "Казахстан второй" in text) == (True, True)


async def test_pause_that_ends_while_the_bot_is_down_is_followed_by_one_digest(room: Newsroom, i18n: I18n) -> None:
    chat = await room.reader("казахстан", paused_until=NOON + DAY)
    await room.publish("Казахстан")
    await room.compose(at=NOON + HOUR)
    room.composer = Composer(room.db, Defaults(), i18n)
    await room.compose(at=NINE + 4 * DAY + HOUR)
    await room.compose(at=room.now + SECOND)
    assert await room.slots(chat) == [("scheduled", "2025-12-08 09:00")]
    assert (await room.known(chat)).next_due_at == NINE + 5 * DAY


async def test_restart_does_not_shorten_a_pause(room: Newsroom, i18n: I18n) -> None:
    chat = await room.reader("казахстан", paused_until=NOON + 3 * DAY)
    room.composer = Composer(room.db, Defaults(), i18n)
    await room.compose(at=NOON + HOUR)
    assert (await room.known(chat)).next_due_at == NINE + 3 * DAY


async def test_alerts_of_a_pause_are_one_digest_after_it(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="instant", instant=True, paused_until=NOON + DAY)
    await room.publish("Казахстан первый", "Казахстан второй")
    await room.compose(at=NOON + HOUR)
    assert await room.texts(chat) == []
    await room.compose(at=NOON + DAY + HOUR)
    [text] = await room.texts(chat)
    assert "на паузе" in text


async def test_digest_that_is_asked_for_comes_during_a_pause(room: Newsroom) -> None:
    chat = await room.reader("казахстан", paused_until=FOREVER)
    await room.publish("Казахстан")
    await room.compose(at=NINE + DAY)
    assert await room.texts(chat) == []
    assert await room.ask(chat)
