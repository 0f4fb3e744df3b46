"""A forked child uses the stores of its parent, whatever the parent's threads were doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from parse_orm._forking import PerProcess
from parse_orm.web import CachingStore, MemoryStore, RedisStore, SessionRecord, SessionStore, SQLStore
from parse_orm.web.cleanup import delete_continuously
from parse_orm.web.errors import SessionBackendError
from parse_orm.web.stores.awaitable import WaitingStore, as_async
from parse_orm.web.tokens import new_id
from tests.forking import held_by_a_thread, in_child

NOW = datetime.now(UTC)


def record() -> SessionRecord:
    return SessionRecord(new_id(), created_at=NOW, last_active_at=NOW, expires_at=NOW + timedelta(hours=1))


def use(store: SessionStore) -> None:
    """Store a record and read it; the hour of a login is told, too."""
    made = record()
    store.create(made)
    assert store.read(made.id) is not None
    assert store.next_moment(NOW) is not None


def locks_of(store: SessionStore) -> list[Any]:
    own = [part.value for part in vars(store).values() if isinstance(part, PerProcess)]
    within = [lock for part in vars(store).values() if isinstance(part, SessionStore) for lock in locks_of(part)]
    return own + within


class Connections:
    """All connections of a pool, taken by one holder."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine
        self._taken: list[Any] = []

    def acquire(self) -> None:
        with self._engine.connect() as first:
            first.exec_driver_sql("SELECT 1")
        self._taken = [self._engine.raw_connection() for _ in range(self._engine.pool.size())]  # type: ignore[attr-defined]

    def release(self) -> None:
        for connection in self._taken:
            connection.close()


STORES: dict[str, Callable[[Path], SessionStore]] = {
    "memory": lambda folder: MemoryStore(),
    "caching": lambda folder: CachingStore(MemoryStore(), MemoryStore()),
    "sql in memory": lambda folder: SQLStore("sqlite://"),
    "sql in a file": lambda folder: SQLStore(f"sqlite:///{folder / 'a.db'}"),
    "sql with an engine": lambda folder: SQLStore(sqlalchemy.create_engine(f"sqlite:///{folder / 'a.db'}")),
}


@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
@pytest.mark.parametrize("kind", STORES)
def test_a_child_uses_a_store_whose_locks_and_connections_a_thread_of_the_parent_held(
    kind: str, used: bool, tmp_path: Path
) -> None:
    store = STORES[kind](tmp_path)
    if used:
        use(store)
    locks = locks_of(store)
    assert locks
    if isinstance(store, SQLStore):
        locks.append(Connections(store._engine))

    with held_by_a_thread(*locks):
        in_child(lambda: use(store))

    use(store)
    store.close()


def test_parent_and_child_share_a_table_but_no_connection(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path / 'a.db'}")
    made, theirs = record(), record()
    store.create(made)
    with store._engine.connect() as connection:
        mine = connection.connection.dbapi_connection

    def look() -> None:
        assert store.read(made.id) is not None
        with store._engine.connect() as connection:
            assert connection.connection.dbapi_connection is not mine
        store.create(theirs)

    in_child(look)

    assert store.read(theirs.id) is not None
    store.close()


def test_an_engine_of_the_users_own_in_memory_keeps_its_tables_in_a_child() -> None:
    engine = sqlalchemy.create_engine(
        "sqlite://", poolclass=sqlalchemy.pool.StaticPool, connect_args={"check_same_thread": False}
    )
    store, made = SQLStore(engine), record()
    store.create(made)

    def look() -> None:
        assert store.read(made.id) is not None

    in_child(look)
    engine.dispose()


def test_a_child_asks_redis_though_the_pool_of_the_parent_was_in_use() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")  # nobody is there, which a child has to find out

    def look() -> None:
        with pytest.raises(SessionBackendError):
            store.read("absent")

    with held_by_a_thread(store._redis.connection_pool._lock):
        in_child(look)
    store.close()


def test_the_cleanup_of_the_parent_can_be_stopped_in_a_child() -> None:
    def stop() -> None:
        assert not cleanup.running
        cleanup.stop()

    with delete_continuously(MemoryStore()) as cleanup:
        with held_by_a_thread(cleanup._stopped.value._cond):
            in_child(stop)
        assert cleanup.running


def test_an_awaited_store_says_in_a_child_that_its_loop_is_not_there() -> None:
    loop = asyncio.new_event_loop()
    store = WaitingStore(as_async(MemoryStore()), loop)

    def look() -> None:
        with pytest.raises(RuntimeError, match="forked child"):
            store.read("absent")

    in_child(look)
    loop.close()
