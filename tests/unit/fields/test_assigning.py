"""An attribute that a class does not have is refused when it is set, with C and without."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import ReadOnlyField, UnknownField


class AssignedVerse(orm.ParseObject):
    counter = 0
    note: str | None = None
    title = orm.property(str)
    lines = orm.has_many("AssignedVerse")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._mine = "x"

    @property
    def shout(self) -> str:
        return (self.title or "").upper()

    @shout.setter
    def shout(self, text: str) -> None:
        self.title = text.lower()


class AssignedStrict(AssignedVerse, class_name="AssignedStrict"):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)


@pytest.fixture(params=[AssignedVerse, AssignedStrict])
def verse(request: pytest.FixtureRequest) -> Any:
    return request.param(title="Hey")


def test_a_misspelt_attribute_is_refused_with_a_suggestion(verse: Any) -> None:
    with pytest.raises(UnknownField, match="has no field 'tilte'; did you mean 'title'") as caught:
        verse.tilte = "x"
    with pytest.raises(AttributeError, match="has no field 'foo'"):
        verse.foo = 3

    assert not hasattr(verse, "tilte")
    assert "begins with an underscore, or is declared in the class" in caught.value.__notes__[0]


def test_what_the_class_has_and_what_begins_with_an_underscore_is_the_user_s_own(verse: Any) -> None:
    verse.counter = 1
    verse.note = "n"
    verse._anything = [1]
    verse.shout = "HO"
    verse.save = print
    del verse.save

    assert (verse.counter, verse.note, verse._anything, verse._mine, verse.title) == (1, "n", [1], "x", "ho")
    assert AssignedVerse.counter == 0


def test_a_name_in_brackets_is_set_like_an_attribute(verse: Any) -> None:
    verse["title"] = "Ho"

    assert (verse.title, verse["title"]) == ("Ho", "Ho")
    with pytest.raises(UnknownField, match="did you mean 'title'"):
        verse["tilte"] = "x"
    with pytest.raises(UnknownField, match="has no field 'foo'"):
        verse["foo"] = 3
    with pytest.raises(ReadOnlyField):
        verse["id"] = "x"


def test_rows_that_were_read_refuse_it_too() -> None:
    verse: Any = AssignedVerse.from_json({"objectId": "verse00001", "title": "x"})

    with pytest.raises(UnknownField, match="did you mean 'title'"):
        verse.tilte = "x"


def test_an_abstract_base_declares_attributes_for_its_models() -> None:
    class AssignedBase(orm.ParseObject, abstract=True):
        seen = False

    class AssignedChild(AssignedBase):
        pass

    child = AssignedChild()
    child.seen = True

    assert child.seen


def test_it_is_the_same_without_the_part_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARSE_ORM_PURE_PYTHON", "1")
    tests = [f"{__file__}::{name}" for name in list(globals()) if name.startswith("test_") and "without" not in name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout
