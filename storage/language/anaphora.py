"""How sentences begin that are understood only after another one: «Он …», «При этом …», "Also …"."""

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# First words that lean on what was said before,
_FIRST = _words(
    "он она оно они его её ее их ему ей им этот эта это эти этого этой этом этому этим этих эту тот та те такой такая "
    "такое такие такую такого таких так там тогда тут здесь туда оттуда также тоже однако но а и поэтому затем потом "
    "позже впоследствии впрочем зато причем причём притом вдобавок второй вторая второе третий последний последняя "
    "последние данный данная данное данные другой другая другие остальные оба обе собеседник отмечается сообщается "
    "уточняется добавляется подчеркивается подчёркивается указывается поясняется отсюда поскольку ведь кстати "
    "аналогичный аналогичная аналогичное аналогичные следующий следующая следующее следующие следующим "
    "следующими следовательно соответственно напротив наоборот следом далее "
    "указанный указанная указанное указанные иначе итак да нет или тем последнее именно вот вследствие пострадавший "
    "пострадавшая ведомство сам сама сами "
    "he she it they his her its their this that these those such also but and however then there meanwhile so yet one "
    "still instead additionally moreover furthermore another both otherwise besides likewise similarly nevertheless "
    "nonetheless therefore thus hence or nor because him them afterwards elsewhere which "
    "він вона воно вони його її їх йому їй їм цей ця це ці цього цієї цьому цим цих цю також теж однак але проте тому "
    "там тоді так й та ж тут отже згодом потім утім втім "
    "ол олар бұл осы сол оның оларды ондай бірақ алайда сондай-ақ сонда оған бұған онда мұнда сондықтан бұдан оны "
    "o onlar bu onun bunun buna həmin lakin amma həmçinin belə eyni bundan ona bununla onu bunu burada orada buna"
)
# and words that do so at the second or third place: «По его словам», «После этого».
_NEAR = _words(
    "его её ее их ему эти этом этого этим этой этому этих эту него неё нее них нему ней ним нём нем тем того том "
    "его такой таких таким такими такому прочего собой последний "
    "his her their its this that these those addition same latter "
    "його її їх цього цьому цим цієї цих нього неї них тим того "
    "оның осы соның бұл сонымен onun bunun onların bundan bununla"
)
_PHRASES = re.compile(
    r"(?:так(?:же| же)? поступ\w+|кроме того|при этом|вместе с тем|тем не менее|в то же время|в свою очередь|между тем"
    r"|между прочим|в частности|(?:из-за|вследствие) (?:чего|этого)|после чего|благодаря чему|в связи с чем"
    r"|вс[её] это|речь ид[её]т о|речь шла о"
    r"|таким образом|к тому же|более того|помимо этого|тем временем|с другой стороны|в результате|в итоге|как следствие"
    r"|например|к примеру|крім того|при цьому|водночас|разом з тим|тим часом|зокрема|у свою чергу|наприклад"
    r"|for example|for instance|in addition|as a result|at the same time|on the other hand|in fact|of course"
    r"|after all|that said|сонымен қатар|сонымен бірге|осыған байланысты|eyni zamanda|bundan başqa|bununla yanaşı)\b",
    re.IGNORECASE,
)
# «…», — сказал он.
_SAID = re.compile(
    r"[»”\",]+\s*[—–-]?\s*(?:\w+\s+(?:он|она|они|він|вона|вони)\b|(?:he|she|they)\s+\w+\b|\w+\s+(?:he|she|they)\b)"
    r"[^»”\"]{0,40}\Z"
)
_SAYS = (
    r"(?:отме[чт]|доба[вил]+|подч[её]рк|сказа|заяв|расска|сообщ|поясн|уточн|счита|напомн|призва|призна|указа|объясн"
    r"|выраз|напис|утвержда|говор|увер|полага|вспомн|пообещ|предполож|посовет|рекоменд)\w*"
)
# «Он отметил, что …», «По его словам, …», "She said …".
_SAYING = re.compile(
    rf"(?:при этом |также |кроме того, )?(?:он|она) (?:также |ещ[её] |при этом )?{_SAYS}"
    r"|(?:по|со) (?:его|е[её]|их) (?:слов|мнени|оценк|убеждени)\w+"
    r"|(?:he|she) (?:also |further |then )?(?:said|says|added|told|noted|explained|wrote|stressed|believes|thinks)\b",
    re.IGNORECASE,
)
# First words that only join a sentence to another, which can be understood without it.
_JOINING = _words(
    "но а и также тоже однако but and also however yet still але проте однак та й також бірақ алайда lakin amma "
    "həmçinin"
)
# When, and not what: «В этом году», "This week".
_WHEN = re.compile(
    r"(?:(?:в|на|с|до) )?эт\w{1,2} (?:год|месяц|недел|сезон|выходны|лет|зим|весн|осен)\w*"
    r"|this (?:year|week|month|season|summer|autumn|winter|spring|weekend|morning|afternoon|evening)\b"
    r"|(?:у|на|до) ць\w{1,3} (?:ро|міся|тижн|сезон)\w*"
    r"|it (?:is|was|takes|took|makes|seems|appears) (?:\w+ ){1,3}(?:to|that)\b",
    re.IGNORECASE,
)
# «Когда оно будет готово», "If they agree", "Now he says".
_CLAUSE = re.compile(
    r"(?:когда|если|пока|хотя|чтобы|как только|when|if|while|although|though|as|once|until|коли|якщо|поки|хоча"
    r"|теперь|сейчас|сегодня|недавно|now|today|зараз|сьогодні) "
    r"(?:он|она|оно|они|he|she|it|they|він|вона|воно|вони)\b",
    re.IGNORECASE,
)
# The first letter of an abbreviation is no word: "O.P.V. is a vaccine."
_WORD = re.compile(r"\w+(?:-\w+)*(?!\.\w)")


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word for something, or is said by somebody, that another one must have named."""
    if when := _WHEN.match(sentence):
        sentence = sentence[when.end() :]
    first, *near = [word.lower() for word in _WORD.findall(sentence[:60])][:3] or [""]
    if first in _FIRST or not _NEAR.isdisjoint(near):
        return True
    return bool(_PHRASES.match(sentence.lstrip('«"“„(— ')) or _CLAUSE.match(sentence) or _SAID.search(sentence[-100:]))


def is_said_by_somebody(sentence: str) -> bool:
    """Whether a sentence leans on another for nothing but the name of who says it."""
    if _SAYING.match(sentence):
        return True
    return bool(_SAID.search(sentence[-100:])) and sentence[0] in '«"“—–-'


def goes_on(sentence: str) -> bool:
    """Whether a sentence that leans on another does so by its first word alone, and that only joins it."""
    first, _, rest = sentence.partition(" ")
    return first.strip('«"“„(—,').lower() in _JOINING and not leans(rest)
