"""What a query without hits may have meant: the nearest words that the store really has.

    unknown words ──nearest──▶ the query with them in another layout, in another script, or mended by one letter

Offered and never searched in silence: a correct word in four has a neighbour one letter away. Everything is bounded: so
many words are looked at, so many guesses asked for in one statement each, so many queries tried.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, product

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.index import counts
from storage.language.analyser import query_terms
from storage.language.slips import layouts, neighbours
from storage.language.transliteration import transliterations
from storage.search import search
from storage.syntax import Query
from storage.typed_words import Word, replaced, sought, understood

MOST = 4
MOST_TRIED = 8
# Different unknown words that are looked at in one query.
MOST_LOOKED_AT = 3
# Frequencies are told apart up to here; a word in so many articles needs no further proof.
MOST_COUNTED = 1000
# A word that in all its forms is in a single article may be a slip of that article's.
FLOOR = 2
# A guess so many times less likely than the best one is noise beside it.
FAR_BEHIND = 100

_PUNCTUATION = ".,;:!?'\"…"

_Places = tuple[Word, ...]
# A form, and whether it stands for the whole of what was typed, punctuation and all, or for the one token in it.
_Guess = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A word that is looked at: its places in the query, and what may stand there instead, the likeliest first."""

    places: _Places
    guesses: tuple[_Guess, ...]


async def nearest(conn: AsyncConnection, query: Query, *, now: datetime) -> tuple[str, ...]:
    """For a query without hits: at most MOST queries as one would type them, the likeliest first.

    They find something; where none does, the best of them whose words are all in the store is there all the same.
    Where more than MOST_LOOKED_AT words are unknown, the whole query may have been typed in another layout, no more.
    """
    words = list(sought(query.text))
    missing, apart = await _unknown(conn, words)
    looked_at = [*missing, *apart][:MOST_LOOKED_AT]
    doubtful = [_Doubtful(places, await _guesses(conn, places[0])) for places in looked_at]
    texts = list(_in_another_layout(query.text, words, doubtful))
    if len(missing) <= MOST_LOOKED_AT:
        texts += _mended(query.text, doubtful)
    tried = list(islice(_readable(texts, but=query.text.strip()), MOST_TRIED))
    return await _finding(conn, tried, now=now) or await _first_known(conn, tried)


async def _finding(conn: AsyncConnection, queries: Iterable[Query], *, now: datetime) -> tuple[str, ...]:
    found: list[str] = []
    for query in queries:
        if len(found) < MOST and (await search(conn, query, now=now, limit=1)).hits:
            found.append(query.text)
    return tuple(found)


async def _first_known(conn: AsyncConnection, queries: Iterable[Query]) -> tuple[str, ...]:
    """The first whose words are all in the store, though no article has them together."""
    for query in queries:
        missing, _ = await _unknown(conn, sought(query.text))
        if not missing:
            return (query.text,)
    return ()


def _readable(texts: Iterable[str], *, but: str) -> Iterator[Query]:
    """What is too long, or no query for another reason, is not offered."""
    return (query for text in dict.fromkeys(texts) if text != but and (query := understood(text)))


async def _unknown(conn: AsyncConnection, words: Iterable[Word]) -> tuple[list[_Places], list[_Places]]:
    """The words that the store has in no form, and of the others what falls into several words, as `[f,b` does.

    Those of one meaning are one word with several places.
    """
    places: dict[str, _Places] = {}
    for word in words:
        if expression := word.match:
            places[expression] = (*places.get(expression, ()), word)
    known = await counts(conn, places, most=1)
    missing = [found for expression, found in places.items() if expression not in known]
    return missing, [found for expression, found in places.items() if expression in known and found[0].form is None]


async def _guesses(conn: AsyncConnection, word: Word) -> tuple[_Guess, ...]:
    """What may stand in place of a word: layout slips, other scripts, then single letters."""
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
    return tuple(islice(_one_form_each(ranked), MOST))


def _scores(likely: Mapping[str, float], frequencies: Mapping[str, int]) -> dict[str, float]:
    """Guess → frequency × likelihood, the best first, without those that are far behind."""
    scores = {guess: likely[guess] * found for guess, found in frequencies.items()}
    best = max(scores.values(), default=0)
    ranked = sorted(scores, key=lambda guess: (-scores[guess], guess))
    return {guess: scores[guess] for guess in ranked if scores[guess] * FAR_BEHIND >= best}


def _one_form_each(ranked: Sequence[_Guess]) -> Iterator[_Guess]:
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
    found = await counts(conn, asked.values(), most=MOST_COUNTED)
    there = {guess: found[expression] for guess, expression in asked.items() if expression in found}
    before, _, behind = word.parts
    forms = {guess: replace(word, text=f"{before}{guess}{behind}").match or "" for guess in there}
    in_all_forms = await counts(conn, list(filter(None, forms.values())), most=floor)
    return {guess: found for guess, found in there.items() if in_all_forms.get(forms[guess], 0) >= floor}


def _in_another_layout(text: str, words: Sequence[Word], doubtful: Iterable[_Doubtful]) -> Iterator[str]:
    """The whole query typed in another layout, if one of its unknown words is known there."""
    read = [layouts(word.parts[1]) for word in words]
    pairs = dict.fromkeys(pair for readings in read for pair in readings)
    guessed = {(one.places[0], form) for one in doubtful for form, whole in one.guesses if whole}
    for pair in pairs:
        new = {word: readings[pair] for word, readings in zip(words, read, strict=True) if pair in readings}
        if len(new) > 1 and not guessed.isdisjoint(new.items()):
            yield replaced(text, {word: word.written(form, whole=True) for word, form in new.items()})


def _mended(text: str, doubtful: Sequence[_Doubtful]) -> list[str]:
    """The query with all its unknown words replaced: by the best ones first, then by the next best of one of them."""
    mended = [one for one in doubtful if one.guesses]
    choices = product(*(enumerate(one.guesses) for one in mended))
    combined = sorted(choices, key=lambda chosen: sum(rank for rank, _ in chosen))
    return [
        replaced(
            text,
            {
                word: word.written(form, whole=whole)
                for one, (_, (form, whole)) in zip(mended, chosen, strict=True)
                for word in one.places
            },
        )
        for chosen in combined
    ]
