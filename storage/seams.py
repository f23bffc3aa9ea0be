"""Where a page's lines ran together: «Автомобили 2020 года В 2020 году завод …», "4x zoom And yet …". Pure.

Nothing but a small word with a capital tells that another line begins there, so a line that begins with a name is not
found, unless no blank stands before it: "encryption iconA new icon shows …".
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from storage.run_ons import run_ons

_SMALL = (
    "В|Во|На|По|Но|Он|Она|Они|Это|При|Как|Если|Когда|Также|Однако|Ранее|Кроме|Чтобы|Что"
    "|Не|Сейчас|Лишь|К|У|Мы|Его|Её|Ее|Их|Эти|Эта|Этот|Тем|Там|Все|Всё|Или"
    "|Впервые|Впрочем,?|Хотя|Кажется,|Оказывается,|Правда,|Было|Была|Были"
    "|Напомним,|Отметим,|While|However,?|According|Although|Amid|Alongside|Despite|Meanwhile"
)
# A name may follow these; nor has anybody a capital who is many.
_BEFORE_NAMES = (
    "Из|Для|За|До|От|После|Об|Под|Со|Между|Через|Среди|Согласно|Без|Из-за"
    "|Уч[её]ные|Врачи|Медики|Эксперты|Специалисты|Исследователи|Астрономы|Синоптики|Пользователи|Многие|Некоторые"
)
# English names have these with a capital too: "The Last Of Us", "Bank On".
_OF_NAMES = (
    "The|And|But|He|She|It|They|We|In|On|At|When|If|As|This|That|These|There|After|Before|For|With|His|Her|Their|Since"
    "|You|Here|Now|Thus|Instead|During|Another|Each|Even|By|An|Beyond|Along|It[’']s|He[’']s|She[’']s|They[’']re|We[’']re|There[’']s"
    "|Сегодня|Еще|Ещё|Около|Более|Почти|То,"
)
# Nearly every word of a text is in small letters, which the first look tells.
_SEAM = re.compile(
    rf" (?=[A-ZА-ЯЁ])(?:{_SMALL}|(?P<before_names>{_BEFORE_NAMES})|(?P<of_names>{_OF_NAMES})) (?=[^\W_])"
)
# A list stood between the colon and what opens a sentence.
_BEHIND_LIST = re.compile(
    r": (?=(?:По данным|По словам|Согласно|Напомним,|Отметим,|Ранее|Кроме того,|According to"
    r"|Но|Однако|При этом|Также|However,?|But) )"
)
# «… за помощь ТБИЛИСИ, 2 мая - Агентство.»
_DATELINE = re.compile(r"[а-яёa-z»] (?=[А-ЯЁA-Z][А-ЯЁA-Z-]{3,}, \d{1,2} [а-я]{3,8}\b)")
_RULE = re.compile(r" (?=\b_{3})")
_ITEM = re.compile(r" (?=[•▪◾▫●■] \S)")
# "PORTS & SEASThree ports …", "Port to Open (1:37 p.m.)The port …", "£55, port.comThe links …"
_CLOSED = re.compile(
    r"\)(?<=\w\))(?=[A-ZА-ЯЁ][a-zа-яё])|\.(?<=[a-z]\.)(?:com|net|org|ru|uk)(?=[A-ZА-ЯЁ][a-zа-яё]+ [a-zа-яё])"
)
_CAPITALS = re.compile(r"\b[A-Z]{3,}(?: &)? [A-Z]{4,}(?=[A-Z][a-z]{2,} [a-z])")
# "… since the start of April Shares of the port …"
_MONTH = re.compile(
    r"\b(?:in|of|since|until|by|from|to|on|for) (?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) (?=[A-Z][a-z]+ (?:of|in|for|to|and|are|is|was|were|has|have|had|will) )"
)
# «Фото: «Порт» Причал у моря …»
_CREDIT = re.compile(r"\b(?:Фото|Видео|Источник)\s?: (?:«[^»]{2,30}»|[A-Za-z][\w./@-]+) (?=[А-ЯЁ][а-яё]* [а-яё])")
# "… Port ReckonerNow that the port …"
_GLUED = re.compile(
    r"[a-z]{4}(?=(?:The|Now|But|And|It|He|She|They|We|When|While|After|For|This|That|There|If|As) [a-z])"
)
# "Mary Abai There is no port …"
_SAYS = re.compile(
    r"[a-z] (?=(?:There|It|He|She|They|We|This|These|That)"
    r" (?:is|are|was|were|has|have|had|will|would|can|could|may|must) [a-z])"
)
# "… relief in South Africa As the port …"
_AS = re.compile(r"[a-z] (?=(?:As (?:the|an?|it|more|many)|Now that) [a-z])")
# "Monday to Wednesday Mainly dry …"
_DAY = re.compile(r"day (?=(?:Mainly|Mostly|Dry|Cloudy|Sunny|Rain|Bright|Breezy)\b)")
# "Rating: n/a - 0% (0) The port …"
_RATED = re.compile(r"\d% \(\d+\) (?=[A-ZА-ЯЁ])")
_MARKED = (_GLUED, _SAYS, _AS, _DAY, _CREDIT, _MONTH, _RATED, _BEHIND_LIST, _DATELINE, _RULE, _ITEM, _CLOSED, _CAPITALS)
_RAN = re.compile(r"[а-яёіїєґa-z][А-ЯЁІЇЄҐA-Z][а-яёіїєґa-z]* [а-яёіїєґa-z]")
# Too long for iPhone or eBay.
_SMALL_WORD = re.compile(r"(?:\A|[\s(«\"“])(?:[а-яёіїєґ]{4,}|[a-z]{4,})\Z")
# What a capital letter is the number of: «гепатит В», «группа К».
_NUMBERED = re.compile(
    r"(?:витамин|гепатит|гемофили|групп|лиг|класс|категори|тип|сери|план|вариант|гран)\w{,3}\Z", re.I
)


def seams(line: str) -> Iterator[int]:
    """Where the lines begin that a line was put together from, but for the first."""
    marked = [found.end() for pattern in _MARKED for found in pattern.finditer(line)]
    told = sorted({*_ran(line), *_spaced(line), *marked})
    for start, end in pairwise([0, *told, len(line)]):
        if start:
            yield start
        yield from (start + at for at in run_ons(line[start:end]))


def _ran(line: str) -> Iterator[int]:
    for found in _RAN.finditer(line):
        at = found.start() + 1
        if _SMALL_WORD.search(line, max(0, line.rfind(" ", 0, at)), at):
            yield at


def _spaced(line: str) -> Iterator[int]:
    for found in _SEAM.finditer(line):
        before = line[line.rfind(" ", 0, found.start()) + 1 : found.start()]
        # Where a name may follow, the word before must not be one.
        after = "" if found["before_names"] and before[:1].islower() else line[found.end()]
        if _goes_on(before, after) and (found["of_names"] is None or not before[0].isupper()):
            yield found.start() + 1


def _goes_on(before: str, after: str) -> bool:
    """Whether the words around look as those within a sentence do; `after` is empty where any may follow."""
    is_within = before[-1:].islower() or before[-1:].isdigit()
    return is_within and (not after or after.islower() or after.isdigit()) and not _NUMBERED.match(before)
