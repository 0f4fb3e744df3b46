"""Atomic operations: their wire form, and what they do to a row that was never saved."""

from __future__ import annotations

from typing import Any

import pytest

from parse_orm.types.operations import Add, AddUnique, Delete, Increment, Operation, Remove


@pytest.mark.parametrize(
    ("operation", "wire"),
    [
        (Increment(2), {"__op": "Increment", "amount": 2}),
        (Add(["x"]), {"__op": "Add", "objects": ["x"]}),
        (AddUnique(["x"]), {"__op": "AddUnique", "objects": ["x"]}),
        (Remove(["x"]), {"__op": "Remove", "objects": ["x"]}),
        (Delete(), {"__op": "Delete"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_operation_has_the_wire_form_of_its_name(operation: Operation, wire: dict[str, Any]) -> None:
    assert operation.to_wire() == wire


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (Increment(2), 5, 7),
        (Increment(2), None, 2),
        (Increment(-0.5), 1, 0.5),
        (Add(["a", "b"]), ["a"], ["a", "a", "b"]),
        (Add(["a"]), None, ["a"]),
        (AddUnique(["a", "b", "b"]), ["a"], ["a", "b"]),
        (AddUnique(["a", "a"]), None, ["a"]),
        (Remove(["a"]), ["a", "b", "a"], ["b"]),
        (Remove(["a"]), None, []),
        (Delete(), 5, None),
    ],
    ids=repr,
)
def test_an_operation_done_here_gives_what_the_server_would(operation: Operation, before: Any, after: Any) -> None:
    kept = list(before) if isinstance(before, list) else before

    assert operation.apply(before) == after
    assert before == kept, "the value before is left alone"
