"""Saving, fetching and destroying one object. A save is one request that carries only what changed."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from ..client import requests as paths
from ..client.context import current_client
from ..codec.encode import encode
from ..errors import (
    InvalidValue,
    NotLoaded,
    ObjectNotFound,
    RecordNotSaved,
    UnknownField,
    UnsavedReference,
)
from ..fields.field import Field
from ..fields.record import MISSING, Origin
from ..types.operations import BY_NAME, DELETE, Increment, Operation
from . import callbacks as moments
from . import validation
from .loading import is_strict
from .querying import Querying


class Persistence(Querying):
    """What an object can do with its row."""

    __slots__ = ()

    callbacks: ClassVar[moments.Callbacks] = {}
    validators: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    # -- saving --------------------------------------------------------------------------

    def save(
        self,
        *,
        session: Any = None,
        master: bool | None = None,
        context: Mapping[str, Any] | None = None,
        callbacks: bool = True,
        validate: bool = True,
    ) -> Self:
        """Create the row, or send what changed; nothing is sent when nothing changed.

        Args:
            session: save with the token of this user.
            master: True saves with the master key.
            context: a JSON object for Cloud Code triggers.
            callbacks: False skips the callbacks.
            validate: False skips the validations.

        Returns:
            The object itself.

        Raises:
            RecordInvalid: a validation failed; nothing was sent.
            RecordNotSaved: a callback stopped the save, or the row is known to be destroyed.
            UnsavedReference: a pointer leads to an object that was never saved.
            ParseError: the server refused; the object keeps its changes.
            TransportError: no answer came; the object keeps its changes.
        """
        if self._book is not None and self._book.gone:
            raise RecordNotSaved(f"{self!r} was destroyed: make a new object, or copy it", object=self)
        if validate:
            self._validate(callbacks)

        def send() -> None:
            self._send(session, master, context)

        if callbacks:
            moments.run(self, ("save", "create" if self.is_new else "update"), send)
        else:
            send()
        return self

    @classmethod
    def create(cls, *, session: Any = None, master: bool | None = None, **values: Any) -> Self:
        """Make an object and save it.

        Raises:
            UnknownField: a name that the model does not have.
            ParseError: as for ``save``.
        """
        made = cls(**values)
        made.save(session=session, master=master)
        return made

    def update(self, *, session: Any = None, master: bool | None = None, **values: Any) -> Self:
        """Set fields and save.

        Raises:
            UnknownField: a name that the model does not have; nothing is set.
            ReadOnlyField: a column of the server's; nothing is set.
            ParseError: as for ``save``.
        """
        self._assign(values)
        return self.save(session=session, master=master)

    def _send(self, session: Any, master: bool | None, context: Mapping[str, Any] | None) -> None:
        """One request with what changed now, the work of the callbacks included."""
        new = self.is_new
        self._refuse_unsaved_references()
        differences = {path: (was, now) for path, was, now in self._differences()}
        sent = {path: now for path, (_, now) in differences.items()}
        if not new and not sent:
            return
        client, credential = self._asking(session, master)
        if new:
            sent = {path: value for path, value in sent.items() if value is not None}
            answer = client.create(
                self.schema.class_name,
                self._creating(sent),
                credential=credential,
                context=context,
                doing=f"creating {self._title()}",
            )
            answer.setdefault("updatedAt", answer.get("createdAt"))
        else:
            answer = client.request(
                "PUT",
                self._path(),
                {path: DELETE if value is None else value for path, value in sent.items()},
                credential=credential,
                context=context,
                doing=f"saving {self._title()}",
            )
        self._saved(client, sent, answer)
        self._remember(differences)

    def _creating(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The body of a create; built-in classes may need more."""
        return sent

    def _saved(self, client: Any, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take over what the server made of it. An afterSave trigger may have put anything there (9.10)."""
        known = self._wire.get("objectId")
        self._settle(sent, {path: value for path, value in answer.items() if path != "objectId"})
        self._wire["objectId"] = known or answer["objectId"]
        if self._origin.client is None:
            self._origin = self._origin.on(client)

    def _remember(self, differences: dict[str, tuple[Any, Any]]) -> None:
        names = {path: field.name for path, field in self.schema.columns.items()}
        self._open_book().previous = {
            names[path]: self._both(path, was, now) for path, (was, now) in differences.items()
        }

    def _refuse_unsaved_references(self) -> None:
        for path, value in (self._seen or {}).items():
            items = value if isinstance(value, list) else [value]
            if any(isinstance(item, Persistence) and item.is_new for item in items):
                raise UnsavedReference(
                    f"{self.schema.columns[path].label} refers to an object that was never saved: save it first"
                )

    # -- atomic operations ---------------------------------------------------------------

    def increment(self, field: str, by: int | float = 1, *, session: Any = None, master: bool | None = None) -> Self:
        """Add to a number on the server, whatever it is by then; sent at once.

        Args:
            field: the attribute name of a number.
            by: what to add; negative to subtract.
            session: act with the token of this user.
            master: True acts with the master key.

        Raises:
            UnknownField: no such field.
            InvalidValue: the field is no number, or ``by`` is none.
            ParseError: the server refused.
        """
        column = self.schema.field(field)
        if column.shape != "Number":
            raise InvalidValue(f"{column.label} is a {column.shape} column: only numbers can be incremented")
        if isinstance(by, bool) or not isinstance(by, (int, float)):
            raise InvalidValue(f"{column.label}: increment takes a number, not {by!r:.60}")
        return self._operate(column, Increment(encode(by)), session, master)

    def add(self, field: str, *values: Any, session: Any = None, master: bool | None = None) -> Self:
        """Append to an array on the server; sent at once."""
        return self._edit_list("add", field, values, session, master)

    def add_unique(self, field: str, *values: Any, session: Any = None, master: bool | None = None) -> Self:
        """Append to an array on the server what is not in it yet; sent at once."""
        return self._edit_list("add_unique", field, values, session, master)

    def remove(self, field: str, *values: Any, session: Any = None, master: bool | None = None) -> Self:
        """Take values out of an array on the server; sent at once."""
        return self._edit_list("remove", field, values, session, master)

    def unset(self, field: str, *, session: Any = None, master: bool | None = None) -> Self:
        """Remove the value of a column at once; nothing is sent when the row has none."""
        column = self._writable(field)
        if self.is_new or (self._origin.knows(column.path) and self._wire.get(column.path) is None):
            column.assign(self, None)
            return self
        client, credential = self._asking(session, master)
        answer = client.request(
            "PUT", self._path(), {column.path: DELETE}, credential=credential, doing=f"saving {self._title()}"
        )
        self._saved(client, {column.path: None}, answer)
        if self._seen:
            self._seen.pop(column.path, None)
        return self

    def _edit_list(self, name: str, field: str, values: tuple[Any, ...], session: Any, master: bool | None) -> Self:
        column = self.schema.field(field)
        if column.shape != "Array":
            raise InvalidValue(f"{column.label} is a {column.shape} column: {name} works on arrays")
        if not values:
            return self
        return self._operate(column, BY_NAME[name](column.encode(list(values))), session, master)

    def _operate(self, column: Field[Any, Any], operation: Operation, session: Any, master: bool | None) -> Self:
        """Send one operation. A new row, or a value that waits to be saved, takes it here instead."""
        self._writable(column.name)
        if self.is_new or column.path in self._changes():
            now = column.encode(value) if (value := getattr(self, column.name)) is not None else None
            column.assign(self, self._read(column.path, operation.apply(now)))
            return self if self.is_new else self.save(session=session, master=master)
        client, credential = self._asking(session, master)
        answer = client.request(
            "PUT",
            self._path(),
            {column.path: operation.to_wire()},
            credential=credential,
            doing=f"saving {self._title()}",
        )
        self._saved(client, {}, answer)
        return self

    # -- reading again -------------------------------------------------------------------

    def reload(self, *, session: Any = None, master: bool | None = None) -> Self:
        """Read the whole row again and drop what was changed here.

        Raises:
            ObjectNotFound: the row is gone, or this credential may not see it.
        """
        self._fetch_row({}, session=session, master=master)
        return self

    def fetch(
        self,
        *,
        keys: Iterable[Any] = (),
        include: Iterable[Any] = (),
        session: Any = None,
        master: bool | None = None,
    ) -> Self:
        """Read the row, or parts of it, and keep what was changed here.

        Args:
            keys: only these columns.
            include: bring the rows along that these pointers lead to.
            session: ask with the token of this user.
            master: True asks with the master key.

        Raises:
            ObjectNotFound: the row is gone, or this credential may not see it.
        """
        query = self.query()
        include_paths = [query.column_path(column) for column in include]
        key_paths = [query.column_path(column) for column in keys]
        params = {
            name: ",".join(value)
            for name, value in (
                ("keys", [*key_paths, *include_paths] if key_paths else []),
                ("include", include_paths),
            )
            if value
        }
        self._fetch_row(params, session=session, master=master, keep=True)
        return self

    def _fetch_row(
        self, params: dict[str, Any], session: Any = None, master: bool | None = None, keep: bool = False
    ) -> None:
        if self.is_new:
            raise RecordNotSaved(f"{self!r} was never saved, so there is no row to read", object=self)
        client, credential = self._asking(session, master)
        wire = client.request(
            "POST",
            self._path(),
            {**params, "_method": "GET"},
            credential=credential,
            doing=f"fetching {self._title()}",
            idempotent=True,
        )
        self._replace(client, wire, params, keep)

    def _replace(self, client: Any, wire: dict[str, Any], params: dict[str, Any], keep: bool) -> None:
        """Put a fresh row in place of the old one; with ``keep``, changes made here stay changes."""
        pending = self._changes() if keep else {}
        kept = {path: (self._seen or {}).get(path, MISSING) for path in pending}
        partial = tuple(params["keys"].split(",")) if "keys" in params else None
        if partial is not None:
            wire = {**{path: value for path, value in self._wire.items() if path not in pending}, **wire}
            partial = None if self._origin.complete else (*partial, *(self._origin.columns or ()))
        strict = self._origin.strict
        self._begin(wire, Origin(client, partial, strict=strict))
        for path, value in pending.items():
            if kept[path] is MISSING:
                self._write_native(path, value)
            else:
                self._write_decoded(path, kept[path])

    def _load_missing(self, column: str) -> None:
        field = self.schema.columns.get(column)
        label = field.label if field is not None else f"{self.schema.name}[{column!r}]"
        if self._origin.strict or is_strict():
            raise NotLoaded(
                f"{label} of {self._title()} was not fetched and strict loading forbids to fetch it now: "
                "add it to include(...) or keys(...), or call fetch()"
            )
        self._fetch_row({}, keep=True)

    # -- destroying ------------------------------------------------------------------------

    def destroy(self, *, session: Any = None, master: bool | None = None, callbacks: bool = True) -> bool:
        """Delete the row.

        Returns:
            True when this call deleted it; False when it was never saved or is already gone.

        Raises:
            RecordNotSaved: a callback stopped it.
            ParseError: the server refused.
        """
        if self.is_new:
            return False

        def send() -> bool:
            client, credential = self._asking(session, master)
            try:
                client.request("DELETE", self._path(), credential=credential, doing=f"destroying {self._title()}")
            except ObjectNotFound:
                return False
            self._open_book().gone = True
            return True

        return moments.run(self, ("destroy",), send) if callbacks else send()

    # -- what changed ------------------------------------------------------------------------

    @property
    def is_new(self) -> bool:
        """Whether the object was never saved."""
        return "objectId" not in self._wire

    @property
    def is_destroyed(self) -> bool:
        """Whether this object deleted its row."""
        return self._book is not None and self._book.gone

    @property
    def changed(self) -> list[str]:
        """The names of the fields that a save would send."""
        return [self.schema.columns[path].name for path in self._changes()]

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What a save would send: field names with the old and the new value."""
        return {self.schema.columns[path].name: self._both(path, was, now) for path, was, now in self._differences()}

    @property
    def previous_changes(self) -> dict[str, tuple[Any, Any]]:
        """What the last save sent: field names with the old and the new value."""
        return dict(self._book.previous) if self._book is not None else {}

    def is_changed(self, field: str | None = None) -> bool:
        """Whether anything, or this field, would be sent by a save."""
        if field is None:
            return bool(self._changes())
        return self.schema.field(field).path in self._changes()

    def rollback(self) -> Self:
        """Drop what was changed here and go back to the row as it was loaded; no request."""
        self._restore()
        return self

    # -- validity ------------------------------------------------------------------------------

    @property
    def errors(self) -> validation.Errors:
        """What the last validation complained about."""
        book = self._open_book()
        if book.errors is None:
            book.errors = validation.Errors()
        found: validation.Errors = book.errors
        return found

    def is_valid(self) -> bool:
        """Whether a save would pass the validations; no request. ``errors`` says what is wrong."""
        self._open_book().errors = validation.check(self)
        return not self.errors

    def validate(self) -> Self:
        """Check the object without a request.

        Raises:
            RecordInvalid: something is wrong; its ``errors`` say what.
        """
        self.is_valid()
        validation.require_valid(self, self.errors)
        return self

    def _validate(self, callbacks: bool) -> None:
        if callbacks:
            moments.run(self, ("validation",), self.validate)
        else:
            self.validate()

    # -- helpers -------------------------------------------------------------------------------

    def _asking(self, session: Any, master: bool | None) -> tuple[Any, Any]:
        """The client of this object, and who asks now."""
        client = self._origin.client or current_client()
        return client, client.credential(session=session, master=master)

    def _path(self) -> str:
        return paths.row(self.schema.class_name, self._wire["objectId"])

    def _title(self) -> str:
        return f"{self.schema.name} {self._wire.get('objectId', '')}".rstrip()

    def _writable(self, name: str) -> Any:
        field = self.schema.field(name)
        if field.readonly:
            raise field._refuse(self)
        return field

    def _assign(self, values: Mapping[str, Any]) -> None:
        """Set several fields; all names are checked before the first is set."""
        for name in values:
            self._settable(name)
        for name, value in values.items():
            setattr(self, name, value)

    def _settable(self, name: str) -> None:
        if name in self.schema.fields:
            self._writable(name)
        elif not hasattr(getattr(type(self), name, None), "__set__"):
            raise self._unknown(name)

    def _unknown(self, name: str) -> UnknownField:
        return self.schema.unknown(name)

    def _is_known(self, path: str) -> bool:
        return self.is_new or self._origin.knows(path) or path in self._wire or path in (self._seen or {})

    def _peek(self, field: Any) -> Any:
        """The value of a known field, without a request and without its default."""
        value = (self._seen or {}).get(field.path, MISSING)
        if value is not MISSING:
            return value
        return self._read(field.path, self._wire.get(field.path))

    def _both(self, path: str, was: Any, now: Any) -> tuple[Any, Any]:
        """An old and a new value for showing: those of a hidden column are not."""
        if self.schema.columns[path].hidden:
            return None if was is None else "[hidden]", None if now is None else "[hidden]"
        return self._read(path, was), self._read(path, now)

    def _read(self, path: str, wire: Any) -> Any:
        """The Python value of a wire value of one column."""
        field = self.schema.columns[path]
        return wire if wire is None or field.kind.native else field.decode(self, wire)
