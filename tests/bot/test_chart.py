"""The picture of /trends: its size, its contrast, its words, and texts that no font was made for."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from bot import chart as charts
from bot.chart import (
    FAINT,
    GRID,
    GROUND,
    HEIGHT,
    INK,
    STROKES,
    WIDTH,
    Chart,
    Line,
    Painter,
    draw,
    in_blocks,
)

DAYS = tuple(date(2025, 11, 7) + timedelta(n) for n in range(30))
RISING = tuple(range(30))
WAVES = (1, 2, 9, 2, 1, 0) * 5
# Telegram's grounds in its light and in its dark theme.
THEMES = ("#ffffff", "#17212b")


def chart(*lines: Sequence[int], names: Sequence[str] = ("баку", "астана", "ташкент"), **fields: Any) -> Chart:
    drawn = tuple(Line(name, tuple(counts)) for name, counts in zip(names, lines, strict=False))
    days = DAYS[-len(lines[0]) :]
    return Chart(**{"unit": "Статей в день", "days": days, "lines": drawn, "language": "ru"} | fields)


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 counts it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in rgb(colour)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def share(image: Image.Image, colour: str) -> float:
    """Of the pixels, those that have this very colour."""
    found: dict[Any, int] = {pixel: count for count, pixel in image.convert("RGB").getcolors(WIDTH * HEIGHT) or ()}
    return found.get(rgb(colour), 0) / (WIDTH * HEIGHT)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pictures that are drawn have in words."""
    texts: list[str] = []
    savefig = Figure.savefig

    def read(figure: Figure, *arguments: Any, **options: Any) -> None:
        savefig(figure, *arguments, **options)
        found = figure.findobj(lambda one: hasattr(one, "get_text"))
        texts.extend(text for one in found if (text := one.get_text()) and one.get_visible())  # type: ignore[attr-defined]

    monkeypatch.setattr(Figure, "savefig", read)
    return texts


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_picture_is_of_its_size_opaque_and_not_blank(lines: int) -> None:
    image = picture(draw(chart(*[RISING, WAVES, RISING[::-1]][:lines])))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert image.getchannel("A").getextrema() == (255, 255)
    assert 0.5 < share(image, GROUND) < 0.95
    assert all((share(image, stroke.colour) > 0.001) == (place < lines) for place, stroke in enumerate(STROKES))


@pytest.mark.parametrize("colour", [INK, FAINT, *(stroke.colour for stroke in STROKES)])
def test_text_and_lines_stand_out_from_their_ground(colour: str) -> None:
    assert contrast(colour, GROUND) >= 4.5


def test_the_ground_is_told_from_the_dark_theme_and_the_grid_from_neither() -> None:
    light, dark = (contrast(GROUND, theme) for theme in THEMES)
    assert light < 1.2
    assert dark > 10
    assert 1.2 < contrast(GRID, GROUND) < 2


def test_lines_differ_by_more_than_colour() -> None:
    for one, other in combinations(STROKES, 2):
        assert one.dashes != other.dashes
        assert one.marker != other.marker
        assert one.colour != other.colour


def test_words_are_in_the_readers_language(written: list[str]) -> None:
    draw(chart((*WAVES[:-1], 1234), title="баку"))
    assert {"баку", "Статей в день · 7 нояб. – 6 дек. 2025 г.", "6 дек.", "1\xa0234"} <= set(written)
    written.clear()
    draw(chart((*WAVES[:-1], 1234), RISING, language="en", unit="Articles a day"))
    assert {"Articles a day", "Nov 7 – Dec 6, 2025", "Dec 6", "1,234", "баку", "астана"} <= set(written)


def test_letters_of_all_our_languages_are_drawn() -> None:
    letters = "ёЁіїєґІЇЄҐ әғқңөұүһіӘҒҚҢӨҰҮҺІ çəğıöşüÇƏĞIİÖŞÜ «»„“–—…№"
    assert charts.drawable(letters) == letters


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("баку\n\tастана", "баку астана"),
        ("中国 баку", "баку"),
        ("中国", "…"),
        ("🇰🇿\u200d", "…"),
        ("", "…"),
        ("$x_1$", "$x_1$"),
    ],
)
def test_what_the_font_lacks_is_left_out(text: str, drawn: str) -> None:
    assert charts.drawable(text) == drawn


@settings(max_examples=25, deadline=None)
@given(
    names=st.lists(st.text(max_size=60), min_size=3, max_size=3),
    lines=st.integers(1, 40).flatmap(
        lambda days: st.lists(st.lists(st.integers(0, 5000), min_size=days, max_size=days), min_size=1, max_size=3)
    ),
)
def test_any_text_and_any_numbers_are_drawn_without_a_warning(names: list[str], lines: list[list[int]]) -> None:
    days = tuple(DAYS[0] + timedelta(n) for n in range(len(lines[0])))
    assert draw(chart(*lines, names=names, days=days, title=names[0] if len(lines) == 1 else ""))


