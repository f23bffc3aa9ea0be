"""How a replayed week is chosen, and how what was sent is read back."""

from datetime import UTC, date, datetime, timedelta

from storage.models import Draft
from tests.benchmarks.digest_readers import Profile
from tests.benchmarks.digest_replay import Account, Row
from tests.benchmarks.digest_week import busiest, of_week

FIRST = date(2024, 11, 27)
AT = datetime(2024, 11, 28, 6, tzinfo=UTC)
DIGEST = """<b>Digest</b> · 2 new stories

📌 <code>port</code>

1. <b>The port is open again</b>
<i>a.az · 1 hour ago</i>
It was closed for a week.
also: <code>storm</code>

2. <b>Update:</b> <b>A second storm is near</b>
<i>b.az · 2 hours ago</i>"""


def published(*days: int) -> list[Draft]:
    noon = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(hours=12)
    return [Draft(title=f"{day}", published_at=noon + timedelta(days=day)) for day in days]


def row(story: int, *, shown: bool = True) -> Row:
    return Row(chat_id=1, story_id=story, shown=shown, text="The port is open again. It was closed for a week.")


def taken(*rows: Row, html: str = DIGEST) -> Account:
    account = Account(Profile("reader", ("port",)), chat_id=1)
    account.take(AT, [html], rows)
    return account


def test_the_busiest_week_is_that_with_the_most_articles() -> None:
    drafts = [*published(-30, -30, 0, 3, 6), Draft(title="without a date")]
    assert busiest(drafts) == FIRST
    assert [draft.title for draft in of_week([*drafts[::-1], *published(7)], FIRST)] == ["0", "3", "6"]


def test_items_are_read_back_in_the_order_in_which_they_were_told() -> None:
    account = taken(row(7), row(8))
    assert account.faults == []
    assert [(one.story_id, one.is_marked, one.is_whole) for one in account.tellings] == [
        (7, False, True),
        (8, True, None),
    ]


def test_what_was_told_before_is_an_update_and_what_is_left_is_not_in_the_messages() -> None:
    account = taken(row(7), row(8), row(9, shown=False))
    account.take(AT + timedelta(days=1), [DIGEST], [row(8), row(6)])
    assert [(one.story_id, one.is_update, one.shown) for one in account.tellings] == [
        (7, False, True),
        (8, False, True),
        (9, False, False),
        (8, True, True),
        (6, False, True),
    ]
    assert account.faults == []


def test_an_item_too_few_and_a_message_too_long_are_faults() -> None:
    account = taken(row(7), row(8), row(9))
    assert account.faults == ["2024-11-28T0600: 3 stories told in 2 items"]
    assert "message is too long" in taken(row(7), html="1. " + "a" * 5000).faults[0]


def test_what_is_no_sentence_of_the_article_is_not_whole() -> None:
    [told] = taken(row(7), html="1. <b>Title</b>\n<i>a.az</i>\nclosed for a week.").tellings
    assert told.is_whole is False


def test_an_alert_has_no_number() -> None:
    [told] = taken(row(7), html="📌 <code>port</code>\n\n<b>Title</b>\n<i>a.az</i>\nIt was closed for a week.").tellings
    assert told.is_whole is True
