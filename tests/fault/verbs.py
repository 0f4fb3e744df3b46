"""The verbs of the matrix: what is asked of the library, and how the server's final state tells what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import parse_orm as orm
from tests.fault.proxy import Aim, Asked, Proxy
from tests.fault.truth import Truth

PASSWORD = "correct horse battery"

#: Cloud code of the server: what leaves no countable trace by itself leaves a row.
CLOUD = """
const note = async marker => {
  const row = new Parse.Object('MatrixTrace');
  await row.save({ marker }, { useMasterKey: true });
  return marker;
};
Parse.Cloud.define('matrixTrace', request => note(request.params.marker));
Parse.Cloud.afterSave(Parse.File, request => note(request.file.name()));
"""

#: Options of the server: creates of one class are protected by request ids, and nothing else is.
OPTIONS = {"idempotencyOptions": {"paths": ["classes/MatrixProven$"], "ttl": 300}}


class MatrixRow(orm.ParseObject):
    """A row of a class where the server forgets request ids."""

    marker = orm.property(str)
    place = orm.property(int)
    title = orm.property(str)
    plays = orm.property(int)
    tags = orm.property(list)


class MatrixProven(orm.ParseObject):
    """A row of a class where the server refuses a create that it saw before."""

    marker = orm.property(str)
    place = orm.property(int)
    title = orm.property(str)
    plays = orm.property(int)
    tags = orm.property(list)


Model = type[MatrixRow] | type[MatrixProven]


@dataclass
class Stage:
    """All that one cell works with.

    Args:
        marker: Marks every row of this cell and no other.
        client: Asks through the proxy.
        truth: Asks the server itself.
        proxy: Spoils what it is told to.
    """

    marker: str
    client: orm.Client
    truth: Truth
    proxy: Proxy
    objects: list[Any] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    expected: tuple[type[BaseException], ...] = (orm.ParseOrmError,)

    def rows(self, model: Model = MatrixRow) -> list[dict[str, Any]]:
        """The rows of this cell, as the server has them."""
        return self.truth.rows(model.schema.class_name, marker=self.marker)

    def seed(self, count: int, model: Model = MatrixRow) -> None:
        """Put rows into the server and load them through the proxy, which is not spoiling yet."""
        for place in range(count):
            row = {"marker": self.marker, "place": place, "plays": 0, "tags": ["first"], "title": "old"}
            self.truth.ask("POST", f"/classes/{model.schema.class_name}", row)
        self.objects = self.patiently(lambda: model.where(marker=self.marker).order("place").limit(count).first(count))

    def patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask until an answer comes: the machine may be busy while a cell is prepared."""
        for _ in range(10):
            try:
                return ask()
            except orm.TransportError as failed:
                error = failed
        raise error


@dataclass(frozen=True)
class Verb:
    """One thing that is asked of the library.

    Args:
        name: Names it in the id of a cell.
        act: Does it, through the proxy.
        aim: Which of its requests a fault hits.
        prepare: What has to be there before.
        done: How often each part of it was done, by the server's state; None for a verb that only reads.
        own: Whether what it gave belongs to who asked.
        state: What is wrong with the objects afterwards; gets whether it worked.
        first: Number of the request, of those that are aimed at, that a fault hits.
        pages: It reads page after page.
        last: The request that is hit is the last one.
        any_bytes: Whatever the server sends is a right answer.
        whole: All of it is done, or nothing.
        again: Do it once more, as somebody would who was interrupted; nothing may be doubled by that.
    """

    name: str
    act: Callable[[Stage], Any]
    aim: Aim
    prepare: Callable[[Stage], object] = lambda stage: None
    done: Callable[[Stage], list[int]] | None = None
    own: Callable[[Stage, Any], bool] = lambda stage, value: True
    state: Callable[[Stage, bool], list[str]] = lambda stage, worked: []
    first: int = 1
    pages: bool = False
    last: bool = True
    any_bytes: bool = False
    whole: bool = False
    again: Callable[[Stage], Any] | None = None


# -- which request ----------------------------------------------------------------------------


def sends(method: str, *endings: str) -> Aim:
    """Aim at writes of a verb whose path contains one of these."""
    return lambda asked: asked.method == method and not asked.is_find and any(part in asked.path for part in endings)


def is_find(asked: Asked) -> bool:
    """Aim at everything that reads rows."""
    return asked.is_find


