"""A week of real posts, told to ten readers by the bot's own parts: how much they are sent, and whether it is fit.

    posts of an hour ──ingest──▶ stories ──match──▶ matches ──compose──▶ digests, alerts, as files to be read

The clock goes by the hour: what an hour brought is stored, matched and told at its end. The week is the busiest of the
collection. With `--starter` it is the starter articles that are told, to two readers; `--since` names their week.

    python -m tests.benchmarks.digest_week [--into FOLDER] [--starter] [--since DATE]
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.starter import starter_articles
from storage.models import Draft
from tests.benchmarks.digest_readers import READERS, STARTER_READERS
from tests.benchmarks.digest_replay import Account, Sent, replay
from tests.benchmarks.report import ROOT, line, table
from tests.news_data import post_drafts

DAYS = 7


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "digests", help="where the digests are written")
    parser.add_argument("--starter", action="store_true", help="tell the starter articles")
    parser.add_argument("--since", type=date.fromisoformat, help="the first day of the week")
    given = parser.parse_args()
    drafts = starter_articles() if given.starter else post_drafts()
    week = of_week(drafts, given.since or busiest(drafts))
    with TemporaryDirectory() as folder:
        accounts = asyncio.run(replay(week, STARTER_READERS if given.starter else READERS, Path(folder, "news.db")))
    for account in accounts:
        write(account, given.into)
    report(accounts)


def busiest(drafts: Sequence[Draft]) -> date:
    """The first of the seven days with the most articles, by UTC."""
    counts = Counter(draft.published_at.date() for draft in drafts if draft.published_at)
    return max(sorted(counts), key=lambda day: sum(counts[day + timedelta(n)] for n in range(DAYS)))


def of_week(drafts: Sequence[Draft], first: date) -> list[Draft]:
    """What was published in the week, the oldest first."""
    begin = datetime.combine(first, datetime.min.time(), UTC)
    end = begin + timedelta(days=DAYS)
    dated = [(draft.published_at, draft) for draft in drafts if draft.published_at]
    return [draft for at, draft in sorted(dated, key=lambda one: one[0]) if begin <= at < end]


def write(account: Account, into: Path) -> None:
    """All that a reader was sent, a file a digest."""
    folder = into / account.profile.name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    for sent in account.sent:
        told = "\n\n―――\n\n".join(sent.texts)
        (folder / f"{sent.at:%Y-%m-%dT%H%M}.txt").write_text(f"{told}\n", encoding="utf-8")


def report(accounts: Sequence[Account]) -> None:
    heading = ("reader", "articles", "stories", "told", "left", "updates", "compression", "digests", "messages")
    table((*heading, "characters", "longest"), *map(_measured, accounts))
    line("")
    faults = ("told twice", "never told", "unmatched", "refused", "not whole", "no sentence", "of items")
    table(("reader", *faults), *map(_checked, accounts))
    for account in accounts:
        for fault in account.faults:
            line(f"{account.profile.name}: {fault}")


def _measured(account: Account) -> tuple[object, ...]:
    lengths = [_length(sent) for sent in account.sent] or [0]
    tellings = account.tellings
    return (
        account.profile.name,
        account.articles,
        len(account.stories),
        sum(one.shown for one in tellings),
        sum(not one.shown for one in tellings),
        sum(one.is_update for one in tellings),
        account.articles / max(len(tellings), 1),
        len(account.sent),
        sum(len(sent.texts) for sent in account.sent),
        int(median(lengths)),
        max(lengths),
    )


def _length(sent: Sent) -> int:
    return sum(map(len, sent.texts))


def _checked(account: Account) -> tuple[object, ...]:
    told = {one.story_id for one in account.tellings}
    return (
        account.profile.name,
        sum(one.shown and one.is_update and not one.is_marked for one in account.tellings),
        len(account.stories - told),
        len(told - account.stories),
        len(account.faults),
        sum(one.is_whole is False for one in account.tellings),
        sum(one.shown and one.is_whole is None for one in account.tellings),
        sum(one.shown for one in account.tellings),
    )


if __name__ == "__main__":
    main()
