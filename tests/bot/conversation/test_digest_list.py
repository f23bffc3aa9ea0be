"""The list of all stories of a digest."""

from collections.abc import Sequence

import pytest
from aiogram.methods import SendMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.story_buttons import DigestList
from storage import articles
from storage.models import DigestKind
from storage.schema import seconds
from tests.bot.conversation.stories import HOUR, TEXTS, told
from tests.bot.conversation.talk import NOON, Talk, draft
from tests.storage.telling import tell

GONE = "Новостей этого дайджеста здесь больше нет."
AT = NOON - HOUR


def listing(*, offset: int = 0, turned: bool = False) -> str:
    return DigestList(at=seconds(AT), offset=offset, turned=turned).pack()


async def composed(talk: Talk, stories: Sequence[int], *, hidden: Sequence[int] = ()) -> None:
    """A digest of these stories, on a message that could have its buttons."""
    await talk.say("/latest")
    await tell(talk.db, await talk.chat(), stories, at=AT, hidden=hidden)


async def publish_many(talk: Talk, count: int) -> None:
    await talk.publish(
        [
            draft(f"Событие {number}", f"Подробности {number}.", url=f"https://a.az/{number}")
            for number in range(1, count + 1)
        ]
    )


async def test_list_names_every_story_by_its_place_and_marks_what_was_left_out(talk: Talk) -> None:
    await talk.publish(
        [one for hour, word in enumerate(("порт", "матч", "выборы"), start=1) for one in told(word, hour)]
    )
    await composed(talk, [3, 1, 2], hidden=[2])
    digest = talk.buttoned()
    sent = talk.session.calls_of(SendMessage)
    [view] = await talk.press_data(listing())
    assert view.text == (
        "Весь дайджест · 6 декабря, 11:00 · 3 новости\n\n"
        "1. Выборы: сообщение 1 · Газета 1\n2. Порт: сообщение 1 · Газета 1\n"
        "3. Матч: сообщение 1 · Газета 1 · не показана"
    )
    assert view.links == ("https://s2.az/1", "https://s0.az/1", "https://s1.az/1")
    assert view.buttons == ("1", "2", "3")
    assert sent[0].reply_parameters
    assert sent[0].reply_parameters.message_id == digest.message_id
    [page] = await talk.press("2")
    assert page.text.startswith("Порт: сообщение 1\nГазета 1 · 1 час назад")


async def test_article_by_which_it_was_told_stands_for_the_story(talk: Talk) -> None:
    await talk.publish(told("порт", 2, 1))
    await talk.say("/latest")
    await tell(talk.db, await talk.chat(), [1], at=AT, article_id=2)
    [view] = await talk.press_data(listing())
    assert "1. Порт: сообщение 2 · Газета 2" in view.text
    async with talk.db.write() as conn:
        await articles.delete(conn, [2])
    [view] = await talk.press_data(listing())
    assert "1. Порт: сообщение 1 · Газета 1" in view.text


async def test_pages_turn_in_place(talk: Talk) -> None:
    await publish_many(talk, 23)
    await composed(talk, range(1, 24))
    [first] = await talk.press_data(listing())
    message = talk.buttoned()
    assert first.buttons == (*map(str, range(1, 11)), "▶")
    [second] = await talk.press("▶")
    assert second.buttons == (*map(str, range(11, 21)), "◀", "▶")
    [last] = await talk.press("▶")
    assert last.text == (
        "Весь дайджест · 6 декабря, 11:00 · 23 новости\n\n"
        "21. Событие 21 · report.az\n22. Событие 22 · report.az\n23. Событие 23 · report.az"
    )
    assert last.buttons == ("21", "22", "23", "◀")
    assert (await talk.press("◀"))[0] == second
    assert (await talk.press("◀"))[0] == first
    assert talk.buttoned().message_id == message.message_id


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 24), offset=st.integers(0, 100_000))
async def test_any_offset_is_a_page_that_there_is(talk: Talk, count: int, offset: int) -> None:
    async with talk.db.read() as conn:
        stored = await articles.count(conn)
    if stored < 24:
        await publish_many(talk, 24)
    talk.now += HOUR
    await talk.say("/latest")
    await tell(talk.db, await talk.chat(), range(1, count + 1), at=talk.now)
    data = DigestList(at=seconds(talk.now), offset=offset)
    [view] = await talk.press_data(data.pack())
    shown = [int(label) for label in view.buttons if label.isdecimal()]
    begin = min(offset, count - 1) // 10 * 10
    assert shown == list(range(begin + 1, min(begin + 10, count) + 1))
    assert ("◀" in view.buttons, "▶" in view.buttons) == (begin > 0, begin + 10 < count)


async def test_numbers_of_stories_that_are_gone_are_left_out_and_explained(talk: Talk) -> None:
    await publish_many(talk, 3)
    await composed(talk, [1, 2, 3])
    async with talk.db.write() as conn:
        await articles.delete(conn, [2])
    [view] = await talk.press_data(listing())
    assert view.text == (
        "Весь дайджест · 6 декабря, 11:00 · 2 новости\n\n1. Событие 1 · report.az\n3. Событие 3 · report.az\n\n"
        "Пропущенные номера уже удалены или пришли ещё раз в более позднем дайджесте."
    )
    assert view.buttons == ("1", "3")


async def test_digest_whose_stories_are_all_gone_says_so(talk: Talk) -> None:
    await publish_many(talk, 2)
    await composed(talk, [1, 2])
    async with talk.db.write() as conn:
        await articles.delete(conn, [1, 2])
    [said] = await talk.press_data(listing())
    assert said.text == GONE


async def test_digest_of_another_chat_is_not_there(talk: Talk) -> None:
    await publish_many(talk, 2)
    await composed(talk, [1, 2])
    talk.person.user_id += 1
    await talk.say("/latest")
    [said] = await talk.press_data(listing())
    assert said.text == GONE


async def test_alerts_have_no_list(talk: Talk) -> None:
    await publish_many(talk, 1)
    await talk.say("/latest")
    await tell(talk.db, await talk.chat(), [1], at=AT, kind=DigestKind.INSTANT)
    [said] = await talk.press_data(listing())
    assert said.text == GONE


@pytest.mark.parametrize("data", ["yd:0:0:0", "yd:8589934591:0:1", "yd:1:100000:1"])
async def test_second_without_a_digest_says_so(talk: Talk, data: str) -> None:
    await publish_many(talk, 1)
    await talk.say("/latest")
    [said] = await talk.press_data(data)
    assert said.text == GONE


@pytest.mark.parametrize("data", ["yd:-1:0:0", "yd:8589934592:0:0", "yd:1:100001:0", "yd:1:0:2", "yd::0:0"])
async def test_data_that_no_button_carries_is_refused(talk: Talk, data: str) -> None:
    await publish_many(talk, 1)
    await talk.say("/latest")
    [said] = await talk.press_data(data)
    assert "больше не работает" in said.text


async def test_long_headlines_leave_a_page_within_telegrams_limits(talk: Talk) -> None:
    words = " ".join(TEXTS.values())
    await talk.publish(
        [
            # Too far apart to tell of one event.
            draft(
                f"{number}: {words}", at=NOON - 49 * number * HOUR, source="Газета " * 30, url=f"https://a.az/{number}"
            )
            for number in range(10)
        ]
    )
    await composed(talk, range(1, 11), hidden=range(1, 11))
    [view] = await talk.press_data(listing())
    assert view.text.count("не показана") == 10
