from datetime import UTC, datetime, timedelta

import pytest

from storage.phrases import Phrase
from storage.query import parse
from storage.syntax import Or
from tests.storage.builders import DAY, HOUR, NOW, document


def found(query: str, *texts: str, title: str = "") -> list[bool]:
    """Which of the texts the query finds."""
    return [parse(query).matches(document(title, text), now=NOW) for text in texts]


@pytest.mark.parametrize(
    ("query", "yes", "no"),
    [
        pytest.param("средний коридор", "коридора не видно: среднего нет", "средний путь", id="both words, any order"),
        pytest.param('"средний коридор"', "о Среднем коридоре", "коридор средний", id="a phrase, adjacent in order"),
        pytest.param('"средний коридор"', "среднему коридору", "средний длинный коридор", id="a phrase, inflected"),
        pytest.param("«совет мира»", "Советом мира", "совет о мире", id="quotes of any kind"),
        pytest.param("токаев OR алиев", "Алиеву", "Путин", id="either"),
        pytest.param("токаев | алиев", "Токаева", "Путин", id="either, by a bar"),
        pytest.param("токаев|алиев", "Токаева", "Путин", id="either, by a bar alone"),
        pytest.param("токаев ИЛИ алиев", "Токаевым", "Путин", id="either, in Russian"),
        pytest.param("казахстан -футбол", "Казахстан", "футбол в Казахстане", id="without, by minus"),
        pytest.param("казахстан NOT футбол", "Казахстан", "футболу в Казахстане", id="without"),
        pytest.param("казахстан НЕ футбол", "Казахстан", "футбол Казахстана", id="without, in Russian"),
        pytest.param("казахстан —футбол", "Казахстан", "футбол Казахстана", id="without, by any dash"),
        pytest.param("(энергетика OR логистика) баку", "логистика Баку", "энергетика логистика", id="grouping"),
        pytest.param("энерг*", "энергичный", "об энэргии", id="words that begin so"),
        pytest.param("=баку", "в Баку", "бакинский", id="exactly this form"),
        pytest.param("=казахстану", "Казахстану", "Казахстан", id="exactly this form, not another of it"),
        pytest.param("санкт-петербург", "в Санкт-Петербурге", "санкт и Петербург", id="a hyphenated word by itself"),
        pytest.param("петербург", "Санкт-Петербурге", "Петроград", id="a hyphenated word by a part"),
        pytest.param('"ким чен ын"', "Ким-Чен-Ын", "ким ын", id="a phrase across hyphens"),
        pytest.param("ким-чен-ын", "Ким Чен Ын", "Ким Ын Чен", id="a hyphenated word written apart"),
        pytest.param(
            '"санкт-петербург петербург"', "Санкт-Петербург, Петербург", "Санкт-Петербург", id="each in its place"
        ),
        pytest.param('"=санкт-петербург метро"', "Санкт-Петербург метро", "Санкт метро", id="exact in a phrase"),
        pytest.param('"санкт-пет* метро"', "Санкт-Петербургское метро", "Санкт-Пе метро", id="beginning in a phrase"),
        pytest.param('"совет =мира"', "Совету мира", "Совет миру", id="exact word of a phrase"),
        pytest.param('"президент каз*"', "президента Казахстана", "каз президента", id="beginning, last in a phrase"),
        pytest.param('казахстан -"совет мира"', "Казахстан и совет", "Казахстан в Совете мира", id="without a phrase"),
        pytest.param("казахстан -(футбол хоккей)", "футбол в Казахстане", "Казахстан футбол хоккей", id="not both"),
        pytest.param("казахстан -(футбол OR хоккей)", "Казахстан", "хоккей, Казахстан", id="without either"),
        pytest.param("C++", "о C++", "C C#", id="names with signs"),
        pytest.param("3,5", "рост 3.5%", "3 и 5", id="decimals"),
        pytest.param("елка", "Ёлка", "ель", id="ё is е"),
        pytest.param("Ёлка", "елки", "ель", id="е is ё"),
        pytest.param("report.az", "на Report.az", "az report", id="an address is a phrase of its words"),
        pytest.param("казахстан 😀 — баку", "Баку, Казахстан", "Баку", id="signs that are no words say nothing"),
        pytest.param("казахстан и баку", "Казахстан, Баку", "Казахстан", id="function words say nothing"),
        pytest.param(
            '"один пояс, один путь"', "Одного пояса, одного пути", "Один пояс и один путь", id="a name with и"
        ),
        pytest.param('"вопрос о мире"', "вопроса о мире", "вопросы мира", id="function words in a phrase"),
        pytest.param("№ 5", "школа №5", "5 школ", id="a number"),
        pytest.param("5", "школа № 5", "№ 55", id="a number without its sign"),
        pytest.param("COVID-19", "о COVID19", "COVID 20", id="a name with a number, written together"),
        pytest.param("Су57", "Су-57", "Су", id="a name with a number, written apart"),
    ],
)
def test_each_form_of_the_language_finds_what_it_says(query: str, yes: str, no: str) -> None:
    assert found(query, yes, no) == [True, False]


