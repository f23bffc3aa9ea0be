from datetime import timedelta
from typing import Any

import pytest

from storage import search as searching
from storage.database import Database
from storage.driver import on_driver
from storage.hits import hits
from storage.models import Excerpt, Hit, Results
from storage.query import parse
from storage.search import Sort, matching, search
from tests.storage.builders import DAY, HOUR, NOW, STORY, draft, everything, put


async def found(database: Database, query: str, **options: Any) -> Results:
    async with database.read() as conn:
        return await search(conn, parse(query), now=NOW, **options)


SECOND = timedelta(seconds=1)


async def titles(database: Database, query: str, **options: Any) -> list[str]:
    return [hit.article.title for hit in (await found(database, query, **options)).hits]


async def test_a_hit_holds_the_article_why_it_was_found_and_who_else_tells_it(database: Database) -> None:
    await put(
        database,
        draft("Саммит в Баку", STORY, url="https://www.report.az/1", source="Report", published_at=NOW - HOUR),
        draft("Саммит", STORY, url="https://interfax.ru/1", source="Интерфакс", published_at=NOW - 2 * HOUR),
        draft("Саммит сегодня", STORY, url="https://interfax.ru/2", source="Интерфакс", published_at=NOW - 3 * HOUR),
        draft("Матч"),
    )
    article = (await everything(database))[0]
    results = await found(database, "баку OR президенты")
    [hit] = results.hits
    assert hit == Hit(
        article=article,
        score=hit.score,
        title=Excerpt("Саммит в Баку", ((9, 13),)),
        snippet=hit.snippet,
        other_sources=("Интерфакс",),
    )
    assert hit.snippet.text[slice(*hit.snippet.marks[0])] == "Президенты"
    assert (results.total, results.more) == (1, False)


async def test_what_a_subscription_would_tell_is_shown_in_whole_sentences(database: Database) -> None:
    sentence = "Президенты двух стран открыли новый порт на берегу Каспийского моря."
    await put(database, draft("Саммит", f"Фото: пресс-служба\n\n{sentence}"))
    standing = await found(database, "порт", standing=True)
    assert [hit.snippet.text for hit in standing.hits] == [sentence]
    searched = await found(database, "порт")
    assert [hit.snippet.text for hit in searched.hits] == [f"Фото: пресс-служба {sentence}"]


async def test_nothing_found_is_an_empty_page(database: Database) -> None:
    await put(database, draft("Саммит"))
    assert await found(database, "матч") == Results(hits=(), total=0)
    assert await found(database, "саммит", offset=5) == Results(hits=(), total=1)


async def test_words_in_the_headline_weigh_as_much_as_a_week(database: Database) -> None:
    await put(
        database,
        draft("Новости", "саммит", published_at=NOW),
        draft("О саммите", published_at=NOW - 6 * DAY),
        draft("Саммит", published_at=NOW - 8 * DAY),
    )
    assert await titles(database, "саммит") == ["О саммите", "Новости", "Саммит"]
    assert await titles(database, "саммит", sort=Sort.DATE) == ["Новости", "О саммите", "Саммит"]


async def test_a_story_of_many_sources_comes_before_one_as_new(database: Database) -> None:
    await put(
        database,
        draft("Саммит один", published_at=NOW),
        *(draft("Саммит", STORY, url=f"https://{host}/1", published_at=NOW - HOUR) for host in ("a.az", "b.kz")),
    )
    assert await titles(database, "саммит") == ["Саммит", "Саммит один"]


async def test_all_words_of_a_branch_in_the_headline_count(database: Database) -> None:
    await put(
        database,
        draft("Саммит", "в Баку", published_at=NOW),
        draft("Саммит в Баку", published_at=NOW - DAY),
        draft("Матч в Баку", "саммит", published_at=NOW - 2 * DAY),
    )
    assert await titles(database, "саммит баку") == ["Саммит в Баку", "Саммит", "Матч в Баку"]
    assert await titles(database, "саммит OR баку") == ["Саммит", "Саммит в Баку", "Матч в Баку"]


async def test_an_archive_is_ranked_as_the_news_are(database: Database) -> None:
    await put(
        database, draft("Саммит", published_at=NOW - 9000 * DAY), draft("А", "саммит", published_at=NOW - 9001 * DAY)
    )
    results = await found(database, "саммит")
    assert [round(hit.score, 1) for hit in results.hits] == [2.0, 0.9]


async def test_the_best_article_of_a_story_stands_for_it(database: Database) -> None:
    await put(
        database,
        draft("Встреча президентов", STORY, url="https://a.az/1", published_at=NOW),
        draft("Каспийское море", STORY, url="https://b.kz/1", published_at=NOW - DAY),
        draft("Ещё о море", "на Каспийском", published_at=NOW - DAY - HOUR),
    )
    assert await titles(database, "каспийское море") == ["Каспийское море", "Ещё о море"]


async def test_the_headline_of_an_older_retelling_counts_within_the_window(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 3)
    await put(
        database,
        draft("Встреча", f"{STORY} саммит", url="https://a.az/1", published_at=NOW),
        draft("Матч", "и саммит", published_at=NOW - HOUR),
        draft("Саммит", f"{STORY} саммит", url="https://b.kz/1", published_at=NOW - 2 * HOUR),
    )
    assert await titles(database, "саммит") == ["Саммит", "Матч"]


