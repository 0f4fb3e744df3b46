"""How a column names rows of one class: what is accepted as a row, and how it is spelled."""

from collections.abc import Iterable
from typing import Any

from ..codec.encode import wire_pointer
from ..errors import InvalidValue, UnsavedReference
from ..fields.record import Record
from ..types.pointer import Pointer
from .reference import Reference


class Pointing:
    """The rows that one column may point to.

    Args:
        reference: their model.
    """

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def check(self, value: Any) -> str:
        """Accept an object, a pointer or an id of the class.

        Returns:
            The Parse class that the column points to.

        Raises:
            InvalidValue: it is something else, or a row of another class.
            InvalidId: the id cannot be one.
        """
        model = self.reference.resolve()
        expected: str = model.schema.class_name
        if isinstance(value, str):
            model.check_id(value)
            return expected
        class_name = value.class_name if isinstance(value, Pointer) else _class_name_of(value)
        if class_name is None:
            raise InvalidValue(f"expected a {self.reference.name}, got {type(value).__name__}{_advice(value)}")
        if class_name != expected:
            raise InvalidValue(f"expected a {self.reference.name}, got a {class_name} object")
        return expected

    def encode(self, value: Any) -> dict[str, Any]:
        """The pointer to a row.

        Raises:
            InvalidValue: it is no row of the class.
            UnsavedReference: the row was never saved.
        """
        model = self.reference.resolve()
        # An object of the class itself needs no check: a third of the time of writing a pointer.
        class_name = model.schema.class_name if type(value) is model else self.check(value)
        id = value if isinstance(value, str) else value.id
        if not id:
            raise UnsavedReference(
                f"a {self.reference.name} was never saved, so nothing can point to it: save it first, "
                "or save(cascade=True)"
            )
        return wire_pointer(class_name, id)

    def row(self, value: Any) -> Any:
        """The object itself; a pointer or an id becomes an object that is not loaded."""
        self.check(value)
        if isinstance(value, (str, Pointer)):
            return self.reference.resolve().pointer(value if isinstance(value, str) else value.id)
        return value


def _class_name_of(value: Any) -> str | None:
    return str(value.schema.class_name) if isinstance(value, Record) else None


def _advice(value: Any) -> str:
    """What to write for the rows of a query, or of a relation."""
    if isinstance(value, Iterable) and hasattr(value, "where"):
        return ": matches(query) compares with all rows of a query, first() and all() give rows"
    return ""
