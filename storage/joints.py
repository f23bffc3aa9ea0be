"""Where words and lines ran together within a sentence, as pages and feeds leave them. Pure."""

import re

from storage.language.function_words import is_function_word

_TOLD = (
    r"(?:заявил|сообщил|рассказал|объявил|отметил|добавил|написал|предложил|прокомментировал|подтвердил|призвал"
    r"|раскритиковал|высказался|высказалась)[аи]?\b"
)
# The first look, for nearly no sentence has such a place; it begins with what is rare, which is fast.
_LOOK = re.compile(
    r"[А-ЯЁІЇЄҐA-Z,;](?:(?<=[а-яёіїєґa-z»][^,;])[а-яёіїєґa-z]{2}|(?<=[,;])[a-zа-яё]{3}|[А-ЯЁІЇЄҐ]{2}[а-яёіїєґ]{4}"
    rf"|(?<=[А-ЯЁ])[а-яё]{{3,}}?{_TOLD})"
)
# «вознаграждениеЭта», «»Эта», «РФСИван», «Ивановзаявил», "the board,which"; names are «МегаФон», eBay.
_JOINT = re.compile(
    r"(?:\b[а-яёіїєґ]{3,}|\b[a-z]{4,}|\b[А-ЯЁІЇЄҐ][а-яёіїєґac]{5,}|[а-яёa-z]»)(?=[А-ЯЁІЇЄҐA-Z][а-яёіїєґa-z]{2})"
    r"|\b[A-Z][a-z]{7,}(?=[A-Z][a-z]{2})|[a-zа-яё]{2}[,;](?=[a-zа-яё]{3})"
    rf"|\b[А-ЯЁ][а-яё]{{3,}}(?={_TOLD})"
    r"|\b[А-ЯЁІЇЄҐ]{3,}[а-яё]{1,2}(?=[А-ЯЁІЇЄҐ][а-яёіїєґ]{3})"
    r"|\b[А-ЯЁІЇЄҐ]{2,}(?=[А-ЯЁІЇЄҐ][а-яёіїєґ]{4})(?!\w+(?:вск|вц|шн|ши))"
)
_CAPITAL = re.compile(r" ([А-ЯЁІЇЄҐA-Z][а-яёіїєґa-z]+),? (?=[а-яёіїєґa-z\d])")
# Small words that begin a line where they have a capital and no stop stands before them. Of one letter they may be
# numbers, as in «гепатит В»; English prepositions are of names.
_BEGINNINGS = frozenset(
    re.findall(
        r"\w+",
        "То Тот Это Этот Эта Эти Он Она Они Оно Но Однако Поэтому Также Кроме При По Для После До За Из Мы Если Когда "
        "Как Что Чтобы Так Там Тогда Від Він Вона Вони Але Якщо The There He She It They We This These Those But "
        "However When While Although As Here Now Thus Meanwhile Instead According During Despite Since",
    )
)
# Small words that names are made of, too: «на Первый канал», "in May".
_IN_NAMES = ("May", "March", "Will", "Перв", "Втор", "Земл", "Побед")
_SHORTEST = 4
_ADJECTIVE = ("ий", "ый", "ая", "ое", "ие", "ые")
# What stands before a name in a link or a tag, where it is written in small letters.
_OF_LINKS = tuple("/.@#_-")
# A heading in capitals, and the sentence below it.
_HEADING = re.compile(r"(?:\b[A-Z][\w'’&-]* ){7}")
# "Clubs: Port, Fort Goals: 56 A player of rank"
_LABELS = re.compile(r": .*[^\W\d_]: ")
# Whose the picture above it is: «Порт port.tv Марат Абай открыл …».
_SITE = re.compile(r"\.(?<=[^\W\d_]\.)(?:com|info|kz|net|org|ru|tv|ua|uz) [A-ZА-ЯЁІЇЄҐ][а-яёіїєґa-z]")
# A question that is answered: an interview.
_ANSWERED = re.compile(r"\?\W+\w")


def joints(text: str) -> list[int]:
    """Where a blank is missing between two words."""
    return [found.end() for found in _JOINT.finditer(text)] if _LOOK.search(text) else []


def holds_another(unquoted: str) -> bool:
    """Whether a sentence, its quotations left out, must hold another line."""
    if _HEADING.search(unquoted) or (unquoted.count(": ") > 1 and _LABELS.search(unquoted)):
        return True
    if _SITE.search(unquoted):
        return True
    if "?" in unquoted and _ANSWERED.search(unquoted):
        return True
    return any(found[1] in _BEGINNINGS and unquoted[found.start() - 1].isalnum() for found in _capitals(unquoted))


def runs_on(unquoted: str, text: str) -> bool:
    """Whether a word of it has a capital that it has not elsewhere in the text: it may begin another line.

    An adjective may if it stands there alone; one of a place is of a name.
    """
    for found in _capitals(unquoted):
        word, before = found[1], unquoted[: found.start()].rpartition(" ")[2]
        is_line = before.isdigit() or (before.islower() and before[-1].isalpha() and not is_function_word(before))
        if not is_line or len(word) < _SHORTEST or word.startswith(_IN_NAMES):
            continue
        if _is_small(text, word.lower()) or (word.endswith(_ADJECTIVE) and "ск" not in word and text.count(word) == 1):
            return True
    return False


def _capitals(unquoted: str) -> list[re.Match[str]]:
    return list(_CAPITAL.finditer(unquoted, 1))


def _is_small(text: str, word: str) -> bool:
    """Whether the text has the word in small letters; of an adjective, in whatever form."""
    stem = word[:-2] if word.endswith(_ADJECTIVE) and len(word) > _SHORTEST + 2 else ""
    return _has_word(text, word) or bool(
        stem and re.search(rf"(?<![\w-]){stem}(?:о[йме]|ого|ому|ую|ы[йхме]|и[йхм]|ая|ие)\w?\b", text)
    )


def _has_word(text: str, word: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (text[at - 1 : at].isalpha() or text[at - 1 : at] in _OF_LINKS or text[end : end + 1].isalpha()):
            return True
        at = text.find(word, end)
    return False
