"""Reading everything: exact while others write, resumable elsewhere, one page ahead, and flat in memory."""

from __future__ import annotations

import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.batch import BatchOperation, run_batch


class Leaf(orm.ParseObject):
    mark = orm.property(int)
    size = orm.property(int)
    name = orm.property(str)
    fell = orm.property(datetime)


class Tree(orm.ParseObject):
    mark = orm.property(int)


def grow(client: orm.Client, number: int) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    bodies: list[dict[str, Any]] = []
    for mark in range(number):
        leaf = Leaf(mark=mark, size=mark % 4 if mark % 5 else None, name=f"n{mark % 3}" if mark % 7 else None)
        leaf.fell = start + timedelta(days=mark % 6) if mark % 4 else None
        bodies.append(leaf._changes())
    outcomes = run_batch(client, [BatchOperation("POST", "/classes/Leaf", body) for body in bodies])
    assert all(outcome.ok for outcome in outcomes)


@pytest.mark.parametrize(
    "order", ["size", "-size", "name", "-name", "fell", "-fell", "created_at", "-created_at", "id"]
)
def test_every_order_gives_every_row_once_in_that_order(parse_client: orm.Client, order: str) -> None:
    grow(parse_client, 40)

    read = [leaf.mark for page in Leaf.order(order).batches(7) for leaf in page]

    assert read == [leaf.mark for leaf in Leaf.order(order).limit(40)]
    assert sorted(read) == list(range(40))


def test_an_order_of_two_columns_gives_every_row_once(parse_client: orm.Client) -> None:
    grow(parse_client, 30)

    read = [leaf.mark for page in Leaf.order("size", "-name").batches(7) for leaf in page]

    assert sorted(read) == list(range(30))


def test_limit_and_skip_hold_across_pages(parse_client: orm.Client) -> None:
    grow(parse_client, 30)
    by_size = [leaf.mark for leaf in Leaf.order("size").limit(30)]

    assert [leaf.mark for leaf in Leaf.order("size").skip(4).limit(15).each(batch_size=6)] == by_size[4:19]
    assert len(list(Leaf.where().skip(25).each(batch_size=2))) == 5


def test_rows_that_come_and_go_neither_repeat_nor_hide_others(parse_client: orm.Client) -> None:
    grow(parse_client, 60)
    there = {leaf.mark: leaf.id for leaf in Leaf.all()}
    gone = [mark for mark in there if mark % 6 == 0]
    stop = threading.Event()

    def disturb() -> None:
        with orm.using(parse_client):
            for mark in gone:
                Leaf.pointer(there[mark]).destroy()
                Leaf.create(mark=1000 + mark)
            stop.set()

    for order in ("id", "created_at", "-created_at"):
        read = []
        disturber = threading.Thread(target=disturb) if order == "id" else None
        for number, page in enumerate(Leaf.order(order).batches(5)):
            if number == 1 and disturber:
                disturber.start()
            read += [leaf.mark for leaf in page]
        if disturber:
            disturber.join(timeout=60)
        stayed = sorted(mark for mark in read if mark < 1000 and mark not in gone)

        assert stayed == sorted(set(there) - set(gone)), order
        assert len(read) == len(set(read)), order


def test_rows_made_meanwhile_are_seen_by_creation(parse_client: orm.Client) -> None:
    grow(parse_client, 10)

    read = []
    for leaf in Leaf.each(batch_size=4, order="created_at"):
        read.append(leaf.mark)
        if len(read) == 5:
            Leaf.create(mark=99)

    assert read[-1] == 99
    assert sorted(read[:-1]) == list(range(10))


def test_nearest_first_goes_on_past_a_page(parse_client: orm.Client) -> None:
    class Stop(orm.ParseObject):
        mark = orm.property(int)
        place = orm.property(orm.GeoPoint)

    here = orm.GeoPoint(0, 0)
    orm.save_all([Stop(mark=mark, place=orm.GeoPoint(mark // 3, 0)) for mark in range(20)])  # three at each place

    read = [stop.mark for page in Stop.where(Stop.place.near(here)).batches(4) for stop in page]

    assert sorted(read) == list(range(20))
    assert [mark // 3 for mark in read] == sorted(mark // 3 for mark in read)
    assert len(Stop.where(Stop.place.near(here, within_radians=0.03)).all()) == 6


def test_a_cursor_goes_on_elsewhere(parse_client: orm.Client) -> None:
    grow(parse_client, 25)
    query = Leaf.where(Leaf.mark < 20).order("-size").keys("mark")
    whole = [leaf.mark for leaf in query]
    cursor = query.cursor(limit=8)
    first = [leaf.mark for leaf in cursor.next_page()]

    text = cursor.to_json()
    resumed = orm.Cursor.from_json(text)
    rest = [leaf.mark for leaf in resumed]

    assert first + rest == whole
    assert resumed.ended
    assert resumed.next_page() == []
    assert parse_client.settings.master_key.reveal() not in text
    assert orm.Cursor.from_json(resumed.to_json()).next_page() == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 2, "class": "Leaf"}'])
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(orm.BadQuery, match="cursor"):
        orm.Cursor.from_json(text)


def test_a_position_cannot_smuggle_a_condition(parse_client: orm.Client) -> None:
    text = Leaf.order("size").cursor().to_json().replace('"value":null', '"value":{"$ne":1}')

    with pytest.raises(orm.BadQuery, match="value"):
        orm.Cursor.from_json(text)


def test_pages_are_fetched_with_the_credential_of_the_start(parse_client: orm.Client) -> None:
    grow(parse_client, 12)
    with orm.as_master():
        pages = Leaf.where().batches(3)
    with orm.as_anonymous():
        assert sum(map(len, pages)) == 12


def test_the_next_page_comes_while_this_one_is_worked_on(parse_client: orm.Client, monkeypatch: Any) -> None:
    grow(parse_client, 20)
    asked: list[str] = []
    find = type(parse_client).find

    def watched(self: Any, *args: Any, **options: Any) -> Any:
        asked.append(threading.current_thread().name)
        return find(self, *args, **options)

    monkeypatch.setattr(type(parse_client), "find", watched)
    pages = Leaf.where().batches(4)
    next(pages)
    next(pages)
    assert len(asked) == 2
    next(pages)

    deadline = threading.Event()
    for _ in range(100):
        if len(asked) == 4:
            break
        deadline.wait(0.05)

    assert len(asked) == 4  # one ahead, and no more than one
    assert asked[0] == threading.current_thread().name
    assert asked[3].startswith("parse-orm-pages")
    assert sum(map(len, pages)) == 8


@pytest.mark.slow
def test_memory_stays_flat() -> None:
    """100,000 rows through the pages, from a transport that makes them up."""
    rows = 100_000

    def answer(params: dict[str, Any]) -> dict[str, Any]:
        after = params["where"].get("objectId", {}).get("$gt", "")
        start = int(after or -1) + 1
        found = range(start, min(start + params["limit"], rows))
        when = "2024-01-01T00:00:00.000Z"
        return {"results": [{"objectId": f"{n:010}", "mark": n, "createdAt": when, "updatedAt": when} for n in found]}

    client = orm.Client("http://127.0.0.1:9/parse", "app", master_key="m", rest_key=None)
    client.find = lambda class_name, params, **options: answer(params)  # type: ignore[method-assign,assignment]
    tracemalloc.start()
    try:
        total = sum(1 for _ in Tree.using(client).each())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert total == rows
    assert peak < 30 * 2**20
