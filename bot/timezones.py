"""What someone types for their time zone → the zone: its name, a city in one of four languages, or a plain offset.

    «астана», "New York", «нью йорк», "asia/almaty", "UTC+5", "+05:30"  ──find──▶  ZoneInfo

Cities are CLDR's, one or more a zone, as Babel brings them; `CITIES` adds those without a zone of their own.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

CITY_LANGUAGES: Final = ("ru", "en", "kk", "az")

# A zone's keeper and the cities that live by it, as they are typed.
CITIES: Final = {
    "Asia/Almaty": (
        "Астана, Нур-Султан, Шымкент, Чимкент, Караганда, Тараз, Павлодар, Семей, Семипалатинск, Усть-Каменогорск, "
        "Оскемен, Петропавловск, Кокшетау, Талдыкорган, Туркестан, Экибастуз, Темиртау, Жезказган, Балхаш, Алма-Ата, "
        "Нұр-Сұлтан, Қарағанды, Өскемен, Көкшетау, Талдықорған, Түркістан, Екібастұз, Теміртау, Жезқазған, "
        "Astana, Nur-Sultan, Shymkent, Karaganda, Karagandy, Taraz, Pavlodar, Semey, Oskemen, Kokshetau, Turkistan, "
        "Балқаш, Петропавл, Риддер, Қонаев, Конаев, Сәтбаев"
    ),
    "Asia/Oral": "Oral, Орал, Uralsk",
    "Asia/Aqtobe": "Актюбинск, Aktobe",
    "Asia/Aqtau": "Aktau, Жанаозен, Жаңаөзен",
    "Asia/Qostanay": "Кустанай, Kostanay, Kostanai",
    "Asia/Qyzylorda": "Кызыл-Орда, Kyzylorda, Байконур, Baikonur, Байқоңыр",
    "Asia/Baku": (
        "Гянджа, Сумгаит, Сумгайыт, Мингечаур, Нахичевань, Нахчыван, Ленкорань, Шеки, Шуша, Ханкенди, Ширван, Губа, "
        "Gəncə, Ganja, Sumqayıt, Sumgait, Sumgayit, Mingəçevir, Mingachevir, Naxçıvan, Nakhchivan, Lənkəran, Lankaran, "
        "Şəki, Sheki, Şuşa, Shusha, Xankəndi, Khankendi, Şirvan, Quba, Yevlax, "
        "Гәнжә, Гәнжа, Qəbələ, Xaçmaz, Bərdə, Ağdam, Zaqatala, Şamaxı, İsmayıllı, Masallı, Göyçay, Salyan, Füzuli, "
        "Laçın, Kəlbəcər"
    ),
    "Europe/Moscow": (
        "Санкт-Петербург, Петербург, Питер, СПб, Мск, Нижний Новгород, Казань, Ростов-на-Дону, Ростов, Воронеж, "
        "Краснодар, Сочи, Тула, Ярославль, Тверь, Рязань, Махачкала, Грозный, Белгород, Мурманск, Пенза, "
        "Saint Petersburg, St Petersburg, Nizhny Novgorod, Kazan, Rostov-on-Don, Voronezh, Krasnodar, Sochi, "
        "Смоленск, Иваново, Калуга, Орёл, Курск, Липецк, Тамбов, Брянск, Вологда, Архангельск, Владимир, "
        "Дербент, Қазан, "
        "Sankt-Peterburq, Dərbənd, Mahaçqala"
    ),
    "Europe/Samara": "Тольятти, Ижевск, Togliatti, Izhevsk",
    "Asia/Yekaterinburg": (
        "Екб, Челябинск, Уфа, Пермь, Тюмень, Оренбург, Курган, Chelyabinsk, Ufa, Perm, Tyumen, "
        "Сургут, Магнитогорск, Челябі, Орынбор"
    ),
    "Asia/Krasnoyarsk": "Абакан, Норильск, Кызыл, Norilsk",
    "Asia/Novokuznetsk": "Кемерово, Kemerovo",
    "Asia/Irkutsk": "Улан-Удэ, Братск, Ulan-Ude",
    "Asia/Yakutsk": "Благовещенск",
    "Asia/Vladivostok": "Хабаровск, Khabarovsk",
    "Asia/Sakhalin": "Южно-Сахалинск, Сахалин",
    "Europe/Kyiv": (
        "Київ, Kyiv, Kiev, Харьков, Харків, Одесса, Одеса, Днепр, Дніпро, Львов, Львів, Запорожье, Запоріжжя, Ужгород, "
        "Kharkiv, Odesa, Odessa, Dnipro, Lviv, "
        "Винница, Вінниця, Полтава, Чернигов, Черкассы, Херсон, Николаев"
    ),
    "Europe/Minsk": "Гомель, Брест, Витебск, Могилёв, Гродно, Мінск, Gomel, Brest",
    "Europe/Chisinau": "Тирасполь, Бельцы",
    "Asia/Bishkek": "Ош, Osh, Каракол, Джалал-Абад, Нарын, Талас, Jalal-Abad",
    "Asia/Tashkent": "Андижан, Наманган, Фергана, Toshkent, Fergana, Коканд, Andijan, Namangan",
    "Asia/Samarkand": "Бухара, Хива, Нукус, Bukhara, Khiva, Бұқара, Buxara",
    "Asia/Dushanbe": "Худжанд, Khujand",
    "Asia/Tbilisi": "Батуми, Кутаиси, Batumi, Kutaisi, Рустави, Rustavi, Марнеули, Marneuli",
    "Asia/Yerevan": "Гюмри, Gyumri",
    "Asia/Jerusalem": "Тель-Авив, Хайфа, Tel Aviv, Haifa",
    "Europe/Istanbul": (
        "Анкара, Измир, Анталья, Ankara, Izmir, Antalya, İzmir, İstanbul, "
        "Ыстамбұл, Анталия, Бурса, Bursa, Трабзон, Trabzon, Qars, İğdır"
    ),
    "Asia/Dubai": "Абу-Даби, Abu Dhabi",
    "Asia/Shanghai": "Пекин, Гуанчжоу, Beijing, Guangzhou, Shenzhen, Бейжің, Pekin",
    "Asia/Kolkata": "Дели, Нью-Дели, Мумбаи, Delhi, New Delhi, Mumbai",
    "Asia/Ho_Chi_Minh": "Ханой, Hanoi",
    "Europe/Berlin": "Мюнхен, Гамбург, Франкфурт, Кёльн, Munich, Hamburg, Frankfurt, Cologne",
    "Europe/Zurich": "Женева, Берн, Geneva, Bern",
    "Europe/Rome": "Милан, Milan",
    "Europe/Madrid": "Барселона, Barcelona",
    "America/New_York": "Вашингтон, Бостон, Майами, Washington, Boston, Miami, NYC, Vaşinqton",
    "America/Los_Angeles": "Сан-Франциско, Сиэтл, San Francisco, Seattle",
    "America/Chicago": "Хьюстон, Даллас, Houston, Dallas",
    "Asia/Seoul": "Пусан, Busan",
    "Europe/London": "Manchester, Манчестер, Liverpool, Birmingham, Edinburgh",
    "Asia/Tehran": "Тебриз, Təbriz, Ардебиль, Ərdəbil",
    "Asia/Ashgabat": "Ашгабад, Aşqabad",
    "Asia/Tokyo": "Осака, Osaka, Tokio",
}

# The offsets of less than a full hour that have a zone of their own without clock changes; Etc has none.
PART_HOURS: Final = {
    timedelta(hours=3, minutes=30): "Asia/Tehran",
    timedelta(hours=4, minutes=30): "Asia/Kabul",
    timedelta(hours=5, minutes=30): "Asia/Kolkata",
    timedelta(hours=5, minutes=45): "Asia/Kathmandu",
    timedelta(hours=6, minutes=30): "Asia/Yangon",
    timedelta(hours=8, minutes=45): "Australia/Eucla",
    timedelta(hours=9, minutes=30): "Australia/Darwin",
    -timedelta(hours=9, minutes=30): "Pacific/Marquesas",
}

# Without its sign and without "UTC" it would be a time of day.
_OFFSET: Final = re.compile(
    r"(?=[ugг+\-−–])(?:utc|gmt|гмт)?\s*([+\-−–]?)\s*(\d{1,2})(?:[:.]?([0-5]\d))?", re.IGNORECASE
)
_IN: Final = re.compile(r"^(?:я\s+)?(?:живу\s+)?(?:в|во|из|i live in|i'm in|in|at)\s+")
# In a place, from a place, and "I am there": what is taken off, and what the name may have had instead.
_PLACED: Final = (
    (re.compile(r"(?<=\w)(?:д|т)(?:а|е)(?:мын|мин|м|н)?$"), ("",)),
    (re.compile(r"(?<=\w)d(?:a|e)(?:yam|yem|n)?$"), ("",)),
    (re.compile(r"(?<=\w)(?:е|и|у|ы)$"), ("", "а", "я", "ь")),
)
_PREFIX: Final = re.compile(r"^(?:г\.|город|city of)\s*")
# With the marks over and under letters taken off, Gəncə is also found as Gence, and Sumqayıt as Sumqayit.
_LETTERS: Final = str.maketrans({"’": "'", "ı": "i", "ə": "e"})


def find(text: str) -> ZoneInfo | None:
    """The zone that the text names; None where it names none that is known."""
    if offset := _OFFSET.fullmatch(text.strip()):
        return _of_offset(offset)
    spellings = [_spelling(text), *_bare(_spelling(text))]
    key = next((_names()[spelling] for spelling in spellings if spelling in _names()), None)
    return ZoneInfo(key) if key else None


def at(latitude: float, longitude: float) -> ZoneInfo | None:
    """The zone by which people live at this place, in degrees; at sea that of its longitude.

    From the boundaries of timezone-boundary-builder, which take 35 MB and 0.1 s once they are needed.
    """
    from tzfpy import get_tz

    key = get_tz(longitude, latitude)
    return ZoneInfo(_modern(key)) if key in _zones() else None


def similar(text: str) -> list[str]:
    """Up to three cities whose names look like the text, best first, spelt as they are read."""
    spellings = get_close_matches(_spelling(text), _names(), n=6, cutoff=0.75)
    zones = dict.fromkeys(_names()[spelling] for spelling in spellings)
    return list(zones)[:3]


def city(zone: ZoneInfo, *, language: str) -> str:
    """«Алматы», «Нью-Йорк», "UTC+5": the zone as its people call it."""
    if zone.key.startswith("Etc/GMT") and zone.key[7:]:
        return f"UTC{-int(zone.key[7:]):+d}"
    names = Locale.parse(language).time_zones
    known = (names.get(alias, {}).get("city") for alias in _aliases(zone.key))
    return next((str(name) for name in known if name), zone.key.rpartition("/")[2].replace("_", " "))


def offset(zone: ZoneInfo, now: datetime) -> str:
    """`UTC+5`, `UTC+5:30`, `UTC`: how far the zone is ahead just now."""
    minutes = int((now.astimezone(zone).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"


def _of_offset(match: re.Match[str]) -> ZoneInfo | None:
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    signed = ahead if match[1] in ("", "+") else -ahead
    hours, rest = divmod(int(signed.total_seconds()), 3600)
    if rest:
        return ZoneInfo(PART_HOURS[signed]) if signed in PART_HOURS else None
    # POSIX counts westwards: Etc/GMT-5 is what everybody calls UTC+5.
    return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC") if -12 <= hours <= 14 else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _names() -> dict[str, str]:
    """Spelling → zone key. Zone names come first, so that none of them is taken over by a city elsewhere."""
    names = {_spelling(key): _modern(key) for key in sorted(_zones())}
    for key, cities in CITIES.items():
        names.update((_spelling(name), key) for name in cities.split(","))
    for language in CITY_LANGUAGES:
        for alias, info in Locale.parse(language).time_zones.items():
            if info.get("city") and alias in _zones():
                names.setdefault(_spelling(info["city"]), _modern(alias))
    for key in sorted(_zones()):
        names.setdefault(_spelling(key.rpartition("/")[2]), _modern(key))
    return names


def _bare(spelling: str) -> Iterator[str]:
    """The name within «в Москве», «Алматыда», "Bakıdayam", as far as it is an ending that makes it a place."""
    place = _IN.sub("", spelling)
    yield place
    for ending, names in _PLACED:
        if (bare := ending.sub("", place)) != place and len(bare) > 1:
            yield from (bare + last for last in names)


def _spelling(text: str) -> str:
    lowered = unicodedata.normalize("NFKD", _PREFIX.sub("", text.strip().casefold()))
    letters = "".join(letter for letter in lowered if not unicodedata.combining(letter)).translate(_LETTERS)
    return re.sub(r"[\s_\-‐–.,]+", " ", letters).strip()


def _modern(key: str) -> str:
    """CLDR keeps the names that zones had first (Asia/Calcutta); today's is asked of Babel."""
    today = str(get_global("zone_aliases").get(key, key))
    return today if today in _zones() else key


def _aliases(key: str) -> list[str]:
    """The names under which CLDR may know the zone: its own, then its older ones."""
    return [key, *(old for old, new in get_global("zone_aliases").items() if new == key)]
