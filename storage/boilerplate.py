"""What a text says of itself and not of the news: «Читайте нас в …», "Follow us on …", «Читать далее».

A line is that only as a whole. An invitation is known by every single word of it: what else it holds may only be names,
so that a sentence of the news that merely begins like one is none.
"""

import re

from storage.language.boilerplate_words import CALLS, OTHERS, PLACES, SUBSCRIPTIONS
from storage.language.site_phrases import PHRASES

LONGEST = 300  # characters; longer lines are text
_LONGEST_TAIL = 150
_MOST_NAMES = 5

_INVITING = CALLS | PLACES | OTHERS

_TOKEN = re.compile(r"(?:https?://|www\.)\S+|@?[^\W_](?:[\w.'’/-]*\w)?")
_NAME = re.compile(r"https?://|www\.|@|\w+\.\w|\d|[A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺÇƏĞİÖŞÜ]")

# Ways to the rest of the text, which is not here.
_ONWARD = re.compile(
    r"(?:читать|читайте|смотреть|узнать|подробности|подробнее|продолжение|полностью|далее|полный текст"
    r"|more (?:information|details|info)"
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
# Ways to other texts.
RELATED = re.compile(
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
# What is left of a page before the first sentence of the news.
BEFORE_NEWS = re.compile(
    r"(?:(?:kindly )?share (?:this (?:story|article|post)|on (?:facebook|twitter|whatsapp|linkedin|telegram))\s*:?\s*"
    r"|(?:\W*[-–—]\s*)?advertise?ment\s*(?:[-–—]\s*)?|\(this [^()]{5,30} has been refiled [^()]{5,90}\)\s*"
    r"|(?:поделиться|пошерить|репостнуть|твитнуть|класснуть)\s*"
    r")+(?=(?-i:[A-ZА-ЯЁ]))",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру"
    r"|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-zа-яі]*\.?"
)
_DAY = rf"(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?(?:,? \d{{1,2}}:\d\d)?"
_PLACE = r"[A-ZА-ЯЁІЇЄ][\w.'’/-]+(?:[ ,]+[\[(]?[A-ZА-ЯЁІЇЄ][\w.'’-]+[\])]?){0,4}"
_BY = r"By (?:[A-Z][\w.'’-]+,? (?:and )?){2,9}(?=[A-Z]{2}|\()"
_AGENCY = r"[(/][A-ZА-ЯЁІЇЄ][\w /.-]{1,25}[)/]"
# The name of a part of the site, of a button, of who wrote it.
RUBRIC = re.compile(
    r"(?:Общество|Происшествия|Досье|Справка|Популярные ?новости|Предыдущий пост) (?=[А-ЯЁ])"
    r"|(?:Овен|Телец|Близнецы|Рак|Лев|Дева|Весы|Скорпион|Стрелец|Козерог|Водолей|Рыбы)[.:]? (?=[А-ЯЁ])"
    r"|(?:UPD|Upd|UPDATE|Обновлено) ?[:.] ?(?=[А-ЯЁA-Z\d])"
    r"|(?:AFP|EPA|Getty|Reuters)(?:/\w+)+(?: [A-Z]{2,})? (?=[A-Z][a-z]* )|Click to read [^→]{3,60}→ ?(?=[A-Z])"
    r"|\*?[A-Z][A-Za-z]{2,10} \([A-Z][a-z]+ \d+ ?[-–] ?[A-Z][a-z]+ \d+\)(?:: ?| )(?=[A-Z])"
    r"|Contact [\w.]+ instantly (?=[A-Z])"
    r"|(?:Advertising|Explore Briefs|MEDIA STATEMENT) (?=[A-Z“\"])|(?:[A-Z]\w+ )?Read Time: (?=[A-Z])"
    r"|(?:(?:Bookmark|Summary|Listen|Print) )?(?:By (?:[A-Z][\w.'’-]+ ){2})?(?<= )(?=[A-Z])"
    r"|(?:LONDON|PARIS|BERLIN|MADRID|ROME|BRUSSELS|WASHINGTON|NEW YORK|LOS ANGELES|TOKYO|BEIJING|SYDNEY|NEW DELHI"
    r"|MUMBAI|MILAN|MOSCOW|KYIV|BAKU|ASTANA|ALMATY|МОСКВА|КИЕВ|БАКУ|АСТАНА|АЛМАТЫ) (?=[A-ZА-ЯЁ][a-zа-яё])"
)
# Where and when it was written and by which agency, or a heading: "NEW YORK, May 2 (AP) — ", «БАКУ, 5 мая — ».
DATELINE = re.compile(
    rf"(?:{_BY})?(?:(?:{_PLACE}[,.]? )?(?:{_DAY}[,.]? ?{_AGENCY}|{_DAY}|{_AGENCY})\.?\s?(?:--|[-–—:])"
    r"|(?!(?:ALSO )?READ|PAY ATT)[A-Z][A-Z ./'-]{2,30}[A-Z](?:, [A-Z][\w. ]{2,20})? ?(?:--|[-–—:])"
    r"(?: \([A-Z]{2,10}\) ?[-–—])?"
    r"|[А-ЯЁІЇЄҐ][А-ЯЁІЇЄҐ -]{3,30}[А-ЯЁІЇЄҐ] ?(?:--|[-–—])"
    # "By Mary AbaiDUBAI — ", "CAIRO - 3 May 2020:", "TULSA, OK- ", "Port.ru - "
    r"|(?:By|[A-Z][a-z]+ [A-Z][a-z]+ report)[^.!?]{0,80}?[A-Z]{4,} ?(?:--|[–—])"
    r"|[A-Z]{4,} ?[-–—_] ?\d{1,2} [A-Z][a-z]+ \d{4}:|[A-Z]{4,}, [A-Z]{2} ?[-–—]|[A-Z]\w+\.ru -"
    r"|\((?:Рейтер|Reuters|AP|AFP|ТАСС)\)|[A-Z][a-z]+(?: [A-Z][a-z]+)? \([\w /]{2,25}/[A-Z]{2,5}\) ?[-–—]"
    r"|[A-Z]{4,}\.[A-Z]{2,3} [-–—]|[A-Z][a-z]+/[A-Z][a-z]+:"
    r"|[A-Z][\w, ]{2,40} \| [A-Z]{2,8} \|"
    r"|\d{1,2}:\d\d(?: ?[•|,–—-])?|(?:[A-Z][A-Z'’-]+ ){2,}[A-Z][A-Z'’-]+(?= [A-Z][a-z])"
    r")\s(?=[\"“«‘A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺƏÇĞİÖŞÜ])"
)
# What stands behind a caption.
CREDITED = re.compile(
    r"(?:AFP|AP|Reuters|Getty|EPA|PA)\s?[/|(]|\((?:AP|AFP|Reuters)\b.{0,20}(?:Photo|File)|(?:AP|AFP|Reuters) Photo"
    r"|(?:Photo(?:graph)?|Picture|Image|Pic|Credit)(?::| by\b| courtesy)|Getty Images"
)
# The parts of which one is in every such sentence, each with how the phrase is looked for.
_OF_A_SITE = tuple(
    (part, re.compile(rf"\b(?:{phrase})").search) for parts, phrase in PHRASES for part in parts.split("|")
)
# Of these, what a sentence without other letters can have, and one without Latin ones.
_LATIN = tuple(one for one in _OF_A_SITE if one[0].isascii())
_NOT_LATIN = tuple(one for one in _OF_A_SITE if not re.search("[a-z]", one[0]))
_HAS_LATIN = re.compile("[a-z]")


# Calls to comment, to look and to read elsewhere; one of the words of `_CALLED` is in each.
_CALLED = (
    *("коммент", "отправ", "перес", "переш", "покаж", "показать", "above", "below", "in the comments"),
    *("выше", "ниже", "здесь", "тут", "по ссылке"),
)
_CALLING = re.compile(
    r"\b(?:(?:жд[её]м|дели(?:те|м)ся|подели\w+|пиши\w*|напиш\w+|оставля\w+|расскажи\w*|отвечай\w*|голосуй\w*|отпи[сш]\w+)"
    r" [^.!?]{0,60}\bкоммент"
    r"|(?:let us know|tell us|share|comment) [^.!?]{0,60}\b(?:in the comments|below)\b"
    r"|(?:see|seen|look|watch) [^.!?]{0,40}(?:photo|picture|image|video|tweet|gallery|clip|post)s? (?:below|above)\b"
    r"|(?:на|в) (?:фото|видео|снимк\w+|картинк\w+|ролике) (?:выше|ниже)\b"
    r"|кому (?:это )?(?:отправить|переслать|показать)\b"
    r"|(?:отправ(?:ь|ляй)|перешли|покажи)(?:те)? (?:это )?(?:друг|подруг|тому)\w{,3}\b"
    r"|(?:почитать|прочитать|посмотреть|послушать|скачать|ознакомиться) (?:можно )?(?:здесь|тут|по ссылке)\b)"
)
# Of another article: "Health // 1 day ago".
_AGO = re.compile(r"// \d+ (?:minute|hour|day|week|month)s? ago")


def is_of_a_site(sentence: str) -> bool:
    """Whether a sentence tells of the site that it stands on, or asks its readers for something."""
    small = sentence.lower()
    if _says_of_a_site(small) or _AGO.search(sentence):
        return True
    if any(word in small for word in _CALLED) and _CALLING.search(small):
        return True
    return len(sentence) <= _LONGEST_TAIL and (is_tail(sentence) or bool(RELATED.match(bare_line(sentence))))


def _says_of_a_site(small: str) -> bool:
    known = _LATIN if small.isascii() else _OF_A_SITE if _HAS_LATIN.search(small) else _NOT_LATIN
    # For each of all sentences: a generator takes twice as long.
    for part, is_said in known:  # noqa: SIM110
        if part in small and is_said(small):
            return True
    return False


def is_invitation(line: str, *, is_last: bool = False) -> bool:
    """As the last line it may leave out where; before the news that would be too little to know it by."""
    tokens = _TOKEN.findall(line) if len(line) <= LONGEST else []
    called = CALLS.intersection([token.lower() for token in (*tokens[:3], *tokens[-1:])])
    if not called:  # nearly always
        return False
    words = [token.lower() for token in tokens]
    names = [token for token, word in zip(tokens, words, strict=True) if word not in _INVITING]
    is_told_where = not PLACES.isdisjoint(words) or (is_last and not SUBSCRIPTIONS.isdisjoint(called))
    return is_told_where and len(names) <= _MOST_NAMES and all(map(_NAME.match, names))


def is_tail(line: str) -> bool:
    """Whether a line at the end is no news either."""
    bare = bare_line(line)
    if is_invitation(bare, is_last=True) or any(pattern.fullmatch(bare) for pattern in (_ONWARD, _POSTED, _CREDIT)):
        return True
    if not bare:
        return len(line) <= LONGEST
    return bool(_BUTTON.match(bare)) and all(
        map(_BUTTON.fullmatch, re.split(r"\s*[|•·,]\s*|\s+(?=@|http|t\.me)", bare))
    )


def bare_line(line: str) -> str:
    """A short line without the signs and pictures that stand around such lines; empty if it is long."""
    if len(line) > LONGEST:
        return ""
    return re.sub(r"^[^\w@«\"(\[]+|[^\w»\")\]…:.→>-]+$", "", line)
