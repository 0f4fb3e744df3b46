"""The public names of parse_orm are a list that changes only on purpose, and each is explained somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import parse_orm as orm

ROOT = Path(__file__).resolve().parents[1]


def expected_names() -> list[str]:
    lines = (ROOT / "tests" / "exported_names.txt").read_text(encoding="utf-8").split("\n")
    return sorted(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def words_in_the_docs() -> set[str]:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {word for page in pages for word in re.findall(r"\w+", page.read_text(encoding="utf-8"))}


def test_the_public_names_are_the_listed_ones_in_order() -> None:
    assert expected_names(), "tests/exported_names.txt lists them"
    assert list(orm.__all__) == expected_names()


def test_every_public_name_resolves() -> None:
    assert [name for name in expected_names() if not hasattr(orm, name)] == []


def test_dir_offers_every_public_name_to_tab_completion() -> None:
    assert set(expected_names()) - set(dir(orm)) == set()


def test_property_is_reached_by_its_module_only() -> None:
    # `from parse_orm import *` would otherwise take the builtin decorator away.
    assert "property" not in orm.__all__
    assert callable(orm.property)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Sonng"):
        orm.Sonng  # noqa: B018


def test_every_public_name_appears_in_the_docs() -> None:
    assert set(expected_names()) - words_in_the_docs() == set()
