"""Where the lines of a page ran together."""

import pytest
from hypothesis import given

from storage.seams import seams
from storage.sentences import sentences
from tests.storage.test_sentences import TEXTS


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Порты области 2020 года", "В 2020 году порт открыл причал."], id="a heading"),
        pytest.param(["Признак болезни считают главным", "По словам врача, это кашель."], id="words before"),
        pytest.param(["Слева направо: порт, мост и причал", "Но строить будут не всё."], id="a caption"),
        pytest.param(["Премьер рад помощи", "АКТАУ, 2 мая - Порт."], id="a dateline"),
        pytest.param(["Второе место у парома", "Лишь 6% моряков им недовольны."], id="a place in a list"),
        pytest.param(["За порт выступили 9% жителей", "• За мост выступили другие"], id="items"),
        pytest.param(["The latest news of the port:", "___ The pier is open."], id="a rule"),
        pytest.param(["Мост 4x zoom", "And yet the port was closed."], id="English"),
        pytest.param(["Порт открыли в апреле", "Напомним, его строили пять лет."], id="background"),
        pytest.param(["Какие признаки выявил новый метод теста", "Ученые изучили порт."], id="many people"),
        pytest.param(["Порты открыли такие причалы:", "По данным порта, их пять."], id="a list left out"),
        pytest.param(["Лёд толщиной в пять сантиметров", "Под Актау прошёл град."], id="a name behind a preposition"),
        pytest.param(["Назван главный порт", "Специалисты МТП изучили его."], id="a name behind many people"),
        pytest.param(["There are three kinds of ports", "Here ferries are made."], id="an adverb"),
        pytest.param(["The new port of Aktau", "While not a large one, it is deep."], id="a name before"),
        pytest.param(["Пресса рада каждый день", "It’s the first day of the port."], id="a word with an apostrophe"),
        pytest.param(["Koalas love the port", "Each day they come."], id="each"),
        pytest.param(["Mary Abai", "Although the port is small, it is deep."], id="English behind a name"),
        pytest.param(["Министр Абай", "Впервые приехал в порт."], id="an adverb behind a name"),
        pytest.param(["Что думают в порту", "Оказывается, здесь ждут паром."], id="a word by itself"),
        pytest.param(["Ports are open since April", "Shares of the port fell."], id="behind a month"),
        pytest.param(["The port has five flaws:", "However, it is deep."], id="a list left out in English"),
        pytest.param(["Rating: n/a - 0% (0)", "The port is open."], id="a rating"),
        pytest.param(["Ports of South Africa", "As the port opens, ferries come."], id="as behind a name"),
        pytest.param(["Mary Abai", "There is no way to open the port."], id="a pronoun and a verb behind a name"),
        pytest.param(["Port Ready Reckoner", "Now that the port is open, ferries come."], id="now that behind a name"),
        pytest.param(["Фото: «Порт»", "Причалам порта рады все."], id="a credit"),
        pytest.param(["Овен", "Не стройте планов.", "Телец", "Если ждёте гостей, ждите."], id="signs of the zodiac"),
    ],
)
def test_small_word_with_a_capital_begins_a_line(lines: list[str]) -> None:
    text = " ".join(lines)
    assert [text[start:end] for start, end, _ in sentences(text)] == lines


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["New port icon", "A new port opens."], id="English"),
        pytest.param(["Начислено вознаграждение", "Эта сумма мала."], id="Russian"),
        pytest.param(["Port to Open Soon (1:37 p.m. AQ)", "Aktau will open its port."], id="a bracket"),
        pytest.param(["PORTS & SEAS", "Three ports are open."], id="a heading in capitals"),
        pytest.param(["A jacket, £55, port.com", "This page has links."], id="an address"),
        pytest.param(["Port Ready Reckoner", "Now that ports open, ferries come."], id="a small word behind a name"),
    ],
)
def test_capital_within_a_word_begins_a_line_that_goes_on_in_small_letters(lines: list[str]) -> None:
    text = "".join(lines)
    assert [text[start:end] for start, end, _ in sentences(text)] == lines


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Доля больных гепатитом В снизилась на треть.", id="a letter that numbers"),
        pytest.param("Он вышел в финал из группы К вместе с Актау.", id="a group"),
        pytest.param("ПОРТ НА море построят.", id="capitals"),
        pytest.param("Об этом пишет газета The Times вчера.", id="a name"),
        pytest.param("The Last Of us and Bank On accounts were sold.", id="English names"),
        pytest.param("В порт пришли суда. На берегу ждали.", id="a stop before"),
        pytest.param("Фильм «В бой идут» показали в клубе «На море».", id="quotes"),
        pytest.param("Новый iPhone вышел, eBay продаёт его, и МегаФон тоже.", id="names with a capital within"),
        pytest.param("Пишите на сайтПорта.рф и в #новостиПорта сегодня.", id="addresses"),
        pytest.param("Считали f(x)Y и ссылки port.comA, port.com/About.", id="formulas and links"),
        pytest.param("Он сказал: В порт придут суда, На берегу ждут.", id="other signs before"),
    ],
)
def test_other_capitals_part_nothing(line: str) -> None:
    assert list(seams(line)) == []


@given(TEXTS)
def test_lines_part_at_capitals_in_order(text: str) -> None:
    found = list(seams(text))
    assert found == sorted(set(found))
    assert all((text[at - 1] in " )" or text[at - 1].isalpha()) and text[at].isupper() for at in found)
