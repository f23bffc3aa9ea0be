"""How closely what is shown meets a query: all of its words side by side is 1, none of them 0."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.closeness import closeness
from storage.errors import QueryError
from storage.models import Excerpt
from storage.query import parse
from tests.storage.builders import document
from tests.storage.strategies import WORDS

SOME = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("query", "title", "text", "shown", "close"),
    [
        ("саммит", "Саммит", "", "", 1.0),
        ("саммит", "Форум", "Прошёл саммит.", "Прошёл саммит.", 1.0),
        ("саммит", "Форум", "Открылся форум. Прошёл саммит.", "Открылся форум.", 0.0),
        ('"средний коридор"', "Средний коридор растёт", "", "", 1.0),
        ("средний коридор", "Коридор средний", "", "", 1.0),
        ("средний коридор", "Коридор, говорят послы, средний", "", "", 0.75),
        ("средний коридор", "Коридор", "Он средний.", "", 0.5),
        ("саммит OR форум", "Форум", "", "", 1.0),
        ("саммит -форум", "Саммит", "", "", 1.0),
        ("source:report.az", "Саммит", "", "", 1.0),
    ],
    ids=[
        "in the headline",
        "in the sentence shown",
        "not shown",
        "a phrase",
        "side by side",
        "two words apart",
        "half of them shown",
        "one of two",
        "one excluded",
        "no words",
    ],
)
def test_closeness(query: str, title: str, text: str, shown: str, close: float) -> None:
    assert closeness(parse(query), document(title, text), Excerpt(shown)) == pytest.approx(close)


def test_the_nearest_places_count() -> None:
    text = "Средний рост, говорят послы и министры. Открыт коридор: средний коридор растёт."
    assert closeness(parse("средний коридор"), document("", text), Excerpt(text)) == 1.0


@given(query=SOME, title=SOME, text=SOME, shown=st.integers(0, 200))
def test_it_lies_between_nothing_and_one(query: str, title: str, text: str, shown: int) -> None:
    with suppress(QueryError):  # of function words alone
        asked = parse(f"({query}) OR {query.split()[0]}")
        assert 0 <= closeness(asked, document(title, text), Excerpt(text[:shown])) <= 1
