"""Atomic operations: sent at once, or kept and folded into one for the next save."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.types.operations import Add, AddUnique, Delete, Increment, Relate, Remove, merge


class Counter(orm.ParseObject):
    hits = orm.property(int, default=0)
    ratio = orm.property(float)
    tags = orm.array(str)
    info = orm.property(dict)
    name = orm.property(str)


@pytest.fixture
def counter(wire: Any) -> Counter:
    counter = Counter.create(name="c", tags=["a"], info={"size": 1, "kind": "x"})
    wire.clear()
    return counter


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (Increment(1), Increment(2.5), Increment(3.5)),
        (Add(["a"]), Add(["b"]), Add(["a", "b"])),
        (AddUnique(["a", "b"]), AddUnique(["b", "c"]), AddUnique(["a", "b", "c"])),
        (Remove(["a"]), Remove(["b", "a"]), Remove(["a", "b"])),
        (Add(["a"]), Remove(["a"]), Remove(["a"])),
        (Increment(1), Delete(), Delete()),
        (Relate(["a", "b"]), Relate(removed=["a"]), Relate(["b"], ["a"])),
        (Relate(removed=["a"]), Relate(["a"]), Relate(["a"], [])),
    ],
)
def test_two_operations_become_one(first: Any, second: Any, both: Any) -> None:
    assert merge(first, second).to_wire() == both.to_wire()


@pytest.mark.parametrize("value", [None, ["a"], ["a", "b", "a"], ["c"]])
@pytest.mark.parametrize(
    ("first", "second"),
    [(Add(["a"]), Remove(["a"])), (AddUnique(["a"]), AddUnique(["b"])), (Remove(["a"]), Remove(["b"]))],
)
def test_a_merged_operation_ends_where_the_two_would_have_ended(first: Any, second: Any, value: Any) -> None:
    assert merge(first, second).apply(value) == second.apply(first.apply(value))


@pytest.mark.parametrize(
    ("first", "second"), [(Remove(["a"]), Add(["a"])), (Add(["a", "b"]), Remove(["a"])), (Delete(), Increment(1))]
)
def test_what_no_single_operation_says_is_refused(first: Any, second: Any) -> None:
    with pytest.raises(orm.InvalidValue, match="save between them"):
        merge(first, second)


def test_two_increments_before_a_save_are_one(wire: Any, counter: Counter) -> None:
    counter.increment("hits", 2, send=False).increment("hits", 3, send=False)
    assert counter.changes == {"hits": (0, 5)}
    assert wire.sent == []
    counter.name = "d"
    counter.save()
    assert [body for _, _, body in wire.sent] == [{"name": "d", "hits": {"__op": "Increment", "amount": 5}}]
    assert (counter.hits, counter.changed) == (5, [])


def test_an_operation_is_sent_at_once_and_leaves_nothing_to_save(wire: Any, counter: Counter) -> None:
    wire.refuse = lambda method, path, body: {"updatedAt": "2026-01-02T03:04:06.000Z", "hits": 41}
    counter.increment("hits")
    assert wire.sent[0][2] == {"hits": {"__op": "Increment", "amount": 1}}
    assert (counter.hits, counter.changed) == (41, [])
    counter.save()
    assert len(wire.sent) == 1


def test_an_operation_counts_on_a_value_that_was_set_there_and_back(wire: Any, counter: Counter) -> None:
    counter.hits = 7
    counter.hits = 0
    counter.increment("hits", send=False)
    counter.save()

    assert [body for _, _, body in wire.sent] == [{"hits": {"__op": "Increment", "amount": 1}}]
    assert (counter.hits, counter.changed) == (1, [])


def test_a_value_set_afterwards_wins_over_an_operation_that_waits(wire: Any, counter: Counter) -> None:
    counter.increment("hits", 2, send=False)
    counter.hits = 9
    counter.save()
    assert wire.sent[0][2] == {"hits": 9}


def test_an_operation_on_a_value_that_waits_changes_that_value(wire: Any, counter: Counter) -> None:
    counter.hits = 9
    counter.increment("hits", 2)
    assert wire.sent[0][2] == {"hits": 11}
    counter.tags.append("b")
    counter.add("tags", "c", send=False)
    assert counter.tags == ["a", "b", "c"]


def test_a_new_object_takes_operations_without_a_request(wire: Any) -> None:
    counter = Counter().increment("hits", 2).add("tags", "x").add_unique("tags", "x").remove("tags", "y")
    assert (counter.hits, counter.tags, wire.sent) == (2, ["x"], [])


def test_a_partial_answer_is_laid_over_what_is_known(wire: Any, counter: Counter) -> None:
    wire.refuse = lambda method, path, body: {"info": {"size": 5}}
    counter.increment("info.size", 4)
    assert wire.sent[0][2] == {"info.size": {"__op": "Increment", "amount": 4}}
    assert counter.info == {"size": 5, "kind": "x"}
    assert counter.changed == []


def test_a_key_inside_an_object_can_be_removed(wire: Any, counter: Counter) -> None:
    counter.unset("info.kind")
    assert wire.sent[0][2] == {"info.kind": {"__op": "Delete"}}
    assert counter.info == {"size": 1}


def test_unset_sends_nothing_for_a_column_without_a_value(wire: Any, counter: Counter) -> None:
    counter.unset("ratio")
    assert wire.sent == []
    counter.unset("name")
    assert wire.sent[0][2] == {"name": {"__op": "Delete"}}
    assert (counter.name, counter.changed) == (None, [])


def test_rollback_forgets_operations_that_wait(wire: Any, counter: Counter) -> None:
    counter.increment("hits", send=False)
    counter.rollback().save()
    assert wire.sent == []


def test_a_failed_save_keeps_the_operation(wire: Any, refusal: Any, counter: Counter) -> None:
    wire.refuse = lambda method, path, body: refusal(119, "no")
    counter.increment("hits", send=False)
    with pytest.raises(orm.OperationForbidden):
        counter.save()
    assert counter.changed == ["hits"]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda c: c.increment("name"), "String column"),
        (lambda c: c.increment("hits", "2"), "takes a number"),
        (lambda c: c.increment("hits", True), "takes a number"),
        (lambda c: c.add("hits", 1), "works on arrays"),
        (lambda c: c.add("info.list", 1), "cannot reach into an object"),
        (lambda c: c.increment("name.x"), "only an object column has keys"),
        (lambda c: c.increment("hits", 2**60), r"beyond 2\*\*53"),
    ],
)
def test_an_operation_that_cannot_be_is_refused_before_any_request(
    wire: Any, counter: Counter, call: Any, complaint: str
) -> None:
    with pytest.raises(orm.InvalidValue, match=complaint):
        call(counter)
    assert wire.sent == []
