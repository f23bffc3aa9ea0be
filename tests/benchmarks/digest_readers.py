"""Readers whose digests are measured and read: what they follow, how often they are told, and in which language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """`schedule` is in the words of a chat; `limit`: so many stories of a topic are shown at once."""

    name: str
    queries: tuple[str, ...]
    schedule: str = "9:00"
    language: str = "ru"
    zone: str = "Europe/Moscow"
    limit: int | None = None


# One with all the names of places and people that a news desk would watch.
_HUGE = (
    '(санкции OR эмбарго OR пошлины OR экспорт OR импорт OR "торговая война" OR тарифы OR квоты)'
    " (Россия OR США OR Китай OR Европа OR ЕС OR Индия OR Турция OR Казахстан OR Иран OR Германия OR Франция"
    ' OR Великобритания OR Япония) -футбол -хоккей -"прямой эфир"'
)

READERS = (
    Profile("economy", ("рубль OR доллар OR юань", "инфляция", '"центральный банк" OR ЦБ', "нефть")),
    Profile("moscow", ("Москва", "Собянин", "метро"), "9:00, 19:00", limit=8),
    Profile("science", ("учёные", "космос OR астероид OR спутник", "нейросеть OR ИИ")),
    Profile("football", ("футбол OR матч", "Спартак OR Зенит OR ЦСКА", "Роналду OR Месси OR Мбаппе"), "10:00"),
    Profile("games", ("игра OR игры", "Steam OR PlayStation OR GTA", "Python OR программирование", "Apple OR Google")),
    Profile("war", ("переговоры", "Трамп", "НАТО", "ракета OR удар", "Сирия"), "8:00, 20:00", limit=10),
    Profile(
        "kazakhstan",
        ("Казахстан OR Токаев", "Узбекистан OR Киргизия OR Таджикистан", "Азербайджан OR Баку"),
        zone="Asia/Almaty",
    ),
    Profile("huge", (_HUGE,), "9:00, 21:00", limit=10),
    Profile("overlapping", ("Путин", "Путин Казахстан", "Россия", "президент", "саммит OR визит"), limit=6),
    Profile("instant", ("землетрясение OR взрыв OR пожар", "Грузия"), "сразу, тихо 23-8"),
)

STARTER_READERS = (
    Profile("starter-ru", ("Казахстан OR Азербайджан", "экономика OR рубль", "коронавирус", "Трамп", "учёные")),
    Profile("starter-en", ("coronavirus OR COVID-19", "economy OR jobs", "China", "president"), language="en"),
)
