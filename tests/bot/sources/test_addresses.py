import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources.addresses import understand, unencrypted
from bot.sources.trouble import FetchError, Trouble


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://example.org/Feed.xml", "https://example.org/Feed.xml"),
        ("  HTTP://Example.ORG:80/a?b=1#top\n", "http://example.org/a?b=1"),
        ("example.org", "https://example.org/"),
        ("www.Example.org/RSS?all=1", "https://www.example.org/RSS?all=1"),
        ("//example.org/rss", "https://example.org/rss"),
        ("example.org:8080/rss", "https://example.org:8080/rss"),
        ("localhost:8000", "https://localhost:8000/"),
        ("http://rsshub:1200/x", "http://rsshub:1200/x"),
        ("[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("http:/example.org/a", "http://example.org/a"),
        ("https:\\\\example.org", "https://example.org/"),
        ("https://http://example.org/", "http://example.org/"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("feed://example.org/rss", "https://example.org/rss"),
        ("Feed:example.org/rss", "https://example.org/rss"),
        ("<https://example.org/rss>", "https://example.org/rss"),
        ("«https://example.org/rss»,", "https://example.org/rss"),
        ("(https://example.org/rss).", "https://example.org/rss"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("example.org.", "https://example.org/"),
        ("https://example.org/rss?", "https://example.org/rss"),
        ("https://example.org/rss?utm_source=x&id=5", "https://example.org/rss?id=5"),
        ("https://web.example/2020/https://example.org/rss", "https://web.example/2020/https://example.org/rss"),
        ("https://Новости.РФ/Лента", "https://xn--b1amnebsh.xn--p1ai/Лента"),
        ("новости.рф", "https://xn--b1amnebsh.xn--p1ai/"),
        ("\u202ahttps://example.org/rss\u202c", "https://example.org/rss"),
    ],
)
def test_address_is_understood_as_typed_or_pasted(typed: str, address: str) -> None:
    assert understand(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "@Chan_1",
        "(@chan_1),",
        "t.me/chan_1",
        "https://t.me/Chan_1/",
        "http://www.t.me/s/CHAN_1",
        "https://t.me/chan_1/123?single",
        "https://t.me/s/chan_1/123",
        "https://t.me/s/chan_1?before=77",
        "telegram.me/chan_1",
        "https://telegram.dog/chan_1",
        "chan_1.t.me",
        "tg://resolve?domain=chan_1&post=5",
    ],
)
def test_every_way_to_name_a_channel_leads_to_its_public_page(typed: str) -> None:
    assert understand(typed) == "https://t.me/s/chan_1"


@pytest.mark.parametrize(
    ("typed", "trouble"),
    [
        pytest.param("", Trouble.ADDRESS, id="nothing"),
        pytest.param(" . ", Trouble.ADDRESS, id="a full stop"),
        pytest.param("новости", Trouble.ADDRESS, id="a word"),
        pytest.param("новости о Баку", Trouble.ADDRESS, id="words"),
        pytest.param("😀", Trouble.ADDRESS, id="emoji"),
        pytest.param("javascript:alert(1)", Trouble.ADDRESS, id="javascript"),
        pytest.param("file:///etc/hostname", Trouble.ADDRESS, id="file"),
        pytest.param("ftp://example.org/rss", Trouble.ADDRESS, id="ftp"),
        pytest.param("feed:", Trouble.ADDRESS, id="a prefix alone"),
        pytest.param("https://", Trouble.ADDRESS, id="a scheme alone"),
        pytest.param("editor{}example.org".format("@"), Trouble.ADDRESS, id="e-mail"),
        pytest.param("https://example.org/a b", Trouble.ADDRESS, id="a blank inside"),
        pytest.param("https://example.org/a\nhttps://example.org/b", Trouble.ADDRESS, id="two addresses"),
        pytest.param("https://example.org:99999/", Trouble.ADDRESS, id="no such port"),
        pytest.param("https://exa<mple.org/", Trouble.ADDRESS, id="a bracket in a host"),
        pytest.param("https://[::1/", Trouble.ADDRESS, id="an open bracket"),
        pytest.param("https://a..b/", Trouble.ADDRESS, id="an empty label"),
        pytest.param(f"https://{'a' * 64}.org/", Trouble.ADDRESS, id="a label too long"),
        pytest.param(f"https://example.org/{'a' * 10_000}", Trouble.ADDRESS, id="ten thousand characters"),
        pytest.param("https://user:secret{}example.org/rss".format("@"), Trouble.CREDENTIALS, id="name and password"),
        pytest.param("https://token{}example.org/rss".format("@"), Trouble.CREDENTIALS, id="a name"),
        pytest.param("user:secret{}example.org/rss".format("@"), Trouble.CREDENTIALS, id="without a scheme"),
        pytest.param("https://t.me", Trouble.ADDRESS, id="Telegram itself"),
        pytest.param("https://t.me/joinchat/AAAAAEabc", Trouble.NO_PREVIEW, id="an invitation"),
        pytest.param("https://t.me/+AbCdEfGhIj", Trouble.NO_PREVIEW, id="an invitation by its sign"),
        pytest.param("https://t.me/c/1234567/89", Trouble.NO_PREVIEW, id="a message of a closed channel"),
        pytest.param("@abc", Trouble.NO_PREVIEW, id="too short a name"),
        pytest.param("t.me/12345", Trouble.NO_PREVIEW, id="a number"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, trouble: Trouble) -> None:
    with pytest.raises(FetchError) as refused:
        understand(typed)
    assert refused.value.trouble is trouble
    assert "secret" not in str(refused.value)


_pieces = st.lists(
    st.sampled_from(["http:", "https://", "feed:", "//", "@", "t.me/", "s/", "joinchat", "example.org", "пример.рф"])
    | st.sampled_from(["[::1]", ":80", "utm_", "%20", "\n"])
    | st.sampled_from("/?#&=.,()<> \u202eßİа😀")
).map("".join)


@given(st.one_of(st.text(), _pieces, _pieces.map("https://example.org/".__add__)))
@example("https://example.org/?utm_=.&utm_.")
@example("https://example.org/x.#")
def test_an_understood_address_is_understood_the_same_again(typed: str) -> None:
    try:
        address = understand(typed)
    except FetchError:
        return
    assert understand(address) == address
    assert address.startswith(("https://", "http://"))
    assert not any(map(str.isspace, address))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.org/rss", "http://example.org/rss"),
        ("feed://example.org/rss", "http://example.org/rss"),
        ("https://example.org/rss", None),
        ("http://example.org/rss", None),
        ("feed:https://example.org/rss", None),
        ("@channel", None),
        ("t.me/channel", None),
    ],
)
def test_only_an_address_without_a_scheme_may_be_asked_unencrypted(typed: str, address: str | None) -> None:
    assert unencrypted(typed) == address
