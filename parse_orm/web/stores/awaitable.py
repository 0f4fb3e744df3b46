"""Stores whose methods are awaited: for drivers that have no other kind, and for code on an event loop."""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from ..clock import Clock, utcnow
from ..errors import NotSupported
from ..record import SessionRecord
from ..store import SessionStore

T = TypeVar("T")


class AsyncSessionStore(ABC):
    """A `SessionStore` whose methods are awaited; they have the same names, and the same duties.

    The middleware of `parse_orm.contrib.asgi` takes one as it takes any store. What a request asks of it runs on the
    event loop of the server, while the manager waits in a thread. Elsewhere there is `WaitingStore`.

    Args:
        clock: gives the present time.
    """

    def __init__(self, *, clock: Clock = utcnow) -> None:
        self.clock = clock

    @abstractmethod
    async def create(self, record: SessionRecord) -> None:
        """Store a new record; when its id is taken, draw another one and put it into `record.id`."""

    @abstractmethod
    async def read(self, id: str) -> SessionRecord | None:
        """The record of an id, or None when it is absent, expired or damaged."""

    @abstractmethod
    async def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store a record; `changed`, `removed` and `columns` of the record say which part of it."""

    @abstractmethod
    async def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""

    @abstractmethod
    async def gc(self) -> int:
        """Delete expired records and count them."""

    async def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        raise NotSupported(f"{type(self).__name__} cannot delete the sessions of one user")

    async def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        raise NotSupported(f"{type(self).__name__} cannot list the sessions of one user")

    async def destroy_all(self) -> int:
        """Delete every record and count them."""
        raise NotSupported(f"{type(self).__name__} cannot delete all sessions")

    async def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken."""
        raise NotSupported(f"{type(self).__name__} cannot store a record under a given id")

    async def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used; False when the record is gone."""
        return await self._by_default(SessionStore.touch, id, last_active_at, expires_at)

    async def rekey(self, old_id: str, record: SessionRecord) -> None:
        """Move a session to a new id: the new record is made first, so that a failure loses nothing."""
        await self._by_default(SessionStore.rekey, old_id, record)

    async def close(self) -> None:  # noqa: B027, a store without connections has nothing to do
        """Let go of connections."""

    async def _by_default(self, method: Callable[..., T], *args: Any) -> T:
        """What a store that is not awaited does by its other methods."""
        return await asyncio.to_thread(method, WaitingStore(self, asyncio.get_running_loop()), *args)


def as_async(store: SessionStore) -> AsyncSessionStore:
    """The same store with methods to await, which run it in a thread.

    >>> from parse_orm.web import MemoryStore
    >>> asyncio.run(as_async(MemoryStore()).gc())
    0

    Args:
        store: the store.
    """
    return _Threaded(store)


class _Threaded(AsyncSessionStore):
    def __init__(self, store: SessionStore) -> None:
        super().__init__(clock=store.clock)
        self._store = store

    def __repr__(self) -> str:
        return f"as_async({self._store!r})"

    async def create(self, record: SessionRecord) -> None:
        await asyncio.to_thread(self._store.create, record)

    async def read(self, id: str) -> SessionRecord | None:
        return await asyncio.to_thread(self._store.read, id)

    async def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        await asyncio.to_thread(self._store.write, record, must_exist=must_exist)

    async def destroy(self, id: str) -> bool:
        return await asyncio.to_thread(self._store.destroy, id)

    async def gc(self) -> int:
        return await asyncio.to_thread(self._store.gc)

    async def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        return await asyncio.to_thread(self._store.destroy_for_user, user_id, except_session_id)

    async def list_for_user(self, user_id: str) -> list[SessionRecord]:
        return await asyncio.to_thread(self._store.list_for_user, user_id)

    async def destroy_all(self) -> int:
        return await asyncio.to_thread(self._store.destroy_all)

    async def add(self, record: SessionRecord) -> bool:
        return await asyncio.to_thread(self._store.add, record)

    async def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        return await asyncio.to_thread(self._store.touch, id, last_active_at, expires_at)

    async def rekey(self, old_id: str, record: SessionRecord) -> None:
        await asyncio.to_thread(self._store.rekey, old_id, record)

    async def close(self) -> None:
        await asyncio.to_thread(self._store.close)


class WaitingStore(SessionStore):
    """An `AsyncSessionStore` with methods that wait; they are called in threads, never on an event loop.

    Args:
        store: the store.
        loop: the event loop that runs it, which goes on meanwhile.
    """

    def __init__(self, store: AsyncSessionStore, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(clock=store.clock)
        self.loop = loop
        self._store = store
        self._process = os.getpid()

    def __repr__(self) -> str:
        return repr(self._store)

    def _wait(self, answer: Coroutine[Any, Any, T]) -> T:
        if on_event_loop():
            answer.close()
            raise RuntimeError("an async session store was used on an event loop: await a method of the manager")
        if os.getpid() != self._process:
            answer.close()
            raise RuntimeError(
                "the event loop of an async session store does not run in a forked child: make both there"
            )
        return asyncio.run_coroutine_threadsafe(answer, self.loop).result()

    def create(self, record: SessionRecord) -> None:
        """Store a new record; draws another id when its own is taken."""
        self._wait(self._store.create(record))

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id."""
        return self._wait(self._store.read(id))

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record."""
        self._wait(self._store.write(record, must_exist=must_exist))

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        return self._wait(self._store.destroy(id))

    def gc(self) -> int:
        """Delete expired records and count them."""
        return self._wait(self._store.gc())

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        return self._wait(self._store.destroy_for_user(user_id, except_session_id))

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        return self._wait(self._store.list_for_user(user_id))

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        return self._wait(self._store.destroy_all())

    def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken."""
        return self._wait(self._store.add(record))

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used."""
        return self._wait(self._store.touch(id, last_active_at, expires_at))

    def rekey(self, old_id: str, record: SessionRecord) -> None:
        """Move a session to a new id."""
        self._wait(self._store.rekey(old_id, record))

    def close(self) -> None:
        """Let go of connections."""
        self._wait(self._store.close())


def on_event_loop() -> bool:
    """Whether the caller runs on an event loop, where it may not wait."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
