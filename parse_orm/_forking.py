"""Locks and pools that a forked child makes anew, because a thread of its parent may have held them."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """Something that has to be made anew in a forked child."""

    def renew(self) -> None:
        """Replace every lock, pool and thread by a fresh one; no other thread runs yet."""


_owners: WeakSet[Renewable] = WeakSet()


def renew_in_children(owner: Renewable) -> None:
    """Call ``owner.renew()`` in every child process that is forked while the owner lives.

    A lock that another thread holds at the fork stays locked in the child for ever, since that thread
    does not exist there.

    Args:
        owner: Must be hashable and weakly referable; it is not kept alive.
    """
    _owners.add(owner)


def _renew_all() -> None:
    for owner in list(_owners):
        owner.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
