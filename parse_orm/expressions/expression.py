"""An expression stands for a column in a question: ``Song.plays > 10`` asks, it does not compare."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from ..types.geo import GeoPoint, Polygon
from .criteria import Condition, Criterion
from .operators import OPERATORS

T = TypeVar("T")


class Ordering:
    """A column with a direction, for ``order(...)``."""

    __slots__ = ("column", "descending")

    def __init__(self, column: "Expression[Any]", descending: bool) -> None:
        self.column = column
        self.descending = descending

    def to_wire(self) -> str:
        """``-plays`` or ``plays``."""
        return f"-{self.column.path}" if self.descending else self.column.path

    def __repr__(self) -> str:
        return self.to_wire()


class Nameable:
    """What may be given where a column is named: an expression, or a pointer on its way to another class."""

    @property
    def _expression(self) -> "Expression[Any]":
        raise NotImplementedError


class Expression(Nameable, Generic[T]):
    """A column that may be compared, ordered by and selected.

    Attributes:
        path: the wire path, for instance ``plays`` or ``info.size``.
        shape: the column's type in Parse's words, ``"Any"`` when nobody knows.
        label: how messages name it.
        hidden: whether its values are left out of messages.
        refusal: why nothing can be asked about it; mostly empty.
    """

    path: str
    shape: str
    label: str
    hidden: bool = False
    refusal: str = ""

    @property
    def _expression(self) -> "Expression[Any]":
        return self

    @property
    def root(self) -> "Expression[Any]":
        """The declared column that the expression begins with."""
        return self

    @property
    def dotted(self) -> bool:
        """Whether the path leads inside an object column."""
        return "." in self.path

    def operand(self, value: Any) -> Any:
        """One value to compare with, in wire form; refuses what the column cannot hold."""
        raise NotImplementedError

    def text(self, value: str) -> str:
        """A piece of text to look for, in wire form."""
        raise NotImplementedError

    def _ask(self, operator: str, value: Any) -> Criterion:
        return Condition(self, OPERATORS[operator], value)

    def __eq__(self, other: T | None) -> Criterion:  # type: ignore[override]
        return self._ask("eq", other)

    def __ne__(self, other: T | None) -> Criterion:  # type: ignore[override]
        return self._ask("ne", other)

    def __gt__(self, other: T) -> Criterion:
        return self._ask("gt", other)

    def __ge__(self, other: T) -> Criterion:
        return self._ask("gte", other)

    def __lt__(self, other: T) -> Criterion:
        return self._ask("lt", other)

    def __le__(self, other: T) -> Criterion:
        return self._ask("lte", other)

    __hash__ = object.__hash__

    __iter__ = None
    """Subscripting builds expressions, so iterating would never end."""

    def between(self, low: T, high: T) -> Criterion:
        """At least ``low`` and at most ``high``."""
        return self._ask("between", (low, high))

    def in_(self, values: Iterable[T | None]) -> Criterion:
        """One of the values; an empty list matches nothing and sends no request."""
        return self._ask("in", values)

    def not_in(self, values: Iterable[T | None]) -> Criterion:
        """None of the values; rows without a value are kept."""
        return self._ask("not_in", values)

    def exists(self, wanted: bool = True) -> Criterion:
        """The row has a value here."""
        return self._ask("exists", wanted)

    def is_null(self, wanted: bool = True) -> Criterion:
        """The row has no value here."""
        return self._ask("isnull", wanted)

    def startswith(self, prefix: str) -> Criterion:
        """The text begins so; no character is special."""
        return self._ask("startswith", prefix)

    def istartswith(self, prefix: str) -> Criterion:
        """The text begins so, in either case."""
        return self._ask("istartswith", prefix)

    def endswith(self, suffix: str) -> Criterion:
        """The text ends so; no character is special."""
        return self._ask("endswith", suffix)

    def iendswith(self, suffix: str) -> Criterion:
        """The text ends so, in either case."""
        return self._ask("iendswith", suffix)

    def contains(self, part: str) -> Criterion:
        """The text holds this part; no character is special."""
        return self._ask("contains", part)

    def icontains(self, part: str) -> Criterion:
        """The text holds this part, in either case."""
        return self._ask("icontains", part)

    def regex(self, pattern: str) -> Criterion:
        """The text matches a regular expression, in the dialect of the server's database."""
        return self._ask("regex", pattern)

    def iregex(self, pattern: str) -> Criterion:
        """The text matches a regular expression, in either case."""
        return self._ask("iregex", pattern)

    def search(self, words: str) -> Criterion:
        """The text holds all the words, by the database's full-text search."""
        return self._ask("search", words)

    def contains_all(self, values: Iterable[Any]) -> Criterion:
        """The array holds every one of the values."""
        return self._ask("contains_all", values)

    def contained_by(self, values: Iterable[Any]) -> Criterion:
        """The array holds nothing but these values."""
        return self._ask("contained_by", values)

    def matches(self, query: Any) -> Criterion:
        """The pointer leads to a row of the query."""
        return self._ask("matches", query)

    def not_matches(self, query: Any) -> Criterion:
        """The pointer leads to no row of the query, or nowhere."""
        return self._ask("not_matches", query)

    def matches_key(self, key: Any, query: Any) -> Criterion:
        """The value is among those that ``key`` has in the rows of the query."""
        return self._ask("matches_key", (key, query))

    def not_matches_key(self, key: Any, query: Any) -> Criterion:
        """The value is not among those that ``key`` has in the rows of the query."""
        return self._ask("not_matches_key", (key, query))

    def near(self, point: GeoPoint, *, within_radians: float | None = None) -> Criterion:
        """Nearest first; the rows come in this order whatever else is asked.

        Args:
            point: the centre.
            within_radians: leave out what is farther away; ``km / 6371`` turns kilometres into radians.
        """
        return self._ask("near", point if within_radians is None else (point, within_radians))

    def within_km(self, point: GeoPoint, distance: float) -> Criterion:
        """At most so many kilometres from the point, in no order."""
        return self._ask("within_km", (point, distance))

    def within_miles(self, point: GeoPoint, distance: float) -> Criterion:
        """At most so many miles from the point, in no order."""
        return self._ask("within_miles", (point, distance))

    def within_radians(self, point: GeoPoint, distance: float) -> Criterion:
        """At most so many radians from the point, in no order."""
        return self._ask("within_radians", (point, distance))

    def within_box(self, southwest: GeoPoint, northeast: GeoPoint) -> Criterion:
        """Inside a box of latitudes and longitudes that does not cross the date line."""
        return self._ask("within_box", (southwest, northeast))

    def within_polygon(self, outline: Polygon | Iterable[GeoPoint]) -> Criterion:
        """Inside a polygon, on a flat map of degrees."""
        return self._ask("within_polygon", outline)

    def geo_intersects(self, point: GeoPoint) -> Criterion:
        """The polygon in this column holds the point."""
        return self._ask("geo_intersects", point)

    def readable_by(self, *who: Any) -> Criterion:
        """The row's own list lets one of them read, or everybody; roles of a user are not looked up.

        Args:
            who: Users, Roles, ``"role:Name"``, user ids or ``orm.PUBLIC``.
        """
        return self._ask("readable_by", who)

    def writable_by(self, *who: Any) -> Criterion:
        """The row's own list lets one of them write, or everybody; roles of a user are not looked up.

        Args:
            who: Users, Roles, ``"role:Name"``, user ids or ``orm.PUBLIC``.
        """
        return self._ask("writable_by", who)

    def asc(self) -> Ordering:
        """Smallest first."""
        return Ordering(self, descending=False)

    def desc(self) -> Ordering:
        """Largest first."""
        return Ordering(self, descending=True)

    def __repr__(self) -> str:
        return f"<{self.label}: {self.shape}>"
