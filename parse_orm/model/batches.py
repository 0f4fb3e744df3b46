"""Many objects in few requests: saved in the order of their references, destroyed, or fetched."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from ..client.answers import repeated, rows_in
from ..client.batch import SIZE, BatchOperation, Outcome, is_unknown, run_batch
from ..client.deletes import check_deletes
from ..client.interrupts import DeferredInterrupt
from ..client.own_session import own_id_among
from ..errors import BadQuery, InvalidValue, ObjectNotFound
from ..fields.record import Record
from ..query.progress import Progress, reporting
from ..types.depth import short_repr
from ..types.lists import several
from ..types.secret import hidden
from .callbacks import UNHINDERED, Passage
from .outcomes import BatchResult, sorted_out
from .references import in_order
from .write import Write

M = TypeVar("M")
T = TypeVar("T")

#: The client that is asked, and with which credential.
Asker = tuple[Any, Any]


def save_all(
    objects: Iterable[M],
    *,
    batch_size: int = SIZE,
    progress: Progress = False,
    raise_on_error: bool = True,
    session: Any = None,
    master: bool | None = None,
    context: Mapping[str, Any] | None = None,
    callbacks: bool = True,
    validate: bool = True,
) -> BatchResult[M]:
    """Save many objects in few requests; what did not change is not sent.

    Unsaved objects that they refer to are saved first and stand at the end of the result. Validations and callbacks
    run as for ``save``, once for each object: those before the request just before it is sent, those after it as soon
    as it is answered.

    Ctrl-C waits for the request that is on its way, so that its objects know of their rows; a second Ctrl-C does not.

    Args:
        objects: any objects, of one class or of several.
        batch_size: objects of one request.
        progress: True for a bar on standard error, or a function called with the number done so far.
        raise_on_error: False returns failures instead of raising BatchError.
        session: save with the token of this user.
        master: True saves with the master key.
        context: a JSON object for Cloud Code triggers.
        callbacks: False skips the callbacks.
        validate: False skips the validations.

    Returns:
        What was saved, what failed, and what may have been saved because the answer was lost; each in the order
        given. ``afterwards`` holds those that were saved and whose callback failed after it.

    Raises:
        BatchError: an object was not saved, or may not have been, or a callback failed after it; the others were.
        UnsavedReference: unsaved objects refer to each other in a circle; nothing was sent.
    """
    session = hidden(session)
    given = _each_once(objects)
    layers = in_order(given)
    everyone = _each_once([*given, *(record for layer in layers for record in layer)])
    saving = _Saving(session, master, context, callbacks, validate=validate)
    for chunk in _chunks(layers, batch_size, progress, "objects saved"):
        saving.run(chunk)
    result: BatchResult[M] = sorted_out(
        everyone, saving.errors, saving.unknown, "saved", raise_on_error, saving.afterwards
    )
    return result


def destroy_all(
    objects: Iterable[M],
    *,
    batch_size: int = SIZE,
    progress: Progress = False,
    raise_on_error: bool = True,
    session: Any = None,
    master: bool | None = None,
    context: Mapping[str, Any] | None = None,
    callbacks: bool = True,
) -> BatchResult[M]:
    """Delete the rows of many objects in few requests; a row that is known to be gone counts as deleted.

    The master key knows that. Without it, a row that was not found may be gone, or hidden from who asks, and stands
    under ``unknown``; but not a session of the user who asks, nor a row that its object has deleted before.

    Args:
        objects: any objects; those that were never saved have no row, and are left out of the result.
        batch_size: objects of one request.
        progress: True for a bar on standard error, or a function called with the number done so far.
        raise_on_error: False returns failures instead of raising BatchError.
        session: act with the token of this user.
        master: True acts with the master key.
        context: a JSON object for Cloud Code triggers.
        callbacks: False skips the callbacks.

    Returns:
        What was deleted (in ``saved``), what failed, and what may have been deleted, because the answer was lost or
        the row may be hidden; each in the order given.

    Raises:
        BatchError: an object was not deleted, or may not have been; the others were.
    """
    session = hidden(session)
    saved = [one for one in _each_once(objects, "destroy_all") if not one.is_new]
    destroying = _Destroying(session, master, context, callbacks)
    for chunk in _chunks(_own_last(saved, session, master), batch_size, progress, "objects destroyed"):
        destroying.run(chunk)
    result: BatchResult[M] = sorted_out(
        saved, destroying.errors, destroying.unknown, "destroyed", raise_on_error, destroying.afterwards
    )
    return result


def fetch_all(
    objects: Iterable[M],
    *,
    keys: Iterable[Any] = (),
    include: Iterable[Any] = (),
    only_incomplete: bool = False,
    batch_size: int = SIZE,
    progress: Progress = False,
    raise_on_error: bool = True,
    session: Any = None,
    master: bool | None = None,
) -> BatchResult[M]:
    """Read the rows of many objects, one request for each class and batch, and keep what was changed here.

    Args:
        objects: any objects that were saved.
        keys: only these columns.
        include: bring the rows along that these pointers lead to.
        only_incomplete: leave out objects of which every column is known.
        batch_size: objects of one request.
        progress: True for a bar on standard error, or a function called with the number done so far.
        raise_on_error: False returns failures instead of raising BatchError.
        session: ask with the token of this user.
        master: True asks with the master key.

    Returns:
        What was fetched (in ``saved``) and what failed, in the order given.

    Raises:
        BatchError: a row is gone, or this credential may not see it; the others were fetched.
    """
    session = hidden(session)
    given = _each_once(objects, "fetch_all")
    columns = several(keys, "keys"), several(include, "include")
    by_class: dict[type[Any], list[Any]] = {}
    for record in given:
        if not (only_incomplete and record.is_complete):
            by_class.setdefault(type(record), []).append(record)
    fetching = _Fetching(session, master, columns)
    for chunk in _chunks(list(by_class.values()), batch_size, progress, "objects fetched"):
        fetching.run(chunk)
    result: BatchResult[M] = sorted_out(given, fetching.errors, (), "fetched", raise_on_error)
    return result


def _each_once(objects: Iterable[Any], verb: str = "save_all") -> list[Any]:
    """By identity: two unsaved objects are never equal, and two of one row each have changes of their own."""
    if isinstance(objects, (str, bytes, Record, Mapping)) or not isinstance(objects, Iterable):
        one = f": write {verb}([...]), or {verb.removesuffix('_all')}() for one"
        alone = one if isinstance(objects, Record) else ""
        raise InvalidValue(f"{verb} takes a list of objects, not {_named(objects)}{alone}")
    each = {id(one): one for one in objects}
    for kind in dict.fromkeys(map(type, each.values())):
        if not issubclass(kind, Record):
            wrong = next(one for one in each.values() if type(one) is kind)
            raise InvalidValue(f"{verb} takes objects of models, and {_named(wrong)} is among them")
    return list(each.values())


def _own_last(records: list[Any], session: Any, master: bool | None) -> list[list[Any]]:
    """The objects to destroy; the session that asks comes alone, after the others."""
    sessions = [record for record in records if record.schema.class_name == "_Session"]
    if not sessions or len(records) == 1:
        return [records]
    client, credential = sessions[0]._asking(session, master)
    own_id = own_id_among(client, credential, ["_Session"])
    own = [record for record in sessions if record._wire["objectId"] == own_id]
    return [[record for record in records if record not in own], own]


def _named(value: Any) -> str:
    """A value that is no list of objects, in few words."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"one {type(value).__name__}" if isinstance(value, Record) else short_repr(value)


