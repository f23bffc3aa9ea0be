from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.kazakh import SOUNDS, Kazakh, shapes
from storage.language.kazakh_words import ALONE, WHOLE
from storage.language.tokens import Case, case, normalise, words
from tests.shared import shared

KAZAKH = Kazakh()
Row = tuple[str, str, Case, bool]
"""A form, its lemma, how it is written, and whether its lemma is asked for."""


def offered(form: str) -> set[str]:
    return set(KAZAKH.document(form, Case.SMALL))


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        ("бала", "балалар баланың балаға баланы балада баладан баламен баласы баласына баласында баламыз баладағы"),
        ("ел", "елдер елдің елге елді елде елден елмен елі еліміз еліне елінде елдеріміздің елдегі"),
        ("қазақ", "қазақтар қазақтың қазаққа қазақты қазақта қазақтан қазақпен қазағы қазағым қазақпыз қазақтай"),
        ("адам", "адамдар адамның адамға адамды адамнан адаммен адамы адамдарымыздың адамдікі"),
        ("ұлт", "ұлттар ұлттың ұлтқа ұлтты ұлтта ұлттан ұлтпен ұлты ұлтымыз ұлтының ұлттарының"),
        ("сөз", "сөздер сөздің сөзге сөзбен сөзі сөзін сөзінде сөздеріне сөзінше"),
        ("сайлау", "сайлауда сайлаудың сайлауға сайлауы сайлаулар сайлауындағы"),
        ("ауыр", "ауырырақ"),
        ("дені", "денірек"),
    ],
)
def test_a_stem_is_offered_for_its_forms(stem: str, forms: str) -> None:
    assert [form for form in forms.split() if stem not in offered(form)] == []


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        ("кітап", "кітабы кітабының кітабым кітапты кітаптар"),
        ("жүрек", "жүрегі жүрегіне жүректен"),
        ("тарақ", "тарағы тарағын тараққа"),
        ("орын", "орны орнында орнынан орындар"),
        ("ерін", "ерні ерніне"),
        ("мойын", "мойны мойнына"),
        ("халық", "халқы халқының халқымыз халыққа"),
        ("көрік", "көркі"),
        ("ауыз", "аузы аузымен"),
        ("дауыс", "даусы даусын"),
        ("ауыл", "аулы аулында"),
        ("мүлік", "мүлкі"),
        ("король", "королі корольдің"),
        ("клуб", "клубы клубының клубтар"),
        ("банк", "банкі банктің банкте"),
        ("турист", "туристер туристердің туристі"),
    ],
)
def test_changed_and_dropped_letters_are_put_back(stem: str, forms: str) -> None:
    assert [form for form in forms.split() if stem not in offered(form)] == []


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("тоқаев", "тоқаевтың тоқаевқа тоқаевты тоқаевтан тоқаевпен"),
        ("назарбаев", "назарбаевтың назарбаевқа"),
        ("мәсімов", "мәсімовтің мәсімовке"),
        ("байден", "байденнің байденге байденнен"),
        ("путин", "путиннің путинге"),
        ("зеленский", "зеленскийдің зеленскийге"),
        ("россия", "россияның россияға россиядан россиядағы"),
        ("қазақстан", "қазақстанның қазақстанға қазақстандағы қазақстаннан қазақстанмен"),
        ("жетісу", "жетісудың жетісуда"),
        ("қарабағ", "қарабағтың қарабағта"),
        ("алматы", "алматыда алматының алматыдағы"),
        ("ақш", "ақш-тың ақш-қа ақш-пен"),
        ("бұұ", "бұұ-ның бұұ-да"),
        ("ас-сауд", "ас-саудтың"),
        ("google", "google-дің google'дың"),
        ("covid-19", "covid-19-дың"),
    ],
)
def test_names_and_abbreviations_are_offered_for_their_forms(name: str, forms: str) -> None:
    assert [form for form in forms.split() if name not in offered(form)] == []


