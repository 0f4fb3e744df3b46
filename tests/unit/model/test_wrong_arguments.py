"""What is handed the wrong kind of value says what is wrong, and what to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any

import pytest

import parse_orm as orm
from tests.unit.remembered import Wire


class Painting(orm.ParseObject):
    title = orm.property(str)
    tags = orm.array(str)


def _loaded() -> Painting:
    return Painting.from_json({"objectId": "paint00001", "title": "x"})


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "is_changed": (lambda one: one.is_changed(Painting.title), "'title'"),
    "to_dict": (lambda one: one.to_dict(only=[Painting.title]), "'title'"),
    "to_dict of a text": (lambda one: one.to_dict(exclude="title"), "list of names"),
    "from_params of nothing": (lambda one: Painting.from_params(None, only=["title"]), "mapping"),  # type: ignore[arg-type]
    "from_params of a text": (lambda one: Painting.from_params({}, only="title"), "only: .*not the text 'title'"),
    "from_json of nothing": (lambda one: Painting.from_json(None), "no JSON"),  # type: ignore[arg-type]
    "from_json of a number": (lambda one: Painting.from_json(5), "no JSON"),  # type: ignore[arg-type]
    "fetch": (lambda one: one.fetch(keys="title"), "keys: .*not the text 'title'"),
    "fetch_all": (lambda one: orm.fetch_all([one], include="title"), "include: .*not the text"),
    "save_all": (lambda one: orm.save_all([one], batch_size="x"), "batch_size= is a whole number"),  # type: ignore[arg-type]
    "destroy_all": (lambda one: orm.destroy_all([one], batch_size=0), "batch_size= is a whole number"),
    "a key of an object": (lambda one: one[0], "by the name of its field"),
    "dict": (dict, r"to_dict\(\)"),
    "no columns": (lambda one: Painting.keys(), r"takes columns"),
}


@pytest.mark.parametrize("call", WRONG)
def test_it_is_refused_before_a_request(wire: Wire, call: str) -> None:
    ask, why = WRONG[call]

    with pytest.raises(orm.InvalidInput, match=why):
        ask(_loaded())

    assert wire.sent == []


@pytest.mark.parametrize("ask", [list, tuple, lambda one: "title" in one, lambda one: [*one]])
def test_an_object_is_no_list_of_its_values(ask: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="iterable"):
        ask(_loaded())


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Cut(StrEnum):
    SLIM = "slim"


WRONG_DECLARATIONS: dict[str, tuple[Callable[[], object], str]] = {
    "field": (lambda: orm.property(str, field=5), "field= is the name of a column"),  # type: ignore[arg-type, call-overload]
    "validate": (lambda: orm.property(str, validate=5), "validate= is a function"),  # type: ignore[arg-type, call-overload]
    "choices": (lambda: orm.property(int, choices=5), "choices= is a list"),  # type: ignore[arg-type, call-overload]
    "choices of a text": (lambda: orm.property(str, choices="abc"), "choices= is a list"),
    "choices of another type": (lambda: orm.property(int, choices=["a"]), "that the column cannot hold: expected int"),
    "choices of an enum by value": (
        lambda: orm.property(Size, choices=["s"], default="s"),  # type: ignore[arg-type, call-overload]
        "choices= has 's', which no row would have: it is read as <Size.SMALL: 's'>",
    ),
    "a choice finer than a date is kept": (
        lambda: orm.property(datetime, choices=[datetime(2026, 1, 1, 0, 0, 0, 1, UTC)]),
        "which no row would have",
    ),
    "a default outside": (lambda: orm.property(str, choices=["a"], default="b"), "'b' is none of the choices"),
    "an association": (lambda: orm.belongs_to(str), "needs a model, and str is none"),
}


@pytest.mark.parametrize("declaration", WRONG_DECLARATIONS)
def test_a_column_that_contradicts_itself_is_refused_where_it_is_declared(declaration: str) -> None:
    declare, why = WRONG_DECLARATIONS[declaration]

    with pytest.raises(orm.DeclarationError, match=why):
        declare()


def test_choices_are_given_as_a_row_reads_them() -> None:
    class Shirt(orm.ParseObject):
        size = orm.property(Size, choices=[Size.SMALL], default=Size.SMALL)
        cut = orm.property(Cut, choices=["slim"])
        price = orm.property(float, choices=[1, 2.5])
        sold = orm.property(datetime, choices=[datetime(2026, 1, 1, tzinfo=UTC)])
        mail = orm.property(orm.Email, choices=["ann@example.com"])
        code = orm.property(bytes, choices=[b"a"])

    shirt = Shirt(cut="slim", price=1, sold=datetime(2026, 1, 1, tzinfo=UTC), mail="ann@example.com", code=b"a")
    assert shirt.is_valid()
    assert not Shirt(size=Size.LARGE).is_valid()


def test_choices_are_read_once() -> None:
    class Sized(orm.ParseObject):
        size = orm.property(str, choices=(letter for letter in "SML"))  # type: ignore[arg-type]

    for _ in range(2):
        assert Sized(size="L").is_valid()
        assert not Sized(size="X").is_valid()


@pytest.mark.parametrize("declared", [orm.property(str), orm.array(str), orm.belongs_to("User"), orm.has_many("User")])
def test_an_attribute_that_a_query_takes_for_a_lookup_is_refused(declared: Any) -> None:
    with pytest.raises(orm.DeclarationError, match=r"where\(a__b=\.\.\.\)"):
        type("Looked", (orm.ParseObject,), {"a__b": declared})


@pytest.mark.parametrize(
    "name",
    [
        "toString",
        "hasOwnProperty",
        "valueOf",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
    ],
)
def test_a_column_that_no_row_can_have_is_refused(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"'{name}' cannot be a column name"):
        type("Javascript", (orm.ParseObject,), {"other": orm.property(str, field=name)})


def test_the_table_of_a_relation_is_no_class_of_a_model() -> None:
    with pytest.raises(orm.DeclarationError, match="a table of a relation"):
        type("Members", (orm.ParseObject,), {}, class_name="_Join:users:_Role")
