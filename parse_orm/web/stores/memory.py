"""Sessions in the memory of one process: for tests, and as a cache before another store."""

import copy
import threading
from dataclasses import replace
from datetime import datetime

from ..._forking import PerProcess
from ..clock import Clock, utcnow
from ..errors import SessionGone
from ..record import COLUMNS, SessionRecord, decode, encode, merged
from ..store import SessionStore, draw_id
from ..tokens import is_id


class MemoryStore(SessionStore):
    """Keeps records in a dict; they die with the process, and other processes do not see them.

    >>> store = MemoryStore()
    >>> store.read("unknown") is None
    True

    Args:
        clock: gives the present time.
    """

    def __init__(self, *, clock: Clock = utcnow) -> None:
        super().__init__(clock=clock)
        self._records: dict[str, SessionRecord] = {}
        self._lock = PerProcess(threading.RLock)

    def __len__(self) -> int:
        return len(self._records)

    def create(self, record: SessionRecord) -> None:
        """Store a new record; draws another id when its own is taken."""
        draw_id(record, self.add)

    def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken."""
        kept = _kept(record, decode(encode(record.data)))
        with self._lock.value:
            taken = self._live(record.id)
            if taken is None:
                self._records[record.id] = kept
        return taken is None

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent or expired."""
        if not is_id(id):
            return None
        with self._lock.value:
            return copy.deepcopy(self._live(id))

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record.

        Raises:
            SessionGone: `must_exist`, and there is no record.
        """
        given = replace(record, data=decode(encode(record.data)))
        with self._lock.value:
            stored = self._live(record.id)
            if stored is None and must_exist:
                raise SessionGone(f"session {record.id} was deleted")
            if stored is None:
                self._records[record.id] = _kept(given, given.data)
                return
            names = COLUMNS if record.columns is None else record.columns
            values = {name: getattr(given, name) for name in names if name != "version"}
            self._records[record.id] = replace(
                stored, data=merged(stored.data, given), **values, version=stored.version + 1
            )

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used."""
        if not is_id(id):
            return False
        with self._lock.value:
            stored = self._live(id)
            if stored is not None:
                self._records[id] = replace(stored, last_active_at=last_active_at, expires_at=expires_at)
        return stored is not None

    def destroy(self, id: str) -> bool:
        """Delete a record; True when it was there."""
        if not is_id(id):
            return False
        with self._lock.value:
            return self._records.pop(id, None) is not None

    def gc(self) -> int:
        """Delete expired records and count them."""
        with self._lock.value:
            return self._remove([r.id for r in self._records.values() if not self.is_live(r)])

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        with self._lock.value:
            return [copy.deepcopy(r) for r in self._records.values() if r.user_id == user_id and self.is_live(r)]

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        with self._lock.value:
            return self._remove(
                [r.id for r in self._records.values() if r.user_id == user_id and r.id != except_session_id]
            )

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        with self._lock.value:
            return self._remove(list(self._records))

    def _live(self, id: str) -> SessionRecord | None:
        record = self._records.get(id)
        return record if record is not None and self.is_live(record) else None

    def _remove(self, ids: list[str]) -> int:
        for id in ids:
            del self._records[id]
        return len(ids)


def _kept(record: SessionRecord, data: dict[str, object]) -> SessionRecord:
    return replace(record, data=data, changed=None, removed=None, columns=None)
