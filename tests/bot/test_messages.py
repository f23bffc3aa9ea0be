import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import messages as bot_messages
from bot.messages import (
    ENTITY_LIMIT,
    TEXT_LIMIT,
    Block,
    Packed,
    bold,
    clip,
    entity_count,
    escape,
    italic,
    link,
    plain,
    sendable_url,
    utf16_length,
    visible_length,
)
from tests.telegram_html import link_fault, parse_html

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇰🇿"
WAVE = "👋🏽"
ACCENTED = "е\u0301"
PIECES = (
    *("слово", "two words", "<b>", "</b>", "&nbsp;", "&amp;", "<", ">", "&", '"', "'", "\n", "  ", "\t", "\u00a0"),
    *("\0", "\x1b", "\u2028", "\u202e", "\u200b", "\ud83d", "\ude00", "\ufffe", "😀", FAMILY, FLAG, WAVE, ACCENTED),
    *("שלום", "مرحبا بالعالم", "a" * 90, "Ж" * 300, "😀" * 50, "\u0301" * 40, "https://example.com/?a=1&b=2"),
)
texts = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=20), max_size=12).map("".join)
urls = st.sampled_from(
    ['https://example.com/a?b=c&d="e"', "http://example.com/с пробелом", "http://localhost/", "javascript:alert(1)", ""]
)
fragments = st.one_of(
    st.builds(escape, texts), st.builds(bold, texts), st.builds(italic, texts), st.builds(link, texts, urls)
)
blocks = st.lists(fragments, min_size=1, max_size=8).map("".join)


