"""A web server on loopback and what asks it."""

from collections.abc import AsyncIterator

import pytest

from bot.sources.fetch import Fetcher
from tests.bot.sources.asking import SMALL
from tests.web import Web


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """Allowed to ask loopback."""
    async with Fetcher(allow_private=True, limits=SMALL) as fetcher:
        yield fetcher
