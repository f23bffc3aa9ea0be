from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import clean, plain
from bot.sources.drafts import DraftError
from storage.models import Draft

_HEADLINE = "Порт Курык принял первый контейнерный поезд по Среднему коридору"
_DAY = datetime(2025, 12, 24, tzinfo=UTC)


def test_article_with_its_author_on_the_last_line() -> None:
    draft = plain.read(
        f"{_HEADLINE}.\n\nОб этом в беседе с Example.Az сказал эксперт.\n\nПоезд шёл две недели.\n\nИмя Фамилия"
    )
    assert draft == Draft(
        title=_HEADLINE,
        text="Об этом в беседе с Example.Az сказал эксперт.\n\nПоезд шёл две недели.",
        source="Example.Az",
        author="Имя Фамилия",
    )


def test_article_with_its_date_before_the_headline() -> None:
    draft = plain.read(f" date 2025-12-24 {_HEADLINE}.\n\nОб этом местному бюро Example заявил эксперт.")
    assert draft == Draft(
        title=_HEADLINE, text="Об этом местному бюро Example заявил эксперт.", source="Example", published_at=_DAY
    )


@pytest.mark.parametrize(
    "text",
    [
        f"Имя Фамилия date 2025-12-24 {_HEADLINE}.\n\nТекст.",
        f"Имя Фамилия date 2025-12-24\n\n{_HEADLINE}.\n\nТекст.",
        f"date 2025-12-24\n{_HEADLINE}\n\nТекст.\n\nИмя Фамилия\n",
        f"{_HEADLINE}.\n\nТекст.\n\nИмя Фамилия date 2025-12-24",
        f"{_HEADLINE}.\n\nТекст.\n\nИмя Фамилия\ndate 2025-12-24\n\n",
        f"{_HEADLINE}.\n\nТекст.\n\ndate 2025-12-24\nИмя Фамилия",
        f"Дата: 2025-12-24\nАвтор: Имя Фамилия\n\n{_HEADLINE}.\n\nТекст.",
    ],
)
def test_date_and_author_are_found_at_either_edge(text: str) -> None:
    assert plain.read(text) == Draft(title=_HEADLINE, text="Текст.", author="Имя Фамилия", published_at=_DAY)


@pytest.mark.parametrize("name", ["Имя Отчество Фамилия", "И. О. Фамилия", "Имя Двойная-Фамилия", "Ad Soyadı"])
def test_two_or_three_capitalised_words_are_an_author(name: str) -> None:
    assert plain.read(f"{_HEADLINE}.\n\nТекст.\n\n{name}").author == name


@pytest.mark.parametrize("line", ["Имя", "Имя и Фамилия", "Один Два Три Четыре", "Конец Текста.", "Рост 5%"])
def test_other_last_lines_are_text(line: str) -> None:
    draft = plain.read(f"{_HEADLINE}.\n\nТекст.\n\n{line}")
    assert (draft.author, draft.text) == (None, f"Текст.\n\n{line}")


def test_last_line_that_begins_with_a_date_and_goes_on_is_text() -> None:
    draft = plain.read(f"{_HEADLINE}.\n\nТекст.\n\ndate 2025-12-24 порт закрыт.")
    assert (draft.published_at, draft.text) == (None, "Текст.\n\ndate 2025-12-24 порт закрыт.")


def test_capitalised_words_alone_are_a_headline() -> None:
    assert plain.read("Имя Фамилия") == Draft(title="Имя Фамилия")


@pytest.mark.parametrize(
    ("lead", "source"),
    [
        ("Об этом в беседе с Example.Az сказал эксперт.", "Example.Az"),
        ("Эксперт рассказал это в беседе с Example.Az.", "Example.Az"),
        ("В интервью Example News эксперт рассказал о планах.", "Example News"),
        ("Сказано в беседе с корреспондентом Example.", "Example"),
        ("Сказано в беседе с агентством «Пример».", "Пример"),
        ("Сказано в беседе с ТАСС.", "ТАСС"),
        ("Сказано в беседе с 1example.az утром.", "1example.az"),
        ("Об этом местному бюро Example заявил эксперт.", "Example"),
        ("Поезд дошёл, сообщает Example со ссылкой на порт.", "Example"),
        ("Об этом Example сообщили в порту.", "Example"),
        ("Сказано в беседе с экспертом Example.", None),
        ("Сказано в беседе с 5 журналистами.", None),
        ("Сообщает МЧС.", None),
        ("Бюро открылось в Баку.", None),
    ],
)
def test_source_is_taken_where_the_text_names_it(lead: str, source: str | None) -> None:
    assert plain.read(f"{_HEADLINE}.\n\n{lead}").source == source


