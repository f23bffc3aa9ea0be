"""The words of a query as they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.query import parse
from storage.typed_words import replaced, sought


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("средний коридор", ["средний", "коридор"]),
        ('"совт мира" -футбол NOT хоккей', ["совт", "мира"]),
        ("source:report.az lang:ru after:2025-12-01 баку", ["баку"]),
        ("title:саммит title:(баку OR астана)", ["саммит*", "баку*", "астана*"]),
        ("(энергетика OR -(логистика порт) газ) баку", ["энергетика", "газ", "баку"]),
        ("=баку энерг*", ["=баку", "энерг*"]),
        ("rfpf[cnfy, njrftd", ["rfpf[cnfy,", "njrftd"]),
        ("баку за неделю", ["баку"]),
    ],
)
def test_only_what_is_looked_for_counts(query: str, words: list[str]) -> None:
    assert [word.text + "*" * word.title for word in sought(query)] == words


@pytest.mark.parametrize(
    ("query", "form", "result"),
    [
        ('"совт мира" -совт', "совет", '"совет мира" -совт'),
        ("title:=совт", "совет", "title:=совет"),
        ("Совт, мира", "совет", "Совет, мира"),
        ("(СОВТ OR мир)", "совет", "(СОВЕТ OR мир)"),
    ],
)
def test_another_word_takes_its_place_and_its_capitals(query: str, form: str, result: str) -> None:
    first = next(sought(query))
    assert replaced(query, {first: first.written(form, whole=False)}) == result


@given(query=st.text(alphabet='абв "()|-*=:,.[;title sourceORNOT😀\u05d0', max_size=60))
def test_words_stand_where_they_say(query: str) -> None:
    try:
        parse(query)
    except QueryError:
        return
    for word in sought(query):
        assert query[word.at : word.end] == word.text
