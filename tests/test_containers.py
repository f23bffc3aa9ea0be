"""The container files without an engine: they parse, they pass every setting on, and their install steps install.

No image is built and no container is run here: the install steps of the Dockerfile are carried out in a folder.
"""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings, load

ROOT = Path(__file__).parent.parent
SETTINGS = {name.upper() for name in Settings.model_fields}
INSTRUCTIONS = {
    *("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME"),
    *("HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD"),
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """A line of a Dockerfile: `RUN` and what is run."""

    name: str
    arguments: str


def dockerfile() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^\s*(#.*)?\n", "", text, flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def final_stage() -> list[Instruction]:
    instructions = dockerfile()
    last = max(number for number, instruction in enumerate(instructions) if instruction.name == "FROM")
    return instructions[last:]


def service() -> dict[str, Any]:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(compose) == {"services", "volumes"}
    assert set(compose["volumes"]) == {"data"}
    newsbot: dict[str, Any] = compose["services"]["newsbot"]
    return newsbot


def test_compose_passes_every_setting_on_and_no_other() -> None:
    assert set(service()["environment"]) == SETTINGS


def test_compose_needs_the_token_and_leaves_every_other_setting_its_default() -> None:
    environment: dict[str, str] = dict(service()["environment"])
    assert re.fullmatch(r"\$\{BOT_TOKEN:\?[^}]*@BotFather[^}]*\}", environment.pop("BOT_TOKEN"))
    assert environment.pop("DATABASE_URL") == "${DATABASE_URL:-sqlite+aiosqlite:////data/newsbot.db}"
    assert environment == {name: f"${{{name}:-}}" for name in environment}


def test_what_compose_passes_on_from_an_empty_env_file_is_every_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    assert load() == Settings.model_construct()


def test_compose_gives_the_bot_one_writable_place_and_no_privileges() -> None:
    newsbot = service()
    assert newsbot["read_only"] is True
    assert newsbot["tmpfs"] == ["/tmp"]
    assert newsbot["volumes"] == ["data:/data"]
    assert newsbot["cap_drop"] == ["ALL"]
    assert newsbot["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "user", "ports", "env_file"} & newsbot.keys()


def test_compose_restarts_the_bot_checks_it_and_waits_for_a_clean_stop() -> None:
    newsbot = service()
    assert newsbot["restart"] == "unless-stopped"
    assert newsbot["init"] is True
    assert newsbot["healthcheck"]["test"] == ["CMD", "newsbot", "check", "--own"]
    assert int(newsbot["stop_grace_period"].removesuffix("s")) > 10


def test_the_dockerfile_parses_and_has_two_stages() -> None:
    instructions = dockerfile()
    assert {instruction.name for instruction in instructions} <= INSTRUCTIONS
    stages = [instruction.arguments for instruction in instructions if instruction.name == "FROM"]
    assert [re.fullmatch(r"python:3\.\d+-slim-\w+( AS build)?", stage) is not None for stage in stages] == [True, True]
    assert stages[0] == f"{stages[1]} AS build"


def test_the_image_runs_the_bot_as_an_unprivileged_user_in_its_volume() -> None:
    stage = {instruction.name: instruction.arguments for instruction in final_stage()}
    assert "useradd --uid 10001" in stage["RUN"]
    assert stage["USER"] == "10001:10001"
    assert stage["WORKDIR"] == stage["VOLUME"] == "/data"
    assert stage["ENTRYPOINT"] == '["newsbot"]'
    assert stage["CMD"] == '["run"]'
    assert stage["HEALTHCHECK"].endswith('CMD ["newsbot", "check", "--own"]')
    assert stage["COPY"] == "--from=build /opt/newsbot /opt/newsbot"


def test_the_image_holds_no_setting() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert not [name for name in SETTINGS if name in text]


def test_the_env_example_names_every_setting_once_with_its_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == sorted(SETTINGS)
    (tmp_path / ".env").write_text(re.sub(r"^#(?=[A-Z_]+=)", "", text, flags=re.MULTILINE), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    assert load() == Settings.model_construct()


def let_through(name: str) -> bool:
    """Whether `.dockerignore` leaves a name at the top of the tree in the build context: the last match decides."""
    verdict = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and fnmatch.fnmatch(name, pattern):
            verdict = line.startswith("!")
    return verdict


def copied() -> list[list[str]]:
    """Sources and target of each COPY from the build context."""
    copies = [instruction.arguments.split() for instruction in dockerfile() if instruction.name == "COPY"]
    return [words for words in copies if not words[0].startswith("--from")]


def test_the_build_context_is_exactly_what_is_copied() -> None:
    sources = {source for *names, _ in copied() for source in names}
    assert {name for name in os.listdir(ROOT) if let_through(name)} == sources
    assert not let_through(".env")
    assert not let_through(".git")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """`/opt/newsbot` as the first stage makes it, its steps carried out below `tmp_path`."""
    if not package_index_answers(tmp_path / "probe"):
        pytest.skip("the package index cannot be reached, so nothing can be installed")
    for step in dockerfile():
        if step.name == "FROM" and not step.arguments.endswith("AS build"):
            break
        if step.name == "COPY":
            copy_into(tmp_path / "src", step.arguments.split())
        if step.name == "RUN":
            run_in(tmp_path, step.arguments)
    return tmp_path / "opt/newsbot"


def package_index_answers(folder: Path) -> bool:
    """Whether pip gets a small package that the bot needs anyway."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--dest", str(folder), "magic-filter"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode == 0


def copy_into(folder: Path, words: list[str]) -> None:
    *sources, target = words
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        else:
            (folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, folder / target)


def run_in(root: Path, command: str) -> None:
    """Run a step with its absolute paths below `root` and this Python as the image's."""
    here = re.sub(r"(?<![\w.])/(?=opt|dist)", f"{root}/", command)
    here = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", here)
    done = subprocess.run(
        here, shell=True, cwd=root / "src", capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.slow
def test_the_install_steps_make_a_bot_that_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "data"
    elsewhere.mkdir()

    def run(*command: str, typed: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=elsewhere,
            # As bare as a container's: neither this checkout's path nor its settings.
            env={"PATH": f"{installed}/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    assert "No broken requirements found" in run(str(installed / "bin/python"), "-m", "pip", "check")
    origin = run(str(installed / "bin/python"), "-c", "import bot; print(bot.__file__)")
    assert Path(origin.strip()).is_relative_to(installed)
    # Migrations, texts and starter articles are all needed for these answers.
    answers = run(str(installed / "bin/newsbot"), "chat", typed="/start\n/search казахстану\n")
    assert "Казахстан" in answers
