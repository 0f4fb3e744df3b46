"""JSON in and out, the same with orjson and without."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse_orm.codec import json
from parse_orm.errors import InvalidValue

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


@pytest.fixture(params=["orjson", "plain"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with orjson and without it."""
    if request.param == "plain":
        monkeypatch.setattr(json, "_loads", None)
        monkeypatch.setattr(json, "_dumps", None)
    return str(request.param)


@given(VALUES)
def test_what_goes_out_comes_back(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json._plain_dumps(value)) == value
    assert json.loads(json.dumps_ascii(value)) == value


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
