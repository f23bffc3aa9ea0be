"""What a text says of itself and not of the news: «Читайте нас в …», "Follow us on …", «Читайте также: …».

A paragraph goes only as a whole. An invitation is known by every single word of it: what else it holds may only be
names, so that a sentence of the news that merely begins like one stays.
"""

import re

from bot.sources import clean
from bot.sources.boilerplate_words import CALLS, OTHERS, PLACES, SUBSCRIPTIONS

_LONGEST = 300  # characters; longer paragraphs are text
_MOST_NAMES = 5

_INVITING = CALLS | PLACES | OTHERS

_TOKEN = re.compile(r"(?:https?://|www\.)\S+|@?[^\W_](?:[\w.'’/-]*\w)?")
_NAME = re.compile(r"https?://|www\.|@|\w+\.\w|\d|[A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺÇƏĞİÖŞÜ]")

# Ways to the rest of the text, which is not here.
_ONWARD = re.compile(
    r"(?:читать|читайте|смотреть|узнать|подробности|подробнее|продолжение|полностью|далее|полный текст"
    r"|читати|детальніше|докладніше|continue|read|click here to read|keep reading|learn|full story|толығырақ|жалғасы"
    r"|ətraflı|daha ətraflı|davamı)"
    r"(?:\s(?:далее|дальше|полностью|подробнее|больше|ещё|продолжение|новость|статью|материал|по ссылке|на сайте|здесь"
    r"|тут|в источнике|в материале|далі|більше|reading|more|on|here|the full story|the full article|full article|оқыңыз"
    r"|оқу|мына жерден|сілтемеде|oxu|oxuyun|burada|linkdə))*"
    r"\s*[.:…→»>—–-]*\s*(?:https?://\S+|(?:www\.)?[\w-]+(?:\.[\w-]+)+\S*)?[\s.:…→»>-]*",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"The post .+ (?:appeared first|first appeared) on .+"
    r"|(?:Сообщение|Запись) .+ появил(?:ись|ась|ось) сначала на .+"
)
_RELATED = re.compile(
    r"(?:(?:читайте|смотрите|читать) (?:также|ещ[её]|по теме)|также (?:читайте|смотрите)|(?:материалы |ещ[её] )?по теме"
    r"|читайте (?:також|ще)|дивіться також|read also|also read|see also|read more"
    r"|related(?: (?:articles|stories|news))?"
    r"|(?:сондай-ақ|тағы) (?:оқыңыз|қараңыз)|оқи отырыңыз|(?:həmçinin|bunu da) oxuyun)"
    r"\s*(?P<colon>[:—–]?)\s*(?P<listed>.*)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:фото|фотография|видео|иллюстрация|сурет|foto|photo|video)\s?:\s?[^\s,]+(?:\s[^\s,]+){0,4}", re.IGNORECASE
)
# What Telegram channels end with, one beside the other.
_BUTTON = re.compile(
    r"@[a-z]\w{3,31}|(?:https?://)?t\.me/\S+|подписаться(?: на канал)?|(?:прислать|предложить) новость"
    r"|наш(?:и)? (?:сайт|каналы?|telegram|телеграм)(?:-каналы?)?(?: в \w+)?|our (?:site|channel)|біздің (?:сайт|арна)",
    re.IGNORECASE,
)
_MOST_LISTED = 3


def without(text: str) -> str:
    """A text without the paragraphs that only invite, refer to other articles or, at its end, to what is not here."""
    kept: list[str] = []
    paragraphs = text.split("\n\n")
    at = 0
    while at < len(paragraphs):
        skipped = _related(paragraphs, at)
        if not skipped and not _is_invitation(paragraphs[at]):
            kept.append(paragraphs[at])
        at += skipped or 1
    return without_tail("\n\n".join(kept))


def without_tail(text: str) -> str:
    """The same at the end alone, for what a newsroom itself has made a text of."""
    paragraphs = text.split("\n\n")
    while paragraphs and (length := _tail(paragraphs)):
        del paragraphs[-length:]
    return "\n\n".join(paragraphs)


def _tail(paragraphs: list[str]) -> int:
    """How many paragraphs at the end are no news."""
    if _is_tail(paragraphs[-1]):
        return 1
    lengths = range(1, min(_MOST_LISTED + 1, len(paragraphs)) + 1)
    return next((length for length in lengths if _related(paragraphs, len(paragraphs) - length) == length), 0)


def _related(paragraphs: list[str], at: int) -> int:
    """How many paragraphs from here on refer to other articles: one, or a heading and the headlines below it."""
    found = _RELATED.fullmatch(_bare(paragraphs[at]))
    if found is None:
        return 0
    if found["listed"]:
        return int(bool(found["colon"]) and _is_headline(found["listed"]))
    below = paragraphs[at + 1 : at + 1 + _MOST_LISTED]
    return 1 + next((number for number, paragraph in enumerate(below) if not _is_headline(paragraph)), len(below))


def _is_headline(paragraph: str) -> bool:
    short = len(paragraph) <= _LONGEST and not paragraph.endswith(".")
    return short and clean.sentence_end(paragraph) == len(paragraph)


def _is_invitation(paragraph: str, *, is_last: bool = False) -> bool:
    """As the last paragraph it may leave out where; before the news that would be too little to know it by."""
    tokens = _TOKEN.findall(paragraph) if len(paragraph) <= _LONGEST else []
    words = [token.lower() for token in tokens]
    names = [token for token, word in zip(tokens, words, strict=True) if word not in _INVITING]
    called = CALLS.intersection((*words[:3], *words[-1:]))
    is_told_where = not PLACES.isdisjoint(words) or (is_last and not SUBSCRIPTIONS.isdisjoint(called))
    return bool(called) and is_told_where and len(names) <= _MOST_NAMES and all(map(_NAME.match, names))


def _is_tail(paragraph: str) -> bool:
    """Whether a paragraph at the end is no news either."""
    bare = _bare(paragraph)
    if _is_invitation(bare, is_last=True) or any(pattern.fullmatch(bare) for pattern in (_ONWARD, _POSTED, _CREDIT)):
        return True
    if not bare:
        return len(paragraph) <= _LONGEST
    return all(map(_BUTTON.fullmatch, re.split(r"\s*[|•·,]\s*|\s+(?=@|http|t\.me)", bare)))


def _bare(paragraph: str) -> str:
    """A short paragraph without the signs and pictures that stand around such lines; empty if it is long."""
    if len(paragraph) > _LONGEST:
        return ""
    return re.sub(r"^[^\w@«\"(\[]+|[^\w»\")\]…:.→>-]+$", "", paragraph)
