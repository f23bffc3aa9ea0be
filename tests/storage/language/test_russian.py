import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language import surnames
from storage.language.russian import Russian
from storage.language.tokens import Case, case, normalise, words
from tests.shared import shared

RUSSIAN = Russian()
offered = lru_cache(1 << 16)(RUSSIAN.document)
asked = lru_cache(1 << 16)(RUSSIAN.query)


def finds(query: str, word: str) -> bool:
    """Whether the query, in small letters, finds the word as it is written in a text."""
    form = normalise(word)
    return not asked(normalise(query)).isdisjoint((form, *offered(form, case(word))))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("казахстан", "Казахстан Казахстана Казахстану Казахстаном Казахстане КАЗАХСТАНА"),
        ("казахстану", "Казахстан Казахстана Казахстане Казахстаном"),
        ("средний", "среднего среднему среднем средним средняя средние Средней"),
        ("коридор", "коридора коридору коридором коридоры"),
        ("мир", "мира миру миром Мира"),
        ("человек", "людей людям люди"),
        ("ребёнок", "дети детей ребенка"),
        ("мыло", "мыла"),
        ("мыть", "мыла"),
        ("стали", "стали стал станет"),
        ("марта", "март марта марте"),
        ("медиков", "медик медики медикам"),
        ("ставок", "ставка ставки ставкам"),
        ("зима", "зимой зиму зимы"),
        ("зимой", "зима зимой зиму"),
        ("шёпот", "шепотом шепота"),
        ("интересный", "интересно интересен интересная"),
        ("принятый", "принято приняты принятых"),
        ("задержанный", "задержаны задержанных задержанными Задержанного"),
        ("задержать", "задержаны задержанных задержали"),
        ("учащийся", "учащихся учащимся"),
        ("пар", "пар паром"),
        ("смог", "смога смогом смог"),
        ("лучший", "лучшие лучшего лучшими"),
        ("килограмм", "кг килограммов"),
        ("миллион", "млн миллионов"),
        ("поток-2", "Потока-2 потоку-2 Потоком-2"),
        ("потоке-2", "Поток-2 Потока-2"),
        ("ангела", "Ангелы Ангеле Ангелой"),
        ("локдаун", "локдауна Локдауном"),
        ("паблика", "паблик пабликов"),
        ("фолловеров", "фолловер Фолловеров"),
        ("ын", "Ына Ыну"),
        ("ына", "Ын"),
        ("ель", "Ёля Ёлю"),
    ],
)
def test_a_word_is_found_in_its_forms(query: str, found: str) -> None:
    assert [word for word in found.split() if not finds(query, word)] == []


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("или", "ил ила"),
        ("ил", "или"),
        ("уже", "узкий узкого"),
        ("узкий", "уже"),
        ("ряд", "рядом"),
        ("сталь", "стал стала станет"),
        ("стали", "сталь сталью"),
        ("мыло", "мыть мыли"),
        ("тема", "тем"),
        ("немой", "нем Нем"),
        ("простой", "просто"),
        ("быстрый", "быстро"),
        ("большой", "больше"),
        ("хороший", "лучший лучшего"),
        ("великий", "величайший"),
        ("задержанный", "задержал задержать"),
        ("совет", "советник советский"),
        ("год", "Г"),
    ],
)
def test_a_word_is_not_found_in_other_words(query: str, others: str) -> None:
    assert [word for word in others.split() if finds(query, word)] == []


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("токай", "Токаев Токаева Токаеву Токаевым"),
        ("токаев", "токай токая Токай"),
        ("абай", "Абаев Абаева"),
        ("алый", "Алиев Алиева"),
        ("алиев", "алые алый Алия"),
        ("алий", "Алиев"),
        ("казак", "Казаков Казахов Казакова Казахстан"),
        ("казах", "Казахстан казахстанский казак казаки"),
        ("стан", "стал Станислав Казахстан стали"),
        ("касьян", "Касьянов Касьянова"),
        ("волк", "Волков Волкова"),
        ("волков", "волк волки"),
        ("щегол", "Щеглов"),
        ("бак", "Баку"),
        ("баку", "бак баки баков"),
        ("алмат", "Алматы"),
        ("астан", "Астаны"),
        ("пас", "ПАСЕ"),
        ("пасе", "пас пасы пасом"),
        ("опека", "ОПЕК"),
        ("опек", "опека опеки опеку"),
        ("миро", "мира мир миру миром Мира МИР"),
        ("мира", "миро"),
        ("путин", "путина путину путиной"),
        ("мороз", "Морозов Морозова"),
        ("морозов", "мороз морозы морозом"),
        ("пашинянин", "Пашинян"),
        ("лев", "Львов Левин"),
        ("горе", "Гор горка"),
        ("мама", "Мамин"),
        ("огла", "оглу Оглу"),
        ("кобахидза", "Кобахидзе"),
        ("токаева", "Токаевский"),
    ],
)
def test_a_name_and_the_word_that_looks_like_it_stay_apart(query: str, others: str) -> None:
    assert [word for word in others.split() if finds(query, word)] == []


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("казахстану", "казахстан"),
        ("токаев", "токаев"),
        ("токаеву", "токаев"),
        ("токаева", "токаев токаева"),
        ("токаевой", "токаева"),
        ("алиев", "алиев"),
        ("алиева", "алиев алиева"),
        ("алиеву", "алиев"),
        ("алиевой", "алиева"),
        ("пашинян", "пашинян"),
        ("пашиняна", "пашинян"),
        ("зеленскому", "зеленский"),
        ("кобахидзе", "кобахидзе"),
        ("баку", "баку"),
        ("мирзиеев", "мирзиеев"),
        ("путину", "путин"),
        ("путина", "путин путина"),
        ("щеглов", "щегол щеглов"),
        ("студентов", "студент"),
        ("магаданцев", "магаданец"),
        ("мира", "мир"),
        ("стали", "стать"),
        ("смог", "смочь смог"),
        ("зимой", "зима"),
        ("задержанных", "задержанный"),
        ("вкуснейшего", "вкуснейший"),
        ("одкб", "одкб"),
        ("еаэс", "еаэс"),
        ("паблика", "паблик паблика"),
        ("астане", "астана"),
        ("случаем", "случай случаем"),
        ("коты", "кот коты"),
        ("очки", "очки очко"),
        ("часы", "часы"),
        ("выборы", "выборы"),
    ],
)
def test_a_query_looks_for_few_and_clean_lemmas(query: str, terms: str) -> None:
    assert asked(query) == set(terms.split())


