"""The table of names that mean one thing: ЕАЭС, Евразийский экономический союз, EAEU. A file that one can edit.

    # a comment, or
    ЕАЭС | Евразийский экономический союз | EAEU       a line for each thing, | between its names

Names are offered for one another and never merged in silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import ExpansionsError
from storage.language.analyser import query_terms
from storage.language.tokens import tokenise

PACKAGED = Path(__file__).with_name("expansions.txt")

# A name is a few words; what has more is a sentence.
MOST_WORDS = 10
LONGEST_NAME = 100
# Shorter words are met as they are: two letters and an ending may be any word.
_INFLECTED_FROM = 4
_QUERY_SIGNS = frozenset('"«»„“”‟″〝〞()|')


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is shown, and the normal forms of its words."""

    text: str
    forms: tuple[str, ...]

    def stands_in(self, words: Sequence[str]) -> bool:
        """Whether these words are the name, in any inflected form."""
        return len(words) == len(self.forms) and all(map(_same, words, self.forms))

    @property
    def as_query(self) -> str:
        return self.text if len(self.forms) == 1 else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Found:
    """Words `start` up to `stop` are a name; the others say the same."""

    start: int
    stop: int
    others: tuple[Name, ...]


@dataclass(frozen=True)
class Expansions:
    """Things with their names, in the order of the table."""

    things: tuple[tuple[Name, ...], ...] = ()
    _by_beginning: dict[str, list[tuple[Name, int]]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for number, names in enumerate(self.things):
            for name in names:
                self._by_beginning.setdefault(_beginning(name.forms[0]), []).append((name, number))

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """The names that stand in these words, in the order in which they begin, the longest first."""
        for start, word in enumerate(words):
            here = self._by_beginning.get(_beginning(word), ())
            for name, number in sorted(here, key=lambda entry: -len(entry[0].forms)):
                stop = start + len(name.forms)
                if name.stands_in(words[start:stop]):
                    yield Found(start, stop, tuple(other for other in self.things[number] if other is not name))


def read(path: Path | None = None) -> Expansions:
    """The table in a file, or the packaged one; raises ExpansionsError, which names the line."""
    place = path or PACKAGED
    try:
        lines = place.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExpansionsError(f"{place}: the table of expansions cannot be read as text in UTF-8") from error
    return Expansions(tuple(_things(lines, place)))


def _things(lines: Iterable[str], place: Path) -> Iterator[tuple[Name, ...]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        texts = [" ".join(text.split()) for text in line.split("|")]
        names = {name.forms: name for name in map(_name, texts)}
        if len(names) < 2 or not all(map(_is_fit, names.values())):
            raise ExpansionsError(f"{place}:{number}: expected two or more names with | between them, without quotes")
        yield tuple(names.values())


def _name(text: str) -> Name:
    return Name(text, tuple(token.form for token in tokenise(text)))


def _is_fit(name: Name) -> bool:
    return 0 < len(name.forms) <= MOST_WORDS and len(name.text) <= LONGEST_NAME and not _QUERY_SIGNS & set(name.text)


def _beginning(form: str) -> str:
    return form[: _INFLECTED_FROM - 1]


def _same(word: str, name: str) -> bool:
    """Whether two words of one beginning are one word in two forms. Only then is a dictionary asked."""
    if word == name:
        return True
    may_be = len(name) >= _INFLECTED_FROM and _beginning(word) == _beginning(name)
    return may_be and not query_terms(word).isdisjoint(query_terms(name))
