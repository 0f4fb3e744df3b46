"""Keys, tokens and passwords: values that nobody sees by looking at what holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

#: What stands in place of a value that is never shown.
HIDDEN = "[hidden]"


class Secret(Generic[T]):
    """A value that only ``reveal`` gives.

    Error trackers collect the locals of every frame of a failure, and ``vars``, ``dataclasses.asdict`` and pickle
    copy what an object holds. A secret tells them nothing but whether it is empty. Two secrets are equal only when
    they are the same object, so that nobody can compare their way to a value.

    >>> key = Secret("k-123")
    >>> key, f"{key}", key == Secret("k-123")
    ([hidden], '[hidden]', False)
    >>> key.reveal()
    'k-123'
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Give the value; keep it in no variable."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __getstate__(self) -> NoReturn:
        self.__reduce__()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled: pass its value on purpose, to whom it may concern")


@overload
def hidden(value: str | Secret[str]) -> Secret[str]: ...
@overload
def hidden(value: str | Secret[str] | None) -> Secret[str] | None: ...
@overload
def hidden(value: str | Secret[str] | E | None) -> Secret[str] | E | None: ...
@overload
def hidden(value: Any) -> Any: ...
def hidden(value: Any) -> Any:
    """Give a text as a secret, and anything else as it is.

    The first line of a function that is given a secret rebinds its parameter, ``password = hidden(password)``, so
    that no frame of ours holds the plain text.
    """
    return Secret(value) if isinstance(value, str) else value


def revealed(value: Any) -> Any:
    """Give the value of a secret, and anything else as it is."""
    return value.reveal() if isinstance(value, Secret) else value


def hide(values: dict[str, Any], names: Iterable[str]) -> None:
    """Turn the texts of these keys into secrets, in place.

    >>> values = {"username": "ann", "password": "pw"}
    >>> hide(values, ["password", "token"])
    >>> values
    {'username': 'ann', 'password': [hidden]}
    """
    for name in names:
        if name in values:
            values[name] = hidden(values[name])


def hidden_in(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Give keyword arguments with the texts of these keys hidden; the very same ones when there are no such keys."""
    if not names and isinstance(values, dict):
        return values
    copy = dict(values)
    hide(copy, names)
    return copy


def sealed(value: Any) -> Any:
    """Give JSON data whose texts are all secrets, such as what another service gave for a login."""
    if isinstance(value, dict):
        return {key: sealed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [sealed(item) for item in value]
    return hidden(value)
