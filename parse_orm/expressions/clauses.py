"""How one condition is spelled for Parse Server, so that Postgres and MongoDB answer it alike.

Several plain spellings fail or lie on one of the two databases (Parse Server 9.10); each function here says which.
Values arrive in wire form. ``None`` in place of a clause means that no row can meet it, ``{}`` that every row does.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .where import Where, both, either, neither

if TYPE_CHECKING:
    from .expression import Expression

Build = Callable[["Expression[Any]", Any], Where]

#: Columns that every row has a value in.
ALWAYS_SET = frozenset({"objectId", "createdAt", "updatedAt"})

#: Column types that $in and $nin do not read: a 500 on Postgres.
SINGLY = frozenset({"Date", "GeoPoint", "Polygon", "File", "Bytes"})


def has_value(column: "Expression[Any]") -> Where:
    """The column holds something. ``$exists`` answers nothing on a path inside an object, nor does ``$ne: null``."""
    if column.path in ALWAYS_SET:
        return {}
    return neither({column.path: None}) if column.dotted else {column.path: {"$exists": True}}


def is_null(column: "Expression[Any]") -> Where:
    """The column holds nothing."""
    return None if column.path in ALWAYS_SET else {column.path: None}


def equal(column: "Expression[Any]", value: Any) -> Where:
    """Equality, bare: ``$eq`` with a date is a 500 on Postgres. An array column is asked whether it contains.

    ``$all`` would not do for arrays: Postgres counts, so ["a", "a"] does not contain all of ["a"] there.
    """
    if value is None:
        return is_null(column)
    if column.shape == "Array":
        return {column.path: {"$in": [value]}}
    if column.shape in {"File", "Bytes"}:
        return {column.path: {"$eq": value}}
    if column.dotted:
        return _equal_inside(column, value)
    return {column.path: value}


def _equal_inside(column: "Expression[Any]", value: Any) -> Where:
    """Inside an object column Postgres compares text: a pointer goes by its parts, a long number by its bounds."""
    if isinstance(value, dict):
        return {f"{column.path}.className": value["className"], f"{column.path}.objectId": value["objectId"]}
    if isinstance(value, float) and value and not 1e-6 <= abs(value) < 1e21:
        return {column.path: {"$gte": value, "$lte": value}}
    return {column.path: value}


def not_equal(column: "Expression[Any]", value: Any) -> Where:
    """Inequality, rows without a value included, as Python's ``!=`` would have it."""
    if value is None:
        return has_value(column)
    if column.shape == "Date":  # a date inside $ne is a 500 on Postgres
        return either({column.path: {"$lt": value}}, {column.path: {"$gt": value}}, is_null(column))
    if column.shape == "Array":  # $ne on an array column fails on some servers; $nin asks the same
        return either({column.path: {"$nin": [value]}}, is_null(column))
    if column.dotted or column.shape in {"Polygon", "Bytes"}:  # $ne casts, and fails on the first value of another type
        return unless(column, equal(column, value))
    return either({column.path: {"$ne": value}}, is_null(column))


def unless(column: "Expression[Any]", clause: Where) -> Where:
    """The rows that do not meet a clause on this column, those without a value included."""
    return either(is_null(column), both(neither(clause), has_value(column)))


def one_of(column: "Expression[Any]", values: Iterable[Any]) -> Where:
    """Any of the values. An empty ``$in`` means "is null" on Postgres, and a null inside is ignored."""
    wanted = list(values)
    present = [value for value in wanted if value is not None]
    null = is_null(column) if len(present) < len(wanted) else None
    if column.shape in SINGLY or column.dotted:
        return either(*(equal(column, value) for value in present), null)
    return either({column.path: {"$in": present}} if present else None, null)


def none_of(column: "Expression[Any]", values: Iterable[Any]) -> Where:
    """None of the values; rows without a value are kept, which ``$nin`` drops on Postgres."""
    wanted = list(values)
    present = [value for value in wanted if value is not None]
    some = has_value(column) if len(present) < len(wanted) else {}
    if not present:
        return some
    if column.shape in SINGLY or column.dotted:
        return both(*(not_equal(column, value) for value in present), some)
    absent: Where = {column.path: {"$nin": present}}
    return both(absent, some) if some else either(absent, is_null(column))


def compare(wire: str) -> Build:
    """An order comparison. Postgres refuses "" and false as its operand (code 119), so those are spelled otherwise."""

    def build(column: "Expression[Any]", value: Any) -> Where:
        if isinstance(value, bool):
            return _compare_bool(column, wire, value)
        if value == "":
            return _COMPARED_TO_EMPTY[wire](column)
        return {column.path: {wire: value}}

    return build


#: No text sorts before the empty one.
_COMPARED_TO_EMPTY: dict[str, Callable[["Expression[Any]"], Where]] = {
    "$gt": lambda column: both(neither(equal(column, "")), has_value(column)),
    "$gte": has_value,
    "$lt": lambda column: None,
    "$lte": lambda column: equal(column, ""),
}

_COMPARISONS: dict[str, Callable[[bool, bool], bool]] = {
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}


def _compare_bool(column: "Expression[Any]", wire: str, value: bool) -> Where:
    """There are two booleans, so a comparison is a choice between them."""
    return either(*({column.path: choice} for choice in (False, True) if _COMPARISONS[wire](choice, value)))


def contains_all(column: "Expression[Any]", values: list[Any]) -> Where:
    """Every value is in the array; nothing asked means that there is an array. See ``equal`` for why not ``$all``."""
    return both(*(equal(column, value) for value in values)) if values else has_value(column)


def contained_by(column: "Expression[Any]", values: list[Any]) -> Where:
    """The array holds nothing but these values; MongoDB would count a missing array in."""
    return {column.path: {"$containedBy": values, "$exists": True}}


def exists(column: "Expression[Any]", wanted: bool) -> Where:
    """There is a value, or there is none."""
    return has_value(column) if wanted else is_null(column)


def in_query(column: "Expression[Any]", where: Where, class_name: str) -> Where:
    """The pointer leads to a row that meets ``where``. ``$exists`` stops an empty subquery from meaning "is null"."""
    if where is None:
        return None
    return {column.path: {"$inQuery": {"where": where, "className": class_name}, "$exists": True}}


def not_in_query(column: "Expression[Any]", where: Where, class_name: str) -> Where:
    """The pointer leads to no such row, or to none at all."""
    if where is None:
        return {}
    found = {column.path: {"$notInQuery": {"where": where, "className": class_name}, "$exists": True}}
    return either(found, is_null(column))


def selected(column: "Expression[Any]", keyed: tuple[str, Where, str]) -> Where:
    """The value is among those of one column of another query."""
    query = _keyed(keyed)
    return None if query is None else {column.path: {"$select": query, "$exists": True}}


def not_selected(column: "Expression[Any]", keyed: tuple[str, Where, str]) -> Where:
    """The value is not among those of one column of another query, or there is none."""
    query = _keyed(keyed)
    if query is None:
        return {}
    return either({column.path: {"$dontSelect": query, "$exists": True}}, is_null(column))


def _keyed(keyed: tuple[str, Where, str]) -> Where:
    """The inner question. Rows without the key are left out: a null among the values shifts the others on Postgres."""
    key, where, class_name = keyed
    where = both(where, {key: {"$exists": True}})
    if where is None:
        return None
    return {"query": {"className": class_name, "where": where}, "key": key}
