import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import sendable_url
from bot.sources import pictures
from bot.sources.pictures import Picture

_BASE = "https://example.org/news/1"
_sides = st.integers(0, 2000)
_named = st.lists(st.builds(Picture, st.text() | st.sampled_from(["/a.jpg", "b.png"]), width=_sides, height=_sides))


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("https://cdn.example.org/a.jpg?w=800&h=600", "https://cdn.example.org/a.jpg?w=800&h=600"),
        ("//cdn.example.org/a.jpg", "https://cdn.example.org/a.jpg"),
        ("/a b.jpg", "https://example.org/a%20b.jpg"),
        ("a.jpg", "https://example.org/news/a.jpg"),
        ("/image/17", "https://example.org/image/17"),
        ("/фото.jpg", "https://example.org/фото.jpg"),
    ],
)
def test_address_is_absolute(href: str, address: str) -> None:
    assert pictures.address(href, base=_BASE) == address


@pytest.mark.parametrize(
    "href",
    [
        "",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "http://localhost/a.jpg",
        "http://[example.org/a.jpg",
        "https://example.org/logo.svg",
        "https://example.org/favicon.ico?v=2",
        "https://2.gravatar.com/avatar/0a1b?s=96",
        "https://feeds.feedburner.com/~r/example/~4/a1",
        "https://mc.yandex.ru/watch/1",
        "https://example.org/i/spacer.gif",
        "https://example.org/1x1.png",
        "https://example.org/" + "a" * 1000,
    ],
)
def test_what_is_no_picture_to_show_has_no_address(href: str) -> None:
    assert pictures.address(href, base=_BASE) is None


def test_relative_address_without_a_base_is_none() -> None:
    assert pictures.address("/a.jpg") is None
    assert (
        pictures.first([Picture("/a.jpg"), Picture("https://example.org/b.jpg")], base="")
        == "https://example.org/b.jpg"
    )


def test_icons_are_passed_over() -> None:
    named = [Picture("/a.jpg", width=100, height=600), Picture("/b.jpg", height=1), Picture("/c.jpg", width=101)]
    assert pictures.first(named, base=_BASE) == "https://example.org/c.jpg"
    assert pictures.first(named[:2], base=_BASE) is None


def test_widest_comes_first_and_those_without_a_size_keep_their_order() -> None:
    small, large, first, second = Picture("s", width=140), Picture("l", width=460), Picture("1"), Picture("2")
    assert pictures.widest([first, small, second, large]) == [large, small, first, second]


@pytest.mark.parametrize(
    ("href", "media_type", "medium", "is_picture"),
    [
        ("/1", "image/jpeg", "", True),
        ("/1", "", "image", True),
        ("/a.JPG?w=1", "", "", True),
        ("/a.jpg", "application/octet-stream", "", True),
        ("/a.jpg", "video/mp4", "", False),
        ("/a.jpg", "", "video", False),
        ("/a.mp3", "audio/mpeg", "", False),
        ("/1", "", "", False),
        ("/page.jpg/more", "", "", False),
    ],
)
def test_picture_is_told_by_its_type_or_else_its_name(
    href: str, media_type: str, medium: str, is_picture: bool
) -> None:
    assert pictures.is_picture(href, media_type=media_type, medium=medium) is is_picture


@given(_named)
def test_any_picture_that_is_chosen_can_be_sent(named: list[Picture]) -> None:
    chosen = pictures.first(named, base=_BASE)
    assert chosen is None or (sendable_url(chosen) == chosen == pictures.address(chosen) and len(chosen) <= 1000)
