"""What candidates are verified by says the same as the query's own meaning, in each encoding of terms."""

import zlib
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import sources
from storage.language.document import Document, dump, load, unpacked
from storage.models import Source
from storage.phrases import Mode, Phrase
from storage.query import parse
from storage.syntax import Query
from storage.verifying import Candidate, compiled, look
from tests.storage.builders import NOW, document
from tests.storage.strategies import LANGUAGES, SOURCES, WORDS, element, queries

# With letters that one byte a letter can't write: neither Russian nor Kazakh, or neither of the two.
_FURTHER = ("қаланың", "şəhərlərdə", "Łódź", "東京")
_TEXTS = st.lists(st.sampled_from([*WORDS, *_FURTHER, "Ким Чен Ын", "Казахстану Токаева", "санкт"]), max_size=8).map(
    " ".join
)


def candidate(of: Document) -> Candidate:
    return Candidate(dump(of.title, of.body), of.language, of.source, of.published_at, NOW)


@settings(max_examples=400, deadline=None)
@given(queries, _TEXTS, _TEXTS, st.sampled_from(LANGUAGES), st.sampled_from(SOURCES))
@example(parse('"=санкт-петербург токаев" OR "санкт-пет* токаев"'), "", "Санкт-Петербург Токаев", "ru", SOURCES[0])
@example(parse('"токаев баку"'), "Токаев", "Баку", "ru", SOURCES[0])
@example(parse('title:"токаев баку"'), "Мир", "Токаев Баку", "ru", SOURCES[0])
@example(parse('"стали ка*"'), "", "Санкт-Петербург стали Казахстан", "ru", SOURCES[0])
@example(parse('"қаланың москва"'), "", "Қаланың Москва", "ru", SOURCES[0])
def test_candidates_are_told_by_what_the_query_means(
    query: Query, title: str, text: str, language: str, source: tuple[str, str]
) -> None:
    seen = document(title, text, language=language, source=source[0], host=source[1])
    assert compiled(query.root)(candidate(seen)) is query.matches(seen, now=NOW)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *_FURTHER]), min_size=2, max_size=7), st.data())
def test_words_that_stand_in_a_row_are_told(found: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(found) - 2))
    modes = data.draw(st.lists(st.sampled_from(Mode), min_size=2, max_size=3))
    row = [element(word, mode) for word, mode in zip(found[first:], modes, strict=False)]
    in_title = data.draw(st.booleans())
    phrase = Phrase(tuple(row), title=in_title).settled()
    text = " ".join(found)
    for seen in (document(text, ""), document("", text), document(found[0], " ".join(found[1:]))):
        query = Query(phrase, "")
        assert compiled(phrase)(candidate(seen)) is query.matches(seen, now=NOW)
        stands = look(phrase)
        assert stands is None or stands(dump(seen.title, seen.body)) is query.matches(seen, now=NOW)


def test_what_asks_for_more_than_a_phrase_needs_a_candidate() -> None:
    assert look(parse('"нефть цена"').root)
    assert not any(look(parse(text).root) for text in ("lang:ru", '"нефть цена" lang:ru', '"=covid-19 цена"'))


@pytest.mark.parametrize("query", ["=covid-19", "covid-19*", "title:=covid-19"])
def test_parts_in_a_row_are_no_hyphenated_form(query: str) -> None:
    # In Azerbaijani the capital I is that of ı, and the usual form is a lemma.
    seen = document("COVID-19", "", language="az")
    asked = parse(query)
    assert not asked.matches(seen, now=NOW)
    assert not compiled(asked.root)(candidate(seen))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("Қазақстан қалалары", "kz1048", id="Kazakh"),
        pytest.param("Казахстан, Києва", "cp1251", id="Russian and Ukrainian"),
        pytest.param("Bakı şəhəri", "utf-8", id="Azerbaijani"),
        pytest.param("", "cp1251", id="nothing"),
    ],
)
def test_terms_are_stored_in_the_shortest_encoding_that_has_their_letters(text: str, encoding: str) -> None:
    stored = document("Нефть", text, language="und")
    assert unpacked(dump(stored.title, stored.body))[1] == encoding
    assert load(dump(stored.title, stored.body)) == (stored.title, stored.body)


def test_terms_of_the_first_version_are_still_read() -> None:
    seen = document("Нефть", "Цена нефти")
    stored = zlib.compress(f"{seen.title}\n{seen.body}".encode(), 6)
    assert load(stored) == (seen.title, seen.body)
    old = replace(candidate(seen), terms=stored)
    assert [compiled(parse(text).root)(old) for text in ('"цена нефти"', '"нефть цена"')] == [True, False]


def test_conditions_are_told_without_reading_the_terms() -> None:
    unread = Candidate(b"", "ru", sources.words(Source(id=1, name="Report", host="")), NOW, NOW)
    assert compiled(parse("lang:ru source:report last:7d -before:2020-01-01").root)(unread)
