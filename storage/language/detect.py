"""Which language a text is in: ru, uk, en, kk, az, else `und`.

    text ──without addresses and tags──▶ words ──signs──▶ votes ──▶ sum ──clear──▶ the language of most
                                           └── signs and dictionaries ──▶ sum ◀──doubtful──┘

Every word votes for each language that it may be of, the more the surer it is, so a mixed text goes by the majority of
its words. Neighbours of the five (Turkish, Kyrgyz, Belarusian …) are voted for too, lest their texts are taken for the
nearest one; but in a few words they have to show a word that is none of the five's. Where the signs leave doubt, as in
short texts, the analysers say which words they know.

On SIB-200 it is right of 99.8 % of sentences cut to eight words and of 99.2 % cut to four (99.7 and 99.0 of the half
that it was not made with), the five languages on the average; fastText's lid.176.ftz, limited to the five, of 99.3 and
96.3; py3langid, which takes 90 MB, of 99.9 and 99.0. The price is that about a quarter of Turkish and Kyrgyz texts of
four words, without a sign of their own, are taken for Azerbaijani or Kazakh; of eight words, up to one in seven.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from storage.language.analyser import UNKNOWN, analyser
from storage.language.function_words import FUNCTION_WORDS
from storage.language.signs import (
    ATTACHED,
    HINT,
    IMPOSSIBLE,
    KAZAKH_LATIN,
    LEANING,
    NEIGHBOUR,
    SIGN,
    SIGNS,
    TRACE,
    UNLIKE_KAZAKH,
    WORDS,
)

Votes = Mapping[str, float]

# The beginning says it as well as the whole, and mixed texts go by their majority there: characters, and of a long text
# every second, third … word, so that about this many are weighed.
_READ, _WEIGHED = 3000, 100
# Of a longer text, a glance at the words that one language alone has in every text is enough where there are so many of
# them, and so many times as many as of any other. It tells 98 % of 8,400 articles and posts in three languages, each as
# it is told by weighing, in a tenth of the time.
_PLAIN, _LEAD = 5, 6

# What is left of «5-й» without its number says nothing; what Kazakh and Azerbaijani hang on, much: «60-тан», «ABŞ-ın».
_WORD = re.compile(rf"(?<=[^\Wa-zа-яё_])-(?:{ATTACHED})(?!\w)|(?<!\d-)(?<![^\W\d_])[^\W\d_]+(?:'[^\W\d_]+)*")
# They are in Latin letters whatever the text is in.
_ADDRESS = re.compile(r"://|@\w|[a-zA-Z0-9]\.[a-z]{2,4}(?:/|\W*$)")
_TAG = re.compile(r"#\w+")
_SAME = str.maketrans(dict.fromkeys("\u2018\u2019\u02bb\u02bc`", "'") | dict.fromkeys("\u00ad\u0301\u200b"))
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z']*")

# What a word without any sign says: most texts in these letters are in this language.
_DEFAULT = ((re.compile(r"[а-яё']+"), "ru"), (re.compile(r"[a-z']+"), "en"))
# The first of those that have as many votes.
_ORDER = ("ru", "uk", "en", "az", "kk", NEIGHBOUR)
# Less than this between the first two, for each word, leaves doubt.
_CLEAR = 0.3
# So much each word has to say for the language on the average, if there are enough of them.
_LEAST, _ENOUGH = 0.25, 6
# What is left of a language's vote for a word that is another's, by its dictionary or its common words.
_CONTRADICTED = 0.3
# What is longer is an address or an encoded blob, and dear to look at for signs.
_LONGEST = 60
# Of fewer words, the dictionaries are always asked.
_FEW = 9
# A neighbour's own word says so much more of it than of any of the five.
_OWN = 0.25
# Shorter words are in many dictionaries.
_LONG = 4

# Words that are in every text of one of them alone.
_TELLING = {
    word: language
    for language, words in WORDS.items()
    for word in words.difference(*(others for other, others in WORDS.items() if other != language))
}

_STRONGEST_FIRST = {language: sorted(signs, key=lambda sign: -sign[0]) for language, signs in SIGNS.items()}

# Some hundreds, by what they say.
_VOTES: dict[tuple[tuple[str, float], ...], Votes] = {}

_SCRIPT = {"ru": "cyrillic", "uk": "cyrillic", "kk": "cyrillic", "en": "latin", "az": "latin"}


def detect(text: str) -> str:
    """ISO 639-1 code of the language of most words, or `und`."""
    beginning = text[:_READ]
    return _glance(beginning) or _detect(_words(beginning))


def _glance(text: str) -> str | None:
    """The language that a long text is plainly in."""
    pieces = text.lower().split()
    if len(pieces) <= _WEIGHED:
        return None
    # Each once: what a text repeats, a refrain or a name, says no more of it.
    votes = Counter(filter(None, map(_TELLING.get, set(pieces))))
    (best, most), (_, second) = [*votes.most_common(2), ("", 0), ("", 0)][:2]
    return best if best in FUNCTION_WORDS and most >= max(_PLAIN, _LEAD * second) else None


def _detect(words: Sequence[str]) -> str:
    votes = _count(words, map(_by_signs, words))
    (best, most), (_, second) = votes.most_common(2)
    if len(words) < _FEW or most - second < _CLEAR * len(words):
        votes = _informed(words)
        best, most = votes.most_common(1)[0]
    enough = _LEAST * len(words) if len(words) >= _ENOUGH else TRACE
    return best if best in FUNCTION_WORDS and most >= enough else UNKNOWN


def settle(declared: str | None, text: str) -> str:
    """The declared language, unless the text is plainly in the letters of another (a site's default is `en-US`)."""
    found = detect(text)
    if declared is None or found == UNKNOWN:
        return declared or found
    contradicts = declared in _SCRIPT and declared != "kk" and _SCRIPT[declared] != _SCRIPT[found]
    return found if contradicts else declared


def _words(text: str) -> list[str]:
    """The words that count, as they are written; beside Cyrillic ones, capitalised Latin ones are names.

    The first is written small if the second is: a sentence begins with a capital whatever its first word.
    """
    pieces = [piece for piece in text.split() if len(piece) <= _LONGEST]
    chosen = pieces[:: 1 + len(pieces) // _WEIGHED]
    bare = " ".join(piece for piece in chosen if not _ADDRESS.search(piece)).translate(_SAME)
    found = _WORD.findall(_TAG.sub(" ", bare)) or _WORD.findall(bare)
    if any(map(_CYRILLIC.match, found)):
        found = [word for word in found if not _LATIN_NAME.fullmatch(word)]
    return [found[0].lower(), *found[1:]] if found[1:] and found[1].islower() else found


def _informed(words: Sequence[str]) -> Counter[str]:
    languages = _dictionaries(words)
    return _count(words, (_by_dictionaries(word, languages) for word in words))


def _count(words: Sequence[str], ballots: Iterable[Votes]) -> Counter[str]:
    """The votes for each; in a few words, a neighbour has some only if one of them, no name, is its own."""
    total = dict.fromkeys(_ORDER, 0.0)
    for ballot in ballots:
        for language, vote in ballot.items():
            total["kk" if language == KAZAKH_LATIN else language] += vote
    if len(words) < _ENOUGH:
        telling = [word for word in words if not word[0].isupper()] or words
        total[NEIGHBOUR] *= any(map(_is_of_neighbour, telling))
    return Counter(total)


def _is_of_neighbour(written: str) -> bool:
    votes = _by_signs(written)
    others = max((vote for language, vote in votes.items() if language != NEIGHBOUR), default=0.0)
    return votes.get(NEIGHBOUR, 0) - others > _OWN


# Words repeat: of 2,000 articles four in five come from here. It takes about 8 MB, for equal votes are kept once.
@lru_cache(maxsize=1 << 15)
def _by_signs(written: str) -> Votes:
    word, lowered = _small(written), written.lower()
    votes = {language: _weight(word, language) for language in SIGNS if not IMPOSSIBLE[language].search(lowered)}
    # A neighbour's written large are foreign names.
    owners = {language for language in votes if word in WORDS[language]} - ({NEIGHBOUR} if written != word else set())
    if owners:
        # What a neighbour has too is no less of the five.
        among = len(owners - {NEIGHBOUR}) or 1
        votes = _weaken(votes, votes.keys() - owners)
        votes |= {language: max(votes[language], SIGN / among) for language in owners}
    for letters, language in _DEFAULT:
        if letters.fullmatch(word) and language in votes:
            votes[language] = max(votes[language], TRACE)
    cast = {language: vote for language, vote in votes.items() if vote}
    return _VOTES.setdefault(tuple(cast.items()), cast)


def _dictionaries(words: Iterable[str]) -> tuple[str, ...]:
    """Those to be asked: the Ukrainian one takes 22 MB, and a text of Russian words alone has no need of it."""
    return ("ru", "uk", "en") if any(map(_is_strange, words)) else ("ru", "en")


def _is_strange(written: str) -> bool:
    """Whether it may be Ukrainian and is no Russian word."""
    if not _is_possible(written, "uk") or written in WORDS["ru"]:
        return False
    if written in FUNCTION_WORDS["uk"] or not _is_possible(written, "ru"):
        return True
    return written.islower() and not analyser("ru").knows(written)


@lru_cache(maxsize=1 << 12)
def _by_dictionaries(written: str, languages: tuple[str, ...]) -> Votes:
    word, votes = _small(written), _by_signs(written)
    asked = [language for language in languages if _is_possible(written, language)]
    if not asked or any(word in words for words in WORDS.values()):
        return votes
    if known := [language for language in asked if analyser(language).knows(word)]:
        weakened = _weaken(votes, votes.keys() - known)
        if written != word:
            return weakened | _name_says(known, votes)
        return weakened | _borrowed(word, votes) | dict.fromkeys(known, _known_says(word))
    weakened = _weaken(votes, asked)
    return weakened if written != word else _strongest(weakened, _unknown_says(word, votes))


def _borrowed(word: str, votes: Votes) -> dict[str, float]:
    """Kazakh has Russian words, and Azerbaijani international ones, but not their endings."""
    return {
        language: HINT
        for language, lender in (("kk", "ru"), ("az", "en"))
        if len(word) >= _LONG and votes.get(lender) == TRACE and _is_possible(word, language)
    }


def _known_says(word: str) -> float:
    return SIGN if len(word) >= _LONG else HINT


def _name_says(known: Collection[str], votes: Votes) -> dict[str, float]:
    """A capitalised word; the Ukrainian dictionary has many a foreign name that the Russian one has not."""
    doubtful = min(HINT, votes.get("uk", TRACE))
    return {language: HINT if language != "uk" or "ru" in known else doubtful for language in known}


def _unknown_says(word: str, votes: Votes) -> dict[str, float]:
    """A word in small letters that no dictionary has."""
    likely = {
        "kk": 0 if UNLIKE_KAZAKH.search(word) else LEANING,
        "az": LEANING if "az" in votes else SIGN / 2,
        KAZAKH_LATIN: LEANING if KAZAKH_LATIN in votes else SIGN / 2,
        NEIGHBOUR: LEANING,
    }
    return {language: vote for language, vote in likely.items() if not IMPOSSIBLE[language].search(word)}


def _weight(word: str, language: str) -> float:
    return next((weight for weight, sign in _STRONGEST_FIRST[language] if sign.search(word)), 0.0)


def _weaken(votes: Votes, contradicted: Collection[str]) -> dict[str, float]:
    return {
        language: max(vote * _CONTRADICTED, min(vote, TRACE)) if language in contradicted else vote
        for language, vote in votes.items()
    }


def _strongest(votes: Votes, others: Votes) -> dict[str, float]:
    return {language: max(votes.get(language, 0), others.get(language, 0)) for language in votes.keys() | others.keys()}


def _is_possible(written: str, language: str) -> bool:
    return not IMPOSSIBLE[language].search(written.lower())


def _small(written: str) -> str:
    return written.lower().replace("i\u0307", "i")
