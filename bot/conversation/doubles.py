"""Two presses of one button at once, as fingers do: the second waits for nothing and does nothing.

press ──Doubles──▶ in order …          the same press is under way ──▶ it stops turning
"""

from contextlib import suppress
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, TelegramObject, Update

from bot.conversation.middlewares import Handler

# Who presses, and on which message.
_Place = tuple[int, int, int]


class Doubles(BaseMiddleware):
    """Has to stand before presses wait for their turn: then the first one is known to be under way still."""

    def __init__(self) -> None:
        # The last press of each that is not done with: another one in between makes the same press a new one.
        self._last: dict[_Place, CallbackQuery] = {}

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        press = event.callback_query if isinstance(event, Update) else None
        if press is None or press.message is None:
            return await handler(event, data)
        place = (press.from_user.id, press.message.chat.id, press.message.message_id)
        last = self._last.get(place)
        if last and last.data == press.data:
            with suppress(TelegramAPIError):
                await press.answer()
            return None
        self._last[place] = press
        try:
            return await handler(event, data)
        finally:
            if self._last.get(place) is press:
                del self._last[place]
