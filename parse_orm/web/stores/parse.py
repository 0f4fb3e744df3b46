"""Sessions as rows of a Parse class of their own, closed to everybody but the master key."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from ...client import requests as paths
from ...client.answers import Repeats, part, repeated, row_in, rows_in
from ...client.batch import BatchOperation, run_batch
from ...client.client import BaseClient
from ...client.context import current_client
from ...errors import ClassNameError, InvalidId, InvalidValue, ObjectNotFound, ParseError, TransportError
from ...types.date import format_date, parse_date
from ..clock import Clock, utcnow
from ..errors import SessionBackendError, SessionDecodeError, SessionGone
from ..record import COLUMNS, DATES, SessionRecord, decode, encode, from_columns, to_micros
from ..store import SessionStore
from ..tokens import is_id

logger = logging.getLogger(__name__)

#: Attribute of a record -> column of the class.
WIRE_NAMES = {
    "user_id": "userId",
    "token_hash": "tokenHash",
    "created_at": "startedAt",  # createdAt belongs to the server
    "last_active_at": "lastActiveAt",
    "expires_at": "expiresAt",
    "ip_address": "ipAddress",
    "user_agent": "userAgent",
    "device_name": "deviceName",
    "device_type": "deviceType",
    "fingerprint": "fingerprint",
    "version": "version",
}
#: What the class must look like; no operation is open to anybody but the master key.
FIELDS = {
    wire: {"type": "Date" if name in DATES else "Number" if name == "version" else "String"}
    for name, wire in WIRE_NAMES.items()
} | {"data": {"type": "Object"}}
OPERATIONS = ("find", "count", "get", "create", "update", "delete", "addField")
CLOSED: dict[str, Any] = {**{name: {} for name in OPERATIONS}, "protectedFields": {}}
PAGE = 100
#: What every key of `data` begins with in the row.
PREFIX = "k_"


class ParseStore(SessionStore):
    """Keeps records in a Parse class, made and closed at the first use; needs the master key.

    The record's id is the row's objectId, which the server picks. Each value of `data` is stored as JSON text under
    its key, so that one PUT changes the keys it names and leaves the others alone (`data.key` paths; Parse Server
    9.10 applies them atomically, though only one level deep), and so that a key or a value may hold anything.

    Args:
        class_name: the Parse class.
        client: the client to ask; None means the one in use at each call.
        clock: gives the present time.
    """

    def __init__(
        self, class_name: str = "WebSession", *, client: BaseClient | None = None, clock: Clock = utcnow
    ) -> None:
        super().__init__(clock=clock)
        self.class_name = paths.check_class_name(class_name)
        self._given_client = client
        self._prepared: set[tuple[str, str]] = set()

    def __repr__(self) -> str:
        return f"<ParseStore {self.class_name}>"

    def create(self, record: SessionRecord) -> None:
        """Store a new record; the server picks its id."""
        self._prepare()
        body = _columns(record, COLUMNS) | {"data": _packed(record.data)}
        with self._reporting("creating a session"):
            answer = self._client.create(self.class_name, body, credential=self._master, doing="creating a session")
        record.id = answer["objectId"]

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent, expired or damaged, which is logged."""
        if not is_id(id):
            return None
        try:
            with self._reporting("reading a session"):
                row = row_in(self._request("GET", paths.row(self.class_name, id)), "reading a session", id)
        except (ObjectNotFound, InvalidId):
            return None
        return self._record(row)

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record, in one request.

        Raises:
            SessionGone: there is no row; the server picks ids, so none can be made again whatever `must_exist` says.
        """
        body = _columns(record, COLUMNS if record.columns is None else record.columns)
        body |= {"version": {"__op": "Increment", "amount": 1}, **_data_changes(record)}
        if not self._put(record.id, body, "writing a session"):
            raise SessionGone(f"session {record.id} was deleted")

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used; one request."""
        if not is_id(id):
            return False
        body = {"lastActiveAt": _date(last_active_at), "expiresAt": _date(expires_at)}
        return self._put(id, body, "touching a session")

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        if not is_id(id):
            return False
        try:
            with self._reporting("destroying a session"):
                self._request("DELETE", paths.row(self.class_name, id))
        except (ObjectNotFound, InvalidId):
            return False
        return True

    def gc(self) -> int:
        """Delete expired records, 100 at a time, and count them."""
        return self._purge({"expiresAt": {"$lte": _date(self.clock())}})

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        rows: dict[str, Any] = {}
        while page := self._find({"userId": user_id}, skip=len(rows)):
            fresh = {row["objectId"]: row for row in page if row["objectId"] not in rows}
            if not fresh:
                raise SessionBackendError(str(repeated("finding sessions")))
            rows |= fresh
        records = map(self._record, rows.values())
        return [record for record in records if record is not None]

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        where: dict[str, Any] = {"userId": user_id}
        if except_session_id is not None:
            where["objectId"] = {"$ne": except_session_id}
        return self._purge(where)

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        return self._purge({})

    # -- how it asks the server ------------------------------------------------------------

    @property
    def _client(self) -> BaseClient:
        return self._given_client or current_client()

    @property
    def _master(self) -> Any:
        return self._client.credential(master=True)

    def _request(self, method: str, path: str, body: Any = None, doing: str = "") -> Any:
        return self._client.request(method, path, body, credential=self._master, doing=doing or "keeping a session")

    def _put(self, id: str, body: dict[str, Any], doing: str) -> bool:
        try:
            with self._reporting(doing):
                self._request("PUT", paths.row(self.class_name, id), body, doing)
        except (ObjectNotFound, InvalidId):
            return False
        return True

    def _find(self, where: dict[str, Any], **params: Any) -> list[Any]:
        with self._reporting("finding sessions"):
            answer = self._client.find(
                self.class_name, {"where": where, "limit": PAGE, **params}, credential=self._master
            )
            return rows_in(answer, "finding sessions")

    def _purge(self, where: dict[str, Any]) -> int:
        """Delete the rows of a question, page by page; rows that another process deleted are not counted."""
        removed = 0
        repeats = Repeats()
        while rows := self._find(where, keys="userId", order="objectId"):
            operations = [BatchOperation("DELETE", paths.row(self.class_name, row["objectId"])) for row in rows]
            with self._reporting("deleting sessions"):
                outcomes = run_batch(self._client, operations, self._master)
                for outcome in outcomes:
                    if outcome.error is not None and not isinstance(outcome.error, ObjectNotFound):
                        raise outcome.error
            done = sum(outcome.ok for outcome in outcomes)
            removed += done
            if not done:
                break  # somebody else is deleting the same rows
            with self._reporting("deleting sessions"):
                repeats.check(rows[0]["objectId"], "deleting sessions")
        return removed

    def _prepare(self) -> None:
        """Make the class, once per server; close it when it is there and open."""
        here = (self._client.server_url, self._client.app_id)
        if here in self._prepared:
            return
        path = paths.schema(self.class_name)
        schema = {"className": self.class_name, "fields": FIELDS, "classLevelPermissions": CLOSED}
        with self._reporting(f"making the class {self.class_name}"):
            try:
                self._request("POST", path, schema)
            except ClassNameError:
                self._repair(path, schema)
        self._prepared.add(here)

    def _repair(self, path: str, schema: dict[str, Any]) -> None:
        found = self._request("GET", path)
        fields: dict[str, Any] = part(found, "fields", dict, "reading the schema")
        missing = {name: kind for name, kind in FIELDS.items() if name not in fields}
        permissions: dict[str, Any] = part(
            {"classLevelPermissions": {}, **found}, "classLevelPermissions", dict, "reading the schema"
        )
        if missing or any(permissions.get(name) for name in OPERATIONS):
            self._request("PUT", path, {**schema, "fields": missing})

    @contextmanager
    def _reporting(self, doing: str) -> Iterator[None]:
        """A server that is away or refuses is a store that does not answer; a missing row is for the caller."""
        try:
            yield
        except (ObjectNotFound, ClassNameError):
            raise
        except (TransportError, ParseError) as error:
            raise SessionBackendError(f"{doing}: {error}") from error

    def _record(self, row: Mapping[str, Any]) -> SessionRecord | None:
        try:
            record = _unpacked(row)
        except (SessionDecodeError, InvalidValue, KeyError, TypeError, ValueError, AttributeError):
            logger.error("session %s cannot be read and is taken as absent: its row is damaged", row.get("objectId"))
            return None
        return record if self.is_live(record) else None


