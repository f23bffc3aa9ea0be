"""Headlines of posts, which have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import clean
from bot.sources.headlines import headline

PIECES = st.sampled_from(
    ["Мост", "открыт", "г.", ".", "! ", ": ", "…", "\n\n", " ", "⚡️", "#мост ", "@most ", "12", "—"]
)
REST = " Его строили два года, движение начнётся в среду."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(f"Мост открыли раньше срока.{REST}", "Мост открыли раньше срока", id="the first sentence"),
        pytest.param("⚡️❗️Мост открыли раньше срока 👀\n\nДа", "Мост открыли раньше срока", id="pictures around it"),
        pytest.param("Мост открыли раньше срока @most #мост", "Мост открыли раньше срока", id="tags behind it"),
        pytest.param("-5 градусов было ночью на мосту", "-5 градусов было ночью на мосту", id="below zero"),
        pytest.param("#мост\n\n12:30\n\nМост открыли раньше срока", "Мост открыли раньше срока", id="signs before it"),
        pytest.param("⚡️Мэр:\n\nМост открыт.", "Мэр: Мост открыт", id="who says it"),
        pytest.param("Вот это да! Мост открыт. Он новый", "Вот это да! Мост открыт", id="a cry"),
        pytest.param("Мост\n\nДвижение начнётся в среду", "Мост. Движение начнётся в среду", id="a title of a word"),
        pytest.param("Просыпаемся.", "Просыпаемся", id="nothing more"),
        pytest.param("Мэр:", "Мэр", id="nothing more than who says it"),
        pytest.param(
            "Что скажут об открытии нового моста через реку жители города:\n\nмногое",
            "Что скажут об открытии нового моста через реку жители города",
            id="a long heading of a list",
        ),
        pytest.param("🔥🔥 123", "🔥🔥 123", id="no words"),
    ],
)
def test_a_headline_is_what_a_post_says_first(text: str, shown: str) -> None:
    assert headline(text) == shown


@pytest.mark.parametrize(
    "says",
    [", заявил мэр", " — сообщил мэр", ", об этом говорится в докладе", ", как пишет газета", ", said the mayor"],
)
def test_of_a_long_sentence_who_says_so_is_cut_off(says: str) -> None:
    news = "Мост через реку откроют раньше срока, хотя его строители ждали новых свай до самого лета"
    assert headline(f"{news}{says}, который побывал на стройке{' вместе с другими' * 9}.") == f"{news}…"


def test_a_long_sentence_that_nobody_says_is_cut_at_a_word() -> None:
    news = "В заявлении мэра сказано, что мост через реку откроют раньше срока, " * 4
    assert headline(news) == clean.shorten(news.strip())


@given(st.lists(PIECES, min_size=1, max_size=90).map("".join).map(clean.text).filter(bool))
def test_a_headline_is_one_line_that_is_not_too_long(text: str) -> None:
    found = headline(text)
    assert found
    assert "\n" not in found
    assert len(found) <= clean.SENTENCE_LIMIT + 1
