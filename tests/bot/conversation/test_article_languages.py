"""The languages of articles in /settings: toggles of what the store holds, and all."""

from bot.ingest import ingest
from storage.models import Draft
from tests.bot.conversation.talk import NOON, Talk

DRAFTS = (
    Draft(title="Казахстан строит дорогу", text="", source="a.kz", language="ru"),
    Draft(title="Бакинский порт вырос", text="", source="a.kz", language="ru"),
    Draft(title="Қазақстан жаңа жол салды", text="", source="a.kz", language="kk"),
    Draft(title="Qqq 2025", text="", source="a.kz", language="und"),
)


async def opened(talk: Talk) -> None:
    await ingest(talk.db, DRAFTS, now=NOON)
    await talk.say("/settings")


async def test_the_languages_of_the_store_are_offered_the_most_frequent_first(talk: Talk) -> None:
    await opened(talk)
    [view] = await talk.press("Языки статей")
    assert view.buttons == ("Русский", "Казахский", "✓ Все", "‹ Настройки")
    assert view.text.startswith("Языки статей: все.")


async def test_languages_are_chosen_and_taken_back_one_by_one(talk: Talk) -> None:
    await opened(talk)
    await talk.press("Языки статей")
    [view] = await talk.press("Казахский")
    assert view.buttons == ("Русский", "✓ Казахский", "Все", "‹ Настройки")
    [view] = await talk.press("Русский")
    assert view.text.startswith("Языки статей: Казахский, Русский.")
    [settings] = await talk.press("‹ Настройки")
    assert "Языки статей: Казахский, Русский." in settings.text
    await talk.press("Языки статей")
    await talk.press("✓ Казахский")
    [view] = await talk.press("✓ Русский")
    assert view.buttons == ("Русский", "Казахский", "✓ Все", "‹ Настройки")


async def test_all_languages_are_one_press(talk: Talk) -> None:
    await opened(talk)
    await talk.press("Языки статей")
    await talk.press("Казахский")
    [view] = await talk.press("Все")
    assert view.text.startswith("Языки статей: все.")


async def test_a_chosen_language_that_the_store_holds_no_more_can_be_taken_back(talk: Talk) -> None:
    await talk.say("/settings")
    [view] = await talk.press_data("al:az:1")
    assert view.buttons == ("✓ Азербайджанский", "Все", "‹ Настройки")


async def test_search_finds_articles_in_all_languages(talk: Talk) -> None:
    await opened(talk)
    await talk.press_data("al:az:1")
    [found] = await talk.say("дорогу")
    assert "Казахстан строит дорогу" in found.text


async def test_a_forged_language_is_refused(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.press_data("al:no such,kk:1")
    [view] = await talk.press("Языки статей")
    assert view.text.startswith("Языки статей: все.")
