import pytest

from storage import sources
from storage.database import Database
from storage.driver import on_driver
from storage.models import Source
from tests.storage.builders import draft, put


@pytest.mark.parametrize(
    ("source", "url", "key"),
    [
        ("Report", "https://www.report.az/news/1", ("Report", "report.az")),
        (None, "https://REPORT.az:8443/1", ("report.az", "report.az")),
        ("Report", None, ("Report", "")),
        (None, None, ("", "")),
        ("Report", "tg://resolve", ("Report", "resolve")),
        (None, "не адрес", ("", "")),
    ],
)
def test_a_source_is_known_by_its_name_and_host(source: str | None, url: str | None, key: tuple[str, str]) -> None:
    assert sources.key(draft(source=source, url=url)) == key


def test_the_words_of_a_source_are_those_of_its_name_and_of_its_host() -> None:
    assert sources.words(Source(id=1, name="РИА «Новости»", host="ria-news.ru")) == (
        ("риа", "новости"),
        ("ria-news", "ru"),
    )


async def test_sources_are_made_once(database: Database) -> None:
    report, ria = ("Report", "report.az"), ("РИА Новости", "ria.ru")
    async with database.write() as conn:
        first = await sources.resolve(conn, [report, report])
        both = await sources.resolve(conn, [ria, report])
        assert await sources.resolve(conn, []) == {}
        assert await sources.count(conn) == 2
        assert await on_driver(conn, sources.everything) == [both[report], both[ria]]
    assert both[report] == first[report] == Source(id=1, name="Report", host="report.az")


async def test_one_name_at_two_hosts_is_two_sources(database: Database) -> None:
    await put(database, draft("A", source="Report", url="https://a.az/1"), draft("B", source="Report"))
    async with database.read() as conn:
        assert [(one.name, one.host) for one in await on_driver(conn, sources.everything)] == [
            ("Report", ""),
            ("Report", "a.az"),
        ]
