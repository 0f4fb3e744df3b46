"""What the cells of the matrix of refusals work with: classes, people, and a server that refuses half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import parse_orm as orm
from parse_orm.devserver import DevServer
from parse_orm.transport.hooks import Event
from tests.fault.truth import Truth

PASSWORD = "correct horse battery"

#: A row with ``lock`` is refused by the triggers, whoever asks. "lost" is what a trigger throws that looks up another
#: row and finds none: the code of a row that is not there, for a row that is.
CLOUD = """
let mode = "";
Parse.Cloud.define("refusalMode", ({params}) => { mode = params.mode; });
const refuse = lock => {
  const how = mode || lock;
  if (how === "lost") throw new Parse.Error(Parse.Error.OBJECT_NOT_FOUND, "Object not found.");
  if (how) throw new Parse.Error(Parse.Error.VALIDATION_ERROR, "This row is locked.");
};
const guard = name => {
  Parse.Cloud.beforeSave(name, ({object, original}) => refuse((original || object).get("lock")));
  Parse.Cloud.beforeDelete(name, ({object}) => refuse(object.get("lock")));
};
["RefusalRow", "RefusalUnique", "_Installation", "_Role"].forEach(guard);
Parse.Cloud.beforeSave("_User", ({object, original}) => {
  refuse((original || object).get("lock"));
  const asked = object.get("authData");
  if (asked && asked.mfa === null && original && original.get("keepMfa")) refuse("locked");
});
Parse.Cloud.beforeDelete("_User", ({object}) => refuse(object.get("lock")));
Parse.Cloud.beforeLogin(({object}) => refuse(object.get("lock")));
Parse.Cloud.beforeSave(Parse.File, () => refuse(""));
Parse.Cloud.beforeDelete(Parse.File, () => refuse(""));
Parse.Cloud.beforeSave(Parse.Config, () => refuse(""));
const note = async ({params}) => {
  refuse(params.lock);
  await new Parse.Object("RefusalTrace").save({marker: params.marker}, {useMasterKey: true});
  return params.marker;
};
Parse.Cloud.define("refusalNote", note);
Parse.Cloud.job("refusalJob", note);
"""

#: A push adapter that delivers to nobody and says that all went well.
OPTIONS = {"push": {"adapter": str(Path(__file__).parents[1] / "live" / "platform" / "push_adapter.js")}}

PUBLIC = {"*": True}
READING = ("find", "get", "count")
WRITING = ("create", "update", "delete", "addField")
COLUMNS = {
    **{name: {"type": "String"} for name in ("marker", "title", "lock", "note", "code")},
    **{name: {"type": "Number"} for name in ("place", "plays")},
    "tags": {"type": "Array"},
    "friend": {"type": "Pointer", "targetClass": "RefusalRow"},
    "fans": {"type": "Relation", "targetClass": "RefusalRow"},
}

#: What the callbacks of the models were called for: their name and the place of the object.
CALLED: list[tuple[str, int]] = []


class RefusalBase(orm.ParseObject, abstract=True):
    """The columns of the rows, and callbacks that leave a trace."""

    marker = orm.property(str)
    place = orm.property(int)
    title = orm.property(str)
    plays = orm.property(int)
    tags = orm.array(str)
    lock = orm.property(str)
    code = orm.property(str)
    note = orm.property(dict)  # the server has a String column
    extra = orm.property(str)  # the server has no such column, and lets nobody but the master add one
    friend = orm.belongs_to("RefusalRow")
    fans = orm.has_many("RefusalRow", through="relation")

    @orm.after_create
    def _created(self) -> None:
        CALLED.append(("create", self.place or 0))

    @orm.after_update
    def _updated(self) -> None:
        CALLED.append(("update", self.place or 0))

    @orm.after_destroy
    def _destroyed(self) -> None:
        CALLED.append(("destroy", self.place or 0))


class RefusalRow(RefusalBase, class_name="RefusalRow"):
    """A row that everybody may write, unless its ACL or a trigger says otherwise."""

    children = orm.has_many("RefusalRow", field="friend")


class RefusalClosed(RefusalBase, class_name="RefusalClosed"):
    """A row of a class that everybody may read, and the master alone may write."""


class RefusalUnique(RefusalBase, class_name="RefusalUnique"):
    """A row of a class with a unique index on ``code``."""


@dataclass
class Ground:
    """The server of the matrix, prepared once.

    Args:
        server: A server with ``CLOUD``.
    """

    server: DevServer
    truth: Truth = field(init=False)
    meanwhile: list[tuple[str, str, Callable[[], object]]] = field(default_factory=list)
    cells: int = 0

    def __post_init__(self) -> None:
        settings = self.server.config()
        self.truth = Truth(settings)
        hooks = orm.Hooks(before=[self._interfere])
        self.client = orm.Client(**settings, retries=orm.Retry(backoff=0.01), hooks=hooks)
        self.stranger = orm.Client(**{**settings, "master_key": "not the key of this server"})
        closed = {"RefusalRow": ("addField",), "RefusalUnique": (), "RefusalClosed": WRITING}
        for name, operations in closed.items():
            permissions = {key: {} if key in operations else PUBLIC for key in (*READING, *WRITING)}
            schema = {"className": name, "fields": COLUMNS, "classLevelPermissions": permissions}
            self.truth.ask("POST", f"/schemas/{name}", schema)
        users = {"lock": {"type": "String"}, "keepMfa": {"type": "Boolean"}}
        self.truth.ask("PUT", "/schemas/_User", {"fields": users})
        self.truth.ask("PUT", "/schemas/_Role", {"fields": {"lock": {"type": "String"}}})
        installation = {"className": "_Installation", "fields": {"lock": {"type": "String"}}}
        self.truth.ask("POST", "/schemas/_Installation", installation)
        self.server.sql('CREATE UNIQUE INDEX refusal_code ON "RefusalUnique" (code)')
        self.ann = self.account("refusal-ann")

    def account(self, name: str, **columns: object) -> dict[str, Any]:
        """A new account with one login, as the server told of it."""
        self.truth.ask("POST", "/users", {"username": name, "password": PASSWORD, **columns})
        told: dict[str, Any] = self.truth.ask("POST", "/login", {"username": name, "password": PASSWORD})
        return told

    def stage(self) -> Stage:
        """All that one cell works with; its rows are its own."""
        self.cells += 1
        self.meanwhile.clear()
        CALLED.clear()
        return Stage(self, f"cell{self.cells}")

    def _interfere(self, event: Event) -> None:
        for waiting in list(self.meanwhile):
            method, part, act = waiting
            if event.method == method and part in event.path:
                self.meanwhile.remove(waiting)
                act()


@dataclass
class Stage:
    """All that one cell works with.

    Args:
        ground: The server.
        marker: Marks every row of this cell and no other.
    """

    ground: Ground
    marker: str
    objects: list[Any] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    kept: dict[str, Any] = field(default_factory=dict)
    there: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def truth(self) -> Truth:
        """Asks the server itself."""
        return self.ground.truth

    def meanwhile(self, method: str, part: str, act: Callable[[], object]) -> None:
        """Do something just before the next request of this method to a path with this part is sent."""
        self.ground.meanwhile.append((method, part, act))

    def rows(self, class_name: str = "RefusalRow", **where: object) -> list[dict[str, Any]]:
        """The rows of this cell, as the server has them."""
        return self.truth.rows(class_name, marker=self.marker, **where)

    def look(self) -> None:
        """Ask for the rows at all places, whatever their class."""
        found = [row for name in sorted(set(self.kept["classes"].values())) for row in self.rows(name)]
        self.there.clear()
        for row in found:
            self.there.setdefault(row["place"], []).append(row)

    def row_at(self, place: int) -> dict[str, Any] | None:
        """The one row with this place, as it was at the last look; None when it was not there."""
        found = self.there.get(place, [])
        assert len(found) <= 1, f"{len(found)} rows stand at {place}"
        return found[0] if found else None

    def batch(self, *requests: tuple[str, str, dict[str, Any]]) -> list[Any]:
        """Send requests as the master, all of which have to work, and give their answers."""
        if not requests:
            return []
        wire = [{"method": method, "path": f"/parse{path}", "body": body} for method, path, body in requests]
        answers = self.truth.ask("POST", "/batch", {"requests": wire})
        assert all("success" in answer for answer in answers), answers
        return [answer["success"] for answer in answers]

    def put(self, class_name: str, **columns: object) -> str:
        """Put a row into the server, as the master."""
        (made,) = self.batch(self.putting(class_name, **columns))
        return str(made["objectId"])

    def putting(self, class_name: str, **columns: object) -> tuple[str, str, dict[str, Any]]:
        """The request that puts a row into the server, for ``batch``."""
        return "POST", f"/classes/{class_name}", {"marker": self.marker, **columns}

    def delete(self, class_name: str, id: str) -> None:
        """Delete a row behind the library's back."""
        self.truth.ask("DELETE", f"/classes/{class_name}/{id}")

    def change(self, class_name: str, id: str, **columns: object) -> None:
        """Change a row behind the library's back."""
        self.truth.ask("PUT", f"/classes/{class_name}/{id}", columns)
