"""What is new in an article of a story that was told before."""

import pytest

from storage.database import Database
from storage.developments import LONGEST, development
from storage.fingerprints import fingerprint
from storage.models import Draft
from tests.storage.builders import HOUR, NOW, draft, everything
from tests.storage.retold import MEETING, stories, tell

FIRST, SECOND, *_ = MEETING
KNOWN = "Президенты Казахстана и Азербайджана обсудили в Баку Средний коридор."
NEWS = "Паромы между Актау и Алятом пойдут ежедневно с января, объявил Токаев после переговоров."


def later(hours: float, title: str, text: str) -> Draft:
    return draft(title, text, source="Позже", published_at=NOW + hours * HOUR)


def going_on(hours: float) -> Draft:
    """New of the meeting, so long after the first of it."""
    title = "Токаев и Алиев объявили о ежедневных паромах Актау — Алят"
    return later(hours, title, f"{KNOWN} {NEWS} Подписаны 12 документов, контейнеров станет 90 тысяч.")


async def developments(database: Database, *drafts: Draft) -> list[str | None]:
    """Of each article, stored one after the other."""
    for one in drafts:
        await tell(database, one, now=NOW + 50 * HOUR)
    assert set(await stories(database)) == {1}
    return [article.development for article in await everything(database)]


def first() -> Draft:
    return later(0, FIRST.title, FIRST.text)


async def test_what_is_new_after_hours_is_a_development(database: Database) -> None:
    assert await developments(database, first(), going_on(3)) == [None, NEWS]


async def test_what_is_new_at_once_is_none(database: Database) -> None:
    assert await developments(database, first(), going_on(0.4)) == [None, None]


async def test_retelling_with_nothing_new_is_none(database: Database) -> None:
    retold = later(5, "Президенты Азербайджана и Казахстана провели встречу в Баку", SECOND.text)
    assert await developments(database, first(), retold) == [None, None]


async def test_what_one_article_said_is_new_in_no_other(database: Database) -> None:
    again = going_on(6)
    repeated = later(6, f"{again.title} ещё раз", again.text.replace("после переговоров", "вечером"))
    assert await developments(database, first(), going_on(3), repeated) == [None, NEWS, None]


async def test_equal_text_is_no_development(database: Database) -> None:
    long = f"{first().text} " * 2
    pair = [later(hours, title, long) for hours, title in ((0, "Алиев и Токаев в Баку"), (4, "Паром Актау — Алят"))]
    assert await developments(database, *pair) == [None, None]


@pytest.mark.parametrize("text", ["", "Коротко.", "Паромы пойдут, " + "паром за паромом, " * 40 + "ежедневно."])
def test_headline_tells_what_no_sentence_can(text: str) -> None:
    new = frozenset(fingerprint("Паромы пойдут ежедневно", "", "ru").features)
    assert development("Паромы пойдут ежедневно", text, "ru", new=new) == "Паромы пойдут ежедневно"


def test_sentence_with_most_that_is_new_is_told_in_one_line() -> None:
    new = frozenset(fingerprint("", NEWS, "ru").features) - set(fingerprint("", KNOWN, "ru").features)
    text = f"{KNOWN} {NEWS.replace(' ', '  ')} {KNOWN}"
    found = development("Паромы", text, "ru", new=new)
    assert found == NEWS
    assert len(found) <= LONGEST


def test_of_equal_sentences_the_first_is_told() -> None:
    pair = "Паромы пойдут из Актау ежедневно зимой.", "Паромы пойдут в Алят ежедневно весной."
    new = frozenset(fingerprint("", " ".join(pair), "ru").features)
    assert development("Паромы", " ".join(pair), "ru", new=new) == pair[0]


def test_another_way_to_tell_the_same_is_none() -> None:
    new = frozenset(fingerprint("", "сообщила пресс-служба", "ru").features)
    assert development("Паромы пойдут в Актау", f"{KNOWN} Об этом сообщила пресс-служба.", "ru", new=new) is None


def test_headline_with_a_new_number_is_a_development() -> None:
    title = "Число погибших при пожаре в Актау выросло до 12"
    new = frozenset(fingerprint("12", "", "ru").features)
    assert development(title, f"{KNOWN} {NEWS}", "ru", new=new) == title
