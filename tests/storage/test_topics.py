import pytest

from storage.models import Article, Source
from storage.topics import topics
from tests.storage.builders import NOW


def articles(*texts: str) -> list[Article]:
    return [
        Article(
            id=number,
            story_id=number,
            source=Source(id=1, name="", host=""),
            title="",
            text=text,
            url=None,
            author=None,
            language="ru",
            published_at=NOW,
            stored_at=NOW,
        )
        for number, text in enumerate(texts, 1)
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["тепло в Казахстане", "Казахстан", "о Баку"], ["Казахстан", "Баку"], id="most mentioned first"),
        pytest.param(["о Баку о Баку о Баку", "в Минске", "в Минск. Минск"], ["Минск", "Баку"], id="once an article"),
        pytest.param(["о Трампе", "и Трамп", "для Трампа"], ["Трамп"], id="a name in its forms is one"),
        pytest.param(["Тепло. Снова тепло\nОпять «Тепло»"], [], id="beginnings of sentences are no names"),
        pytest.param(["в США и в ЕС"], [], id="short abbreviations are left out"),
        pytest.param(
            ["из Санкт-Петербурга"], ["Санкт-Петербурга"], id="hyphenated, where the nominative is not written"
        ),
        pytest.param(["the city of Baku", "near Baku's port"], ["Baku"], id="Latin letters"),
        pytest.param([], [], id="an empty store"),
    ],
)
def test_topics_are_names_that_many_articles_mention(texts: list[str], expected: list[str]) -> None:
    assert topics(articles(*texts), limit=2) == expected
