"""Atomic operations: the server changes the value that the row has by then, whatever others did meanwhile."""

from typing import Any, Self

from ..client.interrupts import DeferredInterrupt
from ..codec.encode import encode, encode_real, refuse_server_key
from ..errors import InvalidValue
from ..expressions.where import same
from ..fields.record import MISSING, applied
from ..fields.servers import refuse_rows_of_another_server
from ..types.depth import short_repr
from ..types.operations import BY_NAME, DELETE, Delete, Increment, Operation
from ..types.secret import hidden
from .saving import Saving


class Atomic(Saving):
    """Operations on one column, sent at once or kept for the next save.

    ``send=False`` keeps an operation for the next save, where it rides along; two on one column become one.
    ``increment`` and ``unset`` also take a path into an object column, such as ``info.size``.
    """

    __slots__ = ()

    def increment(
        self,
        field: str,
        by: int | float = 1,
        *,
        send: bool = True,
        session: Any = None,
        master: bool | None = None,
    ) -> Self:
        """Add to a number on the server, whatever it is by then.

        Args:
            field: the attribute name of a number, or a path into an object column: ``"info.size"``.
            by: what to add; negative to subtract. A whole number for a column of whole numbers.
            send: False keeps it for the next save.
            session: act with the token of this user.
            master: True acts with the master key.

        Raises:
            UnknownField: no such field.
            InvalidValue: the field is no number, ``by`` is none that it can hold, or what is known here of the sum is
                beyond 2**53, where the server rounds.
            ParseError: the server refused.
        """
        session = hidden(session)
        path = self._path_of(field)
        if "." not in path:
            self._refuse_shape("increment", path, "Number", "numbers")
        return self._operate(path, Increment(self._amount(field, path, by)), send, session, master)

    def add(self, field: str, *values: Any, send: bool = True, session: Any = None, master: bool | None = None) -> Self:
        """Append to an array on the server; the arguments as for ``increment``.

        On Postgres the server drops doubles of what was there and may change its order (9.10): what it made of the
        array is taken over here. Where the order matters, append to the list and save it.
        """
        session = hidden(session)
        return self._edit_list("add", field, values, send, session, master)

    def add_unique(
        self, field: str, *values: Any, send: bool = True, session: Any = None, master: bool | None = None
    ) -> Self:
        """Append to an array on the server what is not in it yet; the arguments as for ``increment``."""
        session = hidden(session)
        return self._edit_list("add_unique", field, values, send, session, master)

    def remove(
        self, field: str, *values: Any, send: bool = True, session: Any = None, master: bool | None = None
    ) -> Self:
        """Take values out of an array on the server; the arguments as for ``increment``."""
        session = hidden(session)
        return self._edit_list("remove", field, values, send, session, master)

    def unset(self, field: str, *, session: Any = None, master: bool | None = None) -> Self:
        """Remove the value of a column at once; nothing is sent when the column has none, as far as it is known here.

        Args:
            field: the attribute name, or a path into an object column.
            session: act with the token of this user.
            master: True acts with the master key.
        """
        session = hidden(session)
        path = self._path_of(field)
        if "." in path:
            return self._unset_inside(path, session, master)
        column, before = self.schema.columns[path], self._snapshot()
        removed = None if self.is_new else column.removed()
        absent = self.is_new or (self._origin.is_sure(path) and not self._had(path))
        column.assign(self, None)  # a value that waits to be saved goes, too
        if absent:
            return self
        try:
            self._send_operation(path, Delete(), session, master, removed)
        except BaseException:
            self._go_back(before)
            raise
        if self._seen and self._seen.get(path) is None:
            self._seen.pop(path, None)
        return self

    # -- helpers -------------------------------------------------------------------------------

    def _unset_inside(self, path: str, session: Any, master: bool | None) -> Self:
        """Remove a value inside an object, and with it whatever waits there. Of nothing, the server makes ``{}``."""
        column = path.partition(".")[0]
        absent = self._is_known(column) and column not in self._compared_paths() and self._wire_now(column) is None
        if not absent:
            self._operate(path, Delete(), True, session, master)
        self._drop_operations(path)
        return self

    def _path_of(self, field: str) -> str:
        """The wire path of a field that may be written, or of a value inside one."""
        _check_name(field)
        name, dot, inside = field.partition(".")
        column = self._writable(name)
        if dot and column.shape != "Object":
            raise InvalidValue(f"{column.label} is a {column.shape} column: only an object column has keys")
        for key in inside.split("."):
            refuse_server_key(key)
        return str(column.path) + dot + inside

    def _amount(self, field: str, path: str, by: Any) -> int | float:
        """What to add, as JSON; checked, and with it the sums that are known here."""
        name = f"{self.schema.name}.{field}"
        if isinstance(by, bool) or not isinstance(by, (int, float)):
            raise InvalidValue(f"{name}: increment takes a number, not {short_repr(by)}")
        column, *inside = path.split(".")
        kind = self.schema.columns[column].kind
        whole = kind.name == "int" and not inside
        if whole and isinstance(by, float) and by.is_integer():
            by = int(by)
        number = encode_real if kind.name == "float" else encode
        try:
            amount: int | float = number(by)
            if whole and isinstance(amount, float):
                raise InvalidValue(f"a column of whole numbers is incremented by one, not by {amount}")
            waiting, known = self._operations().get(path), _value_at(self._wire.get(column), inside)
            total = number(amount + waiting.amount) if isinstance(waiting, Increment) else amount
            if type(known) in (int, float):
                number(known + total)
        except (InvalidValue, OverflowError) as error:
            raise InvalidValue(f"{name}: {error}") from None
        return amount

    def _refuse_shape(self, verb: str, path: str, shape: str, plural: str) -> None:
        column = self.schema.columns[path]
        if column.shape not in {shape, "Any"}:
            raise InvalidValue(f"{column.label} is a {column.shape} column: {verb} works on {plural}")

    def _edit_list(
        self, verb: str, field: str, values: tuple[Any, ...], send: bool, session: Any, master: bool | None
    ) -> Self:
        _check_name(field)
        if "." in field:
            raise InvalidValue(
                f"{self.schema.name}.{field}: {verb} cannot reach into an object, Parse Server would store the "
                "operation itself there (9.10 on Postgres): change the dict and save()"
            )
        path = self._path_of(field)
        self._refuse_shape(verb, path, "Array", "arrays")
        if not values:
            return self
        elements = self.schema.columns[path].encode(list(values))
        refuse_rows_of_another_server(self._origin.client, values, f"{self.schema.name}.{field}")
        return self._operate(path, BY_NAME[verb](elements), send, session, master)

    def _operate(self, path: str, operation: Operation, send: bool, session: Any, master: bool | None) -> Self:
        """Send one operation, or keep it. A value that waits to be saved takes it here instead."""
        column = path.partition(".")[0]
        edited = {} if self.is_new else {path: was for path, was, _ in self._compared()}
        if self.is_new or column in edited:
            if self._waiting_in(column):
                self._fold_waiting(column, edited.get(column))
            self._apply_here(path, operation)
            return self if self.is_new or not send else self.save(session=session, master=master)
        if not send:
            self._queue(path, operation)
            return self
        if path in self._operations():
            self._queue(path, operation)
            operation = self._operations()[path]
        self._send_operation(path, operation, session, master)
        return self

    def _apply_here(self, path: str, operation: Operation) -> None:
        column, _, inside = path.partition(".")
        field = self.schema.columns[column]
        wire = field.encode(value) if (value := getattr(self, field.name)) is not None else None
        if inside and isinstance(operation, Delete) and not _has(wire, inside.split(".")):
            return
        now = applied(wire, inside.split("."), operation) if inside else operation.apply(wire)
        field.assign(self, self._read(column, now))

    def _fold_waiting(self, column: str, was: Any) -> Any:
        """Do the operations that wait on an edited column here, as if the edit had come after them.

        Args:
            column: the wire name.
            was: the wire value that was edited; what the edit changed or removed in it, no operation changes again.

        Returns:
            The new wire value.

        Raises:
            InvalidValue: a number is added to what is none.
        """
        edited = now = self._wire_now(column)
        for path, operation in self._waiting_in(column).items():
            _, *steps = path.split(".")
            try:
                if not steps:
                    now = operation.apply(now)
                elif not _is_edited_at(was, edited, steps):
                    now = applied(now, steps, operation)
            except TypeError:
                name = self._name_of(path)
                raise InvalidValue(f"{self.schema.name}.{name}: increment works on numbers") from None
        if now is not edited:
            self._put_here(column, now)
        self._drop_operations(column)
        return now

    def _put_here(self, column: str, wire: Any) -> None:
        """Change a value, the list or dict that is held already in place: somebody may hold it, too."""
        held, fresh = (self._seen or {}).get(column), self._read(column, wire)
        if type(held) is list and type(fresh) is list:
            rest = iter(list(held))
            held[:] = [next((one for one in rest if one == item), item) for item in fresh]
        elif type(held) is dict and type(fresh) is dict:
            kept = {key: held[key] if held.get(key) == item else item for key, item in fresh.items()}
            held.clear()
            held.update(kept)
        else:
            self.schema.columns[column].assign(self, fresh)

    def _had(self, path: str) -> bool:
        """Whether the row has a value in a column, as far as it is known, whatever was set here since."""
        was = self._book.was.get(path, self._wire.get(path)) if self._book is not None else self._wire.get(path)
        return was is not None and was is not MISSING

    def _send_operation(
        self, path: str, operation: Operation, session: Any, master: bool | None, wire: Any = DELETE
    ) -> None:
        """Send one operation alone; ``wire`` is the value that is sent to remove one, where that is no operation."""
        told = None if wire == DELETE else wire
        client, credential = self._asking(session, master)
        with DeferredInterrupt():
            answer = client.request(
                "PUT",
                self._path(),
                {path: told or operation.to_wire()},
                credential=credential,
                doing=f"saving {self._title()}",
            )
            rest = dict(answer) if told else self._settle_operations({path: operation}, dict(answer))
            sent = {path: told} if isinstance(operation, Delete) and "." not in path else {}
            self._saved(client, sent, rest, (path,))


def _check_name(field: object) -> None:
    if not isinstance(field, str):
        raise InvalidValue(f"give the name of a field as text, such as 'plays', not {short_repr(field)}")


def _is_edited_at(was: Any, now: Any, steps: list[str]) -> bool:
    """Whether an edit changed or removed the value at a path, or an object that the path leads through."""
    for step in steps:
        if not isinstance(now, dict):
            return was is not None or now is not None
        was, now = was.get(step) if isinstance(was, dict) else None, now.get(step)
    return not same(was, now)


def _has(value: Any, steps: list[str]) -> bool:
    """Whether there is a value inside an object, be it a null."""
    *way, last = steps
    held = _value_at(value, way)
    return isinstance(held, dict) and last in held


def _value_at(value: Any, steps: list[str]) -> Any:
    """The value inside an object; None where there is none."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
