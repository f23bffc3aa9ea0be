"""What texts speak of by name: the names and fixed phrases that several stories mention, as they are to be shown. Pure.

    texts ──words in capitals, and what they are bound to──▶ lemmas ──▶ Mention: its stories, its sources, how prominent

A capital letter says nothing at the beginning of a text, a line, a sentence or a quotation, and nothing in a headline
that is all in capitals; what is a name elsewhere counts there too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from storage.language.analyser import lemmas
from storage.language.dull_words import is_dull
from storage.language.function_words import is_function_word
from storage.language.tokens import normalise

SHORTEST: Final = 4
LONGEST_NAME: Final = 3
# A headline says what a story is about; a text may name somebody in passing.
IN_TITLE, REPEATED, ONCE = 1.0, 0.5, 0.2
# A word that stands beside the same one in so many of its mentions is part of a longer name: «Совет» of «Совет мира».
BOUND: Final = 0.6
# What stands before other names as often as this is a title or a first name.
LEADING: Final = 0.5
# What is written small more often than this share of its capitals is no name: «Bank», «Стоимость».
SMALL: Final = 0.5
# What a story is about it says at its beginning.
LOOKED_AT: Final = 2500

Key = tuple[str, ...]

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W_]+)*+")
_POSSESSIVE: Final = re.compile(r"['’]s\Z")
_SMALL: Final = re.compile(r"(?<![^\W_])[a-zа-яёәғқңөұүһіїєґəğışçöü][^\W\d_]+(?:-[^\W_]+)*")
_SMALL_CYRILLIC: Final = re.compile(r"[а-яёіїєґ]{3,}")
_PARTICLE: Final = re.compile(
    r"(?<![^\W_])(?:фон|дер|ван|ибн|бен|бин|аль|эль|де|да|ди|von|der|van|bin|ibn|al|el|de|da)[ \xa0-]\Z"
)
_NOMINATIVE: Final = ("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие")
_INFINITIVE: Final = ("ать", "ять", "еть", "ить", "оть", "уть", "ыть", "ести", "зти", "ться", "стись")
_NOUNS: Final = frozenset(("печать", "мать", "память", "сеть", "нить", "путь", "суть"))
_CASE_ENDING: Final = re.compile(r"([а-яёіїє]{3,}[бвгджзклмнпрстфхцчшщ])(?:а|у|е|ом|ем)")
# So often a name is written in the nominative before other words are taken for its forms.
SURE: Final = 2
# From this length on capitals are shouted rather than an abbreviation.
LONG: Final = 6
# What stands before a capital in the middle of a sentence.
_WITHIN: Final = re.compile(r"[^\W_][ \xa0]\Z|[,;)»”][ \xa0]\Z")
_ADJECTIVE: Final = re.compile(r".{2,}(?:ese|ish|[ei]an|rican)s?")


class Text(NamedTuple):
    """What is looked at of an article."""

    story_id: int
    source_id: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it is shown, its lemmas, the stories that mention it with the weight it has in each, their sources."""

    shown: str
    lemmas: Key
    stories: Mapping[int, float]
    sources: frozenset[int]

    @property
    def weight(self) -> float:
        return sum(self.stories.values())


class _Named(NamedTuple):
    """A name where it stands; it `leads` where another begins right after it, and `qualifies` a noun that follows."""

    words: tuple[str, ...]
    leads: bool = False
    qualifies: bool = False


def mentions(texts: Sequence[Text], *, at_least: int = 2) -> list[Mention]:
    """Those of at least so many stories, the weightiest first; of names within one another the one that is meant."""
    books = _Books()
    for text in texts:
        books.note(text)
    books.note_titles(texts)
    books.join()
    found = (books.mention(key, at_least=at_least) for key in list(books.stories))
    return sorted((one for one in found if one), key=lambda one: (-one.weight, one.shown))


