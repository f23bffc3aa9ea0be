"""A process beside an import that analyses for it: one processor is busy with words while another one stores.

    import ──headlines and texts──▶ analyst ──languages, terms, fingerprints──▶ import

Where there is one processor alone, or the analyst is gone, the import analyses by itself.
"""

import gc
import os
import signal
from collections.abc import Iterable, Sequence
from multiprocessing import get_context
from typing import Final, Self

import structlog
from pebble import ProcessExpired, ProcessPool

from storage import articles
from storage.articles import Analysed
from storage.language.remembered import keep_at_hand
from storage.models import Draft
from storage.reading import Content, Read, read

# Whoever waits for an answer of the bot comes first.
_POLITENESS: Final = 5
# Words of a language, four times as many as elsewhere: it is there for a while, and does nothing else.
AT_HAND: Final = 1 << 18

log = structlog.get_logger()


class Analyst:
    """A process that starts when it is first asked; leaving the context ends it."""

    def __init__(self) -> None:
        self._pool: ProcessPool | None = None
        self._is_alone = processors() < 2

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def analyse(self, drafts: Iterable[Draft]) -> Sequence[Analysed]:
        """As `storage.articles.analyse`; waits, so keep it off the event loop."""
        brought = list(drafts)
        if self._is_alone:
            return articles.analyse(brought)
        try:
            found = self._asked([articles.content(draft) for draft in brought])
        except (ProcessExpired, RuntimeError) as error:
            log.warning("the process that analyses is gone: the import does it by itself", error=type(error).__name__)
            self._is_alone = True
            return articles.analyse(brought)
        return [articles.analysed(draft, one) for draft, one in zip(brought, found, strict=True)]

    def _asked(self, contents: Sequence[Content]) -> Sequence[Read]:
        if self._pool is None:
            self._pool = ProcessPool(max_workers=1, initializer=_prepare, context=get_context("spawn"))
        read: Sequence[Read] = self._pool.schedule(_read, args=(contents,)).result()
        return read


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _prepare() -> None:
    """Runs first in the process."""
    # Ctrl-C is said to the import, which ends in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    keep_at_hand(AT_HAND)
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)


def _read(contents: Sequence[Content]) -> Sequence[Read]:
    return [read(one) for one in contents]
