"""What is handed to an object is copied: neither the caller's value nor another object changes with it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.fields.origin import Origin
from parse_orm.fields.record import MISSING
from parse_orm.model.write import Write


class Tone(Enum):
    RED = "red"


class OwnMaker(orm.ParseObject):
    name = orm.property(str)


class OwnLamp(orm.ParseObject):
    conf = orm.property(dict)
    rows = orm.property(list)
    tags = orm.array(str)
    tones = orm.array(Tone)
    mixed = orm.array()
    dicts = orm.array(dict)
    makers = orm.has_many(OwnMaker, through="array")


SHARED: dict[str, Any] = {"a": [1]}


class OwnDefault(orm.ParseObject):
    conf = orm.property(dict, default=lambda: SHARED)


MAKER = OwnMaker._hydrate([{"objectId": "xWMyZ4YEGZ", "name": "Ann"}], Origin())[0]
UNSAVED = OwnMaker(name="new")

#: A value for each column, with all that may be in it.
VALUES: dict[str, Callable[[], Any]] = {
    "conf": lambda: {"a": {"b": [1, {"c": []}]}, "maker": MAKER, "list": [UNSAVED], "point": orm.GeoPoint(1, 2)},
    "rows": lambda: [[1, [2]], {"a": [3]}, MAKER, {"acl": {"*": {"read": True}}}],
    "tags": lambda: ["a", "b"],
    "tones": lambda: [Tone.RED],
    "mixed": lambda: ["a", ["b"], {"c": [1]}, UNSAVED],
    "dicts": lambda: [{"a": [1]}, {}],
    "makers": lambda: [MAKER, UNSAVED],
    "acl": lambda: orm.ACL({"*": {"read": True}}),
}


def assign(name: str, value: Any) -> OwnLamp:
    lamp = OwnLamp()
    setattr(lamp, name, value)
    return lamp


def bracket(name: str, value: Any) -> OwnLamp:
    lamp = OwnLamp()
    lamp[name] = value
    return lamp


def loaded(name: str, value: Any) -> OwnLamp:
    lamp = OwnLamp._hydrate([{"objectId": "abcdefghij"}], Origin())[0]
    setattr(lamp, name, value)
    return lamp


WAYS: dict[str, Callable[[str, Any], OwnLamp]] = {
    "constructor": lambda name, value: OwnLamp(**{name: value}),
    "attribute": assign,
    "brackets": bracket,
    "attribute of a row": loaded,
    "from_params": lambda name, value: OwnLamp.from_params({name: value}, only=[name]),
    "copy": lambda name, value: OwnLamp().copy(**{name: value}),
    "value of another": lambda name, value: assign(name, getattr(assign(name, value), name)),
    "copy of another": lambda name, value: assign(name, value).copy(),
}


def spoil(value: Any) -> None:
    """Change whatever can be changed in a value, at every level."""
    if isinstance(value, orm.ACL):
        value.grant("spoiled")
    elif isinstance(value, list):
        for item in value:
            spoil(item)
        value.append("spoiled")
    elif isinstance(value, dict):
        for item in value.values():
            spoil(item)
        value["spoiled"] = True


def same(one: Any, other: Any) -> bool:
    """Equal, and the objects in them the very same."""
    if isinstance(one, orm.ParseObject):
        return one is other
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


ways = pytest.mark.parametrize("way", [way for way in WAYS if way != "from_params"])
columns = pytest.mark.parametrize("name", VALUES)


@ways
@columns
def test_what_is_handed_in_is_nobody_else_s(way: str, name: str) -> None:
    value = VALUES[name]()
    one, other = WAYS[way](name, value), WAYS[way](name, value)
    assert same(getattr(one, name), VALUES[name]())

    spoil(getattr(one, name))
    assert same(getattr(other, name), VALUES[name]())
    assert same(value, VALUES[name]())

    spoil(value)
    assert same(getattr(other, name), VALUES[name]())


@columns
def test_what_is_read_is_the_object_s_own_and_edits_of_it_are_changes(name: str) -> None:
    lamp = loaded(name, VALUES[name]())
    assert getattr(lamp, name) is getattr(lamp, name)
    before = deepcopy(lamp._wire_now(lamp.schema.fields[name].path)) if name in {"tags", "tones", "dicts"} else None

    spoil(getattr(lamp, name))

    if before is not None and name != "tones":
        assert lamp._seen is not None
        assert lamp._seen[name] != before
    assert lamp.is_changed(name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner) | st.tuples(inner, inner),
    max_leaves=12,
)


def as_lists(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [as_lists(item) for item in value]
    return {key: as_lists(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(st.dictionaries(st.sampled_from("xyz"), json_values))
def test_any_plain_value_is_copied_at_every_level(value: dict[str, Any]) -> None:
    kept = deepcopy(value)
    one, other = OwnLamp(conf=value, mixed=[value]), OwnLamp(conf=value, mixed=[value])

    spoil(one.conf)
    spoil(one.mixed)

    assert value == kept
    assert (other.conf, other.mixed) == (as_lists(kept), [as_lists(kept)])
    spoil(value)
    assert (other.conf, other.mixed) == (as_lists(kept), [as_lists(kept)])


def test_a_tuple_is_read_as_the_list_that_the_server_makes_of_it() -> None:
    value: Any = ("a", ({"b": (1,)}, MAKER))
    assert OwnLamp(mixed=value).mixed == OwnLamp(rows=value).rows == ["a", [{"b": [1]}, MAKER]]


def test_a_function_that_gives_one_list_to_all_does_not_join_them() -> None:
    one, other = OwnDefault(), OwnDefault()
    assert one.conf is not None
    one.conf["a"].append(2)

    assert (other.conf, SHARED) == ({"a": [1]}, {"a": [1]})


def test_values_given_to_operations_are_copied() -> None:
    value: dict[str, Any] = {"a": [1]}
    new, queued = OwnLamp(), loaded("tags", [])
    new.add("dicts", value)
    queued.add("dicts", value, send=False)

    spoil(value)

    assert new.dicts == [{"a": [1]}]
    assert queued._operations()["dicts"].to_wire()["objects"] == [{"a": [1]}]


def test_the_dict_that_an_object_is_made_from_stays_the_caller_s() -> None:
    row: dict[str, Any] = {"conf": {"a": [1]}, "tags": ["a"], "undeclared": [1]}
    kept = deepcopy(row)
    one, other = OwnLamp.from_json(row), OwnLamp.from_json({**row, "objectId": "abcdefghij"})
    spoil(row)

    for lamp in (one, other):
        assert (lamp.conf, lamp.tags, lamp["undeclared"]) == (kept["conf"], kept["tags"], kept["undeclared"])


def test_a_circle_behind_an_unsaved_object_is_refused() -> None:
    circle: dict[str, Any] = {"a": UNSAVED}
    circle["b"] = circle
    with pytest.raises(orm.InvalidValue, match=r"OwnLamp\.conf.*circle"):
        OwnLamp(conf=circle)


# -- empty lists -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tags", "tones", "mixed", "makers", "rows"])
def test_an_empty_list_that_is_set_is_sent_and_one_that_was_only_read_is_not(name: str) -> None:
    for made in (OwnLamp(**{name: []}), assign(name, ()), loaded(name, []), OwnLamp(**{name: []}).copy()):
        assert made.changed == [name]
        assert made._values()[name] == made._changes()[name] == []
    read = OwnLamp()
    getattr(read, name)
    assert (read.changed, read._values()) == ([], {})


@pytest.mark.parametrize("name", ["tags", "mixed", "makers"])
def test_a_list_that_was_emptied_before_the_first_save_is_sent_empty(name: str) -> None:
    made = OwnLamp(**{name: VALUES[name]()})
    getattr(made, name).clear()
    assert made._values() == {name: []}

    came = OwnLamp.from_json({"tags": ["a"]})
    came.tags.clear()
    assert came._values() == {"tags": []}


def test_none_takes_an_empty_list_back() -> None:
    lamp = OwnLamp(tags=[])
    lamp.tags = None  # type: ignore[assignment]
    assert (lamp.changed, lamp._values()) == ([], {})


LISTS = ["tags", "tones", "mixed", "makers"]


def row_with(name: str, wire: Any = MISSING) -> OwnLamp:
    return OwnLamp._hydrate([{"objectId": "b2"} | ({} if wire is MISSING else {name: wire})], Origin())[0]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_given_none_reads_as_an_empty_one_and_is_taken_out_of_the_row(name: str) -> None:
    new, came = OwnLamp(**{name: None}), OwnLamp(**{name: VALUES[name]()})
    setattr(came, name, None)
    for made in (new, came, new.copy(), came.copy()):
        assert (getattr(made, name), made.changed, made._values()) == ([], [], {})

    wire = OwnLamp(**{name: VALUES[name]()[:1]})._values()[name]
    for was in (wire, []):
        row = row_with(name, was)
        setattr(row, name, None)
        for one in (row, deepcopy(row), pickle.loads(pickle.dumps(row))):
            assert getattr(one, name) == []
            assert (one.changed, one._changes()) == ([name], {name: None})
        assert row.copy()._values() == {}
        row._settle({name: None}, {})
        assert (getattr(row, name), row.changed) == ([], [])

    bare, unread = row_with(name), OwnLamp.pointer("c3")
    setattr(bare, name, None)
    setattr(unread, name, None)
    assert (getattr(bare, name), bare.changed) == ([], [])
    assert (getattr(unread, name), unread._changes()) == ([], {name: None})


@pytest.mark.parametrize("name", LISTS)
def test_what_is_appended_after_none_or_set_instead_of_it_is_sent(name: str) -> None:
    value = VALUES[name]()[:1]
    wire = OwnLamp(**{name: value})._values()[name]
    for one in (OwnLamp(**{name: None}), row_with(name), row_with(name, wire * 2)):
        setattr(one, name, None)
        getattr(one, name).append(value[0])
        assert one._changes() == {name: wire}
        setattr(one, name, [])
        assert one._changes() == {name: []}
        one.rollback()
        assert one.changed == []
    included = OwnLamp._hydrate([{"objectId": "b2", name: wire * 2}], Origin(include=(name,)))[0]
    setattr(included, name, None)
    getattr(included, name).append(value[0])
    assert Write.of(included).body == {name: wire}  # type: ignore[union-attr]
