"""Expired sessions are deleted in the background, for as long as the program runs."""

import logging
import threading
from datetime import timedelta
from typing import Self

from .._forking import PerProcess
from .store import SessionStore

logger = logging.getLogger(__name__)


class Cleanup:
    """A thread that calls `gc` of a store again and again; made by `delete_continuously`.

    A failure is logged, and the next round is made all the same. The thread does not keep the program alive. A forked
    child has no such thread: its parent goes on.
    """

    def __init__(self, store: SessionStore, period: timedelta) -> None:
        self._store = store
        self._seconds = period.total_seconds()
        self._stopped = PerProcess(threading.Event)
        self._thread = threading.Thread(target=self._run, name="parse_orm session cleanup", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def stop(self, timeout: float = 10.0) -> None:
        """Stop after the present round.

        Args:
            timeout: seconds to wait for it.
        """
        self._stopped.value.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        # The first round comes after a pause: at the start of a program its tables may not be there yet.
        while not self._stopped.value.wait(self._seconds):
            try:
                removed = self._store.gc()
            except Exception:
                logger.exception("expired sessions could not be deleted; the next try is in %s s", self._seconds)
            else:
                logger.debug("%s expired sessions deleted", removed)


def delete_continuously(store: SessionStore, period: timedelta = timedelta(minutes=15)) -> Cleanup:
    """Delete expired sessions in a thread until `stop()`.

    >>> from datetime import timedelta
    >>> from parse_orm.web import MemoryStore
    >>> with delete_continuously(MemoryStore(), timedelta(minutes=15)) as cleanup:
    ...     cleanup.running
    True

    Args:
        store: whose sessions.
        period: the pause between two rounds; the first one comes after one pause.

    Returns:
        The running cleanup, which is also a `with` block.

    Raises:
        ValueError: the period is not positive.
    """
    if period <= timedelta():
        raise ValueError(f"the period must be positive, not {period}")
    return Cleanup(store, period)
