"""Parsing in processes of its own: a document that hangs or takes too much memory costs itself alone one failure.

    feed(data) ─ waits for a free worker ─ pebble ─▶ worker: parse.feed ─▶ Contents | FeedError ─▶ Contents | FetchError
                                             └─ over its time or memory: killed and replaced ────▶ FetchError(PARSER)

A worker is a fresh interpreter, since the bot has threads, and imports neither aiogram nor SQLAlchemy nor numpy: 30 MB.
It starts when it is first needed and gives way to a new one after `_TASKS` documents.
"""

import asyncio
import contextlib
import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from traceback import extract_tb
from typing import Any, Generic, NoReturn, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from bot.sources import parse
from bot.sources.drafts import Contents, FeedError, NoPreview, SourceError
from bot.sources.trouble import FetchError, Trouble

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Memory that large documents leave in pieces goes back to the system with the process.
_TASKS = 200
# How long a worker may take to start; a document's own time counts from when a worker has begun with it.
_STARTING_S = 30
# So many items of one document are taken, the first ones: hundreds are a large feed, tens of thousands a flood.
_ITEMS = 2000
_POLITENESS = 10  # lets the bot's own process go first where both want the processor
_OUT_OF_MEMORY = 12  # exit code
_STOPPED = "the parser was stopped"


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[_T]):
    """What a task came to: a value, or an error of ours, or in words what else went wrong."""

    values: tuple[_T, ...] = ()
    error: SourceError | None = None
    crash: str = ""

    def result(self) -> _T:
        if self.error is not None:
            raise self.error
        if self.crash:
            _fail(self.crash)
        return self.values[0]


class Parser:
    """Worker processes; at most `workers` documents at a time, the others wait their turn.

    `seconds` is what one document may take, `memory_mb` the address space of a worker where the system can limit that.
    Leaving the context ends the workers within a second, whatever they are doing.
    """

    def __init__(self, *, seconds: float = 10, memory_mb: int = 1024, workers: int = 2) -> None:
        self._seconds = seconds
        self._new_pool = partial(
            ProcessPool,
            max_workers=workers,
            max_tasks=_TASKS,
            initializer=_confine,
            initargs=(memory_mb << 20,),
            context=get_context("spawn"),
        )
        self._free = asyncio.Semaphore(workers)
        self._starting = asyncio.Lock()
        self._closed = False
        self._pool: ProcessPool | None = None
        self._running: set[Future[bytes]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        if self._pool is not None:
            await asyncio.to_thread(_end, self._pool)
        for future in self._running:
            with contextlib.suppress(InvalidStateError):
                future.set_exception(FetchError(Trouble.PARSER, _STOPPED))

    async def feed(self, data: bytes, *, base: str, content_type: str = "") -> Contents:
        """What a feed's bytes hold, at most its first 2,000 items. FetchError says why it cannot be read."""
        try:
            return await self.run(parse.feed, data, base=base, content_type=content_type, most=_ITEMS)
        except NoPreview as error:
            raise FetchError(Trouble.NO_PREVIEW) from error
        except FeedError as error:
            raise FetchError(Trouble.NOT_A_FEED, str(error)) from error

    async def run(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What a module-level function returns in a worker; its SourceErrors are raised here as they are.

        FetchError(PARSER) where it took too long or too much memory, or broke in another way; its detail says which.
        """
        async with self._free:
            outcome: _Outcome[_T] = pickle.loads(await self._asked(partial(_do, function, args, kwargs)))
        return outcome.result()

    async def _asked(self, task: Callable[[], bytes]) -> bytes:
        # The pool breaks if a worker dies between two documents, which this one cannot help.
        with contextlib.suppress(RuntimeError):
            return await self._answer(task)
        try:
            return await self._answer(task)
        except RuntimeError:
            _fail("no worker can be started")

    async def _answer(self, task: Callable[[], bytes]) -> bytes:
        pool = await self._started()
        future = pool.schedule(task, timeout=self._seconds)
        self._running.add(future)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds + _STARTING_S)
        except TimeoutError:
            _fail("no worker has taken it" if future.cancelled() else f"took longer than {self._seconds:g} s")
        except ProcessExpired as error:
            _fail("out of memory" if error.exitcode == _OUT_OF_MEMORY else f"ended with {error.exitcode}")
        except TypeError:
            # The document was on its way when the pipe was closed.
            if self._closed:
                _fail(_STOPPED)
            raise
        finally:
            self._running.discard(future)

    async def _started(self) -> ProcessPool:
        async with self._starting:
            if self._closed:
                _fail(_STOPPED)
            if self._pool is None or not self._pool.active:
                broken, self._pool = self._pool, self._new_pool()
                if broken is not None:
                    await asyncio.to_thread(_end, broken)
                # Starting processes takes tens of milliseconds.
                await asyncio.to_thread(lambda pool: pool.active, self._pool)
            return self._pool


def _fail(detail: str) -> NoReturn:
    raise FetchError(Trouble.PARSER, detail) from None


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _confine(memory: int) -> None:
    """Runs first in a worker."""
    # pebble's own handler waits for Python, which is never reached from within an expression or a parser gone wild.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError):
        os.nice(_POLITENESS)
    # Otherwise the first document would pay for it with its time.
    import_module("feedparser")


def _do(function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Runs in a worker. Packed here, since an error that cannot be unpacked would take pebble's own thread down."""
    try:
        return pickle.dumps(_Outcome((function(*args, **kwargs),)))
    except SourceError as error:
        return pickle.dumps(_Outcome(error=error))
    except MemoryError:
        # What is left in pieces would fail the next document too.
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:
        place = extract_tb(error.__traceback__)[-1]
        return pickle.dumps(_Outcome(crash=f"{type(error).__name__} in {place.name}:{place.lineno}"))