class _Books:
    """Who mentions what, by lemmas."""

    def __init__(self) -> None:
        self.stories: dict[Key, dict[int, float]] = defaultdict(dict)
        self._sources: dict[Key, set[int]] = defaultdict(set)
        self._written: dict[Key, Counter[str]] = defaultdict(Counter)
        self._led: Counter[Key] = Counter()
        self._qualifies: Counter[Key] = Counter()
        self._small: Counter[str] = Counter()
        self._longer: dict[Key, set[Key]] = defaultdict(set)

    def note(self, text: Text) -> None:
        times: Counter[Key] = Counter()
        looked_at = text.text[:LOOKED_AT]
        self._small.update(normalise(word) for word in _SMALL.findall(looked_at))
        for named in _names(looked_at):
            key = _key(named.words)
            times[key] += 1
            self._written[key][" ".join(named.words)] += 1
            self._led[key] += named.leads
            self._qualifies[key] += named.qualifies
            for part in {key[:1], key[:2], key[-1:], key[-2:]} - {key}:
                self._longer[part].add(key)
        for key, count in times.items():
            self._weigh(key, text, REPEATED if count > 1 else ONCE)

    def note_titles(self, texts: Iterable[Text]) -> None:
        """Once the names are known from the texts: a headline tells them by nothing but its words."""
        for text in texts:
            words = _words(text.title)
            line = _key(tuple(words))
            parts = {line[at : at + size]: at for size in range(1, LONGEST_NAME + 1) for at in range(len(line))}
            for key in parts.keys() & self.stories.keys():
                self._weigh(key, text, IN_TITLE)
                written = words[parts[key] : parts[key] + len(key)]
                if written[0][0].isupper():
                    self._written[key][" ".join(written)] += 1

    def join(self) -> None:
        """«Маска» is a form of «Маск» where that is written, though to the dictionary it is a word by itself."""
        for key in list(self.stories):
            if (own := tuple(map(self._stem, key))) != key and own in self.stories:
                self.stories[own].update(self.stories.pop(key))
                self._sources[own] |= self._sources.pop(key)
                self._led[own] += self._led.pop(key, 0)
                self._written[own] += self._written.pop(key)

    def _stem(self, lemma: str) -> str:
        found = _CASE_ENDING.fullmatch(lemma)
        return found[1] if found and self._written.get((found[1],), Counter()).total() >= SURE else lemma

    def _weigh(self, key: Key, text: Text, weight: float) -> None:
        stories = self.stories[key]
        stories[text.story_id] = max(weight, stories.get(text.story_id, 0.0))
        self._sources[key].add(text.source_id)

    def mention(self, key: Key, *, at_least: int) -> Mention | None:
        stories = self.stories[key]
        if len(stories) < at_least or not self._is_telling(key):
            return None
        shown = _nominative(key, self._written[key])
        return Mention(shown, key, stories, frozenset(self._sources[key])) if shown else None

    def _is_telling(self, key: Key) -> bool:
        if any(is_dull(lemma) or is_function_word(lemma) for lemma in key) or self._is_part(key):
            return False
        return len(key) > 1 or self._is_name(key)

    def _is_name(self, key: Key) -> bool:
        [lemma], written = key, self._written[key]
        times = written.total()
        is_short = len(lemma) < SHORTEST and (len(lemma) < 2 or not all(map(str.isupper, written)))
        is_adjective = _ADJECTIVE.fullmatch(lemma) or (_is_adjective(lemma) and 2 * self._qualifies[key] > times)
        leads = self._led[key] >= LEADING * times
        small = sum(self._small[form] for form in {lemma, normalise(_nominative(key, written) or lemma)})
        return not (is_short or is_adjective or leads or small > SMALL * times)

    def _is_part(self, key: Key) -> bool:
        """Of a longer name that most of its stories have, and so of one that is meant."""
        own = self.stories[key].keys()
        longer = (self.stories.get(one, {}).keys() for one in self._longer[key])
        return any(len(own & stories) >= BOUND * len(own) for stories in longer)


