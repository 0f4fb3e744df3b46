"""A fast store before a lasting one: reads come from the cache, and a session that ended never does."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ..clock import later
from ..errors import SessionDecodeError, SessionStoreError
from ..record import COLUMNS, SessionRecord, decode, encode, from_columns
from ..store import SessionStore
from ..tokens import is_id

logger = logging.getLogger(__name__)
T = TypeVar("T")


class CachingStore(SessionStore):
    """Reads a record from the lasting store once, then from the cache.

    A cached record lives `ttl` at most. Before a record is changed, a mark is put into the cache, which makes reads
    go to the store and keeps a slow reader of the old record from putting it back; a deleted one leaves a mark that
    says so. A cache that fails is logged and done without: the answer comes from the store. What must not be late,
    such as a logout while the cache is away, is late by `ttl` at most.

    >>> from parse_orm.web import MemoryStore
    >>> store = CachingStore(MemoryStore(), MemoryStore())

    Args:
        cache: a store with `add`: MemoryStore (for one process) or RedisStore.
        store: the lasting store.
        ttl: how long a record may be served from the cache.
        settle: how long after a write reads keep going to the store; longer than any read takes.
    """

    def __init__(
        self,
        cache: SessionStore,
        store: SessionStore,
        *,
        ttl: timedelta = timedelta(minutes=1),
        settle: timedelta = timedelta(seconds=10),
    ) -> None:
        super().__init__(clock=store.clock)
        self.cache = cache
        self.store = store
        self.ttl = ttl
        self.settle = settle

    def create(self, record: SessionRecord) -> None:
        """Store a new record; the cache learns it at the first read."""
        self.store.create(record)

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent, expired or damaged."""
        if not is_id(id):
            return None
        entry = self._cached(lambda: self.cache.read(id))
        state = entry.data.get("state") if entry is not None else None
        if state == "gone":
            return None
        if state == "here" and entry is not None:
            record = _unpacked(id, entry.data)
            if record is not None:
                return record if self.is_live(record) else None
        record = self.store.read(id)
        if record is not None and state is None:
            self._cached(lambda: self.cache.add(self._entry(id, self.ttl, _packed(record))))
        return record

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record."""
        self._change(record.id, lambda: self.store.write(record, must_exist=must_exist))

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used."""
        if not is_id(id):
            return False
        return self._change(id, lambda: self.store.touch(id, last_active_at, expires_at))

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        if not is_id(id):
            return False
        removed = self._change(id, lambda: self.store.destroy(id))
        self._mark(id, "gone", self.ttl)
        return removed

    def gc(self) -> int:
        """Delete expired records of both, and count those of the lasting store."""
        self._cached(self.cache.gc)
        return self.store.gc()

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user, from the lasting store."""
        return self.store.list_for_user(user_id)

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user, one by one, so that each leaves its mark; count them."""
        removed = 0
        while records := [r for r in self.store.list_for_user(user_id) if r.id != except_session_id]:
            removed += sum(self.destroy(record.id) for record in records)
        return removed

    def destroy_all(self) -> int:
        """Delete every record; the cache is emptied after the store."""
        removed = self.store.destroy_all()
        self._cached(self.cache.destroy_all)
        return removed

    def close(self) -> None:
        """Close both."""
        self.cache.close()
        self.store.close()

    # -- what is in the cache --------------------------------------------------------------

    def _change(self, id: str, change: Callable[[], T]) -> T:
        """Mark before, so that no reader serves the old record afterwards; mark after, so that none puts it back."""
        self._mark(id, "changing", self.settle)
        try:
            return change()
        finally:
            self._mark(id, "changing", self.settle)

    def _mark(self, id: str, state: str, period: timedelta) -> None:
        self._cached(lambda: self.cache.write(self._entry(id, period, {"state": state})))

    def _entry(self, id: str, period: timedelta, data: dict[str, Any]) -> SessionRecord:
        now = self.cache.clock()
        return SessionRecord(id, data=data, created_at=now, last_active_at=now, expires_at=later(now, period))

    def _cached(self, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except SessionStoreError as error:
            logger.warning("the session cache failed, the store answers instead: %s", error)
            return None


def _packed(record: SessionRecord) -> dict[str, Any]:
    columns = {name: record.value(name) for name in COLUMNS}
    return {"state": "here", "columns": columns, "data": encode(record.data)}


def _unpacked(id: str, packed: dict[str, Any]) -> SessionRecord | None:
    try:
        return from_columns(id, packed["columns"], decode(packed["data"]))
    except (SessionDecodeError, KeyError, TypeError):
        return None
