"""The verbs that work on rows, and the judge of them: what was told must be what the server holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import parse_orm as orm
from parse_orm.types.date import parse_date
from tests.refusals.stage import CALLED, RefusalClosed, RefusalRow, RefusalUnique, Stage
from tests.refusals.ways import CHANGE, CREATE, DELETE, IN_WHAT_IS_SENT, READ, WAYS, Way, token_for

MODELS: dict[str, Any] = {"RefusalRow": RefusalRow, "RefusalClosed": RefusalClosed, "RefusalUnique": RefusalUnique}

#: How many rows there are; every other one is refused.
HALF = 2

#: What a call says of the object at a place: done, not done, or nothing at all.
Told = dict[int, bool]


@dataclass(frozen=True)
class RowVerb:
    """One verb that works on rows.

    Args:
        names: The public names that it calls.
        label: Names it in the id of a cell.
        kind: What it asks for: CHANGE, DELETE, CREATE or READ.
        done: Whether the server did it for the row at a place.
        one: Does it for one object; what it returns is the object that has it now.
        many: Does it for all objects; gives a BatchResult, or raises.
        pend: Changes an object before the verb is called.
        event: The callback that runs for what was done.
        saves: It sends everything that is pending.
        queries: It works on what a query finds, not on our objects.
        whole: All of it is done, or nothing.
        stays: What a new object of a refused call would still have to send; None means what it had to send before.
    """

    names: tuple[str, ...]
    label: str
    kind: str
    done: Callable[[Stage, int], bool]
    one: Callable[[Stage, Any], Any] | None = None
    many: Callable[[Stage, bool], Any] | None = None
    pend: Callable[[Stage, Any], object] = lambda stage, record: None
    event: str | None = None
    saves: bool = False
    queries: bool = False
    whole: bool = False
    stays: dict[str, Any] | None = None


@dataclass(frozen=True)
class RowCell:
    """One verb, one way of refusing half of it, and whether a verb for many raises."""

    verb: RowVerb
    way: Way
    raises: bool

    @property
    def id(self) -> str:
        """Names the test."""
        manner = "" if self.verb.one else "-raising" if self.raises else "-result"
        return f"{self.verb.label}-{self.way.name}{manner}"


# -- what was done ------------------------------------------------------------------------------


def _holds(test: Callable[[dict[str, Any]], bool]) -> Callable[[Stage, int], bool]:
    def done(stage: Stage, place: int) -> bool:
        row = stage.row_at(place)
        return row is not None and test(row)

    return done


_titled = _holds(lambda row: row.get("title") == "new")
_counted = _holds(lambda row: row["plays"] == 1)
_tagged = _holds(lambda row: sorted(row["tags"]) == ["first", "more"])  # add_unique puts it first on Postgres (9.10)
_untagged = _holds(lambda row: row["tags"] == [])
_untitled = _holds(lambda row: "title" not in row)
_made = _holds(lambda row: True)


def _gone(stage: Stage, place: int) -> bool:
    return stage.row_at(place) is None


def _read(stage: Stage, place: int) -> bool:
    return stage.objects[place].title == "new"


def _fans(stage: Stage, place: int) -> set[str]:
    row = stage.row_at(place)
    if row is None:
        return set()
    owner = {"__type": "Pointer", "className": stage.kept["classes"][place], "objectId": row["objectId"]}
    found = stage.truth.rows("RefusalRow", **{"$relatedTo": {"object": owner, "key": "fans"}})
    return {fan["objectId"] for fan in found}


def _has_fans(stage: Stage, place: int) -> bool:
    return _fans(stage, place) == {stage.kept["fan"], stage.kept["other fan"]}


def _has_no_fans(stage: Stage, place: int) -> bool:
    return stage.row_at(place) is not None and not _fans(stage, place)


# -- the verbs ----------------------------------------------------------------------------------


def _title(stage: Stage, record: Any) -> None:
    record.title = "new"


def _batches(stage: Stage) -> dict[str, Any]:
    """Batches of one half each, with what happens between them."""
    return {"batch_size": HALF, "progress": stage.kept["halfway"]}


def _key(record: Any) -> dict[str, Any]:
    return {"marker": record.marker, "place": record.place}


def _unsaved(record: Any) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in record.changed}
    return {name: value for name, value in values.items() if name not in {"marker", "place"}}


def _transact(verb: str) -> Callable[[Stage, bool], Any]:
    def act(stage: Stage, raises: bool) -> Any:
        with orm.transaction() as transaction:
            for record in stage.kept["taking part"]:
                getattr(transaction, verb)(record)
        return orm.model.BatchResult(stage.kept["taking part"], []) if transaction.committed else None

    return act


def _mine(stage: Stage) -> Any:
    return RefusalRow.where(marker=stage.marker, place__lt=2 * HALF)


def _children(stage: Stage) -> Any:
    return RefusalRow.pointer(stage.kept["owner"]).children.where(place__lt=2 * HALF)


def _related(stage: Stage) -> Any:
    return RefusalRow.pointer(stage.kept["owner"]).fans.where(place__lt=2 * HALF)


def _on_queries() -> Iterable[RowVerb]:
    """The verbs of a query, on a plain one and on those of associations."""
    for source, rows in {"query": _mine, "has_many": _children, "relation": _related}.items():
        yield RowVerb(
            ("Query.update_all",),
            f"{source}.update_all",
            CHANGE,
            _titled,
            many=lambda stage, raises, rows=rows: rows(stage).update_all(title="new", raise_on_error=raises),
            queries=True,
        )
        yield RowVerb(
            ("Query.delete_all",),
            f"{source}.delete_all",
            DELETE,
            _gone,
            many=lambda stage, raises, rows=rows: rows(stage).delete_all(raise_on_error=raises),
            queries=True,
        )
        yield RowVerb(
            ("Query.destroy_all",),
            f"{source}.destroy_all",
            DELETE,
            _gone,
            many=lambda stage, raises, rows=rows: rows(stage).destroy_all(raise_on_error=raises),
            event="destroy",
            queries=True,
        )


ROW_VERBS: tuple[RowVerb, ...] = (
    RowVerb(
        ("ParseObject.save",),
        "save",
        CHANGE,
        _titled,
        one=lambda stage, record: record.save(),
        pend=_title,
        event="update",
        saves=True,
    ),
    RowVerb(
        ("ParseObject.save",),
        "save_if_unchanged",
        CHANGE,
        _titled,
        one=lambda stage, record: record.save(if_unchanged=True),
        pend=_title,
        event="update",
        saves=True,
    ),
    RowVerb(
        ("ParseObject.update",),
        "update",
        CHANGE,
        _titled,
        one=lambda stage, record: record.update(title="new"),
        event="update",
        saves=True,
        stays={"title": ("old", "new")},
    ),
    RowVerb(
        ("ParseObject.create_or_update",),
        "create_or_update",
        CHANGE,
        _titled,
        one=lambda stage, record: type(record).create_or_update(**_key(record), defaults={"title": "new"}),
        event="update",
        queries=True,
    ),
    RowVerb(
        ("Query.create_or_update",),
        "query.create_or_update",
        CHANGE,
        _titled,
        one=lambda stage, record: type(record).query().create_or_update(**_key(record), defaults={"title": "new"}),
        event="update",
        queries=True,
    ),
    RowVerb(
        ("ParseObject.increment",),
        "increment",
        CHANGE,
        _counted,
        one=lambda stage, record: record.increment("plays"),
    ),
    RowVerb(
        ("ParseObject.increment", "ParseObject.save"),
        "increment_and_save",
        CHANGE,
        _counted,
        one=lambda stage, record: record.save(),
        pend=lambda stage, record: record.increment("plays", send=False),
        event="update",
        saves=True,
    ),
    RowVerb(("ParseObject.add",), "add", CHANGE, _tagged, one=lambda stage, record: record.add("tags", "more")),
    RowVerb(
        ("ParseObject.add_unique",),
        "add_unique",
        CHANGE,
        _tagged,
        one=lambda stage, record: record.add_unique("tags", "more"),
    ),
    RowVerb(
        ("ParseObject.remove",), "remove", CHANGE, _untagged, one=lambda stage, record: record.remove("tags", "first")
    ),
    RowVerb(("ParseObject.unset",), "unset", CHANGE, _untitled, one=lambda stage, record: record.unset("title")),
    RowVerb(
        ("Relation.add", "ParseObject.save"),
        "relation.add",
        CHANGE,
        _has_fans,
        one=lambda stage, record: record.save(),
        pend=lambda stage, record: record.fans.add(stage.kept["fan"], stage.kept["other fan"]),
        event="update",
        saves=True,
    ),
    RowVerb(
        ("Relation.remove", "ParseObject.save"),
        "relation.remove",
        CHANGE,
        _has_no_fans,
        one=lambda stage, record: record.save(),
        pend=lambda stage, record: record.fans.remove(stage.kept["fan"]),
        event="update",
        saves=True,
    ),
    RowVerb(
        ("ParseObject.destroy",),
        "destroy",
        DELETE,
        _gone,
        one=lambda stage, record: record.destroy(),
        event="destroy",
    ),
    RowVerb(
        ("ParseObject.save",),
        "save_new",
        CREATE,
        _made,
        one=lambda stage, record: record.save(),
        event="create",
        saves=True,
    ),
    *(
        RowVerb((name,), label, CREATE, _made, one=act, event="create", saves=True, queries=True)
        for name, label, act in (
            (
                "ParseObject.create",
                "create",
                lambda stage, record: type(record).create(**_key(record), **_unsaved(record)),
            ),
            (
                "ParseObject.first_or_create",
                "first_or_create",
                lambda stage, record: type(record).first_or_create(**_key(record), defaults=_unsaved(record)),
            ),
            (
                "ParseObject.create_or_update",
                "create_or_update_new",
                lambda stage, record: type(record).create_or_update(**_key(record), defaults=_unsaved(record)),
            ),
            (
                "Query.first_or_create",
                "query.first_or_create",
                lambda stage, record: type(record).query().first_or_create(**_key(record), defaults=_unsaved(record)),
            ),
            (
                "Query.create_or_update",
                "query.create_or_update_new",
                lambda stage, record: type(record).query().create_or_update(**_key(record), defaults=_unsaved(record)),
            ),
        )
    ),
    RowVerb(
        ("save_all",),
        "save_all",
        CHANGE,
        _titled,
        many=lambda stage, raises: orm.save_all(stage.objects, raise_on_error=raises, **_batches(stage)),
        pend=_title,
        event="update",
        saves=True,
    ),
    RowVerb(
        ("save_all",),
        "save_all_new",
        CREATE,
        _made,
        many=lambda stage, raises: orm.save_all(stage.objects, raise_on_error=raises, **_batches(stage)),
        event="create",
        saves=True,
    ),
    RowVerb(
        ("destroy_all",),
        "destroy_all",
        DELETE,
        _gone,
        many=lambda stage, raises: orm.destroy_all(stage.objects, raise_on_error=raises, **_batches(stage)),
        event="destroy",
    ),
    RowVerb(
        ("fetch_all",),
        "fetch_all",
        READ,
        _read,
        many=lambda stage, raises: orm.fetch_all(stage.objects, raise_on_error=raises, **_batches(stage)),
    ),
    RowVerb(("ParseObject.fetch",), "fetch", READ, _read, one=lambda stage, record: record.fetch()),
    RowVerb(("ParseObject.reload",), "reload", READ, _read, one=lambda stage, record: record.reload()),
    RowVerb(
        ("Transaction.save", "transaction"),
        "transaction.save",
        CHANGE,
        _titled,
        many=_transact("save"),
        pend=_title,
        event="update",
        saves=True,
        whole=True,
    ),
    RowVerb(
        ("Transaction.save", "transaction"),
        "transaction.save_new",
        CREATE,
        _made,
        many=_transact("save"),
        event="create",
        saves=True,
        whole=True,
    ),
    RowVerb(
        ("Transaction.destroy", "transaction"),
        "transaction.destroy",
        DELETE,
        _gone,
        many=_transact("destroy"),
        event="destroy",
        whole=True,
    ),
    *_on_queries(),
)


#: Ways in which a verb for many is asked for its result, too, and not just for its error.
ALSO_BY_RESULT = frozenset({"not_writable", "not_readable", "locked", "dead_session"})

#: Ways that a query of an association meets; it is the same code as that of a plain query.
FOR_ASSOCIATIONS = frozenset({"not_writable", "trigger_finds_no_row"})


def row_cells() -> list[RowCell]:
    """Every verb with every way that can refuse it."""
    return [
        RowCell(verb, way, raises)
        for verb in ROW_VERBS
        for way in WAYS
        if verb.kind in way.refuses and _fits(verb, way)
        for raises in ((True,) if verb.one or verb.whole or way.name not in ALSO_BY_RESULT else (True, False))
    ]


def _fits(verb: RowVerb, way: Way) -> bool:
    if way.name in IN_WHAT_IS_SENT:
        return verb.saves
    if verb.many is not None and verb.queries:
        return way.in_queries and (verb.label.startswith("query.") or way.name in FOR_ASSOCIATIONS)
    if verb.queries and verb.kind == CHANGE:  # it looks for the row first: without one it would make it
        return not way.gone and not way.unseen and way.halfway is None
    return not (verb.whole and way.halfway is not None)


# -- running a cell -----------------------------------------------------------------------------


def run_rows(cell: RowCell, stage: Stage) -> list[str]:
    """Run one cell, and give what is wrong."""
    _prepare(cell, stage)
    judge = _Judge(cell, stage)
    ask = judge.ask_one_by_one if cell.verb.one else judge.ask_for_many
    with _asking(stage, cell.way):
        ask()
    judge.look()
    if cell.verb.whole:  # what was refused as a whole is done without those that were refused
        stage.kept["taking part"] = [stage.objects[place] for place in judge.places if place not in stage.bad]
        judge.begin_again()
        with _asking(stage, cell.way):
            ask()
        judge.look()
    return judge.wrong


def _prepare(cell: RowCell, stage: Stage) -> None:
    verb, way = cell.verb, cell.way
    places = range(2 * HALF)
    # What happens between the halves needs them one after the other; else they take turns.
    stage.bad = set(places[HALF:] if way.halfway else places[1::2])
    pending = way.pending(stage)
    classes = stage.kept["classes"] = {place: way.model if place in stage.bad else "RefusalRow" for place in places}
    if verb.kind == CREATE:
        for place in places:
            columns = {**way.columns, **pending} if place in stage.bad else {}
            record = MODELS[classes[place]](marker=stage.marker, place=place, title="old", plays=0, tags=["first"])
            for name, value in columns.items():
                setattr(record, name, value)
            stage.objects.append(record)
    else:
        _seed(cell, stage, pending)
    for record in stage.objects:
        verb.pend(stage, record)
    stage.kept["token"] = token_for(stage, way) if way.as_user else None
    stage.kept["taking part"] = stage.objects
    halves = iter([way.halfway])
    stage.kept["halfway"] = lambda done: (next(halves, None) or (lambda stage: None))(stage)
    CALLED.clear()


def _seed(cell: RowCell, stage: Stage, pending: Any) -> None:
    verb, way = cell.verb, cell.way
    fans = stage.batch(*(stage.putting("RefusalRow", place=place) for place in (50, 51, 52)))
    stage.kept["fan"], stage.kept["other fan"], stage.kept["owner"] = (fan["objectId"] for fan in fans)
    classes = stage.kept["classes"]
    columns = {"title": "old", "plays": 0, "tags": ["first"], "friend": _pointer(stage.kept["owner"])}
    if verb.label == "relation.remove":
        columns["fans"] = {"__op": "AddRelation", "objects": [_pointer(stage.kept["fan"])]}
    made = stage.batch(*(stage.putting(name, place=place, **columns) for place, name in classes.items()))
    ids = stage.kept["ids"] = {place: row["objectId"] for place, row in zip(classes, made, strict=True)}
    # A trigger looks at the lock that a row had before, so this is let through.
    stage.batch(*(("PUT", f"/classes/{classes[at]}/{ids[at]}", dict(way.columns)) for at in stage.bad if way.columns))
    if verb.label.startswith("relation."):
        related = {"__op": "AddRelation", "objects": [_pointer(id) for id in ids.values()]}
        stage.change("RefusalRow", stage.kept["owner"], fans=related)
    loaded = {row.place: row for name in set(classes.values()) for row in MODELS[name].where(marker=stage.marker).all()}
    stage.objects = [loaded[place] for place in classes]
    for place, record in enumerate(stage.objects):
        for name, value in (pending if place in stage.bad else {}).items():
            setattr(record, name, value)
    if verb.kind == READ:
        stage.batch(*(("PUT", f"/classes/RefusalRow/{id}", {"title": "new"}) for id in ids.values()))
    for place in stage.bad:
        if way.gone and verb.queries:
            stage.meanwhile("POST", "/batch", lambda place=place: way.loaded(stage, ids[place]))
        else:
            way.loaded(stage, ids[place])


def _pointer(id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": "RefusalRow", "objectId": id}


def _asking(stage: Stage, way: Way) -> AbstractContextManager[Any]:
    return orm.as_user(stage.kept["token"]) if way.as_user else nullcontext()


@dataclass(frozen=True)
class _State:
    """What an object says of itself."""

    is_new: bool
    id: str | None
    is_destroyed: bool
    may_exist: bool
    updated_at: Any
    changes: dict[str, Any]
    values: tuple[Any, ...]

    @classmethod
    def of(cls, record: Any) -> _State:
        return cls(
            record.is_new,
            record.id,
            record.is_destroyed,
            record.may_exist,
            record.updated_at,
            record.changes,
            tuple(record._peek(record.schema.fields[name]) for name in SHOWN if name in record.schema.fields),
        )


#: Attributes whose values are compared with the row.
SHOWN = ("place", "title", "plays", "tags", "lock", "code")


class _Judge:
    """Compares what a call told with what the server holds."""

    def __init__(self, cell: RowCell, stage: Stage) -> None:
        self.cell, self.verb, self.way, self.stage = cell, cell.verb, cell.way, stage
        self.wrong: list[str] = []
        self.places = list(range(2 * HALF))
        self.refused = set(self.places) if self.verb.whole else set(stage.bad)
        self._note()

    def begin_again(self) -> None:
        """Judge a second call, in which those that were refused take no part."""
        self.places = [place for place in self.places if place not in self.stage.bad]
        self.refused = set()
        self._note()

    def _note(self) -> None:
        records = self.stage.objects
        self.told: Told = {}
        self.open: set[int] = set()
        self.values: dict[int, Any] = {}
        self.stage.look()
        self.before = {place: _State.of(records[place]) for place in self.places}
        self.stored = {place: self.stage.row_at(place) for place in self.places}
        CALLED.clear()

    def _harmless(self) -> bool:
        return self.verb.kind == DELETE and self.way.gone

    # -- asking ---------------------------------------------------------------------------------

    def ask_one_by_one(self) -> None:
        """Call the verb for each object, those that are not refused first."""
        for place in sorted(self.places, key=lambda place: (place in self.stage.bad, place)):
            if place == min(self.stage.bad) and self.way.halfway is not None:
                self.way.halfway(self.stage)
            try:
                self.values[place] = self.verb.one(self.stage, self.stage.objects[place])  # type: ignore[misc]
            except orm.ParseOrmError as error:
                self.told[place] = False
                if isinstance(error, orm.ObjectNotFound) and "gone, or not visible" in str(error):
                    self.open.add(place)
            else:
                self.told[place] = True

    def ask_for_many(self) -> None:
        """Call the verb once, and sort out what it told."""
        raised = False
        try:
            result = self.verb.many(self.stage, self.cell.raises)  # type: ignore[misc]
        except orm.BatchError as error:
            result, raised = error.result, True
            if [*map(id, error.failed)] != [*map(id, result.failed)] or error.unknown != result.unknown:
                self.wrong.append("the error and its result do not agree")
        except orm.ParseError:
            if not self.verb.whole:
                raise
            self.told = dict.fromkeys(self.places, False)
            return
        places = {id(record): place for place, record in enumerate(self.stage.objects)}
        if self.verb.queries:
            by_id = {id: place for place, id in self.stage.kept["ids"].items()}
            records = [*result.saved, *(record for record, _ in [*result.failed, *result.unknown])]
            places = {id(record): by_id[record.id] for record in records}
        done = [places[id(record)] for record in result.saved]
        failed = [places[id(record)] for record, _ in result.failed]
        self.open = {places[id(record)] for record, _ in result.unknown}
        self.told = {**dict.fromkeys(done, True), **dict.fromkeys([*failed, *self.open], False)}
        self._look_at_result(result, done, failed, raised)

    def _look_at_result(self, result: Any, done: list[int], failed: list[int], raised: bool) -> None:
        open = [record for record, _ in result.unknown]
        if len(self.told) != len(done) + len(failed) + len(open):
            self.wrong.append(f"an object is told of twice: {done} {failed}")
        if not self.verb.queries and (done != sorted(done) or failed != sorted(failed)):
            self.wrong.append(f"not in the order given: {done} {failed}")
        if len(result) != len(done) or result.ok != (not failed and not open):
            self.wrong.append(f"{len(done)} done, {len(failed)} failed, and the result says {len(result)} {result.ok}")
        if not self.verb.whole and raised != (bool(failed or open) and self.cell.raises):
            self.wrong.append(f"raised is {raised} with {len(failed)} failures and raises={self.cell.raises}")
        for record, error in [*result.failed, *result.unknown]:
            if not isinstance(error, orm.ParseError):
                self.wrong.append(f"{record} failed with {error!r}, which is no answer of the server")

    # -- looking --------------------------------------------------------------------------------

    def look(self) -> None:
        """Compare what was told with what is there, object by object."""
        self.stage.look()
        for place in self.places:
            self._look_at(place)
        called = [pair for pair in CALLED if pair[1] not in self.places]
        if called:
            self.wrong.append(f"callbacks ran for strange objects: {called}")

    def _look_at(self, place: int) -> None:
        told, done = self.told.get(place), self.verb.done(self.stage, place)
        meant = place not in self.refused or (self._harmless() and place in self.stage.bad)
        if done != meant:
            self._complain(place, f"the cell is worth nothing: done is {done} where {meant} was meant")
        if told is None:
            if done or not (self.verb.queries and self.way.unseen):
                self._complain(place, f"nothing was told of it, and done is {done}")
        elif (place in self.open) != self._cannot_be_known(place):
            self._complain(place, f"it is told that nobody knows: {place in self.open}, and done is {done}")
        elif told != done and not self._is_of_others(place):
            self._complain(place, f"told {told}, and done is {done}")
        if not done and not self.way.gone:
            self._look_at_row(place)
        if self.verb.event is not None or self.verb.kind != DELETE:
            self._look_at_callbacks(place, bool(told))
        if self.verb.many is None or not self.verb.queries:
            self._look_at_object(place, bool(told))

    def _cannot_be_known(self, place: int) -> bool:
        """A row that one may not see and a row that is gone look the same to a user: just that must be told of both."""
        alike = self.way.unseen or (self.way.gone and self.way.as_user)
        asked = self.verb.kind == DELETE and not self.verb.whole
        return asked and alike and place in self.stage.bad

    def _is_of_others(self, place: int) -> bool:
        """A row that is gone, and not by this call: who asked could not know, or a transaction was refused for it."""
        return place in self.stage.bad and (place in self.open or (self.verb.kind == DELETE and self.verb.whole))

    def _look_at_row(self, place: int) -> None:
        row = self.stage.row_at(place)
        if row != self.stored[place]:
            self._complain(place, f"it was refused, and its row changed: {self.stored[place]} {row}")

    def _look_at_callbacks(self, place: int, told: bool) -> None:
        called = [event for event, at in CALLED if at == place]
        by_us = told and self.values.get(place) is not False
        wanted = [self.verb.event] if by_us and self.verb.event else []
        if called != wanted:
            self._complain(place, f"the callbacks {called} ran, not {wanted}")

    def _look_at_object(self, place: int, told: bool) -> None:
        record, before = self.stage.objects[place], self.before[place]
        value = self.values.get(place)
        if self.verb.kind == DELETE:
            if self.verb.one is not None and told and value is not (place not in self.refused):
                self._complain(place, f"destroy() gave {value}")
            if record.is_destroyed != (told and value is not False):
                self._complain(place, f"told {told} with {value}, and is_destroyed is {record.is_destroyed}")
            return
        if told:
            self._compare(place, value if isinstance(value, orm.ParseObject) else record)
        after = _State.of(record)
        if not told:
            wanted = before.changes if self.verb.queries else {**before.changes, **(self.verb.stays or {})}
            values = before.values if not self.verb.stays or self.verb.queries else after.values
            if (after, wanted) != (replace(before, changes=wanted, values=values), after.changes):
                self._complain(place, f"it was refused, and the object is another: {before} {after}")

    def _compare(self, place: int, record: Any) -> None:
        row = self.stage.row_at(place) or {}
        if record.is_new or record.id != row.get("objectId") or record.may_exist or record.is_destroyed:
            self._complain(place, f"it is done, and the object does not know its row: {_State.of(record)}")
        if record.changes or record.changed or record.is_changed():
            self._complain(place, f"it is done, and the object has changes: {record.changes}")
        values = {name: getattr(record, name) for name in SHOWN}
        held = {name: row.get(name) for name in SHOWN}
        if values != held or record.updated_at != parse_date(row["updatedAt"]):
            self._complain(place, f"the object has {values} of {record.updated_at}, the row {held} {row['updatedAt']}")

    def _complain(self, place: int, what: str) -> None:
        side = "refused" if place in self.refused else "not refused"
        self.wrong.append(f"{place} ({side}): {what}")
