"""Atomic operations: changes that the server applies to whatever value the row has by then.

Two operations on one column that wait for the same save are folded into one, so that the server ends where it would
have ended had it been asked twice. Where no single operation says the same, the merge is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Operation:
    """One atomic change of one column; values are in wire form, or objects that are encoded when they are sent."""

    def to_wire(self) -> dict[str, Any]:
        """The JSON that Parse Server understands."""
        raise NotImplementedError

    def apply(self, value: Any) -> Any:
        """What a wire value becomes when the change is made here, for rows that were never saved."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Increment(Operation):
    """Add a number; a missing value counts as 0."""

    amount: int | float

    def to_wire(self) -> dict[str, Any]:
        return {"__op": "Increment", "amount": self.amount}

    def apply(self, value: Any) -> Any:
        return (value or 0) + self.amount


@dataclass(frozen=True, slots=True)
class ListOperation(Operation):
    """A change of an array column."""

    objects: list[Any]

    def to_wire(self) -> dict[str, Any]:
        return {"__op": type(self).__name__, "objects": self.objects}


@dataclass(frozen=True, slots=True)
class Add(ListOperation):
    """Append elements."""

    def apply(self, value: Any) -> Any:
        return [*(value or []), *self.objects]


@dataclass(frozen=True, slots=True)
class AddUnique(ListOperation):
    """Append the elements that are not there yet."""

    def apply(self, value: Any) -> Any:
        return _united(value or [], self.objects)


@dataclass(frozen=True, slots=True)
class Remove(ListOperation):
    """Take every occurrence of the elements away."""

    def apply(self, value: Any) -> Any:
        return _without(value or [], self.objects)


@dataclass(frozen=True, slots=True)
class Delete(Operation):
    """Remove the value of a column."""

    def to_wire(self) -> dict[str, Any]:
        return {"__op": "Delete"}

    def apply(self, value: Any) -> Any:
        return None


@dataclass(frozen=True, slots=True)
class Relate(Operation):
    """Put rows into a relation and take others out; no row is in both lists."""

    added: Sequence[Any] = ()
    removed: Sequence[Any] = ()

    def to_wire(self) -> dict[str, Any]:
        parts = [
            {"__op": name, "objects": list(objects)}
            for name, objects in (("AddRelation", self.added), ("RemoveRelation", self.removed))
            if objects
        ]
        return parts[0] if len(parts) == 1 else {"__op": "Batch", "ops": parts}

    def apply(self, value: Any) -> Any:
        """A relation has no value of its own: the rows stand in a table of the server's."""
        return value


def merge(earlier: Operation | None, later: Operation) -> Operation:
    """One operation that does what both would do, one after the other.

    >>> merge(Increment(1), Increment(2))
    Increment(amount=3)
    >>> merge(Add(["a"]), Remove(["a"]))
    Remove(objects=['a'])

    Args:
        earlier: what waits already, None for nothing.
        later: what comes on top of it.

    Raises:
        InvalidValue: Parse has no single operation for the two.
    """
    if earlier is None:
        return later
    rule = _RULES.get((type(earlier), type(later)))
    merged = rule(earlier, later) if rule else None
    if merged is None:
        raise InvalidValue(
            f"{type(earlier).__name__} and then {type(later).__name__} have no single operation on one column: "
            "save between them"
        )
    return merged


def _united(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    result = list(first)
    result.extend(item for index, item in enumerate(second) if item not in first and item not in second[:index])
    return result


def _without(items: Sequence[Any], gone: Sequence[Any]) -> list[Any]:
    return [item for item in items if item not in gone]


def _add_then_remove(earlier: ListOperation, later: Remove) -> Operation | None:
    """The removal outlives what it takes back: the row may have held the element before."""
    return None if _without(earlier.objects, later.objects) else later


def _relate(earlier: Relate, later: Relate) -> Operation:
    return Relate(
        _united(_without(earlier.added, later.removed), later.added),
        _united(_without(earlier.removed, later.added), later.removed),
    )


#: What two operations on one column become; a pair that is not here cannot be said in one.
_RULES: dict[tuple[type[Operation], type[Operation]], Callable[[Any, Any], Operation | None]] = {
    (Increment, Increment): lambda a, b: Increment(a.amount + b.amount),
    (Add, Add): lambda a, b: Add([*a.objects, *b.objects]),
    (AddUnique, AddUnique): lambda a, b: AddUnique(_united(a.objects, b.objects)),
    (Remove, Remove): lambda a, b: Remove(_united(a.objects, b.objects)),
    (Add, Remove): _add_then_remove,
    (AddUnique, Remove): _add_then_remove,
    (Relate, Relate): _relate,
    **{(kind, Delete): lambda a, b: b for kind in (Increment, Add, AddUnique, Remove, Delete)},
}

#: The operations that users name, for ``song.add("tags", "x")`` and its siblings.
BY_NAME: dict[str, Callable[[list[Any]], ListOperation]] = {
    "add": Add,
    "add_unique": AddUnique,
    "remove": Remove,
}

DELETE = Delete().to_wire()
