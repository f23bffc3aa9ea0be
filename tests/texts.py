"""All texts of the bot side by side in its languages: `python -m tests.texts` writes docs/texts.md anew.

One row a text, in the order of the Russian catalogue; plural forms stand one below the other.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.languages import LANGUAGES, LOCALES

TABLE = Path(__file__).parent.parent / "docs" / "texts.md"
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
ABOUT = """# Texts

Everything that the bot says, in its four languages. The English texts stand in the code and are the ids of the
catalogues under `bot/locales`. This table is made of these: `python -m tests.texts`.
"""


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(texts: str | Sequence[str] | None) -> tuple[str, ...]:
    """One text, or one for each plural form."""
    return (texts,) if isinstance(texts, str) else tuple(texts or ())


def by_id(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Each text, with its plural forms, by its English forms; English itself has them from there."""
    if language == "en":
        return {forms(message.id): forms(message.id) for message in messages(TRANSLATED[0])}
    return {forms(message.id): forms(message.string) for message in messages(language)}


def table() -> str:
    texts = {language: by_id(language) for language in LANGUAGES}
    order = ("en", *TRANSLATED)
    rows = [[LANGUAGES[language] for language in order], ["---"] * len(order)]
    rows += [[_cell(texts[language].get(id_, ())) for language in order] for id_ in texts[TRANSLATED[0]]]
    return "\n".join([ABOUT, *(f"| {' | '.join(row)} |" for row in rows), ""])


def _cell(texts: Sequence[str]) -> str:
    return "<br>".join(dict.fromkeys(_shown(text) for text in texts))


def _shown(text: str) -> str:
    """As it stands in the catalogue: neither its markup nor its signs mean anything to Markdown."""
    return "".join(_escaped(text))


def _escaped(text: str) -> Iterator[str]:
    for sign in text:
        if sign == "\n":
            yield "<br>"
        elif sign in "|*_`[]<\\":
            yield {"<": "&lt;"}.get(sign, f"\\{sign}")
        else:
            yield sign


def main() -> None:
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{TABLE}\n")


if __name__ == "__main__":
    main()
