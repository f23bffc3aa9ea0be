"""Every text that the bot says is translated: catalogues and code hold the same ids, with the same placeholders."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import bot
from bot.languages import LANGUAGES, LOCALES

SOURCES = Path(bot.__file__).parent
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


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(texts: str | Sequence[str] | None) -> list[str]:
    """One text, or one for each plural form."""
    return [texts] if isinstance(texts, str) else list(texts or ())


TRANSLATED = sorted(LANGUAGES.keys() - {"en"})


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
        assert [sorted(PLACEHOLDER.findall(text)) for text in forms(message.string)] == [kept] * len(
            forms(message.string)
        )


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_all_their_forms(language: str) -> None:
    plurals = [message for message in messages(language) if message.pluralizable]
    assert {len(forms(message.string)) for message in plurals} == {catalogue(language).num_plurals}


def test_every_language_but_the_source_has_a_catalogue() -> None:
    assert sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po")) == TRANSLATED
