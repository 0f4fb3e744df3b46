"""The functions that read columns: for each way of reading one that makes the getter of a column.

Reading every field of many rows is what an object mapper costs most, and calls of Python functions are what it pays
with. So a getter holds what it needs in its closure, and repeats a line rather than call for it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..types.acl import ACL
from ..types.date import parse_date
from .origin import Lead
from .record import Record, refer

#: Reads one column of an object.
Getter = Callable[[Any], Any]


def native(path: str, absent: Getter) -> Getter:
    """For JSON values that are Python values."""

    def read(record: Record) -> Any:
        value = record._wire.get(path)
        return absent(record) if value is None else value

    return read


def real(path: str, absent: Getter) -> Getter:
    """For floats: ``read_float``, without calling it, at each read, because that takes less time than to keep them."""

    def read(record: Record) -> Any:
        value = record._wire.get(path)
        if value is None:
            return absent(record)
        return float(value) if type(value) is int else value

    return read


def date(path: str, absent: Getter) -> Getter:
    """For dates, typed objects in columns and bare text in createdAt: ``decode_date``, without calling it.

    That call was a sixth of the time of reading one.
    """
    from_iso = datetime.fromisoformat

    def read(record: Record) -> Any:
        seen = record._seen
        if seen is None:
            seen = record._seen = {}
        value = seen.get(path)
        if value is None:
            wire = record._wire.get(path)
            if wire is None:
                return absent(record)
            text = wire["iso"] if type(wire) is dict else wire
            try:
                value = from_iso(text)
            except (ValueError, TypeError):
                value = parse_date(text)
            seen[path] = value = value if value.tzinfo is UTC else parse_date(text)
        return value

    return read


def decoded(path: str, absent: Getter, decode: Callable[[Any], Any]) -> Getter:
    """For values that are decoded at first read and kept."""

    def read(record: Record) -> Any:
        seen = record._seen
        if seen is None:
            seen = record._seen = {}
        value = seen.get(path)
        if value is None:
            wire = None if path in seen else record._wire.get(path)  # a None that was set hides what came
            if wire is None:
                return absent(record)
            value = seen[path] = decode(wire)
        return value

    return read


def made(path: str, absent: Getter, make: Callable[[Any, Any], Any]) -> Getter:
    """For values that know the object they belong to: ``make`` gets it and the JSON."""

    def read(record: Record) -> Any:
        seen = record._seen
        if seen is None:
            seen = record._seen = {}
        value = seen.get(path)
        if value is None:
            wire = None if path in seen else record._wire.get(path)
            if wire is None:
                return absent(record)
            value = seen[path] = make(record, wire)
        return value

    return read


def container(path: str, absent: Getter, make: Callable[[Any, Any], Any]) -> Getter:
    """For lists and dicts of anything. ``made`` does the work; in C, a dict of plain values is copied without it."""
    return made(path, absent, make)


def acl(path: str, absent: Getter) -> Getter:
    """For the column ACL."""
    return decoded(path, absent, ACL.from_wire)


def referred(path: str, absent: Getter, lead: Callable[[Any], Lead], reference: Any) -> Getter:
    """For pointers: ``lead`` says where those of an origin lead. In C, ``reference`` spares most calls of it."""
    return made(path, absent, lambda record, wire: refer(lead(record._origin), wire))


if TYPE_CHECKING:

    class Joining:
        """What a builtin property is to type checkers here: they know the builtin one as a decorator only."""
else:

    class Joining(property):
        """A property that on its class is what its method ``_join`` gives."""

        def __get__(self, record, owner=None):
            return self._join() if record is None else self.fget(record)


def hydrated(model: type[Any], rows: list[dict[str, Any]], origin: Any) -> list[Any]:
    """Objects that own these rows."""
    new, made = object.__new__, []
    for row in rows:
        one = new(model)
        one._wire = row
        one._origin = origin
        one._seen = None
        one._book = None
        made.append(one)
    return made
