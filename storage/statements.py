"""What a text states that may be told by itself: its sentences with what each is worth to a reader. Pure.

    sentences ──the headline again, boilerplate, credits, lists, questions, halves left out──▶ Statement, with its worth

The worth goes by what a reader can tell of a sentence that stands alone: that it stands early, is neither short nor
long, names somebody, leans on no sentence before it. It is counted in sentences of the lead: 1 is as much as there is
between one that opens the text and the same one in fourth place.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from storage.boilerplate import BEFORE_NEWS, CREDITED, DATELINE, RUBRIC, is_of_a_site
from storage.flaws import SPOKEN, flaw, is_address, is_closed, is_source
from storage.language.analyser import is_russian_predicate
from storage.language.anaphora import goes_on, is_said_by_somebody, leans
from storage.language.boilerplate_words import CALLS
from storage.listed import listed
from storage.sentences import Sentence, sentences

# Characters that a single sentence may take.
LONGEST = 400
# Worth less, a sentence is not told, whatever words it has.
LEAST = -4.5
# A sentence with so much wrong with it is not told either.
_RUINED = 4.5

_LATER = 0.5
# Of an item of a numbered list, which the others stand around.
_NUMBERED = 1.0
_LEANING, _GOING_ON, _LEANING_ON_HEADLINE = 3.0, 1.5, 0.7
# Of a sentence, the share that the headline says; of the headline, the share that the sentence says.
REPEATS, _RESEMBLES, _SAYS_ALL = 0.76, 0.5, 0.85
# Pictures stand above a text, before the sentence with this number.
_CAPTIONS = 3
_SHORT, _SHORTISH, _LONGISH = 35, 60, 220

_WORD = re.compile(r"[^\W_]+")
_BEFORE = re.compile(r"(?:(?![-–−]\d)(?:_|[^\w«\"„“‘'’(\[№+$€£¥₽@…]))+")
# The name of a picture: "port_icons_loading 12 ships …".
# The number of an item that is a sentence.
_NUMBER = re.compile(r"\d{1,2}[.)] (?=[A-ZА-ЯЁ«\"])")
# Where the last sentence begins of what somebody says at length: «Порт открыт. Паромы ждут», — сказал министр.
_LAST_SAID = re.compile(r"[.!?…] (?=[А-ЯЁA-Z][^.!?…«»“”\"]+[»”\"],? ?[—–-] ?[а-яёa-z])")
_ICON = re.compile(r"[a-z]+(?:_[a-z]+)+ (?=[A-ZА-ЯЁ\d])")
# A heading that the sentence below it begins with: «Порт Актау Порт Актау открыли …».
_TWICE = re.compile(r"([^\W\d_]\S*(?: \S+){1,3}) (?=\1 )")
_DATED = re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4} (?:[A-Z][\w.'’-]+ ){2}(?=[A-Z])")
# "By … | Updated On: May 03, 2020 07:50 IST"
_TIMED = re.compile(r".{,120}?(?:pdated|ublished|osted)\b.{,40}?\d:\d\d(?: ?[AP]M)?(?: [A-Z]{2,4})?\W+(?=[A-Z])")
# "Port City: A day after the storm …", "London – The …" opens a text.
_PLACE = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?(?::| [–—|]) (?=[A-Z])")
# Which is shown where it is looked for: "Baku: ", «БАКУ – », "DUBAI, United Arab Emirates – ".
_CITY = re.compile(r"(?!By )[^\W\d_][\w .'’,-]{1,40}?(?::| (?:--|[–—-]))\s")
# Datelines in small letters stand within so many characters, below captions; what opens a text within so many.
_FIRST, _OPENS = 400, 40
_AFTER = re.compile(r"(?:\s*[^\w\s.,:;!?…»\"”'’)\]%°$€£₽+*]|\s*[#@]\w+|\s+(?:https?://|www\.|t\.me/)\S+)+\s*\Z")
# A tag may be a word of the sentence: «взялись за #вызов вместе».
_LINK = re.compile(r"https?://|www\.|t\.me/|@\w|(?<![“«\"])#\w++(?!\s[^\W\d_A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺÇƏĞİÖŞÜ])")
# "The port said https://port.example/a on Sunday …"
INNER_LINK = re.compile(r"(?<=[^\W\d_] )https?://\S+ (?=[a-zа-яё])")
_MARKUP = re.compile(r"[<>{}]|=[\"']")
_CREDIT = re.compile(
    r"(?:\W*(?:фото(?:граф\w+)?|видео|иллюстрация|кадр|скриншот|источник(?: фото)?|автор|текст|сурет|foto|photo|image"
    r"|picture|video|source|by|credit|file photo|reporting by|editing by|writing by)\b\s*[:/©|]"
    r"|\W*(?:фото|кадр) (?:из|с) |\W*на (?:фото|снимке|кадре)\s?:"
    r"|.{0,100}(?:©|\bGetty\b|\((?:фото|photo|image)\s?:|\b(?:источник|source)\s?[:–—]))",
    re.IGNORECASE,
)
# "A jacket, £55, port.com"
_ON_SALE = re.compile(r", (?:at )?\w[\w-]*\.(?:com|net|org|ru|co\.uk)\Z")
# What a post says of what it links to.
_LABEL = re.compile(
    r"(?:Для кого|Кому|Где|Когда|Порог вхождения|Формат|Уровень|Язык|Стоимость|Длительность|Время чтения|Сложность)\s?:"
)
# «Порт-2 Цена: 4 080 руб.», «Капитан в Порт Где: Актау»
_OFFERED = re.compile(r"\b(?:Цена|Price): [\d$£€₽]|[^\W\d_] Где: ")
_SCORE = re.compile(r"\d:\d+\W*(?:голы|goals)\b", re.IGNORECASE)
# What is heard or seen when: «04:07 Порт 11:52 Мост 13:51 …».
_TIMES = re.compile(r"(?:\b\d{1,2}:\d\d\b.*?){3}")
_MONTH = re.compile(
    r"(?:янв|фев|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|год)\w{,5}\Z"
    r"|(?:қаң|ақп|нау|сәу|мам|там|қыр|қаз|қар|жел|yan|fev|apr|may|iyu|avq|sen|okt|noy|dek)\w{,6}\Z"
)
_JOINING = frozenset(["and", "the", "for", "from", "with"])
_CYRILLIC = re.compile("[а-яё]")
_QUESTION = re.compile(r"\?[!?.…]*[»”\"'’)\]]*\Z")
_APPEAL = re.compile(
    r"(?:[\d\W]{,5}(?:(?:И|А|Также|Ещ[её]|Сначала|Затем|Не) )?[А-ЯЁа-яё][а-яё\u0301]+(?:йте|ите|ьте)(?:сь)?"
    r"|Чтобы (?:принять участие|участвовать)"
    r"|(?:Узнае|Сможе|Научи|Познакоми|Получи|Разбер[её])те(?:сь)?|Далее (?:мы )?[а-яё]+[еи]м"
    r"|Please|Click|Check out|(?:Just )?[Ll]ook at|(?:Take|Have) a (?:closer )?look"
    r"|Sign up|Subscribe|Follow|Share|Download|Watch|Read \|)"
    r"[\s,!:]"
)
# The end of the sentence before, by itself.
_HALF = re.compile(
    r"(?:(?:из-за|вследствие|после|в результате|благодаря|ввиду|в связи с|вместо|до|для) (?:чего|чему|чем|котор\w+)"
    r"|(?:и|а|но) (?:что|чтобы|где|когда|котор\w+) [^,]*\Z"
    r"|котор\w+|чтобы [^,—–]*\Z|(?:где|откуда) [^,]*\Z|что (?:и|не) |(?:\w+ )?те[хм]?,? (?:кто|котор\w+) [^,]*\Z"
    r"|which (?!of\b)|whose |whom )",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"(?:напомним|(?:как )?ранее|накануне|до этого|на момент|отметим|нагадаємо|раніше|напередодні|previously|earlier"
    r"|(?:the day )?before)\b",
    re.IGNORECASE,
)
_STOPS = frozenset(".!?…")
_BULLETS = frozenset("-–—−•▪▫◾·*✔✅➡")


@dataclass(frozen=True, slots=True)
class Statement:
    """The `at`th sentence of a text, with what it is worth by itself; `leaning`: what it loses without the one before;
    `flaw`: what it has lost already for what is wrong with it; `is_said_by_somebody`: it leans on a
    speaker's name alone; `repeats`: it says hardly more than the headline.

    `stems` are what it is compared by; where the name of a place stands before it, `place` is where that begins.
    """

    at: int
    place: int
    start: int
    end: int
    worth: float
    leaning: float
    flaw: float
    stems: frozenset[str]
    is_said_by_somebody: bool
    repeats: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start


@lru_cache(maxsize=2)  # an article is shown for one query after another
def all_statements(title: str, text: str) -> tuple[Statement, ...]:
    """With those that say the headline again, which may have a word that it has not."""
    headline, begins = _stems(_WORD.findall(title)), _begins(title)
    found: list[Statement] = []
    is_told = True  # what comes before: the headline stands above, and a sentence may say the same
    is_below, was_item, last = False, False, 0  # below a heading, which is not told
    parted = sentences(text)
    items = listed(text, parted)
    for at, sentence in enumerate(parted):
        is_item = text[sentence.start] in _BULLETS
        if was_item and not is_item and "\n" in text[last : sentence.start]:
            is_below = False  # a paragraph below the list
        start, end = _told(text, sentence)
        start = _behind_headline(title, text, start, end)
        told = text[start:end]
        if at <= _CAPTIONS and CREDITED.match(text, sentence.start) and found and found[-1].at == at - 1:
            found.pop()
        words = _WORD.findall(told)
        again = 1.0 if _begins_so(words, begins) else overlap(_stems(words), headline)
        is_said = at not in items or any(map(is_russian_predicate, words))
        if is_said and _is_news(told, words, text[end : sentence.end]):
            leaning = _LEANING if is_below else _leaning(told, is_told=is_told)
            one = _statement(at, text, sentence, (start, end), leaning, headline)
            if one.worth > LEAST and one.flaw < _RUINED:
                found.append(replace(one, repeats=again >= REPEATS))
        is_told = again >= REPEATS
        is_below = told.endswith(":") or (is_below and is_item)
        was_item, last = is_item, sentence.end
    return tuple(found)


def statements(title: str, text: str) -> tuple[Statement, ...]:
    """Those worth telling below this headline, in order."""
    return tuple(one for one in all_statements(title, text) if not one.repeats)


def _statement(
    at: int, text: str, sentence: Sentence, span: tuple[int, int], leaning: float, headline: frozenset[str]
) -> Statement:
    """The `at`th sentence, of which the span is told."""
    told = text[slice(*span)]
    words = _WORD.findall(told)
    stems = _stems(words)
    spoilt = flaw(told, words, text, shown=LONGEST) + _NUMBERED * bool(_NUMBER.match(text, sentence.start))
    worth = _worth(told) - spoilt - _LATER * math.log2(1 + at)
    worth -= overlap(stems, headline) > _RESEMBLES or overlap(headline, stems) > _SAYS_ALL
    is_by_somebody = leaning > 0 and is_said_by_somebody(told)
    return Statement(at, _place(text, sentence, span[0]), *span, worth, leaning, spoilt, stems, is_by_somebody)


def _leaning(told: str, *, is_told: bool) -> float:
    if not leans(told):
        return 0.0
    if is_told or is_source(told):
        return _LEANING_ON_HEADLINE
    return _GOING_ON if goes_on(told) else _LEANING


def says_the_same(sentence: str, headline: str) -> bool:
    """Whether a sentence says hardly more than the headline, be it cut or not."""
    words = _WORD.findall(sentence)
    return _begins_so(words, _begins(headline)) or overlap(_stems(words), _stems(_WORD.findall(headline))) >= REPEATS


def is_background(sentence: str) -> bool:
    """Whether a sentence says by how it begins that it tells of what was before."""
    return bool(_BACKGROUND.match(sentence))


def overlap(stems: frozenset[str], others: frozenset[str]) -> float:
    """The share of these that the others say too."""
    return len(stems & others) / len(stems) if stems else 1.0


def _stems(words: list[str]) -> frozenset[str]:
    """The beginnings of the words, small words left out: enough to tell that two sentences say the same."""
    return frozenset([word[:5].lower() for word in words if len(word) > 2 or word.isdigit()])


def _begins(headline: str) -> list[str]:
    """The words of a headline that was cut out of a longer sentence; none where it was not."""
    return _WORD.findall(headline) if headline.endswith("…") else []


def _begins_so(words: list[str], beginning: list[str]) -> bool:
    return bool(beginning) and words[: len(beginning)] == beginning


def bare(text: str, sentence: Sentence) -> tuple[int, int]:
    """A sentence without the pictures and signs, links and tags around it, and without a byline before it."""
    piece = text[sentence.start : sentence.end]
    is_timed = "pdated" in piece or "ublished" in piece or "osted" in piece
    before = (
        (is_timed and _TIMED.match(piece))
        or _DATED.match(piece)
        or BEFORE_NEWS.match(piece)
        or RUBRIC.match(piece)
        or _ICON.match(piece)
        or _TWICE.match(piece)
        or _BEFORE.match(piece)
    )
    after = None if piece[-1] in _STOPS else _AFTER.search(piece)
    start = sentence.start + (before.end() if before else 0)
    return start, max(start, sentence.start + after.start() if after else sentence.end)


def _told(text: str, sentence: Sentence) -> tuple[int, int]:
    """A bare sentence without its dateline or number, with the dash before it where that opens what somebody said.

    Of what somebody says at length, the last sentence with who says it.
    """
    start, end = bare(text, sentence)
    if end - start > LONGEST and (said := _LAST_SAID.search(text, start, end)) and end - said.end() <= LONGEST:
        return said.end(), end
    if numbered := _NUMBER.match(text, start, end):
        return numbered.end(), end
    news = _behind_dateline(text, start, end)
    if news > start:
        return news, end
    dash = max(text.rfind(sign, sentence.start, start) for sign in "-–—")
    return (dash if dash >= 0 and SPOKEN.match(text, dash, end) else start), end


def _place(text: str, sentence: Sentence, start: int) -> int:
    """Where the name of a place begins that stands before a sentence: "Baku: The port …"; else where that begins."""
    news = _behind_dateline(text, sentence.start, sentence.end)
    is_place = news == start > sentence.start and bool(_CITY.fullmatch(text, sentence.start, start))
    return sentence.start if is_place else start


def _behind_headline(title: str, text: str, start: int, end: int) -> int:
    """Where a sentence begins that the headline runs into: «Порт Актау откроют Новый порт …»."""
    behind = start + len(title) + 1
    is_run_into = len(title) >= _SHORT and behind + _SHORT <= end and text.startswith(f"{title} ", start)
    return behind if is_run_into and text[behind].isupper() else start


def _behind_dateline(text: str, start: int, end: int) -> int:
    if start >= _FIRST and not text[start : start + 2].isupper():
        return start
    found = DATELINE.match(text, start, end) or (_PLACE.match(text, start, end) if start < _OPENS else None)
    return found.end() if found else start


def _is_news(told: str, words: list[str], after: str) -> bool:
    """Whether it is a whole sentence, and of the news. What `after` it was left out may have been a part of it."""
    closed = is_closed(told)
    if len(words) < (2 if closed else 4) or told[0].islower() or told[-1] in ":;," or _QUESTION.search(told):
        return False
    if sum([len(word) for word in words if not word.isdigit()]) < 0.6 * len(told) or not any(map(_is_said, words)):
        return False
    if not closed and (_is_heading(words) or _ON_SALE.search(told)):
        return False
    if (
        _LINK.search(INNER_LINK.sub("", told))
        or _MARKUP.search(told)
        or (not closed and "/" in after)
        or (" / " in told and not (closed and _is_of_news(told, words)))
    ):
        return False
    if _HALF.match(told) or _APPEAL.match(told) or words[0].lower() in CALLS:
        return False
    if is_of_a_site(told) or is_address(told, words):
        return False
    is_listed = ":" in told and (_SCORE.search(told) or _TIMES.search(told) or _OFFERED.search(told))
    return not (is_listed or _LABEL.match(told) or _CREDIT.match(told))


def _is_of_news(told: str, words: list[str]) -> bool:
    """Whether it is no label of a picture or a game: a verb stands in it, as far as it is in Russian."""
    return not _CYRILLIC.search(told) or any(map(is_russian_predicate, words))


def _is_said(word: str) -> bool:
    """Whether a word is more than a name, a number or a month: a byline and a dateline have none that is."""
    return word.islower() and len(word) > 2 and word not in _JOINING and not _MONTH.match(word)


def _is_heading(words: list[str]) -> bool:
    """Whether hardly a word is in small letters, as in English headings."""
    long = [word for word in words if len(word) > 2]
    return sum(map(str.islower, long)) < len(long) / 3


def _worth(told: str) -> float:
    return (
        _worth_of_length(len(told))
        + 0.3 * any(map(str.isdigit, told))
        + 0.3 * any(map(str.isupper, told[1:]))
        - 0.7 * is_background(told)
    )


def _worth_of_length(length: int) -> float:
    if length < _SHORTISH:
        return -2.0 if length < _SHORT else -0.7
    if length > LONGEST:
        return -3.5
    return -(length - _LONGISH) / 100 if length > _LONGISH else 0.0
