"""The ways in which a server refuses a row, each with what makes it refuse some rows and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.refusals.stage import Stage

#: What is asked for a row: to change it, to delete it, to make it, or to read it.
CHANGE, DELETE, CREATE, READ = "change", "delete", "create", "read"


@dataclass(frozen=True)
class Way:
    """One way of refusing a row.

    Args:
        name: Names it in the id of a cell.
        refuses: What it refuses: CHANGE, DELETE, CREATE, READ.
        as_user: Whether a user asks, and not the master.
        columns: What the rows that are refused have from the start.
        model: The class of the rows that are refused.
        pending: What is assigned to the objects that are refused before the verb is called.
        loaded: Done with the id of each row that is refused, once the objects are loaded.
        halfway: Done when the first half is through and before the second half is sent.
        gone: The rows are really not there, so deleting them does no harm.
        unseen: The rows are there, and hidden from who asks.
        in_queries: Rows can be refused so that a query found.
    """

    name: str
    refuses: frozenset[str]
    as_user: bool = False
    columns: Mapping[str, Any] = field(default_factory=dict)
    model: str = "RefusalRow"
    pending: Callable[[Stage], Mapping[str, Any]] = lambda stage: {}
    loaded: Callable[[Stage, str], object] = lambda stage, id: None
    halfway: Callable[[Stage], object] | None = None
    gone: bool = False
    unseen: bool = False
    in_queries: bool = False


def _delete(stage: Stage, id: str) -> None:
    stage.delete("RefusalRow", id)


def _hide(stage: Stage, id: str) -> None:
    stage.change("RefusalRow", id, ACL={})


def _end_session(stage: Stage) -> None:
    stage.delete("_Session", stage.kept["session"])


def _taken(stage: Stage) -> dict[str, str]:
    stage.put("RefusalUnique", place=99, code=stage.marker)
    return {"code": stage.marker}


READABLE = {"ACL": {"*": {"read": True}}}

WAYS = (
    Way("not_writable", frozenset({CHANGE, DELETE}), as_user=True, columns=READABLE, in_queries=True),
    Way("not_readable", frozenset({CHANGE, DELETE, READ}), as_user=True, loaded=_hide, unseen=True, in_queries=True),
    Way("locked", frozenset({CHANGE, DELETE, CREATE}), columns={"lock": "yes"}, in_queries=True),
    Way("trigger_finds_no_row", frozenset({CHANGE, DELETE, CREATE}), columns={"lock": "lost"}, in_queries=True),
    Way(
        "trigger_finds_no_row_for_user",
        frozenset({DELETE}),
        as_user=True,
        columns={"lock": "lost"},
        in_queries=True,
    ),
    Way("gone", frozenset({CHANGE, DELETE, READ}), loaded=_delete, gone=True, in_queries=True),
    Way("gone_for_user", frozenset({DELETE}), as_user=True, loaded=_delete, gone=True, in_queries=True),
    Way("closed_class", frozenset({CHANGE, DELETE, CREATE}), as_user=True, model="RefusalClosed"),
    Way("wrong_type", frozenset({CHANGE, CREATE}), pending=lambda stage: {"note": {"a": 1}}),
    Way("new_column", frozenset({CHANGE, CREATE}), as_user=True, pending=lambda stage: {"extra": "x"}),
    Way("duplicate", frozenset({CHANGE, CREATE}), model="RefusalUnique", pending=_taken),
    Way("dead_session", frozenset({CHANGE, DELETE, CREATE}), as_user=True, halfway=_end_session),
)

#: Ways that lie in what is pending: only a verb that saves sends it.
IN_WHAT_IS_SENT = frozenset({"wrong_type", "new_column", "duplicate"})


def token_for(stage: Stage, way: Way) -> str:
    """The token of the user who asks: a login of its own where it is going to end."""
    if way.halfway is None:
        return str(stage.ground.ann["sessionToken"])
    told = stage.truth.ask("POST", "/loginAs", {"userId": stage.ground.ann["objectId"]})
    (row,) = stage.truth.rows("_Session", sessionToken=told["sessionToken"])
    stage.kept["session"] = row["objectId"]
    return str(told["sessionToken"])
