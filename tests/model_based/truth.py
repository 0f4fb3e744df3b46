"""What must be true: the rows, who may do what with them, and what each call must answer. It knows no library."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Wire = dict[str, Any]

#: An access list that lets everybody do everything.
OPEN: Wire = {"*": {"read": True, "write": True}}

#: What a write or a delete comes to.
DONE, MISSING, FORBIDDEN, REFUSED = "done", "missing", "forbidden", "refused"

#: Classes with triggers; those of others that only the master key may delete from, and only users may add to.
TRIGGERED = frozenset({"MbSong", "MbArtist"})
GUARDED = frozenset({"MbTicket"})


@dataclass(eq=False)
class Person:
    """Somebody who asks: a user, nobody in particular, or whoever has the master key."""

    name: str
    id: str = ""
    password: str = ""
    alive: bool = True
    sessions: int = 0

    @property
    def is_master(self) -> bool:
        """Whether every right is theirs."""
        return self.name == "master"

    @property
    def is_user(self) -> bool:
        """Whether they have an account."""
        return bool(self.password)


@dataclass(eq=False)
class Row:
    """One row of the server, in wire form; no ``acl`` means that everybody may do everything."""

    class_name: str
    id: str
    columns: Wire
    acl: Wire | None = None
    gone: bool = False

    def allows(self, who: Person, right: str) -> bool:
        """Whether somebody may "read" or "write" it, were it there."""
        if who.is_master or self.acl is None:
            return True
        return any(self.acl.get(key, {}).get(right, False) for key in ("*", who.id) if key)

    def seen_by(self, who: Person) -> bool:
        """Whether it is there for somebody."""
        return not self.gone and self.allows(who, "read")


@dataclass
class Truth:
    """Everything that the server must hold."""

    rows: dict[str, Row] = field(default_factory=dict)
    #: Owner and member of the relation ``fans``.
    fans: set[tuple[str, str]] = field(default_factory=set)

    def of(self, class_name: str) -> list[Row]:
        """The rows of one class that are there, the oldest first."""
        return [row for row in self.rows.values() if row.class_name == class_name and not row.gone]

    def seen(self, class_name: str, who: Person, fits: Callable[[Row], bool] = lambda row: True) -> list[Row]:
        """The rows that a query of somebody finds."""
        return [row for row in self.of(class_name) if row.seen_by(who) and fits(row)]

    # -- verbs -----------------------------------------------------------------------------

    def may_create(self, class_name: str, values: Wire, who: Person) -> str:
        """What becomes of a create."""
        if class_name in GUARDED and not (who.is_user or who.is_master):
            return FORBIDDEN
        return REFUSED if class_name in TRIGGERED and values.get("how") == "refuse" else DONE

    def created(self, class_name: str, id: str, values: Wire, acl: Wire | None) -> Wire:
        """Put a new row there; gives what the trigger changed."""
        told = triggered(class_name, values)
        columns = without_nothing({**values, **told})
        self.rows[id] = Row(class_name, id, copy.deepcopy(columns), copy.deepcopy(acl))
        return told

    def may_change(self, row: Row, values: Wire, who: Person) -> str:
        """What becomes of a write of these columns."""
        if row.gone or not row.allows(who, "write"):
            return FORBIDDEN
        how = {**row.columns, **values}.get("how")
        return REFUSED if row.class_name in TRIGGERED and how == "refuse" else DONE

    def changed(self, row: Row, values: Wire) -> Wire:
        """Change a row; gives what the trigger changed besides."""
        now = {**row.columns, **copy.deepcopy({name: value for name, value in values.items() if name != "ACL"})}
        told = triggered(row.class_name, now)
        row.columns = without_nothing({**now, **told})
        if "ACL" in values:
            row.acl = copy.deepcopy(values["ACL"])
        return told

    def may_delete(self, row: Row, who: Person) -> str:
        """What becomes of a delete: a row that one cannot see is as good as gone."""
        if row.class_name in GUARDED and not who.is_master:
            return FORBIDDEN
        if not row.seen_by(who):
            return MISSING
        if not row.allows(who, "write"):
            return FORBIDDEN
        return REFUSED if row.class_name in TRIGGERED and row.columns.get("how") == "keep" else DONE

    def deleted(self, rows: Iterable[Row]) -> None:
        """Take rows away; relations keep their dangling ids, as the server's do."""
        for row in rows:
            row.gone = True

    # -- what the server must hold ----------------------------------------------------------

    def dump(self) -> Wire:
        """The rows as ``server.dump`` reads them."""
        return {
            f"{row.class_name} {row.id}": {**normal(row.columns), **({} if row.acl is None else {"ACL": row.acl})}
            for row in self.rows.values()
            if not row.gone
        }


def triggered(class_name: str, columns: Wire) -> Wire:
    """The columns that the beforeSave trigger sets; None for those that it unsets."""
    if class_name not in TRIGGERED:
        return {}
    return {"set": {"note": "from the trigger"}, "unset": {"title": None, "tags": None}}.get(columns.get("how"), {})


def without_nothing(columns: Wire) -> Wire:
    """Only the columns that have a value."""
    return {name: value for name, value in columns.items() if value is not None}


def normal(columns: Wire) -> Wire:
    """Columns for a comparison: an empty list counts as no value, as it does for whoever reads it."""
    return {name: value for name, value in columns.items() if value is not None and not (name == "tags" and not value)}
