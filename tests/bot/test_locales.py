"""Every text that the bot says is translated: catalogues and code hold the same ids, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import bot
from bot.languages import LANGUAGES, LOCALES
from bot.timetable import parse
from bot.timezones import find
from tests.telegram_html import parse_html
from tests.texts import TABLE, TRANSLATED, by_id, catalogue, forms, messages, table

SOURCES = Path(bot.__file__).parent
# What stands in a text without being a word of its language: placeholders, commands, markup, names of formats.
NO_WORDS = re.compile(
    r"\{\w*\}|<[^>]*>|[/@]\w+|\b(?:Telegram|RSS|OPML|JSON|Feed|Atom|UTC|ADMIN_IDS)\b"
    r"|\b(?:newsbot(?: source export)?|quiet(?: off)?)\b"
    r"|\b(?:title|source|lang|last|after|before):\S*|\b(?:OR|NOT|ru|en|7d)\b"
)
CYRILLIC, LATIN = re.compile("[\u0400-\u04ff]"), re.compile("[A-Za-z\u00c0-\u024fə]")
FOREIGN = {"ru": LATIN, "kk": LATIN, "en": CYRILLIC, "az": CYRILLIC}
# Letters that no other of the four languages has.
OWN = {"kk": re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]"), "az": re.compile("[əğışçöüƏĞİŞÇÖÜ]")}
SENTENCE = re.compile(r"[.!?…]+(?=\s|$)")
# Longer than two sentences by right: what is kept, and what is lost.
LONG = ("<b>What I store</b>", "<b>Forget this chat?</b>", "⚠ <b>The disk takes nothing more.</b>")
# What two languages really say in the same way.
SAME_IN_BOTH = {
    ("kk", "ru"): {
        *("<b>Дайджест</b> · {when} · {stories}", "<b>Дайджест</b>: {schedule}.", "Дайджест: {schedule}"),
        *("Астана", "/timezone Астана", "Гянджа", "энерг*"),
    },
    ("az", "en"): {"Astana", "/timezone Astana"},
}
PLACEHOLDER = re.compile(r"\{\w*\}|</?\w+>|/[a-z]+\b")

Id = str | tuple[str, ...]


def ids_in_code() -> set[Id]:
    return {id_ for path in SOURCES.rglob("*.py") for id_ in _ids(ast.parse(path.read_text(encoding="utf-8")))}


def _ids(tree: ast.AST) -> Iterator[Id]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        texts = tuple(str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))
        if node.func.id in {"_", "N_"} and texts:
            yield texts[0]
        elif node.func.id == "ngettext":
            yield texts


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_in_the_code_is_translated_and_no_other(language: str) -> None:
    assert {message.id for message in messages(language)} == ids_in_code()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_empty_or_unreviewed(language: str) -> None:
    listed = messages(language)
    assert [message.id for message in listed if not all(forms(message.string)) or message.fuzzy] == []
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_tags_and_commands(language: str) -> None:
    for message in messages(language):
        kept = sorted(PLACEHOLDER.findall(forms(message.id)[-1]))
        translated = forms(message.string)
        assert [sorted(PLACEHOLDER.findall(text)) for text in translated] == [kept] * len(translated)


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_all_their_forms(language: str) -> None:
    plurals = [message for message in messages(language) if message.pluralizable]
    assert {len(forms(message.string)) for message in plurals} == {catalogue(language).num_plurals}


def test_every_language_but_the_source_has_a_catalogue() -> None:
    assert sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po")) == sorted(TRANSLATED)


def words(text: str) -> str:
    return NO_WORDS.sub(" ", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_words_in_letters_of_another_language(language: str) -> None:
    said = [text for texts in by_id(language).values() for text in texts]
    assert [text for text in said if FOREIGN[language].search(words(text))] == []


@pytest.mark.parametrize("language", OWN)
def test_longer_texts_have_letters_of_their_own_language(language: str) -> None:
    said = [words(text) for texts in by_id(language).values() for text in texts]
    assert [text for text in said if len(text) > 60 and not OWN[language].search(text)] == []


@pytest.mark.parametrize(("language", "other"), [("kk", "ru"), ("az", "en")])
def test_texts_are_not_left_in_another_language(language: str, other: str) -> None:
    theirs = {id_: set(texts) for id_, texts in by_id(other).items()}
    same = {text for id_, texts in by_id(language).items() for text in texts if text in theirs[id_]}
    assert {text for text in same if re.search(r"\w{3,}", words(text))} == SAME_IN_BOTH[language, other]


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_two_sentences_at_most(language: str) -> None:
    short = {id_: texts for id_, texts in by_id(language).items() if not id_[0].startswith(LONG)}
    said = [text for texts in short.values() for text in texts]
    assert [text for text in said if len(SENTENCE.findall(words(text))) > 2] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_is_whole_once_values_are_put_in(language: str) -> None:
    for texts in by_id(language).values():
        for text in texts:
            parsed = parse_html(text.format_map(Sample()))
            assert not parsed.remarks
            assert parsed.text.strip()


class Sample(dict[str, str]):
    """A value for whatever placeholder, with markup of its own."""

    def __missing__(self, name: str) -> str:
        return f"<code>{name} &amp; 7</code>"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("example", "meant"),
    [
        *[("9:00 18:30", "09:00 18:30"), ("weekdays 8:30", "mon-fri 08:30"), ("mon 10:00", "mon 10:00")],
        *[("every hour", "hourly"), ("instant", "instant"), ("off", "off")],
        *[("quiet 23:00-07:00", "off, quiet 23:00-07:00"), ("/schedule quiet 23:00-07:00", "off, quiet 23:00-07:00")],
        *[("/schedule 9:00 18:30", "09:00 18:30"), ("/schedule quiet off", "off")],
    ],
)
def test_examples_of_schedules_are_understood_as_they_stand(language: str, example: str, meant: str) -> None:
    [shown] = by_id(language)[(example,)]
    assert str(parse(shown.removeprefix("/schedule "))) == meant


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("example", "zone"), [("Astana", "Asia/Almaty"), ("Ganja", "Asia/Baku"), ("/timezone Astana", "Asia/Almaty")]
)
def test_examples_of_cities_are_found(language: str, example: str, zone: str) -> None:
    [shown] = by_id(language)[(example,)]
    assert find(shown.removeprefix("/timezone ")) == ZoneInfo(zone)


def test_table_of_texts_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "python -m tests.texts writes it anew"
