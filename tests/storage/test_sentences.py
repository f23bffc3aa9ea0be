"""Where sentences end, in five languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sentences import MOST, READ, sentences

PIECES = [
    *(
        ". ",
        ".",
        "! ",
        "?! ",
        "… ",
        "... ",
        ", ",
        "; ",
        ": ",
        " — ",
        "\n",
        "\n\n",
        " ",
        "\u00a0",
        "«",
        "»",
        '"',
        "“",
        "”",
    ),
    *(
        "(",
        ")",
        "г.",
        "ул.",
        "т. д.",
        "А. С.",
        "Mr.",
        "U.S.",
        "3,5",
        "2020",
        "https://a.az/b.c",
        "🎉",
        "⚡️",
        "שלום",
        "\0",
    ),
    *("Он", "сказал", "Москва", "The", "port", "Ол", "келді", "O", "gəldi", "Він", "слово" * 30, "\u200d", "’"),
]
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=80).map("".join), st.text(max_size=300))


def split(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param("В 2020 г. Минздрав открыл центр.", id="a year at the beginning"),
        pytest.param("Порт получит $80 млн. (7 млрд рублей) уже весной.", id="a bracket behind an abbreviation"),
        pytest.param("Покажут ленты «Мост», «А у нас в порту…» Абая и другие.", id="a title with an ellipsis"),
        pytest.param("The port opened, said Yahoo! Finance on Sunday.", id="a name with a stop"),
        pytest.param("Порт открыт по решению от 30 сентября 2014 г. № 999 в срок.", id="a year before a number"),
        pytest.param("Как сообщает Port.Media, порт открыт.", id="a name with a stop"),
        pytest.param("Он родился в г. Алматы на ул. Абая.", id="abbreviations before names"),
        pytest.param("Порт назван им. А. С. Пушкина в 1999 г.", id="initials"),
        pytest.param("Об этом сказал Дж. Байден во вторник.", id="an initial of two letters"),
        pytest.param("Сборы, т. е. налоги, выросли на 3.5 тыс. рублей и т. д.", id="small abbreviations"),
        pytest.param("Речь идёт о 5 млн руб. за км.", id="units"),
        pytest.param("«Мы готовы! Порт открыт», — сказал он.", id="direct speech in quotes"),
        pytest.param("— Когда? — спросил он.", id="direct speech with dashes"),
        pytest.param('"Why now?" Mr. Smith asked.', id="a speaker after a question"),
        pytest.param(
            "The U.S. President met Sen. John Kerry of St. Louis at 5 p.m. Friday.", id="English abbreviations"
        ),
        pytest.param("Shares of Apple Inc. rose by 3.5 percent.", id="a company"),
        pytest.param("He was born on Jan. 5 in Room No. 7.", id="before numbers"),
        pytest.param("Порт (см. рис. 3 на стр. 5) построили.", id="in brackets"),
        pytest.param("Він мешкає на вул. Шевченка, 5, у м. Київ з 2019 р.", id="Ukrainian"),
        pytest.param("2020 ж. Алматы қ. маңында порт ашылды.", id="Kazakh"),
        pytest.param("Məktəb akad. Y. Məmmədəliyev küç. 5-də yerləşir.", id="Azerbaijani"),
        pytest.param("Сайт kun.uz, Kun.Az и Node.js упомянуты на https://a.az/Foo.Bar вчера.", id="addresses"),
        pytest.param("1. Порт открыли вчера.", id="the number of an item"),
        pytest.param("В порту в четверг открыли просп. имени строителей города", id="an abbreviation, small letters"),
        pytest.param("Концерт в соборе Свв. Петра и Павла.", id="saints"),
        pytest.param("Порт открыт... но не для всех.", id="an ellipsis within"),
        pytest.param("Ура! 🎉🎉", id="pictures behind a stop"),
    ],
)
def test_one_sentence_is_not_parted(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["Порт открыт.", "Он большой!", "Что дальше?", "Увидим…", "Да."], id="stops"),
        pytest.param(["Это было в 2020 году и в 2021 г.", "Путин приехал позже."], id="a year at the end"),
        pytest.param(["Порт стоил 5 млрд руб.", "Деньги дал банк."], id="a unit at the end"),
        pytest.param(["Скорость ветра до 20 м/с.", "А ночью тихо."], id="a unit of a fraction"),
        pytest.param(["Он сказал: «Порт открыт».", "Потом ушёл."], id="a stop after a quotation"),
        pytest.param(["«Порт открыт!»", "Так он сказал."], id="a stop within a quotation's end"),
        pytest.param(['He said "yes."', "The port opened."], id="straight quotes"),
        pytest.param(["She works for Apple Inc.", "The firm is big."], id="a company at the end"),
        pytest.param(["They moved to the U.S.", "In 2020 they left."], id="a country at the end"),
        pytest.param(["В зону вошли дома, дороги и т. д.", "Их снесут."], id="and so on"),
        pytest.param(["Ремонт длился 2 дня.", "12 рабочих ушли."], id="a number begins the next"),
        pytest.param(["Порт открыт. 🎉", "Он большой."], id="pictures between"),
        pytest.param(["Порт открыт.", "https://a.kz/port"], id="a link"),
        pytest.param(["Порт открыт.", "@port #порт"], id="a mention"),
        pytest.param(['Экран 5 " большой.', 'Он новый".', "Да."], id="a sign of inches"),
        pytest.param(["Порт открыли.", "порт, Актау, новые причалы"], id="what a page is found by"),
        pytest.param(["Порт открыт, пишет РБК.", "порт паром причал мост море"], id="the same without commas"),
        pytest.param(["Порт ашылды.", "Ол үлкен."], id="Kazakh"),
        pytest.param(["Liman açıldı.", "O böyükdür.", "İndi işləyir."], id="Azerbaijani"),
        pytest.param(["Порт відкрито.", "Він великий.", "Її чекали."], id="Ukrainian"),
    ],
)
def test_sentences_are_parted(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


def test_a_missing_blank_parts_too() -> None:
    assert split("Прошло два дня.Он уехал в Баку.") == ["Прошло два дня.", "Он уехал в Баку."]
    assert split("It took two days.He left for Baku.") == ["It took two days.", "He left for Baku."]
    assert split("Порт строит «Мост».«Порт» рад.") == ["Порт строит «Мост».", "«Порт» рад."]
    assert split("Цены растут, сообщает АФП.Порт закрыт.") == ["Цены растут, сообщает АФП.", "Порт закрыт."]
    assert split("They left the port.7-year-old Leo stayed.") == ["They left the port.", "7-year-old Leo stayed."]
    assert split("Порт Новости.МИД рад порту.") == ["Порт Новости.", "МИД рад порту."]
    assert split("Порт рад.ВодолейДень будет ясным.")[0] == "Порт рад."
    assert split('Он уехал в "Баку".Вместе с ним уехал брат.')[0] == 'Он уехал в "Баку".'
    assert split('Он не забил."К сожалению, это футбол", — сказал тренер.')[0] == "Он не забил."


def test_a_line_ends_a_sentence_and_is_open_without_a_stop() -> None:
    found = sentences("Фото дня\n\nПорт открыт.\nИ точка")
    assert [(one.start, one.end, one.closed) for one in found] == [(0, 8, False), (10, 22, True), (23, 30, False)]


def test_only_the_beginning_of_a_long_text_is_parted() -> None:
    assert len(sentences("Да. " * 1000)) == MOST
    assert sentences("слово " * 10_000)[-1].end <= READ


@given(TEXTS)
def test_sentences_cover_the_words_in_order_without_overlap(text: str) -> None:
    found = sentences(text)
    at = 0
    for start, end, _ in found:
        assert not text[at:start].strip()
        assert at <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        at = end
    assert len(found) == MOST or not text[at:].strip()


@pytest.mark.parametrize(
    "text",
    ["", "\0\0", "a" * 50_000, "(" * 50_000, '"' * 50_000, "«.» " * 9_000, "." * 50_000, "a.B" * 9_000, "🎉" * 9_000],
    ids=lambda text: text[:4].encode("unicode_escape").decode(),
)
def test_nonsense_raises_nothing(text: str) -> None:
    assert all(end <= len(text) for _, end, _ in sentences(text))
