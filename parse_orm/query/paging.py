"""Reading everything, page after page.

Each page begins behind the last row of the one before, so rows that come and go meanwhile neither repeat nor hide
others. A row whose place in the order changes while it is read, such as one that a loop over ``order("updated_at")``
saves, comes again further on: where the order can change, the ids of the rows given are remembered and left out, so
that each row is given once and the reading ends.

A short page is not the end, since a server may cut pages in silence; an empty one is. A page that brings nothing new
is an error, since a server that gives it once may give it for ever.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..client.answers import Repeats, repeated
from ..errors import BadQuery
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.clauses import compare, equal, has_value, is_null
from ..expressions.where import Where, both, either
from .binding import Row, Send
from .plan import PAGE_SIZE, Plan

#: Columns whose values never change, so that no row moves in an order that begins with one.
FIXED = frozenset({"objectId", "createdAt"})

#: Column types whose order is also that of the server's comparisons.
COMPARABLE = frozenset({"String", "Number", "Date"})


class Walk:
    """How far the reading has come; each kind of order has its own way to say "what is behind this row"."""

    def narrow(self, params: Row, left: int | None) -> Where:
        """The where clause of the next page; may also set ``skip`` and ask for one more key.

        Args:
            params: what is asked for.
            left: the rows that are still wanted, None for all.
        """
        raise NotImplementedError

    def advance(self, rows: list[Row], doing: str) -> list[Row]:
        """Move behind these rows, and give those that were not given before.

        Raises:
            AnswerCutShort: the server gave a page again.
        """
        raise NotImplementedError

    def behind(self, rows: list[Row]) -> list[Row] | None:
        """The rows of a page that are behind the position; None when the page has to be asked for in another way."""
        return rows

    def to_json(self) -> Any:
        """The position as plain JSON."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def resume(self, position: dict[str, Any]) -> None:
        """Go to a position that ``to_json`` gave.

        Raises:
            BadQuery: it is none.
        """
        for name, present in self.to_json().items():
            value = position.get(name)
            if not _SOUND[name](value):
                raise BadQuery(f"a cursor cannot stand at {name}={value!r:.60}")
            setattr(self, name, value if value is not None else present)


def _is_operand(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, (str, int, float))
        or (isinstance(value, dict) and value.keys() == {"__type", "iso"} and isinstance(value["iso"], str))
    )


#: What each part of a position may be: positions come back from outside.
_SOUND: dict[str, Callable[[Any], bool]] = {
    "id": lambda value: value is None or isinstance(value, str),
    "value": _is_operand,
    "seen_null": lambda value: isinstance(value, bool),
    "seen_value": lambda value: isinstance(value, bool),
    "given": lambda value: value is None or (isinstance(value, list) and all(isinstance(id, str) for id in value)),
    "skip": lambda value: type(value) is int and value >= 0,
}


class ById(Walk):
    """In the order of ids, which never changes."""

    def __init__(self, skip: int) -> None:
        self.id: str | None = None
        self._skip = skip
        self._repeats = Repeats()
        self._page: list[Row] = []

    def narrow(self, params: Row, left: int | None) -> Where:
        if self.id is None:
            params["skip"] = self._skip
            return {}
        return {"objectId": {"$gt": self.id}}

    def advance(self, rows: list[Row], doing: str) -> list[Row]:
        first, last = rows[0]["objectId"], rows[-1]["objectId"]
        # Which id is larger is for the database to say: only that none comes twice can be seen here.
        if self.id in (first, last) or _overlap(self._page, rows):  # a cursor from elsewhere remembers no page
            raise repeated(doing)
        self._repeats.check(first, doing)
        self.id, self._page = last, rows
        return rows


def _overlap(page: list[Row], other: list[Row]) -> bool:
    return bool(page) and not {row["objectId"] for row in page}.isdisjoint(row["objectId"] for row in other)


