"""What is said of the words that a query looks for."""

import pytest

from tests.bot.conversation.talk import Talk, draft


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("совета мира", "Ищу: совет, мир"),
        ('"совета мира" -войны', 'Ищу: "совет мир"'),
        ("марта и апреля", "Ищу: март/марта, апрель"),
        ("title:министров OR =баку", "Ищу: title:министр, =баку"),
        ("cities", "Ищу: city"),
        ("МИДа Казахстана", "Ищу: МИД, Казахстан"),
        ("Велика Британія", "Ищу: Велика/Великий, Британія"),
    ],
)
async def test_other_words_than_those_typed_are_named(talk: Talk, typed: str, line: str) -> None:
    await talk.publish([draft("Саммит")])
    [answer] = await talk.say(f"/search {typed}")
    assert line in answer.text.splitlines()


@pytest.mark.parametrize("typed", ["совет мир", "Казахстан -футбола", "энерг* =баку", "ЕАЭС", "қаласында", "за неделю"])
async def test_words_that_say_so_themselves_are_not_repeated(talk: Talk, typed: str) -> None:
    await talk.publish([draft("Саммит")])
    [answer] = await talk.say(f"/search {typed}")
    assert "Ищу" not in answer.text


async def test_function_words_alone_are_answered_with_a_sentence(talk: Talk) -> None:
    await talk.publish([draft("И в Баку, и на Каспии")])
    [answer] = await talk.say("/search и в на")
    assert answer.text == (
        "Такие слова есть в любом тексте. Добавьте хотя бы одно, которое говорит, о чём речь:\nи в на"
    )


async def test_a_topic_in_another_form_is_followed_already(talk: Talk) -> None:
    await talk.say("/sub Казахстана")
    [answer] = await talk.say("/sub Казахстан")
    assert answer.text == "Такая подписка уже есть: Казахстана."
