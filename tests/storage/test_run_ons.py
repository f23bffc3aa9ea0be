"""Where a Russian line begins that ran into the one before, by grammar alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.run_ons import run_ons

# Of which some come to two clauses.
WORDS = st.sampled_from(
    re.findall(r"\S+", "Порт порт Министр построил построили причал Большие паромы пришли в и, , : « » - 2020 «Мост»")
)


def parted(line: str) -> list[str]:
    ends = [*run_ons(line), len(line)]
    return [line[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Порт решил превзойти соседа", "Лидер рынка в мае представил причал."], id="a noun"),
        pytest.param(["Паром стоит на рейде", "Печальная новость пришла из порта."], id="an adjective"),
        pytest.param(["Что происходит в порту", "Бывший министр назвал причину."], id="a participle"),
        pytest.param(["Шторм закрыл порт", "Премьер-министр подписал указ."], id="a hyphen"),
        pytest.param(["Порт запатентовал «самоходный» причал", "Оператор порта испытал паром."], id="quotes"),
        pytest.param(["Шоу «Порт» сняли с эфира", "Телеканал «Море 24» показал мост."], id="quotes on both sides"),
        pytest.param(["Новый причал закрыт до мая", "Директор порта уехал в Баку."], id="a passive"),
        pytest.param(["Порт вырастет в 4 раза", "Руководитель порта Абай считает, что мало."], id="a comma later"),
        pytest.param(
            ["Порт построил мост", "Компания показала паром", "Капитан открыл причал."], id="one after another"
        ),
    ],
)
def test_subject_between_two_verbs_begins_a_line(lines: list[str]) -> None:
    assert parted(" ".join(lines)) == lines


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Вчера в порту Министр построил мост.", id="one verb"),
        pytest.param("Порт построил мост, Министр открыл его.", id="a comma"),
        pytest.param("Порт построил мост и вчера Министр открыл его.", id="a conjunction"),
        pytest.param("Порт построил мост — Министр открыл его.", id="a dash"),
        pytest.param("Порт построил мост - Министр открыл его.", id="a hyphen for a dash"),
        pytest.param("Об этом сообщил Минпорт заявил о планах.", id="behind the verb itself"),
        pytest.param("Порт построил мост Министра открыл его.", id="no nominative"),
        pytest.param("Порт построил мост Министры открыл его.", id="another number"),
        pytest.param("Порт построил мост Сети появилось.", id="may be a genitive"),
        pytest.param("Порт построил для Павла Абая Абай открыл его.", id="a name"),
        pytest.param("Порт открыл выставку «Вчера ушёл паром Капитан остался здесь».", id="within quotes"),
        pytest.param("The port is open Капитан.", id="English"),
    ],
)
def test_other_capitals_begin_none(line: str) -> None:
    assert list(run_ons(line)) == []


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=80))
def test_lines_begin_in_order_with_a_capital_behind_a_blank(line: str) -> None:
    found = list(run_ons(line))
    assert found == sorted(set(found))
    assert all(line[at].isupper() and not line[at - 1].isalnum() for at in found)
