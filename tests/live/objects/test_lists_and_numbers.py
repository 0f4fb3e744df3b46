"""Empty lists and large numbers, as the server stores them."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class ShelfBook(orm.ParseObject):
    title = orm.property(str)


class Shelf(orm.ParseObject):
    name = orm.property(str)
    tags = orm.array(str)
    rows = orm.property(list)
    books = orm.has_many(ShelfBook, through="array")
    share = orm.property(float)


EMPTY: dict[str, Any] = {"tags": [], "rows": [], "books": []}


def stored(shelf: Shelf) -> dict[str, Any]:
    row = Shelf.get(shelf.id)._wire
    return {name: row.get(name) for name in EMPTY}


def test_an_empty_list_is_stored_the_same_however_it_became_empty() -> None:
    book = ShelfBook.create(title="b")
    full: dict[str, Any] = {"tags": ["a"], "rows": ["a"], "books": [book]}
    created = Shelf.create(**EMPTY)
    cleared = Shelf.create(**full)
    cleared.update(**EMPTY)
    emptied = Shelf.create(**full)
    for name in EMPTY:
        getattr(emptied, name).clear()
    emptied.save()
    lacking = Shelf.create(name="x")
    assert stored(lacking) == dict.fromkeys(EMPTY)
    lacking.update(**EMPTY)
    batch = Shelf(**EMPTY)
    orm.save_all([batch])

    for shelf in (created, cleared, emptied, lacking, batch, Shelf.get(created.id).copy().save()):
        assert stored(shelf) == EMPTY
        assert shelf.changed == []
    assert Shelf.where(tags=None).count() == 0


def test_none_takes_a_list_out_of_the_row_and_reads_as_an_empty_one() -> None:
    book = ShelfBook.create(title="b")
    nothing: dict[str, Any] = {"tags": None, "books": None}
    made, updated, batch = Shelf(**nothing), Shelf.create(tags=["a"], books=[book]), Shelf.create(tags=[], books=[book])
    orm.save_all([made])
    updated.update(**nothing)
    batch._assign(nothing)
    orm.save_all([batch])
    for shelf in (made, updated, batch):
        assert stored(shelf) == dict.fromkeys(EMPTY)
        assert (shelf.tags, shelf.books, shelf.changed) == ([], [], [])
        shelf.tags.append("b")
        shelf.save()
        assert Shelf.get(shelf.id).tags == ["b"]
        assert shelf.unset("tags").tags == []


def test_objects_that_were_given_the_same_values_are_saved_apart() -> None:
    tags, rows = ["a"], [{"a": [1]}]
    one, two = Shelf.create(tags=tags, rows=rows), Shelf.create(tags=tags, rows=rows)
    one.tags.append("b")
    one.rows[0]["a"].append(2)  # type: ignore[index]
    orm.save_all([one, two])

    assert (Shelf.get(one.id).tags, Shelf.get(one.id).rows) == (["a", "b"], [{"a": [1, 2]}])
    assert (Shelf.get(two.id).tags, Shelf.get(two.id).rows) == (["a"], [{"a": [1]}])
    assert (tags, rows) == (["a"], [{"a": [1]}])


@pytest.mark.parametrize("number", [10**20, 2**53 + 2, 1e300, -0.25])
def test_a_column_of_floats_holds_any_finite_number(number: float) -> None:
    shelf = Shelf.create(share=number)
    assert Shelf.get(shelf.id).share == float(number)
    assert Shelf.create(share=0.0).increment("share", number).share == float(number)
