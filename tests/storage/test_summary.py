"""What an article is said to be about."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.bare import LONGEST
from storage.language.anaphora import leans
from storage.language.tokens import word_spans
from storage.models import Article, Excerpt, Source
from storage.query import parse
from storage.summary import NEEDED, TOGETHER, lead, summary
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
        pytest.param("Подробности о порте Актау можно узнать здесь.", id="a way to details"),
        pytest.param("Порт News // 1 day agoPort Aktau opens in May (UPI) after a long delay.", id="another's age"),
        pytest.param("Порт – Актау 0:3Голы: Иванов, 12, Петров, 52, команда хозяев играла слабо.", id="a score"),
        pytest.param("Что с портом 04:07 Марат Абай о паромах 11:52 Кто строит причал 13:51 Мост", id="times"),
        pytest.param("Подробнее - в Актау Новости: порт и море", id="another channel"),
        pytest.param("Корреспондент в порту Актау Иван Иванов специально для канала.", id="who wrote it for whom"),
        pytest.param("Хватаем карту порта Актау со скидкой здесь.", id="a way to what is not here"),
        pytest.param("Переходи по кнопке и забирай места в порту Актау!", id="a button"),
        pytest.param("Чтобы принять участие, нужно написать о порте на сайте.", id="how to take part"),
        pytest.param("До конца 2030 года в порту Актау построят вот что из обещанного:", id="a list to come"),
        pytest.param("Порт Актау", id="a heading"),
        pytest.param("Why and How to Use Порт containers From Command Line", id="an English heading"),
        pytest.param("Порт Odds and Evens: Split.", id="names and a small word"),
        pytest.param("The Порт Associated Press contributed to this report.", id="who else wrote it"),
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


@pytest.mark.parametrize(
    "leaning",
    [
        "Также поступили и краны порта Баку.",
        "Следующими идут краны порта Баку.",
        "Из-за чего порт Баку закрыли.",
        "Речь идёт о порте Баку.",
        "Всё это сказалось на порте Баку.",
        "На фоне таких слухов порт Баку закрыли.",
        "Указанные суда идут в порт Баку.",
    ],
)
def test_what_goes_on_with_a_list_is_not_told_alone(leaning: str) -> None:
    assert told("баку", f"{OPENING * 3} {COST} {QUOTE} Год выдался удачным для моряков. {leaning}") != leaning
    assert leans(leaning)


def test_second_sentence_that_says_the_first_and_more_is_not_told_beside_it() -> None:
    first, more = "Итоги конкурса порта подведут 9 мая.", "Итоги конкурса порта Актау подведут 9 мая, сообщили в мэрии."
    assert told("порт", f"{first} {more}") in {one.replace("порта", "[порта]") for one in (first, more)}


def test_items_of_a_list_are_not_told_side_by_side() -> None:
    items = "Причалы порта Актау, краны и суда на берегу", "Мосты, дороги, рельсы и большие склады порта Баку"
    text = "\n\n▪️".join(["О порте полезно знать:", *items])
    assert told("порт", text) == ""


FAR = "Жители города ждут открытия порта и говорят о нём на каждом углу."


def test_second_sentence_that_something_is_wrong_with_is_not_told() -> None:
    assert told("заголовок", f"{OPENING} Мы готовы построить ещё два причала в порту. {'Да. ' * 9}") == OPENING


def test_flawed_sentence_yields_to_a_whole_one_with_the_word() -> None:
    ran = "Строительство причалов обойдётся городу То, что обещали, уже построено."
    assert told("причал", f"{ran} {COST}") == COST.replace("причалов", "[причалов]")


def test_broken_sentence_with_the_word_yields_to_the_lead() -> None:
    torn = "Порт (построят за два года, сообщил Карабаев газете."
    assert told("карабаев", f"{OPENING} {torn}") == OPENING


def test_lead_is_told_with_what_has_the_word_and_two_that_have_it_only_side_by_side() -> None:
    between = "Жители города ждут открытия и говорят о нём на каждом углу, " + "и ждут, " * 32 + "и ждут."
    text = f"{OPENING} {between} {QUOTE.replace('порт ', 'порт Актау ')}"
    assert told("карабаев", text).startswith(OPENING)
    assert told("актау", text) == OPENING.replace("Актау", "[Актау]")


def test_source_is_told_with_the_lead_however_far_it_stands() -> None:
    source = "Об этом сообщает газета «Порт» со ссылкой на мэрию."
    expected = f"{OPENING} {source.replace('мэрию', '[мэрию]')}"
    assert told("мэрия", f"{OPENING} {source} {COST}") == expected
    assert told("мэрия", f"{OPENING} Когда же? {source}") == expected


def test_what_somebody_says_is_told_with_the_lead_that_names_him() -> None:
    lead = "Порт откроют в мае, сообщил журналистам министр транспорта Марат Карабаев."
    says = "Он отметил, что два новых причала для паромов построят рабочие из Баку."
    expected = f"{lead} {says.replace('Баку', '[Баку]')}"
    assert told("баку", f"{lead} {COST} {FAR} {says}") == expected
    assert not told("баку", f"{lead} {COST} {FAR} {says.replace('отметил, что', 'готов, и')}").startswith(lead)


def test_sentence_that_leans_gets_more_room_beside_what_it_leans_on() -> None:
    first = OPENING.replace("порта", f"порта{', дорог, мостов и причалов' * 5}")
    long = COST.replace("тенге", f"тенге{', рублей, манатов и долларов' * 3}")
    assert TOGETHER < len(first) + len(long) < TOGETHER + NEEDED
    assert told("тенге", f"{first} Его {long.lower()}").startswith(OPENING[:40])
    assert not told("тенге", f"{first} {long}").startswith(OPENING[:40])


def test_quotation_that_goes_on_in_the_next_paragraph_is_closed() -> None:
    said = "Министр Марат Карабаев сообщил: «Порт построят за два года и откроют в мае.\n\nА потом возьмёмся за мост»."
    assert told("карабаев", said).replace("[", "").replace("]", "") == f"{said.split(chr(10))[0]}»"


def test_what_a_page_is_found_by_is_not_told() -> None:
    assert told("порт", f"{COST} {QUOTE} порт, министр, Каспий") == f"{COST} {QUOTE.replace('порт ', '[порт] ')}"


def test_sentence_that_leans_does_not_open_a_pair() -> None:
    leaning = "Он также пообещал закупить десять новых кранов для порта."
    shown = told("кран", f"{OPENING} {'Дело решено, и это всем известно, ' * 9}сказали там. {leaning} {FAR}")
    assert not shown.startswith("Он") or shown == leaning.replace("кранов", "[кранов]")


def test_words_that_ran_together_are_told_apart() -> None:
    assert told("актау", "Бывший глава РФСВиталий Абай посетил порт Актау в мае.") == (
        "Бывший глава РФС Виталий Абай посетил порт [Актау] в мае."
    )
    assert (
        told("порт", "Министр Маратобъявил, что порт откроют в мае.")
        == "Министр Марат объявил, что [порт] откроют в мае."
    )
    assert told("порт", "Игрок ПАОКаДмитрий Абай увидел порт в мае.") == "Игрок ПАОКа Дмитрий Абай увидел [порт] в мае."
    assert told("port", "They open the port in May,according to Port Weekly.") == (
        "They open the [port] in May, according to [Port] Weekly."
    )


def test_headline_that_runs_into_the_first_sentence_is_not_told() -> None:
    title = "Порт Актау откроют для паромов в мае"
    assert told("тенге", f"{title} {COST}", title=title) == COST.replace("тенге", "[тенге]")


def test_sentence_that_says_a_name_more_than_the_headline_is_what_the_next_leans_on() -> None:
    title = "Порт Актау откроют для паромов компании моряка"
    text = f"{title} Марата Абая. Это обещали ещё весной всем жителям. Согласно ему, паромы пойдут в Баку."
    assert told("баку", text, title=title).startswith("Это обещали")


@pytest.mark.parametrize("name", ["ВКонтакте", "МИДом", "ЦСКАовский", "LinkedIn", "YouTube", "СберБанк", "НАТОвский"])
def test_names_are_told_as_they_are_written(name: str) -> None:
    assert name in told("порт", f"Новый порт построят вместе с {name} до конца года.")


def test_what_a_site_says_of_itself_yields_to_the_news() -> None:
    own = "Наша рубрика о порте выходит каждый понедельник утром."
    assert told("море", f"{own} {QUOTE}") == QUOTE


def test_link_amid_a_sentence_is_left_out() -> None:
    text = "The port of Aktau said https://port.example/a?b=1 on Sunday that its new pier opens in May."
    assert told("sunday", text) == "The port of Aktau said on [Sunday] that its new pier opens in May."
    assert told("aktau", text) == "The port of [Aktau] said on Sunday that its new pier opens in May."


def test_place_of_a_dateline_is_told_where_it_is_looked_for() -> None:
    text = "AKTAU, Kazakhstan -- With the old port closed, two brothers made a new one in their yard."
    assert told("kazakhstan", text) == text.replace("Kazakhstan", "[Kazakhstan]")
    assert told("brothers", text) == "With the old port closed, two [brothers] made a new one in their yard."
    byline = f"By Mary Abai (Reuters) - {text[text.index('With') :]}"
    assert told("abai", byline) == byline[byline.index("With") :]


@pytest.mark.parametrize(("opening", "closing"), ["«»", "“”", '""'])
def test_quotation_that_goes_on_is_closed(opening: str, closing: str) -> None:
    said = f"{opening}Порт построят за два года. Потом возьмёмся за мост{closing}, — сказал министр. "
    long = said.replace("мост", "мост, " * 90)
    assert told("порт", long) == f"{opening}[Порт] построят за два года.{closing}"
    assert told("порт", QUOTE) == QUOTE.replace("порт ", "[порт] ")


@pytest.mark.parametrize(
    "byline", ["Written By Ivan Ivanov | Aktau | Updated On: May 03, 2020 07:50 IST", "Port News Published 12:30 PM:"]
)
def test_byline_with_a_time_is_left_out(byline: str) -> None:
    assert told("port", f"{byline} The new port of Aktau opens in May.") == "The new [port] of Aktau opens in May."


def test_sentence_with_the_words_is_told_however_late_it_stands() -> None:
    late = "Но цех завода «Актау Машзавод» закроют, а рабочих переведут на новый причал."
    text = " ".join(
        [OPENING, *[QUOTE.replace("порт", "порт, который строили двенадцать лет, " * 4 + "порт")] * 20, late]
    )
    assert told("машзавод", text).endswith(late.replace("Машзавод", "[Машзавод]"))


def test_sentence_with_the_words_that_must_be_cut_yields_to_a_whole_lead() -> None:
    listed = f"Подрядчиками названы {'Актауское строительное управление, ' * 12}и управление порта Абай."
    assert told("подрядчик", f"{OPENING} {COST} {listed}") == f"{OPENING} {COST}"


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


def test_what_says_the_headline_again_is_told_for_a_word_that_the_headline_has_not() -> None:
    title = OPENING.removesuffix(".")
    again = f"{title}, сказал Абай."
    assert told("Абай", f"{again}\n\n{COST}", title=title) == f"{again} {COST}".replace("Абай", "[Абай]")
    assert told("порт", f"{again}\n\n{COST}", title=title) == COST


def test_end_of_a_long_quotation_gets_the_mark_that_opens_it() -> None:
    long = "".join(f" В порту построят причал номер {number}, кран и мост для судов." for number in range(8))
    text = f'{OPENING}\n"Мы рады.{long} Паромы придут сюда уже весной", - сообщил министр Абай.'
    assert told("паром", text).endswith('"[Паромы] придут сюда уже весной", - сообщил министр Абай.')


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
        pytest.param("Когда оно будет готово, кранов станет вдвое больше.", id="a clause"),
        pytest.param("По словам того же источника, кранов станет больше.", id="a pronoun further on"),
        pytest.param("It will also have twice as many cranes as before.", id="English"),
    ],
)
def test_beginnings_that_lean(leaning: str) -> None:
    # It is too long to be told with the one before it, and worth less than the lead without the word.
    before = QUOTE.replace("порт", "порт, который строили двенадцать лет, " * 4 + "порт")
    assert leaning not in told("заголовок", f"{OPENING}\n{before}\n{leaning}")


@pytest.mark.parametrize(
    "told_when",
    [
        "В этом году кранов в порту станет вдвое больше.",
        "На этой неделе порт откроют для паромов.",
        "This week the port opens its second pier.",
        "It takes years to build a port like Aktau.",
    ],
)
def test_words_for_a_time_lean_on_nothing(told_when: str) -> None:
    assert not leans(told_when)


def test_lead_is_how_an_article_begins() -> None:
    assert lead(article(f"Фото: пресс-служба\n\n{OPENING} {COST} {QUOTE}")) == Excerpt(f"{OPENING} {COST}")


@given(queries, TEXTS, st.sampled_from(["", "Токаев прибыл в Баку", "Казахстан"]))
@settings(max_examples=150, deadline=None)  # the first to ask for a language waits for its dictionary
def test_summary_is_of_the_text_and_its_marks_are_words_of_the_query(query: Query, text: str, title: str) -> None:
    seen = document(title, text)
    shown = summary(query, article(text, title=title), seen)
    positions = {at for phrase in query.sought() for span in phrase.spans(seen) for at in range(*span)}
    found = word_spans(text, [at - seen.body_start for at in positions if at >= seen.body_start])
    assert len(shown.text) <= max(LONGEST, TOGETHER + NEEDED) + 2
    assert not re.search(r"[^\S ]|  |^ | $", shown.text)
    assert {shown.text[start:end] for start, end in shown.marks} <= {text[start:end] for start, end in found}
    assert all(first[1] <= second[0] for first, second in zip(shown.marks, shown.marks[1:], strict=False))
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    assert "".join(shown.text.rstrip('…»”"').split())[:20] in "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "\0" * 9, "а" * 50_000, '«("' * 9_000, "שלום עולם. " * 5_000, "🎉 " * 9_000, "А. " * 9_000, "?! " * 9_000],
)
def test_nonsense_raises_nothing(text: str) -> None:
    assert len(told("порт", text)) <= LONGEST
    lead(article(text))
