from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage import articles, matches
from storage.articles import Stored
from storage.database import Database
from storage.models import Article, Draft, Source
from storage.query import parse
from storage.schema import article_terms, metadata
from storage.search import search
from tests.storage.builders import DAY, HOUR, NOW, STORY, draft, everything, put, statements

LATER = NOW + HOUR


async def found(database: Database, query: str) -> list[str]:
    """Headlines of the stories that a search brings."""
    async with database.read() as conn:
        return [hit.article.title for hit in (await search(conn, parse(query), now=NOW)).hits]


async def wait_for_matching(database: Database) -> list[str]:
    """Headlines of the articles that the percolator has yet to meet; it then has met them."""
    async with database.write() as conn:
        waiting = await matches.unmatched(conn, limit=100)
        await matches.record(conn, [(one, []) for one in waiting])
        found = await articles.by_ids(conn, [one.id for one in waiting])
        return [found[one.id].title for one in waiting]


async def test_a_draft_becomes_an_article_with_all_it_brought(database: Database) -> None:
    published_at = NOW - DAY
    brought = Draft(
        title="Саммит в Баку",
        text="Президенты встретились.",
        url="https://www.report.az/1",
        guid="1",
        source="Report",
        author="А. Автор",
        published_at=published_at,
        language="ru",
    )
    assert await put(database, brought) == Stored(imported=1, known=0)
    [stored] = await everything(database)
    assert stored == Article(
        id=1,
        story_id=1,
        source=Source(id=1, name="Report", host="report.az"),
        title="Саммит в Баку",
        text="Президенты встретились.",
        url="https://www.report.az/1",
        author="А. Автор",
        language="ru",
        published_at=published_at,
        stored_at=NOW,
    )


async def test_what_a_draft_leaves_out_is_found_or_empty(database: Database) -> None:
    await put(database, Draft(title="Президент Казахстана выступил с посланием"))
    [stored] = await everything(database)
    assert (stored.language, stored.published_at, stored.source) == ("ru", NOW, Source(id=1, name="", host=""))
    assert (stored.text, stored.url, stored.author) == ("", None, None)


@pytest.mark.parametrize(
    ("published_at", "kept"),
    [
        pytest.param(NOW + DAY, NOW, id="the future is a mistake of the source"),
        pytest.param(NOW, NOW, id="now"),
        pytest.param(datetime(1969, 7, 20, 20, 17, tzinfo=UTC), datetime(1969, 7, 20, 20, 17, tzinfo=UTC), id="1969"),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), articles.EARLIEST, id="the first year, before there was news"),
        pytest.param(NOW - timedelta(microseconds=1), NOW - timedelta(seconds=1), id="fractions are cut"),
        pytest.param(NOW.astimezone(tz=None) - DAY, NOW - DAY, id="another zone is the same moment"),
    ],
)
async def test_dates_are_kept_in_utc_and_never_lie_in_the_future(
    database: Database, published_at: datetime, kept: datetime
) -> None:
    await put(database, draft(published_at=published_at))
    [stored] = await everything(database)
    assert (stored.published_at, stored.published_at.tzinfo) == (kept, UTC)


AT_ADDRESS = draft("Саммит", STORY, url="https://a.az/1")
WITH_GUID = draft("Саммит", STORY, guid="1", source="A", url="https://a.az/1")
BARE = draft("Саммит", STORY)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(AT_ADDRESS, AT_ADDRESS, id="its address"),
        pytest.param(AT_ADDRESS, replace(AT_ADDRESS, source="Other", guid="7"), id="its address at another source"),
        pytest.param(WITH_GUID, replace(WITH_GUID, url="https://a.az/moved"), id="its guid in the source"),
        pytest.param(BARE, BARE, id="its content without an address"),
        pytest.param(AT_ADDRESS, BARE, id="its content where it has an address"),
        pytest.param(BARE, replace(BARE, text=STORY.replace(" ", "\n\n")), id="its content in other white space"),
        pytest.param(WITH_GUID, replace(BARE, guid="2", source="B"), id="its content without address, whatever guid"),
    ],
)
async def test_an_article_is_known_by(database: Database, first: Draft, second: Draft) -> None:
    await put(database, first)
    assert await put(database, second, now=LATER) == Stored(imported=0, known=1)
    [stored] = await everything(database)
    assert stored.stored_at == NOW


async def test_a_guid_is_known_within_its_source_alone(database: Database) -> None:
    await put(database, draft("Саммит", guid="1", source="A"))
    assert await put(database, draft("Матч", guid="1", source="B")) == Stored(1, 0)
    assert await put(database, draft("Матч, счёт", guid="1", source="B")) == Stored(1, 0)
    assert [article.title for article in await everything(database)] == ["Саммит", "Матч, счёт"]


