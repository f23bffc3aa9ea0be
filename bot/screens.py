"""Where the terminal chat shows messages and reads lines: a pipe, or a terminal with colour and a line editor.

Buttons are numbered through a message, row by row: `[#1 Follow] [#2 ▶]`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from threading import Thread
from typing import BinaryIO, Final, Protocol, TextIO

from aiogram.types import InlineKeyboardMarkup

from bot.markup import Marked, plain

STYLES: Final = {
    "bold": "bold",
    "italic": "italic dim",
    "underline": "underline",
    "strikethrough": "strike",
    "code": "cyan",
    "pre": "cyan",
    "text_link": "blue underline",
    "blockquote": "dim",
}


class Screen(Protocol):
    """Shows what the bot says, and gives what is typed, a line at a time, to the end."""

    def message(self, marked: Marked, buttons: InlineKeyboardMarkup | None) -> None: ...
    def buttons(self, buttons: InlineKeyboardMarkup) -> None: ...
    def note(self, text: str) -> None: ...
    def lines(self) -> AsyncIterator[str]: ...


def button_rows(markup: InlineKeyboardMarkup) -> Iterator[str]:
    """A line for each row of buttons."""
    number = 0
    for row in markup.inline_keyboard:
        numbered = [f"[#{number + place} {button.text}]" for place, button in enumerate(row, start=1)]
        number += len(row)
        yield " ".join(numbered)


class Pipe:
    """Plain text out, one message a line in; when nobody reads any more, the conversation is over."""

    def __init__(self, stdin: BinaryIO, stdout: TextIO) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._broken = False

    def message(self, marked: Marked, buttons: InlineKeyboardMarkup | None) -> None:
        self._write("\n".join([plain(marked), *(button_rows(buttons) if buttons else ())]))

    def buttons(self, buttons: InlineKeyboardMarkup) -> None:
        self._write("\n".join(button_rows(buttons)))

    def note(self, text: str) -> None:
        self._write(f"· {text}")

    async def lines(self) -> AsyncIterator[str]:
        """Digests may come while a line is awaited."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        # A daemon, for a program that ends must not wait for a line.
        Thread(target=self._read, args=(queue, asyncio.get_running_loop()), daemon=True).start()
        while not self._broken and (line := await queue.get()):
            yield line.decode(errors="replace").removeprefix("\ufeff")

    def _read(self, queue: asyncio.Queue[bytes], loop: asyncio.AbstractEventLoop) -> None:
        # Past the buffer, whose lock a thread that is left behind would hold when the interpreter ends.
        stream = getattr(self._stdin, "raw", self._stdin)
        line = b"\n"
        while line:
            line = stream.readline()
            putting = queue.put(line)
            try:
                asyncio.run_coroutine_threadsafe(putting, loop).result()
            except (RuntimeError, CancelledError):
                putting.close()
                return

    def _write(self, text: str) -> None:
        """A paragraph and an empty line after it."""
        if self._broken:
            return
        try:
            self._stdout.write(f"{text}\n\n")
            self._stdout.flush()
        except BrokenPipeError:
            self._broken = True
            # What is still buffered must have somewhere to go when the interpreter flushes at its end:
            # https://docs.python.org/3/library/signal.html#note-on-sigpipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stdout.fileno())


class Terminal:
    """Colour, links, and a prompt above which messages appear whenever they come."""

    def __init__(self, *, hint: str) -> None:
        from prompt_toolkit import PromptSession
        from rich.console import Console

        self._prompt: PromptSession[str] = PromptSession(placeholder=hint)
        self._console = Console(force_terminal=True, highlight=False)

    def message(self, marked: Marked, buttons: InlineKeyboardMarkup | None) -> None:
        from rich.text import Text

        text = Text(marked.text)
        for span in marked.spans:
            style = STYLES.get(span.kind, "")
            text.stylize(f"{style} link {span.url}" if span.url else style, span.start, span.end)
        self._console.print(text)
        self.buttons(buttons) if buttons else self._console.print()

    def buttons(self, buttons: InlineKeyboardMarkup) -> None:
        for row in button_rows(buttons):
            self._console.print(row, style="green", markup=False)
        self._console.print()

    def note(self, text: str) -> None:
        self._console.print(f"· {text}\n", style="dim", markup=False)

    async def lines(self) -> AsyncIterator[str]:
        with _printing_above_the_prompt():
            while True:
                try:
                    yield await self._prompt.prompt_async("› ")
                except (EOFError, KeyboardInterrupt):
                    return


@contextmanager
def _printing_above_the_prompt() -> Iterator[None]:
    from prompt_toolkit.patch_stdout import patch_stdout

    with patch_stdout(raw=True):
        yield
