"""Log lines: an event and its fields, on stderr, never with the token.

aiohttp's errors may hold the address of a call, and with it the token: whatever looks like one is blotted out last.
"""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}")
_HIDDEN = "<token>"
# These say at "info" what is nobody's business: every call, every job.
_QUIET = ("aiogram.event", "apscheduler", "aiohttp.access", "alembic", "asyncio", "matplotlib", "pymorphy3")


def configure(*, level: str, style: str, stream: TextIO | None = None) -> None:
    """`level` is debug, info, warning or error; `style` is console or json."""
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
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Blots tokens out of a finished line, in whatever field of it they stand."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(_HIDDEN, super().format(record))
