"""Callbacks: methods of a model that run before, after or around what happens to an object.

The order of a save: before_validation, the validations, after_validation, before_save, before_create or
before_update, the request, after_create or after_update, after_save. Around callbacks are generators that yield once,
where the work happens, and wrap what stands between before and after.
"""

from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

from ..errors import Halt, RecordNotSaved

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

_MARK = "_parse_orm_callbacks"

EVENTS = ("validation", "save", "create", "update", "destroy")

#: Names of the callback methods of one model by moment, such as ``"before_save"``.
Callbacks = dict[str, tuple[str, ...]]


def _decorator(moment: str, doc: str) -> Callable[[F], F]:
    def mark(method: F) -> F:
        setattr(method, _MARK, (*getattr(method, _MARK, ()), moment))
        return method

    mark.__name__ = mark.__qualname__ = moment
    mark.__doc__ = doc
    return mark


def _before(event: str) -> Callable[[F], F]:
    return _decorator(
        f"before_{event}", f"Run the method before {event}; returning False or raising Halt stops everything."
    )


def _after(event: str) -> Callable[[F], F]:
    return _decorator(f"after_{event}", f"Run the method after {event} has succeeded.")


def _around(event: str) -> Callable[[F], F]:
    return _decorator(f"around_{event}", f"Run the generator around {event}: it yields once, where the work happens.")


before_validation, after_validation, around_validation = (
    _before("validation"),
    _after("validation"),
    _around("validation"),
)
before_save, after_save, around_save = _before("save"), _after("save"), _around("save")
before_create, after_create, around_create = _before("create"), _after("create"), _around("create")
before_update, after_update, around_update = _before("update"), _after("update"), _around("update")
before_destroy, after_destroy, around_destroy = _before("destroy"), _after("destroy"), _around("destroy")


def collect(model: type[Any]) -> Callbacks:
    """The callbacks of a model, those of its bases first, in the order of their declaration."""
    found: dict[str, dict[str, None]] = {}
    for base in reversed(model.__mro__):
        for name, member in vars(base).items():
            for moment in getattr(member, _MARK, ()):
                found.setdefault(moment, {})[name] = None
    return {moment: tuple(names) for moment, names in found.items()}


class Passage:
    """One object on its way through the callbacks of what happens to it; in a batch many are on their way at once.

    Args:
        record: the object.
        events: what is happening, the outer one first: ``("save", "create")``.
    """

    __slots__ = ("_callbacks", "_events", "_record", "_waiting")

    def __init__(self, record: Any, events: Iterable[str]) -> None:
        self._record = record
        self._events = tuple(events)
        self._callbacks: Callbacks = record.callbacks if self._events else {}
        self._waiting: list[tuple[str, str, Generator[Any, Any, Any]]] = []

    def enter(self) -> None:
        """Run what comes before, the outer event first.

        Raises:
            RecordNotSaved: a before or around callback stopped it.
        """
        if not self._callbacks:
            return
        try:
            for event in self._events:
                self._enter(self._callbacks, event)
        except BaseException as error:
            self.abandon(error)
            raise

    def leave(self) -> None:
        """Run what comes after, the inner event first."""
        callbacks = self._callbacks
        if not callbacks:
            return
        try:
            for event in reversed(self._events):
                while self._waiting and self._waiting[-1][0] == event:
                    _, name, generator = self._waiting.pop()
                    _finish(name, generator)
                for name in callbacks.get(f"after_{event}", ()):
                    getattr(self._record, name)()
        except BaseException as error:
            self.abandon(error)
            raise

    def abandon(self, error: BaseException) -> None:
        """Tell the around callbacks that wait what went wrong; whatever they do about it, it stays wrong.

        Args:
            error: what stopped the work; each of them sees it raised at its yield.
        """
        while self._waiting:
            _, _, generator = self._waiting.pop()
            try:
                generator.throw(error)
            except StopIteration:
                pass
            except BaseException as raised:
                if raised is not error:
                    raise
            finally:
                generator.close()

    def _enter(self, callbacks: Callbacks, event: str) -> None:
        for name in callbacks.get(f"before_{event}", ()):
            _stop_on_false(self._record, name, event, getattr(self._record, name))
        for name in callbacks.get(f"around_{event}", ()):
            generator: Generator[Any, Any, Any] = getattr(self._record, name)()
            _start(self._record, name, event, generator)
            self._waiting.append((event, name, generator))


#: The way of an object that has no callbacks.
UNHINDERED = Passage(None, ())


def run(record: Any, events: Iterable[str], action: Callable[[], R]) -> R:
    """Do something to an object inside its callbacks.

    Args:
        record: the object.
        events: what is happening, the outer one first: ``("save", "create")``.
        action: the work itself.

    Raises:
        RecordNotSaved: a before or around callback stopped it.
    """
    passage = Passage(record, events)
    passage.enter()
    try:
        result = action()
    except BaseException as error:
        passage.abandon(error)
        raise
    passage.leave()
    return result


def _stop_on_false(record: Any, name: str, event: str, call: Callable[[], Any]) -> None:
    try:
        stopped = call() is False
    except Halt as halt:
        raise RecordNotSaved(_message(record, name, event, str(halt)), object=record) from halt
    if stopped:
        raise RecordNotSaved(_message(record, name, event), object=record)


def _start(record: Any, name: str, event: str, generator: Generator[Any, Any, Any]) -> None:
    def to_the_yield() -> bool:
        return next(generator, _ENDED) is not _ENDED

    _stop_on_false(record, name, event, to_the_yield)


def _finish(name: str, generator: Generator[Any, Any, Any]) -> None:
    if next(generator, _ENDED) is not _ENDED:
        raise RuntimeError(f"{name} yielded twice: an around callback yields once, where the work happens")


def _message(record: Any, name: str, event: str, reason: str = "") -> str:
    return f"{type(record).__name__}.{name} stopped the {event}" + (f": {reason}" if reason else "")


_ENDED = object()
