"""A plan is what a query asks, as a frozen value; it compiles to the exact parameters of the request, without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..errors import BadQuery
from ..expressions import Criterion
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.where import Where, both, presentable

#: Rows of one page. The server's own default would be 100, and it cuts at its maxLimit without a word.
PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a question; every step of a query makes a new plan.

    Attributes:
        criteria: all of them must hold.
        order: wire columns, ``-`` before those that go downwards.
        limit: at most so many rows, None for all.
        skip: leave out so many rows first.
        include: wire paths of pointers whose rows come along.
        keys: the wire columns to send, None for all.
        exclude_keys: wire columns to leave out.
        options: further parameters of the request, as pairs (hint, comment, readPreference).
    """

    criteria: tuple[Criterion, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None
    skip: int = 0
    include: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None
    exclude_keys: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()

    def where(self, absent: Absent = NOTHING_ABSENT) -> Where:
        """The where clause; None when no row can meet it.

        Args:
            absent: columns that the server does not have.
        """
        clause = both(*(criterion.compile(absent=absent) for criterion in self._sorting_first()))
        return None if clause is None else presentable(clause)

    def _sorting_first(self) -> list[Criterion]:
        """``near`` must stand at the top of the question: the server forgets its order within an ``$and`` (9.10)."""
        near = [criterion for criterion in self.criteria if _sorts(criterion)]
        if sum(condition.operator.sorts for criterion in near for condition in criterion.conditions()) > 1:
            raise BadQuery("rows can be nearest first to one point only: use within_km(...) for the other")
        return [*near, *(criterion for criterion in self.criteria if not _sorts(criterion))]

    def columns(self, class_name: str) -> Iterator[tuple[str, str]]:
        """Class and wire column of everything that the criteria ask about."""
        return chain.from_iterable(criterion.columns(class_name) for criterion in self.criteria)

    def shape(self) -> dict[str, Any]:
        """The parameters that say what each row brings."""
        params: dict[str, Any] = dict(self.options)
        if self.include:
            params["include"] = ",".join(self.include)
        if self.keys is not None:
            params["keys"] = ",".join(self._all_keys()) or "objectId"
        left_out = self.left_out()
        if left_out:
            params["excludeKeys"] = ",".join(left_out)
        return params

    def left_out(self) -> tuple[str, ...]:
        """The wire columns that rows will not bring; a column among the keys is brought."""
        if not self.keys or not self.exclude_keys:
            return self.exclude_keys
        return tuple(path for path in self.exclude_keys if path not in self.keys)

    def _all_keys(self) -> list[str]:
        """An included pointer comes only when its own column is among the keys (Parse Server 9.10)."""
        assert self.keys is not None
        return list(dict.fromkeys([*self.keys, *self.include]))

    def params(self, page_size: int = PAGE_SIZE, absent: Absent = NOTHING_ABSENT) -> dict[str, Any]:
        """The parameters of the first request: without an order of its own a query goes by objectId."""
        size = page_size if self.limit is None else min(self.limit, page_size)
        params = {
            "where": self.where(absent) or {},
            **self.shape(),
            "order": ",".join(self.ordering()),
            "limit": size,
        }
        if self.skip:
            params["skip"] = self.skip
        return params

    def ordering(self) -> tuple[str, ...]:
        """The order with the id behind it, so that equal rows keep their places from page to page."""
        if any(part.lstrip("-") == "objectId" for part in self.order):
            return self.order
        return (*self.order, "objectId")

    @property
    def sorted_by_distance(self) -> bool:
        """Whether the rows come nearest first."""
        return any(map(_sorts, self.criteria))

    def wanted(self) -> tuple[str, ...] | None:
        """The wire paths that rows will bring; None for all of them."""
        return None if self.keys is None else tuple(self._all_keys())


def _sorts(criterion: Criterion) -> bool:
    return any(condition.operator.sorts for condition in criterion.conditions())
