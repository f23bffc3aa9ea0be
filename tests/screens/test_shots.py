from pathlib import Path

import pytest

from tests.screens.page import page
from tests.screens.shots import SHOTS, ZONE, Shot

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 150_000


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_shot_shows_what_the_bot_answers_and_telegram_takes(shot: Shot) -> None:
    bubbles = await shot.play()
    assert any(not bubble.own for bubble in bubbles)
    assert page(bubbles, language=shot.language, zone=ZONE, dark=shot.dark)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_picture_is_in_the_docs_and_loads_quickly(shot: Shot) -> None:
    assert 0 < (DOCS / f"{shot.name}.png").stat().st_size <= LARGEST
