"""What makes a story important: each signal for itself, and how they stand to one another."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ranking import Part, Signals, parts, score

PLAIN = Signals(sources=1, age=timedelta(days=1), in_title=False, closeness=0.0, is_face=False)
SIGNALS = st.builds(
    Signals,
    sources=st.integers(1, 1000),
    age=st.timedeltas(),
    in_title=st.booleans(),
    closeness=st.floats(0, 1),
    is_face=st.booleans(),
    leaning=st.floats(-1, 1),
)


@pytest.mark.parametrize(
    ("better", "part", "points"),
    [
        ({"sources": 8}, Part.SOURCES, 1.5),
        ({"age": timedelta(hours=12)}, Part.FRESHNESS, 0.5),
        ({"in_title": True}, Part.HEADLINE, 1.0),
        ({"closeness": 0.5}, Part.CLOSENESS, 0.25),
        ({"is_face": True}, Part.FACE, 0.25),
        ({"leaning": 0.5}, Part.LEANING, 0.25),
    ],
)
def test_each_signal_raises_its_own_part_alone(better: dict[str, object], part: Part, points: float) -> None:
    before, after = (dict(parts(one)) for one in (PLAIN, replace(PLAIN, **better)))  # type: ignore[arg-type]
    assert {one for one in before if before[one] != after[one]} == {part}
    assert after[part] == pytest.approx(points)
    assert score(replace(PLAIN, **better)) > score(PLAIN)  # type: ignore[arg-type]


def test_what_a_chat_waves_away_is_worth_less_and_not_nothing() -> None:
    assert 0 < score(replace(PLAIN, in_title=True, leaning=-1.0)) < score(replace(PLAIN, in_title=True))


def test_what_is_dated_ahead_is_of_this_moment() -> None:
    assert score(replace(PLAIN, age=timedelta(days=-3))) == score(replace(PLAIN, age=timedelta()))


@given(SIGNALS)
def test_the_score_is_the_sum_of_its_parts(signals: Signals) -> None:
    assert [one.part for one in parts(signals)] == list(Part)
    assert score(signals) == pytest.approx(sum(one.points for one in parts(signals)))


@given(SIGNALS, st.integers(0, 1000), st.timedeltas(timedelta(), timedelta(days=9)), st.floats(0, 1))
def test_more_of_a_signal_never_makes_a_story_less_important(
    signals: Signals, sources: int, younger: timedelta, more: float
) -> None:
    assert score(replace(signals, sources=signals.sources + sources)) >= score(signals)
    if signals.age > timedelta.min + younger:
        assert score(replace(signals, age=signals.age - younger)) >= score(signals)
    assert score(replace(signals, leaning=min(1.0, signals.leaning + more))) >= score(signals)
