"""The curves are drawn from rows, and every benchmark that is run for them exists and is told of."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import benchmarks
from tests.benchmarks.growth import CHARTS, FULL, SOME, disk, draw, main
from tests.benchmarks.rows import Row, keep

ROWS = [
    *(Row("percolation", "newsbot", "ms", size, 0.4) for size in (10_000, 1_000_000)),
    Row("percolation", "FTS5 loop", "ms", 10_000, 300.0),
    Row("percolation", "newsbot", "MB", 10_000, 1.0),
    Row("disk", "articles", "MB", 1000, 2.5),
    Row("disk", "articles", "MB", 10_000, 25.0),
    Row("disk", "full-text index", "MB", 10_000, 5.25),
]


@pytest.mark.parametrize("name", sorted({name for name, *_ in (*SOME, *FULL)}))
def test_every_benchmark_exists_and_is_told_of(name: str) -> None:
    assert find_spec(f"tests.benchmarks.{name}")
    assert f"\n{name} " in (benchmarks.__doc__ or "")


def test_a_picture_is_drawn_of_what_is_there(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw(ROWS, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_kept_rows_can_be_drawn_again(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    keep(ROWS, tmp_path / "growth.json")
    main(["draw", str(tmp_path / "growth.json")])
    assert (tmp_path / "growth.png").exists()


def test_a_series_is_drawn_in_one_chart_of_its_unit() -> None:
    assert len({chart.name for chart in CHARTS}) == len(CHARTS) == 4
    assert all("newsbot" in chart.series for chart in CHARTS)


def test_room_on_disk_is_a_table_of_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    disk(ROWS)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "MB on disk",
        "                 1,000  10,000",
        "articles          2.50   25.00",
        "full-text index           5.25",
    ]
