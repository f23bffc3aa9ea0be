"""What people type for their time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timezones import CITIES, PART_HOURS, city, find, offset, similar

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Almaty", "Asia/Almaty"),
        ("asia/almaty", "Asia/Almaty"),
        ("алматы", "Asia/Almaty"),
        ("  г. Алматы ", "Asia/Almaty"),
        ("АСТАНА", "Asia/Almaty"),
        ("Қарағанды", "Asia/Almaty"),
        ("Гянджа", "Asia/Baku"),
        ("Gəncə", "Asia/Baku"),
        ("gence", "Asia/Baku"),
        ("Bakı", "Asia/Baku"),
        ("İstanbul", "Europe/Istanbul"),
        ("New York", "America/New_York"),
        ("нью йорк", "America/New_York"),
        ("Санкт–Петербург", "Europe/Moscow"),
        ("Киев", "Europe/Kyiv"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Калькутта", "Asia/Kolkata"),
        ("UTC", "Etc/UTC"),
        ("UTC+5", "Etc/GMT-5"),
        ("utc 5", "Etc/GMT-5"),
        ("GMT-3", "Etc/GMT+3"),
        ("+5", "Etc/GMT-5"),
        ("−3", "Etc/GMT+3"),
        ("UTC+0", "Etc/UTC"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("+0545", "Asia/Kathmandu"),
    ],
)
def test_place_is_found(typed: str, zone: str) -> None:
    found = find(typed)
    assert found is not None
    assert found.utcoffset(NOW) == ZoneInfo(zone).utcoffset(NOW)
    assert found.key == zone or zone == "Etc/UTC"


@pytest.mark.parametrize(
    "typed", ["", " ", "Мухосранск", "9:00", "5", "UTC+15", "UTC+5:17", "-13", "../etc/passwd", "+"]
)
def test_what_is_no_place_is_not_found(typed: str) -> None:
    assert find(typed) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert find(text) is None or find(text)
    assert len(similar(text)) <= 3


def test_every_zone_is_found_by_its_name() -> None:
    lost = [key for key in available_timezones() if find(key) is None]
    assert lost == []


def test_every_zone_is_found_by_the_city_that_stands_for_it() -> None:
    by_city = {key: find(city(ZoneInfo(key), language="en")) for key in ("Asia/Almaty", "Asia/Baku", "Europe/Kyiv")}
    assert {key: zone.key if zone else None for key, zone in by_city.items()} == {key: key for key in by_city}


def test_every_city_of_the_table_leads_to_its_zone() -> None:
    for key, names in CITIES.items():
        assert {getattr(find(name), "key", None) for name in names.split(",")} == {key}


def test_zones_of_part_hours_keep_their_offset_all_year() -> None:
    for ahead, key in PART_HOURS.items():
        assert {ZoneInfo(key).utcoffset(datetime(2025, month, 1)) for month in range(1, 13)} == {ahead}  # noqa: DTZ001 - by the zone's own clock


def test_misspelt_city_brings_similar_ones() -> None:
    assert similar("Алмааты")[0] == "Asia/Almaty"
    assert similar("xyzzy") == []


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Asia/Almaty", "ru", "Алматы"),
        ("Asia/Almaty", "en", "Almaty"),
        ("Europe/Kyiv", "ru", "Киев"),
        ("Etc/GMT-5", "ru", "UTC+5"),
        ("America/Argentina/Ushuaia", "en", "Ushuaia"),
    ],
)
def test_zone_is_called_as_its_people_call_it(zone: str, language: str, name: str) -> None:
    assert city(ZoneInfo(zone), language=language) == name


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Almaty", "UTC+5"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/St_Johns", "UTC-3:30"),
        ("Europe/London", "UTC"),
    ],
)
def test_offset_is_the_present_one(zone: str, shown: str) -> None:
    assert offset(ZoneInfo(zone), NOW) == shown


def test_offset_follows_the_clock_changes() -> None:
    assert offset(ZoneInfo("Europe/London"), NOW + timedelta(days=200)) == "UTC+1"