async def test_pages_across_the_end_of_the_window_rank_it_alike(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 3)
    # The best article of the newest story lies beyond the window.
    await put(
        database,
        draft("Встреча", f"{STORY} саммит", url="https://a.az/1", published_at=NOW),
        draft("Саммит первый", published_at=NOW - HOUR),
        draft("Саммит второй", published_at=NOW - 2 * HOUR),
        draft("Саммит", f"{STORY} саммит", url="https://b.kz/1", published_at=NOW - 3 * HOUR),
        draft("Матч", "и саммит", published_at=NOW - 4 * HOUR),
    )
    assert await titles(database, "саммит", limit=2) == ["Саммит первый", "Саммит второй"]
    assert await titles(database, "саммит", limit=2, offset=2) == ["Встреча", "Матч"]


async def test_what_lies_beyond_the_window_follows_by_date(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WINDOW", 2)
    await put(database, *(draft(f"Новость {n}", "саммит", published_at=NOW - n * HOUR) for n in range(4)))
    await put(database, draft("Саммит", published_at=NOW - 5 * HOUR))
    assert await titles(database, "саммит") == [*(f"Новость {n}" for n in range(4)), "Саммит"]
    assert await titles(database, "саммит", offset=3) == ["Новость 3", "Саммит"]


@pytest.mark.parametrize(("hours", "first"), [(2, "Новость 0"), (4, "Саммит")])
async def test_of_a_word_of_the_last_hours_the_newest_are_the_window(
    database: Database, monkeypatch: pytest.MonkeyPatch, hours: int, first: str
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 2)
    await put(database, *(draft(f"Новость {n}", "саммит", published_at=NOW - n * hours * HOUR) for n in range(3)))
    await put(database, draft("Саммит", published_at=NOW - 13 * HOUR))
    assert (await titles(database, "саммит"))[0] == first


async def test_of_a_word_that_is_not_in_every_paper_the_window_goes_back_for_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 2)
    await put(database, *(draft(f"Новость {n}", "саммит", published_at=NOW - n * 20 * HOUR) for n in range(5)))
    await put(database, draft("Саммит", published_at=NOW - 4 * DAY))
    assert (await titles(database, "саммит"))[:2] == ["Саммит", "Новость 0"]
    assert (await titles(database, "саммит", limit=1)) == ["Саммит"]
    assert (await titles(database, "саммит", limit=1, offset=1)) == ["Новость 0"]


async def test_what_was_published_before_is_left_out(database: Database) -> None:
    await put(database, draft("Саммит", published_at=NOW - DAY), draft("Саммиты", published_at=NOW - 2 * DAY))
    assert await titles(database, "саммит", since=NOW - DAY) == ["Саммит"]
    assert await titles(database, "сам*", since=NOW - DAY + SECOND) == []


async def test_the_last_hours_count_from_now_or_in_a_standing_query_from_storing(database: Database) -> None:
    await put(database, draft("Саммит", published_at=NOW - 3 * DAY), now=NOW - 2 * DAY)
    assert await titles(database, "саммит last:2d") == []
    assert await titles(database, "саммит last:2d", standing=True) == ["Саммит"]
    async with database.read() as conn:
        assert [hit.article.title for hit in await matching(conn, parse("last:2d"))] == ["Саммит"]
        assert await matching(conn, parse("last:23h")) == []


async def test_hits_keep_the_order_asked_for_and_leave_out_what_is_gone(database: Database) -> None:
    await put(database, *(draft(f"Саммит {n}") for n in range(3)))
    async with database.read() as conn:
        shown = await on_driver(conn, lambda driver: hits(driver, parse("саммит"), {3: 0.12345, 9: 1.0, 1: 0.5}))
    assert [(hit.article.id, hit.score, hit.title.marks) for hit in shown] == [
        (3, 0.1235, ((0, 6),)),
        (1, 0.5, ((0, 6),)),
    ]


async def test_a_search_sees_one_state_of_the_store(database: Database) -> None:
    await put(database, draft("Саммит"))
    async with database.read() as conn:
        before = await search(conn, parse("саммит"), now=NOW)
        await put(database, draft("Саммит второй"))
        assert await search(conn, parse("саммит"), now=NOW) == before
    assert (await found(database, "саммит")).total == 2


@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"слово{n}" for n in range(50)),
        "|".join(f"с{n}-{n}" for n in range(30)),
        "-".join("абвгдежзик" * 12),
        "саммит " + "-(казахстан " * 10 + "баку" + ")" * 10,
        "(средний OR " * 20 + "саммит" + ")" * 20,
        "(саммит AND " * 19 + "(саммит OR баку)" + ")" * 19,
        "саммит " + " ".join(f"-слово{n}" for n in range(49)),
    ],
    ids=[
        "many words",
        "many branches",
        "many parts",
        "nested exclusions",
        "nested or",
        "nested and",
        "many exclusions",
    ],
)
async def test_the_largest_queries_are_answered(database: Database, query: str) -> None:
    await put(database, draft("Саммит"))
    results = await found(database, query)
    assert results.total == len(results.hits) == ("саммит" in query)


async def test_what_must_be_verified_is_counted_as_far_as_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 2)
    await put(database, *(draft(f"Средний коридор {n}", published_at=NOW - n * DAY) for n in range(30)))
    query = parse('"средний коридор"')
    async with database.read() as conn:
        few = await search(conn, query, now=NOW, limit=3)
        all_of_them = await search(conn, query, now=NOW, limit=3, counted=30)
    assert few.more
    assert 3 <= few.total < 30
    assert (all_of_them.total, all_of_them.more) == (30, False)
    assert all_of_them.hits == few.hits
