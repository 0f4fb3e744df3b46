"""A value that is set, or edited in place, while an operation waits on the same column: one save sends both."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Desk(orm.ParseObject):
    names = orm.array(str)
    things = orm.property(list)
    info = orm.property(dict)
    plays = orm.property(int)


def _all_in_one_transaction(desks: list[Desk]) -> None:
    with orm.transaction() as transaction:
        for desk in desks:
            transaction.save(desk)


def _each_alone(desks: list[Desk]) -> None:
    for desk in desks:
        desk.save()


WAYS: dict[str, Callable[[list[Desk]], Any]] = {
    "save": _each_alone,
    "save_all": orm.save_all,
    "transaction": _all_in_one_transaction,
}

#: What waits on a list, and what it makes of one.
LIST_OPERATIONS: list[tuple[str, list[str], Callable[[list[str]], list[str]]]] = [
    ("add", ["b"], lambda held: [*held, "b"]),
    ("add_unique", ["a", "p"], lambda held: [*held, *(one for one in ("a", "p") if one not in held)]),
    ("remove", ["a"], lambda held: [one for one in held if one != "a"]),
]
LIST_EDITS: list[Callable[[list[str]], Any]] = [
    lambda held: held.append("p"),
    lambda held: held.insert(0, "p"),
    lambda held: held.clear(),
    lambda held: held.remove("z"),
    lambda held: held.reverse(),
]

INCREMENTS = [{"info.k": 2}, {"info.new": 3}, {"info.deep.x": 4}, {"info.k": 2, "info.deep.x": 4}]
DICT_EDITS: list[Callable[[dict[str, Any]], Any]] = [
    lambda held: held.update(k=50),
    lambda held: held.update(z=5),
    lambda held: held.pop("k"),
    lambda held: held.pop("deep"),
    lambda held: held["deep"].update(y=9),
    lambda held: held["deep"].clear(),
    lambda held: held.update(deep=7),
    lambda held: held.clear(),
]
INFO = {"k": 1, "z": 2, "deep": {"x": 1, "y": 1}}

VALUES: list[tuple[str, Any]] = [
    *(("info", value) for value in ({}, {"z": 1}, None, {"k": 1, "z": 2}, INFO)),
    *((column, value) for column in ("names", "things") for value in ([], ["q"], None)),
    ("plays", 9),
    ("plays", None),
]


def _incremented(info: dict[str, Any], amounts: dict[str, int]) -> dict[str, Any]:
    for path, amount in amounts.items():
        _, *way, last = path.split(".")
        held = info
        for step in way:
            held = held[step]
        held[last] = held.get(last, 0) + amount
    return info


def _held(desk: Desk, column: str) -> Any:
    """The value of a column on the server."""
    return getattr(Desk.get(str(desk.id)), column)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("column", ["names", "things"])
def test_an_operation_that_waits_and_an_edit_of_the_list_go_out_in_one_save(way: str, column: str) -> None:
    expected = []
    for verb, values, done in LIST_OPERATIONS:
        for edit in LIST_EDITS:
            desk = Desk.create(**{column: ["a", "z"]})
            held, plain = getattr(desk, column), ["a", "z"]
            getattr(desk, verb)(column, *values, send=False)
            edit(held)
            edit(plain)
            expected.append((desk, held, done(plain)))

    WAYS[way]([desk for desk, _, _ in expected])

    for desk, held, value in expected:
        assert (_held(desk, column), getattr(desk, column), desk.changed) == (value, value, [])
        assert getattr(desk, column) is held


@pytest.mark.parametrize("way", WAYS)
def test_an_increment_that_waits_comes_before_an_edit_of_the_dict(way: str) -> None:
    expected = []
    for amounts in INCREMENTS:
        for edit in DICT_EDITS:
            desk = Desk.create(info=deepcopy(INFO))
            for path, amount in amounts.items():
                desk.increment(path, amount, send=False)
            assert desk.info is not None
            edit(desk.info)
            plain = _incremented(deepcopy(INFO), amounts)
            edit(plain)
            if "info.new" in amounts:
                plain["new"] = 3  # no edit here says anything of this key
            expected.append((desk, plain))

    WAYS[way]([desk for desk, _ in expected])

    for desk, value in expected:
        assert (_held(desk, "info"), desk.info, desk.changed) == (value, value, [])


@pytest.mark.parametrize("way", WAYS)
def test_a_value_that_is_assigned_takes_the_place_of_the_operations_that_wait(way: str) -> None:
    expected = []
    for column, value in VALUES:
        desk = Desk.create(info=deepcopy(INFO), names=["a"], things=["a"], plays=1)
        if column == "info":
            desk.increment("info.k", send=False).increment("info.deep.x", send=False)
        elif column == "plays":
            desk.increment("plays", send=False)
        else:
            desk.add(column, "b", send=False)
        setattr(desk, column, value)
        expected.append((desk, column, [] if value is None and column == "names" else value))

    WAYS[way]([desk for desk, _, _ in expected])

    for desk, column, value in expected:
        shown = getattr(desk, column)
        assert (column, _held(desk, column), shown, desk.changed) == (column, value, value, [])


@pytest.mark.parametrize("column", ["info", "names", "things", "plays"])
def test_an_unset_column_forgets_the_operations_that_wait_on_it(column: str) -> None:
    desk = Desk.create(info=deepcopy(INFO), names=["a"], things=["a"], plays=1)
    if column in {"info", "plays"}:
        desk.increment("info.k" if column == "info" else column, send=False)
    else:
        desk.add(column, "b", send=False)

    desk.unset(column)

    assert desk.changed == []
    desk.save()
    assert not _held(desk, column)


def test_an_operation_on_an_edited_column_does_not_lose_the_one_that_waited() -> None:
    desk = Desk.create(names=["a"], info={"k": 1})
    desk.add("names", "b", send=False).increment("info.k", send=False)
    desk.names.append("p")
    assert desk.info is not None
    desk.info["z"] = 1

    desk.add("names", "c", send=False).increment("info.z", send=False).save()

    assert _held(desk, "names") == desk.names == ["a", "p", "b", "c"]
    assert _held(desk, "info") == desk.info == {"k": 2, "z": 2}


def test_a_save_that_failed_keeps_both_for_the_next_one() -> None:
    desk = Desk.create(names=["a"], info={"k": 1})
    desk.add("names", "b", send=False).increment("info.k", send=False)
    desk.names.append("p")
    assert desk.info is not None
    desk.info["z"] = 1
    with pytest.raises(orm.ParseError):
        desk.save(session="r:none", master=False)
    assert sorted(desk.changed) == ["info", "names"]

    desk.save()

    assert _held(desk, "names") == desk.names == ["a", "p", "b"]
    assert _held(desk, "info") == desk.info == {"k": 2, "z": 1}


class Bare(orm.ParseObject):
    """A class whose rows never had a dict, so that the server has no column for one."""

    name = orm.property(str)
    info = orm.property(dict)


@pytest.mark.parametrize("model", [Bare, Desk])
@pytest.mark.parametrize("read", [False, True])
def test_nothing_is_unset_inside_a_dict_that_the_row_does_not_have(
    model: type[Bare] | type[Desk], read: bool, parse_client: orm.Client
) -> None:
    row = model.create()
    if read:
        row = model.get(str(row.id))
        assert row.info is None

    row.increment("info.k", send=False).unset("info.k")

    assert (row.info, row.changed) == (None, [])
    answer = parse_client.request("GET", f"/classes/{model.__name__}/{row.id}")
    assert "info" not in answer


def test_what_waits_inside_an_unset_value_of_a_dict_goes_with_it() -> None:
    desk = Desk.create(info=deepcopy(INFO))
    desk.increment("info.deep.x", send=False).increment("info.k", send=False)

    desk.unset("info.deep")

    assert (desk.changed, desk.info) == (["info.k"], {"k": 1, "z": 2})
    desk.save()
    assert _held(desk, "info") == {"k": 2, "z": 2}


def test_unsetting_inside_a_value_that_is_set_to_nothing_makes_no_dict() -> None:
    new = Desk()
    new.unset("info.k")
    assert new.info is None
    desk = Desk.create(info={"k": 1})
    desk.info = None

    desk.unset("info.k")

    assert _held(desk, "info") is desk.info is None


class Drawer(orm.ParseObject):
    desks = orm.array()


def test_an_included_list_that_lacks_rows_keeps_them_when_an_operation_and_an_edit_go_out_together() -> None:
    first, gone, second, third = orm.save_all([Desk() for _ in range(4)]).saved
    made = Drawer.create(desks=[first, gone])
    gone.destroy()
    drawer = Drawer.where(id=made.id).include("desks").all()[0]
    assert drawer.desks == [first]

    drawer.add("desks", second, send=False)
    drawer.desks.append(third)
    drawer.save()

    assert {one.id for one in Drawer.get(str(made.id)).desks} == {one.id for one in (first, gone, second, third)}
    assert drawer.changed == []
