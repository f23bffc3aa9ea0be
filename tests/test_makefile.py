"""The Makefile with a stand-in for Python: what it installs, when, and that the chat has the pipe to itself."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Speaks on both streams and swallows what it can read, as an installer may; only the chat may use the pipe.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
    "-m bot chat"*) exec cat ;;
    "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
echo "noise on stdout"
echo "noise on stderr" >&2
cat >/dev/null
"""

INSTALL_RUNTIME = "pip install --require-hashes -r requirements.lock -r requirements-build.lock"
INSTALL_PROJECT = "pip install --no-build-isolation --no-deps --editable ."


class Checkout:
    """A folder with the Makefile and what it looks at, and a Python that only takes notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.python = folder / "fake python"
        self.python.write_text(FAKE_PYTHON, encoding="utf-8")
        self.python.chmod(0o755)
        for name in ("Makefile", "pyproject.toml", *(lock.name for lock in ROOT.glob("requirements*.lock"))):
            shutil.copy(ROOT / name, folder)
        catalogue = folder / "bot/locales/ru/LC_MESSAGES/messages.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.touch()
        shutil.copy(ROOT / "bot/locales/compile.py", folder / "bot/locales")

    def make(self, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        # The make that runs the tests must not speak through its variables to this one.
        inherited: Mapping[str, str] = {
            name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
        }
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env={**inherited, "LOG": str(self.log), "PYTHON": str(self.python), **environment},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def installed(self) -> list[str]:
        """The installations since the last call, without the options that are always there."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        always = "-m pip --disable-pip-version-check --no-input -qq "
        return [line.replace(always, "pip ") for line in lines if line.startswith(always)]

    def change(self, name: str) -> None:
        """As an editor would, after everything installed so far."""
        newest = max(path.stat().st_mtime for path in (self.folder / ".venv").iterdir())
        os.utime(self.folder / name, (newest + 1, newest + 1))

    def age(self) -> None:
        """Let everything but the environment be older than the environment, whatever the clock's grain."""
        for path in self.folder.rglob("*"):
            if ".venv" not in path.parts:
                os.utime(path, (1, 1))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    folder = tmp_path / "news bot"
    folder.mkdir()
    return Checkout(folder)


@pytest.mark.parametrize("silent", [(), ("-s",)], ids=["make chat", "make -s chat"])
def test_chat_has_the_pipe_to_itself_while_installation_speaks_on_stderr(
    checkout: Checkout, silent: tuple[str, ...]
) -> None:
    done = checkout.make(*silent, "chat", typed="/start\n/help\n")
    assert (done.returncode, done.stdout) == (0, "/start\n/help\n")
    assert "Installing what newsbot needs" in done.stderr
    assert checkout.installed() == [INSTALL_RUNTIME, INSTALL_PROJECT]


def test_chat_passes_its_options_on(checkout: Checkout) -> None:
    checkout.make("chat", "ARGS=--language en")
    assert checkout.log.read_text(encoding="utf-8").splitlines()[-1] == "-m bot chat --language en"


def test_nothing_is_installed_twice(checkout: Checkout) -> None:
    checkout.make("chat")
    checkout.age()
    checkout.installed()
    done = checkout.make("chat", typed="/start\n")
    assert (done.stdout, done.stderr) == ("/start\n", "")
    assert checkout.installed() == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.lock", [INSTALL_RUNTIME]),
        ("requirements-build.lock", [INSTALL_RUNTIME]),
        ("pyproject.toml", [INSTALL_PROJECT]),
        ("bot/locales/ru/LC_MESSAGES/messages.po", [INSTALL_PROJECT]),
        ("requirements-dev.lock", []),
        ("requirements-bench.lock", []),
    ],
)
def test_what_changed_is_installed_again(checkout: Checkout, changed: str, again: list[str]) -> None:
    checkout.make("chat")
    checkout.age()
    checkout.installed()
    checkout.change(changed)
    checkout.make("chat")
    assert checkout.installed() == again


def test_tests_bring_their_own_tools_into_the_same_environment(checkout: Checkout) -> None:
    checkout.make("chat")
    checkout.age()
    checkout.installed()
    assert checkout.make("test").returncode == 0
    log = checkout.log.read_text(encoding="utf-8").splitlines()
    assert checkout.installed() == ["pip install --require-hashes -r requirements-dev.lock"]
    assert log[-1] == "-m pytest -n auto --dist loadfile"


def test_benchmarks_bring_their_peers_into_the_same_environment(checkout: Checkout) -> None:
    checkout.make("chat")
    checkout.age()
    checkout.installed()
    assert checkout.make("bench", "ARGS=full").returncode == 0
    log = checkout.log.read_text(encoding="utf-8").splitlines()
    assert checkout.installed() == [
        "pip install --require-hashes -r requirements-bench.lock -r requirements-build.lock"
    ]
    assert log[-1] == "-m tests.benchmarks.growth full"


def test_chosen_tests_are_run_alone(checkout: Checkout) -> None:
    checkout.make("test", "ARGS=tests/bot -k digest")
    assert checkout.log.read_text(encoding="utf-8").splitlines()[-1] == "-m pytest tests/bot -k digest"


def test_a_broken_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.make("chat")
    checkout.age()
    checkout.installed()
    python = checkout.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nonexistent/python3")
    assert checkout.make("chat", typed="/start\n").stdout == "/start\n"
    assert checkout.installed() == [INSTALL_RUNTIME, INSTALL_PROJECT]


@pytest.mark.parametrize("script", ["exit 1", None], ids=["too old", "missing"])
def test_a_missing_python_is_one_line(checkout: Checkout, script: str | None) -> None:
    checkout.python.unlink()
    if script:
        checkout.python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        checkout.python.chmod(0o755)
    done = checkout.make("chat", typed="/start\n")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "newsbot needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3-venv;" in line


def test_a_failed_installation_opens_no_chat(checkout: Checkout) -> None:
    checkout.python.write_text(
        FAKE_PYTHON.replace("esac", '    "-m pip"*) echo "no such host" >&2; exit 7 ;;\nesac'), encoding="utf-8"
    )
    done = checkout.make("chat", typed="/start\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such host" in done.stderr
    assert not (checkout.folder / ".venv/.runtime").exists()


def test_help_names_every_command(checkout: Checkout) -> None:
    commands = [line.split()[1] for line in checkout.make().stdout.splitlines()]
    checks = ["lint", "types", "audit"]
    assert commands == ["help", "chat", "run", "test", "coverage", "bench", "feeds", *checks, "lock", "clean"]
