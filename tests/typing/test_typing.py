"""What the type checkers say about code that uses parse_orm: right files pass, wrong lines are caught.

`tests/typing/*.py` hold `assert_type` lines and must be clean. In `tests/typing/wrong/*.py` every line
marked `# error` must be reported, by both checkers, and no other line.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.typing

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RIGHT = sorted(set(HERE.glob("*.py")) - {Path(__file__).resolve()})
WRONG = sorted((HERE / "wrong").glob("*.py"))

Complaints = Mapping[tuple[Path, int], str]
"""File and line (from 1) -> what a checker said there."""


def mypy(files: list[Path]) -> Complaints:
    done = checker("mypy", "--strict", "--explicit-package-bases", "--output", "json", *files)
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == bool(reports), done.stdout + done.stderr
    return {(ROOT / r["file"], r["line"]): f"{r['message']} [{r['code']}]" for r in reports if r["severity"] == "error"}


def pyright(files: list[Path]) -> Complaints:
    done = checker("pyright", "--outputjson", "--pythonpath", sys.executable, *files)
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    return {
        (Path(r["file"]), r["range"]["start"]["line"] + 1): f"{r['message']} [{r.get('rule', 'syntax')}]"
        for r in json.loads(done.stdout)["generalDiagnostics"]
        if r["severity"] == "error"
    }


def checker(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def complaints(request: pytest.FixtureRequest) -> Complaints:
    """One run of one checker over all files; each start costs seconds."""
    check: Callable[[list[Path]], Complaints] = request.param
    return check([*RIGHT, *WRONG])


def marked_lines(file: Path) -> set[int]:
    lines = file.read_text(encoding="utf-8").split("\n")
    return {number for number, line in enumerate(lines, 1) if re.search(r"#\s*error\b", line)}


def test_there_is_something_to_check() -> None:
    assert RIGHT
    assert WRONG


@pytest.mark.parametrize("file", RIGHT, ids=lambda file: file.name)
def test_right_code_passes(file: Path, complaints: Complaints) -> None:
    said = [f"{file.name}:{line}: {text}" for (where, line), text in complaints.items() if where == file]

    assert said == []


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.name)
def test_wrong_lines_are_reported_and_no_others(file: Path, complaints: Complaints) -> None:
    said = {line: text for (where, line), text in complaints.items() if where == file}
    marked = marked_lines(file)

    assert marked, "a file of wrong code marks its wrong lines with `# error`"
    assert {line: said[line] for line in said.keys() - marked} == {}, "reported without a mark"
    assert marked - said.keys() == set(), "marked and not reported"
