"""What happened to one object since it was loaded."""

from collections.abc import Callable
from typing import Any

from ..types.operations import Operation


class Book:
    """What happened to one object since it was loaded; most objects that are only read have none."""

    __slots__ = ("cleared", "errors", "gone", "lost", "operations", "previous", "related", "replaced", "was")

    def __init__(self) -> None:
        self.was: dict[str, Any] = {}
        self.operations: dict[str, Operation] = {}
        #: The list columns that were set to a whole new list, and whatever was set of what came along with a row.
        self.replaced: frozenset[str] = frozenset()
        #: Those of them that None was given to: as long as they stay empty, the row is to have no value there.
        self.cleared: frozenset[str] = frozenset()
        # Worked out when somebody asks: decoding it at each save was a quarter of save_all in a profile.
        self.previous: Callable[[Any], dict[str, tuple[Any, Any]]] = _nothing
        self.related: dict[str, Any] = {}
        self.errors: Any = None
        self.gone = False
        #: The request id of a create whose answer was lost, "" when it went in a batch; None when none was lost.
        self.lost: str | None = None

    def copy(self) -> "Book":
        """A book of its own with the same entries."""
        made = Book()
        made.was, made.operations = dict(self.was), dict(self.operations)
        made.previous, made.related = self.previous, dict(self.related)
        made.errors, made.gone, made.replaced = self.errors, self.gone, self.replaced
        made.cleared, made.lost = self.cleared, self.lost
        return made


def _nothing(record: Any) -> dict[str, tuple[Any, Any]]:
    """What the last save sent when there was none."""
    return {}
