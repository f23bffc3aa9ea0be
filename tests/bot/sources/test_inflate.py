import gzip
import zlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import inflate
from bot.sources.inflate import EncodingError

_FEED = b"<rss><channel><item>" + bytes(range(256)) * 40


def _bare(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


_ENCODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "": bytes,
}


def _decoded(data: bytes, encoding: str, *cuts: int) -> bytes:
    decoder = inflate.decoder(encoding)
    edges = (0, *sorted(cuts), len(data))
    body = b"".join(piece for begin, end in pairwise(edges) for piece in decoder.pieces(data[begin:end]))
    decoder.finish()
    return body


@given(st.sampled_from(list(_ENCODED)), st.binary(max_size=2_000), st.data())
def test_body_is_what_was_encoded_however_it_is_cut(encoding: str, body: bytes, data: st.DataObject) -> None:
    encoded = _ENCODED[encoding](body)
    cuts = data.draw(st.lists(st.integers(0, len(encoded)), max_size=5))
    assert _decoded(encoded, encoding, *cuts) == body


@given(st.lists(st.binary(max_size=100), min_size=2, max_size=4), st.data())
def test_gzip_may_have_several_members(bodies: list[bytes], data: st.DataObject) -> None:
    encoded = b"".join(map(gzip.compress, bodies))
    cuts = data.draw(st.lists(st.integers(0, len(encoded)), max_size=5))
    assert _decoded(encoded, "gzip", *cuts) == b"".join(bodies)


@pytest.mark.parametrize("size", [inflate.PIECE_BYTES + extra for extra in (-1, 0, 1, 30, 258)])
def test_nothing_is_left_behind_a_full_piece(size: int) -> None:
    body = b"a" * size
    assert _decoded(gzip.compress(body), "gzip") == body
    assert _decoded(zlib.compress(body), "deflate") == body
    assert _decoded(_bare(body), "deflate") == body


def test_deflate_may_come_without_its_envelope() -> None:
    assert _decoded(_bare(_FEED), "deflate", 1, 700) == _FEED


def test_padding_behind_gzip_is_ignored() -> None:
    assert _decoded(gzip.compress(_FEED) + bytes(500), "gzip", 300) == _FEED


def test_nothing_at_all_is_an_empty_body_in_any_encoding() -> None:
    assert _decoded(b"", "gzip") == b""


def test_names_are_read_in_any_case() -> None:
    assert _decoded(gzip.compress(_FEED), " GZip ") == _FEED


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("left", [1, 9, 15, -1, -8, -9])
def test_body_that_stops_short_is_an_error(encoding: str, left: int) -> None:
    with pytest.raises(EncodingError):
        _decoded(_ENCODED[encoding](_FEED)[:left], encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_body_that_is_not_encoded_as_said_is_an_error(encoding: str) -> None:
    with pytest.raises(EncodingError):
        _decoded(_FEED, encoding)


def test_gzip_with_a_wrong_checksum_is_an_error() -> None:
    encoded = bytearray(gzip.compress(_FEED))
    encoded[-5] ^= 1
    with pytest.raises(EncodingError):
        _decoded(bytes(encoded), "gzip")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "utf-8"])
def test_encoding_that_nobody_asked_for_is_an_error(encoding: str) -> None:
    with pytest.raises(EncodingError):
        inflate.decoder(encoding)


def test_bomb_goes_off_piece_by_piece() -> None:
    bomb = gzip.compress(bytes(50 * inflate.PIECE_BYTES))
    sizes = [len(piece) for piece in inflate.decoder("gzip").pieces(bomb)]
    assert len(sizes) >= 50
    assert max(sizes) <= inflate.PIECE_BYTES


def test_thousands_of_empty_members_are_an_error() -> None:
    with pytest.raises(EncodingError):
        _decoded(gzip.compress(b"") * 10_000, "gzip")
