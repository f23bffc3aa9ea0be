"""Which articles are alike, and how much, beside the same formulas in plain Python."""

import math
import random
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import comparing, neighbours, segments
from storage.comparing import UNPLACED
from storage.fingerprints import KIND_BITS, LEMMA, NAME, NUMBER, SOUND, TELLING, Fingerprint, fingerprint
from storage.neighbours import OTHERS, Known, Neighbour, Window
from storage.placing import SAME, likeness, may_be_same
from storage.segments import Row
from tests.storage.retold import MEETING
from tests.storage.retold import OTHERS as OTHER_EVENTS

WORDS = (
    *("саммит", "баку", "токаев", "алиев", "паром", "актау", "порт", "груз", "поезд", "мост", "рейс", "завод"),
    *("урожай", "груша", "12", "90", "2025", "дождь"),
)
HOUR_S = 3600
# Of so few articles all are compared in full.
ALL = min(comparing.COMPARED)
Counts = Mapping[int, tuple[int, int]]
Articles = Sequence[tuple[Row, Fingerprint]]


def _text(words: list[str]) -> str:
    return " ".join(word.capitalize() if len(word) % 2 else word for word in words)


prints = st.builds(
    lambda title, text, language: fingerprint(_text(title), _text(text), language),
    st.lists(st.sampled_from(WORDS), max_size=7),
    st.lists(st.sampled_from(WORDS), max_size=20),
    st.sampled_from(["ru", "ru", "en"]),
)