def test_title_asks_for_the_headline() -> None:
    query = parse("title:саммит")
    assert query.matches(document("О саммите", "текст"), now=NOW)
    assert not query.matches(document("Новости", "саммит"), now=NOW)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("title:(совет -мира)", "title:совет -title:мира"),
        ("title:(k OR l)", "title:k OR title:l"),
        ('title:"совета мира"', 'title:"совет мира"'),
        ("title:=баку", "title:=баку"),
        ("title:энерг*", "title:энерг*"),
        ("title:(совет lang:ru -(k l))", "lang:ru title:совет -(title:k title:l)"),
    ],
)
def test_title_reaches_into_brackets(text: str, canonical: str) -> None:
    assert parse(text).canonical == canonical


def test_a_phrase_does_not_run_from_the_headline_into_the_text() -> None:
    assert found('"совет мира"', "мира", title="Совет") == [False]
    assert found("совет мира", "мира", title="Совет") == [True]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source:report.az", True),
        ("source:report", True),
        ("source:REPORT.az", True),
        ("source:новости", True),
        ('source:"РИА Новости"', True),
        ("source:риа", True),
        ("source:az", True),
        ("source:интерфакс", False),
        ('source:"новости риа"', False),
        ("source:reports", False),
    ],
)
def test_source_is_told_by_words_of_its_name_or_host(query: str, expected: bool) -> None:
    article = document("a", source="РИА Новости", host="report.az")
    assert parse(query).matches(article, now=NOW) is expected


def test_name_and_host_of_a_source_are_not_mixed() -> None:
    assert not parse('source:"новости report"').matches(document(source="РИА Новости", host="report.az"), now=NOW)


def test_lang_asks_for_the_language() -> None:
    assert parse("lang:RU").matches(document(language="ru"), now=NOW)
    assert not parse("lang:ru").matches(document(language="uk"), now=NOW)
    assert parse("lang:und").matches(document(language="und"), now=NOW)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        pytest.param("after:2025-11-30", datetime(2025, 11, 30, tzinfo=UTC), None, id="after"),
        pytest.param("after:30.11.2025", datetime(2025, 11, 30, tzinfo=UTC), None, id="after, as Russians write it"),
        pytest.param("before:2025-11-30", None, datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC), id="before"),
        pytest.param("last:7d", NOW - 7 * DAY, None, id="last days"),
        pytest.param("last:36h", NOW - 36 * HOUR, None, id="last hours"),
        pytest.param("last:2w", NOW - 14 * DAY, None, id="last weeks"),
    ],
)
def test_bounds_of_dates_belong_to_the_range(query: str, first: datetime | None, last: datetime | None) -> None:
    asked, second = parse(query), timedelta(seconds=1)
    for moment, expected in ((first, True), (last, True)):
        assert moment is None or asked.matches(document(published_at=moment), now=NOW) is expected
    assert first is None or not asked.matches(document(published_at=first - second), now=NOW)
    assert last is None or not asked.matches(document(published_at=last + second), now=NOW)


