"""How much longer things take as they grow: runs the benchmarks of growth one by one, then draws their curves.

python -m tests.benchmarks.growth             about ten minutes' worth, drawn under build/benchmarks
python -m tests.benchmarks.growth full        up to a million of each, drawn into docs: an hour or two, 10 GB of disk
python -m tests.benchmarks.growth draw FILE   draws the rows of a file again (docs/growth.json) beside it

percolate, search_growth, … ──rows──▶ build/benchmarks/rows.json ──▶ growth.png, and its figures in growth.json
"""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.rows import FOLDER, Row, keep, kept_rows

# Benchmarks with their sizes.
SOME: Sequence[Sequence[str]] = (
    ("percolate", "10000", "100000", "1000000"),
    ("search_growth", "100000"),
    ("ingest_growth",),
    ("planning", "10000", "100000"),
    ("responsiveness", "5000"),
    ("stories", "--quick"),
)
FULL: Sequence[Sequence[str]] = (
    ("percolate", "10000", "100000", "1000000"),
    ("search_growth", "10000", "100000", "1000000"),
    ("ingest_growth",),
    ("planning",),
    ("responsiveness",),
    ("stories",),
)

OURS, PEER, OTHER, INK = "#2f81f7", "#e0781f", "#a371f7", "#7d8590"
"""Colours and grey that can be told from white and from black; the background is left to the page."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A panel: what it shows, along which axes, and which series in which colour."""

    name: str
    title: str
    along: str
    up: str
    unit: str
    series: Mapping[str, str]


CHARTS = (
    Chart(
        "percolation",
        "An article meets standing queries",
        "distinct queries",
        "ms an article",
        "ms",
        {"newsbot": OURS, "mokaccino": PEER, "naive loop": OTHER, "FTS5 loop": INK},
    ),
    Chart(
        "search",
        "A search for common words",
        "articles",
        "ms for the ten best",
        "ms",
        {"newsbot": OURS, "tantivy": PEER, "ORDER BY rank": OTHER},
    ),
    Chart(
        "ingest",
        "Import, matching included",
        "standing queries",
        "articles a second",
        "articles/s",
        {"newsbot": OURS},
    ),
    Chart(
        "planning",
        "Digests due at once",
        "digests",
        "s for all",
        "s",
        {"newsbot": OURS, "SQL join": PEER},
    ),
)


def main(arguments: Sequence[str]) -> None:
    what, *files = arguments or ["some"]
    if what == "draw":
        path = Path(files[0])
        draw(kept_rows(path), path.with_suffix(".png"))
        return
    for name, *sizes in FULL if what == "full" else SOME:
        line(f"\n── {' '.join((name, *sizes))}")
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *sizes], cwd=ROOT, check=True)
    rows = kept_rows()
    disk(rows)
    picture = (ROOT / "docs" if what == "full" else FOLDER) / "growth.png"
    picture.parent.mkdir(exist_ok=True)
    keep(rows, picture.with_suffix(".json"))
    draw(rows, picture)
    line(f"\nThe curves: {picture.relative_to(ROOT)}")


def disk(rows: Sequence[Row]) -> None:
    """The table of what takes how much room."""
    found = [row for row in rows if row.chart == "disk"]
    sizes = sorted({row.size for row in found})
    by_series: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for row in found:
        by_series[row.series][row.size] = row.value
    line("\nMB on disk")
    table(
        ("", *(f"{size:,}" for size in sizes)),
        *((series, *(taken.get(size, "") for size in sizes)) for series, taken in by_series.items()),
    )


def draw(rows: Sequence[Row], picture: Path) -> None:
    """Each chart on logarithmic axes, its lines named where they end; readable on light and on dark pages."""
    import_module("matplotlib").use("Agg")
    pyplot = import_module("matplotlib.pyplot")
    with pyplot.rc_context({"text.color": INK, "font.size": 10}):
        figure, panels = pyplot.subplots(2, 2, figsize=(10, 6.6), layout="constrained")
        for chart, panel in zip(CHARTS, panels.flat, strict=True):
            _frame(panel, chart)
            found = _points(rows, chart)
            for series, points in found.items():
                _line(panel, series, points, chart.series[series])
            _bounds(panel, [row for points in found.values() for row in points])
        figure.savefig(picture, dpi=130, transparent=True)
    pyplot.close(figure)
    image = import_module("PIL.Image")
    image.open(picture).quantize(64).save(picture, optimize=True)


def _points(rows: Sequence[Row], chart: Chart) -> dict[str, list[Row]]:
    wanted = sorted(
        row for row in rows if (row.chart, row.unit) == (chart.name, chart.unit) and row.series in chart.series
    )
    return {series: list(found) for series, found in groupby(wanted, key=lambda row: row.series)}


def _frame(panel: Any, chart: Chart) -> None:
    panel.set_title(chart.title, loc="left", fontsize=11, fontweight="bold", color=INK)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlabel(chart.along, color=INK)
    panel.set_ylabel(chart.up, color=INK)
    panel.xaxis.set_major_formatter(lambda value, _: _short(value))
    panel.yaxis.set_major_formatter(lambda value, _: _short(value))
    panel.tick_params(which="both", colors=INK, labelsize=9)
    panel.minorticks_off()
    panel.grid(visible=True, color=INK, alpha=0.25, linewidth=0.6)
    panel.spines[:].set_visible(False)


def _bounds(panel: Any, points: Sequence[Row]) -> None:
    """Whole decades upwards, and on the right room for the names of the lines."""
    if points:
        sizes, values = sorted({row.size for row in points}), [row.value for row in points]
        panel.set_ylim(10 ** floor(log10(min(values) * 0.8)), 10 ** ceil(log10(max(values) * 1.25)))
        panel.set_xlim(sizes[0] * 0.8, sizes[-1] * max(2, sizes[-1] / sizes[0]) ** 0.45)
        panel.set_xticks(sizes)


def _line(panel: Any, series: str, points: Sequence[Row], colour: str) -> None:
    sizes, values = [row.size for row in points], [row.value for row in points]
    is_ours = series == "newsbot"
    panel.plot(sizes, values, color=colour, linewidth=2.4 if is_ours else 1.6, marker="o", markersize=5)
    panel.annotate(
        f"{series} {_short(values[-1])}",
        (sizes[-1], values[-1]),
        xytext=(8, -3),
        textcoords="offset points",
        color=colour,
        fontweight="bold" if is_ours else "normal",
    )


def _short(number: float) -> str:
    """1 M, 100 k, 12, 0.35."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if number >= unit:
            return f"{number / unit:.3g}{name}"
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
