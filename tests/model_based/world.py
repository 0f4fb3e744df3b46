"""The two worlds side by side: people and objects of the library, and what each of them must be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import parse_orm as orm
from parse_orm.errors import ParseOrmError
from tests.model_based.models import COLUMNS, MODELS, MbSong, wire_day
from tests.model_based.server import Judge
from tests.model_based.truth import (
    DONE,
    FORBIDDEN,
    MISSING,
    OPEN,
    REFUSED,
    Person,
    Row,
    Truth,
    Wire,
    without_nothing,
)

#: Objects that are held at a time.
HELD = 10

#: What each end of a write is raised as.
ERRORS: dict[str, tuple[type[Exception], ...]] = {
    MISSING: (orm.ObjectNotFound,),
    FORBIDDEN: (orm.ObjectNotFound, orm.OperationForbidden),
    REFUSED: (orm.ValidationFailed,),
}

#: Columns whose Python value is another object than the JSON of the row.
DECODED = frozenset({"tags", "info", "day"})


class Difference(AssertionError):
    """The library, or the server behind it, is not what it must be."""


@dataclass
class Answer:
    """What a call gave: a value, or an error of the library's."""

    value: Any = None
    error: ParseOrmError | None = None


@dataclass(eq=False, repr=False)
class Held:
    """One object of the library, and what it must say.

    Attributes:
        loaded: the columns as the object last saw them in the row, with ``artist`` and ``ACL``.
        here: the columns as the object must read.
        row: the row; None for an object that was never saved.
        gone: whether the object knows that its row is deleted.
        joined: ids that wait to enter the relation with the next save, and those that wait to leave it.
    """

    model: type[orm.ParseObject]
    obj: Any
    loaded: Wire = field(default_factory=dict)
    here: Wire = field(default_factory=dict)
    row: Row | None = None
    gone: bool = False
    joined: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    @property
    def class_name(self) -> str:
        """The Parse class."""
        return str(self.model.schema.class_name)

    @property
    def is_new(self) -> bool:
        """Whether it has no row yet."""
        return self.row is None

    def __repr__(self) -> str:
        return f"<{self.obj!r} loaded {self.loaded}{' gone' * self.gone}>"

    def waiting(self) -> Wire:
        """The columns that a save must send."""
        if self.is_new:
            return {name: value for name, value in self.here.items() if value is not None}
        was, now = without_nothing(self.loaded), without_nothing(self.here)  # an empty list that was set is a value
        return {name: self.here.get(name) for name in {**was, **now} if was.get(name) != now.get(name)}

    def has_work(self) -> bool:
        """Whether a save must send anything."""
        return self.is_new or bool(self.waiting() or self.joined or self.left)

    def know(self, columns: Wire) -> None:
        """Take over what the server told of some columns; what waits in others keeps waiting."""
        self.loaded.update(copy.deepcopy(columns))
        self.here.update(copy.deepcopy(columns))


