"""`python -m tests.screens [NAME…]` makes the pictures under docs/ again, all of them or those named.

Needs Chromium, Roboto and Noto's emoji: `apt-get install chromium fonts-roboto fonts-noto-core fonts-noto-color-emoji`.
"""

import asyncio
import sys
from pathlib import Path

from tests.screens.browser import photograph
from tests.screens.page import page
from tests.screens.shots import SHOTS, ZONE

DOCS = Path(__file__).parents[2] / "docs"


def main(names: list[str]) -> None:
    for shot in SHOTS:
        if not names or shot.name in names:
            bubbles = asyncio.run(shot.play())
            picture = DOCS / f"{shot.name}.png"
            photograph(page(bubbles, language=shot.language, zone=ZONE, dark=shot.dark), picture)
            sys.stdout.write(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB\n")


main(sys.argv[1:])
