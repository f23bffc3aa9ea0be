"""For whom it is composed: each chat in its language, by its clock, in messages that Telegram takes."""

from datetime import UTC, datetime

from aiogram.utils.i18n import I18n
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.chats import TERMINAL
from storage.schema import outbox
from tests.bot.newsroom import DAY, NINE, Newsroom, draft


async def test_terminals_and_telegram_are_composed_for_apart(room: Newsroom, i18n: I18n) -> None:
    telegram = await room.reader("казахстан")
    terminal = await room.reader("казахстан", telegram_id=TERMINAL + 1)
    other = await room.reader("казахстан", telegram_id=TERMINAL + 2)
    for chat in (telegram, terminal, other):
        await room.follow(chat, "баку", instant=True)
    await room.publish("Казахстан", "Баку")
    await room.compose(at=NINE)
    assert [len(await room.texts(chat)) for chat in (telegram, terminal, other)] == [1, 0, 0]
    console = Newsroom(room.db, i18n, only=TERMINAL + 1)
    await console.compose(at=NINE)
    assert [len(await room.texts(chat)) for chat in (telegram, terminal, other)] == [1, 1, 0]


async def test_a_chat_reads_in_its_own_language_and_by_its_own_clock(room: Newsroom) -> None:
    chat = await room.reader("казахстан", language="en", timezone="Europe/London", schedule="18:00")
    await room.publish("Казахстан")
    await room.compose(at=datetime(2025, 12, 6, 18, tzinfo=UTC))
    [text] = await room.texts(chat)
    assert text.startswith("Digest · December 6, 18:00 · 1 new story")


async def test_a_digest_too_long_for_a_message_is_told_in_parts(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(*(draft(f"Казахстан {number}") for number in range(60)))
    await room.compose(at=NINE)
    texts = await room.texts(chat)
    assert len(texts) > 1
    assert "\n".join(texts).count("Казахстан ") == 60
    async with room.db.read() as conn:
        parts = (await conn.execute(select(outbox.c.part).order_by(outbox.c.id))).scalars()
        assert list(parts) == list(range(1, len(texts) + 1))


PIECES = ("казахстан", "Казахстана", "<b>", "</a>", "&amp;", "&", "\u202e", "🙂" * 20, '"', "\x00", "\u2028")
CHARACTERS = st.characters(exclude_categories=["Cs"])
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(CHARACTERS, max_size=30), max_size=30).map(" ".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(HOSTILE, min_size=1, max_size=6), address=st.text(CHARACTERS))
async def test_whatever_articles_hold_every_story_is_told_in_messages_that_telegram_takes(
    room: Newsroom, texts: list[str], address: str
) -> None:
    first = int(room.now.timestamp())  # another day and another reader for every example
    chat = await room.reader("казахстан | баку", "каз*", telegram_id=first)
    titles = {f"Казахстан {number}": text for number, text in enumerate(texts, first)}
    await room.publish(
        *(
            draft(
                f"{title} {text}",
                f"{text} {title}",
                url=f"https://a.az/{title}{address}",
                source=text[:50],
                # So far apart that no two tell one story, those of other examples neither.
                published_at=room.now - 400 * number * DAY,
            )
            for number, (title, text) in enumerate(titles.items())
        )
    )
    await room.compose(at=room.now + DAY)
    told = "\n".join(await room.texts(chat))
    assert [title for title in titles if title not in told] == []
