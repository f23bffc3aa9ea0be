"""Fixtures that more than one package's tests use."""

from collections.abc import AsyncIterator

import pytest

from tests.telegram import TelegramServer


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    """A Bot API server on loopback; the test fails if the bot breaks one of Telegram's rules."""
    async with TelegramServer() as server:
        yield server
    assert server.violations == []
