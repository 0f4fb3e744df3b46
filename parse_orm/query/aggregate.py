"""Answers about many rows at once: sums, averages, extremes, distinct values, groups.

Parse Server answers /aggregate to the master key alone. On Postgres it reads only the simplest conditions there and
skips the others without a word (9.10), so it is asked for plain columns of a whole class; whatever has criteria is
worked out here, over a stream of the rows with one column each.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, TypeVar

from ..client import requests as paths
from ..client.answers import objects_in
from ..errors import AnswerCutShort, BadQuery, InvalidQuery
from . import pipeline
from .asking import Asking, Column
from .binding import Asker
from .groups import Grouped, GroupedByDate, zone_of
from .missing import missing_columns
from .options import check_valued

M = TypeVar("M")

#: The alias of a result: one that is no column, because the server would decode it as that column (9.10).
VALUE = "parseOrmValue"

#: Column types that the server can tell apart and compare as Python does.
SIMPLE = frozenset({"String", "Number", "Boolean", "Pointer"})

#: The types of a number on the wire; a boolean is none.
NUMBERS = frozenset({int, float})

Reduce = Callable[[Sequence[Any]], Any]


class Aggregating(Asking[M]):
    """The verbs of a query that boil rows down to values. All of them need the master key."""

    __slots__ = ()

    def sum(self, column: Column) -> Any:
        """The sum of a number column; 0 when no row has a value.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column holds no numbers.
        """
        return self._reduced(self._number(column, "sum"), "$sum") or 0

    def average(self, column: Column) -> float | None:
        """The mean of a number column over the rows that have a value; None when none has.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column holds no numbers.
        """
        found: float | None = self._reduced(self._number(column, "average"), "$avg")
        return found

    def min(self, column: Column) -> Any:
        """The smallest value of a column, None when no row has one.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column holds values without an order.
        """
        return self._reduced(self._ordered(column, "min"), "$min")

    def max(self, column: Column) -> Any:
        """The largest value of a column, None when no row has one.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column holds values without an order.
        """
        return self._reduced(self._ordered(column, "max"), "$max")

    def distinct(self, column: Column) -> list[Any]:
        """The different values of a column, without None; of an array column, its different elements.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column is a relation, which has no values.
        """
        field = self._field(column)
        check_valued(field, "distinct")
        asker = self._master_asker("distinct")
        plan = self._plan
        if field.shape not in SIMPLE - {"Boolean"} or plan.limit is not None or plan.skip or self._has_relation():
            return _different(self._values(asker, field))
        where = plan.where()
        if where is None:
            return []
        path = paths.aggregate(asker.class_name)
        try:
            found = asker.ask(path, {"distinct": field.path, "where": where}, f"asking {self.schema.name} for distinct")
        except InvalidQuery:  # as a relation that the model does not declare would have it
            found = None
        if not found:  # as a column that the server lacks would have it
            return _different(self._values(asker, field))
        return _different([_value(field, wire) for wire in found])

    def count_distinct(self, column: Column) -> int:
        """How many different values a column has, None not counted.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
        """
        return len(self.distinct(column))

    def group_by(self, column: Column) -> Grouped:
        """Rows in groups of equal values: ``Song.where(...).group_by("genre").count()``.

        Rows without a value are the group None; an array column puts its row into the group of each element.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column is a relation, which has no values.
        """
        field = self._field(column)
        check_valued(field, "group_by")
        return Grouped(self, self._master_asker("group_by"), field)

    def group_by_date(self, column: Column, unit: str, tz: tzinfo | str = "UTC") -> GroupedByDate:
        """Rows in groups of equal years, months, weeks, days, hours, minutes or seconds.

        Args:
            column: a date column.
            unit: "year" (2024), "month" (2024-11), "week" (2024-W05, ISO), "day", "hour", "minute" or "second".
            tz: the time zone whose calendar counts.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: the column holds no dates, or there is no such unit or zone.
        """
        field = self._field(column)
        if field.shape != "Date":
            raise BadQuery(f"{field.label} is a {field.shape} column: group_by_date works on dates")
        return GroupedByDate(self, self._master_asker("group_by_date"), field, unit, zone_of(tz))

    def aggregate(self, stages: Sequence[dict[str, Any]], *, mongodb: bool = False) -> list[dict[str, Any]]:
        """The server's answer to an aggregation pipeline, as it comes.

        Args:
            stages: the pipeline in MongoDB's words, with wire names of columns.
            mongodb: whether the server runs on MongoDB. Postgres skips most stages without a word (9.10), so unless
                this is True a pipeline that it cannot answer is refused.

        Raises:
            MasterKeyRequired: the query asks without the master key; nothing was sent.
            BadQuery: a stage that would write or run code, or that Postgres would skip; or the query has criteria,
                which a pipeline does not see.
        """
        asker = self._master_asker("aggregate")
        if self._plan != self._model._first_plan:
            raise BadQuery("aggregate does not see the steps of a query: say them in the pipeline, as $match and $sort")
        pipeline.check(stages, mongodb=mongodb)
        path = paths.aggregate(asker.class_name)
        doing = f"aggregating {self.schema.name}"
        return objects_in(asker.ask(path, {"pipeline": list(stages)}, doing), "results", doing)

    # -- helpers ---------------------------------------------------------------------------

    def _has_relation(self) -> bool:
        """Whether the class has a relation: /aggregate fails to write it into the values it found (102, 9.10)."""
        return any(field.shape == "Relation" for field in self.schema.fields.values())

    def _number(self, column: Column, what: str) -> Any:
        field = self._field(column)
        if field.shape != "Number":
            raise BadQuery(f"{field.label} is a {field.shape} column: {what} works on numbers")
        return field

    def _ordered(self, column: Column, what: str) -> Any:
        field = self._field(column)
        if field.shape not in {"Number", "Date", "String"}:
            raise BadQuery(f"{field.label} is a {field.shape} column: {what} works on numbers, dates and text")
        return field

    def _reduced(self, field: Any, operator: str) -> Any:
        asker = self._master_asker(operator.strip("$"))
        plan = self._plan
        whole_class = not plan.criteria and plan.limit is None and not plan.skip
        if not whole_class or field.shape == "String":
            return REDUCERS[operator](list(self._values(asker, field)))
        stages = [{"$group": {"_id": None, VALUE: {operator: f"${field.path}"}}}]
        doing = f"aggregating {self.schema.name}"
        try:
            found = asker.ask(paths.aggregate(asker.class_name), {"pipeline": stages}, doing)
        except InvalidQuery:
            if field.path not in missing_columns(asker, {(asker.class_name, field.path)}, lambda absent: {}):
                raise
            return REDUCERS[operator]([])  # no row has a value in a column that the server does not have yet
        if not found:
            return None
        (group,) = objects_in(found[:1], "results", doing)
        if VALUE not in group and "objectId" not in group:  # a group without a value has its key alone (9.10)
            raise AnswerCutShort(f"the answer has no {VALUE!r}", doing=doing)
        return _value(field, group.get(VALUE))

    def _values(self, asker: Asker, field: Any) -> Iterator[Any]:
        """The values of one column, None left out, the elements of arrays one by one; one page in memory."""
        for (value,) in self._tuples(asker, field):
            yield from value if isinstance(value, list) else [] if value is None else [value]

    def _tuples(self, asker: Asker, *fields: Any) -> Iterator[tuple[Any, ...]]:
        """The values of some columns, row after row."""
        bare = self._with(keys=tuple(dict.fromkeys(field.path for field in fields)), include=(), exclude_keys=())
        for rows in bare._rows(asker):
            for row in rows:
                yield tuple(_value(field, row.get(field.path)) for field in fields)


def _value(field: Any, wire: Any) -> Any:
    """The Python value of a wire value; a pointer stays a Pointer, an enum becomes its member."""
    if wire is None:
        return None
    if field.shape == "Number" and type(wire) not in NUMBERS:
        raise AnswerCutShort(f"the answer has {wire!r:.60} where {field.label} holds numbers")
    return pipeline.read(field, wire)


def _different(values: Any) -> list[Any]:
    """Each value once, in the order of its first appearance; True is not 1."""
    seen: dict[Any, Any] = {}
    for value in values:
        seen.setdefault((type(value), value) if _is_hashable(value) else repr(value), value)
    return list(seen.values())


def _is_hashable(value: Any) -> bool:
    return value.__hash__ is not None and not isinstance(value, tuple)


REDUCERS: dict[str, Reduce] = {
    "$sum": sum,
    "$avg": lambda values: sum(values) / len(values) if values else None,
    "$min": lambda values: min(values, default=None),
    "$max": lambda values: max(values, default=None),
}
