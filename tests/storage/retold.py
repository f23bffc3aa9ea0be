"""Short news in their own words: events as several sources tell them, and what is like an event and is another."""

from collections.abc import Iterable
from datetime import datetime

from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.models import Draft
from tests.storage.builders import DAY, HOUR, NOW, draft, everything

# Five sources tell of one meeting.
MEETING = (
    draft(
        "Президенты Азербайджана и Казахстана встретились в Баку",
        "Ильхам Алиев принял в Баку Касым-Жомарта Токаева. Президенты обсудили Средний коридор и договорились довести"
        " перевозки контейнеров до 90 тысяч в год. Подписаны 12 документов.",
        source="Первый",
    ),
    draft(
        "Алиев и Токаев обсудили в Баку Средний коридор",
        "На переговорах в Баку президенты Азербайджана и Казахстана говорили о Среднем коридоре. По итогам встречи"
        " Алиев и Токаев подписали 12 документов, перевозки контейнеров вырастут до 90 тысяч.",
        source="Второй",
    ),
    draft(
        "Токаев прибыл в Баку на переговоры с Алиевым",
        "Президент Казахстана Касым-Жомарт Токаев провёл в Баку переговоры с президентом Азербайджана Ильхамом Алиевым."
        " Речь шла о контейнерах по Среднему коридору: их станет 90 тысяч в год.",
        source="Третий",
    ),
    draft(
        "Баку и Астана подписали 12 документов по итогам встречи Алиева и Токаева",
        "Документы подписаны после переговоров президентов Азербайджана и Казахстана в Баку. Главное в них — Средний"
        " коридор, по которому пойдёт до 90 тысяч контейнеров в год.",
        source="Четвёртый",
    ),
    draft(
        "Средний коридор стал главной темой встречи Токаева и Алиева в Баку",
        "Президенты Казахстана и Азербайджана решили увеличить перевозки контейнеров по Среднему коридору до 90 тысяч."
        " Токаев и Алиев подписали в Баку пакет документов.",
        source="Пятый",
    ),
)
IN_ENGLISH = draft(
    "Aliyev and Tokayev sign 12 documents in Baku",
    "Presidents Ilham Aliyev and Kassym-Jomart Tokayev met in Baku. Kazakhstan and Azerbaijan agreed to carry 90"
    " thousand containers a year along the Middle Corridor.",
    source="Daily",
    language="en",
)
IN_KAZAKH = draft(
    "Тоқаев пен Әлиев Бакуде 12 құжатқа қол қойды",
    "Тоқаев Әзербайжанға барып, Бакуде Әлиевпен кездесті. Президенттер жылына 90 мың контейнер тасымалдауға келісті.",
    source="Күн",
    language="kk",
)
IN_AZERBAIJANI = draft(
    "Əliyev və Tokayev 12 sənəd imzaladılar",
    "Əliyev Azərbaycana gələn Tokayevlə görüşüb. İldə 90 min konteyner daşınması barədə razılığa gəliblər.",
    source="Gün",
    language="az",
)

# One event each, though they are worded alike: in another place, of another person, with another number.
OTHERS = {
    "place": (
        draft(
            "На форуме в Астане показали ветряные станции",
            "На форум по энергетике приехали инженеры из Кызылорды. Они показали ветряные установки, которые ставят в"
            " степных районах Казахстана.",
        ),
        draft(
            "На форуме в Ташкенте рассказали о ремонте плотин",
            "Узбекские чиновники на форуме по энергетике говорили о плотинах Чирчика. Солнечные станции под Бухарой"
            " дадут ток к лету.",
        ),
    ),
    "person": (
        draft(
            "Токаев принял посла Франции",
            "Президент Казахстана Касым-Жомарт Токаев и посол обсудили поставки урана и обмен студентами. Париж"
            " открывает в Алматы лицей.",
        ),
        draft(
            "Мирзиёев принял посла Италии",
            "Шавкат Мирзиёев говорил с дипломатом о текстильных фабриках и виноградниках. Рим поможет Самарканду"
            " восстановить мозаики.",
        ),
    ),
    "number": (
        draft(
            "Землетрясение магнитудой 4,1 произошло в Алматинской области",
            "Сейсмологи зарегистрировали толчки на юго-востоке. Эпицентр находился в 36 километрах от Талгара, жители"
            " почувствовали два балла.",
        ),
        draft(
            "Землетрясение магнитудой 5,3 произошло в Алматинской области",
            "Подземный удар случился ночью возле Текели, в 120 километрах от Алматы. В домах качались люстры.",
            published_at=NOW - 30 * HOUR,
        ),
    ),
}

# What is printed every day, with other numbers.
TEMPLATES = {
    "weather": lambda day: draft(
        f"Погода в Баку на {day} ноября: до {day - 8} градусов тепла",
        f"В Баку {day} ноября ожидается переменная облачность, без осадков. Температура воздуха ночью {day - 14}, днём"
        f" {day - 8} градусов. Давление 7{day + 30} миллиметров.",
        published_at=NOW - (30 - day) * DAY,
    ),
    "price": lambda day: draft(
        f"Нефть Brent торгуется по {day + 48} долларов за баррель",
        f"Цена нефти Brent на бирже в Лондоне составила {day + 48} долларов за баррель, WTI — {day + 43} доллара.",
        published_at=NOW - (30 - day) * DAY,
    ),
}


async def tell(database: Database, *drafts: Draft, now: datetime = NOW) -> Stored:
    """Stores the drafts as one batch of a process that remembers those before."""
    async with database.write() as conn:
        return await articles.store(conn, articles.analyse(drafts), now=now, remembered=database.remembered)


async def stories(database: Database) -> list[int]:
    """The story of each article, in order of arrival."""
    return [article.story_id for article in await everything(database)]


async def told(database: Database) -> set[frozenset[str]]:
    """The headlines of each story; only of use where no two are equal."""
    return parted((article.story_id, article.title) for article in await everything(database))


def parted(found: Iterable[tuple[int, str]]) -> set[frozenset[str]]:
    by_story: dict[int, set[str]] = {}
    for story_id, title in found:
        by_story.setdefault(story_id, set()).add(title)
    return set(map(frozenset, by_story.values()))
