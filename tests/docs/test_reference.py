"""The reference leaves nothing out: each public name stands on one of its pages."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import parse_orm as orm

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
DIRECTIVE = re.compile(r"^\.\. (automodule|py:data):: (\S+)", re.MULTILINE)


def documented() -> Iterator[tuple[str, Any]]:
    """Each name of the reference, with what it stands for."""
    for page in REFERENCE.glob("*.md"):
        for kind, target in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            if kind == "py:data":
                module, _, name = target.rpartition(".")
                yield name, getattr(importlib.import_module(module), name)
            else:
                yield from members(importlib.import_module(target))


def members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What automodule shows: the classes and functions of ``__all__``, else those that the module defines."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    for name in getattr(module, "__all__", own):
        value = getattr(module, name)
        if callable(value):
            yield name, value


SHOWN = [*documented()]


@pytest.mark.parametrize("name", orm.__all__)
def test_a_public_name_is_on_a_page_of_the_reference(name: str) -> None:
    wanted = getattr(orm, name)

    assert any(shown is wanted for shown_name, shown in SHOWN if shown_name == name)


def test_every_page_of_the_reference_is_in_its_contents() -> None:
    contents = (REFERENCE / "index.md").read_text(encoding="utf-8").splitlines()

    assert [page.stem for page in REFERENCE.glob("*.md") if page.stem not in {*contents, "index"}] == []
