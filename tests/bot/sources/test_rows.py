import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import rows
from bot.sources.drafts import DraftError
from storage.models import Draft


def test_full_row_is_read() -> None:
    row = {
        "title": " Заголовок ",
        "text": "Один.\n\n\nДва.",
        "url": "https://Example.org/a?utm_source=x",
        "source": "Example",
        "author": "Имя Фамилия",
        "published_at": "2025-12-24T10:30:00+05:00",
        "language": "ru",
        "image": "https://cdn.example.org/a.jpg",
    }
    assert rows.read(row) == Draft(
        title="Заголовок",
        text="Один.\n\nДва.",
        url="https://example.org/a",
        source="Example",
        author="Имя Фамилия",
        published_at=datetime(2025, 12, 24, 5, 30, tzinfo=UTC),
        language="ru",
        image="https://cdn.example.org/a.jpg",
    )


@pytest.mark.parametrize("image", [None, "", "/a.jpg", "ftp://example.org/a.jpg", ["https://example.org/a.jpg"], {}])
def test_picture_that_no_message_can_show_costs_no_article(image: object) -> None:
    assert rows.read({"title": "Т", "image": image}) == Draft(title="Т")


def test_exported_row_is_read_back() -> None:
    row = {"id": 7, "url": None, "title": "Заголовок", "text": "", "source": "", "author": None, "story": 3}
    assert rows.read({**row, "published_at": "2025-12-24T00:00:00Z", "language": "und"}) == Draft(
        title="Заголовок", published_at=datetime(2025, 12, 24, tzinfo=UTC)
    )


def test_missing_headline_is_the_first_sentence_and_stays_in_the_text() -> None:
    assert rows.read({"body": "Первое. Второе."}) == Draft(title="Первое", text="Первое. Второе.")


def test_body_stands_in_for_an_empty_text() -> None:
    assert rows.read({"title": "Т", "text": " ", "body": "Текст"}).text == "Текст"


def test_markup_in_a_row_is_text() -> None:
    assert rows.read({"title": "Тег <b>", "text": "a &amp; b"}) == Draft(title="Тег <b>", text="a &amp; b")


@pytest.mark.parametrize(
    ("written", "published_at"),
    [
        ("2025-12-24", datetime(2025, 12, 24, tzinfo=UTC)),
        ("2025-12-24T10:30", datetime(2025, 12, 24, 10, 30, tzinfo=UTC)),
        ("2025-12-24 10:30:00Z", datetime(2025, 12, 24, 10, 30, tzinfo=UTC)),
        ("1955-12-24T01:00:00+05:00", datetime(1955, 12, 23, 20, tzinfo=UTC)),
        ("", None),
    ],
)
def test_date_is_read_as_utc(written: str, published_at: datetime | None) -> None:
    assert rows.read({"title": "Т", "published_at": written}).published_at == published_at


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "not a JSON object"),
        ({}, "there is neither a title nor a text"),
        ({"title": " \x00", "text": "\n"}, "there is neither a title nor a text"),
        ({"title": 5}, "title is not a string"),
        ({"title": "Т", "text": ["а"]}, "text is not a string"),
        ({"title": "Т", "url": "ftp://example.org/a"}, "url is not an http or https address"),
        ({"title": "Т", "url": "/a"}, "url is not an http or https address"),
        ({"title": "Т", "published_at": "вчера"}, "published_at is not an ISO 8601 date"),
        ({"title": "Т", "published_at": "2025-02-30"}, "published_at is not an ISO 8601 date"),
        ({"title": "Т", "published_at": "0001-01-01T00:00:00+14:00"}, "published_at is not an ISO 8601 date"),
        ({"title": "Т", "published_at": 1766534400}, "published_at is not a string"),
        ({"title": "Т", "language": "russian"}, "language is not an ISO 639-1 code"),
    ],
)
def test_unreadable_row_is_refused_with_its_reason(row: object, reason: str) -> None:
    with pytest.raises(DraftError) as refused:
        rows.read(row)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('{"title": "Т"', "not JSON: Expecting ',' delimiter (line 1, column 14)"),
        ("слова", "not JSON: Expecting value (line 1, column 1)"),
        ("[" * 200_000, "not usable JSON: nested too deeply"),
        ('{"id": ' + "9" * 10_000 + "}", "not usable JSON: a number in it has too many digits"),
    ],
)
def test_hostile_json_is_refused_with_its_reason(document: str, reason: str) -> None:
    with pytest.raises(DraftError) as refused:
        rows.parse(document)
    assert str(refused.value) == reason


_values = st.none() | st.text() | st.integers() | st.floats() | st.lists(st.text())
_fields = st.sampled_from(["title", "text", "body", "url", "source", "author", "published_at", "language", "image"])


@given(st.dictionaries(_fields, _values))
def test_any_object_is_a_draft_or_refused(row: dict[str, object]) -> None:
    try:
        draft = rows.read(row)
    except DraftError:
        return
    written = {"title": draft.title, "text": draft.text, "url": draft.url, "source": draft.source}
    date = draft.published_at.isoformat() if draft.published_at else None
    again = {
        **written,
        "author": draft.author,
        "published_at": date,
        "language": draft.language or "und",
        "image": draft.image,
    }
    assert rows.read(json.loads(json.dumps(again))) == draft
