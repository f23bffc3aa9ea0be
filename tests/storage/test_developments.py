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


NEW_HEADLINE = "Токаев и Алиев объявили о ежедневных паромах Актау — Алят"
HOURS_S = 3600


def going_on(hours: float, source: str = "Позже") -> Draft:
    """New of the meeting, so long after the first of it."""
    text = f"{KNOWN} {NEWS} Подписаны 12 документов, контейнеров станет 90 тысяч."
    return draft(NEW_HEADLINE, text, source=source, published_at=NOW + hours * HOUR)


async def developments(database: Database, *drafts: Draft) -> list[str | None]:
    """Of each article, stored one after the other."""
    for one in drafts:
        await tell(database, one, now=NOW + 50 * HOUR)
    assert set(await stories(database)) == {1}
    return [article.development for article in await everything(database)]


def first() -> Draft:
    return later(0, FIRST.title, FIRST.text)


async def test_what_is_new_after_hours_is_a_development(database: Database) -> None:
    assert await developments(database, first(), going_on(3)) == [None, NEW_HEADLINE]


async def test_another_source_tells_soon_after_what_the_last_one_told(database: Database) -> None:
    assert await developments(database, first(), going_on(1.5, "Другой")) == [None, None]


async def test_source_that_tells_a_story_again_has_something_new(database: Database) -> None:
    assert await developments(database, first(), going_on(1.5)) == [None, NEW_HEADLINE]


async def test_new_number_is_a_development_whoever_tells_it(database: Database) -> None:
    title = "Алиев и Токаев в Баку подписали 15 документов"
    again = draft(title, SECOND.text, source="Другой", published_at=NOW + 1.5 * HOUR)
    assert await developments(database, first(), again) == [None, title]


async def test_headline_of_a_round_up_is_no_development(database: Database) -> None:
    roundup = later(3, "Главное к утру субботы", f"{first().text} {NEWS}")
    assert await developments(database, first(), roundup) == [None, None]


async def test_what_is_new_at_once_is_none(database: Database) -> None:
    assert await developments(database, first(), going_on(0.4)) == [None, None]


async def test_retelling_with_nothing_new_is_none(database: Database) -> None:
    retold = later(5, "Президенты Азербайджана и Казахстана провели встречу в Баку", SECOND.text)
    assert await developments(database, first(), retold) == [None, None]


async def test_what_one_article_said_is_new_in_no_other(database: Database) -> None:
    again = going_on(6)
    repeated = later(6, f"{again.title} ещё раз", again.text.replace("после переговоров", "вечером"))
    assert await developments(database, first(), going_on(3), repeated) == [None, NEW_HEADLINE, None]


async def test_equal_text_is_no_development(database: Database) -> None:
    long = f"{first().text} " * 2
    pair = [later(hours, title, long) for hours, title in ((0, "Алиев и Токаев в Баку"), (4, "Паром Актау — Алят"))]
    assert await developments(database, *pair) == [None, None]


def told(title: str, text: str, *, new: str, hours: float = 9) -> str | None:
    """Of an article of a story that has said all but the words of `new`."""
    features = frozenset(fingerprint("", new, "ru").features)
    return development(title, text, "ru", new=features, rested_s=int(hours * HOURS_S))


@pytest.mark.parametrize("text", ["", KNOWN, f"{KNOWN} {NEWS}"])
def test_headline_that_is_new_itself_is_told_first(text: str) -> None:
    title = "Паромы пойдут ежедневно"
    assert told(title, text, new=f"{title} {NEWS}") == title


def test_sentence_with_a_new_number_is_told_before_a_headline_without() -> None:
    title, tickets = "Паромы пойдут ежедневно", "Билеты на паромы стоят 90 долларов."
    assert told(title, f"{KNOWN} {tickets}", new=f"{title} {tickets}") == tickets
    assert told(title, f"{KNOWN} Они {tickets}", new=f"{title} {tickets}") == title


def test_sentence_with_most_that_is_new_is_told_in_one_line() -> None:
    text = f"{KNOWN} {NEWS.replace(' ', '  ')} {KNOWN}"
    found = told("Президенты встретились в Баку", text, new=NEWS.replace("Токаев", ""))
    assert found == NEWS
    assert len(found) <= LONGEST


def test_of_equal_sentences_the_first_is_told() -> None:
    pair = "Паромы пойдут из Актау ежедневно зимой.", "Паромы пойдут в Алят ежедневно весной."
    assert told("Президенты встретились в Баку", " ".join(pair), new=" ".join(pair)) == pair[0]


def test_sentence_that_stands_alone_is_told_before_one_that_leans() -> None:
    leaning = "Они пойдут ежедневно с января между Актау и Алятом."
    alone = "Билеты на паромы подорожают, обсудили президенты в Баку."
    new = f"{leaning} Билеты на паромы подорожают."
    assert told("Порт", f"{KNOWN} {leaning} {alone}", new=new) == alone
    assert told("Порт", f"{KNOWN} {leaning}", new=new) == leaning


def test_what_was_before_is_no_development() -> None:
    assert told("Порт", f"{KNOWN} Ранее паромы ходили дважды в неделю.", new="паромы ходили дважды неделю") is None


def test_other_words_soon_after_are_none_but_a_number_is() -> None:
    ferries, tickets = "Паромы пойдут туда ежедневно зимой.", "Билеты на паромы стоят 90 долларов."
    assert told("Порт", f"{KNOWN} {ferries}", new=ferries, hours=4) == ferries
    assert told("Порт", f"{KNOWN} {ferries}", new=ferries, hours=1) is None
    assert told("Порт", f"{KNOWN} {tickets}", new=tickets, hours=1) == tickets


@pytest.mark.parametrize(
    "date",
    ["В 2016 году порт Актау был закрыт.", "Порт Актау был открыт 23 ноября.", "В порту было 85 000 контейнеров."],
)
def test_date_is_no_new_number(date: str) -> None:
    assert told("Порт", f"{KNOWN} {date}", new="2016 23 000", hours=9) is None


def test_another_way_to_tell_the_same_is_none() -> None:
    found = told("Паромы пойдут в Актау", f"{KNOWN} Об этом сообщила пресс-служба.", new="сообщила пресс-служба")
    assert found is None


def test_headline_with_a_new_number_is_a_development() -> None:
    title = "Число погибших при пожаре в Актау выросло до 12"
    assert told(title, f"{KNOWN} {NEWS}", new="12") == title
