"""Locks and pools that a forked child makes anew, because a thread of its parent may have held them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, overload
from weakref import WeakValueDictionary

T = TypeVar("T")


class Renewable(Protocol):
    """Something that has to be made anew in a forked child."""

    def renew(self) -> None:
        """Replace every lock, pool and thread by a fresh one; no other thread runs yet."""


#: By identity, since an owner may have an equality of its own, and then no hash.
_owners: WeakValueDictionary[int, Renewable] = WeakValueDictionary()


def renew_in_children(owner: Renewable) -> None:
    """Call ``owner.renew()`` in every child process that is forked while the owner lives.

    A lock that another thread holds at the fork stays locked in the child for ever, since that thread
    does not exist there.

    Args:
        owner: Must be weakly referable; it is not kept alive.
    """
    _owners[id(owner)] = owner


def _renew_all() -> None:
    for owner in list(_owners.values()):
        owner.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)


class PerProcess(Generic[T]):
    """A value that each process makes for itself, such as a lock.

    The value is plain, so ``with lock.value:`` is as safe against signal handlers as ``with`` over the
    lock itself.

    >>> import threading
    >>> lock = PerProcess(threading.Lock)
    >>> with lock.value:
    ...     lock.value.locked()
    True

    Args:
        make: Makes the value, at once and in each forked child.
    """

    __slots__ = ("__weakref__", "_make", "value")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self.value = make()
        renew_in_children(self)

    def renew(self) -> None:
        """Make the value anew."""
        self.value = self._make()


class computed_once(Generic[T]):
    """A property that is computed at its first use and kept in the object's ``__dict__``.

    ``functools.cached_property`` of Python 3.11 computes under a lock, which a forked child may find held.
    Here two threads may both compute the value, so it must be the same each time.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> computed_once[T]: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> computed_once[T] | T:
        if instance is None:
            return self
        value: T = self._compute(instance)
        instance.__dict__[self._name] = value
        return value
