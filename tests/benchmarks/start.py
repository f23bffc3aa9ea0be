"""From start to the first answer, and memory: the chat by pipe over the starter articles, beside bare imports.

    imports, first start, later start, --help, imports, first start, …      medians of each

The goals are 1.5 s and 100 MB above the imports, and half a second for --help.
"""

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.report import Run, line, run, table

ROUNDS = 5
# What a chat imports of others; its first start needs Alembic too.
IMPORTS = (
    "aiogram",
    "aiosqlite",
    "apscheduler.schedulers.asyncio",
    "babel",
    "filelock",
    "pydantic_settings",
    "pymorphy3",
    "simplemma",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "typer",
)
LATER, FIRST = "later start of newsbot chat", "first start of newsbot chat"
BARE, BARE_FIRST, HELP = "imports alone", "imports alone, with alembic", "newsbot --help"


def main(rounds: int = ROUNDS) -> None:
    taken: dict[str, list[Run]] = {name: [] for name in (HELP, BARE, LATER, BARE_FIRST, FIRST)}
    with TemporaryDirectory() as folder:
        for number in range(rounds):
            for name, runs in taken.items():
                runs.append(measure(name, Path(folder, f"{number}.db"), later=Path(folder, "later.db")))
    line(f"Seconds to the first output, of the processor to the end, and MB at most; medians of {rounds} rounds")
    heading = ("", "s", "above imports", "processor s", "above imports", "MB", "above imports")
    table(heading, *(row(name, taken) for name in taken))


def measure(name: str, store: Path, *, later: Path) -> Run:
    if name == HELP:
        return run("-m", "bot", "--help", store=store)
    if name == BARE:
        return run("-c", f"import {', '.join(IMPORTS)}; print()", store=store)
    if name == BARE_FIRST:
        return run(
            "-c",
            f"import {', '.join((*IMPORTS, 'alembic.migration', 'alembic.operations', 'alembic.script'))}; print()",
            store=store,
        )
    if name == LATER and not later.exists():
        start(later)
    return start(later if name == LATER else store)


def start(store: Path) -> Run:
    return run("-m", "bot", "chat", store=store, typed="/start\n")


def row(name: str, taken: dict[str, list[Run]]) -> tuple[object, ...]:
    found = medians(taken[name])
    if name not in (LATER, FIRST):
        return name, *(cell for figure in found for cell in (figure, ""))
    bare = medians(taken[BARE if name == LATER else BARE_FIRST])
    return name, *(cell for figure, base in zip(found, bare, strict=True) for cell in (figure, f"{figure - base:+.2f}"))


def medians(runs: list[Run]) -> tuple[float, ...]:
    figures = ((run.first_output_s, run.processor_s, run.peak_mb) for run in runs)
    return tuple(map(median, zip(*figures, strict=True)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