@pytest.mark.parametrize(
    ("form", "written", "lemmas"),
    [
        ("оглу", Case.CAPITAL, ""),
        ("пашинян", Case.CAPITAL, ""),
        ("пашиняна", Case.CAPITAL, "пашинян"),
        ("токаев", Case.CAPITAL, ""),
        ("токаев", Case.SMALL, "токай"),
        ("алиевой", Case.CAPITAL, "алиев алиева"),
        ("путину", Case.SMALL, "путина"),
        ("путину", Case.CAPITAL, "путин путина"),
        ("казаков", Case.SMALL, "казак"),
        ("казаков", Case.CAPITAL, ""),
        ("студентов", Case.CAPITAL, "студент"),
        ("одкб", Case.CAPITALS, ""),
        ("пасе", Case.CAPITALS, ""),
        ("воз", Case.CAPITALS, ""),
        ("мида", Case.CAPITAL, "мид"),
        ("униан", Case.CAPITALS, ""),
        ("война", Case.CAPITALS, ""),
        ("войны", Case.CAPITALS, "война"),
        ("казахстана", Case.CAPITALS, "казахстан"),
        ("г", Case.SMALL, "год"),
        ("г", Case.CAPITAL, ""),
    ],
)
def test_what_a_form_offers_depends_on_how_it_is_written(form: str, written: Case, lemmas: str) -> None:
    assert RUSSIAN.document(form, written) == tuple(lemmas.split())


