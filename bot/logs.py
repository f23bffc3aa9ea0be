"""Log lines: an event and its fields, on stderr, never with what must not be seen (`bot.redaction`)."""

import logging
import sys
from asyncio import CancelledError
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from bot.redaction import Redactor

# These say at "info" what is nobody's business: every call, every job.
_QUIET = ("aiogram.event", "apscheduler", "aiohttp.access", "alembic", "asyncio", "matplotlib", "pymorphy3")


def configure(*, level: str, style: str, stream: TextIO | None = None, secrets: Iterable[str] = ()) -> None:
    """`level` is debug, info, warning or error; `style` is console or json; `secrets` come out of no line."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor
    if style == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    formatter = _Redacting(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    formatter.redactor.learn(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_is_worth_it)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _is_worth_it(record: logging.LogRecord) -> bool:
    """Not that a command was interrupted while SQLAlchemy closed a connection: it ends with that anyway."""
    is_interrupt = bool(record.exc_info and isinstance(record.exc_info[1], CancelledError))
    return not (is_interrupt and record.name.startswith("sqlalchemy.pool"))


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Blots secrets out of a finished line, in whatever field of it they stand."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.redactor = Redactor()

    def format(self, record: logging.LogRecord) -> str:
        return self.redactor.hide(super().format(record))
