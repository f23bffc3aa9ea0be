"""A day's 4,608 real articles through `newsbot import`, a process for each figure: new, and again when all are known.

The goal is 150 new articles a second, with everything that a process has to load.
"""

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.news import import_rows
from tests.benchmarks.report import Run, line, run, table

ROUNDS = 3


def main(rounds: int = ROUNDS) -> None:
    rows = import_rows()
    cold, warm, changed = [], [], []
    with TemporaryDirectory() as folder:
        news, edited = Path(folder, "news.jsonl"), Path(folder, "edited.jsonl")
        write(news, rows)
        write(
            edited, [row | {"text": f"{row['text']} Обновлено."} if not at % 20 else row for at, row in enumerate(rows)]
        )
        for number in range(rounds):
            store = Path(folder, f"{number}.db")
            cold.append(run("-m", "bot", "import", str(news), store=store))
            warm.append(run("-m", "bot", "import", str(news), store=store))
            changed.append(run("-m", "bot", "import", str(edited), store=store))
        megabytes = sum(file.stat().st_size for file in Path(folder).glob("0.db*")) / 1e6
    characters = sum(len(row["text"]) for row in rows) / 1e6
    line(f"{len(rows):,} articles, {characters:.1f} million characters; medians of {rounds} rounds")
    table(
        ("", "s", "articles/s", "processor s", "MB at most"),
        row_of("all new", cold, len(rows)),
        row_of("all known", warm, len(rows)),
        row_of("one in twenty changed", changed, len(rows)),
    )
    line(f"The store takes {megabytes:.1f} MB, {megabytes / len(rows) * 1000:.1f} KB an article.")


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def row_of(name: str, runs: list[Run], articles: int) -> tuple[object, ...]:
    seconds = median(run.total_s for run in runs)
    return (
        name,
        seconds,
        round(articles / seconds),
        median(run.processor_s for run in runs),
        round(median(run.peak_mb for run in runs)),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
