import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.english import English
from storage.language.tokens import Case, case, normalise, words
from tests.benchmarks.words_data import read_set
from tests.benchmarks.words_score import Method, inflected, lemmas, score
from tests.shared import shared


@pytest.fixture(scope="module")
def english() -> English:
    return English()


def offered(english: English, word: str) -> set[str]:
    return {normalise(word), *english.document(normalise(word), case(word))}


def finds(english: English, query: str, word: str) -> bool:
    [written] = words(word)
    return not english.query(normalise(query)).isdisjoint(offered(english, written))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("city", "city City CITY cities Cities city's cities'", id="a plural in -ies"),
        pytest.param("church", "churches", id="a plural in -es"),
        pytest.param("Kazakhstan", "Kazakhstan Kazakhstan's KAZAKHSTAN’S", id="a possessive"),
        pytest.param("Kazakhstan's", "Kazakhstan Kazakhstan's", id="a possessive as a query"),
        pytest.param("child", "children children's", id="an irregular plural"),
        pytest.param("men", "man men man's men's", id="an irregular plural as a query"),
        pytest.param("policeman", "policemen", id="the irregular plural of a compound"),
        pytest.param("crisis", "crises", id="a Greek plural"),
        pytest.param("basis", "bases", id="a Greek plural that is one of another word"),
        pytest.param("base", "bases", id="and that other word"),
        pytest.param("life", "lives", id="life and live share a form"),
        pytest.param("live", "lives", id="live and life share a form"),
        pytest.param("criterion", "criteria", id="a plural in -a"),
        pytest.param("go", "goes going went gone", id="an irregular verb"),
        pytest.param("went", "go goes", id="a past that is no participle"),
        pytest.param("best", "good better", id="a superlative as a query"),
        pytest.param("feel", "felt feels", id="an irregular past that is a noun too"),
        pytest.param("felt", "felt", id="and that noun"),
        pytest.param("kill", "kills killed killing", id="a verb"),
        pytest.param("fix", "fixes fixed fixing", id="not fixe"),
        pytest.param("annex", "annexed annexing", id="not annexe"),
        pytest.param("meeting", "meeting meetings", id="a gerund and its plural"),
        pytest.param("meetings", "meeting meetings", id="the plural of a gerund"),
        pytest.param("meet", "meeting met meets", id="the verb of a gerund"),
        pytest.param("big", "bigger biggest", id="a comparison"),
        pytest.param("American", "Americans American's", id="a people"),
        pytest.param("Americans", "American", id="a people as a query"),
        pytest.param("Uzbek", "Uzbeks", id="a people of the region"),
        pytest.param("Israelis", "Israeli", id="a people in -i"),
        pytest.param("Trump", "Trumps Trump's", id="a name in the plural"),
        pytest.param("Tokayev", "Tokayevs Tokayev's", id="a name that no dictionary has"),
        pytest.param("Mirziyosh", "Mirziyoshes Mirziyoshes'", id="nor this one in a hiss"),
        pytest.param("Chechen", "Chechens", id="nor this people"),
        pytest.param("e-mail", "e-mails", id="a compound that the dictionary has without its hyphen"),
        pytest.param("peace-talk", "peace-talks", id="a compound"),
        pytest.param("Peace-talks", "peace-talk", id="a compound as a query"),
        pytest.param("café", "cafés café's", id="a letter with an accent"),
        pytest.param("scissors", "scissors", id="a plural that has no singular"),
        pytest.param("species", "species", id="a plural that looks like the singular"),
        pytest.param("government", "GOVERNMENTS", id="a headline in capitals"),
    ],
)
def test_a_word_is_found_in_its_forms(english: English, query: str, found: str) -> None:
    assert [word for word in found.split() if not finds(english, query, word)] == []


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("new", "news News"),
        ("news", "new newer"),
        ("universe", "university universities universal"),
        ("university", "universe"),
        ("organ", "organization organic"),
        ("policy", "police policeman"),
        ("medium", "media"),
        ("media", "medium"),
        ("datum", "data"),
        ("interest", "interesting interested"),
        ("meeting", "meet meets met"),
        ("building", "build builds built"),
        ("interested", "interest interests"),
        ("broken", "break breaks broke"),
        ("done", "do does did"),
        ("jean", "jeans"),
        ("do", "Don"),
        ("so", "SOS sos"),
        ("email", "e-mail e-mails"),
        ("aid", "AIDS"),
        ("aide", "AIDS"),
        ("we", "US"),
        ("lead", "LED"),
        ("be", "AM AI"),
        ("pari", "Paris"),
        ("tall", "Tallinn"),
        ("colour", "color"),
        ("boss", "bos"),
        ("analyst", "analysis"),
    ],
)
def test_a_word_is_not_found_in_other_words(english: English, query: str, others: str) -> None:
    assert [word for word in others.split() if finds(english, query, word)] == []


