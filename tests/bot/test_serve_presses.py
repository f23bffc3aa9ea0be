"""A button that is pressed twice at once, as fingers do: nothing doubles, and each press is answered.

The same is done by two people, of whom one presses once: afterwards the same is stored and shown for both.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.i18n import I18n

from bot.config import Settings
from bot.ingest import ingest
from storage import chats, dossier
from storage.database import Database
from tests.bot.conversation.talk import draft
from tests.bot.serving import configured, serving
from tests.telegram import TelegramServer
from tests.telegram_world import SentMessage

ONCE, TWICE, ADMIN = 11, 12, 13


@pytest.fixture
async def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, i18n: I18n, telegram: TelegramServer) -> Settings:
    monkeypatch.chdir(tmp_path)
    chosen = configured(telegram, tmp_path / "news.db", send_rate=0, admin_ids=str(ADMIN))
    db = await Database.open(chosen.database_url)
    await ingest(db, [draft(f"Казахстан {n}", f"слово{n} " * 9) for n in range(7)], now=datetime.now(UTC))
    await db.close()
    return chosen


@dataclass(frozen=True)
class Steps:
    """What is said before, and the buttons to be pressed one after another; each may stand under another message."""

    said: tuple[str, ...]
    buttons: tuple[str, ...]


CASES = {
    "follow": Steps(("казахстан",), ("Подписаться",)),
    "undo following": Steps(("/subscribe казахстан",), ("Настроить", "Удалить", "Вернуть")),
    "pause a subscription": Steps(("/subscribe казахстан",), ("Настроить", "Приостановить", "Возобновить")),
    "at once": Steps(("/subscribe казахстан",), ("Настроить", "Присылать сразу")),
    "unsubscribe from all": Steps(("/subscribe казахстан", "/unsubscribe all"), ("Да", "Вернуть")),
    "save": Steps(("казахстан",), ("☆ 1",)),
    "schedule": Steps(("/schedule",), ("Каждый час",)),
    "pause": Steps(("/pause",), ("3 дня", "Возобновить")),
    "language": Steps(("/language",), ("English",)),
    "first minute": Steps(("/start",), ("#0",)),
    "words": Steps(("/subscribe казахстан",), ("Настроить", "Изменить слова")),
    "pictures": Steps(("/settings",), ("Показывать картинки",)),
    "a story": Steps(("/subscribe казахстан", "/digest"), ("1", "☆ Сохранить", "⭐ Сохранено")),
    "less of it": Steps(("/subscribe казахстан", "/digest"), ("1", "Меньше такого")),
    "digest": Steps(("/subscribe казахстан", "/digest"), ("☰ Список",)),
    "forget": Steps(("/subscribe казахстан", "/forget"), ("Да, забыть всё",)),
}


async def act(telegram: TelegramServer, steps: Steps, *, user: int, times: int) -> SentMessage:
    """Until all is answered; the message on which the last button stood."""
    for text in steps.said:
        since = len(telegram.activity)
        telegram.say(text, user=user)
        shown = await telegram.wait_for(chat=user, since=since)
        await telegram.confirmed()
    for label in steps.buttons:
        shown = next((one for one in reversed(telegram.messages_to(user)) if _index(one, label) is not None), shown)
        index = _index(shown, label)
        assert index is not None, f"no button {label!r} among {[button.text for button in shown.buttons]}"
        for query in [telegram.press(shown, index) for _ in range(times)]:
            await telegram.answered(query)
        await telegram.confirmed()
    return shown


def _index(message: SentMessage, label: str) -> int | None:
    if label.startswith("#"):
        return int(label[1:])
    found = [number for number, button in enumerate(message.buttons) if button.text.endswith(label)]
    return found[0] if found else None


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES.keys())
async def test_what_is_pressed_twice_at_once_happens_once(
    settings: Settings, telegram: TelegramServer, steps: Steps
) -> None:
    async with serving(settings, telegram):
        pressed = [await act(telegram, steps, user=user, times=times) for user, times in ((ONCE, 1), (TWICE, 2))]
    assert _timeless(pressed[0].text) == _timeless(pressed[1].text)
    assert [one.text for one in pressed[0].buttons] == [one.text for one in pressed[1].buttons]
    shown = [[_timeless(one.text) for one in telegram.messages_to(user)] for user in (ONCE, TWICE)]
    assert shown[0] == shown[1]
    assert await stored(settings, ONCE) == await stored(settings, TWICE)


async def stored(settings: Settings, user: int) -> Any:
    db = await Database.open(settings.database_url)
    async with db.read() as conn:
        chat = await chats.find(conn, user)
        told = await dossier.of_chat(conn, chat.id, user=user) if chat else None
    await db.close()
    return _without(told)


def _without(value: Any) -> Any:
    """Ids and moments are of one's own; the clock may go on between the two."""
    own = {"telegram_id", "id", "message", "digest", "data", "buttons", "not_before"}
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in own and not k.endswith(("_at", "_until"))}
    if isinstance(value, str):
        return _timeless(value)
    return [_without(one) for one in value] if isinstance(value, list) else value


def _timeless(text: str) -> str:
    """Without times of day and ages, which differ where a minute ends between the two."""
    return re.sub(r"\d+ (?:секунд|минут)\w*|\b\d\d:\d\d\b", "…", text)


async def test_a_broadcast_is_sent_once_however_often_it_is_confirmed(
    settings: Settings, telegram: TelegramServer
) -> None:
    async with serving(settings, telegram):
        telegram.say("/help", user=ONCE)
        await telegram.wait_for(chat=ONCE)
        shown = await act(telegram, Steps(("/broadcast Привет",), ("Отправить",)), user=ADMIN, times=2)
        await telegram.world.until(lambda: "разослано" in shown.text or None, timeout_s=10)
        answers = [one.answer.text for one in telegram.world.callbacks.values() if one.answer]
    assert [message.text for message in telegram.messages_to(ONCE)][1:] == ["Привет"]
    # The draft as it is shown, and the message itself.
    assert [message.text for message in telegram.messages_to(ADMIN)].count("Привет") == 2
    assert answers == ["", ""]


@pytest.mark.parametrize("label", ["Отменить", "Отправить"])
async def test_of_two_buttons_pressed_at_once_the_first_counts(
    settings: Settings, telegram: TelegramServer, label: str
) -> None:
    async with serving(settings, telegram):
        telegram.say("/broadcast Привет", user=ADMIN)
        shown = await telegram.wait_for("Без звука", chat=ADMIN)
        both = [telegram.press(shown, one) for one in (label, "Отправить" if label == "Отменить" else "Отменить")]
        first, second = [await telegram.answered(query) for query in both]
        await telegram.confirmed()
    assert (first.text, second.text) == ("", "Это уже решено. Начать заново: /broadcast")


async def test_a_ban_taken_back_twice_at_once_is_taken_back(settings: Settings, telegram: TelegramServer) -> None:
    async with serving(settings, telegram):
        shown = await act(telegram, Steps(("/ban 55", "/ban"), ("Разблокировать 55",)), user=ADMIN, times=2)
        assert shown.text.startswith("Никто не заблокирован.")
        shown = await act(telegram, Steps(("/ban 55",), ("Вернуть",)), user=ADMIN, times=2)
    assert "55" in shown.text