def squeezed(text: str) -> str:
    """Without what may change at a cut: white space, and what shows nothing."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})


def split(blocks: Sequence[Block | str], **options: Any) -> list[str]:
    """The HTML of the messages alone."""
    return [packed.html for packed in bot_messages.split(blocks, **options)]


def assert_sendable(message: str, *, limit: int = TEXT_LIMIT, entities: int = ENTITY_LIMIT) -> None:
    parsed = parse_html(message)
    assert parsed.remarks == ()
    assert squeezed(parsed.text)
    assert utf16_length(parsed.text) <= limit
    assert len(parsed.entities) <= entities
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", parsed.text)


class TestMaking:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ('a < b & c > "d"', "a &lt; b &amp; c &gt; &quot;d&quot;"),
            ("<b>&nbsp;</b>", "&lt;b&gt;&amp;nbsp;&lt;/b&gt;"),
            ("line\nline\tcell", "line\nline\tcell"),
            ("\r\nКа\0зах\x1bстан\x9f", "\nКазахстан"),
            ("page\fpage\u2028line", "page page line"),
            ("evil\u202egnp.exe", "evilgnp.exe"),
            ("half \ud83d pair", "half \ufffd pair"),
            ("\ude00", "\ufffd"),
            ("\ud83d\ude00", "😀"),
        ],
    )
    def test_escaped_text_is_what_telegram_takes(self, text: str, html: str) -> None:
        assert escape(text) == html

    def test_bold_italic_and_link_take_plain_text(self) -> None:
        assert bold("a<b") == "<b>a&lt;b</b>"
        assert italic("a&b") == "<i>a&amp;b</i>"
        assert link('"x"', "https://example.com/?a=1&b=2") == (
            '<a href="https://example.com/?a=1&amp;b=2">&quot;x&quot;</a>'
        )

    @pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "\0"])
    def test_nothing_to_see_is_not_marked_up(self, text: str) -> None:
        assert bold(text) == italic(text) == link(text, "https://example.com") == escape(text)

    @pytest.mark.parametrize(
        ("url", "sent"),
        [
            ("https://example.com", "https://example.com"),
            ("HTTP://Example.com:8080/a#b", "HTTP://Example.com:8080/a#b"),
            ("https://президент.рф/", "https://президент.рф/"),
            (" https://example.com/a b\n", "https://example.com/a%20b"),
            ("https://user:word@a.b.c.1/", "https://user:word@a.b.c.1/"),
            ("https://example.com/\0x", "https://example.com/x"),
            ("", None),
            ("example.com", None),
            ("ftp://example.com", None),
            ("javascript:alert(1)", None),
            ("tg://user?id=1", None),
            ("http://localhost/", None),
            ("http://localhost./", None),
            ("http://[::1]/", None),
            ("http://[broken", None),
            ("http://exa mple.com/", None),
            ("http://example.com:0/", None),
            ("http://example.com:65536/", None),
            ("http://example.com:/", None),
            ("http://", None),
        ],
    )
    def test_links_are_made_where_telegram_keeps_them(self, url: str, sent: str | None) -> None:
        assert sendable_url(url) == sent
        assert link("text", url) == (f'<a href="{escape(sent)}">text</a>' if sent else "text")

    @given(texts | st.from_regex(r"https?://[\w.:@/?#\[\]%\"'<> -]+", fullmatch=True))
    def test_no_address_that_telegram_refuses_is_sent(self, url: str) -> None:
        sent = sendable_url(url)
        assert sent is None or link_fault(sent) is None
        assert parse_html(link("text", url)).remarks == ()

    @given(blocks)
    def test_fragments_are_valid_whatever_the_texts(self, html: str) -> None:
        parsed = parse_html(html)
        assert parsed.remarks == ()
        assert plain(html) == parsed.text
        assert visible_length(html) == utf16_length(parsed.text)
        assert entity_count(html) == len(parsed.entities)


class TestMeasuring:
    @pytest.mark.parametrize(("text", "units"), [("", 0), ("abc", 3), ("Ж", 1), ("😀", 2), (FLAG, 4), ("\ud83d", 1)])
    def test_length_is_in_utf16_units(self, text: str, units: int) -> None:
        assert utf16_length(text) == units

    def test_tags_and_entities_do_not_count_as_text(self) -> None:
        html = bold("<😀>") + " & ".replace("&", "&amp;") + link("x", "https://example.com/long")
        assert plain(html) == "<😀> & x"
        assert visible_length(html) == 8
        assert entity_count(html) == 2

    def test_nested_tags_are_entities_each_and_empty_ones_none(self) -> None:
        assert entity_count("<b>a<i>b</i></b><b></b>") == 2

    def test_plain_text_can_name_the_addresses(self) -> None:
        html = f"{link('Саммит', 'https://example.com/a')}, {link('https://b.example.com', 'https://b.example.com')}"
        assert plain(html) == "Саммит, https://b.example.com"
        assert plain(html, urls=True) == "Саммит (https://example.com/a), https://b.example.com"


class TestClip:
    @pytest.mark.parametrize(
        ("text", "limit", "clipped"),
        [
            ("short", 5, "short"),
            ("", 0, ""),
            ("anything", 0, ""),
            ("anything", -1, ""),
            ("anything", 1, "…"),
            ("one two three", 9, "one two…"),
            ("one two three", 8, "one two…"),
            ("one, two", 6, "one…"),
            ("The end. And more", 10, "The end…"),
            ("unbreakable", 6, "unbre…"),
            ("a unbreakable", 9, "a unbrea…"),
            ("цена 5\u00a0000 тенге", 9, "цена…"),
            ("😀😀😀", 4, "😀…"),
            ("😀😀😀", 2, "…"),
            (f"ab{FAMILY}", 8, "ab…"),
            (f"ab{WAVE}!", 5, "ab…"),
            (f"{FLAG}{FLAG}{FLAG}", 11, f"{FLAG}{FLAG}…"),
            (ACCENTED * 3, 4, f"{ACCENTED}…"),
            ("\ud83d\ude00\ud83d", 3, "😀\ufffd"),
        ],
    )
    def test_text_is_clipped_between_words(self, text: str, limit: int, clipped: str) -> None:
        assert clip(text, limit) == clipped

    def test_a_cluster_without_end_is_clipped_all_the_same(self) -> None:
        assert clip("a" + "\u0301" * 100, 60) == "a" + "\u0301" * 58 + "…"

    @given(texts, st.integers(0, 200))
    def test_clipped_text_is_a_beginning_within_the_limit(self, text: str, limit: int) -> None:
        clipped = clip(text, limit)
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert utf16_length(clipped) <= limit
        assert clipped == whole or whole.startswith(clipped.removesuffix("…"))
        assert (clipped == whole) == (utf16_length(whole) <= limit)


class TestSplit:
    def test_blocks_that_fit_are_one_message(self) -> None:
        assert split([Block(bold("Темы"), with_next=True), "one", "two"]) == ["<b>Темы</b>\n\none\n\ntwo"]

    @pytest.mark.parametrize("nothing", [[], [""], [" \n"], ["\u200b"], ["<b> </b>"], [Block("", with_next=True)]])
    def test_nothing_to_see_is_no_message(self, nothing: list[Block | str]) -> None:
        assert split(nothing) == []

    def test_blank_blocks_leave_no_gap(self) -> None:
        assert split(["one", "", "\u200b", "two"]) == ["one\n\ntwo"]

    def test_messages_are_cut_between_blocks(self) -> None:
        assert split(["a" * 6, "b" * 6, "c" * 6], limit=14, separator="\n\n") == ["aaaaaa\n\nbbbbbb", "cccccc"]
        assert split(["a" * 6, "b" * 6, "c" * 6], limit=13) == ["aaaaaa", "bbbbbb", "cccccc"]

    def test_the_limit_is_in_utf16_units_of_visible_text(self) -> None:
        assert len(split([bold("😀" * 2048)])) == 1
        assert len(split([bold("😀" * 2048) + "!"])) == 2

    def test_a_separator_is_text(self) -> None:
        assert split(["a", "b"], separator=" & ") == ["a &amp; b"]

    def test_entities_are_limited_too(self) -> None:
        block = "".join(bold(letter) + " " for letter in "abc")
        assert split([block, block, block], entities=6) == [f"{block}\n\n{block}", block]

    def test_a_block_of_too_many_entities_is_cut_before_the_first_beyond(self) -> None:
        block = "".join(bold(letter) + " " for letter in "abcdefg")
        assert split([block], entities=3) == [
            "<b>a</b> <b>b</b> <b>c</b>",
            "<b>d</b> <b>e</b> <b>f</b>",
            "<b>g</b>",
        ]

    def test_a_block_that_is_too_long_is_cut_between_words_and_keeps_its_tags(self) -> None:
        assert split([link("one two three", "https://example.com/") + " four"], limit=10) == [
            '<a href="https://example.com/">one two</a>',
            '<a href="https://example.com/">three</a> four',
        ]

    def test_nested_tags_are_closed_and_opened_again(self) -> None:
        assert split(["<b>one <i>two three</i> four</b>"], limit=8) == [
            "<b>one <i>two</i></b>",
            "<b><i>three</i></b>",
            "<b>four</b>",
        ]

    def test_a_word_that_is_too_long_is_cut_between_what_readers_see(self) -> None:
        assert split([FAMILY * 3], limit=27) == [FAMILY * 2, FAMILY]

    def test_tags_deeper_than_the_limit_are_left_out(self) -> None:
        assert split(["<b><i><u>one two</u></i></b>"], entities=2) == ["<b><i>one two</i></b>"]

    def test_a_long_block_begins_a_message_and_its_end_is_followed_by_the_next(self) -> None:
        assert split(["a", "one two three", "b"], limit=8) == ["a", "one two", "three\n\nb"]

    def test_other_blocks_stay_whole_beside_a_long_one(self) -> None:
        whole = ["one two", "five six"]
        messages = split([whole[0], "three " * 5, whole[1]], limit=12)
        assert messages[0] == whole[0]
        assert messages[-1] == whole[1]

    def test_a_header_goes_where_its_first_block_goes(self) -> None:
        assert split(["aaaa", Block("H", with_next=True), "bbbb"], limit=10) == ["aaaa", "H\n\nbbbb"]

    def test_headers_of_headers_stay_together(self) -> None:
        digest: list[Block | str] = [
            Block("T", with_next=True),
            Block("H", with_next=True),
            "aaaa",
            Block("H", with_next=True),
            "bbbb",
        ]
        assert split(digest, limit=10) == ["T\n\nH\n\naaaa", "H\n\nbbbb"]

    def test_a_header_goes_over_a_blank_block_to_what_follows(self) -> None:
        assert split(["aaaa", Block("H", with_next=True), Block("", with_next=True), "bbbb"], limit=10) == [
            "aaaa",
            "H\n\nbbbb",
        ]

    def test_a_header_stays_with_the_beginning_of_a_long_block(self) -> None:
        assert split(["aaaa", Block("H", with_next=True), "one two three"], limit=10) == [
            "aaaa",
            "H\n\none two",
            "three",
        ]

    def test_a_story_is_not_cut_for_its_header(self) -> None:
        digest: list[Block | str] = [Block("T", with_next=True), Block("H", with_next=True), "1 2 3 4 5"]
        assert split(digest, limit=10) == ["T\n\nH", "1 2 3 4 5"]

    def test_a_part_that_shows_nothing_is_left_out(self) -> None:
        assert split(["one" + "\u200b" * 20 + " two"], limit=8) == ["one" + "\u200b" * 5, "two"]

    def test_a_limit_below_one_character_still_comes_to_an_end(self) -> None:
        assert split(["😀a"], limit=1) == ["😀", "a"]

    def test_a_last_header_is_not_lost(self) -> None:
        assert split(["aaaa", Block("H", with_next=True)]) == ["aaaa\n\nH"]

    @given(
        st.lists(st.builds(Block, blocks, st.booleans(), st.none() | st.integers(0, 9)), max_size=8),
        st.sampled_from([(16, 2), (50, 3), (300, 100), (TEXT_LIMIT, ENTITY_LIMIT)]),
        st.sampled_from(["\n\n", "\n", " "]),
    )
    def test_messages_rejoin_within_the_limits(
        self, some: list[Block], limits: tuple[int, int], separator: str
    ) -> None:
        limit, entities = limits
        packed = bot_messages.split(some, limit=limit, entities=entities, separator=separator)
        messages = [one.html for one in packed]
        for message in messages:
            assert_sendable(message, limit=limit, entities=entities)
        assert squeezed("".join(map(plain, messages))) == squeezed("".join(plain(block.html) for block in some))
        shown = [block.key for block in some if block.key is not None and squeezed(plain(block.html))]
        assert [key for one in packed for key in one.keys] == shown

    def test_each_message_knows_which_blocks_begin_in_it(self) -> None:
        some = [Block("H", with_next=True), *(Block(letter * 6, key=key) for key, letter in enumerate("abc", 1))]
        assert bot_messages.split(some, limit=17) == [
            Packed("H\n\naaaaaa\n\nbbbbbb", (1, 2)),
            Packed("cccccc", (3,)),
        ]
        assert bot_messages.split([Block("one two three", key=7), Block("b", key=8)], limit=8) == [
            Packed("one two", (7,)),
            Packed("three\n\nb", (8,)),
        ]

    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=30))
    def test_whole_blocks_fill_messages_and_no_header_ends_one(self, shape: list[tuple[bool, int]]) -> None:
        some = [
            Block(bold(f"{number}." + "ж" * (4 if header else size)), with_next=header)
            for number, (header, size) in enumerate([*shape, (False, 1)])
            # One header at most before a block: it always finds room there.
            if not (header and number and [*shape, (False, 1)][number - 1][0])
        ]
        separator = "\n--\n"
        messages = split(some, limit=60, entities=4, separator=separator)
        kept = [message.split(separator) for message in messages]

        assert [html for message in kept for html in message] == [block.html for block in some]
        headers = {block.html for block in some if block.with_next}
        assert not any(message[-1] in headers for message in kept)
        for message, following in pairwise(kept):
            moved = following[: 2 if following[0] in headers else 1]
            fuller = separator.join([*message, *moved])
            assert visible_length(fuller) > 60 or entity_count(fuller) > 4
