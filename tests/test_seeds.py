"""The starter articles and sources: what anyone who reads `seeds/` may rely on.

Only the files' form is checked here; that they can be imported, searched and fetched is checked where these are.
"""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.sources import addresses
from bot.starter import StarterSource, starter_sources

SEEDS = Path(__file__).parents[1] / "seeds"
REQUIRED = {"title", "text", "source", "language"}
OPTIONAL = {"url", "author", "published_at"}

# A letter that prose of this length in the language cannot do without and that tells it from its neighbours here.
TELLING_LETTERS = {"ru": "[ыэё]", "en": "[wy]", "kk": "[әғқңөұүһ]", "az": "[əğışç]", "uk": "[їєґ]"}

Article = dict[str, str]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    lines = (SEEDS / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_line_is_an_object_of_strings_with_known_keys(articles: list[Article]) -> None:
    for article in articles:
        assert REQUIRED <= article.keys() <= REQUIRED | OPTIONAL
        assert all(isinstance(value, str) and value == value.strip() != "" for value in article.values())


def test_there_are_enough_articles_in_all_five_languages(articles: list[Article]) -> None:
    assert len(articles) >= 55
    assert {article["language"] for article in articles} == TELLING_LETTERS.keys()


def test_readme_counts_the_languages_right(articles: list[Article]) -> None:
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w\w)` \| \w+ \| (\d+) \| (\d+) \|$", readme, re.M)
    assert {language: int(count) for language, count, _ in rows} == Counter(one["language"] for one in articles)
    assert {language: int(count) for language, _, count in rows if int(count)} == Counter(
        source.language for source in starter_sources()
    )


@pytest.mark.parametrize("key", ["title", "text", "url"])
def test_nothing_is_there_twice(articles: list[Article], key: str) -> None:
    counts = Counter(article[key].casefold() for article in articles if key in article)
    assert [value for value, count in counts.items() if count > 1] == []


def test_headlines_are_one_line_without_a_full_stop(articles: list[Article]) -> None:
    assert [a["title"] for a in articles if "\n" in a["title"] or a["title"].endswith(".")] == []


def test_texts_are_two_to_four_paragraphs(articles: list[Article]) -> None:
    for article in articles:
        paragraphs = article["text"].split("\n\n")
        assert 2 <= len(paragraphs) <= 4, article["title"]
        assert all(paragraph == paragraph.strip() != "" for paragraph in paragraphs), article["title"]
        assert not any("\n" in paragraph for paragraph in paragraphs), article["title"]


def test_texts_are_short(articles: list[Article]) -> None:
    lengths = {article["title"]: len(article["text"].split()) for article in articles}
    assert {title: length for title, length in lengths.items() if not 50 <= length <= 160} == {}


def test_texts_are_plain(articles: list[Article]) -> None:
    markup = re.compile(r"</?[a-z!]|&#?\w+;|\[[^]]*\]\(|\*\*", re.IGNORECASE)
    assert [a["title"] for a in articles if markup.search(a["title"] + a["text"])] == []


def test_texts_are_written_in_the_letters_of_their_language(articles: list[Article]) -> None:
    for article in articles:
        assert re.search(TELLING_LETTERS[article["language"]], article["text"].lower()), article["title"]


def test_russian_texts_borrow_no_letter_from_neighbours(articles: list[Article]) -> None:
    borrowed = re.compile("[әғқңөұүһіїєґ]", re.IGNORECASE)
    assert [a["title"] for a in articles if a["language"] == "ru" and borrowed.search(a["text"])] == []


def test_addresses_have_a_host_and_no_tracking(articles: list[Article]) -> None:
    for address in (urlsplit(article["url"]) for article in articles if "url" in article):
        assert address.scheme in {"http", "https"}
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", address.netloc), address.netloc
        assert (address.query, address.fragment) == ("", "")


def test_dates_are_iso_in_utc(articles: list[Article]) -> None:
    for article in articles:
        if "published_at" in article:
            assert datetime.fromisoformat(article["published_at"]).utcoffset() == timedelta(0), article["title"]


def test_several_russian_articles_speak_of_kazakhstan(articles: list[Article]) -> None:
    found = [a["title"] for a in articles if a["language"] == "ru" and re.search(r"\bказахстан", a["text"].lower())]
    assert len(found) >= 5


def test_the_first_article_inflects_the_words_newcomers_try(articles: list[Article]) -> None:
    text = articles[0]["text"]
    words = ("Совете мира", "Совету мира", "Среднему коридору", "Среднего коридора", "Казахстану", "Токаев", "Алиев")
    assert [word for word in words if word not in text] == []


def test_there_are_enough_sources_in_four_languages() -> None:
    assert len(starter_sources()) >= 25
    assert {source.language for source in starter_sources()} == {"ru", "en", "kk", "az"}


@pytest.mark.parametrize("source", starter_sources(), ids=lambda source: source.name)
def test_address_of_a_source_is_that_under_which_the_store_would_know_it(source: StarterSource) -> None:
    assert addresses.understand(source.url) == source.url
    assert source.url.startswith("https://")


@pytest.mark.parametrize("key", ["name", "url"])
def test_no_source_is_there_twice(key: str) -> None:
    counts = Counter(getattr(source, key).casefold() for source in starter_sources())
    assert [value for value, count in counts.items() if count > 1] == []


def test_sources_are_told_in_words() -> None:
    for source in starter_sources():
        assert all(text == text.strip() != "" for text in (source.name, source.topic))
