"""Telegram's HTML read back for a terminal, in agreement with the strict reader of the tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import Marked, MarkupError, Span, entities, plain, read
from bot.messages import bold, escape, italic, link
from tests.telegram_html import parse_html

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def test_tags_become_spans_the_longer_first() -> None:
    assert read('<a href="https://a.kz/?b=1&amp;c=2">в <b>Баку</b></a> &lt;3') == Marked(
        "в Баку <3", (Span(0, 6, "text_link", "https://a.kz/?b=1&c=2"), Span(2, 6, "bold"))
    )


def test_tags_with_nothing_inside_are_no_spans() -> None:
    assert read("а<b></b>") == Marked("а")


@pytest.mark.parametrize("html", ["<p>а</p>", "<b>а", "а</b>", "<b><i>а</b></i>", "<script>а</script>"])
def test_what_telegram_cannot_parse_is_refused(html: str) -> None:
    with pytest.raises(MarkupError):
        read(html)


def test_plain_text_has_addresses_behind_links_and_no_marks() -> None:
    marked = read('<b>Ново</b> <a href="https://a.kz">раз</a> и <a href="https://b.kz">два</a>.')
    assert plain(marked) == "Ново раз <https://a.kz> и два <https://b.kz>."


@given(st.lists(st.tuples(st.sampled_from([escape, bold, italic, lambda text: link(text, "https://a.kz/1")]), texts)))
def test_entities_are_those_that_telegram_would_find(pieces: list[tuple[object, str]]) -> None:
    html = "".join(make(text) for make, text in pieces)  # type: ignore[operator]
    marked, expected = read(html), parse_html(html)
    assert marked.text == expected.text
    found = [(entity.type, entity.offset, entity.length, entity.url) for entity in entities(marked)]
    assert found == [(entity.type, entity.offset, entity.length, entity.url) for entity in expected.entities]
