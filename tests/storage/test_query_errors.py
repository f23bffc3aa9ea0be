import pytest

from storage.errors import QUERY_MISTAKES, QueryError, StorageError
from storage.query import DEEPEST, MOST_CHARACTERS, MOST_PREFIXES, MOST_WORDS, parse, parse_canonical


def mistake(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


# The query, the code of its mistake, and what stands where the mistake is: `⟨…⟩` marks it in the query.
CASES = [
    ("empty", "⟨⟩"),
    ("empty", "⟨   ⟩"),
    ("empty", "⟨— ! 😀⟩"),
    ("empty", "⟨''⟩"),
    ("unclosed-quote", 'баку ⟨"совет мира⟩'),
    ("unclosed-quote", '«совет» мира⟨"⟩'),
    ("unclosed-quote", "⟨«⟩"),
    ("empty-quotes", 'баку ⟨""⟩'),
    ("empty-quotes", "⟨«—»⟩"),
    ("unclosed-bracket", "баку ⟨(⟩"),
    ("unclosed-bracket", "баку ⟨(токаев⟩"),
    ("unclosed-bracket", "(баку ⟨(токаев⟩"),
    ("unclosed-bracket", "title:⟨(⟩"),
    ("stray-bracket", "баку⟨)⟩"),
    ("stray-bracket", "⟨)⟩ баку"),
    ("stray-bracket", "(баку)⟨)⟩"),
    ("empty-brackets", "баку ⟨()⟩"),
    ("empty-brackets", "баку ⟨(  )⟩"),
    ("empty-brackets", "title:⟨()⟩"),
    ("only-exclusions", "⟨-футбол⟩"),
    ("only-exclusions", "⟨-футбол -хоккей⟩"),
    ("only-exclusions", "⟨NOT (футбол OR хоккей)⟩"),
    ("only-exclusions", "баку OR ⟨-футбол⟩"),
    ("only-exclusions", "мир (баку OR ⟨-футбол⟩)"),
    ("only-exclusions", "⟨-source:report.az⟩"),
    ("only-exclusions", "⟨title:(-баку)⟩"),
    ("only-function-words", "⟨и в на⟩"),
    ("only-function-words", "⟨что это⟩"),
    ("only-function-words", "⟨the of⟩"),
    ("only-function-words", "⟨в за неделю⟩"),
    ("only-function-words", "⟨и -футбол⟩"),
    ("only-function-words", "⟨в lang:ru⟩"),
    ("only-function-words", "баку OR ⟨и⟩"),
    ("only-function-words", "баку (⟨и или⟩)"),
    ("only-function-words", "⟨title:в⟩"),
    ("only-function-words", "⟨и/или⟩"),
    ("missing-operand", "баку ⟨OR⟩"),
    ("missing-operand", "⟨OR⟩ баку"),
    ("missing-operand", "баку ⟨|⟩"),
    ("missing-operand", "⟨ИЛИ⟩"),
    ("missing-operand", "баку OR ⟨OR⟩ токаев"),
    ("missing-operand", "баку ⟨AND⟩"),
    ("missing-operand", "баку И ⟨И⟩ токаев"),
    ("missing-operand", "⟨НЕ⟩"),
    ("missing-operand", "баку NOT ⟨AND⟩ токаев"),
    ("missing-operand", "(баку ⟨OR⟩)"),
    ("missing-operand", "(баку ⟨-⟩)"),
    ("missing-value", "баку ⟨source:⟩"),
    ("missing-value", "⟨source:⟩ баку"),
    ("missing-value", "⟨lang:⟩) баку"),
    ("missing-value", "⟨source:(⟩баку)"),
    ("missing-value", "⟨title:⟩lang:ru"),
    ("missing-value", "title:⟨—⟩"),
    ("bad-date", "баку after:⟨2025-13-01⟩"),
    ("bad-date", "баку after:⟨2025-02-30⟩"),
    ("bad-date", "before:⟨31.13.2025⟩"),
    ("bad-date", "before:⟨вчера⟩"),
    ("bad-date", "before:⟨0000-01-01⟩"),
    ("bad-date", "after:⟨2025⟩"),
    ("bad-period", "last:⟨7⟩"),
    ("bad-period", "last:⟨d⟩"),
    ("bad-period", "last:⟨0d⟩"),
    ("bad-period", "last:⟨3661d⟩"),
    ("bad-period", "last:⟨7m⟩"),
    ("bad-language", "lang:⟨rus⟩"),
    ("bad-language", "lang:⟨рус⟩"),
    ("bad-language", 'lang:⟨"ru en"⟩'),
    ("bad-source", "source:⟨...⟩"),
    ("many-prefixes", "бак* " * MOST_PREFIXES + "⟨эне*⟩ мир"),
    ("short-prefix", "баку ⟨э*⟩"),
    ("short-prefix", "-⟨э*⟩"),
    ("stray-asterisk", "⟨*⟩"),
    ("stray-asterisk", "баку ⟨*⟩ мир"),
    ("stray-asterisk", "эн⟨*рг⟩"),
    ("stray-asterisk", "⟨*энерг⟩"),
    ("stray-asterisk", "=баку⟨*⟩"),
    ("stray-asterisk", "баку-⟨*⟩"),
    ("stray-asterisk", '"совет ⟨*⟩"'),
    ("bad-exact", "⟨=⟩"),
    ("bad-exact", "⟨=⟩ баку"),
    ("bad-exact", "мир ⟨=—баку⟩"),
    ("bad-exact", '"мир ⟨==баку⟩"'),
    ("too-long", "щ" * MOST_CHARACTERS + "⟨щ⟩"),
    ("too-long", "щ " * MOST_WORDS + "⟨щ⟩"),
    ("too-long", "(" * DEEPEST + "⟨(щ" + ")" * (DEEPEST + 1) + "⟩"),
    ("too-long", "NOT " * DEEPEST + "⟨NOT щ⟩"),
    ("too-long", "⟨title:(" + "|".join(f"аб{n}" for n in range(MOST_WORDS)) + ")⟩"),
]


@pytest.mark.parametrize(("code", "marked"), CASES)
def test_each_mistake_is_named_with_its_place(code: str, marked: str) -> None:
    error = mistake(marked.replace("⟨", "").replace("⟩", ""))
    assert (error.code, error.at, error.end) == (code, marked.index("⟨"), marked.index("⟩") - 1)


def test_every_mistake_has_its_case_and_its_sentence() -> None:
    assert {code for code, _ in CASES} == set(QUERY_MISTAKES)


def test_a_mistake_knows_the_query_and_the_fragment() -> None:
    error = mistake("баку after:вчера")
    assert (error.text, error.fragment) == ("баку after:вчера", "вчера")
    assert str(error) == "this is not a date such as 2025-12-31 (at character 11)"
    assert isinstance(error, StorageError)


def test_the_longest_query_is_read() -> None:
    assert len(parse("а" * 90 + " " + "б" * (MOST_CHARACTERS - 91)).canonical) <= MOST_CHARACTERS
    assert parse(" ".join(f"а{n}" for n in range(MOST_WORDS))).canonical.count(" ") == MOST_WORDS - 1
    assert parse("(" * DEEPEST + "щ" + ")" * DEEPEST).canonical == "щ"


def test_a_query_stored_by_an_older_version_may_have_more_prefixes() -> None:
    assert parse_canonical("бак* " * (MOST_PREFIXES + 1))


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ('"и"', '"и"'),
        ("=и", "=и"),
        ('"и не в"', '"и не в"'),
        ("баку -и", "баку"),
        ('баку -"и"', 'баку -"и"'),
        ("title:=в", "title:=в"),
    ],
)
def test_function_words_can_be_meant(query: str, canonical: str) -> None:
    assert parse(query).canonical == canonical


@pytest.mark.parametrize("query", ["ВОЗ OR ОПЕК", "ВОЗ И ОПЕК", "ВОЗ НЕ ОПЕК", "ВОЗ | ОПЕК", "ВОЗ ЗА НЕДЕЛЮ", "ПО США"])
def test_abbreviations_stay_what_they_are_between_operators(query: str) -> None:
    read = parse_canonical(parse(query).canonical)
    assert read == parse(query)
    assert ("ВОЗ" in read.canonical) == ("ВОЗ" in query)


def test_a_canonical_text_of_an_older_version_keeps_its_meaning() -> None:
    """They had function words as others, and no quotes around them."""
    assert parse_canonical("в").canonical == '"в"'
    assert parse_canonical("и казахстан").canonical == '"и" казахстан'


def test_a_minus_after_a_field_is_not_dropped_silently() -> None:
    with pytest.raises(QueryError) as error:
        parse("title:-баку")
    assert (error.value.code, error.value.fragment) == ("missing-value", "-баку")
