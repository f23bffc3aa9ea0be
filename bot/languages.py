"""The languages that the bot speaks: their own names, their catalogues, and which of them a chat hears.

The sentences in the code are the English ones, so that English needs no catalogue; `locales/` holds the others.
"""

from pathlib import Path
from typing import Final

from aiogram.utils.i18n import I18n

LANGUAGES: Final = {"ru": "Русский", "en": "English"}
LOCALES: Final = Path(__file__).parent / "locales"
# Where the operator's default has no catalogue yet: of these two, the one that most of its readers read.
FALLBACK: Final = "ru"


def catalogues(default: str) -> I18n:
    """The translations; raises RuntimeError where a catalogue has not been compiled."""
    return I18n(path=LOCALES, default_locale=spoken(default))


def spoken(*wishes: str | None) -> str:
    """The first wish that the bot can speak, be it `ru`, `ru-RU` or `RU`."""
    codes = (wish.replace("_", "-").partition("-")[0].lower() for wish in wishes if wish)
    return next((code for code in codes if code in LANGUAGES), FALLBACK)
