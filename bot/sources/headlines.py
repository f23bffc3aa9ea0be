"""The headline of a text that has none: its first sentence, as newsrooms would set it.

sentences ──the first in words──▶ without pictures and tags ──▶ with the next, where it says too little ──▶ cut
"""

import re

from bot.sources import clean
from storage.bare import bare
from storage.sentences import sentences

# «Путин:», «Вот это да!», «Спецоперация»: what is shorter than this, or ends in a colon, leaves the news to the next.
LEAST = 20
# The heading of a list says enough if it is as long as this.
_LONG_HEADING = 60

# Signs, numbers and hashtags often stand alone before the news.
_WORD = re.compile(r"(?<![#@\w])[^\W\d_]{2}")
# Who says so may be left out of a headline that is too long.
_SAYS = re.compile(
    r"(?:, |,? [—–-] )(?:(?:об этом|как|такое мнение|соответствующ\w+) )?(?:заяв|сообщ|переда[еёлю]|пиш[еу]т|рассказал"
    r"|следует из|говорится в|указано в|отмети|уточни|подчеркну|свидетельств|said |says |according to )",
    re.IGNORECASE,
)


def headline(text: str) -> str:
    """Of clean text; at most `clean.SENTENCE_LIMIT` characters, with … for what is missing."""
    found = [one for one in sentences(text) if _WORD.search(text, one.start, one.end)]
    told = [text[slice(*bare(text, one))] for one in found[:2]]
    if not told or not told[0]:
        return clean.first_sentence(text)
    whole = _joined(*told) if len(told) > 1 and _says_little(told[0]) else told[0]
    return _cut(clean.headline(whole).rstrip(" :;,"))


def _says_little(sentence: str) -> bool:
    return len(sentence) < LEAST or (sentence.endswith(":") and len(sentence) < _LONG_HEADING)


def _joined(heading: str, sentence: str) -> str:
    return f"{heading} {sentence}" if heading.endswith((".", "!", "?", "…", ":")) else f"{heading}. {sentence}"


def _cut(sentence: str) -> str:
    if len(sentence) <= clean.SENTENCE_LIMIT:
        return sentence
    says = [found.start() for found in _SAYS.finditer(sentence, _LONG_HEADING, clean.SENTENCE_LIMIT)]
    return f"{sentence[: says[-1]].rstrip(' ,—–-')}…" if says else clean.shorten(sentence)
