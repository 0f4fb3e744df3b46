"""The operators that a query knows, one row each: a new operator is a new row of the table.

A row says how users write the operator, what operand it takes, which columns it fits, and how it is spelled on the
wire; the second spelling is that of the opposite, and keeps the rows that have no value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from ..types.acl import ACL
from ..types.depth import short_repr
from . import clauses, patterns, places
from .absent import NOTHING_ABSENT, Absent
from .clauses import Build
from .where import Where, both, either, neither

if TYPE_CHECKING:
    from .expression import Expression

#: What an operand is made of: the column, the value that the user gave, and what the server is known not to have.
ToWire = Callable[["Expression[Any]", Any, Absent], Any]

VALUES = frozenset(
    {"String", "Number", "Date", "Boolean", "Array", "Pointer", "Relation", "GeoPoint", "Polygon", "File", "Bytes"}
) | {"Object", "Any"}
LISTABLE = VALUES - {"Relation"}
ORDERED = frozenset({"String", "Number", "Date", "Boolean", "Any"})
TEXT = frozenset({"String", "Any"})
ARRAYS = frozenset({"Array"})
POINTERS = frozenset({"Pointer", "Array", "Relation"})
KEYS = frozenset({"String", "Number", "Boolean", "Pointer"})
PLACES = frozenset({"GeoPoint"})
AREAS = frozenset({"Polygon"})
RIGHTS = frozenset({"ACL"})


def _nowhere(value: Any) -> Iterator[tuple[str, str]]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Operand:
    """What stands on the right of an operator: how it is checked, and how it becomes JSON.

    Attributes:
        to_wire: makes the JSON.
        complaint: what is needed, for messages.
        accepts: whether a value can be one at all.
        try_wire: whether the JSON is made once as a check.
        many: whether it is a collection of values.
        columns: class and wire column of everything that it asks about.
        query: the query in a value, for operands that hold one.
    """

    to_wire: ToWire
    complaint: str = "a value"
    accepts: Callable[[Any], bool] = lambda value: True
    try_wire: bool = True
    many: bool = False
    columns: Callable[[Any], Iterator[tuple[str, str]]] = _nowhere
    query: Callable[[Any], Any] | None = None

    def taken(self, value: Any) -> Any:
        """The value with its elements in hand: whoever reads an iterator, such as a generator, uses it up."""
        if self.many and _is_collection(value) and not isinstance(value, tuple):
            return list(value)
        return value

    def check(self, name: str, column: "Expression[Any]", value: Any) -> None:
        """Refuse what the operator cannot use."""
        if not self.accepts(value):
            raise BadQuery(f"{column.label}: {name!r} takes {self.complaint}, not {short_repr(value)}")
        if self.try_wire:
            self.to_wire(column, value, NOTHING_ABSENT)


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    Attributes:
        name: how a lookup says it, ``plays__gte=5``.
        symbol: how a repr says it.
        operand: what it takes.
        spell: its clause.
        spell_negated: the clause of its opposite, which keeps rows without a value.
        fits: the column types it works on.
        met_by_null: whether a row without a value meets it.
        sorts: whether it puts the rows in an order.
    """

    name: str
    symbol: str
    operand: Operand
    spell: Build
    spell_negated: Build
    fits: frozenset[str]
    met_by_null: Callable[[Any], bool] = lambda value: False
    sorts: bool = False

    def check(self, column: "Expression[Any]", value: Any) -> None:
        """Refuse a column or an operand that the operator does not fit, before any request."""
        if column.refusal:
            raise BadQuery(f"{column.label}: {column.refusal}")
        if column.shape not in self.fits:
            raise BadQuery(
                f"{column.label} is a {column.shape} column: {self.name!r} works on {', '.join(sorted(self.fits))}"
            )
        self.operand.check(self.name, column, value)


# -- operands ----------------------------------------------------------------------------------


def _one(column: "Expression[Any]", value: Any, absent: Absent = NOTHING_ABSENT) -> Any:
    wire = column.operand(value)
    if column.dotted and isinstance(wire, dict) and wire.get("__type") != "Pointer":
        raise BadQuery(
            f"{column.label}: inside an object column only text, numbers, booleans, lists and pointers can be compared "
            "alike on Postgres and MongoDB. Give this value a column of its own"
        )
    return wire


def _many(column: "Expression[Any]", values: Any, absent: Absent = NOTHING_ABSENT) -> list[Any]:
    return [_one(column, value) for value in values]


