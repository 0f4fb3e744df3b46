"""A class that is made from a model has the columns that the model declares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import parse_orm as orm


class Shelf(orm.ParseObject):
    name = orm.property(str)


class Folio(orm.ParseObject):
    title = orm.property(str)
    pages = orm.property(int)
    weight = orm.property(float)
    is_open = orm.property(bool)
    printed = orm.property(datetime)
    notes = orm.property(dict)
    tags = orm.array(str)
    helpers = orm.has_many(Shelf, through="array")
    place = orm.property(orm.GeoPoint)
    area = orm.property(orm.Polygon)
    cover = orm.property(orm.File)
    seal = orm.property(bytes)
    shelf = orm.belongs_to(Shelf)
    owner = orm.belongs_to(orm.User)
    readers = orm.has_many(orm.User, through="relation")


WANTED = {
    "title": {"type": "String"},
    "pages": {"type": "Number"},
    "weight": {"type": "Number"},
    "isOpen": {"type": "Boolean"},
    "printed": {"type": "Date"},
    "notes": {"type": "Object"},
    "tags": {"type": "Array"},
    "helpers": {"type": "Array"},
    "place": {"type": "GeoPoint"},
    "area": {"type": "Polygon"},
    "cover": {"type": "File"},
    "seal": {"type": "Bytes"},
    "shelf": {"type": "Pointer", "targetClass": "Shelf"},
    "owner": {"type": "Pointer", "targetClass": "_User"},
    "readers": {"type": "Relation", "targetClass": "_User"},
}
ALWAYS = {"objectId", "createdAt", "updatedAt", "ACL"}


@pytest.fixture(autouse=True)
def without_the_class(parse_client: orm.Client) -> Any:
    orm.schemas.delete(Folio)
    yield
    orm.schemas.delete(Folio)


def columns() -> dict[str, Any]:
    schema = orm.schemas.get(Folio)
    assert schema is not None
    return {name: column for name, column in schema["fields"].items() if name not in ALWAYS}


def test_the_class_has_the_columns_of_the_model() -> None:
    orm.schemas.create(Folio)

    assert columns() == WANTED


def test_what_is_given_wins_over_the_model() -> None:
    orm.schemas.create(Folio, {"fields": {"title": {"type": "String", "required": True}, "more": {"type": "Date"}}})

    assert columns() == {**WANTED, "title": {"type": "String", "required": True}, "more": {"type": "Date"}}


def test_a_name_alone_makes_a_class_without_columns() -> None:
    orm.schemas.create("Folio")

    assert columns() == {}
