"""`python -m tests.conversations --record [NAME…]` writes the bot's part of all transcripts anew, or of those named."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conversations import prepare, replay, stock, transcripts


def record(names: list[str]) -> None:
    prepare()
    with TemporaryDirectory() as folder:
        stocked = Path(folder) / "stocked.db"
        asyncio.run(stock(stocked))
        for path in transcripts():
            if not names or path.stem in names:
                store, known = Path(folder) / f"{path.stem}.db", path.read_text(encoding="utf-8")
                again = asyncio.run(replay(path.stem, known, stocked=stocked, store=store))
                path.write_text(again, encoding="utf-8")
                sys.stdout.write(f"{path.name}\n")


if sys.argv[1:2] == ["--record"]:
    record(sys.argv[2:])
else:
    sys.exit("usage: python -m tests.conversations --record [NAME…]")
