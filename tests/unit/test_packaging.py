"""What somebody gets who installs parse_orm: the right files, few dependencies, a quick import."""

from __future__ import annotations

import configparser
import email
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.unit.compiler import CAN_COMPILE

ROOT = Path(__file__).resolve().parents[2]

RUNTIME = {"inflection", "python-dateutil", "requests"}

EXTRAS = {
    "asgi",
    "bench",
    "cli",
    "dev",
    "devserver",
    "devserver-node",
    "django",
    "docs",
    "fast",
    "flask",
    "lint",
    "pandas",
    "redis",
    "sql",
    "test",
    "web",
}

# Modules and packages that may ask for more than the runtime dependencies, and what each of them asks for.
NEEDS = {
    "parse_orm.contrib.asgi": {"starlette"},
    "parse_orm.contrib.django": {"asgiref", "django"},
    "parse_orm.contrib.flask": {"click", "flask", "werkzeug"},
    "parse_orm.devserver.pytest_plugin": {"pytest"},
    "parse_orm.testing": {"pytest"},
}


def is_below(name: str, place: str) -> bool:
    return f"{name}.".startswith(f"{place}.")


def is_expected(name: str, why: str) -> bool:
    """Whether a module failed for the lack of a package that its place may ask for."""
    allowed = set().union(*(packages for place, packages in NEEDS.items() if is_below(name, place)))
    return any(why == f"ModuleNotFoundError: No module named '{package}'" for package in allowed)


IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
import parse_orm
names = [m.name for m in pkgutil.walk_packages(parse_orm.__path__, "parse_orm.", onerror=lambda name: None)]
failures = {}
for name in names:
    if name.endswith("__main__"):
        continue  # importing a program runs it
    try:
        importlib.import_module(name)
    except Exception as error:
        failures[name] = f"{type(error).__name__}: {error}"
print(json.dumps({"names": names, "failures": failures, "from": parse_orm.__file__}))
"""

IMPORT_ROOT = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import parse_orm
taken = time.perf_counter() - start
print(json.dumps({"seconds": taken, "loaded": sorted(set(sys.modules) - before)}))
"""


def plain_environment(**more: str) -> dict[str, str]:
    """The environment of a user's shell: without the coverage hook that `make test` adds."""
    hidden = ("COVERAGE_", "PYTHONPATH", "PARSE_", "PYTEST_")
    return {k: v for k, v in os.environ.items() if not k.startswith(hidden)} | more


def run(*command: object, cwd: Path = ROOT, **environment: str) -> str:
    """The standard output of a command that must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=plain_environment(**environment),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def options() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_three_runtime_dependencies_each_with_a_floor_and_no_cap(options: configparser.ConfigParser) -> None:
    lines = options["options"]["install_requires"].split("\n")
    requirements = [Requirement(line) for line in lines if line]

    assert {r.name for r in requirements} == RUNTIME
    for requirement in requirements:
        assert [s.operator for s in requirement.specifier] == [">="], requirement


def test_every_promised_extra_exists(options: configparser.ConfigParser) -> None:
    assert set(options["options.extras_require"]) == EXTRAS


def test_importing_the_package_loads_nothing_but_itself_and_the_standard_library() -> None:
    loaded = json.loads(run(sys.executable, "-c", IMPORT_ROOT))["loaded"]
    tops = {name.partition(".")[0] for name in loaded}

    assert tops - set(sys.stdlib_module_names) == {"parse_orm"}


def test_importing_the_package_takes_at_most_30_ms() -> None:
    taken = [json.loads(run(sys.executable, "-c", IMPORT_ROOT))["seconds"] for _ in range(5)]

    assert min(taken) <= 0.030, f"best of five: {min(taken) * 1000:.1f} ms"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def build(folder: Path, **environment: str) -> Path:
    """Make the wheel of a copy, so that a build folder left in the checkout can neither help nor harm."""
    source = mkdir(folder / "source")
    run("cp", "-r", "--parents", *(p for p in sources() if (ROOT / p).exists()), source)
    for built in source.rglob("*.so"):
        built.unlink()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, **environment)
    (made,) = folder.glob("*.whl")
    return made


def mkdir(folder: Path) -> Path:
    folder.mkdir()
    return folder


def sources() -> list[str]:
    """What the wheel is made of."""
    return ["setup.cfg", "setup.py", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md", "parse_orm"]


@pytest.fixture(scope="module")
def names_in_wheel(wheel: Path) -> set[str]:
    return names_in(wheel)


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that holds the wheel, its dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", wheel, cwd=folder)
    return python


@pytest.mark.slow
def test_the_wheel_is_marked_as_typed(names_in_wheel: set[str]) -> None:
    assert "parse_orm/py.typed" in names_in_wheel


@pytest.mark.slow
def test_the_wheel_holds_every_source_and_resource_file_of_the_package(names_in_wheel: set[str]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "parse_orm").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".c", ".so"}
    }

    assert wanted - names_in_wheel == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "web/templates/parse_orm/base.html",
        "web/templates/parse_orm/devices/index.html",
        "web/templates/parse_orm/devices/confirm.html",
        "contrib/django/admin/templates/parse_orm/admin/sessions.html",
        "contrib/django/admin/migrations/0001_initial.py",
    ],
)
def test_the_wheel_holds_the_pages_of_flask_and_django(names_in_wheel: set[str], page: str) -> None:
    assert f"parse_orm/{page}" in names_in_wheel


@pytest.mark.slow
@pytest.mark.skipif(not CAN_COMPILE, reason="the parts in C cannot be built here")
@pytest.mark.parametrize("part", ["codec/_encode", "codec/_writer", "fields/_assigning", "fields/_getters"])
def test_the_wheel_holds_the_parts_in_c(names_in_wheel: set[str], part: str) -> None:
    assert f"parse_orm/{part}{sysconfig.get_config_var('EXT_SUFFIX')}" in names_in_wheel


@pytest.mark.slow
def test_without_a_compiler_everything_but_the_part_in_c_is_built(tmp_path: Path) -> None:
    names = names_in(build(tmp_path, CC="/nowhere/cc"))

    assert "parse_orm/fields/getters.py" in names
    assert not [name for name in names if name.endswith(".so")]


@pytest.mark.slow
def test_the_wheel_holds_nothing_but_the_package(names_in_wheel: set[str]) -> None:
    strangers = {n for n in names_in_wheel if not n.startswith("parse_orm/") and ".dist-info/" not in n}

    assert strangers == set()


@pytest.mark.slow
def test_the_metadata_says_what_setup_cfg_says(metadata: Message) -> None:
    required = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]

    assert metadata["Name"] == "parse-orm"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {r.name for r in required if r.marker is None} == RUNTIME
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS


@pytest.mark.slow
def test_every_module_imports_with_the_runtime_dependencies_alone(clean_python: Path, tmp_path: Path) -> None:
    report = json.loads(run(clean_python, "-W", "error", "-c", IMPORT_EVERYTHING, cwd=tmp_path))
    unexpected = {name: why for name, why in report["failures"].items() if not is_expected(name, why)}

    assert Path(report["from"]).is_relative_to(clean_python.parents[1])
    assert unexpected == {}


@pytest.mark.slow
def test_a_module_that_needs_more_names_what_it_lacks(clean_python: Path, tmp_path: Path) -> None:
    report = json.loads(run(clean_python, "-c", IMPORT_EVERYTHING, cwd=tmp_path))

    for place in NEEDS:
        assert any(is_below(name, place) and is_expected(name, why) for name, why in report["failures"].items()), place
