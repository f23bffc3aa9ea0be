import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.excerpt import LENGTH, cut, excerpts
from storage.language.tokens import normalise, tokenise, word_spans
from storage.models import Article, Excerpt, Source
from storage.query import parse
from storage.syntax import Query
from tests.storage.builders import NOW, document
from tests.storage.strategies import WORDS, queries

TEXTS = st.lists(
    st.sampled_from([*WORDS, " ", "  ", "\n", "\n\n", ". ", "\u00a0", ", ", " — ", "-", "😀", "абвгд" * 9]), max_size=60
).map("".join)


def shown(query: str, *, title: str = "", text: str = "", length: int = LENGTH) -> tuple[str, str]:
    """Headline and snippet with the marks as brackets."""
    headline, snippet = excerpts(parse(query), article(title, text), document(title, text), length=length)
    return bracketed(headline), bracketed(snippet)


def article(title: str, text: str) -> Article:
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


def bracketed(excerpt: Excerpt) -> str:
    text = excerpt.text
    for start, end in reversed(excerpt.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("query", "text", "snippet"),
    [
        pytest.param("казахстан", "В Казахстане тепло", "В [Казахстане] тепло", id="an inflected form"),
        pytest.param("тепло", "Тепло. Тепло!", "[Тепло]. [Тепло]!", id="every mention"),
        pytest.param('"совет мира"', "Совет — мир, совет", "[Совет] — [мир], совет", id="a phrase, not its lone words"),
        pytest.param("петербург", "о Санкт-Петербурге", "о [Санкт-Петербурге]", id="the whole of a hyphenated word"),
        pytest.param("ким-чен-ын", "и Ким Чен Ын", "и [Ким] [Чен] [Ын]", id="a hyphenated word written apart"),
        pytest.param("=санкт-петербург", "Санкт–Петербург, да", "[Санкт–Петербург], да", id="an exact word"),
        pytest.param("энерг*", "Энергетика и энергия", "[Энергетика] и [энергия]", id="words that begin so"),
        pytest.param("казах*", "Ка\u00adзахстан", "[Ка\u00adзахстан]", id="words as they are written"),
        pytest.param("баку -мир OR матч", "Баку, мир, матч", "[Баку], мир, [матч]", id="what is sought, not excluded"),
        pytest.param("title:баку OR мир", "Баку, мир", "Баку, [мир]", id="a word sought in the headline only there"),
        pytest.param("lang:ru", "Баку", "Баку", id="nothing to mark"),
    ],
)
def test_found_words_are_marked(query: str, text: str, snippet: str) -> None:
    assert shown(query, text=text)[1] == snippet


def test_headline_and_text_are_marked_apart() -> None:
    assert shown("совет мира", title="Совет Европы", text="Мир в совете") == ("[Совет] Европы", "[Мир] в [совете]")


def test_a_mark_at_the_end_of_the_headline_does_not_reach_into_the_text() -> None:
    assert shown('"совет мира"', title="О Совете мира", text="Совета не было") == (
        "О [Совете] [мира]",
        "Совета не было",
    )


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        pytest.param("один два три", "один два три", id="a short text is whole"),
        pytest.param("  \n один", "один", id="white space before the text is no cut"),
        pytest.param("один два три четыре пять", "один два три…", id="cut between words"),
        pytest.param("один\nдва\n\n  три", "один два три", id="lines are folded"),
        pytest.param("я" * 30, "я" * 15 + "…", id="a word too long is cut"),
        pytest.param("", "", id="nothing"),
        pytest.param(" \n ", "", id="white space alone"),
    ],
)
def test_a_text_without_marks_is_shown_from_its_beginning(text: str, snippet: str) -> None:
    assert cut(text, [], length=15) == Excerpt(snippet)


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        pytest.param("О войне и ещё о войне. А мир ещё далеко", "… А [мир] ещё далеко", id="from its sentence"),
        pytest.param("мир " + "и " * 40 + "мир, мир", "[мир] и и и и и и и и и и…", id="an early mention comes first"),
        pytest.param("и " * 40 + "мир и мир", "… и и и [мир] и [мир]", id="with some words before"),
        pytest.param("и " * 20 + "мир " + "и " * 40 + "мир мир", "… и и и [мир] [мир]", id="where most mentions are"),
        pytest.param(
            "и мы и они и они тут мир же", "и мы и они и они тут [мир]…", id="the last word that fits is kept"
        ),
    ],
)
def test_the_stretch_with_the_most_marks_is_shown(text: str, snippet: str) -> None:
    assert shown("мир", text=text, length=24)[1] == snippet


@settings(max_examples=250, deadline=None)
@given(TEXTS, st.sets(st.integers(0, 80)), st.integers(1, 90))
@example("и " * 50 + "мир", {50}, 20)
def test_an_excerpt_is_a_stretch_of_the_text_with_whole_marks(text: str, found: set[int], length: int) -> None:
    marks = [(token.start, token.end) for number, token in enumerate(tokenise(text)) if number in found]
    excerpt = cut(text, marks, length=length)
    body = excerpt.text.removeprefix("… ").removesuffix("…")
    assert len(body) <= length
    assert body in re.sub(r"\s+", " ", text)
    assert not re.search(r"[^\S ]|  ", excerpt.text)
    marked = {text[start:end] for start, end in marks}
    assert all(excerpt.text[start:end] in marked for start, end in excerpt.marks)
    assert list(excerpt.marks) == sorted(set(excerpt.marks))
    if marks and all(end - start <= length // 2 for start, end in marks):
        assert excerpt.marks


@settings(max_examples=150, deadline=None)
@given(queries, TEXTS, TEXTS)
def test_marks_are_words_that_the_query_seeks(query: Query, title: str, text: str) -> None:
    seen = document(title, text)
    sought = {at for phrase in query.sought() for first, last in phrase.spans(seen) for at in range(first, last)}
    headline, snippet = excerpts(query, article(title, text), seen)
    assert _marked(headline) == _words_at(title, 0, sought)
    assert _marked(snippet) <= _words_at(text, seen.body_start, sought)


@settings(max_examples=250, deadline=None)
@given(queries, TEXTS, st.integers(1, 90))
@example(parse("баку"), "Баку и № 5 баку", 7)
@example(parse("№5"), "Баку, № 5", 7)
@example(parse("баку"), "и и и баку и мы и баку баку", 9)
def test_marks_of_the_beginning_alone_make_the_same_excerpt(query: Query, text: str, length: int) -> None:
    seen = document("", text)
    sought = {at for phrase in query.sought() for first, last in phrase.spans(seen) for at in range(first, last)}
    marks = word_spans(text, [at - seen.body_start for at in sought])
    assert excerpts(query, article("", text), seen, length=length)[1] == cut(text, marks, length=length)


def _marked(excerpt: Excerpt) -> set[str]:
    return {normalise(excerpt.text[start:end]) for start, end in excerpt.marks}


def _words_at(text: str, begin: int, sought: set[int]) -> set[str]:
    """The words of a text that begins at this position which stand at the positions sought."""
    found, at = set(), begin
    for token in tokenise(text):
        if sought & set(range(at, at + token.width)):
            found.add(token.form)
        at += token.width
    return found
