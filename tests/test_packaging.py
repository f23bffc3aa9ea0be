"""What is built and pinned: wheel, source distribution, editable install, message catalogues, lock files, the tree."""

import gettext
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.locales.compile import CatalogueError, compile_catalogue

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-build.lock", "requirements-dev.lock", "requirements-bench.lock"]
ALLOWED_AT_THE_TOP = {
    *("README.md", "CHANGELOG.md", "LICENSE", "Makefile", "Dockerfile", "docker-compose.yml", "pyproject.toml"),
    *("bot", "storage", "seeds", "tests", "docs"),
    *LOCKS,
}


def build(tree: Path, kind: str, into: Path) -> Path:
    """Build `kind` from `tree` as pip would; the path of what was built."""
    call = f"from hatchling.build import build_{kind}; print(build_{kind}({str(into)!r}))"
    into.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", call], cwd=tree, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files(package: Path) -> Iterator[str]:
    for path in package.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(package.parent).as_posix()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a fresh clone has them: without compiled catalogues."""
    tree = tmp_path_factory.mktemp("clone")
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, tree)
    for name in ("bot", "storage", "seeds", "tests"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    return tree


@pytest.fixture(scope="module")
def sdist(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(clone: Path, sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built after the source distribution, which shall not find compiled catalogues."""
    return build(clone, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_both_packages_with_their_data_and_nothing_else(clone: Path, wheel: Path) -> None:
    sources = {*files(clone / "bot"), *files(clone / "storage")}
    catalogues = {name.removesuffix(".po") + ".mo" for name in sources if name.endswith(".po")}
    left_out = {name for name in sources if name.endswith((".po", ".pot"))} | {"bot/locales/compile.py"}
    assert "bot/locales/ru/LC_MESSAGES/messages.mo" in catalogues
    assert any(name.startswith("storage/migrations/versions/") for name in sources)
    assert members(wheel) == (sources - left_out) | catalogues | {"bot/seeds/articles.jsonl", "bot/seeds/sources.toml"}


@pytest.mark.parametrize("name", ["articles.jsonl", "sources.toml"])
def test_what_a_store_begins_with_is_in_the_wheel_as_in_the_repository(name: str, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"bot/seeds/{name}") == (ROOT / "seeds" / name).read_bytes()


def test_the_wheel_brings_the_command_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = {name.split("/", 1)[1]: name for name in archive.namelist() if ".dist-info/" in name}
        assert archive.read(info["entry_points.txt"]).decode() == "[console_scripts]\nnewsbot = bot.__main__:main\n"
        assert "licenses/LICENSE" in info


def test_a_wheel_from_the_source_distribution_is_the_same(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if name.endswith(".mo")]
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / sdist.name.removesuffix(".tar.gz"), "wheel", tmp_path / "dist")
    assert members(again) == members(wheel)


def test_an_editable_install_compiles_the_catalogues_in_the_checkout(clone: Path, tmp_path: Path) -> None:
    tree = shutil.copytree(clone, tmp_path / "checkout", ignore=shutil.ignore_patterns("*.mo"))
    editable = build(tree, "editable", tmp_path / "dist")
    sources = list(tree.glob("bot/locales/*/LC_MESSAGES/*.po"))
    assert sources
    assert all(source.with_suffix(".mo").exists() for source in sources)
    assert members(editable) == {"_newsbot.pth"}


def catalogue(folder: Path, *entries: str) -> Path:
    """A Russian catalogue of `entries`, each an entry as gettext writes it."""
    path = folder / "ru" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    path.write_text("\n".join([header, *entries]), encoding="utf-8")
    return path


def test_a_compiled_catalogue_translates_and_leaves_fuzzy_entries_out(tmp_path: Path) -> None:
    source = catalogue(
        tmp_path, 'msgid "Hello"\nmsgstr "Привет"\n', '#, fuzzy\nmsgid "Bye"\nmsgstr "Пока ещё не проверено"\n'
    )
    with compile_catalogue(source).open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert [texts.gettext("Hello"), texts.gettext("Bye")] == ["Привет", "Bye"]


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ('msgid "Hello\nmsgstr "Привет"\n', "messages.po:5: "),
        ('msgid "Hello"\n', "messages.po: missing msgstr"),
        ('msgid "day"\nmsgid_plural "days"\nmsgstr[0] "день"\n', "messages.po:5: a plural form is missing"),
    ],
    ids=["unclosed string", "no translation", "too few plural forms"],
)
def test_a_broken_catalogue_stops_the_build_by_name(tmp_path: Path, entry: str, mistake: str) -> None:
    source = catalogue(tmp_path, entry)
    with pytest.raises(CatalogueError, match=mistake):
        compile_catalogue(source)
    assert not source.with_suffix(".mo").exists()


PIN = re.compile(r"([a-z0-9-]+)==([0-9][\w.]*)(?: ; ([^\\]+))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
WHY = re.compile(r"    #(?: via| {2})?(?: [a-z0-9-]+(?: \(pyproject\.toml(?::(?:dev|bench))?\))?| -[cr] [\w.-]+)*")


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {match[1]: match[2] for match in map(PIN.fullmatch, lines) if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_pins_hashes_and_reasons_and_neither_addresses_nor_paths(lock: str) -> None:
    kinds = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        (kind,) = (letter for letter, form in {"p": PIN, "h": HASH, "w": WHY}.items() if form.fullmatch(line))
        kinds += kind
    assert re.fullmatch(r"(ph+w*)+", kinds)


def test_locks_agree_on_every_version() -> None:
    every = {name: version for lock in LOCKS for name, version in pins(lock).items()}
    assert all(pins(lock).items() <= every.items() for lock in LOCKS)
    assert (
        pins("requirements.lock").keys()
        <= pins("requirements-dev.lock").keys() & pins("requirements-bench.lock").keys()
    )


@pytest.mark.parametrize(
    ("declared", "lock"),
    [
        (PYPROJECT["project"]["dependencies"], "requirements.lock"),
        (PYPROJECT["dependency-groups"]["dev"], "requirements-dev.lock"),
        (PYPROJECT["dependency-groups"]["bench"], "requirements-bench.lock"),
        (PYPROJECT["build-system"]["requires"], "requirements-build.lock"),
    ],
    ids=["runtime", "dev", "bench", "build"],
)
def test_every_declared_dependency_is_pinned_within_its_bounds(declared: list[str], lock: str) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, declared):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)


def test_the_build_requires_exact_versions() -> None:
    assert all(re.fullmatch(r"[a-z]+==[\d.]+", requirement) for requirement in PYPROJECT["build-system"]["requires"])


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    groups = PYPROJECT["dependency-groups"].values()
    listed = PYPROJECT["project"]["dependencies"] + [requirement for group in groups for requirement in group]
    for requirement in listed + PYPROJECT["build-system"]["requires"]:
        assert re.search(rf'^    "{re.escape(requirement)}", # \S', text, re.MULTILINE), requirement


def test_the_top_of_the_tree_holds_only_what_belongs_there() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    top = {name.split("/")[0] for name in listed.stdout.split("\0") if name}
    assert {name for name in top if not name.startswith(".")} <= ALLOWED_AT_THE_TOP
