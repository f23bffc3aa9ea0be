import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.encoding import decode, decode_xml

_NEWS = "Президент подписал указ о Среднем коридоре — «важный шаг»."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251"])
def test_text_is_read_whatever_it_is_written_in(encoding: str) -> None:
    assert decode(_NEWS.encode(encoding)) == _NEWS


def test_big_endian_mark_is_understood() -> None:
    assert decode(b"\xfe\xff" + _NEWS.encode("utf-16-be")) == _NEWS


def test_row_of_json_in_windows_1251_is_read_though_most_of_it_is_latin() -> None:
    row = '{"title": "Привет", "url": "https://example.org/news/2025/12/24/long-address.html"}'
    assert decode(row.encode("cp1251")) == row


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("déjà vu, café, naïveté".encode("latin-1"), id="latin-1"),
        pytest.param(_NEWS.replace("—", "-").replace("«", "").replace("»", "").encode("koi8-r"), id="koi8-r"),
        pytest.param(_NEWS.encode() + b"\xff", id="broken utf-8"),
        pytest.param(b"\x89PNG\r\n\x1a\n\xff\xd8\xff\xe0", id="picture"),
        pytest.param("\ufeffнечётное".encode("utf-16-le") + b"\0", id="broken utf-16"),
    ],
)
def test_what_reads_like_no_text_is_not_guessed_at(data: bytes) -> None:
    assert decode(data) is None


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("utf-8", "utf-8"),
        ("windows-1251", "utf-8"),
        ("windows-1251", "cp1251"),
        ("utf-8", "cp1251"),
        ("koi8-r", "koi8-r"),
        ("no-such-thing", "cp1251"),
        ("base64", "utf-8"),
        ("unicode_escape", "cp1251"),
        ("utf-8", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
    ],
)
def test_what_decodes_cleanly_wins_over_the_declaration(declared: str, actual: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?><rss>Средний коридор открыт</rss>'
    assert decode_xml(document.encode(actual)).lstrip("\ufeff") == document


def test_one_bad_byte_costs_one_letter() -> None:
    document = f"<rss>{_NEWS * 10}</rss>"
    assert decode_xml(document.encode().replace("шаг".encode(), b"\xff", 1)) == document.replace("шаг", "\ufffd", 1)


@given(st.binary())
def test_any_bytes_are_decoded_or_not(data: bytes) -> None:
    decode(data)
    decode_xml(data)
