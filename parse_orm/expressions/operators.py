"""The operators that a query knows, one row each: a new operator is a new row of the table.

A row says how users write the operator, what operand it takes, which columns it fits, and how it is spelled on the
wire; ``negate`` spells the opposite, and keeps the rows that have no value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from . import clauses
from .where import Where, both, either

if TYPE_CHECKING:
    from .expression import Expression

Build = Callable[["Expression[Any]", Any], Where]

ANY = frozenset[str]()
ORDERED = frozenset({"String", "Number", "Date", "Boolean", "Any"})
TEXT = frozenset({"String", "Any"})
ARRAYS = frozenset({"Array", "Any"})
POINTERS = frozenset({"Pointer", "Array", "Relation", "Any"})


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its name as a lookup, its symbol in a repr, its operand, and its two spellings."""

    name: str
    symbol: str
    operand: "Operand"
    spell: Build
    spell_negated: Build
    fits: frozenset[str] = ANY

    def build(self, column: "Expression[Any]", value: Any) -> Where:
        """The clause for the rows that meet the condition."""
        return self.spell(column, self.operand.to_wire(column, value))

    def negate(self, column: "Expression[Any]", value: Any) -> Where:
        """The clause for the rows that do not."""
        return self.spell_negated(column, self.operand.to_wire(column, value))

    def check(self, column: "Expression[Any]", value: Any) -> None:
        """Refuse a column or an operand that the operator does not fit, before any request."""
        if self.fits and column.shape not in self.fits:
            raise BadQuery(
                f"{column.label} is a {column.shape} column: {self.name!r} works on {', '.join(sorted(self.fits))}"
            )
        self.operand.check(self, column, value)


@dataclass(frozen=True, slots=True)
class Operand:
    """What stands on the right of an operator: how it is checked, and how it becomes JSON."""

    to_wire: Callable[["Expression[Any]", Any], Any]
    complaint: str = ""
    accepts: Callable[[Any], bool] = lambda value: True
    try_wire: bool = True

    def check(self, operator: Operator, column: "Expression[Any]", value: Any) -> None:
        if not self.accepts(value):
            raise BadQuery(f"{column.label}: {operator.name!r} takes {self.complaint}, not {value!r:.60}")
        if self.try_wire:
            self.to_wire(column, value)


def _elements(column: "Expression[Any]", values: Any) -> list[Any]:
    return [column.operand(value) for value in values]


def _pair(column: "Expression[Any]", pair: Any) -> list[Any]:
    return _elements(column, pair)


def _is_collection(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) or (
        hasattr(value, "__iter__") and not isinstance(value, (str, bytes, Mapping))
    )


ONE = Operand(lambda column, value: column.operand(value))
VALUE = Operand(ONE.to_wire, "a value (for rows without one use is_null())", lambda value: value is not None)
MANY = Operand(_elements, "a list of values", _is_collection)
PAIR = Operand(_pair, "two values, the lower and the upper end", lambda v: isinstance(v, (tuple, list)) and len(v) == 2)
FLAG = Operand(lambda column, value: value, "True or False", lambda value: isinstance(value, bool))
STRING = Operand(lambda column, value: column.text(value), "text", lambda value: isinstance(value, str))
QUERY = Operand(
    lambda column, query: query.as_subquery(), "a query", lambda v: hasattr(v, "as_subquery"), try_wire=False
)
KEYED = Operand(
    lambda column, pair: (pair[1].column_path(pair[0]), *pair[1].as_subquery()),
    "a field and a query",
    lambda v: isinstance(v, tuple) and len(v) == 2 and hasattr(v[1], "as_subquery"),
    try_wire=False,
)


def _opposite(wire: str) -> Build:
    """The other side of a comparison, and the rows without a value."""
    build = clauses.compare(wire)
    return lambda column, value: either(build(column, value), clauses.is_null(column))


def _unless(build: Build) -> Build:
    return lambda column, value: clauses.unless(column, build(column, value))


def _between(column: "Expression[Any]", ends: list[Any]) -> Where:
    return both(clauses.compare("$gte")(column, ends[0]), clauses.compare("$lte")(column, ends[1]))


def _comparison(name: str, symbol: str, wire: str, opposite: str) -> Operator:
    return Operator(name, symbol, VALUE, clauses.compare(wire), _opposite(opposite), ORDERED)


def _plain(name: str, operand: Operand, build: Build, fits: frozenset[str], symbol: str = "") -> Operator:
    """An operator without an opposite of its own on the wire."""
    return Operator(name, symbol or name, operand, build, _unless(build), fits)


def _pattern(name: str, build: Build) -> Operator:
    return _plain(name, STRING, build, TEXT)


def _swap(name: str, symbol: str, original: Operator) -> Operator:
    """The opposite of another operator, as an operator of its own."""
    return Operator(name, symbol, original.operand, original.spell_negated, original.spell, original.fits)


_EQ = Operator("eq", "==", ONE, clauses.equal, clauses.not_equal)
_IN = Operator("in", "in", MANY, clauses.one_of, clauses.none_of)
_EXISTS = Operator("exists", "exists", FLAG, clauses.exists, lambda column, value: clauses.exists(column, not value))
_MATCHES = Operator(
    "matches",
    "matches",
    QUERY,
    lambda column, inner: clauses.in_query(column, *inner),
    lambda column, inner: clauses.not_in_query(column, *inner),
    POINTERS,
)
_MATCHES_KEY = _plain("matches_key", KEYED, clauses.selected, ANY)

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
        _plain("contains_all", MANY, clauses.contains_all, ARRAYS, "contains all of"),
        _plain("contained_by", MANY, clauses.contained_by, ARRAYS, "contained by"),
        _EXISTS,
        _swap("isnull", "is null", _EXISTS),
        _pattern("startswith", clauses.quoted("^{}")),
        _pattern("istartswith", clauses.quoted("^{}", "i")),
        _pattern("endswith", clauses.quoted("{}$")),
        _pattern("iendswith", clauses.quoted("{}$", "i")),
        _pattern("contains", clauses.quoted("{}")),
        _pattern("icontains", clauses.quoted("{}", "i")),
        _pattern("regex", clauses.matching()),
        _pattern("iregex", clauses.matching("i")),
        _pattern("search", clauses.search),
        _MATCHES,
        _swap("not_matches", "does not match", _MATCHES),
        _MATCHES_KEY,
        _swap("not_matches_key", "does not match key", _MATCHES_KEY),
    )
}