creates = sends("POST", "/classes/")
changes = sends("PUT", "/classes/")
deletes = sends("DELETE", "/classes/")
batches = sends("POST", "/batch")


# -- preparing --------------------------------------------------------------------------------


def _unsaved(count: int, model: Model = MatrixRow) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.objects = [model(marker=stage.marker, place=place) for place in range(count)]

    return prepare


def _seeded(count: int, model: Model = MatrixRow) -> Callable[[Stage], None]:
    return lambda stage: stage.seed(count, model)


def _changed(stage: Stage) -> None:
    stage.seed(3)
    for row in stage.objects:
        row.title = "new"


def _for_transaction(stage: Stage) -> None:
    stage.seed(1)
    (counter,) = stage.objects
    counter.increment("plays", send=False)
    stage.objects = [counter, *(MatrixRow(marker=stage.marker, place=place) for place in (1, 2))]


def _account(logins: int = 1) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        credentials = {"username": stage.marker, "password": PASSWORD}
        made = stage.truth.ask("POST", "/users", credentials)  # as the master, which makes no session
        for _ in range(logins):
            stage.truth.ask("POST", "/login", credentials)
        found = stage.truth.sessions(made["objectId"])
        stage.kept["id"] = made["objectId"]
        stage.kept["sessions"] = [row["objectId"] for row in found]
        stage.kept["token"] = found[-1]["sessionToken"]
        stage.kept["session"] = found[-1]["objectId"]

    return prepare


def _with_session(stage: Stage) -> None:
    _account(3)(stage)
    stage.objects = [stage.patiently(lambda: orm.Session.for_token(stage.kept["token"], strict=True))]


def _with_user(stage: Stage) -> None:
    _account()(stage)
    stage.kept["user"] = stage.patiently(lambda: orm.User.for_token(stage.kept["token"]))


def _expired(stage: Stage) -> None:
    _account()(stage)
    past = {"__type": "Date", "iso": "2001-02-03T04:05:06.000Z"}
    for id in stage.kept["sessions"]:
        stage.truth.ask("PUT", f"/sessions/{id}", {"expiresAt": past})


def _uploaded(stage: Stage) -> None:
    file = stage.truth.ask("POST", f"/files/{stage.marker}.txt", _content(stage))
    through_proxy = urlsplit(file["url"])._replace(netloc=urlsplit(stage.proxy.url).netloc).geturl()
    stage.kept["file"] = orm.File(file["name"], url=through_proxy)


def _configured(stage: Stage) -> None:
    stage.truth.ask("PUT", "/config", {"params": {stage.marker: stage.marker}})


def _content(stage: Stage) -> bytes:
    return f"the content of {stage.marker}".encode() * 5


# -- what was done ----------------------------------------------------------------------------


def _made(count: int, model: Model = MatrixRow) -> Callable[[Stage], list[int]]:
    def done(stage: Stage) -> list[int]:
        places = [row.get("place") for row in stage.rows(model)]
        return [places.count(place) for place in range(count)]

    return done


def _in_order(stage: Stage, model: Model = MatrixRow) -> list[dict[str, Any]]:
    return sorted(stage.rows(model), key=lambda row: row["place"])


def _titled(stage: Stage) -> list[int]:
    return [int(row.get("title") == "new") for row in _in_order(stage)]


def _counted(model: Model) -> Callable[[Stage], list[int]]:
    return lambda stage: [row["plays"] for row in stage.rows(model)]


def _added(model: Model) -> Callable[[Stage], list[int]]:
    return lambda stage: [row["tags"].count("more") for row in stage.rows(model)]


def _gone(count: int) -> Callable[[Stage], list[int]]:
    def done(stage: Stage) -> list[int]:
        places = {row["place"] for row in stage.rows()}
        return [int(place not in places) for place in range(count)]

    return done


def _transacted(stage: Stage) -> list[int]:
    rows = stage.rows()
    counter = next(row for row in rows if row["place"] == 0)
    return [counter["plays"], *(sum(row["place"] == place for row in rows) for place in (1, 2))]


def _logged_in(stage: Stage) -> list[int]:
    return [len(stage.truth.sessions(stage.kept["id"])) - len(stage.kept["sessions"])]


def _signed_up(stage: Stage) -> list[int]:
    return [len(stage.truth.rows("_User", username=stage.marker))]


