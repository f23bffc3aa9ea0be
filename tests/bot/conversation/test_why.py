"""«Why»: which subscription brought a story, by which words, and what made its rank."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.story_buttons import Why
from storage import articles, feedback, subscriptions
from storage.feedback import FeedbackKind
from storage.models import Subscription
from storage.schema import queries
from tests.bot.conversation.stories import HOUR, told
from tests.bot.conversation.talk import NOON, Talk, draft
from tests.storage.telling import tell

GONE = "Этой новости здесь уже нет."


async def followed(talk: Talk) -> Subscription:
    async with talk.db.read() as conn:
        [only] = await subscriptions.of_chat(conn, (await talk.chat()).id)
    return only


async def told_for(talk: Talk, query: str, *, article: int = 2) -> Subscription:
    """A story of three articles, told for this subscription an hour after its second came."""
    await talk.publish(told("порт", 3, 2, 1, sources=2))
    await talk.say(f"/subscribe {query}")
    subscription = await followed(talk)
    await tell(talk.db, await talk.chat(), [1], at=NOON - HOUR, subscription=subscription, article_id=article)
    await talk.say("/latest")
    return subscription


async def why(talk: Talk, *, subscription: int = 0, article: int = 0, story: int = 1) -> str:
    [shown] = await talk.press_data(Why(story=story, subscription=subscription, article=article).pack())
    return shown.text


async def test_story_says_what_brought_it_and_what_made_its_rank(talk: Talk) -> None:
    await told_for(talk, "Сообщения OR терминалы")
    await talk.press("☰ 1")
    [shown] = await talk.press("Почему")
    assert shown.text.startswith(
        "Почему эта новость: Порт: сообщение 2\n"
        "Вы подписаны на Сообщения OR терминалы.\n"
        "В заголовке: сообщение.\n"
        "В тексте: терминал.\n"
        "Об этом пишут: 2 источника; эта статья — 6 декабря, 10:00.\n\n"
        "Её вес: "
    )
    assert "\n+1,00 слова в заголовке\n" in shown.text
    assert shown.links == ("https://s0.az/2",)
    assert shown.bold[:3] == ("Почему эта новость", "сообщение", "терминал")


async def test_points_add_up_to_the_rank_and_are_those_of_the_moment_of_telling(talk: Talk) -> None:
    await told_for(talk, "терминал")
    earlier = (await why(talk)).split("\n\n")[1].splitlines()
    talk.now += timedelta(days=2)
    later = (await why(talk)).split("\n\n")[1].splitlines()
    assert earlier == later
    total, *points = [float(line.replace("Её вес: ", "").split()[0].replace(",", ".")) for line in later]
    assert total == pytest.approx(sum(points))
    # Two sources weigh half a point; an hour of twelve is gone when the story is told.
    assert "+0,50 источники" in later
    assert "+0,94 свежесть" in later


async def test_query_that_is_followed_no_more_is_said_to_be_so(talk: Talk) -> None:
    await told_for(talk, "терминал")
    await talk.say("/unsubscribe терминал")
    await talk.say("/latest")
    assert "Тогда вы были подписаны на терминал, теперь уже нет." in await why(talk)
    async with talk.db.write() as conn:
        await conn.exec_driver_sql("DELETE FROM subscriptions")
    text = await why(talk)
    assert "Она пришла по подписке, которую вы с тех пор удалили." in text
    assert "вес" not in text


async def test_paused_subscription_is_followed(talk: Talk) -> None:
    subscription = await told_for(talk, "терминал")
    async with talk.db.write() as conn:
        await subscriptions.change(conn, subscription.id, chat_id=subscription.chat_id, paused=True)
    assert "Вы подписаны на терминал." in await why(talk)


async def test_subscription_of_another_chat_reveals_nothing(talk: Talk) -> None:
    subscription = await told_for(talk, "терминал")
    talk.person.user_id += 1
    await talk.say("/latest")
    text = await why(talk, subscription=subscription.id, article=2)
    assert "Ни одна ваша подписка её не приносила." in text
    assert "терминал" not in text.lower()
    assert "вес" not in text
    assert "2 источника" in text


async def test_article_of_another_story_gives_way_to_the_one_told(talk: Talk) -> None:
    subscription = await told_for(talk, "терминал")
    await talk.publish([draft("Тайна", "О другом.", url="https://b.az/1")])
    assert "Порт: сообщение 2" in await why(talk, article=4, subscription=subscription.id)
    assert "Порт: сообщение 3" in await why(talk, article=3, subscription=subscription.id)


async def test_article_that_is_gone_gives_way_to_the_face(talk: Talk) -> None:
    await told_for(talk, "терминал")
    async with talk.db.write() as conn:
        await articles.delete(conn, [2])
    assert "Порт: сообщение 1" in await why(talk, article=2)


async def test_story_that_is_gone_is_said_to_be(talk: Talk) -> None:
    await told_for(talk, "терминал")
    assert await why(talk, story=99) == GONE
    async with talk.db.write() as conn:
        await articles.delete(conn, [1, 2, 3])
    assert await why(talk) == GONE


async def test_query_that_an_older_version_wrote_has_no_words_and_no_rank(talk: Talk) -> None:
    await told_for(talk, "терминал")
    async with talk.db.write() as conn:
        await conn.execute(update(queries).values(canonical="((("))
    text = await why(talk)
    assert "Вы подписаны на терминал." in text
    assert "вес" not in text


async def test_query_without_words_names_none(talk: Talk) -> None:
    await told_for(talk, "lang:ru")
    text = await why(talk)
    assert "В заголовке" not in text
    assert "В тексте" not in text
    assert "Её вес" in text


@pytest.mark.parametrize("data", ["yw:1:0", "yw:-1:0:0", "yw:1:9223372036854775808:0"])
async def test_data_that_no_button_carries_is_refused(talk: Talk, data: str) -> None:
    await told_for(talk, "терминал")
    [said] = await talk.press_data(data)
    assert "больше не работает" in said.text


async def test_what_was_marked_before_shows_among_the_parts(talk: Talk) -> None:
    mark = "ваши отметки, открытое и сохранённое"
    await told_for(talk, "терминал")
    reader, as_of = await talk.chat(), NOON - HOUR
    for kind, at, part in (("less", as_of, None), ("opened", as_of - HOUR, "+0,15"), ("less", as_of - HOUR, "-0,50")):
        async with talk.db.write() as conn:
            await feedback.give(conn, reader.id, 1, kind=FeedbackKind(kind), now=at)
        text = await why(talk)
        assert (f"{part} {mark}" in text) if part else (mark not in text)


async def test_opening_a_story_did_not_bring_it(talk: Talk) -> None:
    await told_for(talk, "терминал")
    before = await why(talk)
    await talk.say("/latest")
    await talk.press("☰ 1")
    [after] = await talk.press("Почему")
    assert after.text == before
