"""The clauses by which the percolator files a query."""

import pytest

from storage.clauses import MOST_CLAUSES, clauses
from storage.query import parse


@pytest.mark.parametrize(
    ("query", "filed"),
    [
        ("казахстану", "казахстан"),
        ("казахстан нефть", "казахстан нефть"),
        ("стали", "стали,стать"),
        ("қазақстан", "қазақстан"),
        ('"и не в"', "~и>~не>~в"),
        ("ВОЗ", "~§воз"),
        ("казахстан -футбол", "!футбол казахстан"),
        ("казахстан OR баку", "баку|казахстан"),
        ("баку (нефть OR газ)", "баку газ|баку нефть"),
        ("баку -(нефть OR газ)", "!газ !нефть баку"),
        ('баку -(нефть "северный поток")', "!северный>поток баку|!нефть баку"),
        ('"средний коридор"', "средний>коридор"),
        ('"санкт-петербург встреча"', "санкт-петербург>>встреча|санкт>петербург>встреча"),
        ('title:"средний коридор"', "^средний>коридор"),
        ("=баку энерг*", "=баку энерг*"),
        ("source:report.az lang:ru last:2d", "lang:ru last:48 source:report>az"),
        ("after:2025-12-01 before:2025-12-31", "after:2025-12-01 before:2025-12-31"),
    ],
)
def test_clauses(query: str, filed: str) -> None:
    assert clauses(parse(query)) == filed


def test_a_query_that_contradicts_itself_has_none() -> None:
    assert clauses(parse("баку -баку")) == ""


def test_too_many_alternatives_are_left_to_the_query_itself() -> None:
    brackets = " ".join(f"(слово{n} OR знак{n})" for n in range(10))
    query = parse(brackets)
    filed, _, canonical = clauses(query).partition("\t")
    assert canonical == query.canonical
    assert 1 < len(filed.split("|")) <= MOST_CLAUSES


def test_as_many_alternatives_as_are_kept_say_all() -> None:
    assert len(clauses(parse(" ".join(f"(слово{n} OR знак{n})" for n in range(6)))).split("|")) == MOST_CLAUSES
    assert "\t" not in clauses(parse(" ".join(f"(слово{n} OR знак{n})" for n in range(6))))


def test_what_is_left_out_is_never_what_finds() -> None:
    many = " OR ".join(f"знак{n}" for n in range(9))
    filed, _, canonical = clauses(parse(f"баку -(({many}) -({many} казахстан)) ({many}) ({many})")).partition("\t")
    assert canonical
    assert all("баку" in clause.split() for clause in filed.split("|"))