@pytest.mark.parametrize(
    ("place", "forms"),
    [
        ("Баку", ""),
        ("Алматы", ""),
        ("Тбилиси", ""),
        ("Ханкенди", ""),
        ("Сумгаит", "Сумгаита Сумгаиту Сумгаитом Сумгаите"),
        ("Нахчыван", "Нахчывана Нахчывану Нахчываном Нахчыване"),
        ("Нахичевань", "Нахичевани Нахичеванью"),
        ("Шуша", "Шуши Шуше Шушу Шушой"),
        ("Нур-Султан", "Нур-Султана Нур-Султану Нур-Султаном Нур-Султане"),
        ("Астана", "Астаны Астане Астану Астаной"),
        ("Бишкек", "Бишкека Бишкеку Бишкеком Бишкеке"),
        ("Ереван", "Еревана Еревану Ереваном Ереване"),
        ("Ташкент", "Ташкента Ташкенту Ташкентом Ташкенте"),
    ],
)
def test_a_place_is_found_in_all_cases(place: str, forms: str) -> None:
    assert [form for form in (place, *forms.split()) if not finds(place, form)] == []


# Statesmen of the region, and the best known of those whose names are also words.
MEN = """
Токаев Назарбаев Алиев Мирзиёев Жапаров Бердымухамедов Атамбаев Жээнбеков Бакиев Акаев Тасмагамбетов Бектенов
Смаилов Байрамов Асадов Масимов Гасанов Каримов Султанов Мамедов Гусейнов Рзаев Кулибаев Кошанов Абдыкаликов
Исмаилов Рустамов Лавров Путин Собянин Мишустин Пушилин Казаков Морозов Волков Кадыров Абаев Садыков Сулейманов
Ахметов Пугачёв Бородин Куницын
"""


@pytest.mark.parametrize("surname", MEN.split())
def test_a_surname_is_found_in_his_forms_and_hers(surname: str) -> None:
    forms = [surname + ending for ending in ("", "а", "у", "ым", "е", "ой", "ых")]
    assert [form for form in forms if not finds(surname, form)] == []
    assert [form for form in forms[1:] if not finds(form, surname + "а")] == []


@pytest.mark.parametrize(
    ("surname", "forms"),
    [
        ("Зеленский", "Зеленского Зеленскому Зеленским Зеленском Зеленская Зеленской Зеленскую"),
        ("Сырский", "Сырского Сырскому Сырским Сырском"),
        ("Пашинян", "Пашиняна Пашиняну Пашиняном Пашиняне"),
        ("Саргсян", "Саргсяна Саргсяну Саргсяном Саргсяне"),
        ("Петросянц", "Петросянца Петросянцу Петросянцем"),
        ("Кобахидзе", ""),
        ("Саакашвили", ""),
        ("Порошенко", ""),
        ("Черных", ""),
        ("Байден", "Байдена Байдену Байденом Байдене"),
        ("Скрипаль", "Скрипаля Скрипалю Скрипалем Скрипале"),
        ("Курц", "Курца Курцу Курцем Курце"),
        ("Ниневия", "Ниневии Ниневию Ниневией"),
        ("Эрдоган", "Эрдогана Эрдогану Эрдоганом"),
        ("Меркель", ""),
    ],
)
def test_a_name_of_another_kind_is_found_in_all_cases(surname: str, forms: str) -> None:
    assert [form for form in (surname, *forms.split()) if not finds(surname, form)] == []


@pytest.mark.parametrize(
    ("form", "lemmas"),
    [
        ("токаева", "токаев токаева"),
        ("токаевой", "токаева токаев"),
        ("токаевым", "токаев"),
        ("зеленскому", "зеленский"),
        ("мостовской", "мостовской мостовский"),
        ("пашиняном", "пашинян"),
        ("саакашвили", "саакашвили"),
        ("байдена", ""),
        ("ким", ""),
    ],
)
def test_shapes_of_surnames(form: str, lemmas: str) -> None:
    assert surnames.lemmas(form) == tuple(lemmas.split())


@given(stem=st.sampled_from(["бекта", "муса", "жума", "саги", "кошка"]), suffix=st.sampled_from(["ев", "ин", "ров"]))
def test_every_ending_leads_a_surname_back(stem: str, suffix: str) -> None:
    surname = stem + suffix
    for ending in ("", "а", "у", "ым", "е", "ой", "ы", "ых", "ыми"):
        assert surname in surnames.lemmas(surname + ending)
    assert surnames.hers(surname) == f"{surname}а"


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя-2", min_size=1, max_size=14), st.sampled_from(Case))
def test_any_letters_give_sorted_lemmas_and_some_terms(word: str, written: Case) -> None:
    form = normalise(word)
    lemmas = RUSSIAN.document(form, written)
    assert list(lemmas) == sorted(set(lemmas) - {form})
    assert RUSSIAN.query(form)


