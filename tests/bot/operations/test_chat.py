"""`newsbot chat` through a pipe, over the starter articles."""

from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot import starter
from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import ENERGY, SUMMIT, lines, titles


@pytest.mark.slow
def test_chat_of_a_newcomer_greets_over_the_starter_articles(newsbot: CommandLine, i18n: I18n) -> None:
    outcome = newsbot.process("chat", typed="/start\n/search казахстану\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert "/subscribe" in outcome.out
    assert "Казахстан" in outcome.out.partition("По запросу казахстану")[2]


def test_chat_loads_no_starter_articles_into_a_store_that_has_any(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", typed="/latest\n")
    assert titles(newsbot("export")) == ["Саммит в Астане"]


@pytest.mark.parametrize("typed", ["", "\n", "\n \n\n"], ids=["nothing", "a blank line", "blank lines"])
def test_chat_without_a_word_ends_silently(typed: str, newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    assert newsbot("chat", typed=typed) == Outcome(0, "", "")


def test_chat_takes_bytes_that_are_no_text(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("chat", typed=b"\xff\xfe \x00\n\xd1\n" + "саммит\n".encode())
    assert (outcome.code, outcome.err) == (0, "")
    assert "Саммит в Астане" in outcome.out


def test_chat_says_which_buttons_there_are(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    outcome = newsbot("chat", typed="#1\nсаммит\n#99\n#1\n")
    assert outcome.code == 0
    assert "· Пока нет кнопок" in outcome.out
    assert "· Кнопки #99 нет" in outcome.out
    assert "саммит" in newsbot("chat", typed="/subscriptions\n").out


def test_chat_speaks_the_language_of_the_user(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    assert newsbot("chat", "--language", "en", typed="/help\n").out.startswith("What I can do\n")
    newsbot.set(DEFAULT_LANGUAGE="en")
    assert newsbot("chat", "--user", "2", typed="/help\n").out.startswith("What I can do\n")
    assert newsbot("chat", "--user", "3", "--language", "ru", typed="/help\n").out.startswith("Что я умею\n")


def test_language_chosen_in_the_chat_wins_over_the_option(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", typed="/language English\n#2\n")
    assert newsbot("chat", "--language", "ru", typed="/help\n").out.startswith("What I can do\n")


def test_each_user_is_a_chat_of_its_own(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(SUMMIT)
    newsbot("chat", "--user", "7", typed="/subscribe токаев\n")
    assert "токаев" in newsbot("chat", "--user", "7", typed="/subscriptions\n").out
    assert "токаев" not in newsbot("chat", typed="/subscriptions\n").out


def test_chat_delivers_to_its_own_user_alone(newsbot: CommandLine, i18n: I18n) -> None:
    newsbot.add(ENERGY)
    newsbot("chat", "--user", "7", typed="/schedule сразу\n/subscribe саммит\n")
    newsbot.add(SUMMIT)
    assert "Саммит в Астане" not in newsbot("chat", typed="/help\n").out
    assert "Саммит в Астане" in newsbot("chat", "--user", "7", typed="/help\n").out


def test_starter_articles_are_found_beside_the_module_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "articles.jsonl"
    inside.write_text(lines(SUMMIT))
    monkeypatch.setattr(starter, "PLACES", (tmp_path, starter.PLACES[1]))
    assert [draft.title for draft in starter.starter_articles()] == ["Саммит в Астане"]
    inside.unlink()
    assert len(starter.starter_articles()) >= 50


def test_installation_without_starter_articles_starts_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter, "PLACES", (tmp_path / "missing",))
    assert starter.starter_articles() == []