def _chunks(layers: Sequence[Sequence[Any]], size: Any, progress: Progress, what: str) -> Iterator[Sequence[Any]]:
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise BadQuery(f"batch_size= is a whole number of objects, at least 1, not {size!r:.60}")
    chunks: Iterator[Sequence[Any]] = (
        layer[start : start + size] for layer in layers for start in range(0, len(layer), size)
    )
    return reporting(chunks, progress, what) if progress else chunks


@dataclass(slots=True)
class _Sending:
    """Objects that go through their callbacks around one request for all of them."""

    session: Any
    master: bool | None
    context: Any
    callbacks: bool
    errors: dict[int, Exception] = field(default_factory=dict)
    #: id() of the objects of ``errors`` that the server may have done all the same.
    unknown: set[int] = field(default_factory=set)
    #: id() of the objects of ``errors`` that were done, and failed in a callback that runs after it.
    afterwards: set[int] = field(default_factory=set)

    def run(self, chunk: Sequence[Any]) -> None:
        """Prepare each object, send what they have to send, and let each take its own answer.

        One object must not keep the others from their turn: whatever its callbacks raise is its own failure.
        """
        under_way: list[_UnderWay] = []
        try:
            for record in chunk:
                try:
                    under_way.append(self._enter(record))
                except Exception as error:
                    self.errors[id(record)] = error
            for (client, credential), group in _by_asker((one.asker, one) for one in under_way):
                self._send(client, credential, group)
        except BaseException as error:
            for one in under_way:
                one.passage.abandon(error)
            raise

    def _enter(self, record: Any) -> "_UnderWay":
        passage = Passage(record, self._events(record)) if self.callbacks and record.callbacks else UNHINDERED
        passage.enter()
        try:
            work = self._work(record)
            item = None if work is None else work.item
            return _UnderWay(record, passage, record._asking(self.session, self.master), item, work)
        except BaseException as error:
            passage.abandon(error)
            raise

    def _send(self, client: Any, credential: Any, group: "list[_UnderWay]") -> None:
        with DeferredInterrupt():
            wrong = self._exchange(client, credential, [one for one in group if one.work is not None])
        for one in group:
            try:
                one.finish(wrong.get(id(one.record)))
            except Exception as error:
                self.errors[id(one.record)] = error
                if id(one.record) not in wrong:
                    self.afterwards.add(id(one.record))

    def _exchange(self, client: Any, credential: Any, group: "list[_UnderWay]") -> dict[int, Exception]:
        """Send what some objects have to send, and let each take its own answer.

        Returns:
            What went wrong, by the id() of the object.
        """
        wrong: dict[int, Exception] = {}
        for one, outcome in zip(group, self._outcomes(client, credential, group), strict=True):
            try:
                one.work.receive(client, credential, outcome)
            except Exception as error:
                wrong[id(one.record)] = error
                if outcome.unknown or is_unknown(error):
                    self.unknown.add(id(one.record))
        return wrong

    def _outcomes(self, client: Any, credential: Any, group: "list[_UnderWay]") -> list[Outcome]:
        items = [one.item for one in group]
        return run_batch(client, items, credential, batch_size=max(len(items), 1), context=self.context)

    def _events(self, record: Any) -> tuple[str, ...]:
        raise NotImplementedError

    def _work(self, record: Any) -> "_Work | None":
        """What an object sends, and what it does with the answer; None when it has nothing to send."""
        raise NotImplementedError


