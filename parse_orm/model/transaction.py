"""A transaction: several saves and destroys in one request, of which all are done or none."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from ..client.batch import BatchOperation, Outcome, run_batch
from ..client.interrupts import DeferredInterrupt, unless_interrupted
from ..errors import BadQuery, InternalServerError, InvalidValue, RecordNotSaved, TransactionConflict
from ..fields.record import Record, Snapshot
from ..types.depth import short_repr
from ..types.secret import hidden
from .callbacks import Passage
from .write import Write

M = TypeVar("M")

#: Seconds before the first repeat of a transaction that met another one; each further pause is longer by as much.
PAUSE = 0.1


class Transaction:
    """What a ``with orm.transaction()`` block collects; it is sent when the block ends without an exception.

    >>> import parse_orm as orm
    >>> class Account(orm.ParseObject):
    ...     balance = orm.property(int, default=0)
    >>> with orm.transaction() as tx:
    ...     pass
    >>> len(tx)
    0

    Attributes:
        committed: whether the server has done all of it.
    """

    def __init__(
        self,
        *,
        session: Any = None,
        master: bool | None = None,
        context: Mapping[str, Any] | None = None,
        callbacks: bool = True,
        validate: bool = True,
        retries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with nothing; see ``transaction``."""
        session = hidden(session)
        self.committed = False
        self._session, self._master, self._context = session, master, context
        self._callbacks, self._validate = callbacks, validate
        self._retries, self._sleep = retries, sleep
        self._steps: dict[int, _Step] = {}

    def save(self, record: M) -> M:
        """Create or change the row of an object with the others.

        Returns:
            The object itself; it gets its id when the block has ended.

        Raises:
            RecordNotSaved: the transaction destroys it, or it was destroyed before.
        """
        return self._add(_Saves, record)

    def destroy(self, record: M) -> M:
        """Delete the row of an object with the others; one that was never saved needs nothing.

        Returns:
            The object itself.

        Raises:
            RecordNotSaved: the transaction saves it.
        """
        return self._add(_Destroys, record)

    def __len__(self) -> int:
        """How many objects take part."""
        return len(self._steps)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._commit()

    # -- helpers -------------------------------------------------------------------------------

    def _add(self, step: "type[_Step]", record: M) -> M:
        if not isinstance(record, Record):
            raise InvalidValue(f"a transaction takes one object of a model at a time, not {short_repr(record)}")
        present = self._steps.get(id(record))
        if present is not None and type(present) is not step:
            raise RecordNotSaved(f"{record!r} cannot be saved and destroyed in one transaction", object=record)
        if present is None:
            self._steps[id(record)] = step(record)
        return record

    def _commit(self) -> None:
        """All of it in one request; when anything fails before it is done, every object is again what it was."""
        steps = list(self._steps.values())
        before: list[tuple[Any, Snapshot]] = [(step.record, step.record._snapshot()) for step in steps]
        passages: list[Passage] = []
        try:
            for step in steps:
                passages.append(step.enter(self._callbacks, self._validate))
            sent = [step for step in steps if step.prepare()]
        except BaseException as error:
            _undo(passages, before, error)
            raise
        try:
            with DeferredInterrupt():
                errors = self._settled(sent, passages, before)
        except BaseException as error:
            _abandon(passages, error)
            raise
        errors += _errors_of(passage.leave for passage in passages)
        if errors:
            raise errors[0]

    def _settled(
        self, steps: "list[_Step]", passages: list[Passage], before: list[tuple[Any, Snapshot]]
    ) -> list[Exception]:
        """Send all steps, and let each take over its answer; gives what went wrong with that."""
        try:
            asker, answers = self._answers(steps)
        except BaseException as error:
            _undo(passages, before, error)
            if (
                not isinstance(error, InternalServerError) or error.code is None
            ):  # with a code it was rolled back (9.10)
                for step in steps:
                    step.note_lost(error)
            raise
        self.committed = True
        return _errors_of(partial(step.settle, *asker, answer) for step, answer in zip(steps, answers, strict=True))

    def _answers(self, steps: "list[_Step]") -> tuple[tuple[Any, Any], list[dict[str, Any]]]:
        """The client with the credential, and the server's answer to each step.

        Raises:
            ParseError: the server refused, and did nothing.
            TransportError: no answer came, so nobody knows whether the server did all of it or nothing.
        """
        if not steps:
            return (None, None), []
        client, credential = self._asker(steps)
        outcomes = self._send(client, credential, [step.item for step in steps])
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        return (client, credential), [outcome.result or {} for outcome in outcomes]

    def _send(self, client: Any, credential: Any, items: list[BatchOperation]) -> list[Outcome]:
        """A transaction that met another one was rolled back by the server, so it may be sent again."""
        for attempt in range(1, self._retries + 1):
            outcomes = self._once(client, credential, items)
            if not any(isinstance(outcome.error, TransactionConflict) for outcome in outcomes):
                return outcomes
            with unless_interrupted():
                self._sleep(PAUSE * attempt)
        return self._once(client, credential, items)

    def _once(self, client: Any, credential: Any, items: list[BatchOperation]) -> list[Outcome]:
        return run_batch(
            client,
            items,
            credential,
            transaction=True,
            context=self._context,
            doing=f"a transaction of {len(items)}",
        )

    def _asker(self, steps: "list[_Step]") -> tuple[Any, Any]:
        askers = [step.record._asking(self._session, self._master) for step in steps]
        client, credential = askers[0]
        for step, (other_client, other) in zip(steps, askers, strict=True):
            if other_client is not client or other != credential:
                raise BadQuery(
                    f"{step.record!r} would be written with another client or credential than the rest: one "
                    "transaction is one request. Give session= or master= to transaction()"
                )
        return client, credential


