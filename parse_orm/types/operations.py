"""Atomic operations: changes that the server applies to whatever value the row has by then.

Merging follows the official SDKs: a later operation on the same column is folded into the earlier one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One atomic change of one column; values are already in wire form."""

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
        result = list(value or [])
        for item in self.objects:
            if item not in result:
                result.append(item)
        return result


@dataclass(frozen=True, slots=True)
class Remove(ListOperation):
    """Take every occurrence of the elements away."""

    def apply(self, value: Any) -> Any:
        return [item for item in value or [] if item not in self.objects]


@dataclass(frozen=True, slots=True)
class Delete(Operation):
    """Remove the value of a column."""

    def to_wire(self) -> dict[str, Any]:
        return {"__op": "Delete"}

    def apply(self, value: Any) -> Any:
        return None


#: The operations that users name, for ``song.add("tags", "x")`` and its siblings.
BY_NAME: dict[str, Callable[[list[Any]], ListOperation]] = {
    "add": Add,
    "add_unique": AddUnique,
    "remove": Remove,
}

DELETE = Delete().to_wire()