@pytest.mark.parametrize("word", ["воз", "опек", "пасе", "бак"])
def test_an_abbreviation_may_look_like_another_word(word: str) -> None:
    assert RUSSIAN.abbreviates(word)


@pytest.mark.parametrize("word", ["мид", "газ", "мир", "баку", "сша", "еаэс", "под", "вазы", "казахстан"])
def test_most_words_are_no_abbreviation_or_nothing_else(word: str) -> None:
    assert not RUSSIAN.abbreviates(word)


def test_it_knows_what_the_dictionary_has() -> None:
    assert RUSSIAN.knows("казахстану")
    assert not RUSSIAN.knows("мемлекет")


def test_words_of_a_treebank_are_retrieved_by_lemma() -> None:
    right, wrong, missed = _retrieved(inflected=False)
    assert 2 * right / (2 * right + wrong + missed) >= 0.975
    assert right / (right + missed) >= 0.98


def test_words_of_a_treebank_are_retrieved_by_inflected_form() -> None:
    right, wrong, missed = _retrieved(inflected=True)
    assert 2 * right / (2 * right + wrong + missed) >= 0.948


def test_every_word_of_a_treebank_finds_itself() -> None:
    lost = {
        word
        for word, _, _ in _treebank()
        if case(word) is not Case.CAPITALS and re.search("[а-я]", normalise(word)) and not finds(word, word)
    }
    assert lost == set()


def test_surnames_of_the_region_are_found_in_all_their_forms() -> None:
    with shared("data", "surnames_ru_forms.tsv").open(encoding="utf-8") as rows:
        pairs = list(csv.reader(rows, delimiter="\t"))
    assert [pair for pair in pairs if not finds(pair[0], pair[1].capitalize())] == []
    assert [pair for pair in pairs if not finds(*pair)] == []


def test_names_in_the_news_are_found_by_their_lemmas() -> None:
    found = [all(finds(*pair) for pair in zip(lemmas, mention, strict=True)) for mention, lemmas in _mentions()]
    assert len(found) > 10_000
    assert sum(found) / len(found) >= 0.995


def _mentions() -> Iterator[tuple[list[str], list[str]]]:
    """The words of a mention and those of its lemma, where they are as many."""
    for path in sorted(shared("data", "mentions", "ner").glob("*/ru/*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            if len(columns) > 3 and len(words(columns[2])) == len(words(columns[3])):
                yield words(columns[2]), words(columns[3])


def _treebank() -> Iterator[tuple[str, str, str]]:
    """Word as written, lemma and part of speech."""
    word = re.compile(r"[\w'][\w'-]*")
    with shared("data", "ru_taiga.conllu").open(encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            numbered = len(columns) == 10 and columns[0].isdigit()
            if numbered and word.fullmatch(normalise(columns[1])) and not columns[1].isdigit():
                yield columns[1], normalise(columns[2]), columns[3]


def _retrieved(*, inflected: bool) -> tuple[int, int, int]:
    """Tokens rightly found, wrongly found and missed by the lemma, or each form, of every noun, name and adjective."""
    mentions: Counter[tuple[str, Case, str]] = Counter()
    queries: set[tuple[str, str]] = set()
    for word, lemma, tag in _treebank():
        form = normalise(word)
        mentions[form, case(word), lemma] += 1
        if tag in {"NOUN", "PROPN", "ADJ"} and len(lemma) > 2:
            queries.add((form if inflected else lemma, lemma))
    total: Counter[str] = Counter()
    index: defaultdict[str, set[tuple[str, Case, str]]] = defaultdict(set)
    for mention, count in mentions.items():
        total[mention[2]] += count
        for term in (mention[0], *offered(*mention[:2])):
            index[term].add(mention)
    right = wrong = missed = 0
    for query, lemma in queries:
        hits = set[tuple[str, Case, str]]().union(*(index[term] for term in asked(query)))
        good = sum(mentions[hit] for hit in hits if hit[2] == lemma)
        right, missed = right + good, missed + total[lemma] - good
        wrong += sum(mentions[hit] for hit in hits if hit[2] != lemma)
    return right, wrong, missed
