"""The smaller options of a query, checked before they are sent."""

from typing import Any

from ..errors import BadQuery, did_you_mean
from ..meta.schema import ModelSchema

READ_PREFERENCES = ("PRIMARY", "PRIMARY_PREFERRED", "SECONDARY", "SECONDARY_PREFERRED", "NEAREST")

#: Sorting by one of these is a 500 on Postgres, or an order that means nothing (Parse Server 9.10).
UNSORTABLE = frozenset({"GeoPoint", "Polygon", "ACL", "Relation", "Array", "Object", "Bytes"})

#: Columns that are pointers, or may hold some.
INCLUDABLE = frozenset({"Pointer", "Array", "Object", "Any"})


def text(name: str, value: object) -> str:
    """Some text.

    Raises:
        BadQuery: it is none, or empty.
    """
    if not isinstance(value, str) or not value:
        raise BadQuery(f"{name} takes text, not {value!r:.60}")
    return value


def read_preference(value: str) -> str:
    """One of the five preferences, in any case.

    Raises:
        BadQuery: it is none of them.
    """
    preference = text("read_preference", value).upper()
    if preference not in READ_PREFERENCES:
        nearest = did_you_mean(preference, READ_PREFERENCES) or ", ".join(READ_PREFERENCES)
        raise BadQuery(f"no read preference is called {value!r:.60}: did you mean {nearest}?")
    return preference


def check_readable(schema: ModelSchema, path: str) -> None:
    """Refuse to read a column that no row is given with: the answer would have no rows at all (Parse Server 9.10).

    Raises:
        BadQuery: nothing can be asked about the column, such as a password.
    """
    field = schema.columns.get(path)
    if field is not None and field.refusal:
        raise BadQuery(f"{field.label}: {field.refusal}")


def check_valued(field: Any, what: str) -> None:
    """Refuse to collect the values of a relation: its rows are in a table of their own.

    Raises:
        BadQuery: the column is a relation.
    """
    if field.shape == "Relation":
        raise BadQuery(
            f"{field.label} is a Relation column and has no values: {what} works on other columns; "
            f"ask the relation itself for its rows, .{field.name}.all()"
        )


def check_sortable(schema: ModelSchema, path: str) -> None:
    """Refuse an order that the server cannot make.

    Raises:
        BadQuery: the column holds values without an order, or nothing can be asked about it.
    """
    check_readable(schema, path)
    field = schema.columns.get(path)
    if field is not None and field.shape in UNSORTABLE:
        raise BadQuery(f"{field.label} is a {field.shape} column: Parse Server cannot sort by it")
    if any(part.isascii() and part.isdigit() for part in path.split(".")):
        raise BadQuery(f"{path!r:.60}: Parse Server on Postgres reads a key of digits as a place in a list (9.10)")


def check_includable(schema: ModelSchema, path: str) -> None:
    """Refuse to include what leads to no rows.

    Raises:
        BadQuery: the column is neither a pointer nor one that may hold some.
    """
    field = schema.columns.get(path.partition(".")[0])
    if field is not None and field.shape not in INCLUDABLE:
        cure = "ask the relation itself for its rows" if field.shape == "Relation" else "only pointers lead to rows"
        raise BadQuery(f"{field.label} is a {field.shape} column and cannot be included: {cure}")
