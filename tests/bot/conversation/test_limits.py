"""How much a chat may have, and what it is told beyond that."""

import pytest

from bot.conversation import subscribe
from tests.bot.conversation.talk import Talk

MOST = 3
TOO_MANY = f"У вас уже {MOST} подписок, больше нельзя. Сначала удалите какую-нибудь: /subscriptions"


@pytest.fixture
async def full(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """A chat that follows as much as it may."""
    monkeypatch.setattr(subscribe, "MOST_SUBSCRIPTIONS", MOST)
    monkeypatch.setattr("bot.conversation.mistakes.MOST_SUBSCRIPTIONS", MOST)
    for word in ("баку", "актау", "астана"):
        await talk.say(f"/subscribe {word}")
    return talk


async def test_more_subscriptions_than_a_chat_may_have_are_refused(full: Talk) -> None:
    [told] = await full.say("/subscribe алматы")
    assert told.text == TOO_MANY
    assert len([one for one in (await full.say("/subs"))[0].buttons if "." in one]) == MOST


async def test_what_is_followed_already_is_no_more(full: Talk) -> None:
    [told] = await full.say("/subscribe Баку")
    assert told.text.startswith("Такая подписка уже есть")


async def test_deleting_makes_room_and_undoing_does_not_pass_the_limit(full: Talk) -> None:
    await full.say("/unsubscribe 1")
    undo = full.buttoned()
    assert (await full.say("/subscribe алматы"))[0].text != TOO_MANY
    assert [one.text for one in await full.press_on(undo, "Вернуть")] == [TOO_MANY]
    assert len([one for one in (await full.say("/subs"))[0].buttons if "." in one]) == MOST


async def test_a_question_that_brought_too_much_is_over(full: Talk) -> None:
    await full.say("/subscribe")
    assert [one.text for one in await full.say("алматы")] == [TOO_MANY]
    assert (await full.say("баку"))[0].text != TOO_MANY
