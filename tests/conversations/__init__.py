"""Conversations of newcomers in `newsbot chat`, as plain transcripts: `> ` and what is typed, then what the bot says.

    transcript ──the typed lines──▶ `newsbot chat` over the starter articles, at a fixed time ──▶ the same transcript

A line that begins with `# ` says what the person came for. `python -m tests.conversations --record [NAME…]` writes the
bot's part anew.
"""

import io
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from bot import app, chat
from bot.config import load
from bot.ingest import ingest
from bot.languages import LANGUAGES, LOCALES
from bot.locales.compile import compile_catalogues
from bot.screens import Pipe
from bot.starter import starter_articles
from storage.database import Database

FOLDER = Path(__file__).parent
# A Friday, 11:00 in Almaty, two days after the newest of the starter articles.
NOW = datetime(2025, 12, 26, 6, tzinfo=UTC)
USER = 1
TYPED, GOAL = "> ", "# "


class Echo(Pipe):
    """A pipe that also writes down what is typed, right before it is answered."""

    async def lines(self) -> AsyncIterator[str]:
        async for line in super().lines():
            self._write(f"{TYPED}{line.rstrip()}")
            yield line


def transcripts() -> list[Path]:
    """Those in languages that the bot speaks."""
    return sorted(path for path in FOLDER.glob("*.txt") if path.stem.partition("-")[0] in LANGUAGES)


def goal(transcript: str) -> str:
    return "".join(f"{line}\n" for line in transcript.splitlines() if line.startswith(GOAL))


def typed(transcript: str) -> str:
    """What the person types, line by line."""
    lines = (line.removeprefix(TYPED) for line in transcript.splitlines() if line.startswith(TYPED))
    return "".join(f"{line}\n" for line in lines)


async def stock(store: Path) -> None:
    """A store as `newsbot chat` fills it."""
    db = await Database.open(f"sqlite+aiosqlite:///{store}")
    await ingest(db, starter_articles(), now=NOW)
    await db.close()


async def replay(name: str, transcript: str, *, stocked: Path, store: Path) -> str:
    """The conversation as it goes today, in a copy of the stocked store; its name begins with the language."""
    shutil.copy(stocked, store)
    shown = io.StringIO()

    def pipe(*_: object) -> Echo:
        return Echo(io.BytesIO(typed(transcript).encode()), shown)

    language = name.partition("-")[0]
    settings = load(database_url=f"sqlite+aiosqlite:///{store}", default_language="ru", default_timezone="Asia/Almaty")
    with ExitStack() as patched:
        for module in (app, chat):
            patched.enter_context(mock.patch.object(module, "utc_now", return_value=NOW))
        patched.enter_context(mock.patch.object(chat, "Pipe", pipe))
        await chat.chat(settings, user_id=USER, language=language)
    return f"{goal(transcript)}\n{_tidy(shown.getvalue().splitlines())}"


def _tidy(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines).rstrip("\n") + "\n"


def prepare() -> None:
    compile_catalogues(LOCALES)
