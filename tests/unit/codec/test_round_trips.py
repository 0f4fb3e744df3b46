"""Whatever goes into a Parse column comes out of it the same: encoded, sent as JSON, decoded."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.codec import json
from parse_orm.codec.decode import decode
from parse_orm.codec.encode import encode
from parse_orm.codec.kinds import Kind, kind_of
from parse_orm.types import ACL, Email, File, GeoPoint, Phone, Pointer, Polygon


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class Size(Enum):
    SMALL = 1
    LARGE = 2


def in_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0.$"), min_size=1, max_size=8)
INTEGERS = st.integers(-(2**53), 2**53)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
DATES = st.datetimes(timezones=st.just(UTC)).map(in_milliseconds)
PLACES = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
AREAS = st.lists(PLACES, min_size=3, max_size=6, unique=True).map(Polygon)
FILES = st.builds(File, KEYS, KEYS.filter(bool))
POINTERS = st.builds(Pointer, st.just("Song"), KEYS)
GRANTEES = st.just("*") | st.text("abcXYZ019-_@", min_size=1, max_size=10)
ACLS = st.dictionaries(GRANTEES, st.fixed_dictionaries({"read": st.booleans(), "write": st.booleans()}))
ATOMS = st.one_of(
    st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS, DATES, st.binary(max_size=20), PLACES, AREAS, FILES, POINTERS
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS.filter(lambda key: not key.startswith("__")), inner, max_size=4)
    ),
    max_leaves=12,
)

OF_KIND: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: INTEGERS,
    float: FLOATS,
    bool: st.booleans(),
    datetime: DATES,
    dict: st.dictionaries(KEYS.filter(lambda key: not key.startswith("__")), VALUES, max_size=4),
    list: st.lists(VALUES, max_size=4),
    bytes: st.binary(max_size=50),
    GeoPoint: PLACES,
    Polygon: AREAS,
    File: FILES,
    ACL: ACLS.map(ACL),
    Email: st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.com", fullmatch=True).map(Email),
    Phone: st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(Phone),
    ZoneInfo: st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]).map(ZoneInfo),
    Mood: st.sampled_from(Mood),
    Size: st.sampled_from(Size),
}


def over_the_wire(value: Any) -> Any:
    """As JSON and back, as it would travel."""
    return json.loads(json.dumps(value))


def read(kind: Kind, wire: Any) -> Any:
    return wire if kind.decode is None else kind.decode(wire)


@settings(deadline=None)
@given(VALUES)
def test_any_value_survives(value: Any) -> None:
    assert decode(over_the_wire(encode(value))) == value


@pytest.mark.parametrize("declared", OF_KIND, ids=lambda kind: kind.__name__)
@settings(deadline=None)
@given(data=st.data())
def test_a_value_of_every_kind_survives(declared: Any, data: st.DataObject) -> None:
    kind = kind_of(declared)
    value = data.draw(OF_KIND[declared])

    back = read(kind, over_the_wire(kind.encode(value)))

    assert back == value
    assert isinstance(back, type(value))


@cache
def model_of(declared: Any) -> type[orm.ParseObject]:
    class CodecRow(orm.ParseObject):
        one = orm.property(declared)
        many = orm.array(declared)

    return CodecRow


@pytest.mark.parametrize(
    "declared", [kind for kind in OF_KIND if kind not in (list, dict, ACL)], ids=lambda kind: kind.__name__
)
@settings(deadline=None)
@given(data=st.data())
def test_a_value_survives_in_a_column_and_in_an_array_of_a_model(declared: Any, data: st.DataObject) -> None:
    model: Any = model_of(declared)
    value = data.draw(OF_KIND[declared])
    row = model(one=value, many=[value, value])

    back = model._hydrate([{"objectId": "a", **over_the_wire(row._changes())}], row._origin)[0]

    assert back.one == value
    assert back.many == [value, value]
    assert back.changed == []


def test_every_declared_kind_has_a_round_trip() -> None:
    from parse_orm.codec import kinds

    assert [kind for kind in kinds._KINDS if not issubclass(kind, tuple(OF_KIND))] == []
