from datetime import UTC, datetime

from tests.news_data import import_drafts


def test_every_real_article_becomes_a_draft() -> None:
    drafts = import_drafts()
    assert len(drafts) == 4608
    assert all(draft.title and draft.text and draft.url and draft.source for draft in drafts)
    assert drafts[0].published_at == datetime(2020, 5, 3, 11, 46, tzinfo=UTC)
