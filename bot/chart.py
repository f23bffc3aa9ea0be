"""A picture of counts a day: one line or several, drawn to be read on a phone. Pure, and without a word of its own.

    Chart ──draw──▶ PNG            Chart ──in_blocks──▶ the same in a line of text each, where there are no pictures

The ground is opaque, so that the picture is the same in Telegram's light and dark themes. Lines differ by colour,
stroke and marker, and each is named where it ends.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_decimal

from bot.messages import clip

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Telegram shows a photo of 3:2 whole in a chat, and 1,080 pixels are the width of most phones.
WIDTH, HEIGHT, DPI = 1080, 720, 150
# Text has a contrast of 4.5 and more with the ground, as WCAG 2.2 wants it; the page around it may be white or dark.
GROUND, INK, FAINT, GRID = "#f7f4ec", "#1d2429", "#57606a", "#d5d0c3"


class Stroke(NamedTuple):
    """Of the palette of Okabe and Ito, which the colour-blind tell apart, a shade darker to be read as text."""

    colour: str
    dashes: str
    marker: str


STROKES: Final = (Stroke("#0063a3", "-", "o"), Stroke("#b34700", "--", "s"), Stroke("#00704f", ":", "^"))
FONT: Final = "DejaVu Sans"
TITLE_PT, TEXT_PT, LABEL_PT = 20, 14, 15
LINE_PT, MARKER_PT, HALO_PT = 3.5, 7, 5
# Where the curve stands, in shares of the picture: bottom, height, and the right end without and with names; left of it
# each digit needs some room.
MARGIN, BOTTOM, TALL, RIGHT, RIGHT_NAMED, DIGIT = 0.04, 0.105, 0.68, 0.945, 0.73, 0.018
DATES, DATES_BESIDE_NAMES, STEPS, PEAKS = 6, 4, 4, 3
# Names and numbers need so much of the height of the curve to stand above one another.
ROW = 0.085
BLOCKS: Final = "▁▂▃▄▅▆▇█"


class Line(NamedTuple):
    """A name, and a number a day."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`lines` have a number for each of the days, which are one at least; of more than three, the rest is not drawn."""

    # What the numbers count: the title, where there is no other.
    unit: str
    title: str = ""
    days: tuple[date, ...]
    lines: tuple[Line, ...]
    language: str

    @property
    def period(self) -> str:
        """«23 окт. – 22 нояб. 2025 г.»"""
        first, last = self.days[0], self.days[-1]
        if self.language == "az" and first.year == last.year and first.month != last.month:
            # CLDR names the year of the first day alone.
            return f"{format_skeleton('MMMd', first, locale='az')} – {format_date(last, 'medium', locale='az')}"
        return format_interval(first, last, "yMMMd", locale=self.language)


class Painter:
    """Draws off the event loop, one picture at a time: matplotlib may not be used by several threads at once."""

    def __init__(self) -> None:
        self._brush = asyncio.Lock()

    async def paint(self, chart: Chart) -> bytes:
        async with self._brush:
            return await asyncio.to_thread(draw, chart)


def draw(chart: Chart) -> bytes:
    """A PNG of WIDTH by HEIGHT pixels."""
    # Takes half a second to import, which nobody waits for who doesn't ask for a picture.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=GROUND)
    canvas = FigureCanvasAgg(figure)
    left = MARGIN + DIGIT * len(_number(_top(chart), chart)) + 0.005
    right = RIGHT if len(chart.lines) == 1 else RIGHT_NAMED
    axes = figure.add_axes((left, BOTTOM, right - left, TALL), facecolor=GROUND)
    _head(figure, chart)
    _frame(axes, chart)
    for line, stroke in zip(chart.lines, STROKES, strict=False):
        _line(axes, line, stroke, is_alone=len(chart.lines) == 1)
    _peaks(axes, chart)
    if len(chart.lines) > 1:
        _names(figure, axes, chart)
    with BytesIO() as png:
        figure.savefig(png, format="png")
        # What was drawn holds itself in circles: the pixels, which are most of it, need not wait to be collected.
        canvas.get_renderer().__dict__.clear()  # type: ignore[no-untyped-call]
        return png.getvalue()


def _head(figure: "Figure", chart: Chart) -> None:
    title = _write(figure, MARGIN, 0.91, chart.title or chart.unit, size=TITLE_PT, weight="bold")
    _fit(title, (1 - 2 * MARGIN) * WIDTH)
    below = f"{chart.unit} · {chart.period}" if chart.title else chart.period
    _write(figure, MARGIN, 0.845, below, size=TEXT_PT, color=FAINT)


def _write(figure: "Figure", x: float, y: float, text: str, **looks: Any) -> "Text":
    return figure.text(x, y, drawable(text), family=FONT, parse_math=False, **({"color": INK} | looks))


def _fit(text: "Text", room: float) -> None:
    """Cuts a text that is wider than so many pixels."""
    while (width := text.get_window_extent().width) > room and len(text.get_text()) > 1:
        whole = text.get_text()
        text.set_text(clip(whole, max(1, min(len(whole) - 1, int(len(whole) * room / width)))))


def drawable(text: str) -> str:
    """On one line, without what the font has no sign for; an ellipsis where nothing is left."""
    known = _signs()
    words = "".join(sign for sign in " ".join(text.split()) if ord(sign) in known).split()
    return " ".join(words) if any(map(str.isprintable, words)) else "…"


