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
    "аналогичный аналогичная аналогичное аналогичные следовательно соответственно напротив наоборот следом далее "
    "иначе итак да нет или тем последнее именно вот вследствие пострадавший пострадавшая ведомство сам сама сами "
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
    "его её ее их этом этого этим этой этому этих эту него неё нее них нему ней ним нём нем тем того том "
    "его такой данным прочего собой последний "
    "his her their its this that these those addition same latter "
    "його її їх цього цьому цим цієї цих нього неї них тим того "
    "оның осы соның бұл сонымен onun bunun onların bundan bununla"
)
_PHRASES = re.compile(
    r"(?:кроме того|при этом|вместе с тем|тем не менее|в то же время|в свою очередь|между тем|между прочим|в частности"
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
_WORD = re.compile(r"\w+(?:-\w+)*")


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word for something, or is said by somebody, that another one must have named."""
    first, *near = [word.lower() for word in _WORD.findall(sentence[:60])][:3] or [""]
    if first in _FIRST or not _NEAR.isdisjoint(near):
        return True
    return bool(_PHRASES.match(sentence.lstrip('«"“„(— ')) or _SAID.search(sentence[-100:]))
