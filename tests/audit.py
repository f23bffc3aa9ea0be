"""`make audit`: whether versions that the lock files pin are known to be vulnerable, as the package index tells it.

lock files ──a first pin, then all──▶ pip-audit ──its JSON──▶ what is vulnerable fails; what can't be asked is told

pip-audit itself takes a version that the index does not know of for a sound one: what it passed over is counted here.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
# Known, and no harm to us: the advisory, and after the sign why. It leaves the list with the version.
IGNORED = ROOT / ".ci" / "audit-ignored"
PATIENCE_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What pip-audit said: how many versions were looked up, how many it could not look up, and what is wrong."""

    asked: int
    unknown: int
    faults: tuple[str, ...]


def read(said: str) -> Report | None:
    """None where it is no report: the index could not be reached."""
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    asked = [one for one in found if "skip_reason" not in one]
    return Report(
        asked=len(asked),
        unknown=len(found) - len(asked),
        faults=tuple(_fault(one, vulnerability) for one in asked for vulnerability in one["vulns"]),
    )


def verdict(report: Report | None) -> tuple[str, int]:
    """What is told, and the exit code."""
    if report is None or not report.asked:
        return "nothing was audited: the package index tells of no vulnerabilities here", 0
    counts = f"{report.asked} versions audited, {report.unknown} unknown to the index"
    return "\n".join([*report.faults, f"{counts}, {len(report.faults)} vulnerabilities"]), int(bool(report.faults))


def ignored(lines: Iterable[str]) -> list[str]:
    """The advisories of the list; one without a reason is none."""
    pairs = (line.partition("#") for line in lines)
    return [advisory.strip() for advisory, _, reason in pairs if advisory.strip() and reason.strip()]


def first_pin(lock: str) -> str:
    return next(line.split(" ")[0] for line in lock.splitlines() if "==" in line)


def main(program: str) -> int:
    base = [program, "--format", "json", "--progress-spinner", "off", "--vulnerability-service", "pypi"]
    base += ["--no-deps", "--disable-pip"]
    probe = ROOT / "build" / "audit" / "first.txt"
    probe.write_text(first_pin((ROOT / LOCKS[0]).read_text(encoding="utf-8")), encoding="utf-8")
    # Where the index tells nothing of one version it is not asked for a hundred others.
    report = _run([*base, "-r", str(probe)])
    if report and report.asked:
        known = ignored(IGNORED.read_text(encoding="utf-8").splitlines())
        files = [argument for lock in LOCKS for argument in ("-r", str(ROOT / lock))]
        report = _run([*base, *files, *(argument for one in known for argument in ("--ignore-vuln", one))])
    told, code = verdict(report)
    print(told, file=sys.stderr)  # noqa: T201 - a command's answer
    return code


def _run(command: Sequence[str]) -> Report | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read(done.stdout)


def _fault(dependency: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability.get("fix_versions", ())) or "none yet"
    return f"{dependency['name']} {dependency['version']}: {vulnerability['id']}, fixed in {fixed}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
