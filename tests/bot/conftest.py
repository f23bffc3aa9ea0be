"""The bot's texts, compiled from what the repository holds."""

import pytest
from aiogram.utils.i18n import I18n

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues


@pytest.fixture(scope="session")
def i18n() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")
