"""What is raised where Telegram does not answer: aiogram passes on what it does not know."""

from typing import Final

from aiogram.exceptions import AiogramError
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

UNREACHABLE: Final = (
    # ValueError: an answer that is no text, by a proxy in between.
    *(AiogramError, OSError, ValueError, TimeoutError),
    # TELEGRAM_PROXY: refuses, is not there, takes too long.
    *(ProxyError, ProxyConnectionError, ProxyTimeoutError),
)