@pytest.mark.parametrize(
    ("form", "other"),
    [
        ("бала", "бал"),
        ("балада", "бал"),
        ("қала", "қал"),
        ("қалам", "қала"),
        ("қаламның", "қала"),
        ("қадам", "қада"),
        ("ханым", "хан"),
        ("алаң", "ала"),
        ("жақын", "жақ"),
        ("жақындар", "жақ"),
        ("қойын", "қой"),
        ("ойын", "ой"),
        ("теңге", "тең"),
        ("теңгеден", "тең"),
        ("қысқа", "қыс"),
        ("қарға", "қар"),
        ("балға", "бал"),
        ("майдан", "май"),
        ("судан", "су"),
        ("сауда", "сау"),
        ("топырақ", "топ"),
        ("желі", "жел"),
        ("басты", "бас"),
        ("басқа", "бас"),
        ("қанша", "қан"),
        ("оның", "он"),
        ("доллар", "дол"),
        ("лидер", "ли"),
        ("қазақстан", "қазақ"),
        ("егемен", "еге"),
        ("басшы", "басш"),
        ("оқушы", "оқуш"),
        ("болады", "бола"),
        ("қарады", "қара"),
        ("чен-ын", "чен"),
        ("station", "statio"),
        ("ойының", "ойын"),
        ("түрлі", "түрл"),
    ],
)
def test_look_alikes_are_other_words(form: str, other: str) -> None:
    assert other not in offered(form)
    assert other not in KAZAKH.query(form)


def test_what_is_not_inflected_is_left_alone() -> None:
    assert {word: offered(word) for word in ALONE | WHOLE if offered(word)} == {}
    assert {word for word in WHOLE if KAZAKH.query(word) != {word}} == set()


def test_of_two_readings_both_are_offered() -> None:
    # Of a game, or in the thought.
    assert {"ойын", "ой"} <= offered("ойында") | offered("ойына")
    assert "ой" in offered("ойының")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("қаланың", {"қаланың", "қала"}),
        ("қазақстанның", {"қазақстанның", "қазақстан"}),
        ("тоқаевқа", {"тоқаевқа", "тоқаев"}),
        ("ақш-тың", {"ақш-тың", "ақш"}),
        ("халқы", {"халқы", "халық"}),
        ("қалам", {"қалам"}),
        ("орын", {"орын"}),
        ("тілші", {"тілші"}),
        ("ана", {"ана"}),
        ("заман", {"заман"}),
        ("мұғалім", {"мұғалім"}),
        ("мекеме", {"мекеме"}),
        ("бағдарлама", {"бағдарлама"}),
    ],
)
def test_queries_take_off_endings_that_cannot_be_mistaken(word: str, found: set[str]) -> None:
    assert KAZAKH.query(word) == found


@pytest.mark.parametrize(
    ("form", "stem"),
    [
        ("qazaqstannyń", "qazaqstan"),
        ("qazaqstannyñ", "qazaqstan"),
        ("qazaqstannıñ", "qazaqstan"),
        ("qazaqstannyn", "qazaqstan"),
        ("elderiniń", "el"),
        ("elderınıñ", "el"),
        ("qalalarda", "qala"),
        ("memlekettiń", "memleket"),
        ("kitaby", "kitap"),
        ("júregi", "júrek"),
        ("halqy", "halyq"),
        ("xalqı", "xalıq"),
        ("orny", "oryn"),
        ("qalaǵa", "qala"),
        ("qalaga", "qala"),
        ("kúnniń", "kún"),
        ("kunnin", "kun"),
        ("basshylar", "basshy"),
        ("organızmniń", "organızm"),
        ("aqsh-tyń", "aqsh"),
    ],
)
def test_latin_words_have_the_same_endings(form: str, stem: str) -> None:
    assert stem in offered(form)


def test_knows_its_own_letters_only() -> None:
    assert [word for word in ("қала", "елдің", "әке", "qalanyñ", "qalaǵa") if KAZAKH.knows(word)] == [
        "қала",
        "елдің",
        "әке",
        "qalanyñ",
        "qalaǵa",
    ]
    assert [word for word in ("москва", "бала", "рік", "london", "qan", "ağac", "şəhər") if KAZAKH.knows(word)] == []


def stems(vowels: str, velar: str) -> st.SearchStrategy[str]:
    syllable = st.tuples(st.sampled_from("бдғжзлмнрст"), st.sampled_from(vowels)).map("".join)
    last = st.sampled_from(["", *"рйлмнзтсшп", velar])
    return st.tuples(st.lists(syllable, min_size=2, max_size=3).map("".join), last).map("".join)


STEMS = stems("аоұы", "қ") | stems("әөүіе", "к")
CASES = ["NYң", "CY", "GA", "DA", "BAн", "Mен", "DAHY", "DAй"]
OF_THIRD = ["", "нYң", "н", "нA", "ндA", "нAн", "мен", "ндAHY"]
TEMPLATES = [
    "LAр",
    *CASES,
    *(f"LAр{case}" for case in CASES),
    *(f"SY{case}" for case in OF_THIRD),
    *(f"LAрSY{case}" for case in OF_THIRD),
    "JмYз",
    "LAрJмYзNYң",
]


