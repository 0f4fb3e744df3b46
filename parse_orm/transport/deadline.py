"""The moment by which one exchange has to be over."""

from __future__ import annotations

from time import monotonic

#: Bytes a second below which moving a large file is given up.
SLOWEST = 1 << 16


class Deadline:
    """How much time is left, for everything that an exchange has to wait for.

    Args:
        seconds: From now; None for no end.
        rate: Bytes a second. What is moved buys time at this rate, though never more than ``seconds``
            from now, so that a large file may take as long as it needs while a peer that is silent, or
            sends a byte a second, may not. None for a fixed end.
    """

    __slots__ = ("_end", "_rate", "_seconds", "sent")

    def __init__(self, seconds: float | None, rate: int | None = None) -> None:
        """Start the clock."""
        self._seconds = seconds
        self._end = None if seconds is None else monotonic() + seconds
        self._rate = rate
        #: Whether a part of the request was sent, so that the server may have got all of it.
        self.sent = False

    def left(self) -> float | None:
        """Give the seconds that are left, None for no end.

        Raises:
            TimeoutError: There is no time left.
        """
        if self._end is None:
            return None
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the time for this exchange is over")
        return left

    def within(self, seconds: float | None) -> Deadline:
        """Give a deadline for a part of the exchange: ``seconds`` from now, or this one if it is sooner."""
        part = Deadline(seconds)
        if part._end is None or (self._end is not None and self._end < part._end):
            part._end = self._end
        return part

    def moved(self, count: int) -> None:
        """Note that ``count`` bytes were sent or received."""
        if self._rate is not None and self._end is not None and self._seconds is not None:
            self._end = max(self._end, min(self._end + count / self._rate, monotonic() + self._seconds))
