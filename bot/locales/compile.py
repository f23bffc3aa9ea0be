"""Build hook: message catalogues that people write (`.po`) become those that gettext reads (`.mo`), beside them.

Runs for the wheel and for the editable install; the wheel takes starter articles and sources along too. The compiled
files are not in the repository, so an installed bot can't speak with yesterday's texts.
"""

import os
import re
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PATTERN = "*/LC_MESSAGES/*.po"
SEEDS = ("articles.jsonl", "sources.toml")

# What a line may be: nothing, a comment, or a keyword and a closed string. Babel takes an unclosed one a letter short.
LINE = re.compile(r'|#.*|(?:msg\w+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"')


class CatalogueError(Exception):
    """A catalogue that cannot be used; names the file and what is wrong with it."""


def compile_catalogue(source: Path) -> Path:
    """Write the `.mo` beside `source` and return its path; fuzzy (unreviewed) translations are left out."""
    locale = source.parent.parent.name
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        if not LINE.fullmatch(line.strip()):
            raise CatalogueError(f"{source}:{number}: neither a comment nor a keyword with a closed string")
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=locale, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueError(f"{source}: {error}") from error
    for message in catalogue:
        # Babel fills up with empty forms, which would be shown.
        if isinstance(message.string, (list, tuple)) and any(message.string) and not all(message.string):
            raise CatalogueError(f"{source}:{message.lineno}: a plural form is missing")
    target = source.with_suffix(".mo")
    # Beside it first: whoever reads the old one meanwhile finds it whole.
    written = target.with_suffix(f".{os.getpid()}.mo")
    with written.open("wb") as file:
        write_mo(file, catalogue, use_fuzzy=False)
    return written.replace(target)


def compile_catalogues(locales: Path) -> list[Path]:
    """Compile every catalogue below `locales`; the paths written, sorted."""
    return [compile_catalogue(source) for source in sorted(locales.glob(PATTERN))]


class CompileCatalogues(BuildHookInterface[Any]):
    """Called by hatchling before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        compile_catalogues(root / "bot" / "locales")
        if version == "standard":
            # An editable install finds them in the checkout.
            build_data["force_include"] |= {f"seeds/{name}": f"bot/seeds/{name}" for name in SEEDS}