def attach(stem: str, template: str) -> str:
    """As a Kazakh would write it."""
    ending = SOUNDS.spell(template, shapes(stem)[0])
    assert ending
    if ending[0] in "ыі":
        stem = stem[:-1] + {"п": "б", "к": "г", "қ": "ғ"}.get(stem[-1], stem[-1])
    return stem + ending


@given(STEMS, st.sampled_from(TEMPLATES))
def test_any_form_of_any_stem_is_found_by_it(stem: str, template: str) -> None:
    form = attach(stem, template)
    listed = any(form.startswith(word[:-1]) for word in WHOLE | ALONE)
    assert listed or stem in offered(form)


@given(st.text("абғдеәжзийкқлмнңоөпрстуұүшыіь-", max_size=20))
def test_stems_are_beginnings_up_to_their_last_letters(form: str) -> None:
    for stem in offered(form):
        assert stem
        assert stem != form
        assert len(stem) <= len(form)
        assert form.startswith(stem[:-2])


@given(st.text("aábdeégǵğhiıjklmnńñoóöpqrsştuúüvwyýzәқ'-1", max_size=20))
def test_latin_and_mixed_words_are_read_without_error(form: str) -> None:
    assert all(stem and form.startswith(stem[:-3]) for stem in offered(form))
    assert form in KAZAKH.query(form)


def treebank() -> Iterator[Row]:
    for line in shared("data", "kk_ktb_train.conllu").read_text("utf8").splitlines():
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit() and any(map(str.isalpha, columns[1])):
            asked = columns[3] in {"NOUN", "PROPN", "ADJ"} and len(columns[2]) > 2
            yield normalise(columns[1]), normalise(columns[2]), case(columns[1]), asked


def paradigms() -> list[Row]:
    lines = shared("data", "unimorph_kaz_noun.tsv").read_text("utf8").splitlines()
    pairs = [tuple(map(normalise, line.split("\t")[:2])) for line in lines]
    return [(form, lemma, Case.SMALL, len(lemma) > 2) for lemma, form in pairs]


def scores(rows: Iterable[Row]) -> tuple[float, float]:
    """Micro precision and recall, the lemmas asked for as queries."""
    tokens = Counter(rows)
    found_by: defaultdict[str, set[Row]] = defaultdict(set)
    for row in tokens:
        for term in {row[0], *KAZAKH.document(row[0], row[2])}:
            found_by[term].add(row)
    asked = {lemma for _, lemma, _, wanted in tokens if wanted}
    found = right = 0
    for lemma in asked:
        hits = set().union(*(found_by[term] for term in KAZAKH.query(lemma)))
        found += sum(tokens[row] for row in hits)
        right += sum(tokens[row] for row in hits if row[1] == lemma)
    return right / found, right / sum(count for row, count in tokens.items() if row[1] in asked)


def test_treebank_words_are_found_by_their_lemmas() -> None:
    precision, recall = scores(treebank())
    assert precision > 0.98
    assert recall > 0.96


def test_paradigms_are_found_by_their_lemmas() -> None:
    precision, recall = scores(paradigms())
    assert precision > 0.994
    assert recall > 0.99


def test_inflected_queries_find_the_other_forms() -> None:
    rows = paradigms()[::7]
    normalised = [lemma in KAZAKH.query(form) for form, lemma, _, _ in rows]
    assert sum(normalised) / len(rows) > 0.85


def named_places() -> Iterator[str]:
    for line in shared("data", "kaznerd_valid.iob2").read_text("utf8").splitlines():
        word, _, label = line.partition(" ")
        if label.endswith(("-PERSON", "-GPE", "-LOCATION", "-ORGANISATION")) and word[:1].isupper():
            yield from map(normalise, words(word))


def test_names_in_news_are_found_by_their_base_forms() -> None:
    endings = {SOUNDS.spell(template, shape) for template in CASES for shape in SOUNDS.shapes()}
    names = Counter(named_places())
    bases = {name for name, count in names.items() if count > 1 and len(name) > 3}
    pairs = [(name, name[:at]) for name in names for at in range(4, len(name)) if name[at:] in endings]
    inflected = [(name, base) for name, base in pairs if base in bases]
    found = sum(base in offered(name) for name, base in inflected)
    assert len(inflected) > 150
    assert found / len(inflected) > 0.98