@pytest.mark.parametrize("name", ["Paris", "Texas", "Wales", "Williams", "Reuters", "Hamas", "Hollis", "Netherlands"])
def test_a_name_in_s_looks_for_itself_alone(english: English, name: str) -> None:
    assert english.query(name.lower()) == {name.lower()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("cities", {"city"}, id="no literal of an inflected word that is known"),
        pytest.param("city", {"city"}, id="a lemma"),
        pytest.param("tokayev", {"tokayev"}, id="a word that is not known"),
        pytest.param("halves", {"half", "halve"}, id="a form of two words"),
        pytest.param("'s", {"'s"}, id="a possessive of nothing"),
    ],
)
def test_a_query_word_looks_for_its_lemmas(english: English, query: str, expected: set[str]) -> None:
    assert english.query(query) == expected


def test_what_the_dictionary_has_is_known(english: English) -> None:
    known = ("city", "cities", "city's", "kazakhstan", "uzbeks")
    assert [word for word in (*known, "tokayev", "город", "şəhər", "") if english.knows(word)] == list(known)


def test_an_abbreviation_is_one_that_is_a_word_in_small_letters(english: English) -> None:
    asked = ("who", "aids", "us", "it", "nato", "kazakhstan", "tokayev", "oil", "")
    assert [word for word in asked if english.abbreviates(word)] == ["who", "aids", "us", "it"]


def test_readings_are_words(english: English) -> None:
    assert english.document("houses", Case.SMALL) == ("house",)
    assert english.document("bases", Case.SMALL) == ("base", "basis")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mirziyoss", ()), ("mirziyos", ("mirziyo",)), ("mirziyozes", ("mirziyoz", "mirziyoze")), ("qis", ())],
)
def test_what_no_dictionary_has_may_be_a_plural(english: English, name: str, expected: tuple[str, ...]) -> None:
    assert english.document(name, Case.CAPITAL) == expected


@given(st.text("abcdeginorstuvxy'-é", max_size=12), st.sampled_from(Case))
def test_lemmas_are_sorted_and_never_repeat_the_form(english: English, form: str, written: Case) -> None:
    lemmas = english.document(form, written)
    assert list(lemmas) == sorted(set(lemmas) - {form, ""})


@given(st.text("abcdeginorstuvxyé", min_size=1, max_size=10))
def test_a_query_finds_the_word_itself_in_small_letters(english: English, word: str) -> None:
    assert finds(english, word, word)


def test_words_of_a_treebank_are_retrieved_by_their_lemma(english: English) -> None:
    found = score(read_set("en_ewt", shared("data")), _method(english), lemmas)
    assert found.f1 >= 97.5
    assert found.recall >= 98.7


def test_words_of_a_treebank_are_retrieved_by_their_forms(english: English) -> None:
    assert score(read_set("en_ewt", shared("data")), _method(english), inflected).f1 >= 96


def _method(english: English) -> Method:
    return Method("english", lambda word: offered(english, word), lambda word: english.query(normalise(word)))
