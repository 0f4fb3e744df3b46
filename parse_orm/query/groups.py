"""Rows in groups: how many, and the sum, average, smallest and largest value of each group."""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import BadQuery
from ..types.depth import short_repr
from .asking import Column
from .binding import Asker


class Grouped:
    """The groups of a query by the values of one column. Each verb reads the rows once, one page in memory.

    Args:
        query: the rows.
        asker: who asks.
        field: the column whose values make the groups.
    """

    def __init__(self, query: Any, asker: Asker, field: Any) -> None:
        self._query = query
        self._asker = asker
        self._field = field

    def count(self) -> dict[Any, int]:
        """Rows of each group, largest group first."""
        counted: dict[Any, int] = {}
        for key, _ in self._members(self._field):
            counted[key] = counted.get(key, 0) + 1
        return self._sorted(counted)

    def sum(self, column: Column) -> dict[Any, Any]:
        """The sum of a number column in each group; 0 where no row has a value."""
        return self._sorted({key: total for key, (total, _) in self._totals(column, "sum").items()})

    def average(self, column: Column) -> dict[Any, float | None]:
        """The mean of a number column in each group; None where no row has a value."""
        totals = self._totals(column, "average")
        return self._sorted({key: total / number if number else None for key, (total, number) in totals.items()})

    def min(self, column: Column) -> dict[Any, Any]:
        """The smallest value of a column in each group; None where no row has one."""
        return self._extremes(column, "min", lambda a, b: b < a)

    def max(self, column: Column) -> dict[Any, Any]:
        """The largest value of a column in each group; None where no row has one."""
        return self._extremes(column, "max", lambda a, b: b > a)

    def _totals(self, column: Column, what: str) -> dict[Any, tuple[Any, int]]:
        totals: dict[Any, tuple[Any, int]] = {}
        for key, value in self._members(self._query._number(column, what)):
            total, number = totals.get(key, (0, 0))
            totals[key] = (total, number) if value is None else (total + value, number + 1)
        return totals

    def _extremes(self, column: Column, what: str, beats: Callable[[Any, Any], bool]) -> dict[Any, Any]:
        best: dict[Any, Any] = {}
        for key, value in self._members(self._query._ordered(column, what)):
            present = best.setdefault(key, value)
            if present is None or (value is not None and beats(present, value)):
                best[key] = value
        return self._sorted(best)

    def _members(self, field: Any) -> Iterator[tuple[Any, Any]]:
        for key, value in self._query._tuples(self._asker, self._field, field):
            for each in key if isinstance(key, list) else [key]:
                yield self._key(each), value

    def _key(self, value: Any) -> Any:
        if not isinstance(value, Hashable):
            raise BadQuery(f"{self._field.label}: a group needs a plain value, not {short_repr(value)}")
        return value

    def _sorted(self, groups: dict[Any, Any]) -> dict[Any, Any]:
        """Largest first, groups without a value last."""
        return dict(sorted(groups.items(), key=lambda group: (group[1] is not None, group[1] or 0), reverse=True))

    def __repr__(self) -> str:
        return f"<groups of {self._query!r} by {self._field.name}>"


#: Unit -> how a moment of it is written; sorting the text sorts the moments.
UNITS = {
    "year": "%Y",
    "month": "%Y-%m",
    "week": "%G-W%V",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%dT%H",
    "minute": "%Y-%m-%dT%H:%M",
    "second": "%Y-%m-%dT%H:%M:%S",
}


class GroupedByDate(Grouped):
    """The groups of a query by a unit of time, the earliest first; rows without a date are the group None, last.

    Args:
        query: the rows.
        asker: who asks.
        field: a date column.
        unit: one of ``UNITS``.
        zone: the time zone whose calendar counts.

    Raises:
        BadQuery: there is no such unit.
    """

    def __init__(self, query: Any, asker: Asker, field: Any, unit: str, zone: tzinfo) -> None:
        super().__init__(query, asker, field)
        if unit not in list(UNITS):  # a list has no hash
            raise BadQuery(f"group_by_date knows {', '.join(UNITS)}, not {unit!r:.60}")
        self._format = UNITS[unit]
        self._zone = zone

    def _key(self, value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(self._zone).strftime(self._format)

    def _sorted(self, groups: dict[Any, Any]) -> dict[Any, Any]:
        return dict(sorted(groups.items(), key=lambda group: (group[0] is None, group[0] or "")))


def zone_of(tz: tzinfo | str) -> tzinfo:
    """A time zone by its object or its name.

    Raises:
        BadQuery: nobody knows the name, or it is neither.
    """
    if isinstance(tz, tzinfo):
        return tz
    if not isinstance(tz, str):
        raise BadQuery(f"tz= takes a tzinfo or the name of a time zone, such as 'Europe/Berlin', not {short_repr(tz)}")
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadQuery(f"no time zone is called {tz!r:.60}: try 'UTC' or 'Europe/Berlin'") from None
