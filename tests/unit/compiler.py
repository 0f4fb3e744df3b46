"""Whether the parts in C can be built here; where they can, the tests want them built."""

from __future__ import annotations

import shutil
import sysconfig
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

CAN_COMPILE = bool(
    shutil.which("cc")
    and Path(sysconfig.get_path("include"), "Python.h").exists()
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)


def part_in_c(name: str) -> Any:
    """A module in C; where it cannot be built, the test that asks for it is skipped."""
    if not CAN_COMPILE:
        pytest.skip(f"{name} cannot be built here")
    return import_module(f"parse_orm.{name}")
