"""What changed in an object since it was loaded or saved, and the way back."""

from typing import Any, Self

from ..fields.record import MISSING as _MISSING
from ..types.operations import Operation
from .row import Row


class Changes(Row):
    """Changes by field name, compared with the row as it came."""

    __slots__ = ()

    @property
    def changed(self) -> list[str]:
        """The names of the fields that a save would send."""
        return [self._name_of(path) for path in self._changed_paths()]

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What a save would send: field names with the old and the new value.

        An atomic operation that waits shows what it would make of the value that is known here.
        """
        found = {path: self._both(path, was, self._now(path)) for path, was in self._known_before()}
        for path, operation in self._operations().items():
            found[path] = self._estimate(path, operation)
        return {self._name_of(path): both for path, both in found.items()}

    @property
    def previous_changes(self) -> dict[str, tuple[Any, Any]]:
        """What the last save sent: field names with the old and the new value."""
        return self._book.previous(self) if self._book is not None else {}

    def is_changed(self, field: str | None = None) -> bool:
        """Whether anything, or this field, would be sent by a save."""
        if field is None:
            return bool(self._changed_paths())
        return self.schema.field(field).path in self._changed_paths()

    def rollback(self) -> Self:
        """Drop what was changed here and go back to the row as it was loaded; no request."""
        self._restore()
        return self

    # -- helpers -------------------------------------------------------------------------------

    def _name_of(self, path: str) -> str:
        """``title`` of ``title``, ``info.size`` of ``info.size``."""
        column, dot, inside = path.partition(".")
        field = self.schema.columns.get(column)
        return (column if field is None else field.name) + dot + inside

    def _compared_paths(self) -> list[str]:
        """The columns whose values were changed here."""
        return [path for path, _, _ in self._compared()]

    def _known_before(self) -> list[tuple[str, Any]]:
        """Changed columns with the value that stood there, as Python reads it."""
        held = {path: was for path, was, _ in self._compared()}
        return [(path, self._read(path, None if was is _MISSING else was)) for path, was in held.items()]

    def _now(self, path: str) -> Any:
        field = self.schema.columns.get(path)
        return self._wire.get(path) if field is None else self._peek(field)

    def _both(self, path: str, was: Any, now: Any) -> tuple[Any, Any]:
        """An old and a new value for showing: those of a hidden column are not."""
        field = self.schema.columns.get(path.partition(".")[0])
        if field is not None and field.hidden:
            return None if was is None else "[hidden]", None if now is None else "[hidden]"
        return was, _copied(now)

    def _estimate(self, path: str, operation: Operation) -> tuple[Any, Any]:
        column, _, inside = path.partition(".")
        was: Any = self._wire.get(column)
        for key in inside.split(".") if inside else ():
            was = was.get(key) if isinstance(was, dict) else None
        return self._both(path, was, operation.apply(was))


def _copied(value: Any) -> Any:
    """A list or dict of its own, so that what is shown does not change afterwards."""
    return type(value)(value) if type(value) in (list, dict) else value
