"""An error → the lines that the command line shows for it, and the exit code."""

import os
import sys

FAILURE = 1


def explain(error: Exception) -> tuple[list[str], int]:
    """Usage mistakes are the command line's own (exit code 2); all else is a failure (1)."""
    if told := getattr(error, "format_message", None):
        return [_one_line(told())], getattr(error, "exit_code", FAILURE)
    return _known(error) or _unexpected(error), FAILURE


def _known(error: Exception) -> list[str] | None:
    """The lines of errors that say themselves what is wrong; their modules are loaded if they were raised."""
    from bot.config import ConfigError
    from storage.errors import StorageError

    if isinstance(error, ConfigError):
        return list(error.lines)
    if isinstance(error, StorageError) or type(error).__name__ == "ServeError":
        return [_one_line(str(error))]
    if isinstance(error, OSError) and error.filename:
        return [f"{error.filename}: {(error.strerror or 'cannot be used').lower()}"]
    return None


def _unexpected(error: Exception) -> list[str]:
    if os.environ.get("LOG_LEVEL", "").lower() == "debug":
        sys.excepthook(type(error), error, error.__traceback__)
    return [_one_line(f"unexpected error, please report it: {type(error).__name__}: {error}")]


def _one_line(text: str) -> str:
    return " ".join(text.split())
