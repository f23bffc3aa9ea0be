"""A link carries a query, or a token, within what Telegram takes; what no link of ours carries is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import links

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=70)


@given(TEXTS)
def test_what_a_link_carries_is_the_query_again(query: str) -> None:
    carried = links.payload(query)
    if carried is None:
        assert len(query.encode()) > 46
        return
    assert len(carried) <= links.LONGEST
    assert links.query_of(carried) == query
    assert links.token_of(carried) is None


@given(st.text(max_size=70))
def test_no_payload_of_anybodys_raises(carried: str) -> None:
    for one in (carried, links.PREFIX + carried):
        query = links.query_of(one)
        assert query is None or links.payload(query) == one


@pytest.mark.parametrize(
    "carried", ["s_", "s_!", "s_" + "A" * 63, "s_wyg", "s_AAAA", "s_0YE=", "x_0YE", "s_IA", "s__x"]
)
def test_forged_payload_is_no_query(carried: str) -> None:
    assert links.query_of(carried) is None


def test_token_is_told_from_a_query() -> None:
    assert links.token_of(links.of_token("Ab-_9")) == "Ab-_9"
    assert links.token_of("s__") is None
    assert links.token_of("s__ñ") is None
