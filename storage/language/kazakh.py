"""Kazakh: the endings that may be cut off a word, by vowel harmony and by the letter they stand after; no dictionary.

    form → `Endings.cuts` → `_restored` (кітаб-ы → кітап, орн-ы → орын) → does the ending fit? → a stem
    a word in Latin letters → read as Cyrillic, letter by letter → the same → as many of its own letters

Texts offer every stem; a query word offers itself, and stems where its ending can't be mistaken. «қалам» and «орын»,
which only look as if they had an ending, stand in a list. Verbs are left alone, but for what reads as a noun's ending.

By lemma, F1 98.4 (96.8 to 99.6) on the 215 nouns, names and adjectives of the UD Kazakh-KTB training part, which it was
developed on (exact match 69.9, the same suffixes without harmony and assimilation 96.2), and 99.6 on the half of
UniMorph's paradigms that it wasn't. Of the forms of an inflected query word 92 % are found there, by the literal 8 %.
"""

import re
from collections.abc import Callable, Iterator

from storage.language.kazakh_latin import plain, readings
from storage.language.kazakh_words import ALONE, WHOLE
from storage.language.suffixes import Endings, Shape, Sounds
from storage.language.tokens import Case

Fit = Callable[[str], list[Shape]]

BACK, FRONT = "b", "f"
# Classes of a last letter: vowels; р and glides; л; nasals; з and ж; voiceless, as б, в, г, д are at the end of a word.
_KINDS = {"v": "аәеёоөұүыіэя", "y": "рй", "l": "л", "n": "мнң", "z": "зж", "t": "бвгғдкқпстфхһцчшщ"}
_KIND = {letter: kind for kind, letters in _KINDS.items() for letter in letters} | {"у": "y", "и": "yv", "ю": "yv"}
_HARMONY = dict.fromkeys("аоұыяё", BACK) | dict.fromkeys("әеөүіэ", FRONT) | dict.fromkeys("ию", BACK + FRONT)
_VOWELS = "".join(_HARMONY) + "у"


def _harmonic(back: str, front: str) -> Callable[[str, str], str | None]:
    return lambda harmony, _: back if harmony == BACK else front


def _after(**letters: str) -> Callable[[str, str], str | None]:
    """`vy="л"`: л after vowels and glides."""
    of_kind = {kind: letter for kinds, letter in letters.items() for kind in kinds}
    return lambda _, kind: of_kind.get(kind)


SOUNDS = Sounds(
    harmonies=BACK + FRONT,
    classes="vylnzt",
    vowels={"а": BACK, "ы": BACK, "е": FRONT, "і": FRONT},
    finals={letter: kinds[0] for letter, kinds in _KIND.items()},
    signs={
        "A": _harmonic("а", "е"),
        "Y": _harmonic("ы", "і"),
        "H": _harmonic("ғ", "г"),
        "K": _harmonic("қ", "к"),
        "J": lambda harmony, kind: "" if kind == "v" else "ы" if harmony == BACK else "і",
        "S": _after(v="с", ylnzt=""),
        "L": _after(vy="л", lnz="д", t="т"),
        "N": _after(vn="н", ylz="д", t="т"),
        "C": _after(v="н", ylnz="д", t="т"),
        "D": _after(vylnz="д", t="т"),
        "B": _after(vylz="д", n="н", t="т"),
        "M": _after(vyln="м", z="б", t="п"),
        # «-мын» after a vowel is a verb's far more often: «қаламын» is «I stay».
        "W": _after(yln="м", z="б", t="п"),
        "G": lambda harmony, kind: ("қк" if kind == "t" else "ғг")[harmony == FRONT],
    },
)

_PLURAL = "LAр"
_PLACED = "DAHY"
# After м and н many write -дан for -нан.
_CASES = ("NYң", "CY", "GA", "DA", "BAн", "DAн", "Mен", "DAй", "Cікі", _PLACED, _PLACED + "LAр", _PLACED + "NYң")
_OF_THIRD = ("", "н", "нYң", "нA", "ндA", "нAн", "мен", "ндAй", "нікі", "ншA", "ндAHY", "ндAHYLAр", "ндAHYнYң")
_OF_FIRST = ("", "NYң", "CY", "A", "DA", "BAн", "Mен", "DAй", "Cікі", _PLACED)
_OURS = [person + case for person in ("JмYз", "JңYз") for case in ("", *_CASES)]


