"""What a sentence has that spoils it for being told by itself, in sentences of the lead. Pure.

A flaw is no proof: the sentence may be the only one with the words looked for. So it is counted, not left out.
"""

import re

from storage.joints import holds_another, joints, runs_on
from storage.language.analyser import is_russian_predicate

# A stop that is missing; a quotation or bracket begun or ended outside; lines that ran together, as they must have or
# as they seem to; a blank that is put where one is missing; an item of a list.
_OPEN, _TORN, _TOGETHER, _RUNS_ON, _MENDED, _ITEM = 2.5, 2.5, 2.5, 2.0, 0.8, 3.0
# A quotation that it opens and that goes on, whose other mark is put behind it.
_GOES_ON = 1.6
# Nobody says who speaks, or to whom; where another sentence is from; that something will be told.
_UNNAMED, _ADDRESS, _SOURCE, _SAYS_SO, _TEASER = 2.4, 1.0, 2.0, 0.9, 1.0
_NO_VERB, _ELLIPSIS, _QUOTED_LAST, _CRY = 2.5, 1.0, 0.9, 0.7

_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"(?:\d{1,2}[.)]|\d\ufe0f?\u20e3|[A-ZА-ЯЁ]\))\s")
# «- Порт открыт, - сказал министр.»
SPOKEN = re.compile(r"[-–—]\s[^\n]{10,}?[,!?…»]\s?[-–—]\s\w")
# «Порт открыт, – сказал Ким в эфире.»
_SAID_BY = re.compile(r",[»”\"]? [–—-] [а-яё]+(?:ла?|ли|[еи]т)(?:ся)? (?:[а-яё]+ ){0,3}[А-ЯЁ]")
_QUOTATION = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_SPEAKERS = frozenset(
    _WORD.findall(
        "я мы мне меня нас наш наша наше наши нашей нашем нашу мой моя моё мои моего моей моих моему моим I we our us "
        "my me Я Мы Мне Меня Наш Наша Наше Наши Мой Моя Мои We Our My "
        "могу хочу думаю считаю знаю помню надеюсь верю вижу люблю скажу говорю можем хотим думаем считаем знаем "
        "надеемся Могу Хочу Думаю Считаю Знаю Помню Надеюсь Верю Вижу Люблю Скажу Можем Хотим Думаем Считаем Знаем"
    )
)
_WE = frozenset(
    _WORD.findall("мы нас нам нами наш наша наше наши нашей нашу Мы Нас Нам Нами Наш Наша Наше Наши we us our We Our")
)
_YOU = frozenset(
    _WORD.findall("вы вас вам вами ваш ваша ваше ваши вашу вашей ваших Вы Вас Вам Ваш Ваша Ваше Ваши можете сможете")
)
_ANY_YOU = _YOU | frozenset(_WORD.findall("ты тебя тебе you your You Your"))
_TOLD = re.compile(
    r"(?:об этом|соответствующ\w+|как) (?:[«\w-]+»? ){0,3}(?:сообща|сообщи|пиш|рассказ|заявил|передаё|передае|говор)",
    re.IGNORECASE,
)
# «Как сообщает агентство, порт Актау …» tells more than who says so.
_TOLD_WHAT = re.compile(r"как [^,]{4,80}, .{40}", re.IGNORECASE)
_ASKING = re.compile(r"(?:Почему|Зачем|Сколько|Why|How|Here (?:is|are)|Here’s|Here's) ")
_TEASING = re.compile(
    r"(?:рассказал|объяснил|разъяснил|назвал|раскрыл|узнал|выяснил|показал|известно|перечислил)\w{,3},"
    r" (?:как(?:ой|ая|ие|им)?|почему|зачем|(?:во )?сколько|ч(?:то|ем|его)? (?:нужно|делать|грозит)|кто|кому|где)\b"
)
# «У министра Кима проблемы …»
_OF_SOMEBODY = re.compile(r"\b[Уу] (?:[а-яё]+ )?[А-ЯЁ]")
# «Канал, который строят десять лет.»
_RELATIVE = re.compile(r", (?:\w{1,3} )?котор\w+ [^,]*\Z")
# «Днём 18-23°», «В Актау переменная облачность».
_WEATHER = re.compile(r"\d°|\d градус|облачн|без осадков|(?:дождь|снег|гроза|туман|ветер)[ ,.]")
_RUSSIAN = re.compile(r"[а-яё]{3}")
_OTHER_CYRILLIC = re.compile(r"[іїєґәғқңөұүһ]")
_CLOSES = re.compile(r"\w['’], ")
_STAYS_OPEN = re.compile(r"(?:\A|\s)‘(?![^‘]*’(?!\w))")
_OPENS = re.compile(r"(?:\A|[\s(])['‘’]\w")
# The name of who speaks stood below a picture: 'Speaker Mary Smith “And so we will,” Smith said.'
_OPENS_WITHIN = re.compile(
    r"[a-z] [“\"][A-Z][^“”\"]*,[”\"] [A-Z]|[А-Яа-яё] [“\"«][А-ЯЁ][^“”\"«»]{40,}[”\"»],? ?[—–-] ?[а-яё]"
)
# What somebody says in several paragraphs: «Министр сообщил: «Порт …».
_LEFT_OPEN = re.compile(r"\w: (?P<opening>[«“\"])[^«»“”\"]*\Z")
# «Порт построят за год», – сказал министр; the mark before it stands in another sentence.
_LEFT_CLOSED = re.compile(r"\A[^«»“”\"]+(?P<closing>[»”\"]),? ?[—–-] ?[а-яёa-z]")
CLOSING = {"«": "»", "“": "”", '"': '"'}
_OPENING = {"»": "«", "”": "“", '"': '"'}
_LONGEST_TITLE = 60
_STOPS = frozenset(".!?…")
_QUOTED = '»"”'
_PAIRS = (("«", "»"), ("“", "”"), ("(", ")"))


