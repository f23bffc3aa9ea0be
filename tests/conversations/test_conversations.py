"""Every transcript is what `newsbot chat` answers today."""

import asyncio
from pathlib import Path

import pytest

from bot.languages import LANGUAGES
from tests.conversations import TYPED, prepare, replay, stock, transcripts, typed


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prepare()
    store = tmp_path_factory.mktemp("stocked") / "news.db"
    asyncio.run(stock(store))
    return store


WRITTEN = {path.stem: path.read_text(encoding="utf-8") for path in transcripts()}


@pytest.mark.parametrize("name", WRITTEN)
async def test_a_conversation_goes_as_it_is_written_down(name: str, stocked: Path, tmp_path: Path) -> None:
    assert await replay(name, WRITTEN[name], stocked=stocked, store=tmp_path / "news.db") == WRITTEN[name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_five_conversations_in_each_language(language: str) -> None:
    own = [text for name, text in WRITTEN.items() if name.startswith(f"{language}-")]
    assert len(own) >= 5
    for text in own:
        assert text.startswith("# ")
        assert len(typed(text).splitlines()) >= 3
        assert text.count(TYPED) >= 3