def _chains(plural: str) -> Iterator[str]:
    """A plural or none, then a case, or a possessor and perhaps a case, or a person («-мын»: I am)."""
    yield from (plural + case for case in _CASES)
    yield from (plural + "SY" + case for case in _OF_THIRD)
    yield from (plural + person + case for person in ("Jм", "Jң") for case in _OF_FIRST)
    yield from (plural + ours for ours in _OURS)
    yield from (plural + "WYн", plural + "WYз")


_ENDINGS = Endings(SOUNDS, [*_chains(""), _PLURAL, *_chains(_PLURAL), "JрAK"])
# A query word that ends so is an inflected one; one that ends as in `_LIKELY` is if enough is left of it. «Our» is here
# and «my» isn't: with them «мекеме» would look for «меке».
_SURE = Endings(SOUNDS, ["NYң", _PLACED, _PLURAL, *_chains(_PLURAL), *("SY" + case for case in _OF_THIRD[2:]), *_OURS])
_LIKELY = {3: Endings(SOUNDS, [*_CASES, "SY", "SYн"])}
# By themselves rare in news; most words that end so only seem to (адам, алаң), or end in more (ойы-ның: of a thought).
_THY = frozenset(("ң", "ың", "ің"))
_MY = frozenset(("м", "ым", "ім")) | _THY

_OWN_LETTERS = re.compile("[әғқңөұүһі]")
_KNOWN = re.compile("[әғқңөұүһǵñńŋūä]")
_LATIN = re.compile("[a-z]")
_ATTACHED = re.compile(f"(.+)[-']([^{_VOWELS}aeiouyıáäóöúüýū].*)")
# The last vowel of мойын, дауыс, халық, мүлік is dropped before a vowel: мойны, даусы, халқы, мүлкі.
_DROPPED = re.compile(rf"[{_VOWELS}](?:[рй]н|у[злспқк]|[рл][қкп]|ңл)$")
# No Kazakh word ends so; those without its own letters may be words from elsewhere.
_NO_STEM = re.compile(rf"[^{_VOWELS}-]л$|([^{_VOWELS}-])\1$|[лмнңйжзғш]д$|[қкптшжз][тс]$")
# «басшы», «оқушы», «екінші» have the ending of those who do something or come second, and no owner.
_DOER = re.compile(rf"(?:[^{_VOWELS}р]|..у)ш$")
_SOFT = re.compile(f"(?:[{_VOWELS}][лн]|[бв][лр]|ст)$")
# Of stems of two letters only such as үй, ел, ат, and such as су, ту, би, ми.
_SHORT = re.compile(rf"[{_VOWELS}][^{_VOWELS}]|[сбтд]у|[бмш]и")
_OWNED = re.compile("(?P<stem>..+?)(?P<owner>с?[ыі])(?:н|на|не|нда|нде|нан|нен|мен|нша|нше)")
_VOICED = {"б": "п", "г": "к", "ғ": "қ"}


class Kazakh:
    """Analyser of Kazakh, in Cyrillic and Latin letters."""

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        stems = _stems(form, _ENDINGS)
        return tuple(sorted((stems | _owned(form, stems)) - {form}))

    def query(self, word: str) -> frozenset[str]:
        found = {word, *_stems(word, _SURE)}
        for least, endings in _LIKELY.items():
            found.update(stem for stem in _stems(word, endings) if len(stem) >= least)
        return frozenset(found)

    def knows(self, word: str) -> bool:
        return bool(_KNOWN.search(word))

    def abbreviates(self, word: str) -> bool:
        """No dictionary tells which words an abbreviation could be taken for."""
        return False


def _stems(word: str, endings: Endings) -> set[str]:
    """«My» and «thy» are cut off where nothing else is to be read."""
    if attached := _attached_to(word, endings):
        return {attached}
    found = list(_read(word, endings))
    return {stem for stem, ending in found if ending not in _MY} or {stem for stem, _ in found}


def _owned(form: str, stems: set[str]) -> set[str]:
    """«тілінде» → «тілі»: what is owned is asked for as such («ана тілі», «мемлекет басшысы»)."""
    if not (owned := _OWNED.fullmatch(form)) or stems.isdisjoint(_restored(owned["stem"], owned["owner"])):
        return set()
    return {owned["stem"] + owned["owner"]}


