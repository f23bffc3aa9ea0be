"""Fixtures that more than one package's tests use."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from tests.telegram import TelegramServer

# No test is about time: a machine that is busy would fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    """A Bot API server on loopback; the test fails if the bot breaks one of Telegram's rules."""
    async with TelegramServer() as server:
        yield server
    assert server.violations == []