def _session_ended(stage: Stage) -> list[int]:
    there = [row["sessionToken"] for row in stage.truth.sessions(stage.kept["id"])]
    return [int(stage.kept["token"] not in there)]


def _all_ended(stage: Stage) -> list[int]:
    there = {row["objectId"] for row in stage.truth.sessions(stage.kept["id"])}
    return [int(id not in there) for id in stage.kept["sessions"]]


def _called(stage: Stage) -> list[int]:
    return [len(stage.truth.rows("MatrixTrace", marker=stage.marker))]


def _stored_file(stage: Stage) -> list[int]:
    return [len(stage.truth.rows("MatrixTrace", marker={"$regex": f"{stage.marker}[.]txt$"}))]


def _config_changed(stage: Stage) -> list[int]:
    return [int(stage.truth.ask("GET", "/config")["params"].get(stage.marker) == "new")]


# -- what the objects say ---------------------------------------------------------------------


def _new_objects(stage: Stage, worked: bool) -> list[str]:
    wrong = []
    for one in stage.objects:
        if one.is_new != (one.id is None):
            wrong.append(f"is_new is {one.is_new} and the id {one.id}")
        if one.is_new and worked:
            wrong.append("it worked, and the object says that it is new")
        if not one.is_new and stage.truth.row(one.schema.class_name, one.id or "-") is None:
            wrong.append(f"the object says that it is saved as {one.id}, and there is no such row")
    return wrong


def _counter(column: str) -> Callable[[Stage, bool], list[str]]:
    def state(stage: Stage, worked: bool) -> list[str]:
        (one,) = stage.objects
        stored = stage.truth.row(one.schema.class_name, one.id)
        here = getattr(one, column)
        if worked and (stored is None or stored[column] != here):
            return [f"the object has {column}={here!r}, the row is {stored!r:.100}"]
        return []

    return state


def _destroyed_objects(stage: Stage, worked: bool) -> list[str]:
    wrong = []
    for one in stage.objects:
        there = stage.truth.row(one.schema.class_name, one.id) is not None
        if one.is_destroyed and there:
            wrong.append(f"{one.id} says that it is destroyed, and is there")
        if worked and not one.is_destroyed:
            wrong.append(f"it worked, and {one.id} does not know")
    return wrong


def _unsaved_changes(stage: Stage, worked: bool) -> list[str]:
    rows = {row["objectId"]: row.get("title") for row in stage.rows()}
    return [
        f"{one.id} has nothing to save, and the row has another title"
        for one in stage.objects
        if not one.changed and rows[one.id] != "new"
    ]


# -- what belongs to whom ---------------------------------------------------------------------


def _ids(stage: Stage, value: Any) -> bool:
    return sorted(one.id for one in value) == sorted(row["objectId"] for row in stage.rows())


def _marked(stage: Stage, value: Any) -> bool:
    return value is not None and value.marker == stage.marker and value.id is not None


def _row_of(model: Model) -> Callable[[Stage, Any], bool]:
    return lambda stage, value: (
        value.marker == stage.marker and value.id in {row["objectId"] for row in stage.rows(model)}
    )


def _user(stage: Stage, value: Any) -> bool:
    users = stage.truth.rows("_User", username=stage.marker)
    return [row["objectId"] for row in users] == [value.id] and value.username == stage.marker


def _user_with_token(stage: Stage, value: Any) -> bool:
    return _user(stage, value) and value.session_token in {
        row["sessionToken"] for row in stage.truth.sessions(value.id)
    }


def _saved_everything(stage: Stage, value: Any) -> bool:
    return [id(one) for one in value.saved] == [id(one) for one in stage.objects]


# -- acts that need more than an expression ---------------------------------------------------


def _transact(stage: Stage) -> None:
    with orm.transaction() as transaction:
        for one in stage.objects:
            transaction.save(one)


def _ask_for_me(stage: Stage) -> orm.Session:
    with orm.as_user(stage.kept["token"]):
        return orm.Session.me()


def _ask_for_user(stage: Stage) -> orm.User:
    with orm.as_user(stage.kept["token"]):
        return orm.User.me()


def _mine(stage: Stage) -> Any:
    return MatrixRow.where(marker=stage.marker)


def _save_again(stage: Stage) -> object:
    return orm.save_all(stage.objects, raise_on_error=False)


