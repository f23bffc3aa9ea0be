"""Which names texts speak of, and how they are written."""

import pytest

from storage.mentions import Text, mentions


def named(*texts: str, titles: tuple[str, ...] = (), at_least: int = 1) -> list[str]:
    told = [Text(number, number, "", text) for number, text in enumerate(texts, 1)]
    told += [Text(number, number, title, "") for number, title in enumerate(titles, 1)]
    return [mention.shown for mention in mentions(told, at_least=at_least)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["о Трампе", "и Трамп", "для Трампа"], ["Трамп"], id="a name in its forms is one"),
        pytest.param(["Тепло. Снова тепло\nОпять «Тепло»"], [], id="beginnings of sentences are no names"),
        pytest.param(["в США, да", "и США."], ["США"], id="abbreviations are names"),
        pytest.param(["the city of Baku", "near Baku's port"], ["Baku"], id="Latin letters, and whose"),
        pytest.param(["в понедельник, 3 Мая, говорит ТАСС"], [], id="neither months nor agencies"),
        pytest.param(["сегодня Совет мира", "в Совете мира"], ["Совет мира"], id="goes on in small letters"),
        pytest.param(["и Илон Маск", "вот Илон Маск", "об Илоне Маске"], ["Илон Маск"], id="a name of several words"),
        pytest.param(["да Илон Маск, да Маск", "и Маск", "у Маска"], ["Маск"], id="of both the one that more have"),
        pytest.param(["сегодня Госдума приняла", "и Госдума приняла"], ["Госдума"], id="a verb is of no name"),
        pytest.param(["в Курскую область", "в Курской области"], [], id="what is never in the nominative is left out"),
        pytest.param(["вот Курская область", "в Курской области"], ["Курская область"], id="an adjective agrees"),
        pytest.param(["из МОСКВЫ и МОСКВА", "и Москва"], ["Москва"], id="shouted only where it always is"),
        pytest.param(["the Bank said", "a bank, some bank"], [], id="what is written small as well is no name"),
        pytest.param(["с фон дер Ляйен", "с фон дер Ляйен"], [], id="no rest of a name"),
        pytest.param(["some Chinese goods", "and Russian goods"], [], id="peoples are no names"),
        pytest.param([], [], id="nothing to read"),
    ],
)
def test_names_are_what_is_written_with_a_capital_within_sentences(texts: list[str], expected: list[str]) -> None:
    assert named(*texts) == expected


def test_a_name_counts_for_more_in_a_headline_than_in_passing() -> None:
    assert named("о Баку", "о Баку", "о Минске", titles=("Минск",)) == ["Минск", "Баку"]


def test_a_name_of_too_few_stories_is_left_out() -> None:
    assert named("о Баку, о Баку", "о Минске", "о Минске", "Минск", at_least=2) == []
    assert named("о Баку, и Баку", "и Минск", "о Минске", at_least=2) == ["Минск"]


def test_a_story_counts_once_and_its_sources_each() -> None:
    [mention] = mentions([Text(1, 1, "", "и Баку"), Text(1, 2, "", "и Баку")], at_least=1)
    assert (set(mention.stories), mention.sources) == ({1}, frozenset({1, 2}))