def _whole_elements(column: "Expression[Any]", values: Any, absent: Absent = NOTHING_ABSENT) -> list[Any]:
    """Elements that $containedBy compares as a whole: inside a dict Postgres would be content with a part."""
    wire = _many(column, values)
    if any(isinstance(element, dict) and "__type" not in element for element in wire):
        raise BadQuery(f"{column.label}: Postgres compares only parts of dicts here: use contains_all, or a filter")
    return wire


def _subquery(column: "Expression[Any]", query: Any, absent: Absent) -> Any:
    """The server compares ids alone, so the rows of another class would be other rows with no word about it."""
    where, class_name = query.as_subquery(absent)
    target: Callable[[], str] | None = getattr(column, "target_class", None)
    if target is not None and target() != class_name:
        raise BadQuery(f"{column.label} leads to rows of {target()}, and this query asks {class_name}")
    return where, class_name


def _keyed(column: "Expression[Any]", pair: Any, absent: Absent) -> Any:
    key, query = pair
    where, class_name = query.as_subquery(absent)
    return query.key_path(key, column.shape), where, class_name


def _keyed_columns(pair: Any) -> Iterator[tuple[str, str]]:
    key, query = pair
    yield query.schema.class_name, query.column_path(key)
    yield from query.subquery_columns()


def _grantees(column: "Expression[Any]", who: Any, absent: Absent = NOTHING_ABSENT) -> list[str]:
    """The entries that let somebody in: one of the names, everybody, or the lack of a list."""
    acl = ACL()
    try:
        for each in who if isinstance(who, (list, tuple, set, frozenset)) else [who]:
            acl.grant(each)
    except ValueError as error:
        raise BadQuery(f"{column.label}: {error}") from None
    return list(acl.to_dict())


def _pattern_text(column: "Expression[Any]", value: Any, absent: Absent = NOTHING_ABSENT) -> str:
    try:
        patterns.refuse_broken(value)
    except BadQuery as error:
        raise BadQuery(f"{column.label}: {error}") from None
    return column.text(value)


def _read(reader: Callable[[Any], Any]) -> ToWire:
    """An operand that does not depend on the column."""

    def read(column: "Expression[Any]", value: Any, absent: Absent) -> Any:
        try:
            return reader(value)
        except (TypeError, BadQuery) as error:
            raise BadQuery(f"{column.label}: {error}") from None

    return read


def _is_collection(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) or (
        hasattr(value, "__iter__") and not isinstance(value, (str, bytes, Mapping))
    )


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2


def _is_query(value: Any) -> bool:
    return hasattr(value, "as_subquery")


ONE = Operand(_one)
VALUE = Operand(_one, "a value (for rows without one use is_null())", lambda value: value is not None)
MANY = Operand(_many, "a list of values", _is_collection, many=True)
ELEMENTS = replace(MANY, accepts=lambda value: _is_collection(value) and None not in value)
WHOLE_ELEMENTS = replace(ELEMENTS, to_wire=_whole_elements)
PAIR = Operand(_many, "two values, the lower and the upper end", lambda v: _is_pair(v) and None not in v, many=True)
FLAG = Operand(lambda column, value, absent: value, "True or False", lambda value: isinstance(value, bool))
STRING = Operand(lambda column, value, absent: column.text(value), "text", lambda value: isinstance(value, str))
PATTERN = replace(STRING, to_wire=_pattern_text)
QUERY = Operand(
    _subquery, "a query", _is_query, False, columns=lambda query: query.subquery_columns(), query=lambda query: query
)
KEYED = Operand(
    _keyed,
    "a field and a query",
    lambda value: _is_pair(value) and _is_query(value[1]),
    False,
    True,
    _keyed_columns,
    lambda pair: pair[1],
)
NEAREST = Operand(_read(places.nearest), "a GeoPoint, or (GeoPoint, radians)", many=True)
BOX = Operand(_read(places.corners), "two GeoPoints, south-west and north-east", _is_pair, many=True)
OUTLINE = Operand(_read(places.outline), "an orm.Polygon or a list of GeoPoints", many=True)
POINT = Operand(_read(places.point), "a GeoPoint")
WHO = Operand(_grantees, "a User, a Role, 'role:Name', a user id or PUBLIC, or a list of these", many=True)


def _distance(unit: str) -> Operand:
    return Operand(_read(places.distance(unit)), "a GeoPoint and a distance", _is_pair, many=True)


# -- how rows are made ---------------------------------------------------------------------------


def _opposite(wire: str) -> Build:
    """The other side of a comparison, and the rows without a value."""
    build = clauses.compare(wire)
    return lambda column, value: either(build(column, value), clauses.is_null(column))


def _unless(build: Build) -> Build:
    return lambda column, value: clauses.unless(column, build(column, value))


