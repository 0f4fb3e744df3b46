"""Methods that check what they are called on, also when they are called on the class."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from types import MethodType
from typing import Any, TypeVar, cast

from ..errors import InvalidValue

F = TypeVar("F", bound=Callable[..., Any])


class _Checked:
    """A method; called on a class, it takes an object of that class only."""

    def __init__(self, method: Callable[..., Any], instead: str) -> None:
        self.method = method
        self.instead = instead
        update_wrapper(cast("Any", self), method)

    def __get__(self, record: Any, owner: type[Any]) -> Callable[..., Any]:
        if record is not None:
            return MethodType(self.method, record)

        @wraps(self.method)
        def checked(record: Any, *args: Any, **options: Any) -> Any:
            if not isinstance(record, owner) and not _same_class(type(record), owner):
                raise InvalidValue(
                    f"{owner.__name__}.{self.method.__name__} takes a {owner.__name__} object, not "
                    f"{type(record).__name__}{self.instead and '; '}{self.instead}"
                )
            return self.method(record, *args, **options)

        return checked


def on_own_objects(instead: str = "") -> Callable[[F], F]:
    """Let a method refuse an object of another class.

    Python calls ``Session.revoke(user)`` with the user as ``self``: a method that is inherited by every model would
    then delete the user.

    Args:
        instead: What to call, for the error message.
    """

    def mark(method: F) -> F:
        return cast("F", _Checked(method, instead))

    return mark


def _same_class(given: type[Any], owner: type[Any]) -> bool:
    """Whether two models stand for one class of the server."""
    names = [getattr(getattr(model, "schema", None), "class_name", None) for model in (given, owner)]
    return names[0] is not None and names[0] == names[1]
