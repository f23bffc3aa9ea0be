"""Where a Russian line begins that ran into the one before, known by its grammar alone. Pure.

Two verbs in the past or present, and no mark nor conjunction between them, are of two sentences. The second begins with
its subject: a word with a capital that is a nominative and nothing else, no name, and as many as the second verb tells:
«… превзойти порт Лидер рынка в феврале представил причал».
"""

import re
from collections.abc import Iterator

from storage.language.analyser import is_russian_predicate, russian_finite, russian_subject
from storage.language.function_words import is_function_word

# No line has a seam without one.
_CAPITAL = re.compile(r"[а-яё\d%)»\"] [А-ЯЁ][а-яё]")
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_STRETCH = re.compile(r"(?:[^,;:—–!?.…()«»“”\"/|\s-]|(?<=\S)-(?=\S)|[^\S\n](?![-–—] ))+")
_WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[а-яё]+)*")
_FINITE = re.compile(r"(?:[аиеуыояю]л[аои]?(?:с[ья])?|[еиёуюая]т(?:ся)?|шл[аои])\Z")
# «Приговор вынесен», which stands in headings.
_PASSIVE = re.compile(r"(?:[аяеё]н|ыт|[еу]т)[аоы]?\Z")
_JOINING = frozenset(
    re.findall(r"\w+", "и а но или либо то да ли же что чтобы как если когда где куда откуда чем хотя пока пусть будто")
)
_SHORTEST = 4


def run_ons(line: str) -> Iterator[int]:
    """Where such lines begin, but for the first."""
    if not _CAPITAL.search(line):
        return
    unquoted = _QUOTED.sub(lambda found: "0" * len(found[0]), line)
    for stretch in _STRETCH.finditer(unquoted):
        if _CAPITAL.search(stretch[0]):
            for at in _of_stretch(stretch[0]):
                yield stretch.start() + at


def _of_stretch(stretch: str) -> Iterator[int]:
    """In words between which stands no mark."""
    is_said, begins, subject, before = False, 0, frozenset[str](), ""
    for found in _WORD.finditer(stretch):
        word = found[0]
        if word.lower() in _JOINING:
            is_said, subject = False, frozenset()
        elif word[0].isupper():
            if is_said and not subject and _may_end(before) and len(word) >= _SHORTEST:
                begins, subject = found.start(), russian_subject(word.lower())
        elif _FINITE.search(word) and (wanted := russian_finite(word)):
            if subject & wanted:
                yield begins
            is_said, subject = True, frozenset()
        elif _PASSIVE.search(word) and is_russian_predicate(word):
            is_said = True
        before = word


def _may_end(word: str) -> bool:
    """Whether a sentence may end with this word."""
    return not is_function_word(word.lower()) and not (_FINITE.search(word) and russian_finite(word))
