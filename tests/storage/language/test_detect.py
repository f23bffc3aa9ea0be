import csv
from collections.abc import Iterator

import pytest

from storage.language.detect import UNKNOWN, detect
from tests.shared import shared

SENTENCES = {"ru": "rus_Cyrl", "uk": "ukr_Cyrl", "kk": "kaz_Cyrl", "en": "eng_Latn", "az": "azj_Latn"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("Президент Казахстана принял участие в заседании Совета мира", "ru", id="Russian"),
        pytest.param("Президент взяв участь у засіданні та зустрівся з послом", "uk", id="Ukrainian"),
        pytest.param("Қазақстан Президенті жаңа жобаны таныстырды", "kk", id="Kazakh"),
        pytest.param("The president of Kazakhstan took part in the session", "en", id="English"),
        pytest.param("Azərbaycan Prezidenti yeni layihəni təqdim edib", "az", id="Azerbaijani"),
        pytest.param("Токаев", "ru", id="a name in Cyrillic letters is most likely Russian"),
        pytest.param("Tokayev", "en", id="a name in Latin letters is most likely English"),
        pytest.param("İLHAM ƏLİYEV", "az", id="capitals of one alphabet"),
        pytest.param("Әлихан", "kk", id="one telling letter"),
        pytest.param("Київ", "uk", id="one telling Ukrainian letter"),
        pytest.param("Компания Apple представила iPhone и iPad в Баку", "ru", id="foreign names do not decide"),
        pytest.param("Uno dos tres cuatro cinco seis", UNKNOWN, id="Latin letters alone prove nothing"),
        pytest.param("你好世界", UNKNOWN, id="another script"),
        pytest.param("שלום עולם שלום the", UNKNOWN, id="mostly another script"),
        pytest.param("2025, 100 % — 😀", UNKNOWN, id="no letters"),
        pytest.param("", UNKNOWN, id="nothing"),
    ],
)
def test_language_is_told_by_letters_and_common_words(text: str, language: str) -> None:
    assert detect(text) == language


def test_the_beginning_of_a_long_text_decides() -> None:
    assert detect("это было в Казахстане и не только " * 100 + "the end of the text " * 1000) == "ru"


@pytest.mark.parametrize("language", SENTENCES)
def test_real_sentences_are_told_apart(language: str) -> None:
    told = [detect(sentence) for sentence in _sentences(SENTENCES[language])]
    assert told.count(language) / len(told) >= 0.99


def _sentences(name: str) -> Iterator[str]:
    for part in ("train", "dev"):
        with shared("data", "sib200", f"{name}.{part}.tsv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["text"]


def test_a_russian_headline_with_a_word_that_ukrainian_has_too_is_russian() -> None:
    assert detect("Фильм про войну покажут в Баку") == "ru"