async def test_other_content_at_the_same_address_updates_the_article_and_is_matched_anew(database: Database) -> None:
    await put(database, draft("Саммит", "в Баку", url="https://a.az/1", author="А", published_at=NOW - DAY))
    assert await wait_for_matching(database) == ["Саммит"]
    changed = draft("Саммит отложен", "в Астане", url="https://a.az/1", author="Б")
    assert await put(database, changed, now=LATER) == Stored(1, 0)
    [stored] = await everything(database)
    assert (stored.title, stored.text, stored.author) == ("Саммит отложен", "в Астане", "Б")
    assert (stored.published_at, stored.stored_at) == (NOW - DAY, NOW)
    assert await wait_for_matching(database) == ["Саммит отложен"]
    assert (await found(database, "баку"), await found(database, "астана")) == ([], ["Саммит отложен"])


async def test_picture_stays_until_a_changed_article_brings_another(database: Database) -> None:
    async def image() -> str | None:
        [stored] = await everything(database)
        return stored.image

    await put(database, draft("Саммит", url="https://a.az/1"))
    assert await image() is None
    for title, brought, kept in [
        ("Саммит", "https://a.az/0.jpg", None),
        ("Саммит начался", "https://a.az/1.jpg", "https://a.az/1.jpg"),
        ("Саммит идёт", None, "https://a.az/1.jpg"),
        ("Саммит закрыт", "https://a.az/2.jpg", "https://a.az/2.jpg"),
    ]:
        await put(database, draft(title, url="https://a.az/1", image=brought))
        assert await image() == kept


async def test_picture_of_a_new_article_is_the_last_that_its_drafts_bring(database: Database) -> None:
    first, second = draft("Саммит", url="https://a.az/1"), draft("Саммит начался", url="https://a.az/1")
    await put(database, first, replace(second, image="https://a.az/1.jpg"))
    await put(
        database, *(replace(one, url="https://a.az/2") for one in (replace(first, image="https://a.az/2.jpg"), second))
    )
    assert [article.image for article in await everything(database)] == ["https://a.az/1.jpg", "https://a.az/2.jpg"]


async def test_an_update_with_a_date_moves_the_article_in_time(database: Database) -> None:
    await put(database, draft("Старый", url="https://a.az/1", published_at=NOW - 9 * DAY))
    await put(database, draft("Другой", url="https://a.az/2", published_at=NOW - 5 * DAY))
    await put(database, draft("Новый", url="https://a.az/1", published_at=NOW - DAY))
    async with database.read() as conn:
        newest = await articles.latest(conn, limit=10)
    assert [(article.title, article.published_at) for article in newest] == [
        ("Новый", NOW - DAY),
        ("Другой", NOW - 5 * DAY),
    ]


async def test_what_is_imported_again_is_not_matched_again(database: Database) -> None:
    await put(database, AT_ADDRESS)
    await wait_for_matching(database)
    await put(database, AT_ADDRESS)
    assert await wait_for_matching(database) == []


async def test_the_same_text_at_another_address_is_another_article_of_the_same_story(database: Database) -> None:
    await put(database, AT_ADDRESS, replace(AT_ADDRESS, url="https://b.kz/1", title="Другой заголовок"))
    await put(database, replace(AT_ADDRESS, url="https://c.ru/1", title="САММИТ"))
    stored = await everything(database)
    assert len(stored) == 3
    assert len({article.story_id for article in stored}) == 1


async def test_short_texts_tell_one_story_only_under_one_headline(database: Database) -> None:
    await put(
        database,
        draft("Саммит", "Подробности позже", url="https://a.az/1"),
        draft("Матч", "Подробности позже", url="https://b.kz/1"),
        draft("САММИТ", "подробности  позже", url="https://c.ru/1"),
    )
    first, second, third = await everything(database)
    assert first.story_id == third.story_id != second.story_id


async def test_articles_of_one_second_are_told_apart(database: Database) -> None:
    same = [draft("Саммит", STORY, url=f"https://a.az/{n}", published_at=NOW) for n in range(5)]
    assert await put(database, *same) == Stored(5, 0)
    assert await put(database, draft("Саммит", STORY, url="https://a.az/5", published_at=NOW)) == Stored(1, 0)
    async with database.read() as conn:
        assert await articles.count(conn) == 6
        assert (await conn.execute(select(func.count()).select_from(metadata.tables["stories"]))).scalar_one() == 1


async def test_an_empty_batch_changes_nothing(database: Database) -> None:
    assert await put(database) == Stored(0, 0)


