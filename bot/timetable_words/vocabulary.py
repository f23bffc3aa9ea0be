"""What a language brings to the grammar of schedules: patterns of its words, written as the language writes them.

Patterns are folded like what is typed (`fold`): case, marks on letters and kinds of dashes make no difference.
"""

import re
from dataclasses import dataclass

# Letter for letter, for errors point into what was typed. People leave out the letters that their keyboards lack.
_LETTERS = {"ё": "е"} | dict(zip("әғқңөұүһі", "агкноуухи", strict=True)) | dict(zip("əğıöüşç", "egiousc", strict=True))
_FOLDED = str.maketrans(
    _LETTERS
    | {letter.upper(): plain.upper() for letter, plain in _LETTERS.items() if letter != "ı"}
    | dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
    | {"İ": "i", "’": "'"}
)

# As the first letter of a short name («Ç.a.», Tuesday) it is no «C» («C.a.», Thursday), in patterns neither.
_TELLING = re.compile(r"(?<!\w)ç(?=\\?\.|a(?!\w))", re.IGNORECASE)


def fold(text: str) -> str:
    """Letter for letter."""
    same = list(text.translate(_FOLDED))
    for match in _TELLING.finditer(text):
        same[match.start()] = match[0]
    return "".join(same)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Patterns of a language; an empty one matches nothing.

    `hours` are the words for one to twelve in all the forms that stand in clock times, `minutes` those for minutes.
    Before a clock time may stand a part of the day (`before`) or half and quarter hours; after it, too. `day_names`
    begin with Monday.
    """

    day_names: tuple[str, ...]
    every_day: str
    weekdays: str
    weekend: str
    # Parts of the day that stand for a time of their own, where no clock time is said.
    morning: str
    afternoon: str
    evening: str
    noon: str
    midnight: str
    # Parts of the day in front of a clock time, and behind one.
    am_before: str
    pm_before: str
    night_before: str
    am_after: str
    pm_after: str
    night_after: str
    hours: tuple[str, ...]
    minutes: dict[int, str]
    # What may follow the number of an hour: its word, case endings.
    hour_signs: str
    # Half and quarter hours: half of the hour before, half past, a quarter past, a quarter to.
    half_to: str = ""
    half_past: str = ""
    quarter_past: str = ""
    quarter_to: str = ""
    half_to_behind: str = ""
    half_past_behind: str = ""
    # `{hour}` every hour; `{step}` every so many hours.
    every_hour: str
    every_hours: str
    # How often a day, with the usual times.
    once_a_day: str
    twice_a_day: str
    thrice_a_day: str
    weekly: str
    # Rhythms that no week has: every other day, twice a month.
    interval: str
    off: str
    instant: str
    quiet: str
    from_: str
    to: str
    up_to_behind: str = ""
    # What only joins.
    joins: str