#: A verb that reads page after page, of which a fault hits one.
PAGED: dict[str, Any] = {"pages": True, "last": False}

#: The verbs that also meet the variants of a fault: one for each kind of request and answer.
CORE = frozenset(
    {"create_proven", "update", "increment_proven", "save_all_new", "destroy", "transaction", "get", "count", "all"}
    | {"first_or_create", "login", "revoke_all_for_user", "call", "file_save", "config_get"}
)

VERBS: tuple[Verb, ...] = (
    Verb(
        "create",
        lambda stage: stage.objects[0].save(),
        creates,
        prepare=_unsaved(1),
        done=_made(1),
        own=_row_of(MatrixRow),
        state=_new_objects,
    ),
    Verb(
        "create_proven",
        lambda stage: stage.objects[0].save(),
        creates,
        prepare=_unsaved(1, MatrixProven),
        done=_made(1, MatrixProven),
        own=_row_of(MatrixProven),
        state=_new_objects,
    ),
    Verb(
        "update",
        lambda stage: stage.objects[0].update(title="new"),
        changes,
        prepare=_seeded(1),
        done=_titled,
        own=_marked,
        state=_unsaved_changes,
    ),
    Verb(
        "increment",
        lambda stage: stage.objects[0].increment("plays"),
        changes,
        prepare=_seeded(1),
        done=_counted(MatrixRow),
        own=_marked,
        state=_counter("plays"),
    ),
    Verb(
        "increment_proven",
        lambda stage: stage.objects[0].increment("plays"),
        changes,
        prepare=_seeded(1, MatrixProven),
        done=_counted(MatrixProven),
        own=_marked,
        state=_counter("plays"),
    ),
    Verb(
        "add",
        lambda stage: stage.objects[0].add("tags", "more"),
        changes,
        prepare=_seeded(1),
        done=_added(MatrixRow),
        own=_marked,
        state=_counter("tags"),
    ),
    Verb(
        "add_proven",
        lambda stage: stage.objects[0].add("tags", "more"),
        changes,
        prepare=_seeded(1, MatrixProven),
        done=_added(MatrixProven),
        own=_marked,
        state=_counter("tags"),
    ),
    Verb(
        "save_all_new",
        lambda stage: orm.save_all(stage.objects),
        batches,
        prepare=_unsaved(3),
        done=_made(3),
        own=_saved_everything,
        state=_new_objects,
        again=_save_again,
    ),
    Verb(
        "save_all_changed",
        lambda stage: orm.save_all(stage.objects),
        batches,
        prepare=_changed,
        done=_titled,
        own=_saved_everything,
        state=_unsaved_changes,
    ),
    Verb(
        "destroy",
        lambda stage: stage.objects[0].destroy(),
        deletes,
        prepare=_seeded(1),
        done=_gone(1),
        own=lambda stage, value: value is True,
        state=_destroyed_objects,
    ),
    Verb(
        "destroy_all",
        lambda stage: orm.destroy_all(stage.objects),
        batches,
        prepare=_seeded(3),
        done=_gone(3),
        own=_saved_everything,
        state=_destroyed_objects,
    ),
    Verb("query_destroy_all", lambda stage: _mine(stage).destroy_all(), is_find, _seeded(3), _gone(3), **PAGED),
    Verb("query_delete_all", lambda stage: _mine(stage).delete_all(), batches, _seeded(3), _gone(3), **PAGED),
    Verb(
        "query_update_all",
        lambda stage: _mine(stage).update_all(title="new"),
        batches,
        prepare=_seeded(3),
        done=_titled,
        **PAGED,
    ),
    Verb(
        "transaction",
        _transact,
        batches,
        prepare=_for_transaction,
        done=_transacted,
        state=_new_objects,
        whole=True,
    ),
    Verb("get", lambda stage: [MatrixRow.get(stage.objects[0].id)], is_find, _seeded(1), own=_ids),
    Verb("first", lambda stage: _mine(stage).first(), is_find, _seeded(1), own=_marked),
    Verb("count", lambda stage: _mine(stage).count(), is_find, _seeded(3), own=lambda stage, value: value == 3),
    Verb("all", lambda stage: list(_mine(stage).all()), is_find, _seeded(3), own=_ids, first=2, pages=True),
    *(
        Verb(name, ask, is_find, _seeded(5), own=_ids, first=2, **PAGED)
        for name, ask in {
            "each": lambda stage: list(_mine(stage).each(2)),
            "each_in_order": lambda stage: list(_mine(stage).each(2, order="created_at")),
            "each_by_position": lambda stage: list(_mine(stage).order("title", "place").each(2)),
            "cursor": lambda stage: list(_mine(stage).cursor(2)),
        }.items()
    ),
    Verb(
        "first_or_create",
        lambda stage: MatrixRow.first_or_create(marker=stage.marker, defaults={"place": 0}),
        creates,
        done=_made(1),
        own=_row_of(MatrixRow),
    ),
    Verb(
        "first_or_create_proven",
        lambda stage: MatrixProven.first_or_create(marker=stage.marker, defaults={"place": 0}),
        creates,
        done=_made(1, MatrixProven),
        own=_row_of(MatrixProven),
    ),
    Verb(
        "first_or_create_found",
        lambda stage: MatrixRow.first_or_create(marker=stage.marker, defaults={"place": 0}),
        is_find,
        prepare=_seeded(1),
        done=_made(1),
        own=_row_of(MatrixRow),
    ),
    Verb(
        "signup",
        lambda stage: orm.User.signup(stage.marker, PASSWORD),
        sends("POST", "/users"),
        done=_signed_up,
        own=_user_with_token,
    ),
    Verb(
        "login",
        lambda stage: orm.User.login(stage.marker, PASSWORD),
        sends("POST", "/login"),
        prepare=_account(),
        done=_logged_in,
        own=_user_with_token,
    ),
    Verb(
        "logout",
        lambda stage: stage.kept["user"].logout(),
        sends("POST", "/logout"),
        prepare=_with_user,
        done=_session_ended,
        own=lambda stage, value: isinstance(value, bool),
    ),
    Verb(
        "session_me",
        _ask_for_me,
        is_find,
        prepare=_account(),
        own=lambda stage, value: (value.user_id, value.id) == (stage.kept["id"], stage.kept["session"]),
        last=False,
    ),
    Verb("user_me", _ask_for_user, is_find, prepare=_account(), own=_user),
    Verb(
        "revoke",
        lambda stage: stage.objects[0].revoke(),
        sends("DELETE", "/sessions/"),
        prepare=_with_session,
        done=_session_ended,
        own=lambda stage, value: isinstance(value, bool),
        state=_destroyed_objects,
    ),
    Verb(
        "revoke_all_for_user",
        lambda stage: orm.Session.revoke_all_for_user(stage.kept["id"]),
        batches,
        prepare=_account(3),
        done=_all_ended,
        own=lambda stage, value: type(value) is int and 0 <= value <= 3,
        **PAGED,
    ),
    Verb(
        "revoke_all_for_user_find",
        lambda stage: orm.Session.revoke_all_for_user(stage.kept["id"]),
        is_find,
        prepare=_account(3),
        done=_all_ended,
        own=lambda stage, value: type(value) is int and 0 <= value <= 3,
        **PAGED,
    ),
    Verb("purge_expired", lambda stage: orm.Session.purge_expired(), batches, _expired, _all_ended, **PAGED),
    Verb(
        "call",
        lambda stage: stage.client.call("matrixTrace", {"marker": stage.marker}),
        sends("POST", "/functions/"),
        done=_called,
        own=lambda stage, value: value == stage.marker,
    ),
    Verb(
        "file_save",
        lambda stage: orm.File(f"{stage.marker}.txt", _content(stage)).save(),
        sends("POST", "/files/"),
        done=_stored_file,
        own=lambda stage, value: value.name.endswith(f"{stage.marker}.txt") and stage.marker in value.url,
    ),
    Verb(
        "file_read",
        lambda stage: stage.kept["file"].read(),
        is_find,
        prepare=_uploaded,
        own=lambda stage, value: value == _content(stage),
        any_bytes=True,
    ),
    Verb(
        "config_get",
        lambda stage: stage.client.config.get(),
        is_find,
        prepare=_configured,
        own=lambda stage, value: value.get(stage.marker) == stage.marker,
    ),
    Verb(
        "config_update",
        lambda stage: stage.client.config.update({stage.marker: "new"}),
        sends("PUT", "/config"),
        done=_config_changed,
    ),
)