def _names(text: str) -> Iterator[_Named]:
    """Each name of words in capitals, its last parts as names of their own, and the small words that follow it."""
    for line in text.splitlines():
        words = list(_WORD.finditer(line))
        at = 0
        while at < len(words):
            end = at + 1
            if _is_name(line, words[at]):
                while end < len(words) and _is_capital(words[end]) and _are_close(line, words[end - 1], words[end]):
                    end += 1
                yield from _parts([_bare(word) for word in words[at:end]], _bound(line, words, end))
            at = end


def _parts(run: Sequence[str], bound: Sequence[str]) -> Iterator[_Named]:
    for place, word in enumerate(run):
        leads = place < len(run) - 1
        yield _Named((word,), leads=leads, qualifies=leads or bool(bound))
    for size in range(2, min(len(run), LONGEST_NAME) + 1):
        yield _Named(tuple(run[-size:]))
    for size in range(1, len(bound) + 1):
        yield _Named((run[-1], *bound[:size]))


def _bound(line: str, words: Sequence[re.Match[str]], end: int) -> list[str]:
    """The small words after a name that may belong to it."""
    found: list[str] = []
    for before, word in zip(words[end - 1 :], words[end : end + LONGEST_NAME - 1], strict=False):
        if not (_SMALL_CYRILLIC.fullmatch(word[0]) and _are_close(line, before, word)) or _is_no_noun(word[0]):
            break
        found.append(word[0])
    return found


def _is_name(line: str, word: re.Match[str]) -> bool:
    """Not where it is the rest of a name that began before: «фон дер Ляйен»."""
    begins = max(0, word.start() - 2)
    is_within = _is_capital(word) and _WITHIN.search(line, begins, word.start())
    return bool(is_within) and not _PARTICLE.search(line, max(0, word.start() - 6), word.start())


def _is_capital(word: re.Match[str]) -> bool:
    return word[0][0].isupper()


def _are_close(line: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return line[first.end() : second.start()] in (" ", "\xa0") and not _POSSESSIVE.search(first[0])


def _is_no_noun(word: str) -> bool:
    return is_function_word(word) or (_lemma(word).endswith(_INFINITIVE) and _lemma(word) not in _NOUNS)


def _is_adjective(lemma: str) -> bool:
    return lemma.endswith(("ый", "ий", "ой"))


def _bare(word: re.Match[str]) -> str:
    return _POSSESSIVE.sub("", word[0])


def _words(text: str) -> list[str]:
    return [_bare(word) for word in _WORD.finditer(text)]


@lru_cache(maxsize=1 << 14)
def _key(words: tuple[str, ...]) -> Key:
    return tuple(map(_lemma, words))


@lru_cache(maxsize=1 << 15)
def _lemma(word: str) -> str:
    """The shortest, as a rule, is the name and not a surname made of it."""
    form = normalise(word)
    return min(lemmas(form), key=lambda lemma: (len(lemma), lemma), default=form)


def _nominative(key: Key, written: Counter[str]) -> str | None:
    """As it is written most often in the nominative, and not in capitals where it is written otherwise as well."""
    found = [shown for shown, _ in written.most_common() if _is_nominative(key, shown.split(" "))]
    return next((shown for shown in found if not _is_shouted(shown)), next(iter(found), None))


def _is_shouted(shown: str) -> bool:
    return len(shown) >= LONG and shown.isalpha() and shown.isupper()


def _is_nominative(key: Key, shown: Sequence[str]) -> bool:
    """By its first word, which the rest follows in the genitive; people, and what an adjective leads, by the last."""
    first, last = normalise(shown[0]), normalise(shown[-1])
    if len(key) > 1 and _is_adjective(key[0]):
        return last == key[-1] and first.endswith(_NOMINATIVE)
    return first == key[0] or (last == key[-1] and all(word[0].isupper() for word in shown))
