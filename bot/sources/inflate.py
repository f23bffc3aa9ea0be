"""A body as it was sent → as it was meant, piece by piece: gzip and deflate, never much at once.

aiohttp would do it too, but takes a gzip stream that breaks off for a whole one.
"""

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

ACCEPTED: Final = "gzip, deflate"
# A step takes less than a millisecond; between two of them others get their turn.
PIECE_BYTES: Final = 1 << 18
# Real streams have one member. Each one more copies what is left of the input, which thousands of empty ones abuse.
_MOST_MEMBERS: Final = 100
_GZIP: Final = zlib.MAX_WBITS | 16
# The first byte is enough of its mark, and all of it that is sure to be there.
_GZIP_MARK: Final = b"\x1f"


class EncodingError(Exception):
    """The body is not what its Content-Encoding says, or stops short of its end."""


class Decoder(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What more there is after `data`, in pieces of `PIECE_BYTES` at most."""

    def finish(self) -> None:
        """Raises EncodingError where the end is missing."""


def decoder(content_encoding: str) -> Decoder:
    """For the header as it stands; EncodingError for what was not asked for."""
    encoding = content_encoding.strip().lower()
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Inflating(is_gzip=encoding != "deflate")
    raise EncodingError


class _Plain:
    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        pass


class _Inflating:
    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._stream: zlib._Decompress | None = None
        self._members = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        is_full = False
        # A full piece may have taken all the input in, and still not be all there is.
        while (data or is_full) and (stream := self._reading(data)):
            try:
                piece = stream.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise EncodingError from error
            data = stream.unused_data if stream.eof else stream.unconsumed_tail
            is_full = len(piece) == PIECE_BYTES
            if piece:
                yield piece

    def finish(self) -> None:
        if self._stream and not self._stream.eof:
            raise EncodingError

    def _reading(self, data: bytes) -> "zlib._Decompress | None":
        """The stream that goes on with `data`, None behind the end of the last: some servers pad it."""
        if self._stream is None or (self._stream.eof and self._is_gzip and data.startswith(_GZIP_MARK)):
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise EncodingError
            self._stream = zlib.decompressobj(_GZIP if self._is_gzip else _deflate_bits(data))
        return None if self._stream.eof else self._stream


def _deflate_bits(data: bytes) -> int:
    """Deflate comes in a zlib envelope, as it should, or bare: the envelope begins with method 8 (RFC 1950, 2.2)."""
    return zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
