"""Objects cost little more than the dicts they own: counted, because a busy machine makes every clock wrong."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from bench.memory import beside_dicts
from bench.models import Many, Row, Saved, read_all
from bench.peers.mapper import _new
from bench.rows import stored
from parse_orm.fields import getters as in_python
from parse_orm.fields.origin import Origin
from parse_orm.fields.reading import getters
from parse_orm.model.batches import save_all
from tests.bench.counting import calls, serving


def objects(count: int) -> list[Row]:
    return Row._hydrate([stored(number) for number in range(count)], Origin())


def test_an_object_of_a_row_is_made_with_two_calls_and_nothing_is_decoded() -> None:
    rows = [stored(number) for number in range(100)]

    assert calls(lambda: Row._hydrate(rows, Origin())) <= 2 * 100 + 20
    assert all(one._seen is None for one in Row._hydrate(rows, Origin()))


@pytest.mark.parametrize("name", ["plays", "released"])
def test_a_field_that_was_read_before_is_read_with_two_calls(name: str) -> None:
    (row,) = objects(1)
    getattr(row, name)

    # Two of the four are the lambda and getattr.
    assert calls(lambda: getattr(row, name)) <= 4


def test_reading_all_fourteen_values_of_a_row_takes_few_calls() -> None:
    rows = objects(101)
    read_all(rows[:1])

    # 49 when this was written, of which 14 are the reads themselves.
    assert calls(lambda: read_all(rows[1:])) / 100 <= 55


@pytest.mark.skipif(getters is in_python, reason="the getters in C were not built, or PARSE_ORM_PURE_PYTHON is set")
def test_reading_a_row_through_c_calls_no_function() -> None:
    rows = objects(101)
    read_all(rows[:1])  # which finds out where pointers lead

    assert calls(lambda: read_all(rows[1:])) <= 5


def test_objects_need_at_most_a_tenth_more_memory_than_plain_dicts() -> None:
    assert beside_dicts(500) <= 1.10


def test_a_find_costs_two_calls_a_row_beyond_the_json() -> None:
    with serving(1000) as transport:
        query = Row.limit(1000)
        query.all()
        handler = transport._handler
        answer = handler(transport.requests[0])
        transport._handler = lambda request: answer

        assert calls(query.all) <= 2 * 1000 + 600


def test_a_find_of_all_rows_of_a_page_is_one_request() -> None:
    with serving(1000) as transport:
        assert len(Row.limit(1000).all()) == 1000
        assert len(transport.requests) == 1


def test_each_asks_once_for_a_page_and_once_to_see_that_nothing_is_left() -> None:
    with serving(2500) as transport:
        assert sum(1 for _ in Many.each()) == 2500
        assert len(transport.requests) == 4


def test_each_holds_one_page_however_many_rows_go_by() -> None:
    def peak(rows: int) -> int:
        with serving(rows):
            tracemalloc.start()
            for _ in Many.each(batch_size=100):
                pass
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    peak(100)
    few, many = peak(1000), peak(2500)

    # The transport of this test remembers its requests, 4 kB a page; a leak would be 280 kB a page.
    assert many < few * 1.25


def test_save_all_sends_full_batches() -> None:
    with serving(0) as transport:
        save_all([_new(number) for number in range(1000)])

        assert [len(json.loads(request.body or b"")["requests"]) for request in transport.requests] == [100] * 10


def test_save_all_does_not_take_ever_more_calls_for_an_object() -> None:
    with serving(0):
        save_all([_new(0)])
        fresh = [_new(number) for number in range(200)]

        # 94 with the look for rows of another server, 88 before it; 117 without the getters in C.
        assert calls(lambda: save_all(fresh)) / 200 <= (120 if getters is in_python else 96)


def test_saving_what_changed_little_or_not_takes_fewer_calls_for_an_object_than_its_columns_would() -> None:
    with serving(0):
        known = [_new(number) for number in range(200)]
        save_all(known)
        for one in known:
            one.plays = -1

        # 177 and 87 with the look for rows of another server, 171 and 87 before it; 300 and 202 before lists and dicts
        # were compared before they are encoded.
        assert calls(lambda: save_all(known)) / 200 <= 179
        assert calls(lambda: save_all(known)) / 200 <= 90


def test_making_an_object_takes_calls_for_the_values_that_it_is_given() -> None:
    values = {name: getattr(_new(0), name) for name in ("title", "plays", "released", "marks", "acl")}

    # 4, 14 and 70 with the copies of what is given; 60 before them. An object without values took 19 when it
    # asked each column for a default.
    assert calls(lambda: [Saved() for _ in range(100)]) / 100 <= 6
    assert calls(lambda: [Saved(title="x") for _ in range(100)]) / 100 <= 16
    assert calls(lambda: [Saved(**values) for _ in range(100)]) / 100 <= 72
