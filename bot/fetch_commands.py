"""What `newsbot fetch` and `newsbot source add` do. Results on stdout, remarks and refusals on stderr."""

from typer import echo

from bot.adding import Several
from bot.clock import utc_now
from bot.config import Settings
from bot.errors import one_line
from bot.fetching import Added, opened
from bot.operations import FAILURE, SUCCESS, open_store, progress
from bot.poller import Polled
from bot.source_commands import fail, tell
from bot.source_lines import SHOWN, name, shown
from bot.sources.clean import shorten
from bot.sources.discover import MOST
from bot.sources.trouble import FetchError
from storage import feeds
from storage.models import Draft


async def add_source(settings: Settings, typed: str, *, full_text: bool = False, topic: str | None = None) -> int:
    """Fails where no feed is found, or several are."""
    async with open_store(settings) as db, opened(db, settings, clock=utc_now) as fetching:
        try:
            with progress("reading"):
                found = await fetching.add(typed, full_text=full_text, topic=topic, now=utc_now())
        except FetchError as error:
            return fail(": ".join(filter(None, (shown(typed, error), str(error)))))
    return _print_candidates(found) if isinstance(found, Several) else tell(_what_was_added(found))


async def fetch_sources(settings: Settings, *, every: bool) -> int:
    """Asks what is due, or every source; fails where all of them fail."""
    polled: list[Polled] = []
    async with open_store(settings) as db, opened(db, settings, clock=utc_now) as fetching:
        with progress("fetching") as advance:

            def take(one: Polled) -> None:
                polled.append(one)
                advance(1)
                if one.error:
                    echo(one_line(f"{name(one.feed)}: {one.error}"), err=True)

            try:
                await fetching.pull(now=utc_now(), every=every, told=take)
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None
        async with db.read() as conn:
            sources = await feeds.count(conn)
    if not polled:
        echo(_why_nothing(sources), err=True)
    failed = sum(one.error is not None for one in polled)
    new, unchanged = sum(one.new for one in polled), sum(one.unchanged for one in polled)
    echo(f"fetched {len(polled) - failed}, new articles {new}, unchanged {unchanged}, failed {failed}")
    return FAILURE if polled and failed == len(polled) else SUCCESS


def _what_was_added(added: Added) -> str:
    if not added.is_new:
        return f"already known: {name(added.feed)}"
    count = len(added.drafts)
    newest = max(added.drafts, key=_moment, default=None)
    told = f", newest «{shorten(newest.title, limit=SHOWN)}»" if newest else ""
    return f"added {shorten(added.feed.title, limit=SHOWN)}: {count} article{'s' * (count != 1)}{told}"


def _moment(draft: Draft) -> float:
    """Without a date it is no newer than any other."""
    return draft.published_at.timestamp() if draft.published_at else 0


def _print_candidates(several: Several) -> int:
    for number, candidate in enumerate(several.candidates[:MOST], 1):
        echo(f"{number}. {one_line(candidate.title or candidate.url)}\n   {candidate.url}")
    told = f"more than {MOST} feeds, here are the first {MOST}" if len(several.candidates) > MOST else "several feeds"
    return fail(f"there are {told}, add one of these addresses")


def _why_nothing(sources: int) -> str:
    if sources:
        return "no source is due; `newsbot fetch --all` asks every one now"
    return "there are no sources yet: `newsbot source add URL` adds one, `newsbot source starter` a starter list"
