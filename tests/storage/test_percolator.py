"""Standing queries in arrays: what changes is taken in, merges change nothing, and anchors follow the words met."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from storage.clauses import clauses
from storage.language.document import Document
from storage.percolation.atoms import Indexes, Ints
from storage.percolation.draft import Draft
from storage.percolation.segment import NARROW, Segment
from storage.percolation.tables import Standing, Table
from storage.percolator import MOST_YOUNG, Percolator
from storage.query import parse
from tests.storage.builders import document

NOW = datetime(2025, 12, 1, tzinfo=UTC)


def filed(*texts: str) -> dict[int, str]:
    """Queries by number, from 1 on."""
    return {number: clauses(parse(text)) for number, text in enumerate(texts, 1)}


def met(percolator: Percolator, seen: Document) -> list[int]:
    found: list[int] = percolator.match(seen, now=NOW).tolist()
    return found


def test_ids_come_ascending_and_once() -> None:
    percolator = Percolator()
    percolator.update({7: clauses(parse("баку OR нефть")), 3: clauses(parse("нефть")), 5: clauses(parse("газ"))})
    found = percolator.match(document("Нефть Баку", ""), now=NOW)
    assert found.dtype == np.uint32
    assert found.tolist() == [3, 7]


def test_an_empty_percolator_finds_nothing() -> None:
    assert met(Percolator(), document("Нефть", "")) == []
    assert met(Percolator(), document("", "")) == []


def test_a_text_without_words_meets_what_asks_for_none() -> None:
    percolator = Percolator()
    percolator.update(filed("lang:ru", "нефть", "last:7d -нефть"))
    assert met(percolator, document("", "", language="ru")) == [1, 3]


@pytest.mark.parametrize("merged", [False, True])
def test_removed_and_replaced_queries_are_not_met_any_more(merged: bool) -> None:
    percolator = Percolator()
    percolator.update(filed("нефть", "нефть баку", "нефть OR газ"))
    if merged:
        percolator.merge()
    percolator.remove([1])
    percolator.update({2: clauses(parse("газ"))})
    assert met(percolator, document("Нефть, Баку", "")) == [3]
    assert met(percolator, document("Газ", "")) == [2, 3]
    percolator.merge()
    assert met(percolator, document("Нефть, Баку", "")) == [3]
    assert met(percolator, document("Газ", "")) == [2, 3]


def test_a_query_removed_and_followed_again_is_met() -> None:
    percolator = Percolator()
    percolator.update(filed("нефть"))
    percolator.merge()
    percolator.remove([1])
    percolator.update(filed("нефть"))
    percolator.merge()
    assert met(percolator, document("Нефть", "")) == [1]


def test_what_changes_while_a_merge_is_under_way_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    percolator = Percolator()
    percolator.update(filed("нефть", "газ", "уголь", "ветер"))
    building, may_go_on = threading.Event(), threading.Event()
    absorb = Draft.absorb

    def slow(draft: Draft, segment: Segment, *, without: Ints) -> None:
        absorb(draft, segment, without=without)
        building.set()
        may_go_on.wait(10)

    monkeypatch.setattr(Draft, "absorb", slow)
    merging = threading.Thread(target=percolator.merge)
    merging.start()
    assert building.wait(10)
    percolator.remove([1])
    percolator.update({2: clauses(parse("сталь")), 5: clauses(parse("медь"))})
    percolator.remove([4])
    percolator.update({4: clauses(parse("солнце"))})
    may_go_on.set()
    merging.join(10)
    text = "Нефть, газ, уголь, ветер, сталь, медь, солнце"
    assert met(percolator, document(text, "")) == [2, 3, 4, 5]
    assert met(percolator, document("Газ, нефть, ветер", "")) == []
    percolator.merge()
    assert met(percolator, document(text, "")) == [2, 3, 4, 5]
    assert met(percolator, document("Газ, нефть, ветер", "")) == []


def test_merges_leave_nothing_of_what_was_removed() -> None:
    percolator, begun = Percolator(), Percolator()
    kept = filed('"средний коридор" -баку', "нефть газ")
    begun.update(kept)
    begun.merge()
    percolator.update(kept | {9: clauses(parse('=уголь "чистый воздух" -(дым OR "серый смог")'))})
    percolator.merge()
    percolator.remove([9])
    percolator.merge()
    assert percolator.nbytes == begun.nbytes
    assert met(percolator, document("Средний коридор", "")) == [1]


def test_anchors_follow_the_words_that_articles_have() -> None:
    """A row is looked at through the rarest word it requires, as far as is known; what is met stays the same."""
    percolator = Percolator()
    percolator.update({number: clauses(parse(f"нефть слово{number}")) for number in range(50)})
    percolator.merge()
    for _ in range(20):
        met(percolator, document("Нефть", ""))
    percolator.merge()
    table = percolator._state.base.tables[NARROW]
    numbers = percolator._state.base.vocabulary.numbers(np.array([hash("нефть")]))
    assert not np.diff(table.first)[numbers].any()
    assert met(percolator, document("Нефть, слово7", "")) == [7]


def test_a_merge_is_wanted_when_the_young_are_many() -> None:
    percolator = Percolator()
    percolator.update({number: f"слово{number}" for number in range(MOST_YOUNG)})
    assert not percolator.wants_merge
    percolator.update({MOST_YOUNG: "нефть"})
    assert percolator.wants_merge


def test_a_merge_is_wanted_when_the_anchors_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.percolator.ARTICLES_BETWEEN", 2)
    percolator = Percolator()
    percolator.update(filed("нефть"))
    wanted = []
    for _ in range(3):
        met(percolator, document("Нефть", ""))
        wanted.append(percolator.wants_merge)
    percolator.merge()
    assert [*wanted, percolator.wants_merge] == [False, False, True, False]


def test_long_texts_and_surrogates_keep_their_places() -> None:
    percolator = Percolator()
    percolator.update(filed('"последнее слово"', '"слово последнее"', '"𝔸𝔹 последнее"'))
    assert met(percolator, document("", "слово " * 30_000 + "𝔸𝔹 последнее слово")) == [1, 3]


def test_a_phrase_does_not_run_from_the_headline_into_the_text() -> None:
    percolator = Percolator()
    percolator.update(filed('"средний коридор"'))
    assert met(percolator, document("Средний", "коридор")) == []
    assert met(percolator, document("", "Средний коридор")) == [1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Қазақстан", [1, 2]), ("Казакстан", [1]), ("ұлт", [3, 4]), ("улт", [3]), ("і", []), ("и сталь", [5])],
)
def test_letters_that_other_keyboards_lack(text: str, expected: list[int]) -> None:
    percolator = Percolator()
    percolator.update(filed("казакстан", "қазақстан", "улт", "ұлт", '"и сталь"', '"і"'))
    percolator.merge()
    seen = document(text, "", language="kk")
    queries = [parse(one) for one in ("казакстан", "қазақстан", "улт", "ұлт", '"и сталь"', '"і"')]
    meant = [number for number, query in enumerate(queries, 1) if query.matches(seen, now=NOW)]
    assert met(percolator, seen) == meant
    assert set(expected) <= set(meant)


def test_an_article_that_fails_leaves_nothing_to_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    percolator = Percolator()
    percolator.update(filed("нефть газ"))
    percolator.merge()
    with monkeypatch.context() as patch:
        patch.setattr(Table, "met", fail)
        with pytest.raises(MemoryError):
            met(percolator, document("Нефть", ""))
    assert met(percolator, document("Газ", "")) == []


def fail(*_: object) -> None:
    raise MemoryError


def test_a_query_whose_own_meaning_cannot_be_read_meets_nothing_and_stops_nobody() -> None:
    percolator = Percolator()
    percolator.update({1: 'нефть\t"', 2: "нефть"})
    assert met(percolator, document("Нефть", "")) == [2]


def test_phrases_of_a_long_text_are_tried_by_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.percolation.tables.TRIED", 10)
    tried: list[int] = []
    places_of = Standing.of

    def of(standing: Standing, atoms: Ints) -> tuple[Indexes, Indexes]:
        tried.append(len(atoms))
        return places_of(standing, atoms)

    monkeypatch.setattr(Standing, "of", of)
    percolator = Percolator()
    places = ("цена>>нефти", "нефти>>цена", "цена>>газа", "газа>>цена", "нефти>>газа")
    percolator.update(dict(enumerate(places, 1)))
    percolator.merge()
    assert met(percolator, document("", "Цена на нефти, цена на газа")) == [1, 3]
    assert max(tried) == 2


def test_phrases_and_an_exclusion_are_filed_as_simply_as_words() -> None:
    draft = Draft()
    draft.extend(filed('"новый средний коридор" -"новый тоннель"', 'title:"средний коридор" -баку').items())
    assert not draft.queries
    draft.extend(filed("нефть -газ -уголь").items())
    assert list(draft.queries) == [1]


def test_phrases_that_begin_alike_or_repeat_a_word() -> None:
    percolator = Percolator()
    phrases = ("шаг за шагом", "шаг за", "за шагом", "шаг шаг", "шаг за шагом шаг", "за шагом за", "шаг шаг шаг")
    queries = filed(*(f'"{phrase}"' for phrase in phrases))
    percolator.update(queries)
    percolator.merge()
    for text in (
        "Шаг за шагом",
        "Шаг за шагом, за шагом шаг",
        "Шаг, шаг за шагом шаг",
        "Шаг, шаг, шаг",
        "Шагом за шаг",
    ):
        seen = document(text, "")
        meant = [number for number in queries if parse(f'"{phrases[number - 1]}"').matches(seen, now=NOW)]
        assert met(percolator, seen) == meant


def test_words_of_two_lemmas_do_not_double_a_phrase_at_each_step() -> None:
    """«Стали» is of «сталь» and «стать», and shows both."""
    percolator = Percolator()
    percolator.update(filed('"' + "стали " * 40 + '"', '"' + "стали " * 41 + '"'))
    assert met(percolator, document("", "стали " * 40)) == [1]


def test_articles_found_together_meet_what_each_of_them_meets_alone() -> None:
    percolator = Percolator()
    texts = (
        '"средний коридор"',
        "title:коридор",
        "средний -коридор",
        "кори*",
        "=коридора",
        "lang:kk",
        "last:24h",
        "a>>b",
    )
    percolator.update(filed(*texts[:-1]) | {len(texts): "порт>>коридор"})
    percolator.merge()
    percolator.update({9: clauses(parse("порт"))})
    stories = [
        (document("Порт", "это средний"), NOW),
        (document("Коридор", "у порта коридор"), NOW + timedelta(days=2)),
        (document("", "", language="kk"), NOW),
        (document("", "средний"), NOW + timedelta(days=2)),
        (document("", "порт и коридор, средний коридор"), NOW),
        (document("Средний", "", language="kk"), NOW),
        (document("Коридора", "порт"), NOW),
    ]
    together = [found.tolist() for found in percolator.match_all(stories * 3)]
    assert together == [percolator.match(one, now=now).tolist() for one, now in stories] * 3
    assert together[:3] == [[3, 7, 9], [2, 4, 9], [6, 7]]
    assert together[4] == [1, 4, 7, 8, 9]
