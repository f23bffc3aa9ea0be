"""Stories of several sources, as a test of the conversation puts them into the store."""

from datetime import timedelta

from storage.models import Draft
from tests.bot.conversation.talk import NOON, Talk, draft

HOUR = timedelta(hours=1)
# Texts of stories that have nothing in common; each is long enough to tell its story under any headline.
TEXTS = {
    "порт": "Новый портовый терминал в Актау примет первые контейнеры весной, сообщили строители причала. " * 3,
    "матч": "Футболисты столичного клуба обыграли гостей со счётом три ноль на своём стадионе вечером. " * 3,
    "выборы": "Центральная комиссия назвала предварительные итоги голосования по всем округам страны. " * 3,
    "погода": "Синоптики обещают мороз до двадцати градусов и метель на трассах северных областей. " * 3,
    "музей": "Археологи передали музею золотые украшения сакской эпохи, найденные в кургане летом. " * 3,
    "банк": "Регулятор сохранил базовую ставку и повысил прогноз инфляции на будущий год. " * 3,
}


def told(word: str, *hours: float, sources: int = 9) -> list[Draft]:
    """A story that is told so many hours ago each time, by sources that take turns."""
    return [
        draft(
            f"{word.capitalize()}: сообщение {number}",
            TEXTS[word],
            at=NOON - ago * HOUR,
            source=f"Газета {(number - 1) % sources + 1}",
            url=f"https://{word_in_latin(word)}.az/{number}",
        )
        for number, ago in enumerate(hours, start=1)
    ]


def word_in_latin(word: str) -> str:
    """A host of its own for each story."""
    return f"s{list(TEXTS).index(word)}"


async def open_story(talk: Talk, *hours: float, sources: int = 9) -> None:
    """Shows the page of a story told at these hours, from `/latest`."""
    await talk.publish(told("порт", *hours, sources=sources))
    await talk.say("/latest")
    await talk.press("☰ 1")
