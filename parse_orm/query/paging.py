"""Reading everything, page after page.

By id where the query has no order of its own: each page begins behind the last id, so rows that come and go meanwhile
neither repeat nor hide others. A short page is not the end, since a server may cut pages in silence; an empty one is.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ..expressions.where import both
from .plan import PAGE_SIZE, Plan

Row = dict[str, Any]
Find = Callable[[dict[str, Any]], list[Row]]


def pages(plan: Plan, find: Find, page_size: int = PAGE_SIZE) -> Iterator[list[Row]]:
    """The pages of a plan.

    Args:
        plan: what is asked.
        find: sends one set of parameters and gives the rows.
        page_size: rows of one request.
    """
    if plan.where() is None or plan.limit == 0:
        return iter(())
    walk = _by_id if plan.keyset else _by_position
    return walk(plan, find, page_size)


def _by_id(plan: Plan, find: Find, page_size: int) -> Iterator[list[Row]]:
    params = plan.params(page_size)
    where = params["where"]
    left = plan.limit
    while left is None or left > 0:
        params["limit"] = page_size if left is None else min(page_size, left)
        rows = find(params)
        if not rows:
            return
        yield rows
        params["where"] = both(where, {"objectId": {"$gt": rows[-1]["objectId"]}})
        left = None if left is None else left - len(rows)


def _by_position(plan: Plan, find: Find, page_size: int) -> Iterator[list[Row]]:
    """By skip, for an order of the user's; a row that moved between two pages is given once."""
    params = plan.params(page_size)
    left, skip = plan.limit, plan.skip
    given: set[str] = set()
    while left is None or left > 0:
        params["limit"] = page_size if left is None else min(page_size, left)
        params["skip"] = skip
        rows = find(params)
        if not rows:
            return
        fresh = [row for row in rows if row["objectId"] not in given]
        given.update(row["objectId"] for row in fresh)
        yield fresh
        skip += len(rows)
        left = None if left is None else left - len(fresh)
