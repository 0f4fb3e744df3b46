"""A cursor reads a query page by page, and its position survives as JSON: another process can go on from there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ..codec import json
from ..errors import BadQuery, UnknownModel
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.criteria import Wire
from ..meta.registry import registry
from .asking import Asking, whole
from .binding import Asker, Row
from .paging import pages
from .plan import Plan

if TYPE_CHECKING:
    from .query import Query

M = TypeVar("M")

#: Rows of the largest page.
LARGEST = 1000

#: The version of the JSON.
VERSION = 1


class Cursor(Generic[M]):
    """How far a query was read.

    Made by ``Song.where(...).cursor(limit=100)``. ``next_page()`` gives a list of objects, an empty one at the end;
    iterating gives row after row. ``to_json()`` says where it stands: behind the last page that was fetched.

    The JSON holds the criteria, so whoever can change it can ask other questions: keep it on the server, or sign it
    before it goes to a browser. It holds no credential.

    In an order that may change, the JSON also holds the ids of the rows that were handed out, so that none comes again
    and none is left out; in the order of ids or of ``created_at`` it stays short.

    Args:
        query: what is read.
        limit: rows of one page, 1 to 1000.

    Raises:
        BadQuery: the limit is out of bounds.
    """

    def __init__(self, query: "Query[M] | Asking[M]", limit: int = 100) -> None:
        if not 1 <= whole("limit", limit) <= LARGEST:
            raise BadQuery(f"a page of a cursor has 1 to {LARGEST} rows, not {limit}")
        self._query: Any = query
        self._walk = query._walk()
        self._limit = limit
        self._left: int | None = query._plan.limit
        self._begun = self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the last row was handed out."""
        return self._ended

    def next_page(self) -> list[M]:
        """The next rows, at most one page of them; an empty list at the end."""
        if self._ended:
            return []
        asker = self._query._asker()
        rows = self._fetch(asker, NOTHING_ABSENT)
        if not rows and not self._begun and (absent := self._query._absent(asker)).pairs:
            rows = self._fetch(asker, absent)
        self._begun = True
        self._left = None if self._left is None else self._left - len(rows)
        self._ended = not rows or self._left == 0
        found: list[M] = self._query._hydrated(rows, asker)
        return found

    def _fetch(self, asker: Asker, absent: Absent) -> list[Row]:
        plan = replace(self._query._plan, limit=self._left)
        doing = f"finding {self._query.schema.name}"
        return next(pages(plan, asker.rows, self._walk, self._limit, absent, doing), [])

    def __iter__(self) -> Iterator[M]:
        """Row after row. A page counts as read once its first row is handed out."""
        while page := self.next_page():
            yield from page

    def to_json(self) -> str:
        """The question and the position as text."""
        plan = self._query._plan
        return json.dumps(
            {
                "version": VERSION,
                "class": self._query.schema.class_name,
                "where": plan.where(),
                "order": list(plan.order),
                "include": list(plan.include),
                "keys": None if plan.keys is None else list(plan.keys),
                "exclude_keys": list(plan.exclude_keys),
                "limit": self._limit,
                "skip": 0 if self._begun else plan.skip,
                "left": self._left,
                "ended": self._ended,
                "position": self._walk.to_json(),
            }
        ).decode()

    @classmethod
    def from_json(cls, text: str, query: "Query[Any] | None" = None) -> Self:
        """Go on where ``to_json`` was called, in this process or in another.

        Args:
            text: what ``to_json`` gave.
            query: a query of the same class that says who asks, such as ``Song.as_user(token)``; whoever asks at the
                time by default.

        Raises:
            BadQuery: the text is no cursor, or of another class than the query.
            UnknownModel: no model of that class is declared here.
        """
        state = _read(text)
        asked: Any = _query_of(state["class"]) if query is None else query
        if asked.schema.class_name != state["class"]:
            raise BadQuery(f"this is a cursor of {state['class']!r:.60}, not of {asked.schema.class_name}")
        plan = Plan(
            criteria=() if state["where"] is None else (Wire(state["where"]),),
            order=tuple(state["order"]),
            limit=0 if state["where"] is None else state["left"],
            skip=state["skip"],
            include=tuple(state["include"]),
            keys=None if state["keys"] is None else tuple(state["keys"]),
            exclude_keys=tuple(state["exclude_keys"]),
        )
        cursor = cls(asked._copy(plan=plan), state["limit"])
        cursor._walk.resume(state["position"])
        cursor._ended = state["ended"]
        return cursor

    def __repr__(self) -> str:
        return f"<Cursor {self._query!r}{' ended' if self._ended else ''}>"


def _query_of(class_name: str) -> Any:
    model = registry.for_class(class_name)
    if model is None:
        raise UnknownModel(f"no model of the class {class_name!r:.60} is declared here")
    return model.query()


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


_PARTS: dict[str, Callable[[Any], bool]] = {
    "class": lambda value: isinstance(value, str),
    "where": lambda value: value is None or isinstance(value, dict),
    "order": _is_names,
    "include": _is_names,
    "keys": lambda value: value is None or _is_names(value),
    "exclude_keys": _is_names,
    "limit": lambda value: type(value) is int,
    "skip": lambda value: type(value) is int and value >= 0,
    "left": lambda value: value is None or type(value) is int,
    "ended": lambda value: isinstance(value, bool),
    "position": lambda value: isinstance(value, dict),
}


def _read(text: str) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except (TypeError, ValueError):
        raise BadQuery("this is no cursor: it is not the JSON that to_json() gave") from None
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise BadQuery(f"this text is no cursor of version {VERSION}")
    for name, is_sound in _PARTS.items():
        if name not in state or not is_sound(state[name]):
            raise BadQuery(f"this text is no cursor: {name!r} is missing or wrong")
    return state
