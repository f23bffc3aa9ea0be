"""The languages that the bot speaks: their own names, their catalogues, and which of them a chat hears.

The sentences in the code are the English ones, so that English needs no catalogue; `locales/` holds the others.
"""

from pathlib import Path
from typing import Final

from aiogram.utils.i18n import I18n

LANGUAGES: Final = {"ru": "Русский", "en": "English", "kk": "Қазақша", "az": "Azərbaycanca"}
LOCALES: Final = Path(__file__).parent / "locales"
# Where the operator's default has no catalogue yet: of these two, the one that most of its readers read.
FALLBACK: Final = "ru"
# What people call them, in small letters and without what stands around: in itself and in the three others.
_NAMES: Final = {
    "ru": {
        *("русский", "русском", "русски", "рус", "russian", "russkiy", "russki"),
        *("орыс", "орысша", "орысшаға", "rus", "rusca"),
    },
    "en": {
        *("english", "eng", "английский", "английском", "английски", "англ", "ағылшын", "ағылшынша", "ағылшыншаға"),
        *("ingilis", "ingiliscə", "ingilisce"),
    },
    "kk": {
        *("қазақша", "қазақ", "қазақшаға", "казахский", "казахском", "казахски", "каз", "казакша", "казак"),
        *("kazakh", "qazaq", "qazaqsha", "qazaqşa", "kazaksha", "qazax", "qazaxca", "kz"),
    },
    "az": {
        *("azərbaycanca", "azərbaycan", "azerbaycanca", "azerbaycan", "azeri", "azəri", "azərice", "azericə"),
        *("azerbaijani", "azerbaijan", "азербайджанский", "азербайджанском", "азербайджански", "азер"),
        *("әзербайжан", "әзербайжанша", "әзірбайжан", "әзірбайжанша", "aze"),
    },
}
# «на казахском», «қазақ тілі», «ingilis dili», "in English".
_AROUND: Final = {
    *("на", "по", "в", "язык", "языке", "тілі", "тіліне", "тілінде", "tili"),
    *("dili", "dilinə", "dilində", "dilinde", "in", "language"),
}


def catalogues(default: str) -> I18n:
    """The translations; raises RuntimeError where a catalogue has not been compiled."""
    return I18n(path=LOCALES, default_locale=spoken(default))


def spoken(*wishes: str | None) -> str:
    """The first wish that the bot can speak, be it `ru`, `ru-RU` or `RU`."""
    codes = (wish.replace("_", "-").partition("-")[0].lower() for wish in wishes if wish)
    return next((code for code in codes if code in LANGUAGES), FALLBACK)


def meant(words: str) -> str | None:
    """A language by its code, or by its name in any of the four: «казахский», "azeri", «қазақ тілі», «po-russki»."""
    said = words.strip().strip(".!").casefold().replace("i\u0307", "i").replace("-", " ")
    core = " ".join(word for word in said.split() if word not in _AROUND)
    return next((code for code, names in _NAMES.items() if core == code or core in names), None)
