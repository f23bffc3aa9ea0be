import html
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram_html import Entity, EntityError, Parsed, link_fault, parse_html, trimmed, utf16_length


def entity(type: str, offset: int, length: int, **fields: str) -> Entity:
    return Entity(type=type, offset=offset, length=length, **fields)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        pytest.param("просто", "просто", (), id="plain"),
        pytest.param("<b>а</b><strong>б</strong>", "аб", (entity("bold", 0, 1), entity("bold", 1, 1)), id="bold"),
        pytest.param("<i>а</i><em>б</em>", "аб", (entity("italic", 0, 1), entity("italic", 1, 1)), id="italic"),
        pytest.param("<u>а</u>", "а", (entity("underline", 0, 1),), id="u"),
        pytest.param("<ins>а</ins>", "а", (entity("underline", 0, 1),), id="ins"),
        pytest.param("<s>а</s>", "а", (entity("strikethrough", 0, 1),), id="s"),
        pytest.param("<del>а</del>", "а", (entity("strikethrough", 0, 1),), id="del"),
        pytest.param("<strike>а</strike>", "а", (entity("strikethrough", 0, 1),), id="strike"),
        pytest.param('<span class="tg-spoiler">а</span>', "а", (entity("spoiler", 0, 1),), id="span"),
        pytest.param("<tg-spoiler>а</tg-spoiler>", "а", (entity("spoiler", 0, 1),), id="spoiler"),
        pytest.param("<code>а</code>", "а", (entity("code", 0, 1),), id="code"),
        pytest.param("<pre>а</pre>", "а", (entity("pre", 0, 1),), id="pre"),
        pytest.param(
            '<pre><code class="language-sql">а</code></pre>', "а", (entity("pre", 0, 1, language="sql"),), id="language"
        ),
        pytest.param("<blockquote>а</blockquote>", "а", (entity("blockquote", 0, 1),), id="quote"),
        pytest.param(
            "<blockquote expandable>а</blockquote>", "а", (entity("expandable_blockquote", 0, 1),), id="expandable"
        ),
        pytest.param(
            '<tg-emoji emoji-id="53">👍</tg-emoji>',
            "👍",
            (entity("custom_emoji", 0, 2, custom_emoji_id="53"),),
            id="emoji",
        ),
        pytest.param(
            '<a href="https://a.kz/?x=1&amp;y=2">а</a>',
            "а",
            (entity("text_link", 0, 1, url="https://a.kz/?x=1&y=2"),),
            id="link",
        ),
        pytest.param("<A HREF='http://a.kz'>а</A >", "а", (entity("text_link", 0, 1, url="http://a.kz"),), id="case"),
        pytest.param("<a>a.kz</a>", "a.kz", (entity("text_link", 0, 4, url="a.kz"),), id="link without href"),
        pytest.param("&lt;&gt;&amp;&quot;&#1072;&#x431;", '<>&"аб', (), id="references"),
        pytest.param("𝒜<b>б</b>", "𝒜б", (entity("bold", 2, 1),), id="UTF-16 offsets"),
        pytest.param("<b>а<i>б</i></b>", "аб", (entity("bold", 0, 2), entity("italic", 1, 1)), id="nested"),
        pytest.param("<b></b>а", "а", (), id="empty tag"),
    ],
)
def test_allowed_tags_become_entities(source: str, text: str, entities: tuple[Entity, ...]) -> None:
    assert parse_html(source) == Parsed(text, entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<p>а</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("а<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>а", 'Can\'t find end tag corresponding to start tag "b"'),
        ("а</b>", "Unexpected end tag at byte offset 2"),
        ("<b>а</b", "Unclosed end tag at byte offset 5"),
        ("<b><i>а</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
        ("<span>а</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<span class="big">а</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href>а</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        (
            '<a href="a.kz>а</a>',
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ('<a "', 'Unclosed start tag "a" at byte offset 0'),
        ('<tg-emoji emoji-id="x">а</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("а&nbsp;б", 'Unsupported HTML entity "&nbsp;" at byte offset 2'),
        ("&laquo;а&raquo;", 'Unsupported HTML entity "&laquo;" at byte offset 0'),
        ('<a href="http://a.kz/?x=1&copy;=2">а</a>', 'Unsupported HTML entity "&copy;" at byte offset 25'),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
        ("&#0;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_broken_html_is_refused(source: str, complaint: str) -> None:
    with pytest.raises(EntityError) as refusal:
        parse_html(source)
    assert str(refusal.value) == complaint


@pytest.mark.parametrize(
    ("source", "text", "remark"),
    [
        ("A&B", "A&B", "an & that is not escaped at byte offset 1"),
        ("а > б", "а > б", "a > that is not escaped at byte offset 3"),
        ('<a href="http://a.kz/?x&y">а</a>', "а", "an & that is not escaped at byte offset 23"),
        ('<a href="http://localhost/x">а</a>', "а", "a link that is dropped: 'http://localhost/x': Wrong HTTP URL"),
        ('<b class="x">а</b>', "а", 'an attribute "class" that the tag "b" does not have at byte offset 0'),
    ],
)
def test_what_telegram_passes_over_is_remarked(source: str, text: str, remark: str) -> None:
    parsed = parse_html(source)
    assert (parsed.text, parsed.remarks) == (text, (remark,))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://a.kz", None),
        ("a.kz/x", None),
        ("http://a.kz:8080/x?y#z", None),
        ("http://127.0.0.1:80/", None),
        ("tg://user?id=1", None),
        ("http://localhost", "Wrong HTTP URL"),
        ("http://kz./", "Wrong HTTP URL"),
        ("ftp://a.kz", "Unsupported URL protocol"),
        ("javascript://a.kz", "Unsupported URL protocol"),
        ("https:///x", "URL host is empty"),
        ("", "URL host is empty"),
        ("https://a.kz:99999", "Wrong port number specified in the URL"),
        ("tel:+7700", "Wrong port number specified in the URL"),
        ("https://a b.kz", "Disallowed character in URL host"),
    ],
)
def test_links_need_a_host_with_a_dot(url: str, fault: str | None) -> None:
    assert link_fault(url) == fault


def test_outer_blanks_are_taken_off() -> None:
    assert trimmed(parse_html(" \n<b>а </b>\n")) == Parsed("а", (entity("bold", 0, 1),))
    assert trimmed(parse_html("<b> а</b>")) == Parsed(" а", (entity("bold", 0, 2),))


@dataclass(frozen=True)
class Tag:
    name: str
    type: str
    inside: "list[Tag | str]"

    def __str__(self) -> str:
        return f"<{self.name}>{''.join(map(written, self.inside))}</{self.name}>"


def written(node: Tag | str) -> str:
    return html.escape(node) if isinstance(node, str) else str(node)


def shown(node: Tag | str) -> str:
    return node if isinstance(node, str) else "".join(map(shown, node.inside))


def spans(node: Tag | str, offset: int) -> list[tuple[str, int, int]]:
    if isinstance(node, str):
        return []
    length = utf16_length(shown(node))
    found = [(node.type, offset, length)] if length else []
    for child in node.inside:
        found += spans(child, offset)
        offset += utf16_length(shown(child))
    return found


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.sampled_from([("b", "bold"), ("i", "italic"), ("u", "underline"), ("blockquote", "blockquote")])
trees: st.SearchStrategy[Tag | str] = st.recursive(
    texts,
    lambda inside: st.builds(lambda name, nodes: Tag(name[0], name[1], nodes), names, st.lists(inside, max_size=4)),
    max_leaves=12,
)


@given(st.lists(trees, max_size=4))
def test_whatever_is_written_well_is_read_back(nodes: list[Tag | str]) -> None:
    whole = Tag("b", "bold", nodes)
    parsed = parse_html(str(whole))
    found = [(entity.type, entity.offset, entity.length) for entity in parsed.entities]
    assert (parsed.text, sorted(found), parsed.remarks) == (shown(whole), sorted(spans(whole, 0)), ())


pieces = ["<b>", "</b>", "<a href='", "'>", "</a>", "&amp;", "&", ">", "x", " ", '"', "=", "<"]


@given(st.lists(st.sampled_from(pieces)))
def test_whatever_comes_is_read_or_refused(parts: list[str]) -> None:
    try:
        parsed = parse_html("".join(parts))
    except EntityError:
        return
    assert all(0 <= entity.offset < entity.end <= utf16_length(parsed.text) for entity in parsed.entities)
