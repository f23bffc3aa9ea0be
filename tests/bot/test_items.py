"""Of the articles that tell a story anew, the face is looked at, or a few."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.items import COMPARED, told_by_several, worth_a_look
from storage.planning import Fresh


def fresh(*articles: int, story: int = 1, subscription: int = 1, is_update: bool = False) -> list[Fresh]:
    return [Fresh(subscription, subscription, article, story, is_update) for article in articles]


@pytest.mark.parametrize(
    ("caught", "faces", "looked_at"),
    [
        (fresh(1), {1: 9}, [1]),
        (fresh(1, 2, 3), {1: 2}, [2]),
        (fresh(4, 3, 2, 1), {1: 9}, [2, 3, 4]),
        (fresh(4, 3, 2, 1), {}, [2, 3, 4]),
        (fresh(2, 4, 3, is_update=True), {1: 3}, [4]),
        ([*fresh(1, 2), *fresh(3, story=2)], {1: 1, 2: 9}, [3, 1]),
        ([*fresh(1, 2), *fresh(2, subscription=2)], {1: 1}, [1, 2]),
    ],
    ids=[
        "a single one",
        "the face among several",
        "the last ones without the face",
        "the last ones where none was chosen",
        "the last of an update",
        "other stories beside",
        "each subscription by itself",
    ],
)
def test_what_is_looked_at(caught: Sequence[Fresh], faces: dict[int, int], looked_at: list[int]) -> None:
    found = worth_a_look(caught, told_by_several(caught), faces)
    assert [one.article_id for one in found] == looked_at


@given(
    st.lists(
        st.builds(Fresh, st.integers(1, 3), st.just(1), st.integers(1, 30), st.integers(1, 4)),
        unique_by=lambda one: (one.subscription_id, one.article_id),
    ),
    st.dictionaries(st.integers(1, 4), st.integers(1, 30)),
)
def test_every_story_that_a_subscription_caught_is_looked_at_and_few_articles_of_each(
    caught: list[Fresh], faces: dict[int, int]
) -> None:
    found = worth_a_look(caught, told_by_several(caught), faces)
    pairs = [(one.subscription_id, one.story_id) for one in found]
    assert {*found} <= {*caught}
    assert {*pairs} == {(one.subscription_id, one.story_id) for one in caught}
    assert all(pairs.count(pair) <= COMPARED for pair in pairs)
