"""Importing parse_orm loads next to nothing: what it needs is loaded when it is needed."""

from __future__ import annotations

import subprocess
import sys

from bench.race import ROOT


def loaded_by(code: str) -> set[str]:
    """The modules that an interpreter of its own has loaded at the end."""
    ask = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_itself_and_its_version() -> None:
    added = loaded_by("import parse_orm") - loaded_by("pass")

    assert {name for name in added if not name.startswith("coverage")} - {"__future__"} == {
        "parse_orm",
        "parse_orm._version",
    }


def test_declaring_a_model_loads_neither_requests_nor_dateutil() -> None:
    added = loaded_by("import parse_orm as orm\nclass Song(orm.ParseObject):\n    title = orm.property(str)")

    assert not {name.partition(".")[0] for name in added} & {"dateutil", "requests", "urllib3"}
