"""What Parse cannot hold, or would change in silence, is refused by name before it is sent."""

from __future__ import annotations

import math
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

import pytest

from parse_orm.codec.decode import decode, without_rows
from parse_orm.codec.encode import encode
from parse_orm.codec.kinds import kind_of
from parse_orm.errors import DeclarationError, InvalidValue
from parse_orm.types import Email, File, GeoPoint, Phone, Pointer, Polygon


class Mood(Enum):
    CALM = "calm"


class Loud(StrEnum):
    VERY = "very"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**53 + 1, r"2\*\*53"),
        (-(2**60), r"2\*\*53"),
        (math.nan, "no JSON form"),
        (math.inf, "no JSON form"),
        ("a\0b", "NUL"),
        ("\ud800", "surrogate"),
        (datetime(2024, 1, 1), "time zone"),
        ({"a.b": 1}, "cannot be a key"),
        ({"$a": 1}, "cannot be a key"),
        ({"": 1}, "cannot be a key"),
        ({1: 1}, "cannot be a key"),
        ({"a\0": 1}, "NUL"),
        ({"__op": "Delete"}, "'__op' cannot be a key.*carry the object out.*unset"),
        ({"__op": ...}, "'__op' cannot be a key"),
        ({"__type": "Date", "iso": "soon"}, "'__type' cannot be a key.*a datetime"),
        ([{"a": [{"__op": "Increment", "amount": 5}]}], "'__op' cannot be a key"),
        pytest.param([[object()]], "object", id="an object"),
        (1j, "complex"),
        ({1, 2}, "set"),
    ],
    ids=repr,
)
def test_a_value_that_would_not_arrive_is_refused(value: Any, why: str) -> None:
    for nested in (value, [value], {"k": value}):
        with pytest.raises(InvalidValue, match=why):
            encode(nested)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (str, 3),
        (int, "3"),
        (int, True),
        (int, 2.5),
        (float, "x"),
        (float, False),
        (bool, 1),
        (datetime, "2024-01-01"),
        (dict, [1]),
        (list, "abc"),
        (bytes, "text"),
        (GeoPoint, (1, 2)),
        (Polygon, [(1, 2)]),
        (File, "a.png"),
        (Email, "nonsense"),
        (Email, 3),
        (Phone, "12"),
        (Mood, "wild"),
    ],
)
def test_a_column_refuses_what_is_not_of_its_kind(declared: Any, value: Any) -> None:
    with pytest.raises(InvalidValue):
        kind_of(declared).encode(value)


@pytest.mark.parametrize("declared", [set, complex, "str", None, list[str], object])
def test_a_kind_that_parse_has_no_column_for_is_refused_with_the_choices(declared: Any) -> None:
    with pytest.raises(DeclarationError, match="GeoPoint"):
        kind_of(declared)


def test_enums_are_stored_by_value_whatever_they_derive_from() -> None:
    assert encode([Mood.CALM, Loud.VERY]) == ["calm", "very"]
    assert type(encode(Loud.VERY)) is str
    assert kind_of(Mood).encode("calm") == "calm"
    assert kind_of(Mood).shape == "String"


def test_a_stored_value_that_no_longer_fits_is_shown_as_it_is() -> None:
    for declared in (Mood, Email, Phone):
        kind = kind_of(declared)
        assert kind.decode is not None
        assert kind.decode("from long ago") == "from long ago"


def test_a_subclass_is_encoded_as_its_base() -> None:
    class Name(str):
        pass

    class Bag(dict[str, Any]):
        pass

    assert encode(Bag(a=Name("x"))) == {"a": "x"}
    assert type(encode(Name("x"))) is str


def test_an_unknown_typed_object_is_kept_and_rows_are_cut_to_pointers() -> None:
    odd = {"__type": "Novelty", "x": 1}
    row = {"__type": "Object", "className": "Song", "objectId": "a", "title": "x"}

    assert decode(odd) == odd
    assert decode({"k": [row]}) == {"k": [Pointer("Song", "a")]}
    assert without_rows({"k": [row, 1]}) == {"k": [{"__type": "Pointer", "className": "Song", "objectId": "a"}, 1]}


def test_bytes_that_are_not_base64_are_named() -> None:
    with pytest.raises(InvalidValue, match="base64"):
        decode({"__type": "Bytes", "base64": "a"})


def test_a_place_that_the_server_should_not_have_is_readable() -> None:
    assert decode({"__type": "GeoPoint", "latitude": 91, "longitude": 0}).latitude == 91
