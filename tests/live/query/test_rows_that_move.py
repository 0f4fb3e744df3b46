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
