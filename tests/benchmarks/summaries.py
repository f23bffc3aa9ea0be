"""What two hundred real articles are said to be about in a digest: how many of the texts are fit to be read.

    ours      `storage.summary`: whole sentences, chosen
    window    260 characters around the words met (`storage.excerpt`), cut where they end
    three     the first three sentences, cut at 260 characters

Each article is asked for by a word of its own, mostly a name. The checks know the text and the query alone: they share
no rule with the code that they judge.

    python -m tests.benchmarks.summaries [--seed SEED] [--count COUNT] [--failures] [--read]
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cache
from typing import NamedTuple

from pymorphy3 import MorphAnalyzer

from bot.sources import clean, parse, rows
from storage.excerpt import excerpts, headline
from storage.language.detect import detect
from storage.language.document import Document, analyse
from storage.models import Article, Draft, Excerpt, Source
from storage.query import parse as parsed
from storage.summary import summary
from storage.syntax import Query
from tests.benchmarks.report import line, table
from tests.news_data import import_rows, post_drafts
from tests.shared import shared

SEED, COUNT = 20201, 200
WINDOW = 260
ALIKE = 0.8
LONGEST = 300

_NAME = re.compile(r"(?<=[a-zа-яё,] )[A-ZА-ЯЁ][a-zа-яё]{3,}")
_LONG_WORD = re.compile(r"[^\W\d_]{6,}")
_SELF = re.compile(
    r"подписыв|подпишит|подписаться|читайте|фото\s?:|https?:|t\.me|getty|©|\bsubscribe\b|click here|sign(?:ing)? up"
    r"|share (?:on|this)\b|(?:^|[.!?…] )смотрите "
    r"|read more|\bread(?:: | - )"
    r"|нашем (?:telegram|канале)|для кого:"
    r"|newsletter\b|👉|прислать нов|поддержите нас|наш канал|follow us|reporting by|смотрите также",
    re.IGNORECASE,
)
# "NEW YORK (AP) —", «БАКУ, 5 мая -», "New Delhi, May 02:": a sentence begins behind it.
_DATELINE = re.compile(
    r"(?:[A-ZА-ЯЁ]{3,}[^a-zа-яё¶]{0,20}|\([A-ZА-Я][\w ]+\)|[A-Z][a-z]+ \d\d?|\d [а-я]+|[A-ZА-ЯЁ]{3}, [A-Z]\w+|\d:\d\d"
    r")\s?(?:-+|[–—:])\s*\Z|[A-Z]{3} [A-Z]{3,}\s*\Z|[a-z]_icons_[a-z]+\s*\Z"
)
_NAMES = {"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr"}
_SMALL_WORDS = frozenset(
    [
        "The",
        "This",
        "That",
        "These",
        "Those",
        "He",
        "She",
        "It",
        "They",
        "We",
        "Here",
        "There",
        "When",
        "While",
        "After",
        "Before",
        "For",
    ]
)
_RUBRIC = re.compile(r"[А-ЯЁ][а-яё]+")
_NOW = datetime(2020, 5, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    article: Article
    document: Document
    query: Query


class Verdict(NamedTuple):
    """None where there is nothing to ask; `met`: the text has a word looked for, `carried`: it or the headline has."""

    whole: bool | None
    met: bool | None
    carried: bool | None
    clean: bool
    fresh: bool | None
    told: bool | None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--failures", action="store_true", help="print what fails a check")
    parser.add_argument("--read", action="store_true", help="print all, to be read")
    given = parser.parse_args()
    found = cases(given.seed, given.count)
    shown: dict[str, Callable[[Case], Excerpt]] = {"ours": ours, "window": window, "three": three}
    verdicts = {name: [judge(case, told(case)) for case in found] for name, told in shown.items()}
    for number, (case, verdict) in enumerate(zip(found, verdicts["ours"], strict=True)):
        if given.read or (given.failures and False in verdict):
            line(f"\n{number} [{case.query.text}] {case.article.title}\n   {marked(ours(case))}")
            line(f"   {[name for name, value in zip(Verdict._fields, verdict, strict=True) if value is False] or ''}")
    heading = ("% of those that can be asked", *Verdict._fields)
    table(heading, *((name, *map(share, zip(*found, strict=True))) for name, found in verdicts.items()))


def share(answers: tuple[bool | None, ...]) -> str:
    asked = [answer for answer in answers if answer is not None]
    return f"{100 * sum(asked) / len(asked):.1f} of {len(asked)}"


def cases(seed: int, count: int) -> list[Case]:
    """Articles of each kind, as many of each, and for each a query out of it."""
    chance = random.Random(seed)
    kinds = [list(kind()) for kind in (russian, english, posts, feed)]
    chosen = [draft for kind in kinds for draft in chance.sample(kind, count // len(kinds))]
    return [_case(draft, chance) for draft in chosen]


def russian() -> Iterator[Draft]:
    return map(rows.read, import_rows())


def english() -> Iterator[Draft]:
    return map(rows.read, import_rows(language="en"))


def posts() -> Iterator[Draft]:
    return iter(post_drafts())


def feed() -> Iterator[Draft]:
    yield from parse.feed(shared("data", "lenta_20221203.rss.xml").read_bytes()).drafts


def _case(draft: Draft, chance: random.Random) -> Case:
    language = draft.language or detect(f"{draft.title} {draft.text}")
    article = Article(
        id=1,
        story_id=1,
        source=Source(id=1, name="", host=""),
        title=draft.title,
        text=draft.text,
        url=None,
        author=None,
        language=language,
        published_at=_NOW,
        stored_at=_NOW,
    )
    document = Document(analyse(draft.title, language), analyse(draft.text, language), language, (), _NOW)
    return Case(article, document, _query(draft, chance))


def _query(draft: Draft, chance: random.Random) -> Query:
    names = [name for name, _ in Counter(_NAME.findall(f"{draft.title} {draft.text}")).most_common(4)]
    others = [word for word, _ in Counter(_LONG_WORD.findall(draft.text or draft.title)).most_common(4)]
    return parsed(f'"{chance.choice(names or others or ["новость"])}"')


def ours(case: Case) -> Excerpt:
    return summary(case.query, case.article, case.document)


def window(case: Case) -> Excerpt:
    return excerpts(case.query, case.article, case.document, length=WINDOW)[1]


def three(case: Case) -> Excerpt:
    first = " ".join(re.split(r"(?<=[.!?…])\s+(?=[A-ZА-ЯЁ«\"“])|\n+", case.article.text)[:3])
    return Excerpt(clean.shorten(first, limit=WINDOW))


def judge(case: Case, shown: Excerpt) -> Verdict:
    text, told = folded(case.article.text), shown.text
    can_tell = len(text) > 1.5 * len(case.article.title) + 60
    fresh = None
    if told:
        alike = SequenceMatcher(None, case.article.title.lower(), told.lower(), autojunk=False).ratio()
        fresh = alike < ALIKE and not told.startswith(case.article.title.rstrip(".…")[:60])
    met = _found_words(case)
    is_asked = bool(told) and _can_be_met(case, met)
    is_met = any(_has(told, word) for word in met)
    return Verdict(
        whole=is_whole(told, text) if told else None,
        met=is_met if is_asked else None,
        carried=is_met or bool(headline(case.query, case.article, case.document).marks) if is_asked else None,
        clean=not _SELF.search(told),
        fresh=fresh,
        told=bool(told) if can_tell else None,
    )


def _found_words(case: Case) -> set[str]:
    found = excerpts(case.query, case.article, case.document, length=len(case.article.text))[1]
    return {found.text[start:end] for start, end in found.marks}


def _can_be_met(case: Case, words: set[str]) -> bool:
    """Whether one of the words stands in what can be told: a statement of a fair length that is not the headline.

    A word that stands nowhere else than in the headline, or in a sentence that says it again, is marked there.
    """
    statements = [one for one in re.split(r"(?<=[.!?…])\s+|\n+", case.article.text) if _can_be_told(one, case)]
    return any(_has(one, word) for word in words for one in statements)


def _has(text: str, word: str) -> bool:
    """As a word: «Steam» is not met by «SteamVR». A blank may have been put where two words ran together."""
    return bool(re.search(rf"(?<!\w){' ?'.join(map(re.escape, word))}(?!\w)", text))


def _can_be_told(statement: str, case: Case) -> bool:
    if not 30 <= len(statement) <= LONGEST or not re.search(r"[^?][.!…][»”\"]?$", statement) or _SELF.search(statement):
        return False
    return not _is_list(statement) and not _is_again(statement, case.article.title)


def _is_list(statement: str) -> bool:
    """Names and numbers, as those of a team: hardly a word in small letters."""
    words = re.findall(r"\w{3,}", statement)
    return bool(sum(word.islower() for word in words) < len(words) / 3)


def _is_again(statement: str, title: str) -> bool:
    """Whether it is the headline, in whatever order of its words, or what that was cut out of."""
    pairs = [(title.lower(), statement.lower()), (_sorted(title), _sorted(statement))]
    alike = max(SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in pairs)
    begins = re.sub(r"^\W+", "", statement).startswith(re.sub(r"^\W+", "", title).rstrip(".…")[:60])
    return alike >= ALIKE or begins


def _sorted(text: str) -> str:
    return " ".join(sorted(re.findall(r"\w+", text.lower())))


def is_whole(told: str, text: str) -> bool:
    """Whether it is one stretch of the text, or two, each from where a sentence begins to where one ends.

    Where a page's lines ran together no stop stands before a sentence: it begins with a capital that its first word,
    in small letters elsewhere in the text or known as no name, has for no other reason, or that stands within a word;
    or behind a time.
    """
    gaps = [at for at, sign in enumerate(told) if sign == " "]
    return _is_stretch(told, text) or any(
        _is_stretch(told[:at], text) and _is_stretch(told[at + 1 :], text) for at in gaps
    )


def _is_stretch(piece: str, text: str) -> bool:
    """A stop may have been put behind a sentence that has none, or the mark of a quotation that another one has."""
    pieces = (piece, re.sub(r"[.»”\"]\Z", "", piece), re.sub(r"\A[«“\"]", "", piece))
    found = next(filter(None, (_found(one, text) for one in pieces)), None)
    if found is None or piece[0].islower():
        return False
    at, piece = found.start(), found[0]
    before, after = text[:at].rstrip(" "), text[found.end() :].lstrip(" ")
    begins = bool(_DATELINE.search(before[-60:]) or _RUBRIC.fullmatch(before))
    begins = (
        begins
        or not before
        or bool(re.search(r"[^\w,;(–-]\s*$|\d:\d\d(?: [A-Z]+)?$", before))
        or _begins_line(piece, text)
    )
    begins = begins or bool(re.search(r"[a-zа-яё]$", text[:at]))
    stops = bool(re.search(r"[.!?…][»”\"'’)\]]*$", piece)) or not after or not re.match(r"[\w,;:–—-]", after)
    # Small letters without a stop behind a sentence's own are what a page is found by.
    goes_on = after[:1].islower() and bool(re.match(r"[^¶]*[.!?…]", after))
    return begins and stops and not goes_on and not re.search(r"(?:^|\s)(?:г|им|ул|тыс|Mr|Dr|St)\.$", piece)


@cache
def _morph() -> MorphAnalyzer:
    return MorphAnalyzer()


def _found(piece: str, text: str) -> re.Match[str] | None:
    """A blank may have been put between words that ran together."""
    return re.search(r" ?".join(map(re.escape, piece.split(" "))), text)


def _begins_line(piece: str, text: str) -> bool:
    first = piece.split(" ", 1)[0]
    is_small = re.search(rf"(?<=[^\W\d_] ){re.escape(first.lower())} ", text)
    return first.istitle() and bool(is_small or _is_no_name(first))


@cache
def _is_no_name(word: str) -> bool:
    """Whether a dictionary of Russian has the word and nobody is called so, or it is a small word of English."""
    if word in _SMALL_WORDS:
        return True
    known = _morph().parse(word) if re.fullmatch(r"[А-ЯЁ][а-яё]+", word) else []
    return any(one.is_known for one in known) and not any(_NAMES & one.tag.grammemes for one in known)


def folded(text: str) -> str:
    """A paragraph's end is a sign of its own here; a link amid a sentence is left out."""
    text = re.sub(r"(?<=[a-zа-яё] )https?://\S+ (?=[a-zа-яё])", "", text)
    return re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*(?:[-–—*•]\s*)?", "¶ ", text))


def marked(excerpt: Excerpt) -> str:
    text = excerpt.text
    for start, end in reversed(excerpt.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text or "—"


if __name__ == "__main__":
    main()
