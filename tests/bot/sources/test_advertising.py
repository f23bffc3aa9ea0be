import pytest

from bot.sources.advertising import is_advertisement
from tests.bot.sources.telegram_pages import page, post
from tests.bot.sources.test_telegram import _read


@pytest.mark.parametrize(
    "said",
    [
        "Вклад под высокий процент. erid: 2VtzqwCtdQH",
        "Вклад под высокий процент. ERID 2VtzqwCtdQH",
        "Реклама. ООО «Пример», ИНН 0000000000",
        "Реклама: Рекламодатель АО «Пример»",
        "О рекламодателе",
        "https://example.org/a?utm_source=b&erid=2VtzqwCtdQH",
        "https://example.org/a?erid=LjN8JufQS",
    ],
)
def test_a_mark_makes_an_advertisement(said: str) -> None:
    assert is_advertisement(f"Новый вклад.\n\n{said}")


@pytest.mark.parametrize(
    "said",
    [
        "Депутаты обсудили токен erid для рекламы в каналах",
        "Реклама. Она окружает нас всюду",
        "Реклама: сколько она стоит в этом году",
        "https://example.org/a?erid=",
        "Кредит дадут под 20 процентов",
    ],
)
def test_news_of_advertising_is_none(said: str) -> None:
    assert not is_advertisement(said)


def test_an_advertisement_in_a_channel_is_no_article() -> None:
    marked = post(3, "Вклад под высокий процент<br/>erid: 2VtzqwCtdQH")
    linked = post(4, 'Вклад под высокий процент <a href="https://example.org/?a=b&amp;erid=2VtzqwCtdQH">здесь</a>')
    contents = _read(page(marked, linked, post(5, "Мост открыт")))
    assert [draft.title for draft in contents.drafts] == ["Мост открыт"]
    assert contents.refused == ()
