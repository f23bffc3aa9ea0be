"""Cities as people of four languages type them, and the zones they live by."""

import pytest

from bot.timezones import find

RUSSIAN = {
    "Asia/Almaty": (
        "Алматы, Алма-Ата, Астана, Шымкент, Караганда, Тараз, Павлодар, Семей, Усть-Каменогорск, Кокшетау, "
        "Петропавловск"
    ),
    "Asia/Oral": "Уральск",
    "Asia/Aqtobe": "Актобе",
    "Asia/Atyrau": "Атырау",
    "Asia/Aqtau": "Актау",
    "Asia/Qostanay": "Костанай",
    "Asia/Qyzylorda": "Кызылорда",
    "Asia/Baku": "Баку, Гянджа, Сумгаит, Нахичевань, Шуша",
    "Europe/Moscow": (
        "Москва, Питер, Санкт-Петербург, Казань, Нижний Новгород, Ростов-на-Дону, Сочи, Краснодар, Смоленск, Иваново"
    ),
    "Europe/Samara": "Самара, Тольятти, Ижевск",
    "Asia/Yekaterinburg": "Екатеринбург, Челябинск, Уфа, Пермь, Тюмень, Сургут",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск, Улан-Удэ",
    "Asia/Vladivostok": "Владивосток, Хабаровск",
    "Europe/Kyiv": "Киев, Харьков, Одесса, Львов, Днепр, Винница, Полтава",
    "Asia/Tashkent": "Ташкент, Фергана, Андижан",
    "Asia/Samarkand": "Самарканд, Бухара",
    "Asia/Bishkek": "Бишкек, Ош, Джалал-Абад",
    "Asia/Dushanbe": "Душанбе, Худжанд",
    "Asia/Tbilisi": "Тбилиси, Батуми, Кутаиси",
    "Europe/Istanbul": "Стамбул, Анкара, Анталья, Измир",
    "Europe/London": "Лондон",
    "Europe/Paris": "Париж",
}
ENGLISH = {
    "Asia/Almaty": "Almaty, Astana, Shymkent, Karaganda, Taraz, Pavlodar, Semey, Kokshetau, Turkistan",
    "Asia/Aqtau": "Aktau",
    "Asia/Aqtobe": "Aktobe",
    "Asia/Baku": "Baku, Ganja, Sumgait, Sheki, Shusha",
    "Europe/Moscow": "Moscow, Saint Petersburg, Kazan, Sochi, Krasnodar, Nizhny Novgorod",
    "Asia/Yekaterinburg": "Yekaterinburg, Chelyabinsk, Perm",
    "Europe/Kyiv": "Kyiv, Kiev, Lviv, Odesa, Kharkiv",
    "Asia/Tashkent": "Tashkent, Fergana",
    "Asia/Samarkand": "Samarkand, Bukhara",
    "Asia/Bishkek": "Bishkek, Osh",
    "Asia/Dushanbe": "Dushanbe, Khujand",
    "Asia/Tbilisi": "Tbilisi, Batumi",
    "Europe/Istanbul": "Istanbul, Ankara, Izmir, Antalya",
    "Europe/London": "London, Manchester",
    "Europe/Berlin": "Berlin, Munich",
    "America/New_York": "New York, Washington, Boston",
    "America/Los_Angeles": "Los Angeles, San Francisco",
    "America/Chicago": "Chicago",
    "Asia/Dubai": "Dubai, Abu Dhabi",
    "Asia/Shanghai": "Shanghai, Beijing",
    "Asia/Tokyo": "Tokyo",
    "Asia/Seoul": "Seoul",
    "Asia/Kolkata": "Delhi, Mumbai",
    "Europe/Paris": "Paris",
}
KAZAKH = {
    "Asia/Almaty": (
        "Алматы, Астана, Шымкент, Қарағанды, Тараз, Павлодар, Семей, Өскемен, Көкшетау, Талдықорған, Түркістан, "
        "Екібастұз, Теміртау, Жезқазған, Балқаш, Петропавл, Риддер, Қонаев"
    ),
    "Asia/Oral": "Орал",
    "Asia/Aqtobe": "Ақтөбе",
    "Asia/Atyrau": "Атырау",
    "Asia/Aqtau": "Ақтау, Жаңаөзен",
    "Asia/Qostanay": "Қостанай",
    "Asia/Qyzylorda": "Қызылорда, Байқоңыр",
    "Asia/Baku": "Баку, Гәнжә, Гәнжа",
    "Europe/Moscow": "Мәскеу, Санкт-Петербург, Қазан",
    "Asia/Omsk": "Омбы",
    "Asia/Novosibirsk": "Новосібір",
    "Asia/Yekaterinburg": "Екатеринбург, Челябі, Орынбор",
    "Europe/Kyiv": "Киев",
    "Asia/Tashkent": "Ташкент",
    "Asia/Samarkand": "Самарқанд, Бұқара",
    "Asia/Bishkek": "Бішкек, Ош",
    "Asia/Dushanbe": "Душанбе",
    "Asia/Tbilisi": "Тбилиси",
    "Europe/Istanbul": "Стамбұл, Ыстамбұл, Анкара, Анталия",
    "Europe/London": "Лондон",
    "Europe/Paris": "Париж",
    "Europe/Berlin": "Берлин",
    "America/New_York": "Нью-Йорк, Вашингтон",
    "Asia/Shanghai": "Шанхай, Бейжің",
    "Asia/Urumqi": "Үрімші",
    "Asia/Tokyo": "Токио",
    "Asia/Dubai": "Дубай",
    "Asia/Seoul": "Сеул",
}
AZERBAIJANI = {
    "Asia/Baku": (
        "Bakı, Gəncə, Sumqayıt, Mingəçevir, Naxçıvan, Lənkəran, Şəki, Şuşa, Xankəndi, Şirvan, Quba, Yevlax, Qəbələ, "
        "Xaçmaz, Bərdə, Ağdam, Zaqatala, Şamaxı, İsmayıllı, Masallı, Göyçay, Salyan, Füzuli, Laçın, Kəlbəcər"
    ),
    "Europe/Moscow": "Moskva, Sankt-Peterburq, Kazan, Dərbənd, Mahaçqala",
    "Europe/Istanbul": "İstanbul, Ankara, İzmir, Antalya, Qars, İğdır",
    "Asia/Tbilisi": "Tbilisi, Batumi, Rustavi, Marneuli",
    "Asia/Tehran": "Tehran, Təbriz, Ərdəbil",
    "Asia/Almaty": "Almatı, Astana",
    "Asia/Tashkent": "Daşkənd",
    "Asia/Samarkand": "Səmərqənd, Buxara",
    "Asia/Bishkek": "Bişkek",
    "Asia/Dushanbe": "Düşənbə",
    "Asia/Ashgabat": "Aşqabad",
    "Europe/Kyiv": "Kiyev",
    "Europe/London": "London",
    "Europe/Paris": "Paris",
    "Europe/Berlin": "Berlin",
    "America/New_York": "Nyu-York, Vaşinqton",
    "Asia/Dubai": "Dubay",
    "Asia/Tokyo": "Tokio",
    "Asia/Shanghai": "Pekin",
}
LANGUAGES = {"ru": RUSSIAN, "en": ENGLISH, "kk": KAZAKH, "az": AZERBAIJANI}
CITIES = [
    pytest.param(city.strip(), zone, id=f"{language}-{city.strip()}")
    for language, table in LANGUAGES.items()
    for zone, cities in table.items()
    for city in cities.split(",")
]


@pytest.mark.parametrize(("city", "zone"), CITIES)
def test_city_is_found(city: str, zone: str) -> None:
    found = find(city)
    assert found is not None
    assert found.key == zone


def test_there_are_fifty_cities_of_each_language() -> None:
    assert all(sum(len(cities.split(",")) for cities in table.values()) >= 50 for table in LANGUAGES.values())


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        *(("в Алматы", "Asia/Almaty"), ("в Москве", "Europe/Moscow"), ("в Астане", "Asia/Almaty")),
        *(("живу в Казани", "Europe/Moscow"), ("в Ташкенте", "Asia/Tashkent"), ("in London", "Europe/London")),
        *(("Алматыда", "Asia/Almaty"), ("Москвадамын", "Europe/Moscow"), ("Шымкентте", "Asia/Almaty")),
        *(("Bakıda", "Asia/Baku"), ("Bakıdayam", "Asia/Baku"), ("Gəncədə", "Asia/Baku"), ("Moskvada", "Europe/Moscow")),
    ],
)
def test_city_is_found_in_the_form_that_says_in(typed: str, zone: str) -> None:
    found = find(typed)
    assert found is not None
    assert found.key == zone