def _read(word: str, endings: Endings) -> Iterator[tuple[str, str]]:
    """Stems in the letters of the word and the Cyrillic endings cut off them."""
    if not _LATIN.search(word):
        yield from _cuts(word, endings, shapes)
        return
    for reading in readings(word):
        yield from reading.written(_cuts(reading.cyrillic, endings, shapes))
    for reading in plain(word) if word.isascii() else ():
        # Any word that ends in n would be «thy» if ң may be meant.
        cuts = _cuts(reading.cyrillic, endings, _any_harmony)
        yield from reading.written((stem, ending) for stem, ending in cuts if ending not in _MY)


def _attached_to(word: str, endings: Endings) -> str | None:
    """«АҚШ-тың» → «АҚШ»: an ending by itself fits what is spoken, not what is written before it.

    Those that begin with a vowel may be names: «Чен-Ын».
    """
    if not (attached := _ATTACHED.fullmatch(word)):
        return None
    stem, ending = attached.groups()
    read = (ending, *(reading.cyrillic for reading in (*readings(ending), *plain(ending))))
    return stem if any(spelling in endings for spelling in read) else None


def _cuts(word: str, endings: Endings, fit: Fit) -> Iterator[tuple[str, str]]:
    """Stems and the endings cut off them, the longest stem first; none shorter than a word that stands for itself."""
    if word in ALONE or word in WHOLE:
        return
    for rest, ending in endings.cuts(word):
        for stem in _restored(rest, ending):
            if _may_be_stem(stem) and endings.fits(ending, fit(stem)):
                yield stem, ending
                if stem in WHOLE and ending not in _THY:
                    return


def _may_be_stem(stem: str) -> bool:
    if len(stem) < 3:
        return bool(_SHORT.fullmatch(stem))
    return not (_DOER.search(stem) or (_NO_STEM.search(stem) and _OWN_LETTERS.search(stem)))


def _restored(rest: str, ending: str) -> Iterator[str]:
    """The stems that may lose or change their last letters so before this ending."""
    last, foreign = rest[-1], not _OWN_LETTERS.search(rest)
    if ending[0] in "ыі":
        if last in _VOICED:
            yield rest[:-1] + _VOICED[last]
        # Before a vowel none of these stands but in words from elsewhere: «клубы», «банкі», «типі».
        if last not in "бгғпкқ" or (foreign and last not in "ғқ" and len(rest) > 3):
            yield rest
        if _DROPPED.search(rest):
            yield from (rest[:-1] + _I[harmony] + last for harmony in _harmonies(rest[:-1]))
        if foreign and ending[0] == "і" and len(rest) > 3 and _SOFT.search(rest):
            yield rest + "ь"
    else:
        yield rest
        # «туристер»: of two т one is written.
        if foreign and last == "с" and ending[0] == "т" and len(rest) > 3:
            yield rest + "т"


_I = {BACK: "ы", FRONT: "і"}


def shapes(stem: str) -> list[Shape]:
    """What an ending may take a stem for; several where its spelling doesn't tell."""
    return [(harmony, kind) for harmony in _harmonies(stem) for kind in _kinds(stem)]


def _any_harmony(stem: str) -> list[Shape]:
    return [(harmony, kind) for harmony in BACK + FRONT for kind in _kinds(stem)]


def _kinds(stem: str) -> str:
    return _KIND.get(stem.rstrip("ьъ")[-1:], "")


def _harmonies(stem: str) -> str:
    """By the last vowel; both where the last letters are as good a guide.

    к and г are front whatever the vowel (Нью-Йоркте), surnames in -ев follow the name that they come from (Тоқаевқа),
    places in -су the water (Жетісудың).
    """
    if stem.endswith(("ь", "к", "г", "х", "в", "су")):
        return BACK + FRONT
    for at in range(len(stem) - 1, -1, -1):
        letter = stem[at]
        if letter == "у":
            # Between consonants it is a vowel of words from elsewhere; else a glide, and the vowel before it tells.
            if 0 < at < len(stem) - 1 and stem[at - 1] not in _VOWELS:
                return BACK + FRONT
        elif letter in _HARMONY:
            return _HARMONY[letter]
    return BACK + FRONT if "у" in stem else ""
