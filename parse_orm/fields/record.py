"""What one object holds: the row as it came, the values decoded so far, and what was changed since.

An object owns its wire row. Values whose JSON form is their Python form are read from it directly; the others are
decoded at first read and kept in ``_seen``. Nothing is tracked while values change: a save compares.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from copy import copy
from typing import Any, ClassVar, NamedTuple

from ..codec.decode import is_reference, is_row, without_rows
from ..codec.encode import encode_row, encode_wire
from ..errors import InvalidInput, InvalidValue, UnsavedReference
from ..expressions.where import same
from ..meta.schema import ModelSchema
from ..types.acl import ACL
from ..types.depth import DEEPEST_COPY, TooDeep
from ..types.operations import Add, Operation, merge
from .assigning import Assigning
from .book import Book
from .origin import Lead, Origin

#: Stands for "no value at all" where None would mean a null.
MISSING: Any = type("MISSING", (), {"__repr__": lambda self: "MISSING", "__reduce__": lambda self: "MISSING"})()

_NO_PATHS: frozenset[str] = frozenset()


class Snapshot(NamedTuple):
    """All that one object was at one moment."""

    wire: dict[str, Any]
    origin: Origin
    seen: dict[str, tuple[Any, Any]] | None
    book: Book | None


class Record(Assigning):
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

    # -- changing ------------------------------------------------------------------------

    def _starting_acl(self) -> dict[str, dict[str, bool]]:
        """What the ACL of a row without one is read as; done by the model, which knows its policy."""
        raise NotImplementedError

    def _write_native(self, path: str, value: Any) -> None:
        """Put a JSON value into the row and remember what stood there."""
        book = self._book or self._open_book()
        wire = self._wire
        if path not in book.was:
            book.was[path] = wire.get(path, MISSING)
        wire[path] = value
        if book.operations:
            self._drop_operations(path)

    def _write_decoded(self, path: str, value: Any) -> None:
        """Keep a Python value beside the row, to be compared at the next save."""
        if self._seen is None:
            self._seen = {}
        self._seen[path] = value
        if self._book is not None and self._book.operations:
            self._drop_operations(path)
        if self._origin.include:
            self._open_book().replaced |= {path}

    def _queue(self, path: str, operation: Operation) -> None:
        """Keep an atomic operation for the next save, folded into the one that waits already.

        Raises:
            InvalidValue: the two cannot be said in one operation.
        """
        operations = self._open_book().operations
        operations[path] = merge(operations.get(path), operation)

    def _waiting_in(self, path: str) -> dict[str, Operation]:
        """The operations that wait at a path, and on paths into it."""
        inside = f"{path}."
        return {at: one for at, one in self._operations().items() if at == path or at.startswith(inside)}

    def _drop_operations(self, path: str) -> None:
        """Forget the operations that wait at a path, and on paths into it: a new value stands there."""
        for waiting in self._waiting_in(path):
            self._operations().pop(waiting)

    # -- what changed --------------------------------------------------------------------

    def _changed_paths(self) -> list[str]:
        """Every column that a save would send, whether or not it can be sent as it is."""
        return list(dict.fromkeys([*(path for path, _, _ in self._compared()), *self._operations()]))

    def _changes(self) -> dict[str, Any]:
        """Every changed column with its new wire value; None stands for a removed value."""
        values = {path: now for path, _, now in self._differences()}
        return {**values, **{path: encode_wire(operation.to_wire()) for path, operation in self._operations().items()}}

    def _operations(self) -> dict[str, Operation]:
        """The atomic operations that wait for the next save."""
        return self._book.operations if self._book is not None else {}

    def _values(self) -> dict[str, Any]:
        """The wire value of every column of an object that was never saved: its row holds what was written here.

        What ``_differences`` finds for it, without comparing: half the time of a save of many new objects.
        """
        seen = self._seen or {}
        try:
            row = encode_row(self._wire, seen, self.schema.compared)
            for path in self._book.replaced if self._book is not None else ():
                if path not in row and seen.get(path) == [] and not self._is_cleared(path):
                    row[path] = []  # unlike the empty list that is read where there is none
            return row
        except InvalidValue:
            for column in self.schema.compared:
                if seen.get(column.path) is not None:
                    self.schema.columns[column.path].encode(seen[column.path])  # says which column it is
            raise

    def _differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Path, old wire value and new wire value of every value changed here; None for no value."""
        for path, was, now in self._compared():
            yield path, None if was is MISSING else was, self._wire_now(path) if now is MISSING else now

    def _compared(self) -> Iterator[tuple[str, Any, Any]]:
        """Path, old and new wire value of every changed value; MISSING for an old one where the row had none.

        The new one is handed on, because encoding each value twice was a tenth of the time of save_all; it is
        MISSING when the value cannot be sent as it is.
        """
        wire, seen, cleared = self._wire, self._seen or {}, _NO_PATHS
        if self._book is not None:
            cleared = self._book.cleared
            for path, was in self._book.was.items():
                now = wire.get(path)
                if self._differs(path, was, now):
                    yield path, was, MISSING if path in seen else now
        columns = self.schema.columns
        for path in seen:
            field = columns[path]
            was = wire.get(path, MISSING)
            # A list or dict as it came needs no encoding: half the time of finding out that nothing changed.
            if not field.compared or (path not in cleared and same(was, seen[path])):
                continue
            try:
                now = self._wire_now(path)
            except (InvalidInput, UnsavedReference):
                # It cannot be sent as it is. A list that came so, with a text that is no member of its enum any more,
                # may have been read only.
                if was is MISSING or not same(field.decode(self, was), seen[path]):
                    yield path, was, MISSING
                continue
            blank = was is MISSING and now == field.blank and self._origin.is_sure(path) and not self._is_replaced(path)
            if self._differs(path, was, now) and not blank:
                yield path, was, now

    def _may_lack(self, path: str) -> bool:
        """Whether the value may lack rows that the server holds, because it was included and not replaced since."""
        return self._origin.includes(path) and not self._is_replaced(path)

    def _is_replaced(self, path: str) -> bool:
        """Whether a whole new value was set, as opposed to one that was read and may have been edited."""
        return self._book is not None and path in self._book.replaced

    def _is_cleared(self, path: str) -> bool:
        """Whether None was given to a list column that is still empty."""
        return self._book is not None and path in self._book.cleared and not (self._seen or {}).get(path)

    def _wire_now(self, path: str) -> Any:
        """The wire value of a column as it stands; None for no value."""
        field = self.schema.columns.get(path)
        value = (self._seen or {}).get(path, MISSING)
        if value is MISSING or field is None or not field.compared:
            return self._wire.get(path)
        return None if value is None or (not value and self._is_cleared(path)) else field.encode(value)

    def _differs(self, path: str, was: Any, now: Any) -> bool:
        if was is now:
            return False
        if was is MISSING:
            return now is not None or not self._origin.is_sure(path)
        if now is None or was is None:
            return was is not now
        return not same(was, now) and not (isinstance(was, (dict, list)) and same(without_rows(was), now))

    # -- taking over what the server says --------------------------------------------------

    def _settle(self, sent: dict[str, Any], answer: dict[str, Any], operated: Collection[str] = ()) -> None:
        """Take over what was saved and what the server says the row is now.

        What was set while the request was under way, or set before and not sent, is a change, which waits for the next
        save, whatever a trigger made of the same column.

        Args:
            sent: The values that were sent.
            answer: What the server says beyond them.
            operated: The columns, or paths, whose operations were sent.
        """
        wire, book = self._wire, self._book
        late: set[str] = set()
        if book is not None:
            late = {path for path in book.was if path in sent and wire.get(path) is not sent[path]}
            others = {path: was for path, was in book.was.items() if path not in sent}
            book.was = others | {path: _or_missing(sent[path]) for path in late}
            book.replaced = book.replaced.difference(sent)
            book.cleared &= book.replaced
            if others:
                done = _columns_of(operated)
                late.update(p for p, was in others.items() if p not in done and self._differs(p, was, wire.get(p)))
        for path, value in sent.items():
            if path in late:
                continue
            known = wire.get(path)
            if value is None:
                wire.pop(path, None)
            elif known is not value:
                wire[path] = value if known is None else _richer(known, value)
        for path, value in answer.items():
            if value.__class__ is dict or "." in path:
                path, value = self._told(path, value, answer, late)
            if path not in late and path not in sent and self._is_edited(path, operated):
                wire[path] = value  # what the edit is a change of
            else:
                self._take(path, value, late)

    def _is_edited(self, path: str, operated: Collection[str]) -> bool:
        """Whether a list or dict was edited in place, and nothing of that was sent."""
        if not self._seen or path not in self._seen or not self.schema.columns[path].compared:
            return False
        return path not in _columns_of(operated) and any(path == changed for changed, _, _ in self._differences())

    def _settle_creation(self, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        """What ``_settle`` does, for a new row: it is what was sent, and what the server added."""
        wire, before = sent.copy(), self._wire
        book, seen = self._book, self._seen or ()
        late: dict[str, Any] = {}
        if book is not None:
            # Nearly always nothing was set meanwhile, which this finds out without a look at each column.
            if not before.items() <= sent.items():
                late = {path: before.get(path) for path in book.was if before.get(path) is not sent.get(path)}
                wire.update(late)
            book.was = {path: _or_missing(sent.get(path)) for path in late} if late else {}
            book.replaced = book.cleared = frozenset()
        self._wire = wire
        for path, value in answer.items():
            if value.__class__ is dict or "." in path:
                path, value = self._told(path, value, answer, late)
            if path in wire or path in seen:
                self._take(path, value, late)
            elif value is not None:
                wire[path] = value

    def _settle_operations(self, operations: dict[str, Operation], rest: dict[str, Any]) -> dict[str, Any]:
        """Take over what became of atomic operations; gives the rest of the answer.

        The answer to an operation on ``info.size`` holds ``info`` with nothing but ``size`` (Parse Server 9.10), so it
        is laid over what is known. A value that the answer leaves out is worked out here, if it was known before.
        """
        for path, operation in operations.items():
            column, _, inside = path.partition(".")
            if self._book is not None:
                self._book.operations.pop(path, None)
            if inside:
                if isinstance(rest.get(column), dict):
                    rest[column] = _laid_over(self._wire.get(column), rest[column])
                elif column in self._wire:
                    rest[column] = applied(self._wire[column], inside.split("."), operation)
            elif column not in rest and (column in self._wire or self._origin.is_sure(column)):
                value = _left_out(operation, without_rows(self._wire.get(column)))
                if value is not None or column in self._wire:
                    rest[column] = value
        return rest

    def _told(self, path: str, value: Any, answer: dict[str, Any], late: Collection[str]) -> tuple[str, Any]:
        """The column and the value that a part of an answer tells, for what may be other than the value itself.

        What a trigger unset comes as ``{"__op": "Delete"}``, and what it set inside an object column under the path,
        ``info.size``. What it incremented inside one comes as the object with nothing but that, ahead of the times
        and the id of the row, which the server adds later; a whole object comes after them (9.10).
        """
        column, _, inside = path.partition(".")
        unset = type(value) is dict and "__op" in value
        if not inside and (unset or not _is_part(path, value, answer)):
            return path, None if unset else value
        known = self._book.was[column] if column in late and self._book is not None else self._wire.get(column, MISSING)
        if known is MISSING and not self._origin.is_sure(column):
            return column, None  # nobody knows the rest of it
        if not inside:
            return path, _laid_over(known, value)
        if unset and "createdAt" in answer:
            return column, _none_if_missing(known)  # the server says so of a new row, too, but keeps the value (9.10)
        return column, _changed_inside(known, inside.split("."), lambda _: None if unset else value)

    def _take(self, path: str, value: Any, late: Collection[str]) -> None:
        """Accept one value from the server; what was decoded before is forgotten when it no longer holds.

        A column that was set while the request was under way stays as it was set: a change of the server's value.
        """
        wire, seen = self._wire, self._seen
        if path in late and self._book is not None:
            self._book.was[path] = _or_missing(value)
            return
        known = wire.get(path, MISSING)
        if value is None:
            wire.pop(path, None)
        else:
            wire[path] = _richer(known, value)
        if self._book is not None:
            self._book.was.pop(path, None)
        if not seen or path not in seen or (value is not None and known is not MISSING and same(known, value)):
            return
        field = self.schema.columns.get(path)
        if value is None or field is None or not field.compared or not same(self._wire_now(path), value):
            del seen[path]
            if self._book is not None and path in self._book.replaced:  # what was set is not what is there any more
                self._book.replaced -= {path}
                self._book.cleared -= {path}

    def _keep_children(self, wire: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
        """Keep what came along with an older row: the included rows, in the fresh one, and the objects made of them.

        Args:
            wire: the fresh row; its bare pointers become the included rows that are known already.
            seen: what was decoded of the old row.

        Returns:
            The decoded values that still hold.
        """
        kept = {}
        for path in list(wire):
            known, fresh = self._wire.get(path), wire[path]
            wire[path] = _richer(known, fresh)
            if path in seen and is_reference(fresh) and not is_row(fresh) and same(without_rows(known), fresh):
                kept[path] = seen[path]
        return kept

    # -- going back ------------------------------------------------------------------------

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
            self._book.operations.clear()
            self._book.replaced = self._book.cleared = frozenset()
            self._book.errors = None
        self._seen = None

    def _snapshot(self) -> Snapshot:
        """All of the state as it stands, what is pending included."""
        seen = None if self._seen is None else {path: (value, own_copy(value)) for path, value in self._seen.items()}
        book = None if self._book is None else self._book.copy()
        return Snapshot(dict(self._wire), self._origin, seen, book)

    def _go_back(self, snapshot: Snapshot) -> None:
        """Be again what the snapshot says; lists and dicts that did not change stay the same objects."""
        self._wire = dict(snapshot.wire)
        self._origin = snapshot.origin
        self._seen = None if snapshot.seen is None else {path: _before(*pair) for path, pair in snapshot.seen.items()}
        self._book = None if snapshot.book is None else snapshot.book.copy()


def _left_out(operation: Operation, known: Any) -> Any:
    """The value after an operation whose answer leaves the column out.

    Where a beforeSave trigger is set, that means that the operation changed nothing (9.10). ``Add`` changes nothing on
    Postgres, which drops the doubles of what is there first, when that leaves what was there: ``[x, x]`` stays so.
    """
    if isinstance(operation, Add) and known and all(item in known for item in operation.objects):
        return known
    return operation.apply(known)


def _columns_of(paths: Collection[str]) -> set[str]:
    """The columns that paths such as ``info.size`` lead into."""
    return {path.partition(".")[0] for path in paths}


def _none_if_missing(value: Any) -> Any:
    return None if value is MISSING else value


def _or_missing(value: Any) -> Any:
    return MISSING if value is None else value


def refer(lead: "Lead", wire: dict[str, Any]) -> Any:
    """An object of a reference on the wire.

    Args:
        lead: where the references of its column lead.
        wire: the reference: an included row or a bare pointer.
    """
    model, inside, bare = lead
    one = _new(model)
    if wire["__type"] == "Object":  # is_row, without a call for each pointer that is read
        one._wire = wire.copy()
        one._origin = inside
    else:
        one._wire = {"objectId": wire["objectId"]}
        one._origin = bare
    one._seen = None
    one._book = None
    return one


_new = object.__new__


def own_copy(value: Any, level: int = 1) -> Any:
    """A copy of the lists, dicts and ACLs in a value, which may change in place; all else in it stays the same.

    Raises:
        InvalidValue: it is nested deeper than Python can follow, or in a circle.
    """
    try:
        if level > DEEPEST_COPY:
            raise TooDeep.unfollowed()
        if isinstance(value, (list, tuple)):
            return [own_copy(item, level + 1) for item in value]
        if isinstance(value, dict):
            return {key: own_copy(item, level + 1) for key, item in value.items()}
        return copy(value) if isinstance(value, ACL) else value
    except RecursionError:
        raise TooDeep.unfollowed() from None


def _before(value: Any, kept: Any) -> Any:
    return value if value == kept else kept


def _richer(known: Any, fresh: Any) -> Any:
    """A fresh value with its bare pointers replaced by the rows of the known one that they lead to."""
    if type(known) is not type(fresh):
        return fresh
    if isinstance(fresh, list):
        rows = {(item["className"], item["objectId"]): item for item in known if is_reference(item) and is_row(item)}
        if not rows:
            return fresh
        return [rows.get((item["className"], item["objectId"]), item) if _is_bare(item) else item for item in fresh]
    if _is_bare(fresh) and is_reference(known) and same(without_rows(known), without_rows(fresh)):
        return known
    return fresh


def _is_part(path: str, value: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether an object column comes with nothing but what an operation changed inside it."""
    if "__type" in value:
        return False
    order = list(answer)
    return any(name in order[order.index(path) :] for name in ("objectId", "updatedAt"))


def _is_bare(value: Any) -> bool:
    return is_reference(value) and not is_row(value)


def _laid_over(known: Any, part: dict[str, Any]) -> dict[str, Any]:
    """A known object with a part of it replaced; keys that the part does not have stay."""
    if not isinstance(known, dict):
        return part
    return {
        **known,
        **{key: _laid_over(known.get(key), value) if isinstance(value, dict) else value for key, value in part.items()},
    }


def applied(value: Any, steps: Iterable[str], operation: Operation) -> Any:
    """What an object becomes when an operation changes one value inside it."""
    return _changed_inside(value, steps, operation.apply)


def _changed_inside(value: Any, steps: Iterable[str], change: Callable[[Any], Any]) -> Any:
    first, *rest = steps
    held = dict(value) if isinstance(value, dict) else {}
    now = _changed_inside(held.get(first), rest, change) if rest else change(held.get(first))
    if now is None:
        held.pop(first, None)
    else:
        held[first] = now
    return held
