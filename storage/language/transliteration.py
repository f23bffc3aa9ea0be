"""How else a name may be written: in Latin or Cyrillic letters, by English, Russian, Kazakh, Azerbaijani habits.

    Tokayev, Toqaev ─▶ токаев      Алиев ─▶ aliyev, əliyev      Тоқаев ─▶ токаев      Bakı ─▶ baky, baku

A table says what each group of letters may become, the likeliest first; a reading costs what its choices cost. The
guesses are many and bounded: which of them are words of the store is asked in `storage.suggestions`.
"""

from collections.abc import Mapping
from heapq import nsmallest

# So many readings of a word are kept at every letter: «Qazaqstan» is «Казахстан» at the hundredth.
MOST = 200
LONGEST = 30
# A second choice costs one, and is so many times rarer; groups of letters are read together rather than one by one.
_RARER, _GROUP = 4.0, 0.3

Table = Mapping[str, tuple[str, ...]]


def _table(rows: str) -> Table:
    """`from to to`, separated by `/`; a hyphen stands for nothing."""
    split = (row.split() for row in rows.split("/"))
    return {source: tuple(target.strip("-") for target in targets) for source, *targets in split}


_TO_CYRILLIC = _table(
    "a а ә/ə а э е ә я/ä ә/b б/c к дж с ц/ç ч/d д/e е э/f ф/g г ғ/ğ г х ғ/h х г һ/i и і ы ї ай/ı ы и у/j ж дж й/"
    "k к қ/l л ль/m м/n н ң нь/ñ ң/o о ө/ö ө о е/p п/q к қ г х/r р рь/s с сь/ş ш/t т ть/u у ұ ү ю а/ü у ү ю/ū ұ/"
    "v в/w в у/x х кс/y ы й и/z з/' - ь/- -/sh ш/shch щ/sch ш щ/ch ч х/tch ч/kh х қ/gh г ғ/zh ж/dzh дж/dj дж/"
    "ts ц тс/tz ц/ph ф/th т/ck к/ee и/oo у/ou у/ay ай/ai ай аи/aij айдж/ey ей/oy ой/uy уй/əy ей ай/ya я ья/"
    "ia ия я/ja я/yə я е/yu ю ью/iu ю/ju ю/yo е ьо/jo е/ye е ье є/je е/yi ї и/ie ие е/iye ие/iy ий/yy ий/ii ий/"
    "sky ский/skyi ський ский/skiy ский"
)
_TO_LATIN = _table(
    "а a ə/ә ä ə a/б b/в v w/г g q h gh ğ/ғ ğ gh g/ґ g/д d/е e ye ə/є ye ie e/ж zh j/дж j c dzh/з z/и i y/і i y ı/"
    "ї yi i/й y i j/к k q c/қ q k/л l/м m/н n/ң ñ ng n/о o ö/ө ö o/п p/р r/с s/т t/у u ü ı w/ұ ū u/ү ü u/ф f ph/"
    "х kh x h ğ/һ h/ц ts c tz/ч ch ç/ш sh ş/щ shch sch/ъ - '/ы y ı i/ь - '/э e ə a/ю yu ü iu u/я ya ə ia ja a/"
    "кс x ks/ий y iy i iyi/ия ia iya iyə/ей ey əy ei/ай ay ai ey/- -"
)
# Within a script a letter stays or becomes its like, which counts as a second choice. Ordinary Russian letters and
# ordinary English ones are not exchanged for one another: that would be a misspelling.
_WITHIN_LATIN = (
    "ə a/ə e/x kh/q k/q g/ğ gh/ğ g/ğ kh/c j/c dzh/ç ch/ş sh/ı i/ı y/ı u/ö o/ü u/ye e/iye ie/iy y/zh j/ñ ng/ñ n/ä a/ū u"
)
_WITHIN_CYRILLIC = "қ к/қ х/ғ г/ә а/ә я/ә е/ң н/ө о/ө е/ұ у/ү у/ү ю/һ х/һ г/і и/і ы/ї и/є е/ґ г/і е/і о/ськ ск"


def _alike(alphabet: str, pairs: str) -> Table:
    """Every letter as itself, and each of a pair as the other."""
    found = {letter: [letter] for letter in alphabet}
    for pair in pairs.split("/"):
        one, other = pair.split()
        found.setdefault(one, [one]).append(other)
        found.setdefault(other, [other]).append(one)
    return {letter: tuple(likes) for letter, likes in found.items()}


_LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyz'-"
_CYRILLIC_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя'-"
_TABLES = (
    (frozenset(_LATIN_LETTERS) | set("əıöüğşçñäū"), (_TO_CYRILLIC, _alike(_LATIN_LETTERS, _WITHIN_LATIN))),
    (
        frozenset(_CYRILLIC_LETTERS) | set("әғқңөұүһіїєґ"),
        (_TO_LATIN, _alike(_CYRILLIC_LETTERS, _WITHIN_CYRILLIC)),
    ),
)


def transliterations(form: str) -> dict[str, float]:
    """Other writings of a word in its normal form, each with its likelihood; at most twice MOST."""
    letters = set(form)
    tables = next((tables for script, tables in _TABLES if letters <= script), ())
    if len(form) > LONGEST or letters <= set("'-"):
        return {}
    found: dict[str, float] = {}
    for table in tables:
        for cost, reading in _readings(form, table):
            found.setdefault(reading, _RARER**-cost)
    return {reading: likelihood for reading, likelihood in found.items() if reading not in ("", form)}


def _readings(form: str, table: Table) -> list[tuple[float, str]]:
    """The cheapest readings by a table, from the end of the word to its beginning, with what their choices cost."""
    longest = max(map(len, table))
    rest: dict[int, list[tuple[float, str]]] = {len(form): [(0.0, "")]}
    for at in reversed(range(len(form))):
        extended = {
            target + text: cost + rank + _GROUP
            for width in range(1, longest + 1)
            for rank, target in enumerate(table.get(form[at : at + width], ()))
            for cost, text in rest.get(at + width, ())
        }
        rest[at] = nsmallest(MOST, ((cost, text) for text, cost in extended.items()))
    return rest[0]
