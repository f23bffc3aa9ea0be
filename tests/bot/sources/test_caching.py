from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import caching

_NOW = "Wed, 24 Dec 2025 05:30:00 GMT"
_IN_AN_HOUR = "Wed, 24 Dec 2025 06:30:00 GMT"
_HOUR = timedelta(hours=1)


def _headers(**named: str) -> dict[str, str]:
    return {name.replace("_", "-"): header for name, header in named.items()}


@pytest.mark.parametrize(
    ("headers", "fresh_for"),
    [
        pytest.param(_headers(), None, id="nothing said"),
        pytest.param(_headers(cache_control="max-age=3600"), _HOUR, id="max-age"),
        pytest.param(_headers(cache_control="public, Max-Age=3600, must-revalidate"), _HOUR, id="among others"),
        pytest.param(_headers(cache_control='max-age="3600"'), _HOUR, id="quoted"),
        pytest.param(_headers(cache_control="max-age = 3600 , public"), _HOUR, id="spaces"),
        pytest.param(_headers(cache_control="s-maxage=60, max-age=3600"), _HOUR, id="shared caches apart"),
        pytest.param(_headers(cache_control="max-age=3600, max-age=60"), _HOUR, id="the first of two"),
        pytest.param(_headers(cache_control="max-age=4200", age="600"), _HOUR, id="part of it over"),
        pytest.param(_headers(cache_control="max-age=600", age="600"), None, id="all of it over"),
        pytest.param(_headers(cache_control="max-age=600", age="99999999999999"), None, id="long over"),
        pytest.param(_headers(cache_control="max-age=3600", age="old"), _HOUR, id="age is nonsense"),
        pytest.param(_headers(cache_control="max-age=0"), None, id="not at all"),
        pytest.param(_headers(cache_control="max-age=0", date=_NOW, expires=_IN_AN_HOUR), None, id="max-age wins"),
        pytest.param(_headers(cache_control="no-cache, max-age=3600"), None, id="no-cache"),
        pytest.param(_headers(cache_control="no-store", date=_NOW, expires=_IN_AN_HOUR), None, id="no-store"),
        pytest.param(
            _headers(cache_control='no-cache="set-cookie, x", max-age=3600'), _HOUR, id="no-cache of a header"
        ),
        pytest.param(_headers(cache_control="max-age=-1"), None, id="negative"),
        pytest.param(_headers(cache_control="max-age=1e3"), None, id="no number"),
        pytest.param(_headers(cache_control=f"max-age={'9' * 5000}"), caching.LONGEST, id="number without end"),
        pytest.param(_headers(cache_control="max-age=31536000"), caching.LONGEST, id="a year"),
        pytest.param(_headers(date=_NOW, expires=_IN_AN_HOUR), _HOUR, id="Expires"),
        pytest.param(_headers(date=_NOW, expires="Wed, 24 Dec 2025 11:30:00 +0500"), _HOUR, id="another zone"),
        pytest.param(_headers(date=_NOW, expires=_IN_AN_HOUR, cache_control="public"), _HOUR, id="Expires beside"),
        pytest.param(_headers(date=_NOW, expires=_IN_AN_HOUR, age="600"), timedelta(minutes=50), id="Expires less age"),
        pytest.param(_headers(expires=_IN_AN_HOUR), None, id="without a date"),
        pytest.param(_headers(date=_NOW, expires=_NOW), None, id="at once"),
        pytest.param(_headers(date=_IN_AN_HOUR, expires=_NOW), None, id="before"),
        pytest.param(_headers(date=_NOW, expires="0"), None, id="zero"),
        pytest.param(_headers(date=_NOW, expires="-1"), None, id="minus one"),
        pytest.param(_headers(date="?", expires=_IN_AN_HOUR), None, id="date is nonsense"),
        pytest.param(_headers(date=_NOW, expires="Fri, 31 Dec 9999 23:59:59 GMT"), caching.LONGEST, id="never"),
        pytest.param(_headers(date=_NOW, expires="Mon, 01 Jan 0001 00:00:00 +2359"), None, id="before all time"),
    ],
)
def test_answer_is_fresh_for_as_long_as_the_server_says(headers: dict[str, str], fresh_for: timedelta | None) -> None:
    assert caching.fresh_for(headers) == fresh_for


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param(_headers(), None, id="nothing said"),
        pytest.param(_headers(retry_after="3600"), _HOUR, id="seconds"),
        pytest.param(_headers(retry_after=" 03600 "), _HOUR, id="seconds, oddly written"),
        pytest.param(_headers(retry_after=_IN_AN_HOUR, date=_NOW), _HOUR, id="date"),
        pytest.param(_headers(retry_after=_IN_AN_HOUR), None, id="date without a clock"),
        pytest.param(_headers(retry_after=_NOW, date=_IN_AN_HOUR), None, id="date gone by"),
        pytest.param(_headers(retry_after="0"), None, id="at once"),
        pytest.param(_headers(retry_after="-5"), None, id="negative"),
        pytest.param(_headers(retry_after="soon", date=_NOW), None, id="nonsense"),
        pytest.param(_headers(retry_after="86400000"), caching.LONGEST, id="for ever"),
    ],
)
def test_server_is_left_alone_for_as_long_as_it_asks(headers: dict[str, str], wait: timedelta | None) -> None:
    assert caching.retry_after(headers) == wait


_ANYTHING = st.text(st.characters(max_codepoint=0xFF), max_size=40)


@given(st.dictionaries(st.sampled_from(["cache-control", "age", "date", "expires", "retry-after"]), _ANYTHING))
@example({"date": "Mon, 01 Jan 0001 00:00:00 +2359", "expires": _NOW})
@example({"date": _NOW, "expires": "Mon, 01 Jan 2025 00:00:00 +9999999999"})
def test_whatever_headers_say_is_nothing_or_a_bounded_wait(headers: dict[str, str]) -> None:
    for wait in (caching.fresh_for(headers), caching.retry_after(headers)):
        assert wait is None or timedelta() < wait <= caching.LONGEST


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=caching.LONGEST))
def test_expiry_and_lifetime_mean_the_same(lifetime: timedelta) -> None:
    whole = timedelta(seconds=int(lifetime.total_seconds()))
    expires = format_datetime(parsedate_to_datetime(_NOW) + whole)
    by_date = caching.fresh_for({"date": _NOW, "expires": expires})
    assert by_date == caching.fresh_for({"cache-control": f"max-age={int(whole.total_seconds())}"}) == whole
