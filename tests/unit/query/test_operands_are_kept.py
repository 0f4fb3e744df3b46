"""A criterion reads its operand once and keeps it: a query never changes, whatever becomes of what it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery


class KeptParcel(orm.ParseObject):
    code = orm.property(str)
    weight = orm.property(int)
    marks = orm.array(str)
    info = orm.property(dict)
    parts = orm.array(dict)
    place = orm.property(orm.GeoPoint)


Parcel = KeptParcel
CORNERS = [orm.GeoPoint(0, 0), orm.GeoPoint(0, 9), orm.GeoPoint(9, 9)]


def _where(query: Any) -> Any:
    return query.to_params()["where"]


ITERATORS: dict[str, Callable[[list[Any]], Any]] = {
    "a generator": lambda values: (value for value in values),
    "a map": lambda values: map(str, values),
    "an iterator": iter,
    "the keys of a dict": lambda values: dict.fromkeys(values).keys(),
}


@pytest.mark.parametrize("iterator", ITERATORS.values(), ids=ITERATORS)
@pytest.mark.parametrize("lookup", ["code__in", "code__not_in", "marks__contains_all", "marks__contained_by"])
def test_an_iterator_is_as_good_as_a_list(lookup: str, iterator: Callable[[list[Any]], Any]) -> None:
    values = ["a", "b"]
    name, _, operator = lookup.partition("__")
    method = getattr(getattr(Parcel, name), "in_" if operator == "in" else operator)

    by_lookup = Parcel.where(**{lookup: iterator(values)})
    by_method = Parcel.where(method(iterator(values)))

    assert _where(by_lookup) == _where(by_lookup) == _where(by_method) == _where(Parcel.where(method(values)))
    assert _where(Parcel.where(~method(iterator(values)))) == _where(Parcel.where(~method(values)))


def test_an_outline_may_be_an_iterator() -> None:
    query = Parcel.where(place__within_polygon=iter(CORNERS))

    assert _where(query) == _where(query) == _where(Parcel.where(place__within_polygon=CORNERS))


MUTABLE: dict[str, Any] = {
    "code__in": ["a", "b"],
    "code__not_in": ["a", "b"],
    "weight__between": [1, 5],
    "marks__contains_all": ["a"],
    "parts__contains_all": [{"n": [1]}],
    "place__within_polygon": CORNERS,
    "place__within_box": CORNERS[:2],
    "place__within_km": [CORNERS[0], 5],
    "acl__readable_by": ["role:a", "role:b"],
    "info__sizes": [1, 2],
}


@pytest.mark.parametrize("lookup", MUTABLE)
def test_a_query_stays_when_the_list_of_the_caller_changes(lookup: str) -> None:
    given = [dict(each, n=[1]) if isinstance(each, dict) else each for each in MUTABLE[lookup]]
    query = Parcel.where(**{lookup: given})
    before = _where(query)

    if isinstance(given[0], dict):
        given[0]["n"].append(2)
    given.reverse()
    given.pop()

    assert _where(query) == before


def test_keys_that_are_added_to_a_dict_are_not_asked_for() -> None:
    known = {"a": 1}
    query = Parcel.where(code__in=known.keys())
    known["b"] = 2

    assert _where(query) == {"code": {"$in": ["a"]}}


@pytest.mark.parametrize("wrong", ["abc", 5, {"a": 1}, None])
@pytest.mark.parametrize("method", ["in_", "not_in", "contains_all", "contained_by"])
def test_what_is_no_list_is_refused_by_the_methods_as_by_the_lookups(method: str, wrong: Any) -> None:
    column = Parcel.marks if method.startswith("contain") else Parcel.code

    with pytest.raises(BadQuery, match="takes a list of values, not"):
        getattr(column, method)(wrong)