def _errors_of(calls: Iterable[Callable[[], None]]) -> list[Exception]:
    """Every call has its turn, whatever the others raise; gives what they raised."""
    errors: list[Exception] = []
    for call in calls:
        try:
            call()
        except Exception as error:
            errors.append(error)
    return errors


def _abandon(passages: list[Passage], error: BaseException) -> None:
    for passage in reversed(passages):
        passage.abandon(error)


def _undo(passages: list[Passage], before: list[tuple[Any, Snapshot]], error: BaseException) -> None:
    """Let every object be again what it was."""
    _abandon(passages, error)
    for record, snapshot in before:
        record._go_back(snapshot)


class _Step:
    """The part of one object."""

    def __init__(self, record: Any) -> None:
        self.record = record
        self.item: Any = None

    def enter(self, callbacks: bool, validate: bool) -> Passage:
        """Run what comes before."""
        raise NotImplementedError

    def prepare(self) -> bool:
        """Work out what is sent; False for nothing."""
        raise NotImplementedError

    def settle(self, client: Any, credential: Any, answer: dict[str, Any]) -> None:
        """Take over what the server did."""
        raise NotImplementedError

    def note_lost(self, error: BaseException) -> None:
        """Remember how the request ended, where that matters."""


class _Saves(_Step):
    def __init__(self, record: Any) -> None:
        record._refuse_destroyed()
        super().__init__(record)

    def enter(self, callbacks: bool, validate: bool) -> Passage:
        if validate:
            self.record._validate(callbacks)
        passage = Passage(self.record, self.record._moments() if callbacks else ())
        passage.enter()
        return passage

    def prepare(self) -> bool:
        self.write = Write.of(self.record)
        self.item = self.write and self.write.item
        return self.item is not None

    def settle(self, client: Any, credential: Any, answer: dict[str, Any]) -> None:
        assert self.write is not None
        self.write.settle(client, credential, answer)

    def note_lost(self, error: BaseException) -> None:
        assert self.write is not None
        self.write.note_lost(error)


class _Destroys(_Step):
    def enter(self, callbacks: bool, validate: bool) -> Passage:
        passage = Passage(self.record, ("destroy",) if callbacks and not self.record.is_new else ())
        passage.enter()
        return passage

    def prepare(self) -> bool:
        self.item = None if self.record.is_new else self.record._deletion()
        return self.item is not None

    def settle(self, client: Any, credential: Any, answer: dict[str, Any]) -> None:
        self.record._mark_gone()


def transaction(
    *,
    session: Any = None,
    master: bool | None = None,
    context: Mapping[str, Any] | None = None,
    callbacks: bool = True,
    validate: bool = True,
    retries: int = 5,
) -> Transaction:
    """Save and destroy several objects in one request, of which all are done or none.

    ``with orm.transaction() as tx: tx.save(a); tx.destroy(b)`` sends when the block ends, and nothing when it raises.
    When the server refuses, every object is again what it was before the request: ids, timestamps and loaded values,
    and what was pending is still pending. The same holds when the answer is lost, though the server may have done all
    of it: ``may_exist`` of the new objects says so. Ctrl-C waits for the request that is on its way. On MongoDB the
    server needs a replica set.

    Args:
        session: act with the token of this user.
        master: True acts with the master key.
        context: a JSON object for Cloud Code triggers.
        callbacks: False skips the callbacks.
        validate: False skips the validations.
        retries: how often a transaction that met another one is sent again.

    Returns:
        What the block collects into.

    Raises:
        RecordInvalid: a validation failed; nothing was sent.
        RecordNotSaved: a callback stopped it; nothing was sent.
        UnsavedReference: an object refers to one that was never saved. The objects of one transaction have no ids
            before it is done, so save the reference first; nothing was sent.
        ParseError: the server refused, and did nothing.
        TransportError: no answer came, so nobody knows whether the server did all of it or nothing.
        ServerUnavailable: a proxy answered for the server, so nobody knows that either.
    """
    session = hidden(session)
    return Transaction(
        session=session, master=master, context=context, callbacks=callbacks, validate=validate, retries=retries
    )
