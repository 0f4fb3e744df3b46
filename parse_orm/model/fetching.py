"""Reading the row of an object again, or the parts of it that were not asked for."""

from collections.abc import Iterable
from typing import Any, Self

from ..client.answers import row_in
from ..errors import NotLoaded, RecordNotSaved
from ..fields.origin import Origin
from ..fields.record import MISSING
from ..query.nplusone import fetched_alone
from ..query.options import check_readable
from ..types.lists import several
from ..types.secret import hidden, hide
from .loading import is_strict
from .validity import Validity


class Fetching(Validity):
    """An object that can be read again."""

    __slots__ = ()

    def reload(self, *, session: Any = None, master: bool | None = None) -> Self:
        """Read the whole row again and drop what was changed here.

        Raises:
            ObjectNotFound: the row is gone, or this credential may not see it.
        """
        session = hidden(session)
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
        session = hidden(session)
        self._fetch_row(self._fetch_params(keys, include), session=session, master=master, keep=True)
        return self

    @property
    def is_complete(self) -> bool:
        """Whether every column of the row was asked for."""
        return self.is_new or self._origin.complete

    # -- helpers -------------------------------------------------------------------------------

    @classmethod
    def _fetch_params(cls, keys: Iterable[Any], include: Iterable[Any]) -> dict[str, str]:
        """The wire parameters of a fetch."""
        query = cls.query()
        include_paths = [query.column_path(column) for column in several(include, "include")]
        key_paths = [query.column_path(column) for column in several(keys, "keys")]
        for path in key_paths:
            check_readable(cls.schema, path)
        wanted = {"keys": [*key_paths, *include_paths] if key_paths else [], "include": include_paths}
        return {name: ",".join(value) for name, value in wanted.items() if value}

    def _fetch_row(
        self, params: dict[str, Any], session: Any = None, master: bool | None = None, keep: bool = False
    ) -> None:
        if self.is_new:
            raise RecordNotSaved(f"{self!r} was never saved, so there is no row to read", object=self)
        client, credential = self._asking(session, master)
        doing = f"fetching {self._title()}"
        answer = client.request(
            "POST",
            self._path(),
            {**params, "_method": "GET"},
            credential=credential,
            doing=doing,
            idempotent=True,
        )
        self._replace(client, row_in(answer, doing, self._wire["objectId"]), params, keep)

    def _replace(self, client: Any, wire: dict[str, Any], params: dict[str, Any], keep: bool) -> None:
        """Put a fresh row in place of the old one; with ``keep``, changes made here stay changes."""
        hide(wire, self.schema.secret)
        seen, origin = self._seen or {}, self._origin
        book = self._book if keep else None
        pending = {path: self._value_here(path) for path in self._compared_paths()} if keep else {}
        operations = dict(self._operations()) if keep else {}
        children = self._keep_children(wire, seen)
        include = tuple(params["include"].split(",")) if "include" in params else ()
        partial = tuple(params["keys"].split(",")) if "keys" in params else None
        if partial is None:
            fresh = Origin(client, strict=origin.strict, include=include)
        else:
            asked = {key.partition(".")[0] for key in partial}
            wire = {**{path: value for path, value in self._before_changes().items() if path not in asked}, **wire}
            children.update({path: value for path, value in seen.items() if path not in asked and path in self._wire})
            fresh = _widened(origin, client, partial, include)
        self._begin(wire, fresh)
        kept = {path: value for path, value in children.items() if path not in pending}
        if kept:
            self._seen = kept
        for path, (decoded, value) in pending.items():
            (self._keep_decoded if decoded else self._write_native)(path, value)
        if book is not None and book.replaced:
            self._open_book().replaced, self._open_book().cleared = book.replaced, book.cleared
        for path, operation in operations.items():
            self._queue(path, operation)

    def _keep_decoded(self, path: str, value: Any) -> None:
        if self._seen is None:
            self._seen = {}
        self._seen[path] = value

    def _value_here(self, path: str) -> tuple[bool, Any]:
        """The changed value of a column, and whether it is the Python value rather than the wire value."""
        value = (self._seen or {}).get(path, MISSING)
        field = self.schema.columns.get(path)
        if value is MISSING or field is None or not field.compared:
            return False, self._wire.get(path)
        return True, value

    def _before_changes(self) -> dict[str, Any]:
        """The row as it was loaded or saved."""
        was = self._book.was if self._book is not None else {}
        return {path: value for path, value in {**self._wire, **was}.items() if value is not MISSING}

    def _load_missing(self, column: str) -> None:
        field = self.schema.columns.get(column)
        label = field.label if field is not None else f"{self.schema.name}[{column!r}]"
        strict = self._origin.strict
        if is_strict() or (self.strict_by_default() if strict is None else strict):
            raise NotLoaded(
                f"{label} of {self._title()} was not fetched and strict loading forbids to fetch it now: "
                "add it to include(...) or keys(...), or call fetch()"
            )
        fetched_alone(self._origin.via or self.schema.name)
        self._fetch_row({}, keep=True)


def _widened(origin: Origin, client: Any, keys: tuple[str, ...], include: tuple[str, ...]) -> Origin:
    """What is known of a row once some columns of it were read again."""
    excluded = tuple(path for path in origin.excluded if path not in keys)
    again = {key.partition(".")[0] for key in keys}
    included = (*(path for path in origin.include if path.partition(".")[0] not in again), *include)
    if origin.columns is None:
        return Origin(client, None, excluded, origin.strict, included)
    return Origin(client, (*keys, *(origin.keys or origin.columns)), excluded, origin.strict, included)
