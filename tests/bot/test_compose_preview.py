"""A preview: what a digest would hold by now, of which nothing counts as told."""

from bot.compose import PREVIEWED
from tests.bot.newsroom import HOUR, Newsroom, draft


async def test_a_preview_shows_stories_from_before_and_leaves_them_to_the_digest(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    [part] = await room.composer.preview(chat, now=room.now)
    assert part.html.startswith("<b>Предпросмотр</b>")
    assert "Казахстан вчера" in part.html
    assert await room.texts(chat) == []
    assert await room.ask(chat)
    assert await room.count(chat, "Казахстан вчера") == 1


async def test_a_preview_shows_a_few_stories_of_each_topic_and_no_list_that_is_stored_nowhere(room: Newsroom) -> None:
    for number, event in enumerate(("Выборы", "Погода", "Хоккей", "Театр", "Заводы")):
        await room.publish(draft(f"{event}: Казахстан", f"{event} по-своему", published_at=room.now - number * HOUR))
    chat = await room.reader("казахстан")
    [part] = await room.composer.preview(chat, now=room.now)
    assert f"· {PREVIEWED} новости" in part.html
    assert part.buttons
    assert "☰" not in part.buttons


async def test_a_preview_of_nothing_is_empty(room: Newsroom) -> None:
    assert await room.composer.preview(await room.reader("казахстан"), now=room.now) == []
