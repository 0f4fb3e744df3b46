"""Every example of README.md and docs/ does what it says on a real server, in the order it is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.docs

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 180.0  # seconds for one page

# config() key -> the environment variable that orm.connect() reads
VARIABLES = {
    "server_url": "PARSE_SERVER_URL",
    "app_id": "PARSE_APP_ID",
    "rest_key": "PARSE_REST_API_KEY",
    "master_key": "PARSE_MASTER_KEY",
}


def pages() -> list[str]:
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [p.relative_to(ROOT).as_posix() for p in found if p.is_file() and "_build" not in p.parts]


def modules_by_floor() -> dict[str, list[str]]:
    """The modules that have a prompt in them, by the package or module below parse_orm that holds them."""
    floors: dict[str, list[str]] = {}
    for path in sorted((ROOT / "parse_orm").rglob("*.py")):
        if path.name == "__main__.py" or ">>> " not in path.read_text(encoding="utf-8"):
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        floors.setdefault(parts[1], []).append(name)
    return floors


def run(server: Any, what: str, *names: str) -> None:
    """Run the examples in an interpreter of their own that is connected to an empty server."""
    server.start()
    server.start_database()
    server.reset(classes=True)
    environment = {VARIABLES[key]: value for key, value in server.config().items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.runner", what, *names],
        cwd=ROOT,
        env=os.environ | environment | {"PARSE_SERVER_MAY_BE_EMPTIED": "1"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    if done.returncode:
        pytest.fail(f"{done.stderr.strip()}\n{done.stdout.strip()}".strip(), pytrace=False)


@pytest.mark.parametrize("page", pages())
def test_the_examples_of_a_page_run(page: str, parse_server: Any) -> None:
    run(parse_server, "page", page)


@pytest.mark.parametrize("floor", modules_by_floor())
def test_the_examples_in_docstrings_run(floor: str, parse_server: Any) -> None:
    run(parse_server, "docstrings", *modules_by_floor()[floor])
