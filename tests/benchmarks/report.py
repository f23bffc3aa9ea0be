"""What the measurements share: processes that are timed and weighed, and tables.

Imports little: Linux counts the memory of the process that starts another one as that one's own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    """A process: seconds to its first output and to its end, of the processor, its greatest memory in MB."""

    first_output_s: float
    total_s: float
    processor_s: float
    peak_mb: float


def run(*arguments: str, store: Path, typed: str = "") -> Run:
    """Runs this Python with these arguments over a store, and gives it all its input at once."""
    environment = {"DATABASE_URL": f"sqlite+aiosqlite:///{store}", "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=store.parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(typed.encode())
        process.stdin.close()
        process.stdout.read(1)
        first_output_s = time.perf_counter() - began
        process.stdout.read()
        # wait4 tells what this very child used; Popen would only tell of all children together.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed")
    # Linux counts in KB, macOS in bytes.
    return Run(
        first_output_s,
        time.perf_counter() - began,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    )


def line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(*rows: Sequence[object]) -> None:
    """The first row is the heading; columns are as wide as their widest cell, and all but the first to the right."""
    cells = [[f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        aligned = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        line("  ".join((first.ljust(widths[0]), *aligned)))