def rows(found: Sequence[Fingerprint]) -> Articles:
    """An article an hour, two of a story."""
    return [(Row(place + 1, place * HOUR_S, place // 2 + 1, 1, one.packed), one) for place, one in enumerate(found)]


def counts(one: Fingerprint) -> Counts:
    both = zip(one.in_title, one.in_lead, strict=True)
    return dict(zip(one.features, both, strict=True))


class Naive:
    """All pairs, by the formulas alone; vectors' lengths by what a feature weighed when an article was added."""

    def __init__(self, found: Articles) -> None:
        self.found = found
        self.count = len(found)

    def idf(self, feature: int) -> float:
        having = sum(feature in one.features for _, one in self.found)
        return math.log((self.count + OTHERS) / (having + 0.5))

    def like(self, asked: Fingerprint, *, second: int, within_s: int) -> dict[int, Neighbour]:
        return {
            row.id: self.neighbour(row, one, asked, second)
            for row, one in self.found
            if abs(row.second - second) <= within_s
        }

    def neighbour(self, row: Row, one: Fingerprint, asked: Fingerprint, second: int) -> Neighbour:
        mine, theirs = counts(asked), counts(one)
        lemmas = sum(f >> KIND_BITS == LEMMA for f in theirs) - sum(f >> KIND_BITS == NUMBER for f in theirs)
        return Neighbour(
            row.id,
            row.story,
            row.source,
            one.language == asked.language,
            any(lead for _, lead in theirs.values()),
            lemmas >= TELLING,
            abs(row.second - second),
            self.cosine(mine, theirs, _words, _words),
            max(self.cosine(mine, theirs, _title, _words), self.cosine(mine, theirs, _words, _title)),
            self.cosine(mine, theirs, _sound, _sound),
            self.cosine(mine, theirs, _names, _names),
            sum(feature >> KIND_BITS in (NAME, NUMBER) for feature in mine.keys() & theirs.keys()),
            _are_others(NUMBER, mine, theirs),
            _are_others(NAME, mine, theirs),
        )

    def cosine(self, mine: Counts, theirs: Counts, my: "Part", their: "Part") -> float:
        one = {feature: my(feature, *found) * self.idf(feature) for feature, found in mine.items()}
        other = {feature: their(feature, *found) * self.idf(feature) for feature, found in theirs.items()}
        product = sum(one[feature] * other[feature] for feature in one.keys() & other.keys())
        lengths = math.dist([0] * len(one), one.values()) * math.dist([0] * len(other), other.values())
        return min(1.0, product / lengths) if lengths else 0.0


Part = Callable[[int, int, int], float]


def _damped(count: int) -> float:
    return 1 + math.log(count) if count else 0


def _words(feature: int, title: int, lead: int) -> float:
    return _damped(2 * title + lead) if feature >> KIND_BITS == LEMMA else 0


def _title(feature: int, title: int, _lead: int) -> float:
    return _damped(title) if feature >> KIND_BITS == LEMMA else 0


def _sound(feature: int, title: int, _lead: int) -> float:
    return _damped(title) if feature >> KIND_BITS == SOUND else 0


def _names(feature: int, title: int, lead: int) -> float:
    return math.sqrt(2 * title + lead) if feature >> KIND_BITS in (NAME, NUMBER) else 0


def _are_others(kind: int, mine: Counts, theirs: Counts) -> bool:
    own = {feature for feature, (title, _) in mine.items() if title and feature >> KIND_BITS == kind}
    other = {feature for feature, (title, _) in theirs.items() if title and feature >> KIND_BITS == kind}
    return bool(own - theirs.keys() and other - mine.keys())


def window(found: Articles, *sizes: int) -> Window:
    """Added in parts of these sizes, the rest at once."""
    made, at = Window(), 0
    for size in (*sizes, len(found)):
        made.add([row for row, _ in found[at : at + size]])
        at += size
    return made


def numbers(one: Neighbour) -> tuple[object, ...]:
    return tuple(pytest.approx(each) if isinstance(each, float) else each for each in one)


@settings(deadline=None, max_examples=60)
@given(st.lists(prints, min_size=1, max_size=ALL), prints, st.integers(0, ALL), st.integers(0, ALL))
def test_what_is_returned_is_as_a_naive_cosine_over_all_pairs_has_it(
    found: list[Fingerprint], asked: Fingerprint, hour: int, hours: int
) -> None:
    articles = rows(found)
    alike = window(articles).like(asked, second=hour * HOUR_S, within_s=hours * HOUR_S)
    expected = Naive(articles).like(asked, second=hour * HOUR_S, within_s=hours * HOUR_S)
    assert [tuple(one) for one in alike] == [numbers(expected[one.id]) for one in alike]
    assert [one.words for one in alike] == sorted((one.words for one in alike), reverse=True)
    # Of so few all are looked at: left out is what shares nothing that can be looked for.
    left_out = [one for one in expected.values() if one.id not in {each.id for each in alike}]
    assert all(one.words == one.sound == one.names == 0 for one in left_out)


@settings(deadline=None, max_examples=40)
@given(st.lists(prints, min_size=1, max_size=ALL), prints, st.lists(st.integers(1, 5), max_size=ALL))
def test_articles_are_found_alike_in_however_many_parts_they_came(
    found: list[Fingerprint], asked: Fingerprint, sizes: list[int]
) -> None:
    """How much alike differs: the lengths of vectors are weighed by what there was when a part came."""
    articles = rows(found)
    made, parts = window(articles), window(articles, *sizes)
    assert len(made) == len(parts) == len(articles)
    assert parts.weights(asked.features) == made.weights(asked.features)
    whole = {one.id: one for one in made.like(asked, second=0, within_s=99 * HOUR_S)}
    several = {one.id: one for one in parts.like(asked, second=0, within_s=99 * HOUR_S)}
    assert whole.keys() == several.keys()
    exact = [field for field in Neighbour._fields if field not in ("words", "title", "sound", "names")]
    for one in whole:
        assert [getattr(whole[one], name) for name in exact] == [getattr(several[one], name) for name in exact]


@settings(deadline=None, max_examples=30)
@given(st.lists(prints, min_size=3, max_size=30), prints)
def test_merging_changes_nothing(found: list[Fingerprint], asked: Fingerprint) -> None:
    articles = rows(found)
    merged = Window()
    for row, _ in articles:
        merged.add([row])
    assert len(merged._segments) < neighbours.MERGED + 1
    merged._merge()
    # As merging leaves it: one segment, weighed by all.
    merged._segments, merged._lengths = [segments.merged(merged._segments)], []
    made, merged._segments = merged._segments[0], []
    merged._append(made)
    whole = window(articles)
    assert merged.like(asked, second=0, within_s=99 * HOUR_S) == whole.like(asked, second=0, within_s=99 * HOUR_S)
    for story in {row.story for row, _ in articles}:
        assert merged.of_story(story) == whole.of_story(story)


@settings(deadline=None)
@given(st.lists(prints, max_size=8), st.lists(prints, min_size=1, max_size=4), prints)
def test_what_was_pushed_leaves_no_trace(
    found: list[Fingerprint], pushed: list[Fingerprint], asked: Fingerprint
) -> None:
    made = window(rows(found))
    before = made.like(asked, second=0, within_s=99 * HOUR_S)
    made.push([Row(-place, 0, UNPLACED, 1, one.packed) for place, one in enumerate(pushed, start=1)])
    assert {one.id for one in made.like(asked, second=0, within_s=99 * HOUR_S)} == {one.id for one in before}
    made.settle(0, 77)
    assert {one.story for one in made.like(pushed[0], second=0, within_s=0) if one.id < 0} <= {77}
    made.pop()
    assert made.like(asked, second=0, within_s=99 * HOUR_S) == before


def test_story_is_all_that_its_articles_say_and_who_told_it_from_when_to_when() -> None:
    found = rows([fingerprint(one.title, one.text, "ru") for one in MEETING])
    told = window(found, 1, 1).of_story(2)
    assert told.features == set(found[2][1].features) | set(found[3][1].features)
    assert told.sources == {row.source for row, _ in found[2:4]}
    assert (told.first, told.last) == (2 * HOUR_S, 3 * HOUR_S)
    assert window(found).of_story(99) == Known()


def test_the_nearest_of_very_many_are_found() -> None:
    """Compared in full are dozens; all that tell of the event are among them."""
    rng = random.Random(1)
    others = [
        fingerprint(" ".join(rng.choices(WORDS, k=5)), " ".join(rng.choices(WORDS, k=20)), "ru") for _ in range(3000)
    ]
    meeting = [fingerprint(one.title, one.text, "ru") for one in MEETING]
    made = window(rows([*others, *meeting[1:]]), 500, 900, 10)
    alike = made.like(meeting[0], second=3000 * HOUR_S, within_s=9999 * HOUR_S)
    assert {one.id for one in alike[:4]} == {3001, 3002, 3003, 3004}
    assert len(alike) <= sum(comparing.COMPARED)


def test_what_is_rare_is_looked_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """However common, some features are looked for: a new article of an event that hundreds tell is of that event."""
    monkeypatch.setattr(comparing, "LOOKED_AT", 3)
    monkeypatch.setattr(comparing, "ALWAYS_LOOKED_FOR", 1)
    common = fingerprint("саммит баку", "саммит в баку", "ru")
    rare = fingerprint("саммит баку груша", "саммит в баку о груше", "ru")
    made = window(rows([*[common] * 150, rare, *[common] * 9]))
    alike = made.like(rare, second=150 * HOUR_S, within_s=9999 * HOUR_S)
    assert [one.id for one in alike] == [151]
    assert len(made.like(common, second=0, within_s=9999 * HOUR_S)) > 100


def test_changed_article_is_found_by_what_it_says_now_alone() -> None:
    before, after = (fingerprint(one.title, one.text, "ru") for one in OTHER_EVENTS["place"])
    other = fingerprint(MEETING[0].title, MEETING[0].text, "ru")
    made = Window()
    assert made.add([Row(1, 0, 1, 1, before.packed), Row(2, 0, 2, 1, other.packed)]) == set()
    assert made.add([Row(1, 0, 1, 1, after.packed), Row(3, 0, 3, 1, other.packed)]) == {1}
    [found] = [one for one in made.like(before, second=0, within_s=0) if one.id == 1]
    assert found.words < 0.5
    assert made.of_story(1).features == set(after.features)


def test_nothing_is_like_nothing() -> None:
    nothing, something = fingerprint("", "", "ru"), fingerprint("Саммит в Баку", "", "ru")
    assert Window().like(something, second=0, within_s=9) == []
    made = window([(Row(1, 0, 1, 1, nothing.packed), nothing)])
    assert made.like(something, second=0, within_s=9) == made.like(nothing, second=0, within_s=9) == []
    assert made.add([]) == set()
    assert made.weights([]) == []


@settings(deadline=None, max_examples=40)
@given(
    st.lists(prints, max_size=40),
    st.lists(prints, min_size=1, max_size=12),
    st.lists(st.integers(1, 9), max_size=4),
    st.integers(0, 30),
    st.sampled_from([1, 64, neighbours.AT_ONCE]),
)
def test_articles_asked_for_together_have_the_neighbours_that_each_has_alone(
    found: list[Fingerprint], batch: list[Fingerprint], sizes: list[int], hours: int, at_once: int
) -> None:
    """Of the batch those that stand before it, which have their stories by then."""
    made = window(rows(found), *sizes)
    made.push([Row(-place, place * HOUR_S, UNPLACED, 1, one.packed) for place, one in enumerate(batch, start=1)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(neighbours, "AT_ONCE", at_once)
        together = made.pushed(within_s=hours * HOUR_S)
        worth = made.pushed(within_s=hours * HOUR_S, worth=may_be_same)
    for place, one in enumerate(batch):
        same = any(likeness(other, bare=not one.has_lead) >= SAME for other in together[place])
        assert worth[place] in ([together[place]] if same else [together[place], []])
        alone = made.like(one, second=(place + 1) * HOUR_S, within_s=hours * HOUR_S)
        assert [numbers(each) for each in sorted(together[place])] == sorted(
            tuple(each._replace(story=UNPLACED) if each.id < 0 else each) for each in alone
        )
        made.settle(place, 1000 + place)
