import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.query import MOST_CHARACTERS, parse, parse_canonical
from storage.syntax import Query
from tests.storage.strategies import WORDS, queries

# Texts thick with what the language is made of.
PIECES = st.sampled_from(
    [
        *"()\"«»-–|*=:, .😀'",
        *("OR", "ИЛИ", "AND", "И", "NOT", "НЕ", "or", "за неделю", "за", "месяц", "сегодня", "СЕГОДНЯ", "неделю"),
        *("title:", "source:", "lang:", "after:", "before:", "last:", "Title:", "ſource:", "ru", "7d", "2025-12-01"),
        *("9999-12-31", "01.01.0001", "report.az", "а-б", "-а", "=баку", "энерг*", "C++", "3,5", "\ufb2a", "ʼ", "\x00"),
        *WORDS,
    ]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.text('ab()"-| *=:', max_size=25),
)


def query_or_mistake(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


def canonical(text: str) -> str | None:
    read = query_or_mistake(text)
    return read.canonical if isinstance(read, Query) else None


@settings(max_examples=300, deadline=None)
@given(queries)
def test_a_query_is_read_back_from_its_canonical_text(query: Query) -> None:
    again = parse(str(query))
    assert again == query
    assert again.canonical == query.canonical == str(query)
    assert parse_canonical(str(query)) == query


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("title:(" + "|".join(f"аб{n}" for n in range(50)) + ")")
@example("а-" * 120 + "б")
@example("(" * 25)
@example("NOT " * 25 + "а")
@example("before:9999-12-31")
@example("|".join(["lang:ru"] * 62))
def test_any_text_is_read_or_refused_with_the_place_of_the_mistake(text: str) -> None:
    read = query_or_mistake(text)
    if isinstance(read, QueryError):
        assert 0 <= read.at <= read.end <= len(text)
        assert (read.text, read.fragment) == (text, text[read.at : read.end])
    else:
        assert read.text == text
        assert parse(read.canonical) == read
        assert len(read.canonical) <= MOST_CHARACTERS


@settings(max_examples=200, deadline=None)
@given(queries, st.sampled_from("‐‑‒–—―−"), st.sampled_from(["«»", "„“", "“”", '""', "„”"]))
def test_kinds_of_dashes_and_quotes_make_no_difference(query: Query, dash: str, quotes: str) -> None:
    pieces = query.canonical.replace("-", dash).split('"')
    typed = pieces[0] + "".join(quotes[n % 2] + piece for n, piece in enumerate(pieces[1:]))
    assert parse(typed) == query


@settings(max_examples=200, deadline=None)
@given(queries)
def test_case_of_words_and_fields_makes_no_difference(query: Query) -> None:
    typed = query.canonical.upper().replace("ИЛИ", "или")  # in capitals it would be an operator
    assert parse(typed) == query


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "-футбол", '"совет мира"', "(а OR б)"]), min_size=1, max_size=5))
def test_order_and_repetition_make_no_difference(pieces: list[str]) -> None:
    typed = canonical(" ".join(pieces))
    assert canonical(" AND ".join([*reversed(pieces), pieces[0]])) == typed


@pytest.mark.parametrize("text", ["токаев | алиев", "токаев OR алиев", "алиев ИЛИ токаев", "алиев||токаев"])
def test_equal_queries_share_one_canonical_text(text: str) -> None:
    assert canonical(text) == "алиев OR токаев"
