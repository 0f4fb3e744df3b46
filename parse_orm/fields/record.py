"""What one object holds: the row as it came, the values decoded so far, and what was changed since.

An object owns its wire row. Values whose JSON form is their Python form are read from it directly; the others are
decoded at first read and kept in ``_seen``. Nothing is tracked while values change: a save compares.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from ..codec.decode import without_rows
from ..expressions.where import same
from ..meta.schema import ModelSchema

#: Stands for "no value at all" where None would mean a null.
MISSING: Any = type("MISSING", (), {"__repr__": lambda self: "MISSING", "__reduce__": lambda self: "MISSING"})()


class Origin:
    """Where rows came from: shared by every object of one answer.

    Args:
        client: the client that loaded them; None until the first save of a new object.
        keys: the wire paths that were asked for; None means all, so a missing key is a null.
        excluded: the columns that were left out.
        strict: reading what was not asked for raises NotLoaded instead of fetching.
    """

    __slots__ = ("_inside", "client", "columns", "excluded", "keys", "strict")

    def __init__(
        self,
        client: Any = None,
        keys: tuple[str, ...] | None = None,
        excluded: tuple[str, ...] = (),
        strict: bool = False,
    ) -> None:
        self.client = client
        self.keys = keys
        self.excluded = excluded
        self.strict = strict
        self.columns = None if keys is None else frozenset({*(key.partition(".")[0] for key in keys), *ALWAYS})
        self._inside: dict[str, Origin] = {}

    def knows(self, column: str) -> bool:
        """Whether a missing key means that the row has no value there."""
        if self.columns is not None and column not in self.columns:
            return False
        return column not in self.excluded

    @property
    def complete(self) -> bool:
        """Whether every column of the row was asked for."""
        return self.columns is None and not self.excluded

    def inside(self, column: str) -> "Origin":
        """The origin of the rows that came along under one pointer column."""
        found = self._inside.get(column)
        if found is None:
            keys = _below(column, self.keys or ()) or None
            found = self._inside[column] = Origin(self.client, keys, _below(column, self.excluded), self.strict)
        return found

    def on(self, client: Any) -> "Origin":
        """The same, on the client that saved the object first."""
        return Origin(client, self.keys, self.excluded, self.strict)

    def pointer(self) -> "Origin":
        """The origin of an object of which only the id is known."""
        found = self._inside.get("")
        if found is None:
            found = self._inside[""] = Origin(self.client, (), strict=self.strict)
            found.columns = frozenset({"objectId"})
        return found


def _below(column: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths that lead through a column, without it."""
    return tuple(path.removeprefix(f"{column}.") for path in paths if path.startswith(f"{column}."))


#: The columns that come with every row, whatever keys were asked for.
ALWAYS = ("objectId", "createdAt", "updatedAt", "ACL")


class Book:
    """What happened to one object since it was loaded; most objects that are only read have none."""

    __slots__ = ("errors", "gone", "previous", "related", "was")

    def __init__(self) -> None:
        self.was: dict[str, Any] = {}
        self.previous: dict[str, tuple[Any, Any]] = {}
        self.related: dict[str, Any] = {}
        self.errors: Any = None
        self.gone = False


class Record:
    """The state of one object, without any request."""

    __slots__ = ("__weakref__", "_book", "_origin", "_seen", "_wire")

    schema: ClassVar[ModelSchema]
    _wire: dict[str, Any]
    _origin: Origin
    _seen: dict[str, Any] | None
    _book: Book | None

    def _begin(self, wire: dict[str, Any], origin: Origin) -> None:
        self._wire = wire
        self._origin = origin
        self._seen = None
        self._book = None

    def _open_book(self) -> Book:
        """The book of this object, begun at the first change."""
        if self._book is None:
            self._book = Book()
        return self._book

    def _load_missing(self, column: str) -> None:
        """Fetch the row because a column is read that was not fetched; done by the model."""
        raise NotImplementedError

    def _write_native(self, path: str, value: Any) -> None:
        """Put a JSON value into the row and remember what stood there."""
        was = self._open_book().was
        wire = self._wire
        if path not in was:
            was[path] = wire.get(path, MISSING)
        wire[path] = value

    def _write_decoded(self, path: str, value: Any) -> None:
        """Keep a Python value beside the row, to be compared at the next save."""
        if self._seen is None:
            self._seen = {}
        self._seen[path] = value

    def _changes(self) -> dict[str, Any]:
        """Every changed column with its new wire value; None stands for a removed value."""
        return {path: now for path, _, now in self._differences()}

    def _differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Path, old wire value and new wire value of every changed column; None for no value."""
        wire = self._wire
        if self._book is not None:
            for path, was in self._book.was.items():
                now = wire.get(path)
                if self._differs(path, was, now):
                    yield path, None if was is MISSING else was, now
        columns = self.schema.columns
        for path, value in (self._seen or {}).items():
            field = columns[path]
            if not field.compared:
                continue
            was = wire.get(path, MISSING)
            now = None if value is None else field.encode(value)
            if self._differs(path, was, now) and not (was is MISSING and field.is_blank(now)):
                yield path, None if was is MISSING else was, now

    def _differs(self, path: str, was: Any, now: Any) -> bool:
        if was is MISSING:
            return now is not None or not self._origin.knows(path)
        if now is None or was is None:
            return was is not now
        return not same(was, now) and not same(without_rows(was), now)

    def _settle(self, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take over what was saved and what the server says the row is now."""
        wire, book = self._wire, self._book
        if book is not None:
            for path in sent:
                book.was.pop(path, None)
        for path, value in sent.items():
            if value is None:
                wire.pop(path, None)
            else:
                wire[path] = value
        for path, value in answer.items():
            self._take(path, value)

    def _take(self, path: str, value: Any) -> None:
        """Accept one value from the server; what was decoded before is forgotten when it no longer holds."""
        wire, seen = self._wire, self._seen
        known = wire.get(path, MISSING)
        if value is None:
            wire.pop(path, None)
        else:
            wire[path] = value
        if self._book is not None:
            self._book.was.pop(path, None)
        if seen and path in seen and not (known is not MISSING and value is not None and same(known, value)):
            del seen[path]

    def _restore(self) -> None:
        """Go back to the row as it was loaded."""
        wire = self._wire
        if self._book is not None:
            for path, was in self._book.was.items():
                if was is MISSING:
                    wire.pop(path, None)
                else:
                    wire[path] = was
            self._book.was.clear()
            self._book.errors = None
        self._seen = None
