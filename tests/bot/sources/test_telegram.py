from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import parse
from bot.sources.drafts import Contents, FeedError, NoPreview
from storage.models import Draft
from tests.bot.sources.telegram_pages import ABOUT, FORWARDED, REPLY, page, post

_BASE = "https://t.me/s/example"


def _read(document: str) -> Contents:
    return parse.feed(document.encode(), base=_BASE, content_type="text/html; charset=utf-8")


def _only(text: str, *, above: str = "") -> Draft:
    [draft] = _read(page(post(5, text, above=above))).drafts
    return draft


def test_post_is_an_article() -> None:
    text = (
        '<b>Открыт мост <i class="emoji"><b>🔥</b></i> через реку.</b> Движение начнётся в среду<br/><br/>'
        'Подробности — <a href="https://example.org/a">на сайте</a> &amp; здесь: строили <i>два</i> года<br/>Конец'
    )
    assert _read(page(post(5, text), older=5)) == Contents(
        (
            Draft(
                title="Открыт мост 🔥 через реку",
                text=(
                    "Открыт мост 🔥 через реку. Движение начнётся в среду\n\n"
                    "Подробности — на сайте & здесь: строили два года\n\nКонец"
                ),
                url="https://t.me/example/5",
                guid="example/5",
                source="Пример новостей",
                published_at=datetime(2025, 12, 24, 5, 30, tzinfo=UTC),
            ),
        ),
        title="Пример новостей",
        kind="Telegram",
        site="https://t.me/example",
        older="https://t.me/s/example?before=5",
    )


_PHOTO = """<a class="tgme_widget_message_photo_wrap 123 blured" href="https://t.me/example/5"
  style="width:800px;background-image:url('https://cdn4.telesco.pe/file/{}.jpg')"></a>"""
_VIDEO = """<a class="tgme_widget_message_video_player"><i class="tgme_widget_message_video_thumb"
  style="background-image:url(&quot;//cdn4.telesco.pe/file/frame.jpg&quot;)"></i></a>"""
_AVATAR = (
    """<i class="tgme_widget_message_user_photo" style="background-image:url('https://cdn4.telesco.pe/me.jpg')"></i>"""
)


@pytest.mark.parametrize(
    ("above", "image"),
    [
        pytest.param(_PHOTO.format("a"), "https://cdn4.telesco.pe/file/a.jpg", id="photo"),
        pytest.param(_PHOTO.format("a") + _PHOTO.format("b"), "https://cdn4.telesco.pe/file/a.jpg", id="album"),
        pytest.param(_VIDEO, "https://cdn4.telesco.pe/file/frame.jpg", id="video"),
        pytest.param(_VIDEO + _PHOTO.format("a"), "https://cdn4.telesco.pe/file/a.jpg", id="video and photo"),
        pytest.param('<a class="tgme_widget_message_photo_wrap" style="width:1px"></a>', None, id="no address"),
        pytest.param('<a class="tgme_widget_message_photo_wrap"></a>', None, id="no style"),
        pytest.param(_AVATAR + REPLY, None, id="picture of the channel"),
    ],
)
def test_picture_is_the_photo_or_else_a_frame_of_the_video(above: str, image: str | None) -> None:
    emoji = (
        """<i class="emoji" style="background-image:url('//telegram.org/img/emoji/40/F09F94A5.png')"><b>🔥</b></i>"""
    )
    assert _only(f"Мост открыт {emoji}", above=above).image == image


def test_posts_keep_their_order() -> None:
    contents = _read(page(*(post(number, f"Новость номер {number}") for number in (3, 4, 7))))
    assert [draft.url for draft in contents.drafts] == [f"https://t.me/example/{number}" for number in (3, 4, 7)]
    assert contents.older is None


def test_what_a_post_answers_to_and_where_it_comes_from_are_no_part_of_it() -> None:
    draft = _only("Ответ", above=REPLY + FORWARDED)
    assert (draft.title, draft.text, draft.author) == ("Ответ", "Ответ", None)


def test_text_within_a_text_is_read_once() -> None:
    assert _only('<div class="tgme_widget_message_text js-message_text">Мост открыт</div>').text == "Мост открыт"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(post(1, None), id="photo alone"),
        pytest.param(post(1, "Channel created", kind="service_message"), id="service message"),
        pytest.param(post(1, "Подписывайтесь на наш канал!"), id="invitation"),
        pytest.param(post(1, "<br/>"), id="empty text"),
        pytest.param(post(1, "Текст").replace("example/1", "../1"), id="post without a number"),
    ],
)
def test_what_is_no_news_is_passed_over(other: str) -> None:
    contents = _read(page(other, post(2, "Новость")))
    assert [draft.title for draft in contents.drafts] == ["Новость"]
    assert contents.refused == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("⚡️<br/>Мост открыли раньше срока. Вот подробности", "Мост открыли раньше срока"),
        ("#экономика<br/><br/>Мост открыт", "Мост открыт"),
        ("12:30<br/>Мост открыт", "Мост открыт"),
        ("🔥🔥 123", "🔥🔥 123"),
    ],
)
def test_headline_is_the_first_sentence_in_words(text: str, title: str) -> None:
    assert _only(text).title == title


def test_invitation_below_a_post_is_left_out() -> None:
    assert (
        _only('Мост открыт<br/><br/>👉 <a href="https://t.me/example">Подписаться на канал</a>').text == "Мост открыт"
    )


def test_channel_without_posts_is_an_empty_feed() -> None:
    contents = _read(page())
    assert (contents.drafts, contents.title, contents.kind) == ((), "Пример новостей", "Telegram")


def test_page_without_posts_is_no_preview() -> None:
    with pytest.raises(NoPreview):
        _read(ABOUT)


def test_older_posts_are_looked_for_on_telegram_alone() -> None:
    document = page(post(5, "Новость"), older=5).replace("/s/example?before", "https://example.org/s/example?before")
    assert _read(document).older is None


_FRAGMENTS = [
    *("<div class='tgme_channel_info'>", "<div class='tgme_page'>", "<div class='tgme_widget_message'>", "</div>"),
    *("<div class='tgme_widget_message' data-post='example/1'>", "<div class='js-message_text'>", "слово", "<br>"),
    *("<span class='tgme_widget_message_meta'>", "<time datetime='2025-13-01'>", "<a data-before='1' href='http://['>"),
    *("<meta property='og:title'>", "\0", "&#0;", "<?xml version='1.0' encoding='koi8-r'?>", "<!--", "<script>"),
]


@given(st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=5)).map("".join))
def test_any_page_is_read_or_refused(fragments: str) -> None:
    try:
        contents = _read(f"<!doctype html>{fragments}")
    except FeedError:
        return
    assert all(draft.title and draft.url for draft in contents.drafts)