class ByColumn(Walk):
    """In the order of one column, then of ids: what is behind the last value, or has the same value and a larger id.

    Rows without a value come last in an ascending order on Postgres and first on MongoDB; the walk finds out. When
    the column may change, the walk remembers the ids that it gave, also in its JSON.
    """

    def __init__(self, column: Any, descending: bool, skip: int) -> None:
        self.id: str | None = None
        self.value: Any = None
        self.seen_null = self.seen_value = False
        self._column = column
        self._beyond = compare("$lt" if descending else "$gt")
        self._skip = skip
        self._repeats = Repeats()
        self._moves = column.path not in FIXED
        self._given: set[str] = set()
        # How many rows came again since the last fresh one. When there are more than were given, others go on moving
        # them, and the reading might not end. When a row came again without a value, it may stand before the position
        # rather than behind it. From then on the rows given are left out by id.
        self._stale = 0
        self._outrun = False

    @property
    def given(self) -> list[str]:
        """The ids of the rows that were given, where the order can change."""
        return sorted(self._given)

    @given.setter
    def given(self, ids: list[str]) -> None:
        self._given = set(ids)

    def to_json(self) -> Any:
        position = super().to_json()
        return {**position, "given": self.given} if self._moves else position

    def narrow(self, params: Row, left: int | None) -> Where:
        if "keys" in params and left != 1:  # behind the only row there is no next page
            params["keys"] += f",{self._column.path}"
        if self.id is None:
            params["skip"] = self._skip
            return {}
        if self._outrun:
            return {"objectId": {"$nin": self.given}}
        same = both(equal(self._column, self.value), {"objectId": {"$gt": self.id}})
        if self.value is None:
            return either(same, None if self.seen_value else has_value(self._column))
        rest = None if self.seen_null else is_null(self._column)
        return either(self._beyond(self._column, self.value), same, rest)

    def advance(self, rows: list[Row], doing: str) -> list[Row]:
        values = [row.get(self._column.path) for row in rows]
        self._refuse_repeats(rows, values, doing)
        self.seen_null = self.seen_null or None in values
        self.seen_value = self.seen_value or any(value is not None for value in values)
        self.id = rows[-1]["objectId"]
        self.value = _operand(values[-1], self._column.path)
        return self._fresh(rows, values, doing) if self._moves else rows

    def _fresh(self, rows: list[Row], values: list[Any], doing: str) -> list[Row]:
        fresh = [row for row in rows if row["objectId"] not in self._given]
        if not fresh and self._outrun:
            raise repeated(doing)
        lost = len(fresh) < len(rows) and None in values
        self._given.update(row["objectId"] for row in fresh)
        self._stale = 0 if fresh else self._stale + len(rows)
        self._outrun = self._outrun or lost or self._stale > len(self._given)
        return fresh

    def _refuse_repeats(self, rows: list[Row], values: list[Any], doing: str) -> None:
        """A row may come again with another value, for it moved meanwhile; with the same value it may not."""
        for at in (0, -1):
            if rows[at]["objectId"] == self.id and _operand(values[at], self._column.path) == self.value:
                raise repeated(doing)
        self._repeats.check((rows[0]["objectId"], repr(values[0])), doing)


class ByDistance(Walk):
    """Nearest first: the server cannot say what is farther than a row, so the rows given are left out by id."""

    def __init__(self, skip: int) -> None:
        self.given: list[str] = []
        self._skip = skip

    def narrow(self, params: Row, left: int | None) -> Where:
        if self.given:
            return {"objectId": {"$nin": list(self.given)}}
        params["skip"] = self._skip
        return {}

    def advance(self, rows: list[Row], doing: str) -> list[Row]:
        given = set(self.given)
        fresh = [row for row in rows if row["objectId"] not in given]
        if not fresh:
            raise repeated(doing)
        self.given += [row["objectId"] for row in fresh]
        return fresh