@cache
def _signs() -> frozenset[int]:
    """What can be written in bold and not."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    paths = [findfont(FontProperties(family=FONT, weight=weight)) for weight in ("normal", "bold")]
    regular, bold = (frozenset(FT2Font(path).get_charmap()) for path in paths)
    return regular & bold


def _frame(axes: "Axes", chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator

    last, top = len(chart.days) - 1, _top(chart)
    axes.set_xlim(-0.4, last + 0.4)
    axes.set_ylim(0, top * 1.22)
    dates = DATES if len(chart.lines) == 1 else DATES_BESIDE_NAMES
    step = max(1, -(-last // (dates - 1)))
    # Counted back from the last day, which is what one looks for.
    places = list(range(last, -1, -step))
    axes.set_xticks(places, [format_skeleton("MMMd", chart.days[at], locale=chart.language) for at in places])
    heights = [int(at) for at in MaxNLocator(STEPS, integer=True).tick_values(0, top) if 0 <= at <= top]
    axes.set_yticks(heights, [_number(at, chart) for at in heights])
    axes.tick_params(length=0, pad=8, labelsize=TEXT_PT, labelcolor=FAINT, labelfontfamily=FONT)
    axes.grid(axis="y", color=GRID, linewidth=1.2)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def _line(axes: "Axes", line: Line, stroke: Stroke, *, is_alone: bool) -> None:
    places = range(len(line.counts))
    axes.plot(
        places,
        line.counts,
        color=stroke.colour,
        linestyle=stroke.dashes,
        linewidth=LINE_PT,
        marker=stroke.marker,
        markersize=MARKER_PT,
        clip_on=False,
        solid_capstyle="round",
    )
    if is_alone:
        axes.fill_between(places, line.counts, color=stroke.colour, alpha=0.15, linewidth=0)


def _peaks(axes: "Axes", chart: Chart) -> None:
    """The greatest number of each line; of a line that is alone, further ones that stand out."""
    from matplotlib.patheffects import withStroke

    room, top = len(chart.days), axes.get_ylim()[1]
    placed: list[tuple[float, float]] = []
    for line, stroke in zip(chart.lines, STROKES, strict=False):
        for at in peaks(line.counts, most=PEAKS if len(chart.lines) == 1 else 1):
            height = line.counts[at] / top + 0.03
            while any(abs(at - x) < room / 8 and abs(height - y) < ROW for x, y in placed):
                height += 0.01
            placed.append((at, height))
            axes.text(
                at,
                height * top,
                _number(line.counts[at], chart),
                color=stroke.colour,
                family=FONT,
                size=LABEL_PT,
                weight="bold",
                ha="center",
                # Legible where a line runs behind it.
                path_effects=[withStroke(linewidth=HALO_PT, foreground=GROUND)],
            )


def peaks(counts: Sequence[int], *, most: int) -> list[int]:
    """Where the greatest numbers stand, each above those of a tenth of the days on either side, none less than half of
    the first; of equal ones the earliest.
    """
    around = max(1, len(counts) // 10)
    found: list[int] = []
    for at in sorted(range(len(counts)), key=lambda at: (-counts[at], at)):
        if len(found) == most or not counts[at] or counts[at] * 2 < counts[found[0] if found else at]:
            break
        is_top = counts[at] == max(counts[max(0, at - around) : at + around + 1])
        if is_top and all(abs(at - other) > around for other in found):
            found.append(at)
    return found


def _names(figure: "Figure", axes: "Axes", chart: Chart) -> None:
    """Beside the last point of each line, moved apart where they would stand upon one another."""
    top = axes.get_ylim()[1]
    wanted = [line.counts[-1] / top for line in chart.lines[: len(STROKES)]]
    for line, stroke, height in zip(chart.lines, STROKES, apart(wanted), strict=False):
        name = _write(
            figure,
            RIGHT_NAMED + 0.015,
            BOTTOM + height * TALL,
            line.name,
            size=LABEL_PT,
            weight="bold",
            color=stroke.colour,
            va="center",
        )
        _fit(name, (1 - RIGHT_NAMED - 0.025) * WIDTH)


def apart(heights: Sequence[float]) -> list[float]:
    """The same heights, from the lowest up, each a row above the one before at least; of equals the first is on top."""
    moved = dict.fromkeys(range(len(heights)), 0.0)
    below = -ROW
    for at in sorted(moved, key=lambda at: (heights[at], -at)):
        below = moved[at] = max(heights[at], below + ROW)
    return list(moved.values())


def in_blocks(chart: Chart) -> str:
    """The curves in lines of text, all on one scale, a dot for a day without any; the last line is the period."""
    top = _top(chart)
    curves = ["".join(_block(count, top) for count in line.counts) for line in chart.lines]
    names = [f"  {line.name}" if len(chart.lines) > 1 else "" for line in chart.lines]
    return "\n".join([*(curve + name for curve, name in zip(curves, names, strict=True)), chart.period])


def _top(chart: Chart) -> int:
    return max(1, *(max(line.counts) for line in chart.lines))


def _number(number: int, chart: Chart) -> str:
    return format_decimal(number, locale=chart.language)


def _block(count: int, top: int) -> str:
    return BLOCKS[-(-count * len(BLOCKS) // top) - 1] if count else "·"