class _Work(Protocol):
    """What one object sends in a batch, and what it does with what became of it."""

    @property
    def item(self) -> BatchOperation: ...

    def receive(self, client: Any, credential: Any, outcome: Outcome) -> None: ...


class _UnderWay(NamedTuple):
    """One object between what comes before its request and what comes after.

    Attributes:
        item: What it sends in a batch, None for nothing.
        work: What takes the answer, a ``_Work`` when there is an item.
    """

    record: Any
    passage: Passage
    asker: Asker
    item: Any
    work: Any

    def finish(self, error: Exception | None) -> None:
        """Run what comes after.

        Raises:
            Exception: the error that its request ended with, or one of a callback.
        """
        if error is not None:
            self.passage.abandon(error)
            raise error
        self.passage.leave()


@dataclass(slots=True)
class _Saving(_Sending):
    validate: bool = True

    def _enter(self, record: Any) -> _UnderWay:
        record._refuse_destroyed()
        if self.validate:
            record._validate(self.callbacks)
        return _Sending._enter(self, record)

    def _events(self, record: Any) -> tuple[str, ...]:
        events: tuple[str, ...] = record._moments()
        return events

    def _work(self, record: Any) -> Write | None:
        return Write.of(record)

    def _outcomes(self, client: Any, credential: Any, group: "list[_UnderWay]") -> list[Outcome]:
        try:
            alone = {
                id(one): one.work.send_in_place(client, credential, self.context) for one in group if one.work.alone
            }
            if not alone:
                return _Sending._outcomes(self, client, credential, group)
            rest = iter(_Sending._outcomes(self, client, credential, [one for one in group if id(one) not in alone]))
        except BaseException as error:
            for one in group:
                one.work.note_lost(error)
            raise
        return [alone[id(one)] if id(one) in alone else next(rest) for one in group]


