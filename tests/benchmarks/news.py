"""The real articles that are measured with; without them there is nothing to measure."""

import sys

import pytest

from storage.models import Draft
from tests import news_data
from tests.benchmarks.report import line


def import_rows() -> list[dict[str, str]]:
    """A day's 4,608 Russian articles in the form that `newsbot import` reads."""
    try:
        return list(news_data.import_rows())
    except pytest.skip.Exception as missing:
        line(f"Nothing is measured: {missing}.")
        sys.exit(0)


def import_drafts() -> list[Draft]:
    import_rows()
    return news_data.import_drafts()
