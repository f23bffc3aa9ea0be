"""Lists of subscriptions as files: what is written is read as it was, and what others write is no danger."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from bot.sources import clean
from bot.sources.drafts import FeedError
from bot.sources.query_lists import MOST, Entry, read, write
from storage.models import Subscription
from tests.bot.newsroom import NOON

subscriptions = st.lists(
    st.builds(
        Subscription,
        **dict.fromkeys(("id", "chat_id", "query_id"), st.just(1)),
        canonical=st.just(""),
        created_at=st.just(NOON),
        text=st.text(min_size=1).map(clean.line).filter(bool),
        instant=st.booleans(),
        paused=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.text,
)


@given(subscriptions)
def test_what_is_written_is_read_as_it_was(followed: list[Subscription]) -> None:
    written = write(followed)
    assert read(written.encode(), is_markup=True).entries == tuple(
        Entry(one.text, one.instant, one.paused) for one in followed
    )
    outlines = ElementTree.fromstring(written).iter("outline")
    assert [one.get("text") for one in outlines] == [one.text for one in followed]


@given(st.binary(max_size=300), st.booleans())
def test_whatever_is_read_is_a_list_or_none(data: bytes, is_markup: bool) -> None:
    try:
        listed = read(data, is_markup=is_markup)
    except FeedError:
        return
    assert all(entry.text == clean.line(entry.text) for entry in listed.entries)


def test_names_of_folders_are_no_queries() -> None:
    inner = '<outline text="саммит"/><outline text="порт"></outline>'
    document = (
        f'<opml version="2.0"><body><outline text="Экономика">{inner}</outline><outline text="баку"/></body></opml>'
    )
    assert [entry.text for entry in read(document.encode()).entries] == ["саммит", "порт", "баку"]


def test_list_of_feeds_is_told_as_such() -> None:
    assert read(b'<opml><body><outline text="a" xmlUrl="https://a.az"/></body></opml>').has_feeds


def test_lines_are_read_in_every_common_encoding() -> None:
    lines = "казахстан и соседи\r\nсовет мира\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1251"):
        assert [entry.text for entry in read(lines.encode(encoding)).entries] == ["казахстан и соседи", "совет мира"]


def test_what_is_too_much_is_counted() -> None:
    listed = read("\n".join(map(str, range(MOST + 3))).encode())
    assert (len(listed.entries), listed.more) == (MOST, 3)
