"""What an article is said to be about."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.language.tokens import word_spans
from storage.models import Article, Excerpt, Source
from storage.query import parse
from storage.statements import LONGEST
from storage.summary import TOGETHER, lead, summary
from storage.syntax import Query
from tests.storage.builders import NOW, document
from tests.storage.strategies import WORDS, queries
from tests.storage.test_sentences import PIECES

TEXTS = st.lists(st.sampled_from([*WORDS, *PIECES, " ", " "]), max_size=120).map("".join)

OPENING = "Правительство Казахстана утвердило план развития порта Актау до 2030 года."
COST = "Строительство двух новых причалов обойдётся бюджету в 15 млрд тенге."
QUOTE = "Министр транспорта Марат Карабаев назвал порт главными воротами страны на Каспии."


def article(text: str, *, title: str = "Заголовок") -> Article:
    return Article(
        id=1,
        story_id=1,
        source=Source(id=1, name="", host=""),
        title=title,
        text=text,
        url=None,
        author=None,
        language="ru",
        published_at=NOW,
        stored_at=NOW,
    )


def told(query: str, text: str, *, title: str = "Заголовок") -> str:
    """The summary with the found words in brackets."""
    return bracketed(summary(parse(query), article(text, title=title), document(title, text)))


def bracketed(excerpt: Excerpt) -> str:
    text = excerpt.text
    for start, end in reversed(excerpt.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def test_sentence_with_the_words_is_told_with_the_lead() -> None:
    assert told("карабаев", f"{OPENING} {COST} {QUOTE}") == f"{OPENING} {QUOTE.replace('Карабаев', '[Карабаев]')}"


def test_text_without_the_words_is_told_by_its_beginning() -> None:
    assert told("заголовок", f"{OPENING} {COST} {QUOTE}") == f"{OPENING} {COST}"


def test_sentence_with_more_of_the_words_is_preferred() -> None:
    one = "Порт Актау построят заново, " + "и об этом рассказали на встрече с жителями области, " * 3 + "пишут газеты."
    both = "Порт и причалы построит компания из Астаны, " + "о чём подписан договор сторон, " * 4 + "пишут газеты."
    assert len(one) + len(both) > TOGETHER
    assert told("порт причалы", f"{one} {both}").startswith("[Порт] и [причалы]")


@pytest.mark.parametrize(
    "rubbish",
    [
        pytest.param("Подписывайтесь на наш канал о порте в Telegram!", id="an invitation"),
        pytest.param("Читайте также: порт Актау закрыли из-за шторма на неделю", id="another article"),
        pytest.param("Фото: пресс-служба порта Актау", id="a credit"),
        pytest.param("Фото: пресс-служба порта Актау на берегу моря, снимок сделан утром.", id="a long credit"),
        pytest.param("Актуальные данные о порте Актау публикуют на портале каждый день.", id="of the site"),
        pytest.param("Подробнее - в Актау Новости: порт и море", id="another channel"),
        pytest.param("Корреспондент в порту Актау Иван Иванов специально для канала.", id="who wrote it for whom"),
        pytest.param("Хватаем карту порта Актау со скидкой здесь.", id="a way to what is not here"),
        pytest.param("Переходи по кнопке и забирай места в порту Актау!", id="a button"),
        pytest.param("До конца 2030 года в порту Актау построят вот что из обещанного:", id="a list to come"),
        pytest.param("Порт Актау", id="a heading"),
        pytest.param("АКТАУ, 3 мая - Порт Ньюс.", id="a dateline alone"),
        pytest.param("#порт #актау https://a.kz https://b.kz", id="tags and links"),
        pytest.param("Что ждёт порт Актау в этом году?", id="a question"),
        pytest.param("В порту построят:", id="the beginning of a list"),
        pytest.param("порту и городу на берегу Каспийского моря.", id="half a sentence"),
        pytest.param("Порт Актау ждёт перемен", id="the headline"),
    ],
)
def test_what_is_no_sentence_of_the_news_is_not_told(rubbish: str) -> None:
    title = "Порт Актау ждёт перемен"
    assert told("порт", f"{rubbish}\n\n{COST}", title=title) == COST
    assert told("порт", rubbish, title=title) == ""


def test_sentence_that_leans_on_another_comes_with_it_or_not_at_all() -> None:
    leaning = "Он также пообещал закупить десять новых кранов для порта."
    assert told("кран", f"{QUOTE} {leaning}") == f"{QUOTE} {leaning.replace('кранов', '[кранов]')}"
    assert told("заголовок", f"{COST * 3} {leaning} {OPENING}").startswith(COST)


def test_sentence_that_leans_on_the_headline_stands_alone() -> None:
    text = "Президент посетил порт. Он осмотрел там два новых причала и поговорил с рабочими."
    assert told("причал", text, title="Президент посетил порт") == (
        "Он осмотрел там два новых [причала] и поговорил с рабочими."
    )


def test_first_sentence_of_a_post_is_not_told_again() -> None:
    text = f"⚡️ {OPENING}\n\n{COST} Работы начнутся весной"
    assert told("порт", text, title=OPENING.removesuffix(".")) == COST


def test_sentence_that_a_headline_was_cut_out_of_is_not_told_again() -> None:
    long = OPENING.replace(" до 2030", ", рассказали на встрече с жителями города, рыбаками и строителями, до 2030")
    title = "Правительство Казахстана утвердило план развития порта Актау…"
    assert told("порт", f"⚡️ {long}\n\n{COST}", title=title) == COST
    assert told("порт", long, title=title) == ""


def test_sentence_without_a_stop_gets_one_before_another() -> None:
    assert told("порт", f"{OPENING.removesuffix('.')}\n\n{COST}") == f"{OPENING} {COST}".replace("порта", "[порта]")


def test_post_without_a_full_stop_is_told_all_the_same() -> None:
    text = "Строительство двух новых причалов обойдётся бюджету в 15 млрд тенге"
    assert told("тенге", text) == text.replace("тенге", "[тенге]")


def test_signs_links_and_tags_around_a_sentence_are_left_out() -> None:
    assert told("порт", f"🚢❗️ {OPENING} 🔥 #порт") == OPENING.replace("порта", "[порта]")


def test_sentence_that_is_too_long_is_cut_where_a_clause_ends() -> None:
    text = "Порт строит компания" + ", которая строит дороги" * 20 + "."
    shown = told("порт", text)
    assert re.fullmatch(r"\[Порт\] строит компания(, которая строит дороги)+…", shown)
    assert len(shown) <= LONGEST + 2


def test_marks_fit_the_text_with_its_blanks_folded() -> None:
    assert told("порт актау", "Новый \u00a0порт   Актау  построят за два года.") == (
        "Новый [порт] [Актау] построят за два года."
    )


def test_words_excluded_are_not_marked() -> None:
    assert told("порт -шторм", OPENING) == OPENING.replace("порта", "[порта]")


@pytest.mark.parametrize(
    "leaning",
    [
        pytest.param("При этом кранов станет вдвое больше, чем было раньше.", id="a phrase"),
        pytest.param("По его словам, кранов станет вдвое больше, чем было.", id="a pronoun near"),
        pytest.param("«Кранов станет вдвое больше, чем было раньше», — сказал он.", id="a speaker without a name"),
        pytest.param("Сонымен қатар порттағы крандар саны екі есеге артады.", id="Kazakh"),
        pytest.param("It will also have twice as many cranes as before.", id="English"),
    ],
)
def test_beginnings_that_lean(leaning: str) -> None:
    # It is too long to be told with the one before it, and worth less than the lead without the word.
    before = QUOTE.replace("порт", "порт, который строили двенадцать лет, " * 4 + "порт")
    assert leaning not in told("заголовок", f"{OPENING}\n{before}\n{leaning}")


def test_lead_is_how_an_article_begins() -> None:
    assert lead(article(f"Фото: пресс-служба\n\n{OPENING} {COST} {QUOTE}")) == Excerpt(f"{OPENING} {COST}")


@given(queries, TEXTS, st.sampled_from(["", "Токаев прибыл в Баку", "Казахстан"]))
@settings(max_examples=150, deadline=None)  # the first to ask for a language waits for its dictionary
def test_summary_is_of_the_text_and_its_marks_are_words_of_the_query(query: Query, text: str, title: str) -> None:
    seen = document(title, text)
    shown = summary(query, article(text, title=title), seen)
    positions = {at for phrase in query.sought() for span in phrase.spans(seen) for at in range(*span)}
    found = word_spans(text, [at - seen.body_start for at in positions if at >= seen.body_start])
    assert len(shown.text) <= max(LONGEST, TOGETHER + 1)
    assert not re.search(r"[^\S ]|  |^ | $", shown.text)
    assert {shown.text[start:end] for start, end in shown.marks} <= {text[start:end] for start, end in found}
    assert all(first[1] <= second[0] for first, second in zip(shown.marks, shown.marks[1:], strict=False))
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    assert "".join(shown.text.rstrip("…").split())[:20] in "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "\0" * 9, "а" * 50_000, '«("' * 9_000, "שלום עולם. " * 5_000, "🎉 " * 9_000, "А. " * 9_000, "?! " * 9_000],
)
def test_nonsense_raises_nothing(text: str) -> None:
    assert len(told("порт", text)) <= LONGEST
    lead(article(text))
