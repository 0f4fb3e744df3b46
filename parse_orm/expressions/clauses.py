"""How one condition is spelled for Parse Server, so that Postgres and MongoDB answer it alike.

Several plain spellings fail or lie on one of the two databases (Parse Server 9.10); each function here says which.
Values arrive in wire form. ``None`` in place of a clause means that no row can meet it.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from .where import Where, both, either, neither

if TYPE_CHECKING:
    from .expression import Expression

Column = "Expression[Any]"


def has_value(column: "Expression[Any]") -> Where:
    """The column holds something. ``$exists`` answers nothing on a path inside an object on Postgres."""
    return {column.path: {"$ne": None} if column.dotted else {"$exists": True}}


def is_null(column: "Expression[Any]") -> Where:
    """The column holds nothing."""
    return {column.path: None if column.dotted else {"$exists": False}}


def equal(column: "Expression[Any]", value: Any) -> Where:
    """Equality, bare: ``$eq`` with a date is a 500 on Postgres. An array column is asked whether it contains."""
    if value is None:
        return is_null(column)
    if column.shape == "Array":
        return {column.path: {"$all": [value]}}
    return {column.path: value}


def not_equal(column: "Expression[Any]", value: Any) -> Where:
    """Inequality, rows without a value included, as Python's ``!=`` would have it."""
    if value is None:
        return has_value(column)
    if column.shape == "Date":  # a date inside $ne is a 500 on Postgres
        return either({column.path: {"$lt": value}}, {column.path: {"$gt": value}}, is_null(column))
    if column.shape == "Array":  # $ne on an array column gives no rows at all on Postgres
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
    if column.shape in {"Date", "Array", "Any"} or column.dotted:  # $in is a 500 with dates, nothing on a path
        return either(*(equal(column, value) for value in present), null)
    return either({column.path: {"$in": present}} if present else None, null)


def none_of(column: "Expression[Any]", values: Iterable[Any]) -> Where:
    """None of the values; rows without a value are kept, which ``$nin`` drops on Postgres."""
    wanted = list(values)
    present = [value for value in wanted if value is not None]
    some = has_value(column) if len(present) < len(wanted) else {}
    if not present:
        return some
    if column.shape in {"Date", "Array", "Any"} or column.dotted:
        return both(*(not_equal(column, value) for value in present), some)
    absent = both({column.path: {"$nin": present}}, has_value(column))
    return absent if some else either(absent, is_null(column))


def compare(wire: str) -> Callable[["Expression[Any]", Any], Where]:
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
    "$gt": lambda column: both({column.path: {"$ne": ""}}, has_value(column)),
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


def matching(options: str = "") -> Callable[["Expression[Any]", str], Where]:
    """A regular expression as it stands."""

    def build(column: "Expression[Any]", pattern: str) -> Where:
        return {column.path: {"$regex": pattern, **({"$options": options} if options else {})}}

    return build


def quoted(form: str, options: str = "") -> Callable[["Expression[Any]", str], Where]:
    """Literal text inside a pattern: ``form`` is ``^{}``, ``{}$`` or ``{}``."""
    build = matching(options)
    return lambda column, text: build(column, form.format(_quote(text))) if text else has_value(column)


_SPECIAL = frozenset(r"\^$.|?*+()[]{}")


def _quote(text: str) -> str:
    """Backslashes before the special characters: both PCRE and POSIX read them so."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def contains_all(column: "Expression[Any]", values: list[Any]) -> Where:
    """Every value is in the array; nothing asked means that there is an array."""
    return {column.path: {"$all": values}} if values else has_value(column)


def contained_by(column: "Expression[Any]", values: list[Any]) -> Where:
    """The array holds nothing but these values."""
    return {column.path: {"$containedBy": values}}


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
    key, where, class_name = keyed
    if where is None:
        return None
    return {
        column.path: {
            "$select": {"query": {"className": class_name, "where": where}, "key": key},
            "$exists": True,
        }
    }


def search(column: "Expression[Any]", words: str) -> Where:
    """Full text. Several words with a space between them are a 500 on Postgres: they are joined by ``&``."""
    terms = words.split()
    if not terms:
        raise BadQuery("search needs at least one word")
    return {column.path: {"$text": {"$search": {"$term": " & ".join(terms)}}}}
