"""A disk of a few megabytes that a test can fill; skipped where one may not be mounted."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FILLING = "filling"


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, *, but: int = 0) -> None:
        """Leaves so many bytes, to a page."""
        while (free := self.free) > but:
            with (self.folder / _FILLING).open("ab") as file:
                file.write(bytes(min(free - but, 1 << 20)))

    def clear(self) -> None:
        (self.folder / _FILLING).unlink()

    @property
    def free(self) -> int:
        of = os.statvfs(self.folder)
        return of.f_bavail * of.f_frsize


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Disk]:
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", f"size={megabytes}m", "newsbot", str(folder))
    if os.geteuid() or subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("nobody here may mount a small disk")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