async def test_a_deleted_article_leaves_nothing_behind(database: Database) -> None:
    await put(database, AT_ADDRESS, draft("Матч", url="https://a.az/2"))
    async with database.write() as conn:
        waiting = await matches.unmatched(conn, limit=10)
        await matches.record(conn, [(one, [1, 2]) for one in waiting])
        assert await articles.delete(conn, [1]) == 1
    async with database.read() as conn:
        left = {
            name: (await conn.execute(select(func.count()).select_from(metadata.tables[name]))).scalar_one()
            for name in ("articles", "article_terms", "stories", "matches")
        }
        assert [match.article_id for match in await matches.since(conn, 0)] == [2]
        assert (await conn.execute(select(article_terms.c.article_id))).scalars().all() == [2]
    assert left == {"articles": 1, "article_terms": 1, "stories": 1, "matches": 1}
    assert await found(database, "саммит") == []


async def test_a_story_stays_while_another_article_tells_it(database: Database) -> None:
    await put(database, AT_ADDRESS, replace(AT_ADDRESS, url="https://b.kz/1"))
    async with database.write() as conn:
        await articles.delete(conn, [1])
    async with database.read() as conn:
        assert (await conn.execute(select(func.count()).select_from(metadata.tables["stories"]))).scalar_one() == 1
    assert [article.id for article in await everything(database)] == [2]


async def test_an_identity_is_free_again_after_deletion_but_no_id_is(database: Database) -> None:
    await put(database, AT_ADDRESS)
    async with database.write() as conn:
        assert await articles.newest_id(conn) == 1
        await articles.delete(conn, [1])
        assert await articles.newest_id(conn) == 0
    assert await put(database, AT_ADDRESS) == Stored(1, 0)
    assert [article.id for article in await everything(database)] == [2]


async def test_latest_are_the_newest_articles_one_for_each_story(database: Database) -> None:
    await put(
        database,
        draft("Саммит", STORY, url="https://a.az/1", published_at=NOW - 3 * HOUR),
        draft("Матч", url="https://a.az/2", published_at=NOW - 2 * HOUR),
        draft("Саммит, повтор", STORY, url="https://b.kz/1", published_at=NOW - HOUR),
        draft("Погода", url="https://a.az/3", published_at=NOW - 4 * HOUR),
    )
    async with database.read() as conn:
        first = await articles.latest(conn, limit=2)
        second = await articles.latest(conn, limit=2, offset=2)
    assert [article.title for article in first] == ["Саммит, повтор", "Матч"]
    assert [article.title for article in second] == ["Погода"]


async def test_export_goes_through_all_articles_by_pages(database: Database) -> None:
    await put(database, *(draft(f"Новость {n}", published_at=NOW - n * HOUR) for n in range(5)))
    pages, after = [], 0
    async with database.read() as conn:
        while page := await articles.export(conn, after=after, limit=2):
            pages.append([article.title for article in page])
            after = page[-1].id
    assert pages == [["Новость 0", "Новость 1"], ["Новость 2", "Новость 3"], ["Новость 4"]]


async def test_articles_are_read_by_their_ids(database: Database) -> None:
    await put(database, draft("Саммит"), draft("Матч"))
    async with database.read() as conn:
        assert {key: article.title for key, article in (await articles.by_ids(conn, [2, 9])).items()} == {2: "Матч"}


async def test_a_headline_of_signs_alone_is_stored_and_exported(database: Database) -> None:
    await put(database, draft("😀 — …", "\n\n"), draft("", ""))
    assert [article.title for article in await everything(database)] == ["😀 — …", ""]
    assert set(await found(database, "last:1d")) == {"", "😀 — …"}


@pytest.mark.parametrize("count", [2, 60])
async def test_a_batch_is_stored_by_the_same_statements_however_large(database: Database, count: int) -> None:
    async with statements(database) as run:
        await put(database, *(draft(f"Новость {number}", url=f"https://a.az/{number}") for number in range(count)))
    assert len(run) == 13


async def test_a_backlog_is_matched_from_the_beginning_and_stays_so_when_it_is_edited(database: Database) -> None:
    async def unmatched() -> list[int]:
        async with database.read() as conn:
            return [one.id for one in await matches.unmatched(conn, limit=9)]

    old = articles.analyse([draft("Саммит", url="https://a.az/1"), draft("Матч", url="https://a.az/2")])
    async with database.write() as conn:
        assert await articles.store(conn, old, now=NOW, backlog=True) == Stored(2, 0)
    assert await unmatched() == []
    await put(database, draft("Саммит завершён", url="https://a.az/1"), draft("Новое", url="https://a.az/3"))
    assert await unmatched() == [3]
