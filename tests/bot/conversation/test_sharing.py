"""A subscription as a link: shown from its card, followed by whoever opens it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import links
from storage import chats, shares, subscriptions
from storage.schema import shares as share_rows
from tests.bot.conversation.talk import NOON, Talk, draft

LONG = " OR ".join(f"тема{number}" for number in range(12))


async def followed(talk: Talk) -> list[str]:
    async with talk.db.read() as conn:
        return [one.text for one in await subscriptions.of_chat(conn, (await talk.chat()).id)]


async def shared_link(talk: Talk, query: str) -> str:
    """The payload of the link that the card of this subscription shows."""
    await talk.say(f"/subscribe {query}")
    await talk.press("Настроить")
    [shown] = await talk.press("Поделиться")
    assert shown.text.startswith(f"Кто откроет эту ссылку, тоже подпишется на {query}:\nhttps://t.me/newsbot?start=s_")
    assert shown.buttons == ("Отправить кому-нибудь",)
    return shown.text.rpartition("=")[2]


@pytest.mark.parametrize("query", ["саммит", LONG, '"совет мира" -футбол'])
async def test_link_of_a_subscription_is_followed(talk: Talk, query: str) -> None:
    carried = await shared_link(talk, query)
    await talk.say("/unsubscribe 1")
    assert await followed(talk) == []
    [begun] = await talk.say(f"/start {carried}")
    assert begun.text.startswith(f"Новая подписка: {query}.")
    assert await followed(talk) == [query]


async def test_link_is_a_button_that_sends_it_on(talk: Talk) -> None:
    carried = await shared_link(talk, "саммит")
    markup = talk.buttoned().reply_markup
    assert markup
    url = markup.inline_keyboard[0][0].url or ""
    assert url.startswith(f"https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fnewsbot%3Fstart%3D{carried}&text=")


async def test_what_is_followed_by_a_link_is_shown_and_taken_back(talk: Talk) -> None:
    await talk.publish([draft("Саммит в Баку", at=NOON - timedelta(hours=1))])
    [begun] = await talk.say(f"/start {links.payload('саммит')}")
    assert "За последние 7 дней нашлась 1 такая новость:" in begun.text
    assert "Саммит в Баку" in begun.text
    [gone] = await talk.press("Не подписываться")
    assert gone.text.startswith("Удалена 1 подписка:")
    assert await followed(talk) == []
    await talk.press("Вернуть")
    assert await followed(talk) == ["саммит"]


async def test_link_to_what_is_followed_already_changes_nothing(talk: Talk) -> None:
    carried = await shared_link(talk, "саммит")
    [shown] = await talk.say(f"/start {carried}")
    assert (shown.text, shown.buttons) == ("Такая подписка уже есть: саммит.", ("Настроить",))


@pytest.mark.parametrize(
    "carried",
    ["s_", "s_!!", "s__unknown", "s_" + "A" * 100, "s_wyg", links.payload('"'), links.payload("-футбол"), "s_a s_b"],
)
async def test_forged_link_is_a_plain_start_with_a_sentence(talk: Talk, carried: str) -> None:
    note, greeting = await talk.say(f"/start {carried}")
    assert note.text == "Эта ссылка больше никуда не ведёт."
    assert greeting.text.startswith("Здравствуйте!")
    assert await followed(talk) == []


@pytest.mark.parametrize("carried", ["x", "inline", "S_0YE", "-" * 64])
async def test_other_payload_is_a_plain_start(talk: Talk, carried: str) -> None:
    [greeting] = await talk.say(f"/start {carried}")
    assert greeting.text.startswith("Здравствуйте!")


async def test_long_query_is_shared_under_one_token(talk: Talk) -> None:
    carried = await shared_link(talk, LONG)
    await talk.press_data("cs:1")
    async with talk.db.read() as conn:
        [token] = (await conn.execute(select(share_rows.c.token))).scalars()
    assert carried == links.of_token(token)


async def test_link_of_whoever_is_forgotten_leads_nowhere(talk: Talk) -> None:
    async with talk.db.write() as conn:
        other = await chats.ensure(conn, 99, telegram_language="ru", now=NOON)
        token = await shares.token_for(conn, other.id, LONG, now=NOON)
        await conn.execute(share_rows.delete())
    note, _greeting = await talk.say(f"/start {links.of_token(token)}")
    assert note.text == "Эта ссылка больше никуда не ведёт."


async def test_card_of_what_is_gone_shares_nothing(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    [note] = await talk.press_data("cs:77")
    assert note.is_note
