"""Whether a sentence that stands alone is whole, and of the news rather than of its page. Pure."""

import re

from storage.boilerplate import is_of_a_site
from storage.flaws import is_address, is_closed
from storage.language.analyser import is_russian_predicate
from storage.language.boilerplate_words import CALLS

# A tag may be a word of the sentence: «взялись за #вызов вместе».
_LINK = re.compile(r"https?://|www\.|t\.me/|@\w|(?<![“«\"])#\w++(?!\s[^\W\d_A-ZА-ЯЁІЇЄҐӘҒҚҢӨҰҮҺÇƏĞİÖŞÜ])")
_LINK_SIGNS = ("http", "www.", "t.me/", "@", "#")
# "The port said https://port.example/a on Sunday …"
INNER_LINK = re.compile(r"(?<=[^\W\d_] )https?://\S+ (?=[a-zа-яё])")
_MARKUP = re.compile(r"[<>{}]|=[\"']")
_CREDIT = re.compile(
    r"(?:\W*(?:фото(?:граф\w+)?|видео|иллюстрация|кадр|скриншот|источник(?: фото)?|автор|текст|сурет|foto|photo|image"
    r"|picture|video|source|by|credit|file photo|reporting by|editing by|writing by)\b\s*[:/©|]"
    r"|\W*(?:фото|кадр) (?:из|с) |\W*на (?:фото|снимке|кадре)\s?:)",
    re.IGNORECASE,
)
# Within so many characters, wherever: a sign first, and where it stands what it may be of.
_CREDITED = 110
_CREDIT_SIGN = re.compile(r"[©:–—]|Getty", re.IGNORECASE)
_CREDIT_WITHIN = re.compile(r"©|\bGetty\b|\((?:фото|photo|image)\s?:|\b(?:источник|source)\s?[:–—]", re.IGNORECASE)
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


def is_news(told: str, words: list[str], after: str) -> bool:
    """Whether it is a whole sentence, and of the news. What `after` it was left out may have been a part of it."""
    closed = is_closed(told)
    if len(words) < (2 if closed else 4) or told[0].islower() or told[-1] in ":;," or _QUESTION.search(told):
        return False
    if sum([len(word) for word in words if not word.isdigit()]) < 0.6 * len(told) or not any(map(_is_said, words)):
        return False
    if not closed and (_is_heading(words) or _ON_SALE.search(told)):
        return False
    if (
        _is_linked(told)
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
    return not (is_listed or _LABEL.match(told) or _is_credit(told))


def _is_linked(told: str) -> bool:
    # Looking for what is in a link is ten times as fast, and nearly no sentence has one.
    return any(sign in told for sign in _LINK_SIGNS) and bool(_LINK.search(INNER_LINK.sub("", told)))


def _is_credit(told: str) -> bool:
    return bool(
        _CREDIT.match(told) or (_CREDIT_SIGN.search(told, 0, _CREDITED) and _CREDIT_WITHIN.search(told, 0, _CREDITED))
    )


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
