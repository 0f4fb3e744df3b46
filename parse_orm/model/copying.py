"""Copies of one object: one that is to become a new row, and those that pickle and deepcopy make."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Self

from ..codec.decode import is_reference, is_row, without_rows
from ..fields.origin import HERE, Origin
from ..fields.record import own_copy
from ..types.depth import TooDeep
from ..types.operations import Operation
from .changes import Changes

#: Columns that leave the process in no copy of an object.
SECRET = frozenset({"sessionToken", "authData", "password"})

#: Columns that belong to one row alone.
_OWN = frozenset({"objectId", "createdAt", "updatedAt"})


class Copying(Changes):
    """An object that can be copied; no copy holds a key, a token or a password."""

    __slots__ = ()

    def copy(self, **values: Any) -> Self:
        """A new unsaved object with the same values; relations, and columns that the server sets, are not copied.

        >>> import parse_orm as orm
        >>> class Recipe(orm.ParseObject):
        ...     title = orm.property(str)
        ...     steps = orm.array(str)
        >>> Recipe(title="Soup", steps=["boil"]).copy(title="Stew")
        <Recipe new *title='Stew' *steps=['boil']>

        A row that was fetched in part is first fetched in full. The copy is saved with the client in use by then, so
        a copy of one server's row can be saved on another server.

        Args:
            values: fields that are to differ.

        Raises:
            UnknownField: a name that the model does not have.
            NotLoaded: the row was fetched in part, and strict loading forbids to fetch the rest.
        """
        made = type(self).__new__(type(self))
        made._begin({}, HERE)
        for name in values:
            made._settable(name)
        self._complete()
        for path in dict.fromkeys([*self._wire, *(self._seen or ())]):
            if self._is_copied(path):
                self._copy_column(made, path)
        made._assign(values)
        return made

    # -- helpers -------------------------------------------------------------------------------

    def _complete(self) -> None:
        """Fetch what was never asked for, and what an include may have left out."""
        for path in self.schema.columns:
            if not self._is_known(path) and path not in _OWN:
                self._load_missing(path)
                return

    def _is_copied(self, path: str) -> bool:
        field = self.schema.columns.get(path)
        if path in _OWN or path in SECRET or path.startswith("_"):
            return False
        return field is None or not (field.readonly or field.shape == "Relation")

    def _copy_column(self, made: Any, path: str) -> None:
        field = self.schema.columns.get(path)
        if field is None or not field.compared:
            made._write_native(path, own_copy(without_rows(self._wire[path])))
            return
        if self._is_cleared(path):
            field.assign(made, None)
            return
        made._write_decoded(path, own_copy(getattr(self, field.name)))
        if self._wire.get(path) is not None or self._is_replaced(path):
            made._open_book().replaced |= {path}

    # -- pickle and deepcopy -------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """What pickle keeps: the row and its changes, never a client, a key or a token."""
        origin, book = self._origin, self._book
        changed = set(self._compared_paths())
        seen = {path: value for path, value in (self._seen or {}).items() if path in changed}
        return {
            "wire": without_secrets(self._wire),
            "seen": without_secrets(seen),
            "was": without_secrets(book.was if book is not None else {}),
            "operations": dict(self._operations()),
            "gone": self.is_destroyed,
            "lost": book.lost if book is not None else None,
            "replaced": book.replaced if book is not None else frozenset(),
            "cleared": book.cleared if book is not None else frozenset(),
            "origin": (origin.keys, origin.excluded, origin.strict, origin.include, origin.columns),
            "more": getattr(self, "__dict__", {}),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        *asked, columns = state["origin"]
        origin = Origin(None, *asked)
        origin.columns = columns
        self._begin(dict(state["wire"]), origin)
        if state["seen"]:
            self._seen = dict(state["seen"])
        if state["was"] or state["operations"] or state["gone"]:
            book = self._open_book()
            book.was, book.gone = dict(state["was"]), state["gone"]
            operations: dict[str, Operation] = dict(state["operations"])
            book.operations = operations
        if state.get("replaced"):
            self._open_book().replaced = state["replaced"]
            self._open_book().cleared = state.get("cleared", frozenset())
        if state.get("lost") is not None:
            self._open_book().lost = state["lost"]
        if state["more"]:
            self.__dict__.update(state["more"])

    def __copy__(self) -> Self:
        return deepcopy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A twin with the same id and the same changes, on the same client."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        try:
            made.__setstate__(deepcopy(self.__getstate__(), memo))
        except RecursionError:
            raise TooDeep.unfollowed() from None
        made._origin = self._origin.on(self._origin.client)
        return made


def without_secrets(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row without those that hold secrets; the same for the rows that came along in them."""
    return {path: _open(value) for path, value in columns.items() if path not in SECRET}


def _open(value: Any) -> Any:
    try:
        if isinstance(value, list):
            return [_open(item) for item in value]
    except RecursionError:
        raise TooDeep.unfollowed() from None
    if is_reference(value) and is_row(value):
        return without_secrets(value)
    return value
