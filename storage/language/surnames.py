"""Surnames of the Russian type by rule: a form → the surnames it may be of, where the dictionary is silent or wrong.

The rules know shapes alone: «бронхолитин» has that of a surname too. So they are asked for words that the dictionary
doesn't have, or has as something that the written case contradicts.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Declension:
    """Endings after a stem, each with the endings of the surnames it may belong to, the likeliest first."""

    stem: re.Pattern[str]
    endings: dict[str, tuple[str, ...]]

    def lemmas(self, form: str) -> tuple[str, ...]:
        """Those that the form may be of; none where it has another shape."""
        match = self.stem.fullmatch(form)
        if match is None:
            return ()
        return tuple(match["stem"] + ending for ending in self.endings.get(match["ending"], ()))


def _stem(suffixes: str) -> re.Pattern[str]:
    """Stems of such suffixes; what is shorter is a name of its own (Ким, Ян, Лев)."""
    return re.compile(rf"(?P<stem>.{{2,}}(?:{suffixes}))(?P<ending>[а-я]{{0,3}})")


# Алиев, Алиева. «Алиева» by itself is his genitive or her nominative. Foreigners of that end have -ом («Чаплином»).
_POSSESSIVE = Declension(
    _stem("[ое]в|[иы]н"),
    {"": ("",), "а": ("", "а"), "у": ("", "а"), "ой": ("а", ""), "ою": ("а", "")}
    | dict.fromkeys(("ым", "ом", "е", "ы", "ых", "ыми"), ("",)),
)
# Зеленский, Донской: hers is the feminine of the adjective and shares its lemma.
_ADJECTIVAL = Declension(
    _stem("[сц]к"),
    {"ой": ("ой", "ий")}
    | dict.fromkeys(("ий", "ого", "ому", "им", "ом", "ая", "ую", "ою", "ие", "их", "ими"), ("ий",)),
)
# Пашинян, Петросянц: his declines, hers doesn't.
_ARMENIAN = Declension(
    _stem("янц?|унц"),
    dict.fromkeys(("", "а", "у", "ом", "ем", "е", "ы", "ов", "ев", "ам", "ами", "ах"), ("",)),
)
# Скрипаль, Курц: foreign kinds whose forms the dictionary's guesses miss, being like verbs («скрипаля») or like nouns
# with a fleeting vowel («курцем»).
_SOFT = Declension(_stem("[лнр]"), dict.fromkeys(("я", "ю", "ем", "е", "и", "ей", "ям", "ями", "ях"), ("ь",)))
_HISSING = Declension(_stem("[жцчшщ]"), dict.fromkeys(("а", "у", "ем", "е"), ("",)))
# Ниневия: a land's name is guessed to be like «здание» or «гений».
_LAND = Declension(_stem("и"), dict.fromkeys(("и", "ю", "ей"), ("я",)))

# Korean and Chinese names are too short for the rules above.
_SHORT = Declension(
    re.compile(r"(?P<stem>[а-я]{0,2}[бвгдзйклмнпрстфх])(?P<ending>[а-я]{1,2})"),
    dict.fromkeys(("а", "у", "ом", "е", "ым"), ("",)) | dict.fromkeys(("я", "ю", "ем"), ("ь", "й")),
)

_DECLENSIONS = (_POSSESSIVE, _ADJECTIVAL, _ARMENIAN)
_FOREIGN = (_SOFT, _HISSING, _LAND)

# Кобахидзе, Саакашвили, Порошенко, Мамедзаде, Мамед оглы, Мамед кызы: the same in every case, his and hers.
_INDECLINABLE = re.compile(r".+(?:дзе|швили|енко|заде)|.*(?:оглу|оглы|кызы|гызы)|заде")

# Suffixes of inhabitants, trades, creeds and borrowed doings; no dictionary has them all.
_COINED = re.compile(r".{2,}(?:ц|[нчщ]ик|ист|[тс]ор|[аеи]нт|ер|лог|вед|граф|изм|инг)[ое]в")


def lemmas(form: str) -> tuple[str, ...]:
    """The surnames that a form may be of, likeliest first: «токаева» → токаев, токаева; none for other shapes."""
    if is_indeclinable(form):
        return (form,)
    return next((found for declension in _DECLENSIONS if (found := declension.lemmas(form))), ())


def foreign_lemmas(form: str) -> tuple[str, ...]:
    """Those of a capitalised word without any such suffix: «скрипаля» → скрипаль."""
    return tuple(lemma for declension in _FOREIGN for lemma in declension.lemmas(form))


def short_lemmas(form: str) -> tuple[str, ...]:
    """Those of a capitalised word of few letters: «ына» → ын (Ким Чен Ын), «ёлю» → ёль."""
    return _SHORT.lemmas(form)


def is_indeclinable(form: str) -> bool:
    return _INDECLINABLE.fullmatch(form) is not None


def may_be_coined(form: str) -> bool:
    """Whether it ends as nouns do that are coined daily, in the genitive plural: «магаданцев», «фолловеров»."""
    return _COINED.fullmatch(form) is not None


def is_armenian(form: str) -> bool:
    return bool(_ARMENIAN.lemmas(form))


def is_possessive(form: str) -> bool:
    """Whether a man's surname may read so: «токаев», and as well «трамваев»."""
    return _POSSESSIVE.lemmas(form) == (form,)


def hers(surname: str) -> str | None:
    """Алиев → алиева; none where she and he share a lemma."""
    return f"{surname}а" if is_possessive(surname) else None
