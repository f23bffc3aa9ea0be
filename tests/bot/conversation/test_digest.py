"""/digest: what the conversation says before and after it is composed."""

from tests.bot.conversation.talk import Talk


async def test_digest_is_composed_and_delivered(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    assert await talk.say("/digest") == []
    assert talk.digests.asked == talk.digests.delivered == [talk.person.chat_id]


async def test_nothing_new_is_said(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    talk.digests.has_news = False
    [answer] = await talk.say("/digest")
    assert answer.text == "Пока ничего нового. Ближайший дайджест — завтра в 09:00."
    assert talk.digests.delivered == []


async def test_nothing_new_without_a_schedule_promises_nothing(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/schedule off")
    talk.digests.has_news = False
    assert (await talk.say("/digest"))[0].text == "Пока ничего нового."


async def test_without_subscriptions_it_says_how_to_make_one(talk: Talk) -> None:
    [answer] = await talk.say("/digest")
    assert "/subscribe" in answer.text
    assert talk.digests.asked == []


async def test_paused_subscriptions_are_pointed_out(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.press("Настроить")
    await talk.press("Приостановить")
    [answer] = await talk.say("/digest")
    assert answer.text == "Все ваши подписки на паузе: /subscriptions"
