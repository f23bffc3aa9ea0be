import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.encoding import decode, decode_markup

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
    assert decode_markup(document.encode(actual)).lstrip("\ufeff") == document


_CYRILLIC = ("windows-1251", "koi8-r")


@pytest.mark.parametrize(
    ("actual", "declared", "charset"),
    [
        (actual, declared, charset)
        for actual in ("utf-8", *_CYRILLIC)
        for declared in ("utf-8", *_CYRILLIC, "iso-8859-1", None)
        for charset in ("utf-8", *_CYRILLIC, "iso-8859-1", "no-such-thing", None)
        # What both or the only one of them say of Cyrillic is believed.
        if actual in ("utf-8", declared, charset) or not {declared, charset} & set(_CYRILLIC)
    ],
)
def test_cyrillic_is_read_whatever_the_document_and_http_say(
    actual: str, declared: str | None, charset: str | None
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = f"{head}<rss>Средний коридор открыт</rss>"
    content_type = f'text/xml; charset="{charset}"' if charset else "text/xml"
    assert decode_markup(document.encode(actual), content_type) == document


@pytest.mark.parametrize(
    ("text", "declared", "charset", "actual"),
    [
        pytest.param("déjà vu", "iso-8859-1", "", "latin-1", id="the document says it"),
        pytest.param("déjà vu", "", "iso-8859-1", "latin-1", id="HTTP says it"),
        pytest.param("déjà vu", "", "", "latin-1", id="nobody says it"),
        pytest.param("“quoted”", "iso-8859-1", "", "cp1252", id="a name for the smaller set"),
        pytest.param("άνοιξε η γέφυρα", "iso-8859-7", "iso-8859-1", "iso-8859-7", id="the document knows better"),
        pytest.param("άνοιξε η γέφυρα", "iso-8859-1", "iso-8859-7", "iso-8859-7", id="HTTP knows better"),
        pytest.param("橋が開通した", "iso-2022-jp", "", "iso-2022-jp", id="shifts between alphabets"),
        pytest.param("桥梁开通嗞", "gb2312", "utf-8", "gb18030", id="one character beyond the smaller set"),
        pytest.param("köprü açıldı", "", "iso-8859-9", "iso-8859-9", id="Turkish"),
    ],
)
def test_other_charsets_are_read_as_they_are_named(text: str, declared: str, charset: str, actual: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = f"{head}<rss>{text}</rss>"
    assert decode_markup(document.encode(actual), f"text/xml;charset={charset}") == document


def test_page_names_its_charset_in_its_head() -> None:
    page = '<!doctype html><html><head><meta charset="iso-8859-7"></head>γέφυρα</html>'
    assert decode_markup(page.encode("iso-8859-7"), "text/html") == page


@pytest.mark.parametrize("charset", ["", "iso-8859-1", "koi8-r"])
def test_one_bad_byte_costs_one_letter(charset: str) -> None:
    document = f"<rss>{_NEWS}</rss>"
    data = document.encode().replace("шаг".encode(), b"\xff", 1)
    assert decode_markup(data, f"text/xml; charset={charset}") == document.replace("шаг", "\ufffd", 1)


@given(st.binary(), st.text(max_size=9), st.text(max_size=9))
def test_any_bytes_are_decoded_or_not(data: bytes, declared: str, charset: str) -> None:
    decode(data)
    decode_markup(f'<?xml encoding="{declared}"?>'.encode() + data, f"text/xml;charset={charset}")