class ByPosition(Walk):
    """By skip, for an order of several columns, as long as the rows before the position stay where they are.

    Each page begins with the last row of the one before, to see that. When it begins with another one, rows before it
    went, came or moved, and a page by position would leave some out: from then on the rows given are left out by id,
    which finds all others. The ids are remembered, also in the JSON.
    """

    def __init__(self, skip: int) -> None:
        self.skip = self._start = skip
        self._given: dict[str, None] = {}

    @property
    def given(self) -> list[str]:
        """The ids of the rows that were given, in that order."""
        return list(self._given)

    @given.setter
    def given(self, ids: list[str]) -> None:
        self._given = dict.fromkeys(ids)

    def to_json(self) -> Any:
        return {**super().to_json(), "given": self.given}

    def resume(self, position: dict[str, Any]) -> None:
        super().resume(position)
        if not self._given:  # the text is of a time when ids were not part of it
            self._start = self.skip

    def narrow(self, params: Row, left: int | None) -> Where:
        if self._by_id:
            params["skip"] = self._start
            return {"objectId": {"$nin": self.given}}
        params["skip"] = self.skip
        if self._given:
            params["skip"] -= 1
            params["limit"] += 1
        return {}

    def behind(self, rows: list[Row]) -> list[Row] | None:
        if self._by_id or not self._given:
            return rows
        if rows and rows[0]["objectId"] == next(reversed(self._given)):
            return rows[1:]
        self.skip = self._start
        return None

    def advance(self, rows: list[Row], doing: str) -> list[Row]:
        ids = [row["objectId"] for row in rows]
        if not self._given.keys().isdisjoint(ids):
            if self._by_id:
                raise repeated(doing)
            self.skip = self._start
            return []
        if not self._by_id:
            self.skip += len(rows)
        self._given.update(dict.fromkeys(ids))
        return rows

    @property
    def _by_id(self) -> bool:
        return bool(self._given) and self.skip == self._start


def walk_of(plan: Plan, columns: Mapping[str, Any]) -> Walk:
    """The way to read a plan.

    Args:
        plan: what is asked.
        columns: the declared columns of the model by wire name.
    """
    if plan.sorted_by_distance:
        return ByDistance(plan.skip)
    first, *more = plan.order or ("objectId",)
    if first == "objectId":
        return ById(plan.skip)
    column = columns.get(first.lstrip("-"))
    if more or column is None or column.shape not in COMPARABLE or column.path in plan.exclude_keys:
        return ByPosition(plan.skip)
    return ByColumn(column, first.startswith("-"), plan.skip)


def pages(
    plan: Plan,
    send: Send,
    walk: Walk,
    page_size: int = PAGE_SIZE,
    absent: Absent = NOTHING_ABSENT,
    doing: str = "",
) -> Iterator[list[Row]]:
    """The pages of a plan.

    Args:
        plan: what is asked.
        send: sends one set of parameters and gives the rows.
        walk: where to begin; it moves on with each page.
        page_size: rows of one request.
        absent: columns that the server does not have.
        doing: what is being done, for error messages.

    Raises:
        AnswerCutShort: the server gave a page again.
    """
    where = plan.where(absent)
    if where is None:
        return
    left = plan.limit
    while left is None or left > 0:
        params = {**plan.params(page_size, absent), "skip": 0}
        params["limit"] = page_size if left is None else min(page_size, left)
        narrowed = both(where, walk.narrow(params, left))
        if narrowed is None:
            return
        rows = send({name: value for name, value in {**params, "where": narrowed}.items() if name != "skip" or value})
        # A server that gives more than was asked for gives the rest again with the next page.
        behind = walk.behind(rows[: params["limit"]])
        if behind is None:
            continue
        if not behind:
            return
        fresh = walk.advance(behind, doing)
        if fresh:
            yield fresh
        left = None if left is None else left - len(fresh)


def _operand(value: Any, path: str) -> Any:
    """A value of a row as a question takes it: createdAt and updatedAt are bare text in rows (9.10)."""
    if value is not None and path in {"createdAt", "updatedAt"}:
        return {"__type": "Date", "iso": value}
    return value
