"""Keys that the server takes for an instruction are refused in the values of users, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.functions import BODY_KEYS
from parse_orm.errors import InvalidInput
from tests.unit.remembered import Wire


class Paper(orm.ParseObject):
    title = orm.property(str)
    body = orm.property(dict)
    parts = orm.property(list)


def _loaded() -> Paper:
    return Paper.from_json({"objectId": "paper00001", "body": {"old": 1}, "parts": []})


def _edited(value: Any) -> None:
    paper = _loaded()
    assert paper.body is not None
    paper.body["k"] = value
    paper.save()


WAYS: dict[str, Callable[[Any], object]] = {
    "a new row": lambda value: Paper.create(body=value),
    "a list": lambda value: Paper.create(parts=[value]),
    "update": lambda value: _loaded().update(body=value),
    "an edit in place": _edited,
    "save_all": lambda value: orm.save_all([Paper(body=value)]),
    "from_params": lambda value: Paper.from_params({"body": value}, only=["body"]).save(),
    "update_all": lambda value: Paper.where(Paper.title == "x").update_all(body=value),
    "add": lambda value: _loaded().add("parts", value),
    "a function": lambda value: orm.call("mix", {"k": value}),
    "the parameters of a function": lambda value: orm.call("mix", value),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [{"__op": "Delete"}, {"__type": "Date", "iso": "soon"}], ids=["__op", "__type"])
def test_they_are_refused_and_nothing_is_sent(wire: Wire, way: str, value: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"'{next(iter(value))}' cannot be a key"):
        WAYS[way](value)

    assert wire.sent == []


@pytest.mark.parametrize("way", list(WAYS)[:-1])
def test_they_are_refused_at_any_depth(wire: Wire, way: str) -> None:
    with pytest.raises(InvalidInput, match="'__op' cannot be a key"):
        WAYS[way]({"a": [{"b": ({"__op": "Delete"},)}]})

    assert wire.sent == []


@pytest.mark.parametrize("key", sorted(BODY_KEYS))
def test_a_parameter_that_the_server_takes_out_of_the_body_is_refused(wire: Wire, key: str) -> None:
    for call in (orm.call, orm.start_job):
        with pytest.raises(InvalidInput, match=f"'{key}' cannot be a parameter"):
            call("mix", {key: "GET"})

    assert wire.sent == []


def test_no_operation_makes_such_a_key(wire: Wire) -> None:
    with pytest.raises(InvalidInput, match="'__op' cannot be a key"):
        _loaded().increment("body.deep.__op")

    assert wire.sent == []
