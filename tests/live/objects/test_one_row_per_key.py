"""Many threads ask for the same row at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import parse_orm as orm

THREADS = 16


class City(orm.ParseObject):
    name = orm.property(str, required=True)
    people = orm.property(int, default=0)


def at_once(client: Any, work: Any) -> list[Any]:
    """The results of one call from every thread, all of them released together."""
    gate = threading.Barrier(THREADS, timeout=30)

    def one(number: int) -> Any:
        with orm.using(client):
            gate.wait()
            return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


@pytest.mark.usefixtures("unique_names")
def test_first_or_create_makes_one_row_with_a_unique_index(parse_client: Any) -> None:
    for round in range(3):
        cities = at_once(parse_client, lambda n, name=f"Rome {round}": City.first_or_create(name=name))
        assert len({city.id for city in cities}) == 1
    assert City.count() == 3


@pytest.mark.usefixtures("unique_names")
def test_create_or_update_makes_one_row_that_holds_what_was_asked(parse_client: Any) -> None:
    cities = at_once(parse_client, lambda n: City.create_or_update(name="Rome", defaults={"people": n}))
    assert len({city.id for city in cities}) == 1
    assert [city.people for city in cities] == list(range(THREADS))
    assert City.count() == 1
    assert City.get(cities[0].id).people in range(THREADS)


@pytest.mark.usefixtures("unique_names")
def test_a_clash_with_another_row_is_an_error(parse_client: Any) -> None:
    City.create(name="Rome", people=1)
    with pytest.raises(orm.DuplicateValue):
        City.first_or_create(name="Rome", people=2)


def test_without_an_index_one_caller_after_the_other_makes_one_row(parse_client: Any) -> None:
    assert City.first_or_create(name="Rome") == City.first_or_create(name="Rome")
    assert City.create_or_update(name="Rome", defaults={"people": 7}).people == 7
    assert City.count() == 1


def test_increments_of_many_threads_all_count(parse_client: Any) -> None:
    id = City.create(name="Rome").id
    at_once(parse_client, lambda n: City.pointer(id).increment("people", n))
    assert City.get(id).people == sum(range(THREADS))
