"""What a text is about, in a few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gist import MOST_TERMS, gists, link_in, slug, terms
from storage.typed_words import understood


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Вчера строители открыли мост через реку Урал", "строители мост Урал"),
        ("Yesterday builders opened a bridge over the river Danube", "builders bridge Danube"),
        ("Кеше құрылысшылар Жайық өзеніне көпір салды", "құрылысшылар Жайық көпір"),
        ("Dünən inşaatçılar Kür çayı üzərində körpü açdı Bakıda", "inşaatçılar körpü Bakıda"),
    ],
)
def test_names_and_rare_words_say_what_a_text_is_about(text: str, query: str) -> None:
    common = {term.text: 400 for term in terms(text)}
    rare = dict.fromkeys(query.split(), 2)
    assert gists(terms(text), common | rare)[0] == query


def test_two_words_in_capitals_are_one_name() -> None:
    assert '"Самат Жанов"' in [term.text for term in terms("Мост открыл Самат Жанов")]


def test_words_that_no_article_has_narrow_nothing() -> None:
    assert gists(terms("мост паромщик переправа"), {"мост": 3}) == ["мост"]


def test_words_of_a_link_are_those_of_its_longest_part() -> None:
    assert slug("https://news.example/2026/most-cherez-ural-42.html") == "most cherez ural html"
    assert link_in("смотри https://news.example/a") is None
    assert slug("https://[broken") == ""


@given(st.text(max_size=300))
def test_any_text_gives_queries_that_can_be_read_or_none(text: str) -> None:
    for query in gists(terms(text), {}):
        assert understood(query)
    assert len(gists(terms(text), {})) <= MOST_TERMS