@dataclass(slots=True)
class _Destroying(_Sending):
    def _events(self, record: Any) -> tuple[str, ...]:
        return ("destroy",)

    def _work(self, record: Any) -> "_Removal":
        return _Removal(record, record._deletion())

    def _outcomes(self, client: Any, credential: Any, group: "list[_UnderWay]") -> list[Outcome]:
        outcomes = _Sending._outcomes(self, client, credential, group)
        return check_deletes(client, credential, [one.record._doomed() for one in group], outcomes)


class _Removal(NamedTuple):
    """What deletes the row of one object."""

    record: Any
    item: BatchOperation

    def receive(self, client: Any, credential: Any, outcome: Outcome) -> None:
        """A row that was gone before is gone all the same."""
        if outcome.error is not None and not outcome.gone:
            raise outcome.error
        self.record._mark_gone()


@dataclass(slots=True)
class _Fetching:
    session: Any
    master: bool | None
    columns: tuple[tuple[Any, ...], tuple[Any, ...]]
    errors: dict[int, Exception] = field(default_factory=dict)

    def run(self, chunk: Sequence[Any]) -> None:
        """Read the rows of some objects of one class."""
        asking = ((record._asking(self.session, self.master), record) for record in chunk)
        for (client, credential), records in _by_asker(asking):
            try:
                self._fetch(client, credential, records)
            except Exception as error:
                self.errors.update({id(record): error for record in records})

    def _fetch(self, client: Any, credential: Any, records: list[Any]) -> None:
        model = type(records[0])
        params = model._fetch_params(*self.columns)
        missing = list(dict.fromkeys(record._wire["objectId"] for record in records if not record.is_new))
        rows: dict[str, Any] = {}
        while missing:  # a server may cut an answer in silence, so what is missing is asked for until nothing comes
            doing = f"fetching {len(missing)} {model.schema.name} objects"
            answer = client.find(
                model.schema.class_name,
                {**params, "where": {"objectId": {"$in": missing}}, "limit": len(missing)},
                credential=credential,
                doing=doing,
            )
            page = {row["objectId"]: row for row in rows_in(answer, doing)}
            if page and page.keys().isdisjoint(missing):
                raise repeated(doing)
            rows.update(page)
            missing = [id for id in missing if id not in rows] if page else []
        for record in records:
            row = rows.get(record._wire.get("objectId", ""))
            if row is None:
                self.errors[id(record)] = ObjectNotFound(
                    "no such row, or one that this credential may not see",
                    code=101,
                    doing=f"fetching {record._title()}",
                )
                continue
            record._replace(client, dict(row), params, keep=True)


def _by_asker(asking: Iterable[tuple[Asker, T]]) -> list[tuple[Asker, list[T]]]:
    """What one client and one credential ask for shares a request."""
    groups: list[tuple[Asker, list[T]]] = []
    for asker, one in asking:
        for known, group in groups:
            if asker == known:
                group.append(one)
                break
        else:
            groups.append((asker, [one]))
    return groups
