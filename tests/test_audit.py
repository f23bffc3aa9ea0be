"""The audit of pinned versions fails for what is vulnerable, and for nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import audit
from tests.audit import IGNORED, Report, first_pin, ignored, read, verdict

SOUND = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
BAD = {"name": "jinja2", "version": "2.11.2", "vulns": [{"id": "PYSEC-2021-66", "fix_versions": ["2.11.3"]}]}
UNKNOWN = {"name": "newsbot", "skip_reason": "not found"}


def said(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_what_is_vulnerable_fails_and_names_the_cure() -> None:
    told, code = verdict(read(said(SOUND, BAD, UNKNOWN)))
    assert code == 1
    assert told.splitlines() == [
        "jinja2 2.11.2: PYSEC-2021-66, fixed in 2.11.3",
        "2 versions audited, 1 unknown to the index, 1 vulnerabilities",
    ]


def test_what_is_sound_passes() -> None:
    assert verdict(read(said(SOUND))) == ("1 versions audited, 0 unknown to the index, 0 vulnerabilities", 0)


@pytest.mark.parametrize("answer", ["", "Traceback", "[]", said(UNKNOWN), said()])
def test_where_nothing_can_be_asked_it_says_so_and_passes(answer: str) -> None:
    told, code = verdict(read(answer))
    assert (told.startswith("nothing was audited"), code) == (True, 0)


def test_only_advisories_with_a_reason_are_passed_over() -> None:
    assert ignored(["# a remark", "", "CVE-1 # only on Windows", "CVE-2", "CVE-3 #"]) == ["CVE-1"]
    assert all(line.startswith("#") or ignored([line]) for line in IGNORED.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(("answers", "calls"), [([said(UNKNOWN)], 1), ([""], 1), ([said(SOUND), said(BAD)], 2)])
def test_all_are_asked_for_only_where_the_first_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: list[str], calls: int
) -> None:
    asked: list[list[str]] = []

    def answer(command: list[str]) -> Report | None:
        asked.append(command)
        return read(answers[len(asked) - 1])

    (tmp_path / "build" / "audit").mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("aiohttp==3.14.5 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "_run", answer)
    assert audit.main("pip-audit") == (calls > 1)
    assert len(asked) == calls


def test_the_first_pin_stands_without_its_hash() -> None:
    assert first_pin("# head\naiohttp==3.14.5 \\\n    --hash=sha256:0\n") == "aiohttp==3.14.5"
