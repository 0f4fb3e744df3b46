"""Lists and dicts are encoded in C as they are in Python; what is not plain, or refused, is left to Python."""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.codec import encode as in_python
from parse_orm.errors import InvalidValue
from parse_orm.types import GeoPoint
from tests.unit.compiler import part_in_c

#: All characters, those that the server refuses included.
TEXTS = st.text(st.characters(), max_size=6) | st.sampled_from(["a.b", "$a", "", "a\0", "\ud800", "é.", "😀$", "é\0"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**53) - 1, -(2**53) + 1)
    | st.floats()
    | TEXTS
    | st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(TEXTS | st.integers(0, 2), inner, max_size=3)
    ),
    max_leaves=8,
)


class Size(IntEnum):
    SMALL = 1


def in_c() -> Any:
    """The module in C."""
    return part_in_c("codec._encode")


def encoded_by_python(value: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What encode.py makes of a value by itself; None for what it refuses."""
    with monkeypatch.context() as patch:
        patch.setattr(in_python, "copied", in_python._not_copied)
        try:
            return in_python.encode(value)
        except InvalidValue:
            return None


@given(VALUES)
def test_c_makes_of_a_value_what_python_makes_of_it_or_leaves_it(value: Any) -> None:
    made = in_c().copied(value)

    assert made is None or repr(made) == repr(encoded_by_python(value, pytest.MonkeyPatch()))


@pytest.mark.parametrize(
    "value",
    [
        *([], {}, (), [1, -1, 2**53, -(2**53), 0.5, -0.0, True, None], ["", "a.b", "$", "é", "😀", "\x7f"]),
        *({"k": 1, "é": {"😀": [{"x": ()}]}}, {"_type": 1, "__ops": 2, "__": 3}, [[[[]]]], ({"a": [1]},)),
    ],
    ids=repr,
)
def test_what_is_plain_is_copied_in_c_at_every_depth(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = in_c().copied(value)

    assert repr(made) == repr(encoded_by_python(value, monkeypatch))
    assert made is not value


def test_a_copy_shares_no_list_and_no_dict() -> None:
    value: dict[str, Any] = {"a": [{"b": []}]}
    made = in_c().copied(value)
    value["a"][0]["b"].append(1)

    assert made == {"a": [{"b": []}]}


@pytest.mark.parametrize(
    "value",
    [
        *(2**53 + 1, -(2**53) - 1, 2**70, float("nan"), float("inf"), "a\0b", "é\0", "\ud800", b"bytes", Size.SMALL),
        *(
            {"a.b": 1},
            {"$a": 1},
            {"é$": 1},
            {"": 1},
            {"a\0": 1},
            {"\udfff": 1},
            {1: 1},
            {"__op": "x"},
            {"__type": "x"},
            OrderedDict(a=1),
            {1, 2},
        ),
        *(datetime(2024, 1, 2, tzinfo=UTC), GeoPoint(1, 2), object()),
    ],
    ids=lambda value: type(value).__name__ if type(value) is object else repr(value),
)
def test_what_python_has_to_judge_is_left_to_it(value: Any) -> None:
    for held in (value, [value], (1, value), {"k": value}, {"k": [value]}):
        assert in_c().copied(held) is None


def test_a_circle_and_what_is_very_deep_are_left_to_python() -> None:
    circle: list[Any] = []
    circle.append(circle)
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    assert in_c().copied(circle) is None
    assert in_c().copied(deep) is None


@pytest.mark.parametrize(
    ("values", "kind", "made"),
    [
        ([1, None, 2], int, [1, None, 2]),
        (("a", "b"), str, ["a", "b"]),
        ([], bool, []),
        ([1, True], int, None),
        ([1, 2.0], int, None),
        ([Size.SMALL], int, None),
        ([2**60], int, None),
        (["a\0"], str, None),
        ("ab", str, None),
        ({"a"}, str, None),
    ],
)
def test_a_list_of_one_type_holds_nothing_else(values: Any, kind: type, made: Any) -> None:
    assert in_c().copied_of(values, kind) == made


@pytest.mark.parametrize("given", [(), ([1],), ([1], "int"), ([1], int, 2)])
def test_what_is_no_list_and_no_type_is_a_type_error(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="a list and the type"):
        in_c().copied_of(*given)


def column(path: str, field: Any) -> in_python.Column:
    return in_python.Column(path, field.kind.encode, field.blank, field.kind.copies)


COLUMNS = tuple(
    column(path, field)
    for path, field in {
        "dict": orm.property(dict),
        "list": orm.property(list),
        "ints": orm.array(int),
        "texts": orm.array(str),
        "floats": orm.array(float),
        "any": orm.array(),
        "text": orm.property(str),
        "acl": orm.property(orm.ACL),
    }.items()
)
PATHS = st.sampled_from([*(one.path for one in COLUMNS), "other"])


def row_of(encode_row: Any, *given: Any) -> str:
    """The row, or what is wrong with it."""
    try:
        return repr(encode_row(*given))
    except InvalidValue as error:
        return str(error)


@given(st.dictionaries(PATHS, st.none() | st.integers()), st.dictionaries(PATHS, VALUES))
@example({}, {one.path: [] for one in COLUMNS if "l" not in one.path})
@example({"ints": 1, "any": 2, "dict": None}, {"ints": [], "any": [None], "dict": None})
@example({}, {"ints": [True], "texts": ("a",), "floats": [1], "dict": {"a": [{}]}, "acl": orm.ACL()})
def test_a_new_row_is_encoded_in_c_as_in_python(wire: dict[str, Any], seen: dict[str, Any]) -> None:
    given = (wire, seen, COLUMNS)
    before = repr(given)

    assert row_of(in_c().encode_row, *given) == row_of(in_python._encode_row, *given)
    assert repr(given) == before


def test_lists_and_dicts_of_a_row_are_copied_without_their_encoder() -> None:
    def refuse(value: Any) -> None:
        raise AssertionError("the encoder was asked")

    seen: dict[str, Any] = {"dict": {"a": [1]}, "list": [[1]], "ints": [1, None], "any": [1, "a", [2]]}
    columns = tuple(one._replace(encode=refuse) for one in COLUMNS)
    made = in_c().encode_row({}, seen, columns)
    seen["dict"]["a"].append(2)
    seen["any"][2].append(3)

    assert made == {"dict": {"a": [1]}, "list": [[1]], "ints": [1, None], "any": [1, "a", [2]]}


def test_an_encoder_may_do_what_it_likes_with_the_values() -> None:
    seen: dict[str, Any] = {name: [name * 30] for name in "abc"}

    def spoil(value: Any) -> str:
        seen.clear()
        return str(value)

    columns = tuple(in_python.Column(name, spoil, None, None) for name in "abc")

    assert in_c().encode_row({}, seen, columns) == {"a": str(["a" * 30])}


@pytest.mark.parametrize("given", [(), ({}, {}), ({}, None, ()), ({}, {}, []), ({}, {"a": 1}, (1,)), ({}, {}, ((1,),))])
def test_what_is_no_row_is_a_type_error(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        in_c().encode_row(*given)


def test_nothing_is_kept_and_nothing_lost() -> None:
    text, value = "t" * 30, {"k" * 30: ["v" * 30, {}]}
    values = [value, [text, 1.5, None], [text, {text: object()}], {"a.b": text}]
    gc.collect()  # what other tests left may hold many a None
    held = [sys.getrefcount(one) for one in (text, value, None)]

    for _ in range(1000):
        for one in values:
            in_c().copied(one)
        in_c().copied_of([text, None], str)
        in_c().encode_row({text: text, "none": None}, {"texts": [text], "dict": {text: value}, "any": []}, COLUMNS)
        row_of(in_c().encode_row, {text: text}, {"text": 1}, COLUMNS)

    assert [sys.getrefcount(one) for one in (text, value)] == held[:2]
    assert abs(sys.getrefcount(None) - held[2]) < 100


def test_a_list_that_shrinks_while_it_is_copied_does_no_harm() -> None:
    """Making a copy may run the collector, and a finalizer may do anything."""
    values: list[Any] = [[number] for number in range(5000)]

    class Spoiler:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            values.clear()

    gc.collect()
    Spoiler()
    made = in_c().copied(values)

    assert made == [[number] for number in range(len(made))]
    assert len(made) < 5000 or sys.version_info >= (3, 12)  # since 3.12 the collector waits until C returns
