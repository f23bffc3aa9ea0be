"""Figures that outlive their run: `tests.benchmarks.growth` draws its curves from what the other benchmarks keep here.

A figure stands until the same one is measured again, so that a million may be measured apart from a thousand.
"""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.benchmarks.report import ROOT

FOLDER = ROOT / "build" / "benchmarks"


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A point of a chart ("percolation"): its series ("newsbot"), how many there were, how much that took."""

    chart: str
    series: str
    unit: str
    size: int
    value: float


def keep(rows: Iterable[Row], path: Path = FOLDER / "rows.json") -> None:
    """Adds to the rows kept, in place of older ones of the same chart, series, unit and size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {(row.chart, row.series, row.unit, row.size): row for row in (*kept_rows(path), *rows)}
    text = ",\n".join(json.dumps(astuple(row), ensure_ascii=False) for row in sorted(kept.values()))
    path.write_text(f"[\n{text}\n]\n", encoding="utf-8")


def kept_rows(path: Path = FOLDER / "rows.json") -> list[Row]:
    return [Row(*row) for row in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
