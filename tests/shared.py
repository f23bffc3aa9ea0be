"""Real data that the repository does not contain: a folder `shared` beside the checkout, where there is one."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A file or folder of the shared data; skips the test that asks for it where it is missing."""
    path = _SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"there is no {Path('shared', *parts)} beside the checkout")
    return path
