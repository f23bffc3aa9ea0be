"""How the tests of fetching ask, and what they get instead of an answer."""

from datetime import timedelta

import pytest

from bot.sources.fetch import Fetcher, Limits
from bot.sources.trouble import FetchError, Trouble

# Small enough to be gone beyond; as patient as ever, since a test may have to wait for a busy machine.
SMALL = Limits(most_bytes=100_000)
HASTY = Limits(total=timedelta(seconds=0.5), connect=timedelta(seconds=0.2))


async def error_of(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url)
    return caught.value


async def trouble_of(fetcher: Fetcher, url: str) -> tuple[Trouble, str]:
    """With its detail."""
    error = await error_of(fetcher, url)
    return error.trouble, error.detail
