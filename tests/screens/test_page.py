from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.screens.page import page
from tests.screens.phone import Bubble
from tests.telegram_html import EntityError

AT = datetime(2020, 5, 3, 20, 30, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")


def shown(*bubbles: Bubble, dark: bool = False) -> str:
    """The page without what stands in every one."""
    whole = page(bubbles, language="ru", zone=ALMATY, dark=dark)
    return whole.partition("</header>")[2].removesuffix("</body></html>")


def test_message_keeps_its_markup_and_is_dated_by_the_readers_clock() -> None:
    chat = shown(Bubble(html="<b>Дайджест</b>", at=AT))
    assert '<div class="day">4 мая</div>' in chat
    assert '<div class="text"><b>Дайджест</b><time>02:30</time></div>' in chat


def test_day_is_named_once() -> None:
    assert shown(Bubble(html="1", at=AT), Bubble(html="2", at=AT)).count('class="day"') == 1


def test_buttons_stand_in_their_rows() -> None:
    chat = shown(Bubble(html="1", at=AT, buttons=(("1", "2"), ("☰ <Все>",))))
    rows = "<span>1</span><span>2</span>", "<span>☰ &lt;Все&gt;</span>"
    assert "".join(f'<div class="row">{row}</div>' for row in rows) in chat


def test_photo_stands_above_its_caption() -> None:
    chat = shown(Bubble(html="подпись", at=AT, photo=b"PNG"))
    assert chat.index("data:image/png;base64,UE5H") < chat.index("подпись")


@pytest.mark.parametrize("html", ["<h1>Дайджест</h1>", '<a href="http://localhost/1">Дайджест</a>'])
def test_what_telegram_would_refuse_or_drop_makes_no_picture(html: str) -> None:
    with pytest.raises((EntityError, AssertionError)):
        shown(Bubble(html=html, at=AT))


def test_page_is_light_or_dark() -> None:
    assert '<body class="dark">' in page([], language="en", zone=ALMATY, dark=True)
    assert '<body class="light">' in page([], language="en", zone=ALMATY, dark=False)
