"""How a name sounds, roughly: equal for the ways in which languages and habits write it.

    Токаев, Токаева, Tokayev, Toqaev ─▶ tokaev, tokaeva …      Шымкент, Şımkent, Shymkent ─▶ simkent

Letters are taken as English habits write them, then groups that habits differ in become one letter, and doubled letters
single. Compared by their first letters, so that endings don't matter.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final


def _table(rows: str) -> dict[str, str]:
    """`from-to`, separated by spaces."""
    return dict(row.split("-") for row in rows.split())


_LETTERS: Final = _table(
    "а-a ә-a б-b в-v г-g ғ-g ґ-g д-d е-e є-e ж-j з-z и-i і-i ї-i й-i к-k қ-k л-l м-m н-n ң-n о-o ө-o п-p р-r с-s т-t"
    " у-u ұ-u ү-u ф-f х-h һ-h ц-c ч-c ш-s щ-s ы-i э-e ю-u я-a ə-a ı-i ş-s ç-c ğ-g ö-o ü-u ñ-n w-v q-k"
)
# In this order: longer groups first.
_SOUNDS: Final = _table(
    "shch-s sch-s shh-s zh-j kh-h tch-c ch-c sh-s ts-c tz-c ph-f th-t ck-k x-ks yi-i ij-i iy-i yy-i ii-i ya-a ja-a ia-a"
    " yu-u ju-u iu-u yo-e jo-e io-e ye-e je-e ie-e y-i"
)
_SIGNS: Final = re.compile(r"[^a-z0-9]")
_DOUBLED: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 16)
def skeleton(form: str) -> str:
    """Of a normalised form, in the letters a–z and digits; empty for other scripts."""
    plain = unicodedata.normalize("NFD", "".join(_LETTERS.get(letter, letter) for letter in form))
    text = _SIGNS.sub("", plain)
    for group, sound in _SOUNDS.items():
        if group in text:
            text = text.replace(group, sound)
    return _DOUBLED.sub(r"\1", text)
