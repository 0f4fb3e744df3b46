"""A store is where session records live; this is what each one must be able to do."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from .._forking import PerProcess
from .clock import Clock, utcnow
from .errors import NotSupported, SessionBackendError, SessionGone
from .record import SessionRecord
from .tokens import new_id

#: How often a new id is drawn before a store is thought to be broken; 128 random bits never collide by chance.
DRAWS = 8


class SessionStore(ABC):
    """Where session records live.

    The id of a record is 1 to 64 letters, digits, `_` and `-`. Other ids come from URLs that somebody made up: `read`
    gives None for them, `touch` and `destroy` False; see `is_id` of `parse_orm.web.tokens`.

    Five methods make a store: `create`, `read`, `write`, `destroy`, `gc`. The others have a default, which may be
    slow or may say that the store cannot do it. `parse_orm.testing.SessionStoreContract` tests them all.

    Args:
        clock: gives the present time.
    """

    def __init__(self, *, clock: Clock = utcnow) -> None:
        self.clock = clock
        self._last_moment: datetime | None = None
        self._moments = PerProcess(threading.Lock)

    @abstractmethod
    def create(self, record: SessionRecord) -> None:
        """Store a new record; when its id is taken, draw another one and put it into `record.id`.

        Raises:
            SessionBackendError: the store does not answer.
        """

    @abstractmethod
    def read(self, id: str) -> SessionRecord | None:
        """The record of an id, or None when it is absent, expired or damaged; the caller owns what it gets.

        Raises:
            SessionBackendError: the store does not answer.
        """

    @abstractmethod
    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store a record; `changed`, `removed` and `columns` of the record say which part of it.

        Args:
            record: what to store.
            must_exist: refuse to make a row again that somebody deleted.

        Raises:
            SessionGone: `must_exist`, and there is no row.
            SessionBackendError: the store does not answer.
        """

    @abstractmethod
    def destroy(self, id: str) -> bool:
        """Delete a record.

        Returns:
            True when this call removed it, False when it was not there.

        Raises:
            SessionBackendError: the store does not answer.
        """

    @abstractmethod
    def gc(self) -> int:
        """Delete expired records, in batches; several processes may do it at a time.

        Returns:
            The number that this call removed; 0 where the store forgets by itself.

        Raises:
            SessionBackendError: the store does not answer.
        """

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user.

        Args:
            user_id: the user.
            except_session_id: a session to leave alone.

        Returns:
            The number that this call removed.

        Raises:
            NotSupported: this store does not know whose record is whose.
        """
        raise NotSupported(f"{type(self).__name__} cannot delete the sessions of one user")

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired.

        Raises:
            NotSupported: this store does not know whose record is whose.
        """
        raise NotSupported(f"{type(self).__name__} cannot list the sessions of one user")

    def destroy_all(self) -> int:
        """Delete every record, which logs everybody out.

        Returns:
            The number that this call removed.

        Raises:
            NotSupported: this store cannot.
        """
        raise NotSupported(f"{type(self).__name__} cannot delete all sessions")

    def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken.

        Returns:
            False when the id is taken.

        Raises:
            NotSupported: this store cannot.
        """
        raise NotSupported(f"{type(self).__name__} cannot store a record under a given id")

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used; nothing else of it changes.

        Returns:
            False when the record is gone; it is not made again.
        """
        record = self.read(id)
        if record is None:
            return False
        record.last_active_at, record.expires_at = last_active_at, expires_at
        record.changed, record.removed, record.columns = (), (), ("last_active_at", "expires_at")
        try:
            self.write(record, must_exist=True)
        except SessionGone:
            return False
        return True

    def rekey(self, old_id: str, record: SessionRecord) -> None:
        """Move a session to a new id: the new record is made first, so that a failure loses nothing.

        Args:
            old_id: the id so far.
            record: the new record; `record.id` is the new id afterwards.

        Raises:
            SessionGone: the old record was deleted meanwhile; the new one is taken back.
            SessionBackendError: the store does not answer; the old session is still good.
        """
        self.create(record)
        try:
            existed = self.destroy(old_id)
        except BaseException:
            self.destroy(record.id)
            raise
        if not existed:
            self.destroy(record.id)
            raise SessionGone("the session ended while its id was changed")

    def close(self) -> None:  # noqa: B027, a store without connections has nothing to do
        """Let go of connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def next_moment(self, now: datetime) -> datetime:
        """The time of a login: the present one, or a millisecond after the last login when the clock stood still."""
        with self._moments.value:
            last = self._last_moment
            if last is not None and now <= last < now + timedelta(seconds=1):
                now = last + timedelta(milliseconds=1)
            self._last_moment = now
        return now

    def is_live(self, record: SessionRecord) -> bool:
        """Whether a record has not expired."""
        return record.expires_at > self.clock()


def draw_id(record: SessionRecord, add: Callable[[SessionRecord], bool]) -> None:
    """Add a record under its id, or under another one as long as the id is taken.

    Raises:
        SessionBackendError: every id is taken, which cannot happen in a store that works.
    """
    for _ in range(DRAWS):
        if add(record):
            return
        record.id = new_id()
    raise SessionBackendError(f"{DRAWS} ids in a row were taken: the store answers wrongly")
