"""Files, folders and standard input → drafts and refusals, in the order of the paths and, within a folder, of names.

JSON Lines are read line by line, so their size does not matter; every other document is read whole.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from typing import IO, AnyStr, BinaryIO

from bot.sources import encoding, jsonfeed, kinds, parse, plain, rows
from bot.sources.drafts import Contents, DraftError, Refused, SourceError, collect
from bot.sources.kinds import Kind
from storage.models import Draft

STDIN = "-"
# What the largest real article stays far below, and what is still read and analysed in seconds.
LINE_LIMIT = 10_000_000
DOCUMENT_LIMIT = 16_000_000
_MB = 1_000_000

_UNREADABLE = {
    Kind.EMPTY: "the file is empty",
    Kind.BINARY: "a binary file",
    Kind.PAGE: "a web page, not a feed",
}


def read(paths: Sequence[Path], *, stdin: BinaryIO | None) -> Iterator[Draft | Refused]:
    """All that the paths hold; `-` is JSON Lines on `stdin`. Never raises for what it reads."""
    for path in paths:
        if str(path) == STDIN:
            yield from _standard_input(stdin)
            continue
        for found in _walk(path):
            yield from _file(found) if isinstance(found, Path) else (found,)


def _standard_input(stdin: BinaryIO | None) -> Iterator[Draft | Refused]:
    if stdin is None:
        yield Refused("stdin", "there is no standard input", missing=True)
    else:
        yield from _rows(_lines(stdin, b"\n"), "stdin")


def _walk(root: Path) -> Iterator[Path | Refused]:
    """The files of a folder and its folders, sorted; hidden ones and links to folders, which may run in a circle, left
    out. What is named itself is read whatever it is."""
    pending = [root]
    while pending:
        path = pending.pop()
        try:
            if path.is_dir() and (path is root or not path.is_symlink()):
                pending += sorted((child for child in path.iterdir() if not child.name.startswith(".")), reverse=True)
            elif path is root:
                path.stat()
                yield path
            elif path.is_file():
                yield path
            elif not path.is_dir():
                yield Refused(_shown(path), "not a regular file")
        except (OSError, ValueError) as error:
            yield _inaccessible(path, error)


def _file(path: Path) -> Iterator[Draft | Refused]:
    try:
        with BufferedReader(path.open("rb", buffering=0), kinds.SAMPLE_BYTES) as stream:
            yield from _document(stream, path)
    except OSError as error:
        yield _inaccessible(path, error)


def _inaccessible(path: Path, error: OSError | ValueError) -> Refused:
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return Refused(_shown(path), "no such file or folder", missing=True)
    return Refused(_shown(path), (error.strerror or "cannot be read").lower())


def _document(stream: "BufferedReader[FileIO]", path: Path) -> Iterator[Draft | Refused]:
    where = _shown(path)
    sample = stream.peek(kinds.SAMPLE_BYTES)
    kind = kinds.recognise(sample, path.suffix)
    if kind in _UNREADABLE:
        yield Refused(where, _UNREADABLE[kind])
    elif kind is Kind.LINES:
        yield from _rows(_lines_of(stream, encoding.mark(sample)), where)
    else:
        yield from _whole(stream.read(DOCUMENT_LIMIT + 1), kind, path)


def _whole(data: bytes, kind: Kind, path: Path) -> Iterator[Draft | Refused]:
    where = _shown(path)
    if len(data) > DOCUMENT_LIMIT:
        yield Refused(where, f"larger than {DOCUMENT_LIMIT // _MB} MB: only JSON Lines may be")
        return
    try:
        if kind is Kind.TEXT:
            yield _plain(_decoded(data), path)
            return
        feed = parse.feed(data) if kind in (Kind.FEED, Kind.SITEMAP) else _json(_decoded(data))
    except SourceError as error:
        yield Refused(where, str(error))
        return
    yield from feed.drafts
    yield from (replace(refused, where=f"{where}, {refused.where}") for refused in feed.refused)


def _json(document: str) -> Contents:
    """A JSON Feed, an array of objects of the import form, or one such object."""
    found = rows.parse(document)
    if jsonfeed.is_feed(found):
        return jsonfeed.read(found, base=None)
    return collect(found, rows.read) if isinstance(found, list) else Contents((rows.read(found),))


def _plain(text: str, path: Path) -> Draft:
    """Known by path and headline: a corrected text updates its article, another article in the file replaces none."""
    draft = plain.read(text)
    identity = os.fsencode(os.path.realpath(path)) + b"\n" + draft.title.encode()
    return replace(draft, guid=sha256(identity).hexdigest())


def _rows(lines: Iterator[str | bytes | None], where: str) -> Iterator[Draft | Refused]:
    for number, line in enumerate(lines, 1):
        try:
            draft = _row(line)
        except DraftError as error:
            yield Refused(f"{where}:{number}", str(error))
        else:
            if draft:
                yield draft


def _row(line: str | bytes | None) -> Draft | None:
    """The draft in one line, None for a blank one; a line that is None itself was too long."""
    if line is None:
        raise DraftError(f"longer than {LINE_LIMIT // _MB} MB")
    document = _decoded(line) if isinstance(line, bytes) else line.removeprefix("\ufeff")
    return rows.read(rows.parse(document)) if document.strip() else None


def _lines_of(stream: "BufferedReader[FileIO]", mark: str | None) -> Iterator[str | bytes | None]:
    if mark in (None, "utf-8-sig"):
        yield from _lines(stream, b"\n")
    else:
        with TextIOWrapper(stream, encoding=mark, errors="replace", newline="\n") as text:
            yield from _lines(text, "\n")


def _lines(stream: IO[AnyStr], end: AnyStr) -> Iterator[AnyStr | None]:
    """The lines of a stream, None in place of one that is longer than `LINE_LIMIT`; never more than that in memory."""
    while line := stream.readline(LINE_LIMIT + 1):
        is_whole = len(line) <= LINE_LIMIT or line.endswith(end)
        yield line if is_whole else None
        while not is_whole:
            rest = stream.readline(LINE_LIMIT)
            is_whole = not rest or rest.endswith(end)


def _decoded(data: bytes) -> str:
    text = encoding.decode(data)
    if text is None:
        raise DraftError(encoding.UNKNOWN)
    return text


def _shown(path: Path) -> str:
    """A path fit to be printed, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "replace")
