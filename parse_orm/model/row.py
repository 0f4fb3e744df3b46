"""Where the row of an object stands, and who asks for it."""

from collections.abc import Mapping
from typing import Any

from ..client import requests as paths
from ..client.context import current_client
from ..errors import UnknownField
from .querying import Querying


class Row(Querying):
    """An object as one row of its class: its place on the server, its fields by name."""

    __slots__ = ()

    @property
    def is_new(self) -> bool:
        """Whether the object was never saved."""
        return "objectId" not in self._wire

    @property
    def may_exist(self) -> bool:
        """Whether a new object may have a row all the same: it was created and the answer was lost.

        Look for the row before you save the object again. See the guide on batches for what a second save does.
        """
        return self.is_new and self._book is not None and self._book.lost is not None

    @property
    def is_destroyed(self) -> bool:
        """Whether this object deleted its row."""
        return self._book is not None and self._book.gone

    # -- its place on the server -----------------------------------------------------------

    def _asking(self, session: Any, master: bool | None) -> tuple[Any, Any]:
        """The client of this object, and who asks now."""
        client = self._origin.client or current_client()
        return client, client.credential(session=session, master=master)

    def _path(self) -> str:
        return paths.row(self.schema.class_name, self._wire["objectId"])

    def _title(self) -> str:
        return f"{self.schema.name} {self._wire.get('objectId', '')}".rstrip()

    # -- its fields by name ------------------------------------------------------------------

    def _writable(self, name: str) -> Any:
        field = self.schema.field(name)
        if field.readonly:
            raise field._refuse(self)
        return field

    def _assign(self, values: Mapping[str, Any]) -> None:
        """Set several fields; all names are checked before the first is set."""
        writable = self.schema.writable
        for name in values:
            if name not in writable:
                self._settable(name)
        for name, value in values.items():
            setattr(self, name, value)

    def _settable(self, name: str) -> None:
        if name in self.schema.fields:
            self._writable(name)
        elif not hasattr(getattr(type(self), name, None), "__set__"):
            raise self._unknown(name)

    def _refuse_attribute(self, name: str) -> None:
        error = self._unknown(name)
        error.add_note("An attribute of your own begins with an underscore, or is declared in the class.")
        raise error

    def _unknown(self, name: str) -> UnknownField:
        return self.schema.unknown(name)

    def _is_known(self, path: str) -> bool:
        """Whether the value of a column, or its absence, is certain without a request."""
        return path in self._wire or self.is_new or self._origin.is_sure(path) or path in (self._seen or ())

    def _peek(self, field: Any) -> Any:
        """The value of a known field, without a request and without its default."""
        seen, path = self._seen, field.path
        if seen and path in seen:
            return seen[path]
        wire = self._wire.get(path)
        return None if wire is None else field.decode(self, wire)

    def _read(self, path: str, wire: Any) -> Any:
        """The Python value of a wire value of one column."""
        field = self.schema.columns.get(path)
        return wire if wire is None or field is None else field.decode(self, wire)
