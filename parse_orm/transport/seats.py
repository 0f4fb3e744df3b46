"""How many exchanges may be under way at once; a seat cannot be lost, however its holder ends."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from weakref import WeakSet

from ..errors import ConnectTimedOut
from .deadline import Deadline

#: Seconds between two looks for a seat whose holder was ended by an exception of a signal handler.
LOOK = 0.05


class Seat:
    """The right to one exchange; held by a local variable, so that it ends with its frame at the latest."""

    __slots__ = ("__weakref__",)


class Seats:
    """A fixed number of seats.

    An exception of a signal handler may come between any two instructions, also between taking a seat
    and the ``try`` that would give it back. So nothing is counted down: the seats that exist are known
    by weak references, and one that is gone is replaced.

    Args:
        count: Seats in all.
    """

    def __init__(self, count: int) -> None:
        """Make the seats."""
        self._count = count
        self._free: SimpleQueue[Seat] = SimpleQueue()
        self._all: WeakSet[Seat] = WeakSet()
        for _ in range(count):
            self._free.put(self._made())

    def take(self, deadline: Deadline) -> Seat:
        """Give a seat, as soon as one is free.

        Raises:
            ConnectTimedOut: None was free in time; nothing was sent.
        """
        while True:
            try:
                return self._free.get_nowait()
            except Empty:
                if len(self._all) < self._count:
                    return self._made()
            try:
                left = deadline.left()
                return self._free.get(timeout=LOOK if left is None else min(left, LOOK))
            except TimeoutError:
                break
            except Empty:
                continue
        raise ConnectTimedOut(f"all {self._count} connections were in use for the whole time; raise pool_size")

    def give_back(self, seat: Seat) -> None:
        """Let the next one have the seat."""
        self._free.put(seat)

    def _made(self) -> Seat:
        seat = Seat()
        self._all.add(seat)
        return seat
