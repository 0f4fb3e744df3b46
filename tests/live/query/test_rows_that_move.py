"""Loops that change the very order they read by give each row once, and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")

#: Rows of the class, and more turns than any loop over them may take.
ROWS, BOUND = 8, 40


class Swimmer(orm.ParseObject):
    laps = orm.property(int)
    lane = orm.property(str)


class Diver(orm.ParseObject):
    laps = orm.property(int)
    lane = orm.property(str)
    wet = orm.property(bool)
    coach = orm.belongs_to(Swimmer)
    about = orm.property(dict)


@pytest.fixture(params=["every row has a value", "rows without a value"])
def swimmers(request: pytest.FixtureRequest) -> list[Swimmer]:
    some = request.param == "rows without a value"
    made = [Swimmer(laps=None if some and n % 3 == 0 else n % 4, lane="ab"[n % 2]) for n in range(ROWS)]
    orm.save_all(made)
    return made


WAYS: dict[str, Callable[[Any, int], Iterator[Any]]] = {
    "each": lambda query, size: query.each(batch_size=size),
    "batches": lambda query, size: (row for page in query.batches(size) for row in page),
    "cursor": lambda query, size: iter(query.cursor(size)),
    "cursor that goes on from JSON": lambda query, size: from_json_to_json(query, size),
}


def from_json_to_json(query: Any, size: int) -> Iterator[Any]:
    text = query.cursor(size).to_json()
    while True:
        cursor = orm.Cursor.from_json(text, query)
        page = cursor.next_page()
        if not page:
            return
        yield from page
        text = cursor.to_json()


ORDERS = [["updated_at"], ["-updated_at"], ["laps"], ["-laps"], ["created_at"], ["-created_at"], ["id"]]
CHANGES: dict[str, Callable[[Swimmer], Any]] = {
    "raised": lambda row: row.increment("laps", 10),
    "lowered": lambda row: row.increment("laps", -10),
    "removed": lambda row: row.unset("laps"),
    "set": lambda row: row.update(laps=2),
    "saved": lambda row: row.update(lane=f"{row.lane}x"),
}


def read_once(rows: Iterator[Any], change: Callable[[Swimmer], Any]) -> list[str]:
    found = []
    for row in rows:
        found.append(row.id)
        assert len(found) <= BOUND
        change(row)
    return found


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_each_row_comes_once_while_it_is_changed(
    order: list[str], change: Callable[[Swimmer], Any], swimmers: list[Swimmer]
) -> None:
    found = read_once(WAYS["each"](Swimmer.order(*order), 3), change)

    assert sorted(found) == sorted(row.id for row in swimmers)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", [["updated_at"], ["-laps"]], ids=" ".join)
def test_every_way_of_reading_ends(way: str, order: list[str], swimmers: list[Swimmer]) -> None:
    found = read_once(WAYS[way](Swimmer.order(*order), 2), lambda row: row.increment("laps", -1))

    assert sorted(found) == sorted(row.id for row in swimmers)


@pytest.mark.parametrize("order", [["updated_at", "lane"], ["laps", "-updated_at"], ["lane", "laps"]], ids=" ".join)
def test_an_order_of_several_columns_gives_each_row_once(order: list[str], swimmers: list[Swimmer]) -> None:
    found = read_once(WAYS["each"](Swimmer.order(*order), 3), CHANGES["raised"])

    assert sorted(found) == sorted(row.id for row in swimmers)


def test_update_all_in_the_order_of_what_it_sets_changes_each_row_once(swimmers: list[Swimmer]) -> None:
    result = Swimmer.order("updated_at").update_all(laps=7)

    assert sorted(row.id for row in result.saved) == sorted(row.id for row in swimmers)


#: Orders that are read in each of the ways there are: by id, by one column, and by position.
ALL_ORDERS = [
    ["id"],
    ["laps"],
    ["-updated_at"],
    ["wet"],
    ["coach"],
    ["about.k"],
    ["laps", "lane"],
    ["-created_at", "id"],
]


@pytest.fixture
def divers() -> list[Diver]:
    coaches = [Swimmer.create(lane="c"), Swimmer.create(lane="d")]
    made = [
        Diver(laps=n % 3 or None, lane="ab"[n % 2], wet=n % 3 == 1, coach=coaches[n % 2], about={"k": n % 4})
        for n in range(9)
    ]
    orm.save_all(made)
    return made


@pytest.mark.parametrize("which", ["all", "every second", "the next one"])
@pytest.mark.parametrize("size", [1, 2, 4, 20])
@pytest.mark.parametrize("order", ALL_ORDERS, ids=" ".join)
def test_rows_that_go_while_they_are_read_hide_no_others(
    order: list[str], size: int, which: str, divers: list[Diver]
) -> None:
    for way in WAYS.values():
        orm.save_all([diver.copy() for diver in divers])
        there = {row.id for row in Diver.all()}
        found: list[str] = []
        for row in way(Diver.order(*order), size):
            found.append(row.id)
            if which == "all" or (which == "every second" and len(found) % 2):
                row.destroy()
                there.discard(row.id)
            elif which == "the next one":  # a row that was not read yet, and the one before it
                for victim in sorted(there.difference(found))[:1]:
                    Diver.pointer(victim).destroy()
                    there.discard(victim)
                there.add(row.id)
        assert len(found) == len(set(found))
        assert there <= set(found)  # whoever was there all the time was read
        Diver.query().delete_all()


@pytest.mark.parametrize("order", ALL_ORDERS, ids=" ".join)
def test_what_is_written_in_an_order_leaves_no_row_out(order: list[str]) -> None:
    orm.save_all([Diver(laps=n % 5, lane="ab"[n % 2], wet=n % 2 == 0, about={"k": n % 4}) for n in range(230)])

    assert len(Diver.where(Diver.lane != "z").order(*order).update_all(lane="z")) == 230
    assert Diver.where(lane="z").count() == 230
    some = Diver.order(*order).limit(110).delete_all()
    rest = Diver.order(*order).destroy_all()

    assert (len(some), len(rest), Diver.count()) == (110, 120, 0)
