"""A write is what one object sends to create or change its row, and what it does with the answer.

A save sends one write alone, a batch and a transaction send many in one request; the object cannot tell the
difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..client import requests as paths
from ..client.answers import unusable
from ..client.batch import BatchOperation, Outcome, is_unknown
from ..client.idempotency import new_request_id
from ..codec.encode import encode_wire
from ..errors import AnswerCutShort, InternalServerError, ParseOrmError, UnsavedReference
from ..types.operations import DELETE, Operation, merge
from ..types.secret import hide
from .references import refuse_foreign_references


@dataclass(slots=True)
class Write:
    """What is sent for one object.

    Attributes:
        record: the object.
        creates: whether the row is new.
        body: the JSON of the request.
        values: the columns that are set, by wire name; None stands for a removed value.
        operations: the atomic operations, by wire path.
        before: the old wire value of every column in ``values``; none for a new object.
    """

    record: Any
    creates: bool
    body: dict[str, Any]
    values: dict[str, Any]
    operations: dict[str, Operation]
    before: dict[str, Any]

    @classmethod
    def of(cls, record: Any) -> "Write | None":
        """What an object has to send now; None when nothing changed.

        Raises:
            UnsavedReference: it refers to an object that was never saved.
            InvalidValue: a value cannot be sent, or it refers to a row of another server.
        """
        try:
            return cls._creation(record) if record.is_new else cls._change(record)
        except UnsavedReference:
            record._refuse_unsaved_references()  # says which column it is
            raise

    @classmethod
    def _creation(cls, record: Any) -> "Write":
        """What creates an object: its values as they are, for there is no row to compare them with."""
        values, waiting = record._values(), record._operations()
        refuse_foreign_references(record, waiting)
        if not waiting:
            return cls(record, True, record._creating(values), values, {}, {})
        operations = {path: operation for path, operation in waiting.items() if path not in values}
        return cls(record, True, record._creating({**values, **_sent(operations)}), values, operations, {})

    @classmethod
    def _change(cls, record: Any) -> "Write | None":
        """What changes a row: the differences, those that an operation says better as that.

        An operation that waits on a column that was edited goes out in the value, for one save sends both.
        """
        differences = {path: (was, now) for path, was, now in record._differences()}
        waiting = record._operations()
        if not differences and not waiting:
            return None
        refuse_foreign_references(record, waiting)
        operations = _edits(record, differences)
        if waiting:
            for path in {path.partition(".")[0] for path in waiting} & differences.keys():
                if path in operations:
                    operations[path] = merge(waiting[path], operations[path])
                else:
                    was, _ = differences[path]
                    differences[path] = was, record._fold_waiting(path, was)
            operations = {**waiting, **operations}
        values = {path: now for path, (_, now) in differences.items() if path not in operations}
        before = {path: differences[path][0] for path in values}
        body = {path: DELETE if value is None else value for path, value in values.items()}
        return cls(record, False, body | _sent(operations), values, operations, before)

    @property
    def path(self) -> str:
        """The path of the request."""
        return paths.collection(self.record.schema.class_name) if self.creates else self.record._path()

    @property
    def item(self) -> BatchOperation:
        """The write as one item of a batch."""
        return BatchOperation("POST" if self.creates else "PUT", self.path, self.body)

    @property
    def doing(self) -> str:
        """What is being done, for messages."""
        return f"{'creating' if self.creates else 'saving'} {self.record._title()}"

    @property
    def alone(self) -> bool:
        """Whether it has to travel alone: a create that was sent before, and only alone can the server tell."""
        return self.creates and self.record._book is not None and bool(self.record._book.lost)

    def send(self, client: Any, credential: Any, context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Send it alone, and give the answer.

        A create whose answer was lost before has the request id that it had then.

        Raises:
            DuplicateRequest: it was sent before, and most likely done.
        """
        if not self.creates:
            answer: dict[str, Any] = client.request(
                "PUT", self.path, self.body, credential=credential, context=context, doing=self.doing
            )
            return answer
        again = self.alone
        ids = [self.record._book.lost if again else new_request_id()]
        try:
            made: dict[str, Any] = client.create(
                self.record.schema.class_name,
                self.body,
                credential=credential,
                context=context,
                doing=self.doing,
                ids=ids,
                again=again,
            )
        except BaseException as error:
            self.note_lost(error, ids[-1])
            raise
        return made

    def send_in_place(self, client: Any, credential: Any, context: Mapping[str, Any] | None) -> Outcome:
        """Send it alone in place of an item of a batch."""
        try:
            return Outcome(self.send(client, credential, context))
        except ParseOrmError as error:
            return Outcome(error=error)

    def note_lost(self, error: BaseException, request_id: str = "") -> None:
        """Let a new object remember that it may have a row, if that is how its create ended.

        Args:
            error: How it ended.
            request_id: The id of the request; "" for a batch, of whose items the server remembers none.
        """
        if isinstance(error, InternalServerError) and error.code is not None:
            request_id = ""  # a server with idempotency would refuse it from now on, whatever became of the row
        if is_unknown(error):
            self._remember(request_id)

    def _remember(self, request_id: str) -> None:
        if self.creates:
            book = self.record._open_book()
            book.lost = request_id or book.lost or ""

    def receive(self, client: Any, credential: Any, outcome: Outcome) -> None:
        """Take over what became of it in a batch.

        Raises:
            ParseOrmError: it failed.
        """
        if outcome.error is not None:
            self.note_lost(outcome.error)
            raise outcome.error
        self.settle(client, credential, outcome.result or {})

    def settle(self, client: Any, credential: Any, answer: Mapping[str, Any]) -> None:
        """Take over what the server made of it.

        Raises:
            AnswerCutShort: the row was made, but the answer does not tell its id.
        """
        record, operations = self.record, self.operations
        if record.schema.secret and isinstance(answer, dict):
            hide(answer, record.schema.secret)
        try:
            rest = self._made(client, credential, answer) if self.creates else dict(answer)
        except AnswerCutShort as error:
            self.note_lost(error)
            raise
        if operations:
            rest = record._settle_operations(operations, rest)
        record._saved(client, self.values, rest, operations)
        operated = {path: record._both(path, None, record._now(path)) for path in operations} if operations else {}
        book = record._open_book()
        book.previous = partial(_previous, self.before, self.values, operated)
        book.lost = None

    def _made(self, client: Any, credential: Any, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What the server holds of a new row beyond the values that were set here."""
        if not isinstance(answer.get("objectId"), str):
            found = self.record._row_of_nameless_answer(client, credential, self.body, answer)
            if found is None:
                raise unusable(answer, "the row was made, but the answer does not tell its id", doing=self.doing)
            answer = found
        made = {"updatedAt": answer["createdAt"], **answer} if "createdAt" in answer else {**answer}
        if "ACL" in self.body and "ACL" not in self.values:  # that of the policy; the answer does not repeat it
            made.setdefault("ACL", self.body["ACL"])
        return made


def _sent(operations: Mapping[str, Operation]) -> dict[str, Any]:
    """The JSON of operations."""
    return {path: encode_wire(operation.to_wire()) for path, operation in operations.items()}


def _previous(
    before: Mapping[str, Any], values: Mapping[str, Any], operated: Mapping[str, tuple[Any, Any]], record: Any
) -> dict[str, tuple[Any, Any]]:
    """Old and new values by field name; those of operations are at hand, those of values are still JSON."""
    found = {
        path: record._both(path, record._read(path, before.get(path)), record._read(path, values.get(path)))
        for path in {**before, **values}
    }
    return {record._name_of(path): both for path, both in {**found, **operated}.items()}


def _edits(record: Any, differences: Mapping[str, tuple[Any, Any]]) -> dict[str, Operation]:
    """The changes that are sent as operations, because the whole value may not be known here."""
    columns = record.schema.columns
    found = {path: columns[path].as_edit(record, *both) for path, both in differences.items() if path in columns}
    return {path: operation for path, operation in found.items() if operation is not None}