def _between(column: "Expression[Any]", ends: list[Any]) -> Where:
    return both(clauses.compare("$gte")(column, ends[0]), clauses.compare("$lte")(column, ends[1]))


def _allowed(permissions: str) -> Build:
    """A row without a list is open to everybody, and has a null where the names would stand."""
    return lambda column, names: {permissions: {"$in": [None, *dict.fromkeys(["*", *names])]}}


def _denied(permissions: str) -> Build:
    build = _allowed(permissions)
    return lambda column, names: neither(build(column, names))


def _comparison(name: str, symbol: str, wire: str, opposite: str) -> Operator:
    return Operator(name, symbol, VALUE, clauses.compare(wire), _opposite(opposite), ORDERED)


def _plain(name: str, operand: Operand, build: Build, fits: frozenset[str], symbol: str = "") -> Operator:
    """An operator without an opposite of its own on the wire."""
    return Operator(name, symbol or name, operand, build, _unless(build), fits)


def _pattern(name: str, build: Build, operand: Operand = STRING) -> Operator:
    return _plain(name, operand, build, TEXT)


def _place(name: str, operand: Operand, build: Build, fits: frozenset[str] = PLACES) -> Operator:
    return _plain(name, operand, build, fits, name.replace("_", " "))


def _swap(name: str, symbol: str, original: Operator) -> Operator:
    """The opposite of another operator, as an operator of its own."""
    return replace(
        original,
        name=name,
        symbol=symbol,
        spell=original.spell_negated,
        spell_negated=original.spell,
        met_by_null=lambda value: not original.met_by_null(value),
    )


_EQ = Operator("eq", "==", ONE, clauses.equal, clauses.not_equal, VALUES, lambda value: value is None)
_IN = Operator("in", "in", MANY, clauses.one_of, clauses.none_of, LISTABLE, lambda values: None in values)
_EXISTS = Operator(
    "exists",
    "exists",
    FLAG,
    clauses.exists,
    lambda column, value: clauses.exists(column, not value),
    VALUES - {"Relation"},
    lambda value: not value,
)
_MATCHES = Operator(
    "matches",
    "matches",
    QUERY,
    lambda column, inner: clauses.in_query(column, *inner),
    lambda column, inner: clauses.not_in_query(column, *inner),
    POINTERS,
)
_MATCHES_KEY = Operator("matches_key", "matches key", KEYED, clauses.selected, clauses.not_selected, KEYS)

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        _EQ,
        _swap("ne", "!=", _EQ),
        _comparison("gt", ">", "$gt", "$lte"),
        _comparison("gte", ">=", "$gte", "$lt"),
        _comparison("lt", "<", "$lt", "$gte"),
        _comparison("lte", "<=", "$lte", "$gt"),
        _plain("between", PAIR, _between, ORDERED),
        _IN,
        _swap("not_in", "not in", _IN),
        _plain("contains_all", ELEMENTS, clauses.contains_all, ARRAYS, "contains all of"),
        _plain("contained_by", WHOLE_ELEMENTS, clauses.contained_by, ARRAYS, "contained by"),
        _EXISTS,
        _swap("isnull", "is null", _EXISTS),
        _pattern("startswith", patterns.quoted("^{}")),
        _pattern("istartswith", patterns.quoted("^{}", "i")),
        _pattern("endswith", patterns.quoted("{}$")),
        _pattern("iendswith", patterns.quoted("{}$", "i")),
        _pattern("contains", patterns.quoted("{}")),
        _pattern("icontains", patterns.quoted("{}", "i")),
        _pattern("regex", patterns.matching(), PATTERN),
        _pattern("iregex", patterns.matching("i"), PATTERN),
        _plain("search", STRING, patterns.search, frozenset({"String"})),
        Operator("near", "near", NEAREST, places.near, places.refuse, PLACES, sorts=True),
        _place("within_km", _distance("km"), places.within),
        _place("within_miles", _distance("miles"), places.within),
        _place("within_radians", _distance("radians"), places.within),
        _place("within_box", BOX, places.within_box),
        _place("within_polygon", OUTLINE, places.within_polygon),
        _place("geo_intersects", POINT, places.geo_intersects, AREAS),
        _MATCHES,
        _swap("not_matches", "does not match", _MATCHES),
        _MATCHES_KEY,
        _swap("not_matches_key", "does not match key", _MATCHES_KEY),
        Operator("readable_by", "readable by", WHO, _allowed("_rperm"), _denied("_rperm"), RIGHTS),
        Operator("writable_by", "writable by", WHO, _allowed("_wperm"), _denied("_wperm"), RIGHTS),
    )
}