def test_line_of_an_address_is_the_address_and_names_the_source() -> None:
    draft = plain.read(f"{_HEADLINE}.\n\nТекст.\n\nhttps://www.example.az/news/1?utm_source=x")
    assert draft == Draft(title=_HEADLINE, text="Текст.", url="https://www.example.az/news/1", source="example.az")


def test_address_of_a_site_names_the_source_alone() -> None:
    draft = plain.read(f"https://example.az\n{_HEADLINE}.\n\nТекст.")
    assert draft == Draft(title=_HEADLINE, text="Текст.", source="example.az")


@pytest.mark.parametrize(
    ("value", "source", "url"),
    [("Example News", "Example News", None), ("https://example.az/1", "example.az", "https://example.az/1")],
)
def test_labelled_source_is_taken(value: str, source: str, url: str | None) -> None:
    draft = plain.read(f"{_HEADLINE}.\n\nТекст.\n\nИсточник: {value}")
    assert draft == Draft(title=_HEADLINE, text="Текст.", source=source, url=url)


def test_headline_may_quote_its_source() -> None:
    draft = plain.read("Источник: порт откроется завтра\n\nТекст.")
    assert draft == Draft(title="Источник: порт откроется завтра", text="Текст.")


def test_address_inside_the_text_stays_there() -> None:
    assert plain.read(f"{_HEADLINE}.\n\nОдин.\n\nhttps://example.az/1\n\nДва.").url is None


def test_several_sentences_are_no_headline_and_stay_in_the_text() -> None:
    assert plain.read("Первое. Второе.\n\nТретье.") == Draft(title="Первое", text="Первое. Второе.\n\nТретье.")


def test_one_endless_sentence_is_no_headline() -> None:
    sentence = "слово " * 99 + "слово"
    draft = plain.read(f"{sentence}.")
    assert draft.title.endswith("слово…")
    assert draft.text == f"{sentence}."


def test_headline_without_a_blank_line_after_it_is_one() -> None:
    draft = plain.read("Короткий заголовок\nТекст начинается здесь и продолжается дальше.")
    assert draft == Draft(title="Короткий заголовок", text="Текст начинается здесь и продолжается дальше.")


def test_text_wrapped_by_hand_is_one_paragraph() -> None:
    lines = (
        "Первый контейнерный поезд, который вышел из Сианя,",
        "прибыл в Курык. Он шёл через степь, и в порту города",
        "Курык его ждал паром.",
    )
    assert plain.read("\n".join((_HEADLINE, "", *lines))).text == " ".join(lines)


@pytest.mark.parametrize("title", ["date 2025-13-45 заголовок", "The date 2025-12-24 is not known yet"])
def test_date_that_is_no_mark_is_text(title: str) -> None:
    assert plain.read(title) == Draft(title=title)


@pytest.mark.parametrize("text", ["", " \n\n ", "\x00", "https://example.az/1", "date 2025-12-24"])
def test_no_text_is_refused(text: str) -> None:
    with pytest.raises(DraftError, match="there is no text"):
        plain.read(text)


_pieces = st.sampled_from(
    ["date ", "2025-12-24", "Имя Фамилия", "Слово. ", "https://example.az/", "автор: ", "в беседе с "]
)


@given(st.lists(_pieces | st.text("\n ."), min_size=1).map("".join) | st.text())
def test_any_text_is_a_draft_or_refused(text: str) -> None:
    try:
        draft = plain.read(text)
    except DraftError:
        return
    assert draft.title == clean.line(draft.title) != ""
    assert draft.text == clean.text(draft.text)


@given(st.lists(st.text("абв", min_size=1), min_size=1, max_size=200), st.lists(st.sampled_from([" ", ". ", "\n\n"])))
def test_no_word_is_lost(words: list[str], joints: list[str]) -> None:
    text = "".join(f"{word}{joint}" for word, joint in zip(words, joints + [" "] * len(words), strict=False))
    draft = plain.read(text)
    told = f"{draft.title} {draft.text}".replace(".", " ").replace("…", " ").split()
    assert set(words) <= set(told)
