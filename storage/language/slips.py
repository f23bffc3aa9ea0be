"""What a word may have been before a slip: typed in another keyboard layout, or with one letter wrong.

Pure guesses with their likelihood; which of them are words of the store is asked in `storage.suggestions`.
"""

from collections.abc import Iterator
from itertools import pairwise

from storage.language.tokens import normalise, words

# The same keys in each layout, as on Windows; ё and е count as one letter. Kazakh letters stand in the row of digits.
LAYOUTS = {
    "en": "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    "ru": "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.",
    "uk": "'1234567890-=йцукенгшщзхїґфівапролджєячсмитьбю.",
    "kk": '("әіңғ,.үұқөһйцукенгшщзхъ\\фывапролджэячсмитьбю№',
    "az": "`1234567890-=qüertyuiopöğ\\asdfghjklıəzxcvbnmçş.",
}
# Small letters and signs of keys that were pressed with shift.
_UNSHIFTED = str.maketrans('{}:"<>~', "[];',.`")
_PAIRS = {
    (source, target): str.maketrans(LAYOUTS[source], LAYOUTS[target])
    for target in LAYOUTS
    for source in LAYOUTS
    if source != target
}

# Three letters are one edit away from too much; nobody mistypes a single letter of what is longer than thirty.
SHORTEST, LONGEST = 4, 30

# How often a slip is of each kind, shared out among the letters that could have been typed instead; inadvertent
# doubling and letters that sound alike or are neighbours are most of it, and the first letter is rarely wrong. After
# Pollock & Zamora, Collection and Characterization of Spelling Errors (1983), and their SPEEDCOP (1984).
_OMITTED, _SWAPPED, _ADDED, _REPLACED = 0.34, 0.13, 0.27 / 30, 0.19 / 30
# How many times likelier a letter is than others, where it is an easy one to type instead or along.
_EASY = 10
_AT_FIRST = 0.2

_RUSSIAN, _UKRAINIAN, _KAZAKH = "абвгдежзийклмнопрстуфхцчшщъыьэюя", "іїєґ'", "әғқңөұүһі"
_ENGLISH, _AZERBAIJANI = "abcdefghijklmnopqrstuvwxyz", "əıöüğşç"
_ALIKE = (
    *("ао", "еиэя", "ыи", "бп", "дт", "гк", "зс", "вф", "жш", "шщч", "ую", "ьъ", "аә", "кқ", "гғ", "нң", "оө", "уұү"),
    *("иії", "еє", "гґ", "хһ", "aei", "ou", "iy", "sz", "sc", "ck", "gj", "vw", "dt", "bp", "mn", "eə", "iı", "sş"),
    *("cç", "gğ", "oö", "uü"),
)
_KEYS_IN_ROW = ((1, 13), (13, 26), (26, 37), (37, 47))


def _easily_typed() -> dict[str, frozenset[str]]:
    """Letter → those that are typed instead of it or along with it most easily."""
    found: dict[str, set[str]] = {}
    for group in (*_ALIKE, *_neighbouring_keys()):
        for letter in group:
            found.setdefault(letter, set()).update(group)
    return {letter: frozenset(others) for letter, others in found.items()}


def _neighbouring_keys() -> Iterator[str]:
    """Pairs of keys: in a row, and with the row above, whose keys stand half a key to the left."""
    for keys in LAYOUTS.values():
        rows = [keys[start:end] for start, end in _KEYS_IN_ROW]
        for row in rows:
            yield from map("".join, pairwise(row))
        for above, row in pairwise(rows[1:]):
            yield from map("".join, zip(above, row, strict=False))
            yield from map("".join, zip(above[1:], row, strict=False))


_EASILY_TYPED = _easily_typed()


def layouts(typed: str) -> dict[tuple[str, str], str]:
    """What the same keys write in other layouts, as (typed in, meant to be in) → one word in its normal form."""
    keys = typed.lower().translate(_UNSHIFTED).replace("\u2019", "'")
    found = {pair: keys.translate(table) for pair, table in _PAIRS.items() if set(keys) <= set(LAYOUTS[pair[0]])}
    return {
        pair: normalise(word)
        for pair, word in found.items()
        if words(word) == [word] and word[0].isalpha() and word != keys
    }


def neighbours(form: str) -> dict[str, float]:
    """The words from which one edit makes this form, with the likelihood of just this slip."""
    letters = _alphabet(form)
    if not letters or not SHORTEST <= len(form) <= LONGEST:
        return {}
    found: dict[str, float] = {}
    for word, at, likelihood in _edits(form, letters):
        weighed = likelihood * (_AT_FIRST if at == 0 else 1)
        if word != form and weighed > found.get(word, 0):
            found[word] = weighed
    return found


def _alphabet(form: str) -> str:
    """The letters that may be missing: those of the languages that the form may be of; none for other scripts."""
    if any(letter.isdigit() for letter in form):
        return ""
    for base, *others in ((_RUSSIAN, _UKRAINIAN, _KAZAKH), (_ENGLISH, _AZERBAIJANI)):
        if set(form) & set(base):
            return base + "".join(other for other in others if set(form) & set(other))
    return ""


def _edits(form: str, letters: str) -> Iterator[tuple[str, int, float]]:
    """Each word that is meant, where it was mistyped, and how likely."""
    for at in range(len(form) + 1):
        before, after = form[:at], form[at:]
        for letter in letters:
            yield before + letter + after, at, _OMITTED
        if not after:
            continue
        typed = after[0]
        others = form[at - 1 : at] + after[1:2]
        is_easy = any(other == typed or typed in _EASILY_TYPED.get(other, ()) for other in others)
        yield before + after[1:], at, _ADDED * (_EASY if is_easy else 1)
        for letter in letters:
            yield before + letter + after[1:], at, _REPLACED * (_EASY if typed in _EASILY_TYPED.get(letter, ()) else 1)
        if len(after) > 1:
            yield before + after[1] + typed + after[2:], at, _SWAPPED
