"""aiogram's session with requests as JSON: a form writes each Cyrillic letter as six characters, and a third of what a
send costs is spent on that.
"""

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from aiohttp import JsonPayload


class JsonSession(AiohttpSession):
    """A request with a file stays a form."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Any:
        files: dict[str, InputFile] = {}
        values = method.model_dump(warnings=False, exclude_none=True)
        fields = {key: self.prepare_value(value, bot=bot, files=files) for key, value in values.items()}
        if files:
            return super().build_form_data(bot, method)
        return JsonPayload({key: value for key, value in fields.items() if value})
