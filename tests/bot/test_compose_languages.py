"""A chat that chose languages is told what is told in these; the others cost nothing and miss nothing."""

import pytest

from bot.narrowing import narrowed, within
from storage import article_languages
from storage.planning import Fresh
from storage.query import parse
from tests.bot.newsroom import DAY, NINE, Newsroom, draft

RUSSIAN = draft("Казахстан строит новую дорогу через степь", language="ru")
KAZAKH = draft("Қазақстан жаңа теміржол салып жатыр", language="kk")
UNKNOWN = draft("Qqq 2025", language="und")


async def test_articles_in_other_languages_are_left_out_of_digests(room: Newsroom) -> None:
    chat = await room.reader("казахстан OR қазақстан", languages="kk")
    await room.publish(RUSSIAN, KAZAKH)
    await room.compose(at=NINE)
    assert (await room.count(chat, KAZAKH.title), await room.count(chat, RUSSIAN.title)) == (1, 0)


async def test_alerts_are_only_of_articles_in_the_languages_chosen(room: Newsroom) -> None:
    chat = await room.reader("казахстан OR қазақстан", languages="kk,az", instant=True)
    await room.publish(RUSSIAN, KAZAKH)
    await room.compose()
    assert (await room.count(chat, KAZAKH.title), await room.count(chat, RUSSIAN.title)) == (1, 0)


async def test_digest_asked_for_begins_with_the_languages_chosen(room: Newsroom) -> None:
    await room.publish(RUSSIAN, KAZAKH)
    chat = await room.reader("казахстан OR қазақстан", languages="ru")
    assert await room.ask(chat)
    assert (await room.count(chat, KAZAKH.title), await room.count(chat, RUSSIAN.title)) == (0, 1)


async def test_what_was_left_out_does_not_come_when_all_languages_are_wanted_again(room: Newsroom) -> None:
    chat = await room.reader("казахстан OR қазақстан", languages="kk")
    await room.publish(RUSSIAN, KAZAKH)
    await room.compose(at=NINE)
    await room.change_chat(chat, languages=None)
    await room.publish("Казахстан продаёт зерно")
    await room.compose(at=NINE + DAY)
    assert await room.count(chat, RUSSIAN.title) == 0
    assert await room.count(chat, "Казахстан продаёт зерно") == 1


async def test_articles_of_a_language_that_nobody_knows_are_told(room: Newsroom) -> None:
    chat = await room.reader("qqq", languages="kk")
    await room.publish(UNKNOWN)
    await room.compose(at=NINE)
    assert await room.count(chat, UNKNOWN.title) == 1


async def test_articles_are_looked_up_by_language_only_where_a_chat_chose_some(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(article_languages, "of_stories")
    chat = await room.reader("казахстан")
    await room.publish(RUSSIAN)
    await room.compose(at=NINE)
    assert await room.count(chat, RUSSIAN.title) == 1


# Of one story

FIRST = Fresh(subscription_id=1, query_id=1, article_id=10, story_id=5)


def test_story_told_in_a_chosen_language_too_is_told_by_its_face_there() -> None:
    told_by = {5: {7: "kk", 8: "kk", 10: "ru"}}
    assert narrowed([FIRST], {"kk"}, told_by=told_by, faces={5: 7}) == (FIRST._replace(article_id=7),)
    assert narrowed([FIRST], {"kk"}, told_by=told_by, faces={5: 10}) == (FIRST._replace(article_id=8),)
    assert narrowed([FIRST], {"az"}, told_by=told_by, faces={5: 7}) == ()


def test_story_caught_in_a_chosen_language_is_not_told_by_another_article() -> None:
    second = FIRST._replace(article_id=11)
    told_by = {5: {7: "kk", 10: "ru", 11: "kk"}}
    assert narrowed([FIRST, second], {"kk"}, told_by=told_by, faces={5: 7}) == (second,)


def test_update_in_another_language_is_left_out_though_its_story_is_told_in_a_chosen_one() -> None:
    update = FIRST._replace(is_update=True)
    assert narrowed([update], {"kk"}, told_by={5: {7: "kk", 10: "ru"}}, faces={}) == ()


def test_query_within_languages_is_the_query_where_none_are_chosen() -> None:
    query = parse("баку OR астана")
    assert within(query, frozenset()) is query
    assert within(query, {"ru"}).canonical == "(lang:ru OR lang:und) (астана OR баку)"
