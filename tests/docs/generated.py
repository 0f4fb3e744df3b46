"""The pages that are made of a data file: the scripts that write them, and what the Python names in them stand for."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import parse_orm as orm

DATA = Path(__file__).resolve().parents[2] / "docs" / "data"

#: Modules that a name may begin with; every other name begins at `orm`.
ROOTS = {"parse_orm", "builtins", "datetime"}


def script(name: str) -> Any:
    """The script of a page; scripts import each other as they do when one of them is run."""
    if str(DATA) not in sys.path:
        sys.path.append(str(DATA))
    return importlib.import_module(name)


def find(name: str) -> Any:
    """What a Python name of a page stands for."""
    first, *rest = name.split(".")
    found: Any = importlib.import_module(first) if first in ROOTS else getattr(orm, first)
    path = first
    for part in rest:
        path = f"{path}.{part}"
        # A module that nobody imported yet is no attribute of its package.
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(path)
    return found