def _date(moment: datetime) -> dict[str, str]:
    return {"__type": "Date", "iso": format_date(moment)}


def _columns(record: SessionRecord, names: Any) -> dict[str, Any]:
    """Columns of a row; an absent value is the empty text, for None would delete the column. NUL: PostgreSQL."""
    columns = {}
    for name in names:
        value = getattr(record, name)
        if name in DATES:
            value = _date(value)
        elif name != "version":
            value = (value or "").replace("\0", "")
        columns[WIRE_NAMES[name]] = value
    return columns


def _key(key: str) -> str:
    """A key as one step of a path: dots would lead deeper, and the server refuses or reads "", "$", "__type", and
    any name that has "__proto__" or "constructor" in it (requestKeywordDenylist, 9.10)."""
    quoted = quote(key, safe="")
    for text, escaped in ((".", "%2E"), ("_", "%5F"), ("constructor", "%63onstructor")):
        quoted = quoted.replace(text, escaped)
    return PREFIX + quoted


def _unkey(key: str) -> str:
    return unquote(key.removeprefix(PREFIX))


def _packed(data: Mapping[str, Any]) -> dict[str, str]:
    return {_key(key): encode(value, key) for key, value in data.items()}


def _data_changes(record: SessionRecord) -> dict[str, Any]:
    if record.changed is None or record.removed is None:
        return {"data": _packed(record.data)}
    changed = {f"data.{_key(key)}": encode(record.data[key], key) for key in record.changed}
    return changed | {f"data.{_key(key)}": {"__op": "Delete"} for key in record.removed}


def _unpacked(row: Mapping[str, Any]) -> SessionRecord:
    data = {_unkey(key): decode(text) for key, text in row.get("data", {}).items()}
    values: dict[str, Any] = {name: row.get(wire) or "" for name, wire in WIRE_NAMES.items()}
    dates = {name: to_micros(parse_date(values[name]["iso"])) for name in DATES}
    empty = {name: values[name] or None for name in ("user_id", "token_hash")}
    return from_columns(row["objectId"], values | dates | empty, data)