@pytest.mark.parametrize(
    "text",
    [
        "شرق الأوسط الجديد " * 9,
        "ירושלים " * 20,
        "😀🇰🇿👨‍👩‍👧 " * 30,
        "Щ" * 200,
        "a" * 500,
        "\\frac{ $$ ^_%",
        "é" * 40 + "\u0301" * 40,
    ],
    ids=["arabic", "hebrew", "emoji", "wide", "long", "mathematics", "marks"],
)
def test_long_texts_stay_within_the_picture(text: str) -> None:
    """The outermost pixels are ground, whatever is written."""
    for drawn in (chart(WAVES, title=text), chart(WAVES, RISING, names=(text, text))):
        image = picture(draw(drawn)).convert("RGB")
        right = image.crop((WIDTH - 8, 0, WIDTH, HEIGHT))
        assert right.getcolors() == [(8 * HEIGHT, rgb(GROUND))]


@pytest.mark.parametrize("top", [1, 9, 10, 999, 1_000_000])
def test_numbers_at_the_side_stay_within_the_picture(top: int) -> None:
    image = picture(draw(chart((*WAVES[:-1], top), RISING))).convert("RGB")
    assert image.crop((0, 0, 16, HEIGHT)).getcolors() == [(16 * HEIGHT, rgb(GROUND))]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((0, 0, 0), []),
        ((5,), [0]),
        ((1, 3, 2), [1]),
        ((3, 3, 3), [0, 2]),
        ((9, 1, 1, 1, 5, 1, 1, 1, 1, 8), [0, 9, 4]),
        ((9, 1, 1, 1, 4, 1, 1, 1, 1, 8), [0, 9]),
        ((9, 8, 7, 6, 5, 6, 5, 4, 4, 4), [0, 5]),
    ],
)
def test_peaks_are_the_days_that_stand_out(counts: tuple[int, ...], found: list[int]) -> None:
    assert charts.peaks(counts, most=3) == found


@given(st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_names_do_not_stand_upon_one_another(heights: list[float]) -> None:
    moved = charts.apart(heights)
    assert all(abs(one - other) > charts.ROW * 0.999 for one, other in combinations(moved, 2))
    assert all(new >= old for new, old in zip(moved, heights, strict=True))
    assert min(moved) == min(heights)
    assert charts.apart([0.0, 0.0, 0.0]) == [2 * charts.ROW, charts.ROW, 0.0]


def test_in_text_all_lines_have_one_scale_and_a_dot_is_nothing() -> None:
    drawn = chart((0, 1, 4, 8), (16, 0, 0, 15))
    assert in_blocks(drawn) == "·▁▂▄  баку\n█··█  астана\n3–6 дек. 2025\u202fг."
    assert in_blocks(chart((0, 0))) == "··\n5–6 дек. 2025\u202fг."


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_in_text_more_is_never_lower(counts: list[int]) -> None:
    drawn = in_blocks(chart(counts)).splitlines()[0]
    levels = [f"·{charts.BLOCKS}".index(sign) for sign in drawn]
    assert len(levels) == len(counts)
    for one, other in combinations(range(len(counts)), 2):
        if counts[one] <= counts[other]:
            assert levels[one] <= levels[other]
    assert all((level > 0) == (count > 0) for level, count in zip(levels, counts, strict=True))


async def test_one_picture_is_drawn_at_a_time_and_off_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = threading.Lock()
    threads: list[int] = []

    def alone(drawn: Chart) -> bytes:
        assert busy.acquire(blocking=False)
        threads.append(threading.get_ident())
        threading.Event().wait(0.01)
        busy.release()
        return drawn.title.encode()

    monkeypatch.setattr(charts, "draw", alone)
    painter = Painter()
    titles = [f"{number}" for number in range(5)]
    painted = await asyncio.gather(*(painter.paint(chart(RISING, title=title)) for title in titles))
    assert painted == [title.encode() for title in titles]
    assert threading.get_ident() not in threads


async def test_a_picture_that_fails_does_not_keep_the_next_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = Painter()
    with monkeypatch.context() as patch:
        patch.setattr(charts, "draw", lambda drawn: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await painter.paint(chart(RISING))
    assert (await painter.paint(chart(RISING))).startswith(b"\x89PNG")


def test_what_was_drawn_keeps_no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.backends.backend_agg import RendererAgg

    made: list[RendererAgg] = []
    begin = RendererAgg.__init__

    def remember(renderer: RendererAgg, *arguments: Any) -> None:
        begin(renderer, *arguments)  # type: ignore[no-untyped-call]
        made.append(renderer)

    monkeypatch.setattr(RendererAgg, "__init__", remember)
    draw(chart(RISING, WAVES))
    assert made
    assert [vars(renderer) for renderer in made] == [{}] * len(made)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ru", "7 нояб. – 6 дек. 2025 г."),
        ("en", "Nov 7 – Dec 6, 2025"),
        ("kk", "2025 ж. 7 қар. – 6 жел."),
        ("az", "7 noy – 6 dek 2025"),
    ],
)
def test_period_is_told_as_the_language_does(language: str, shown: str) -> None:
    spaces = str.maketrans({"\u2009": " ", "\u00a0": " ", "\u202f": " "})
    assert chart(RISING, language=language).period.translate(spaces) == shown


def test_period_over_new_year_has_both_years() -> None:
    days = (date(2025, 12, 23), date(2026, 1, 22))
    assert chart((1, 2), language="az", days=days).period.replace("\u2009", " ") == "23 dek 2025 – 22 yan 2026"
