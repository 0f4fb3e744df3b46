"""JSON in and out, the same with orjson and without."""

from __future__ import annotations

import gc
import sys
from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse_orm.codec import json
from parse_orm.errors import InvalidValue
from tests.unit.compiler import part_in_c

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children),
    max_leaves=10,
)


class Genre(Enum):
    POP = "pop"


class Size(IntEnum):
    SMALL = 1


class Name(str):
    pass


@pytest.fixture(params=["orjson", "C", "plain"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with orjson, with the part in C instead, and with the standard library alone."""
    if request.param != "orjson":
        monkeypatch.setattr(json, "_loads", None)
        monkeypatch.setattr(json, "_writers", () if request.param == "plain" else (in_c(),))
    return str(request.param)


def in_c() -> Any:
    """The part in C that writes."""
    return part_in_c("codec._writer").write


@given(VALUES)
def test_what_goes_out_comes_back(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json._plain_dumps(value)) == value
    assert json.loads(json.dumps_ascii(value)) == value


@given(VALUES)
def test_the_part_in_c_writes_what_the_standard_library_writes(value: Any) -> None:
    assert in_c()(value) == json._plain_dumps(value)


@pytest.mark.parametrize("number", [0, -1, 9, 10, 2**63 - 1, -(2**63), -0.0, 5e-324, 1e16, 1.7976931348623157e308])
def test_the_part_in_c_writes_every_digit(number: float) -> None:
    assert in_c()(number) == repr(number).encode()


def test_the_part_in_c_escapes_what_json_escapes_and_nothing_else() -> None:
    text = "".join(map(chr, range(0x180))) + "\u2028 \ud7ff \ue000 \U0001f600"

    for size in range(1, len(text) + 1, 7):
        assert in_c()(text[:size]) == json._plain_dumps(text[:size])
    assert in_c()({text: text}) == json._plain_dumps({text: text})


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), 2**63, "\ud800", b"bytes", Genre.POP, Size.SMALL, Name("x"), UUID(int=1), {1, 2}),
        *({1: 2}, {None: 1}, {Name("x"): 1}, {"\udfff": 1}, type("D", (dict,), {})(), type("L", (list,), {})()),
    ],
    ids=repr,
)
def test_the_part_in_c_leaves_to_the_standard_library_what_is_not_plain(value: Any) -> None:
    for held in (value, [1, value], {"a": (value,)}):
        assert in_c()(held) is None


def test_the_part_in_c_neither_falls_down_nor_leaks() -> None:
    write, value = in_c(), {"a": ["é", 1.5, None, {"b": [object()]}], "c": "x" * 5000}
    gc.collect()  # what other tests left may hold many a None
    held = [sys.getrefcount(one) for one in (value, value["a"], None)]

    for _ in range(1000):
        assert write(value) is None
        assert write(circle()) is None
    assert [sys.getrefcount(one) for one in (value, value["a"])] == held[:2]
    assert abs(sys.getrefcount(None) - held[2]) < 100


def circle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def deep() -> Any:
    value: Any = None
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "make",
    [
        lambda: float("nan"),
        lambda: {"a": [float("inf")]},
        lambda: {"a": None, "b": -float("inf")},
        lambda: "\ud800",
        lambda: {"\udfff": 1},
        lambda: {1, 2},
        lambda: object(),
        lambda: datetime.now(UTC),
        lambda: b"bytes",
        circle,
        deep,
    ],
)
def test_what_json_cannot_say_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValue):
        json.dumps(make())


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("text", [b"NaN", b'{"a":Infinity}', b"", b"{", b"\xff", b'{"a":1}x', b"[" * 200_000])
def test_a_text_that_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        json.loads(text)


@pytest.mark.usefixtures("library")
def test_the_text_is_compact_utf8() -> None:
    assert json.dumps({"a": [1, None, "é"]}) == '{"a":[1,null,"é"]}'.encode()


@pytest.mark.usefixtures("library")
def test_enums_and_uuids_are_written_by_value() -> None:
    assert json.dumps([Genre.POP, UUID(int=1)]) == b'["pop","00000000-0000-0000-0000-000000000001"]'


@pytest.mark.usefixtures("library")
def test_a_lone_surrogate_from_the_server_is_read() -> None:
    assert json.loads(rb'"\ud800"') == "\ud800"


@pytest.mark.usefixtures("library")
def test_very_large_integers_are_written_whole() -> None:
    assert json.dumps(2**70) == str(2**70).encode()


def test_a_header_gets_ascii_alone() -> None:
    assert json.dumps_ascii({"k": "é😀"}) == '{"k":"\\u00e9\\ud83d\\ude00"}'