@pytest.mark.parametrize("query", ["before:9999-12-31", "after:0001-01-01", "last:3660d"])
def test_the_ends_of_the_calendar_are_dates_too(query: str) -> None:
    assert parse(query).matches(document(published_at=NOW), now=NOW)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("казахстан за неделю", "last:7d казахстан"),
        ("казахстан ЗА НЕДЕЛЮ", "last:7d казахстан"),
        ("казахстан за месяц", "last:30d казахстан"),
        ("казахстан сегодня", "last:1d казахстан"),
        ("сегодня", "last:1d"),
        ("за неделю", "last:7d"),
        ("баку OR астана за неделю", "last:7d астана OR баку"),
        ('казахстан "за неделю"', '"за неделя" казахстан'),
        ('казахстан "сегодня"', '"сегодня" казахстан'),
        ("сегодня казахстан", '"сегодня" казахстан'),
        ("за неделю казахстан", "казахстан неделя"),
        ("казахстан неделю", "казахстан неделя"),
        ("казахстан -сегодня", 'казахстан -"сегодня"'),
        ("казахстан title:сегодня", 'title:"сегодня" казахстан'),
        ("(казахстан сегодня)", '"сегодня" казахстан'),
        ("казахстан =сегодня", "=сегодня казахстан"),
    ],
)
def test_periods_in_words_count_at_the_end_alone(text: str, canonical: str) -> None:
    assert parse(text).canonical == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("k OR l m", "k OR l m", id="AND binds tighter than OR"),
        pytest.param("k l OR m n", "k l OR m n", id="on both sides"),
        pytest.param("(k OR l) m", "(k OR l) m", id="brackets bind tightest"),
        pytest.param("k AND l", "k l", id="AND may be said"),
        pytest.param("k И l ИЛИ m", "k l OR m", id="operators in Russian"),
        pytest.param("k -l OR m", "k -l OR m", id="NOT binds tighter than AND"),
        pytest.param("NOT k l", "l -k", id="NOT takes the next word alone"),
        pytest.param("k --l", "k -l", id="dashes in a row are one minus"),
        pytest.param("k NOT NOT l", "k l", id="twice NOT in words"),
        pytest.param("((k))", "k", id="brackets of one"),
        pytest.param("(k l) m", "k l m", id="brackets within AND"),
        pytest.param("k OR (l OR m)", "k OR l OR m", id="brackets within OR"),
        pytest.param("m l k", "k l m", id="order of words"),
        pytest.param("-m l", "l -m", id="exclusions last"),
        pytest.param("k K k", "k", id="repetition"),
        pytest.param("k - l", "k l", id="a dash apart is no minus"),
        pytest.param("x (-k)", "x -k", id="exclusions in brackets beside something to find"),
        pytest.param("k/l", '"k l"', id="words joined by a sign are a phrase"),
        pytest.param("=k/l", '"=k =l"', id="joined words, exactly"),
        pytest.param('"k"l', "k l", id="a quote bounds a word"),
        pytest.param('k"l m"', '"l m" k', id="a word bounds a quote"),
        pytest.param("OR1", "or1", id="an operator stands alone"),
        pytest.param("k or l", "k l", id="small operators are words, and say nothing"),
        pytest.param('"or not"', '"or not"', id="small operators in quotes"),
        pytest.param("source:OR k", "k source:or", id="a field's value is no operator"),
        pytest.param("subtitle:k", '"subtitle k"', id="a field stands at the beginning of a word"),
        pytest.param("tıtle:k ſource:l", '"tıtle k" "ſource l"', id="fields are written in plain letters"),
        pytest.param("LAST:1W Lang:EN", "lang:en last:7d", id="fields in any case"),
        pytest.param("after:2025–12–1", "after:2025-12-01", id="dates with any dash"),
        pytest.param('after:"2025-12-01"', "after:2025-12-01", id="quoted values"),
    ],
)
def test_canonical_text_shows_how_a_query_is_read(text: str, canonical: str) -> None:
    assert parse(text).canonical == canonical


def test_what_was_typed_is_kept() -> None:
    query = parse("  Средний   КОРИДОР ")
    assert (query.text, str(query)) == ("  Средний   КОРИДОР ", "коридор средний")
    assert query == parse("коридор средний")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("Казахстану OR Қазақстан", "Казахстан", id="on the other side of an OR"),
        pytest.param("людей -Київ", "Человек", id="beside an exclusion"),
        pytest.param("людей (қала OR ауыл OR людей)", "человек", id="outside brackets"),
        pytest.param("THERESA MAY", "Theresa May", id="an abbreviation in a query that shouts"),
    ],
)
def test_a_word_is_not_read_in_the_language_of_another_branch(query: str, text: str) -> None:
    assert found(query, text) == [True]


def test_sought_are_the_phrases_that_are_not_excluded() -> None:
    query = parse('k (l OR "m n") -p -(q r) lang:ru')
    assert sorted(map(str, query.sought())) == ['"m n"', "k", "l"]
    assert all(isinstance(phrase, Phrase) for phrase in query.sought())


def test_spans_are_the_positions_of_a_phrase() -> None:
    phrase = parse('"санкт-петербург метро"').root
    assert isinstance(phrase, Phrase)
    assert list(phrase.spans(document("", "в Санкт-Петербурге метро"))) == [(2, 5)]


def test_nodes_are_flat_sorted_and_without_repetition() -> None:
    root = parse("(m OR k) OR (l OR k)").root
    assert isinstance(root, Or)
    assert [str(node) for node in root.nodes] == ["k", "l", "m"]


@pytest.mark.parametrize("address", ["www.zakon.kz", "https://www.zakon.kz/", "http://zakon.kz/news/1", "ZAKON.KZ"])
def test_a_source_is_named_by_any_writing_of_its_address(address: str) -> None:
    assert parse(f"source:{address}") == parse("source:zakon.kz")
