"""Full text: where a feed brings a headline and a line, the page that it links to is read.

    drafts ──too short to match on──▶ robots.txt allows? ──▶ page ──in a worker process──▶ its text, its picture

What cannot be read stays as the feed has it: the news is told all the same.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from bot.sources import clean, extract
from bot.sources.drafts import TEXT_LIMIT
from bot.sources.extract import Page
from bot.sources.reading import Reader
from bot.sources.robots import Robots
from bot.sources.trouble import FetchError, Trouble
from storage.models import Draft

# Of one poll: more at once is an archive, and a burden to the site; and for so long no other page is begun.
MOST: Final = 30
PATIENCE_S: Final = 120
PAGES: Final = "text/html,application/xhtml+xml;q=0.9"

log = structlog.get_logger()


class FullText:
    def __init__(self, reader: Reader, robots: Robots) -> None:
        self._reader = reader
        self._robots = robots

    async def of(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
        """The drafts in their order, the short ones with the text of their pages, `MOST` pages at most, and with their
        picture where the feed brought none; and those whose page could not be read just now, as they came.
        """
        asked = [draft for draft in drafts if extract.wants_text(draft)][:MOST]
        end, pages = time.monotonic() + PATIENCE_S, dict[Draft, Page | None]()
        for draft in asked:
            pages[draft] = await self._page(draft) if time.monotonic() < end else None
        unread = [draft for draft in asked if pages[draft] is None]
        return [_filled(draft, pages.get(draft) or Page()) for draft in drafts], unread

    async def _page(self, draft: Draft) -> Page | None:
        """Empty where there is none or it may not be read, None where it might be read later."""
        assert draft.url
        try:
            if not await self._robots.allows(draft.url):
                return Page()
            page = await self._reader.fetcher.get(draft.url, accept=PAGES)
            return await self._reader.parser.run(
                extract.article, page.body, url=page.url, content_type=page.content_type
            )
        except FetchError as error:
            log.info("page cannot be read", trouble=error.trouble.value, detail=error.detail)
            is_for_good = error.trouble is Trouble.GONE or error.detail.startswith("4")
            return Page() if is_for_good else None


def _filled(draft: Draft, page: Page) -> Draft:
    """The feed's own text stays where the page has no longer one, and its picture where it brought one."""
    text = clean.shorten(page.text, limit=TEXT_LIMIT) if len(page.text) > len(draft.text) else draft.text
    return replace(draft, text=text, image=draft.image or page.image)