class World:
    """One run of the machine.

    Args:
        judge: asks the server without the library.
        sent: the requests of the library, which a hook of its client fills.
    """

    def __init__(self, judge: Judge, sent: list[Any]) -> None:
        self.judge = judge
        self.sent = sent
        self.truth = Truth()
        self.held: list[Held] = []
        #: Lists and dicts that were handed to the library, and are still the caller's.
        self.mine: list[Any] = []
        self.users: dict[str, Any] = {}
        self.people = [Person("master"), Person("nobody"), Person("ann"), Person("bob")]
        self.dead_tokens: list[str] = []
        self.trail: list[str] = []

    def begin(self) -> None:
        """Empty the server and sign up the people."""
        self.judge.server.reset()
        for person in self.people[2:]:
            person.password = f"first secret of {person.name}"
            user = orm.User.signup(person.name, person.password)
            self.users[person.name] = user
            person.id, person.sessions = user.id, 1
        self._plant()

    def _plant(self) -> None:
        """A few rows that somebody else made, so that the first questions have something to find."""
        ann = self.people[2]
        mine = {"*": {"read": True}, ann.id: {"read": True, "write": True}}
        rows: list[tuple[str, Wire, Wire | None]] = [
            ("MbArtist", {"title": "a", "plays": 1, "tags": ["x", "y"]}, None),
            ("MbArtist", {"title": "b", "plays": 2, "how": "keep"}, mine),
            ("MbSong", {"title": "a", "plays": 1, "info": {"size": 1}, "mood": "calm"}, mine),
            ("MbSong", {"title": "b", "plays": 2, "tags": ["x"], "live": True, "mood": "wild"}, None),
            ("MbTicket", {"title": "a", "plays": 1}, None),
            ("MbSong", {"title": "b", "plays": 5}, None),  # without the default of its column mood
        ]
        for (class_name, columns, acl), id in zip(rows, self.judge.plant(rows), strict=True):
            self.truth.created(class_name, id, columns, acl)

    # -- acting ----------------------------------------------------------------------------

    @property
    def actors(self) -> list[Person]:
        """Those whose token is alive."""
        return [person for person in self.people if person.alive]

    def acting(self, who: Person) -> AbstractContextManager[Any]:
        """A block in which somebody asks."""
        if who.is_master:
            return orm.as_master()
        return orm.as_user(self.users[who.name]) if who.is_user else orm.as_anonymous()

    def attempt(self, call: Callable[[], Any]) -> Answer:
        """Call the library; an error that is not the library's own is a difference by itself."""
        try:
            return Answer(call())
        except ParseOrmError as error:
            return Answer(error=error)
        except Exception as error:
            raise Difference(f"{type(error).__name__} instead of an error of the library: {error}") from error

    def expect(self, answer: Answer, end: str, what: str) -> bool:
        """Compare how a call ended with how it must; gives whether it must succeed."""
        if end == DONE:
            if answer.error is not None:
                raise Difference(f"{what} failed: {answer.error!r}") from answer.error
            return True
        if not isinstance(answer.error, ERRORS[end]):
            raise Difference(f"{what} must be {end}, and gave {answer.error or answer.value!r}")
        return False

    def same(self, seen: Any, right: Any, what: str) -> None:
        """Compare two values."""
        if seen != right:
            raise Difference(f"{what}: {seen!r}, must be {right!r}")

    # -- objects ---------------------------------------------------------------------------

    def hold(self, held: Held) -> Held:
        """Keep an object for later verbs; the oldest goes."""
        self.held.append(held)
        del self.held[:-HELD]
        return held

    def hold_row(self, obj: Any, row: Row) -> Held:
        """Keep an object that was just read."""
        columns = copy.deepcopy({**row.columns, **({} if row.acl is None else {"ACL": row.acl})})
        return self.hold(Held(type(obj), obj, columns, copy.deepcopy(columns), row))

    def read(self, held: Held) -> None:
        """Compare everything that an object says with what it must say."""
        what = f"{held.class_name}.{{}} of an object"
        for name in COLUMNS[held.model]:
            right = held.here.get(name)
            seen = getattr(held.obj, name)
            if name == "tags":
                right = right or []
            self.same(to_wire(seen), right, what.format(name))
        if held.model is MbSong:
            pointer = held.here.get("artist")
            seen = held.obj.artist
            self.same(seen and seen.id, pointer and pointer["objectId"], what.format("artist"))
        self.same(held.obj.acl.to_dict(), held.here.get("ACL") or self._open(held), what.format("acl"))
        if not held.is_new:
            self.same(held.obj.id, held.row and held.row.id, what.format("id"))
            right = {"acl" if name == "ACL" else name for name in held.waiting()}
            right |= {"fans"} if held.joined or held.left else set()
            self.same(set(held.obj.changed), right, what.format("changed"))

    def _open(self, held: Held) -> Wire:
        if "ACL" in held.here:
            return dict(held.here["ACL"])
        return {"*": {"read": True}} if held.is_new and held.class_name == "MbDiary" else OPEN

    def first_acl(self, held: Held) -> Wire | None:
        """The access list of the row that an object gets."""
        if "ACL" in held.here:
            return dict(held.here["ACL"])
        return {"*": {"read": True}} if held.class_name == "MbDiary" else None

    # -- writes that several verbs share ---------------------------------------------------

    def save_end(self, held: Held, who: Person) -> str:
        """How a save of an object must end."""
        if held.row is None:
            return self.truth.may_create(held.class_name, held.here, who)
        return self.truth.may_change(held.row, held.waiting(), who) if held.has_work() else DONE

    def saved(self, held: Held) -> None:
        """A save was done: change the truth, and what the object must say."""
        if not held.has_work():
            return
        sent = held.waiting()
        if held.row is None:
            columns = {name: value for name, value in sent.items() if name != "ACL"}
            if not isinstance(held.obj.id, str) or held.obj.id in self.truth.rows:
                raise Difference(f"a new row has the id {held.obj.id!r}")
            acl = self.first_acl(held)
            told = self.truth.created(held.class_name, held.obj.id, columns, acl)
            held.row = self.truth.rows[held.obj.id]
            held.loaded = copy.deepcopy({**columns, **({} if acl is None else {"ACL": acl})})
            held.here = copy.deepcopy(held.loaded)
        else:
            told = self.truth.changed(held.row, sent)
            held.loaded.update(copy.deepcopy(sent))
        self.truth.fans |= {(held.row.id, id) for id in held.joined}
        self.truth.fans -= {(held.row.id, id) for id in held.left}
        held.joined, held.left = set(), set()
        held.know(told)

    # -- the judge -------------------------------------------------------------------------

    def compare(self) -> None:
        """Compare what the server holds with what it must hold."""
        rows, fans, sessions = self.judge.dump()
        right = self.truth.dump()
        for key in [*right, *(key for key in rows if key not in right)]:
            if rows.get(key) != right.get(key):
                raise Difference(f"the server holds {key}: {rows.get(key)}, must be {right.get(key)}")
        self.same(fans, self.truth.fans, "the server's relation")
        right_sessions = {person.name: person.sessions for person in self.people if person.is_user}
        self.same(sessions, right_sessions, "the server's users and their sessions")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One verb; if it sent anything, the server must hold what it must hold afterwards."""
        self.trail.append(name)
        self.sent.clear()
        yield
        if self.sent:
            self.compare()


def to_wire(value: Any) -> Any:
    """A Python value of a column as JSON."""
    return wire_day(value) if isinstance(value, datetime) else value


def class_names() -> list[str]:
    """The Parse classes of the models."""
    return [str(model.schema.class_name) for model in MODELS]