def flaw(told: str, words: list[str], text: str, *, shown: int) -> float:
    """How much a sentence of this text, with these words, is worth less for what is wrong with it.

    It may be cut after `shown` characters.
    """
    unquoted = _unquoted(told)
    said = frozenset(words if unquoted is told else _WORD.findall(unquoted))
    by_nobody = not SPOKEN.match(told)
    is_unnamed = by_nobody and not _SAID_BY.search(told) and ("юсь" in unquoted or not _SPEAKERS.isdisjoint(said))
    return (
        _OPEN * (not is_closed(told) or _names_a_title(told, unquoted))
        + (_GOES_ON if opens_quotation(told) or opening(told) else _TORN * _is_torn(told[:shown]))
        + _TOGETHER * holds_another(unquoted)
        + _RUNS_ON * runs_on(unquoted, text)
        + _MENDED * bool(joints(told))
        + _ITEM * bool(_NUMBERED.match(told))
        + _UNNAMED * is_unnamed
        + _UNNAMED * _is_quotation(told)
        + _ADDRESS * (by_nobody and not _YOU.isdisjoint(said))
        + (_SAYS_SO if _TOLD_WHAT.match(told) else _SOURCE) * bool(_TOLD.match(told))
        + _TEASER * _teases(told)
        + _NO_VERB * (_has_no_verb(told, words) or _names_a_title(told, unquoted))
        + _ELLIPSIS * told.endswith(("...", "…"))
        + _QUOTED_LAST * (told[-1] in _QUOTED)
        + _CRY * (told[-1] == "!")
    )


def is_address(told: str, words: list[str]) -> bool:
    """Whether those who wrote it speak to those who read it: «Пишите нам, и мы поможем вам»."""
    if _ANY_YOU.isdisjoint(words) or _WE.isdisjoint(words) or SPOKEN.match(told):
        return False
    unquoted = _WORD.findall(_unquoted(told))
    return not (_ANY_YOU.isdisjoint(unquoted) or _WE.isdisjoint(unquoted))


def is_source(told: str) -> bool:
    """Whether it says who told the news above, whichever sentence that was: «Об этом сообщает газета»."""
    return told[:7].lower() == "об этом" and bool(_TOLD.match(told))


def is_closed(told: str) -> bool:
    """Whether it ends with a stop, or with one within its quotation."""
    return told[-1:] in _STOPS or told[-2:-1] in _STOPS


def closing(told: str) -> str:
    """The mark that closes what somebody says here, and goes on saying in the text; empty if none is missing."""
    found = _LEFT_OPEN.search(told)
    return "" if found is None or _is_unbalanced(told[: found.start("opening")]) else CLOSING[found["opening"]]


def opening(told: str) -> str:
    """The mark that opens what somebody says here, and began to say in the text; empty if none is missing."""
    found = _LEFT_CLOSED.match(told)
    return "" if found is None or _is_unbalanced(told[found.end("closing") :]) else _OPENING[found["closing"]]


def opens_quotation(told: str) -> bool:
    """Whether it begins with the mark of a quotation that goes on behind it, and has no other."""
    other = CLOSING.get(told[0])
    return other is not None and told[0] not in told[1:] and other not in told[1:]


def _unquoted(told: str) -> str:
    return _QUOTATION.sub("", told) if "«" in told or '"' in told or "“" in told else told


def _teases(told: str) -> bool:
    """Whether it says what is told, and does not tell it."""
    if _ASKING.match(told):
        return True
    found = _TEASING.search(told) if told[-1] == "." else None
    return found is not None and "," not in told[found.end() :]


def _is_quotation(told: str) -> bool:
    """Whether it is a quotation and nothing else."""
    found = _QUOTATION.match(told)
    return found is not None and found.end() >= len(told) - 1


def _names_a_title(told: str, unquoted: str) -> bool:
    """Whether the stop at its end is of a title, and no verb stands before it: «Выставка «Порт ждёт вас!»»."""
    if told[-1] not in _QUOTED or told[-2:-1] not in _STOPS or len(told) - len(unquoted) > _LONGEST_TITLE:
        return False
    return _has_no_verb(unquoted, _WORD.findall(unquoted))


def _has_no_verb(told: str, words: list[str]) -> bool:
    """Whether a Russian sentence has no verb, nor a dash in place of one."""
    if len(words) < 2 or not _RUSSIAN.search(told) or _OTHER_CYRILLIC.search(told):
        return False
    if words[0] == "Это" or _OF_SOMEBODY.search(told) or _WEATHER.search(told):
        return False
    if which := _RELATIVE.search(told):
        told = told[: which.start()]
        words = _WORD.findall(told) or words
    said = (words[0].lower(), *filter(str.islower, words[1:]))
    return not (any(f" {dash} " in told for dash in "-–—") or any(map(is_russian_predicate, said)))


def _is_torn(told: str) -> bool:
    """Whether a quotation or bracket in it begins or ends outside."""
    if ("'" in told or "’" in told or "‘" in told) and _is_torn_in_single_quotes(told):
        return True
    if ('"' in told or "“" in told or "«" in told) and _OPENS_WITHIN.search(told):
        return True
    return _is_unbalanced(told) and not closing(told)


def _is_unbalanced(told: str) -> bool:
    return any(told.count(one) != told.count(other) for one, other in _PAIRS) or told.count('"') % 2 == 1


def _is_torn_in_single_quotes(told: str) -> bool:
    return bool(_STAYS_OPEN.search(told) or (_CLOSES.search(told) and not _OPENS.search(told)))
