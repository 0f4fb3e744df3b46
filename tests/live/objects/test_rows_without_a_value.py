"""Rows of before a default was declared: every way to read one gives the same answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Colour(Enum):
    RED = "red"


class OldSheet(orm.ParseObject, class_name="DefaultSheet"):
    title = orm.property(str)


class DefaultSheet(orm.ParseObject):
    title = orm.property(str)
    stock = orm.property(int, default=7)
    share = orm.property(float, default=0.5)
    open = orm.property(bool, default=True)
    colour = orm.property(Colour, default=Colour.RED)
    seen = orm.property(datetime, default=lambda: datetime.now(UTC))
    info = orm.property(dict, default=lambda: {"a": 1})
    notes = orm.property(list, default=lambda: ["a"])


DEFAULTED = ["stock", "share", "open", "colour", "seen", "info", "notes"]

READS: dict[str, Callable[[DefaultSheet, str], Any]] = {
    "attribute": lambda sheet, name: getattr(sheet, name),
    "brackets": lambda sheet, name: sheet[name],
    "to_dict": lambda sheet, name: sheet.to_dict()[name],
    "to_json": lambda sheet, name: getattr(DefaultSheet.from_json(sheet.to_json()), name),
    "changes": lambda sheet, name: sheet.changes.get(name),
    "get": lambda sheet, name: getattr(DefaultSheet.get(sheet.id), name),
    "pointer that is loaded": lambda sheet, name: getattr(DefaultSheet.pointer(sheet.id), name),
    "reload": lambda sheet, name: getattr(sheet.reload(), name),
    "in part": lambda sheet, name: getattr(DefaultSheet.where(id=sheet.id).keys("title").get(sheet.id), name),
    "keys": lambda sheet, name: getattr(DefaultSheet.where(id=sheet.id).keys(name).get(sheet.id), name),
    "copy": lambda sheet, name: getattr(sheet.copy(), name),
    "pluck": lambda sheet, name: DefaultSheet.where(id=sheet.id).pluck(name)[0],
}


@pytest.fixture
def old() -> DefaultSheet:
    before = OldSheet.create(title="before")
    DefaultSheet.create(title="new")
    return DefaultSheet.get(before.id)


@pytest.mark.parametrize("read", READS)
def test_no_way_to_read_gives_a_default_that_the_row_does_not_have(old: DefaultSheet, read: str) -> None:
    assert {name: READS[read](old, name) for name in DEFAULTED} == dict.fromkeys(DEFAULTED)
    assert old.changed == []


def test_questions_and_operations_take_the_row_for_what_it_reads_as(old: DefaultSheet) -> None:
    here = DefaultSheet.where(id=old.id)
    assert (here.where(stock=old.stock).count(), here.where(stock=7).count()) == (1, 0)

    old.title = "saved"
    old.save()
    assert DefaultSheet.get(old.id).stock is None  # a save writes nothing that nobody set

    assert old.increment("stock").stock == 1


def test_the_guide_s_way_to_fill_old_rows_does(old: DefaultSheet) -> None:
    DefaultSheet.where(stock=None).update_all(stock=7)
    assert (old.reload().stock, DefaultSheet.where(stock=None).count()) == (7, 0)


def test_a_computed_default_is_made_once_and_stored() -> None:
    sheet = DefaultSheet.create(title="new")
    seen = sheet.seen
    assert seen is not None
    assert seen == sheet.seen == DefaultSheet.get(sheet.id).seen


def test_the_hash_of_an_object_outlives_save_reload_and_destroy() -> None:
    sheet = DefaultSheet(title="x")
    with pytest.raises(TypeError, match="never saved"):
        hash(sheet)
    found = {sheet.save(): 1}
    sheet.update(title="y")
    sheet.reload()
    assert found[sheet] == found[DefaultSheet.pointer(sheet.id)] == found[DefaultSheet.get(sheet.id)] == 1
    sheet.destroy()
    assert found[sheet] == 1
