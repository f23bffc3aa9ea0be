"""What a button carries comes from outside: another chat's ids do nothing to it, and tell nothing of it."""

from collections.abc import Mapping
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Chat, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update, User
from sqlalchemy import select

from bot import keyboards
from bot.conversation.admin_buttons import Ban, BansPage, Discard, Halt, Launch, Scope, Unban
from bot.keyboards import (
    AddShown,
    Ask,
    Card,
    Delete,
    DeleteAll,
    DeleteSource,
    ExportSources,
    FirstTime,
    FollowShown,
    FollowTopic,
    Forget,
    HealthPage,
    Instead,
    Keep,
    LatestOfSource,
    LatestPage,
    ListPage,
    News,
    Open,
    OtherNames,
    Pause,
    PauseAgain,
    ResetFeedback,
    RestoreSource,
    ResultsPage,
    Resume,
    ReviveSource,
    Room,
    SavedPage,
    SearchShown,
    SetArticleLanguage,
    SetFullText,
    SetImages,
    SetInstant,
    SetLanguage,
    SetPaused,
    SetSchedule,
    SetTopicLimit,
    SetZone,
    ShowMatches,
    SourceCard,
    SourcesPage,
    TopPage,
    Undo,
)
from bot.story_buttons import DigestList, Less, ShowStory, StoryPage, Why
from bot.subscription_buttons import FollowList, Reword, SendList, Share, UndoReword, UnfollowList
from storage import schema
from storage.models import FeedState
from storage.schema import seconds
from tests.bot.conversation.hostile import every_kind
from tests.bot.conversation.sources import source
from tests.bot.conversation.stories import told
from tests.bot.conversation.talk import NOON, Talk
from tests.storage.telling import tell

SECRET = "тайна"
STRANGER = 8

# With the ids of the only subscription, story, digest and source there are: all of them are the other chat's.
FOREIGN = (
    Card(id=1),
    SetPaused(id=1, paused=True),
    SetInstant(id=1, instant=True),
    ShowMatches(id=1),
    Delete(id=1),
    DeleteAll(sure=True),
    ListPage(offset=0, deleting=True),
    Keep(story=1, number=0, kept=False),
    Keep(story=1, number=1, kept=True, since=seconds(NOON)),
    Share(id=1),
    SendList(),
    FollowList(file="a", yes=True),
    UnfollowList(first=1, last=9),
    Reword(id=1),
    UndoReword(id=1, deletion=1),
    SavedPage(offset=0),
    ShowStory(story=1, subscription=1, article=1),
    StoryPage(story=1, subscription=1, article=1, offset=0),
    Why(story=1, subscription=1, article=1),
    Less(story=1, less=True),
    Less(story=1, less=False),
    ResetFeedback(sure=True),
    Forget(sure=True),
    Forget(sure=False),
    DigestList(at=seconds(NOON)),
    DigestList(at=seconds(NOON), offset=0, turned=True),
    *(Open(room=room) for room in Room),
    *(Ask(about=room) for room in Room),
    SetArticleLanguage(code="ru", wanted=True),
    SetImages(wanted=False),
    SetTopicLimit(limit=3),
    SetSchedule(text="09:00", in_place=True),
    Pause(days=3),
    Resume(),
    PauseAgain(until=0),
    PauseAgain(until=seconds(NOON) + 1),
    SetZone(key="Asia/Baku"),
    SetLanguage(code="en"),
    ResultsPage(offset=0, by_date=True),
    LatestPage(offset=0),
    TopPage(offset=0, until=seconds(NOON), up_to=100),
    Instead(place=0, in_place=True),
    OtherNames(),
    FollowShown(),
    FollowTopic(place=0),
    FirstTime(text="08:00"),
    News(),
    SearchShown(place=0),
    SourcesPage(offset=0),
    SourceCard(id=1),
    LatestOfSource(id=1),
    SetFullText(id=1, full_text=True),
    ReviveSource(id=1, in_place=True),
    DeleteSource(id=1),
    AddShown(place=0),
    ExportSources(),
    HealthPage(offset=0),
    Scope(broadcast=1, only_private=True),
    Launch(broadcast=1, only_private=False),
    Discard(broadcast=1),
    Halt(broadcast=1),
    Ban(telegram_id=1),
    Unban(telegram_id=1),
    BansPage(offset=0),
)
# Of tables of one chat, and of what only the operator may change.
OWN = (schema.subscriptions, schema.saved, schema.feedback, schema.told, schema.digests, schema.outbox)


class Stranger:
    """Another person, in a chat of their own, who presses what they like."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.number = 0
        self.answers = talk.session.calls_of(AnswerCallbackQuery)

    async def press(self, data: CallbackData) -> list[str]:
        """All that is shown after it."""
        self.number += 1
        sender = User(id=STRANGER, is_bot=False, first_name="?", language_code="ru")
        place = Chat(id=STRANGER, type="private")
        button = InlineKeyboardButton(text="баку", callback_data=data.pack())
        buttons = InlineKeyboardMarkup(inline_keyboard=[[button]])
        text = {"text": "баку", "entities": [{"type": "code", "offset": 0, "length": 4}]}
        on = Message(message_id=500_000 + self.number, date=NOON, chat=place, reply_markup=buttons, **text)  # type: ignore[arg-type]
        self.talk.session._messages[on.message_id] = on
        press = {"id": str(self.number), "from": sender, "chat_instance": "1", "message": on, "data": data.pack()}
        shown = await self.talk.feed(
            Update.model_validate({"update_id": 10_000 + self.number, "callback_query": press})
        )
        assert len(self.answers) == self.number
        return [one.text for one in shown] + [label for one in shown for label in one.buttons]

    async def start(self, payload: str) -> list[str]:
        self.number += 1
        sender = User(id=STRANGER, is_bot=False, first_name="?", language_code="ru")
        message = Message(
            message_id=500_000, date=NOON, chat=Chat(id=STRANGER, type="private"), from_user=sender, text=payload
        )
        return [one.text for one in await self.talk.feed(Update(update_id=20_000 + self.number, message=message))]


async def belongings(talk: Talk) -> Mapping[str, list[Any]]:
    """The rows of the first chat, and of the sources."""
    chat = await talk.chat()
    async with talk.db.read() as conn:
        rows = {one.name: list(await conn.execute(select(one).where(one.c.chat_id == chat.id))) for one in OWN}
        rows["chats"] = list(await conn.execute(select(schema.chats).where(schema.chats.c.id == chat.id)))
        rows["feeds"] = list(await conn.execute(select(schema.feeds)))
    return rows


@pytest.fixture
async def stranger(talk: Talk) -> Stranger:
    """Beside a chat that has one of everything."""
    await talk.publish(told("порт", 1, 2))
    await talk.say(f"/subscribe {SECRET} OR порт*")
    await talk.say("/latest")
    await talk.press("☆ 1")
    await tell(talk.db, await talk.chat(), [1], at=NOON)
    await source(talk, state=FeedState.DEAD)
    return Stranger(talk)


def test_every_button_there_is_is_tried() -> None:
    tried: set[type[CallbackData]] = {RestoreSource, Undo, *(type(data) for data in FOREIGN)}
    assert tried == every_kind()
    assert keyboards.__name__ in {kind.__module__ for kind in every_kind()}


@pytest.mark.parametrize("data", FOREIGN, ids=lambda data: data.pack())
async def test_another_chats_ids_do_nothing_and_tell_nothing(stranger: Stranger, data: CallbackData) -> None:
    before = await belongings(stranger.talk)
    assert before["subscriptions"]
    assert before["saved"]
    assert before["told"]
    shown = await stranger.press(data)
    assert not [text for text in shown if SECRET in text]
    assert await belongings(stranger.talk) == before


async def test_another_chats_deletion_is_not_undone(stranger: Stranger) -> None:
    await stranger.talk.say("/unsubscribe 1")
    before = await belongings(stranger.talk)
    [row] = before["subscriptions"]
    assert row.deletion
    shown = await stranger.press(Undo(deletion=row.deletion))
    assert "Вернуть не получится: всё уже на месте или удалено слишком давно." in shown
    assert await belongings(stranger.talk) == before
    assert not [text for text in shown if SECRET in text]


async def test_a_source_that_was_deleted_is_not_brought_back_by_just_anybody(stranger: Stranger) -> None:
    async with stranger.talk.db.write() as conn:
        await conn.execute(schema.feeds.update().values(state=FeedState.REMOVED.value))
    before = await belongings(stranger.talk)
    await stranger.press(RestoreSource(id=1))
    assert await belongings(stranger.talk) == before


@pytest.mark.parametrize(
    "payload", ["s_1", "s_", "s_%27", "S_1", "x" * 64, "s_99999999999999999999", "1 OR 1", "../.."]
)
async def test_a_forged_link_is_greeted_like_everybody(stranger: Stranger, payload: str) -> None:
    before = await belongings(stranger.talk)
    *said, greeting = await stranger.start(f"/start {payload}")
    assert [greeting] == await stranger.start("/start")
    assert said in ([], ["Эта ссылка больше никуда не ведёт."])
    assert await belongings(stranger.talk) == before
