"""What a query may have meant: the nearest words that the store really has, and other names of what it names.

    no hits ──nearest──▶ the query with its unknown words in another layout, in another script, or mended by one letter
    always ──widened───▶ the query with OR between the names that mean the same

Both are offered and never searched in silence: a correct word in four has a neighbour one letter away. Everything is
bounded: so many words are looked at, so many guesses asked for in one statement each, so many queries tried.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, product

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import QueryError
from storage.expansions import Expansions, Found, Name
from storage.language.analyser import query_terms
from storage.language.slips import layouts, neighbours
from storage.language.transliteration import transliterations
from storage.lexemes import Kind
from storage.query import parse
from storage.search import search
from storage.syntax import Query
from storage.typed_words import Word, match, replaced, runs, sought

MOST = 4
MOST_TRIED = 8
# Unknown words, or names with others of their kind, that are looked at in one query.
MOST_LOOKED_AT = 3
MOST_NAMES = 6
# Frequencies are told apart up to here; a word in so many articles needs no further proof.
MOST_COUNTED = 1000
# A word that in all its forms is in a single article may be a slip of that article's.
FLOOR = 2
# A guess so many times less likely than the best one is noise beside it.
FAR_BEHIND = 100

_COUNT = sql(
    "SELECT value, found FROM (SELECT value, (SELECT count(*) FROM (SELECT 1 FROM article_index"
    " WHERE article_index MATCH value LIMIT :most)) AS found FROM json_each(:expressions)) WHERE found > 0"
)
_PUNCTUATION = ".,;:!?'\"…"


@dataclass(frozen=True, slots=True)
class Wider:
    """A query that asks for other names too, and these names."""

    text: str
    names: tuple[str, ...]


async def nearest(conn: AsyncConnection, query: Query, *, now: datetime) -> tuple[str, ...]:
    """For a query without hits: at most MOST queries as one would type them, the likeliest first.

    They find something; where none does, the best one is there all the same, for its words are those of the store.
    """
    words = list(sought(query.text))
    unknown = (await _unknown(conn, words))[:MOST_LOOKED_AT]
    options = {word: await _options(conn, word) for word in unknown}
    if not any(options.values()):
        return ()
    texts = dict.fromkeys((*_in_another_layout(query.text, words, options), *_mended(query.text, options)))
    texts.pop(query.text, None)
    found: list[str] = []
    for text in list(texts)[:MOST_TRIED]:
        if len(found) < MOST and await _finds(conn, text, now=now):
            found.append(text)
    return tuple(found or list(texts)[:1])


async def widened(conn: AsyncConnection, query: Query, expansions: Expansions) -> Wider | None:
    """The query with the other names of the first thing it names of which the store has others."""
    present = {word.form for word in sought(query.text)}
    for words, found in islice(_names(query.text, expansions), MOST_LOOKED_AT):
        missing = [name for name in found.others if not present.issuperset(name.forms)]
        matches = {expression: name for name in missing if (expression := match(name.as_query))}
        there = await _counts(conn, matches, most=1)
        names = [name for expression, name in matches.items() if expression in there][:MOST_NAMES]
        text = _with_names(query.text, words[found.start : found.stop], names)
        if names and match(text):
            return Wider(text, tuple(name.text for name in names))
    return None


async def _unknown(conn: AsyncConnection, words: Sequence[Word]) -> list[Word]:
    """The words that the store does not have in any form, and what falls into several words, as `[f,b` does."""
    asked = {word: expression for word in words if (expression := word.match)}
    known = await _counts(conn, asked.values(), most=1)
    return [word for word, expression in asked.items() if expression not in known or word.form is None]


async def _options(conn: AsyncConnection, word: Word) -> list[str]:
    """What may stand in place of a word, as it would be typed: layout slips, other scripts, then single letters."""
    _, core, behind = word.parts
    form = word.form
    in_layouts = dict.fromkeys((*layouts(core).values(), *layouts(core.strip(_PUNCTUATION)).values()), 1.0)
    in_scripts = transliterations(form) if form else {}
    # Of a beginning (word*) nobody can say whether a letter of it is wrong.
    mended = neighbours(form) if form and not behind else {}
    slips = _scores(in_layouts, await _frequencies(conn, word, in_layouts, floor=1))
    scripts = _scores(in_scripts, await _frequencies(conn, word, in_scripts, floor=1))
    edits = _scores(mended, await _frequencies(conn, word, mended, floor=FLOOR))
    # Texts hold addresses, and these have Russian words in Latin letters, each of them once.
    if max(scripts.values(), default=0) * FAR_BEHIND < max(edits.values(), default=0):
        scripts = {}
    ranked = [*((guess, True) for guess in slips), *((guess, False) for guess in (*scripts, *edits))]
    return list(dict.fromkeys(word.written(guess, whole=whole) for guess, whole in _one_form_each(ranked)))[:MOST]


def _scores(likely: Mapping[str, float], frequencies: Mapping[str, int]) -> dict[str, float]:
    """Guess → frequency × likelihood, the best first, without those that are far behind."""
    scores = {guess: likely[guess] * found for guess, found in frequencies.items()}
    best = max(scores.values(), default=0)
    ranked = sorted(scores, key=lambda guess: (-scores[guess], guess))
    return {guess: scores[guess] for guess in ranked if scores[guess] * FAR_BEHIND >= best}


def _one_form_each(ranked: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """One form of a word finds all others: the first of them is enough."""
    meant: set[str] = set()
    for guess, whole in ranked:
        terms = query_terms(guess)
        if meant.isdisjoint(terms):
            yield guess, whole
        meant |= terms


async def _frequencies(conn: AsyncConnection, word: Word, guesses: Collection[str], *, floor: int) -> dict[str, int]:
    """Guess → in how many articles it is, for those that in all their forms are in `floor` articles or more."""
    asked = {guess: word.guess(guess) for guess in guesses}
    counts = await _counts(conn, asked.values(), most=MOST_COUNTED)
    there = {guess: counts[expression] for guess, expression in asked.items() if expression in counts}
    before, _, behind = word.parts
    forms = {guess: replace(word, text=f"{before}{guess}{behind}").match or "" for guess in there}
    in_all_forms = await _counts(conn, list(filter(None, forms.values())), most=floor)
    return {guess: found for guess, found in there.items() if in_all_forms.get(forms[guess], 0) >= floor}


def _in_another_layout(text: str, words: Sequence[Word], options: Mapping[Word, list[str]]) -> Iterator[str]:
    """The whole query typed in another layout, if one of its unknown words is known there."""
    read = [layouts(word.parts[1]) for word in words]
    pairs = dict.fromkeys(pair for readings in read for pair in readings)
    for pair in pairs:
        new = {
            word: word.written(readings[pair], whole=True)
            for word, readings in zip(words, read, strict=True)
            if pair in readings
        }
        if len(new) > 1 and any(new.get(word) in options[word] for word in options):
            yield replaced(text, new)


def _mended(text: str, options: Mapping[Word, list[str]]) -> list[str]:
    """The query with all its unknown words replaced: by the best ones first, then by the next best of one of them."""
    choices = [list(enumerate(found)) for found in options.values() if found]
    mended = [word for word, found in options.items() if found]
    combined = sorted(product(*choices), key=lambda chosen: sum(rank for rank, _ in chosen))
    return [replaced(text, dict(zip(mended, (new for _, new in chosen), strict=True))) for chosen in combined]


def _names(text: str, expansions: Expansions) -> Iterator[tuple[list[Word], Found]]:
    for run in runs(sought(text)):
        forms = [word.form or "" for word in run]
        for found in expansions.find(forms):
            whole = found.stop - found.start == len(run)
            if whole or (run[0].lexeme.kind is Kind.WORD and not run[0].title):
                yield run, found


def _with_names(text: str, words: Sequence[Word], names: Sequence[Name]) -> str:
    quoted = words[0].lexeme.kind is Kind.QUOTED
    start, end = (words[0].lexeme.at, words[0].lexeme.end) if quoted else (words[0].at, words[-1].end)
    group = " OR ".join((text[start:end], *(name.as_query for name in names)))
    is_all = not text[:start].strip() and not text[end:].strip()
    return group if is_all else f"{text[:start]}({group}){text[end:]}"


async def _finds(conn: AsyncConnection, text: str, *, now: datetime) -> bool:
    try:
        return bool((await search(conn, parse(text), now=now, limit=1)).hits)
    except QueryError:
        return False


async def _counts(conn: AsyncConnection, expressions: Collection[str], *, most: int) -> dict[str, int]:
    """Expression → in how many articles it is met, counted up to `most`; those met in none are left out."""
    if not expressions:
        return {}
    given = json.dumps(list(dict.fromkeys(expressions)), ensure_ascii=False)
    rows = await conn.execute(_COUNT, {"expressions": given, "most": most})
    return {row.value: row.found for row in rows}
