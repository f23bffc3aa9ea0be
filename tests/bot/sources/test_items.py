"""What comes back is not new, whatever the store has forgotten."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sources import items
from bot.sources.items import REMEMBERED, fresh, remember
from storage.models import Draft

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)

drafts = st.lists(
    st.builds(
        Draft,
        title=st.sampled_from(["Саммит", "Матч"]),
        text=st.sampled_from(["", "в Баку"]),
        url=st.sampled_from([None, "https://a.az/1", "https://a.az/2"]),
        guid=st.sampled_from([None, "1", "2"]),
    ),
    max_size=6,
)


def identity(draft: Draft) -> str:
    return draft.guid or draft.url or f"{draft.title}\n{draft.text}"


def numbered(first: int, last: int) -> list[Draft]:
    return [Draft(title=f"Новость {number}", guid=str(number)) for number in range(first, last)]


@given(drafts, drafts)
def test_nothing_that_was_read_is_fresh_and_all_that_was_not_is(earlier: list[Draft], now: list[Draft]) -> None:
    remembered = remember(b"", earlier)
    assert not {identity(one) for one in fresh(remembered, earlier[-1:], kept_since=None)}
    known = {identity(one) for one in earlier}
    told = fresh(remembered, now, kept_since=None)
    assert [one for one in now if identity(one) not in known] == [one for one in told if identity(one) not in known]
    assert items.unseen(remembered, now) == [one for one in now if identity(one) not in known]


@given(drafts, drafts)
def test_order_makes_no_difference(earlier: list[Draft], now: list[Draft]) -> None:
    remembered = remember(b"", earlier)
    backwards = fresh(remembered, now[::-1], kept_since=None)
    assert backwards[::-1] == fresh(remembered, now, kept_since=None)


def test_an_item_that_disappears_and_returns_is_not_new() -> None:
    remembered = remember(remember(b"", numbered(0, 5)), numbered(3, 8))
    assert fresh(remembered, numbered(0, 9), kept_since=None) == numbered(8, 9)


def test_an_edit_is_fresh_and_no_new_article() -> None:
    remembered = remember(b"", [Draft(title="Саммит", text="в Баку", guid="1")])
    edited = Draft(title="Саммит", text="в Астане", guid="1")
    assert fresh(remembered, [edited], kept_since=None) == [edited]
    assert items.unseen(remembered, [edited]) == []
    assert fresh(remember(remembered, [edited]), [edited], kept_since=None) == []


def test_an_edit_of_what_the_store_has_forgotten_is_not_fresh() -> None:
    old = Draft(title="Саммит", guid="1", published_at=NOW - timedelta(days=91))
    edited = Draft(title="Саммит завершён", guid="1", published_at=old.published_at)
    remembered = remember(b"", [old])
    assert fresh(remembered, [edited], kept_since=NOW - timedelta(days=90)) == []
    assert fresh(remembered, [edited], kept_since=NOW - timedelta(days=92)) == [edited]
    assert fresh(b"", [old], kept_since=NOW - timedelta(days=90)) == [old]


def test_what_is_listed_now_is_remembered_before_what_was_listed_earlier() -> None:
    remembered = remember(b"", numbered(0, REMEMBERED))
    later = remember(remembered, numbered(REMEMBERED, REMEMBERED + 5))
    assert len(later) == len(remembered)
    assert fresh(later, numbered(REMEMBERED, REMEMBERED + 5), kept_since=None) == []
    assert len(fresh(later, numbered(0, REMEMBERED), kept_since=None)) == 5
