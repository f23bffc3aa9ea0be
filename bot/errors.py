"""An error → the lines that the command line shows for it, and the exit code."""

import os
import sys

FAILURE = 1


def explain(error: Exception, *, cure: str = "") -> tuple[list[str], int]:
    """Usage mistakes are the command line's own (exit code 2); all else is a failure (1)."""
    if told := getattr(error, "format_message", None):
        hint = f" ({cure})" if cure else _help(error)
        return [one_line(f"{told().rstrip('.')}{hint}")], getattr(error, "exit_code", FAILURE)
    return _known(error) or _unexpected(error), FAILURE


def one_line(text: str) -> str:
    """Whatever names and messages hold, an error is one line."""
    return " ".join(text.split())


def way_back() -> str:
    """From a damaged store, by the newest backup that the settings lead to."""
    from bot import backup_files
    from bot.config import ConfigError, load

    try:
        newest = backup_files.newest(load().backup_dir)
    except ConfigError:
        newest = None
    return f"the way back is a backup: newsbot restore {newest or 'FILE'}"


def _help(error: Exception) -> str:
    """Where the command that was mistaken explains itself."""
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context else ""


def _known(error: Exception) -> list[str] | None:
    """The lines of errors that say themselves what is wrong."""
    from sqlalchemy.exc import DBAPIError

    from bot.config import ConfigError
    from storage.errors import CorruptError, StorageError

    if isinstance(error, ConfigError):
        return list(error.lines)
    if isinstance(error, CorruptError):
        return [one_line(f"{error}; {way_back()}")]
    if isinstance(error, StorageError) or type(error).__name__ == "ServeError":
        return [one_line(str(error))]
    if isinstance(error, DBAPIError):
        return [one_line(f"the database cannot be used: {error.orig}")]
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return [one_line(f"{where}{error.strerror.lower()}")]
    return None


def _unexpected(error: Exception) -> list[str]:
    if os.environ.get("LOG_LEVEL", "").lower() == "debug":
        sys.excepthook(type(error), error, error.__traceback__)
    return [one_line(f"unexpected error, please report it: {type(error).__name__}: {error}")]
