"""Sessions in a table of an SQL database, by SQLAlchemy Core: SQLite, PostgreSQL, MySQL, MariaDB."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from ..._forking import PerProcess, renew_in_children
from ...errors import ConfigurationError, InvalidValue
from ..clock import Clock, utcnow
from ..errors import SessionBackendError, SessionDecodeError, SessionGone
from ..record import COLUMNS, SessionRecord, decode, encode, from_columns, merged, to_micros
from ..store import SessionStore, draw_id
from ..tokens import is_id

logger = logging.getLogger(__name__)

#: How often a write is tried when other requests write the same session.
TRIES = 60
#: Rows that one statement of `gc` removes.
BATCH = 1000
#: How a database says that it ended one of several statements that waited for each other: InnoDB's numbers for a
#: deadlock and for a row that changed under a snapshot, and SQLSTATE. The statement may be run again.
PASSING = frozenset({1213, 1020, "40001", "40P01"})
#: Characters that a text column takes.
WIDTHS = {"user_id": 255, "token_hash": 64, "ip_address": 64, "user_agent": 512, "device_name": 128}
NUMBERS = frozenset({"created_at", "last_active_at", "expires_at", "version"})
#: By default MySQL and MariaDB take "u1" and "U1" for the same user, and older ones refuse an emoji.
MYSQL = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}

T = TypeVar("T")

#: Pools of a parent process; letting go of one would close its connections, which the parent still uses.
_inherited: list[Any] = []


class SQLStore(SessionStore):
    """Keeps records in one table, made at the first use.

    >>> store = SQLStore("sqlite://")
    >>> store.read("unknown") is None
    True

    Writes of different keys merge: a row carries a version, and a write that finds another one than it read
    starts again. A statement that a deadlock ended is run again, too.

    In MySQL and MariaDB the table is InnoDB and utf8mb4 whatever the database's default is, and takes a user "u1"
    and a user "U1" for two.

    A forked child opens connections of its own, also of an Engine that was passed in. An SQLite database in memory
    that the store made begins empty there.

    Args:
        url: a database URL of SQLAlchemy, such as "postgresql+psycopg://..." or "mysql+pymysql://...", or an Engine
            of your own. With an Engine, make it with `hide_parameters=True`, so that its errors show no data.
        table_name: the table.
        create_table: make the table when it is missing; False leaves it to your migrations, see `metadata`.
        clock: gives the present time.

    Raises:
        ConfigurationError: SQLAlchemy is not installed.
    """

    def __init__(
        self, url: Any, *, table_name: str = "parse_orm_sessions", create_table: bool = True, clock: Clock = utcnow
    ) -> None:
        super().__init__(clock=clock)
        try:
            import sqlalchemy
        except ImportError:
            raise ConfigurationError("SQLStore needs SQLAlchemy: pip install 'parse-orm[sql]'") from None
        self._sa: Any = sqlalchemy
        self._owns_engine = not isinstance(url, sqlalchemy.Engine)
        self._engine = _engine(sqlalchemy, url) if self._owns_engine else url
        self._create_table = create_table
        self._making = PerProcess(threading.Lock)
        self._made_in: Any = None
        self._connections = _Connections(self._engine, keep=not self._owns_engine and _in_memory(self._engine.url))
        self.metadata = sqlalchemy.MetaData()
        self._declared = _table(sqlalchemy, table_name, self.metadata)

    def __repr__(self) -> str:
        return f"<SQLStore {self._engine.dialect.name} {self._declared.name}>"

    def create(self, record: SessionRecord) -> None:
        """Store a new record; draws another id when its own is taken."""
        draw_id(record, self.add)

    def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken."""
        row = _values(record, COLUMNS) | {"id": record.id, "data": encode(record.data)}
        try:
            self._count(self._table.insert().values(row))
        except _Taken:
            return False
        return True

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent, expired or damaged, which is logged."""
        if not is_id(id):
            return None
        row = self._row(id)
        return None if row is None else self._record(row)

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record.

        Raises:
            SessionGone: `must_exist`, and there is no row.
            SessionBackendError: other requests kept writing the same session.
        """
        encode(record.data)
        for attempt in range(TRIES):
            if self._write_once(record, must_exist):
                return
            self._pause(attempt)
        raise SessionBackendError(f"session {record.id} could not be stored: {TRIES} other writes came between")

    def _write_once(self, record: SessionRecord, must_exist: bool) -> bool:
        table = self._table
        row = self._row(record.id)
        stored = None if row is None else self._record(row)
        if stored is None and must_exist:
            raise SessionGone(f"session {record.id} was deleted")
        if row is None:
            return self.add(record)
        names = COLUMNS if record.columns is None or stored is None else record.columns
        values = _values(record, names) | {
            "data": encode(record.data if stored is None else merged(stored.data, record)),
            "version": row["version"] + 1,
        }
        same = (table.c.id == record.id) & (table.c.version == row["version"])
        return bool(self._count(table.update().where(same).values(values)))

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used; one statement."""
        if not is_id(id):
            return False
        table = self._table
        values = {"last_active_at": to_micros(last_active_at), "expires_at": to_micros(expires_at)}
        live = (table.c.id == id) & (table.c.expires_at > self._now())
        return bool(self._count(table.update().where(live).values(values)))

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        if not is_id(id):
            return False
        return bool(self._delete(self._table.c.id == id))

    def gc(self) -> int:
        """Delete expired records, 1000 at a time, and count them."""
        table = self._table
        removed = 0
        while True:
            expired = self._sa.select(table.c.id).where(table.c.expires_at <= self._now()).limit(BATCH)
            ids = [row["id"] for row in self._rows(expired)]
            if not ids:
                return removed
            removed += self._delete(table.c.id.in_(ids) & (table.c.expires_at <= self._now()))

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        rows = self._rows(self._table.select().where(self._owned_by(user_id)))
        records = (self._record(row) for row in rows)
        return [record for record in records if record is not None]

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        owned = self._owned_by(user_id)
        return self._delete(owned if except_session_id is None else owned & (self._table.c.id != except_session_id))

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        return self._delete(self._sa.true())

    def close(self) -> None:
        """Close the connections; an Engine that was passed in is left to its owner."""
        if self._owns_engine:
            self._engine.dispose()

    # -- how it asks the database ----------------------------------------------------------

    @property
    def _table(self) -> Any:
        """The table, which exists once this was read; a new pool may stand before another database in memory."""
        if self._create_table and self._made_in is not self._engine.pool:
            with self._making.value:
                pool = self._engine.pool
                if self._made_in is not pool:
                    self._make_table()
                    self._made_in = pool
        return self._declared

    def _make_table(self) -> None:
        """Make the table; when two processes do it at a time, the second finds it on its second look."""
        try:
            self.metadata.create_all(self._engine)
        except self._sa.exc.SQLAlchemyError:
            with self._reporting():
                self.metadata.create_all(self._engine)

    def _rows(self, statement: Any) -> list[dict[str, Any]]:
        """The rows that a statement finds."""
        return self._run(lambda connection: [dict(row) for row in connection.execute(statement).mappings()])

    def _count(self, statement: Any) -> int:
        """Run a statement; the number of rows that it met."""
        return self._run(lambda connection: int(connection.execute(statement).rowcount))

    def _run(self, use: Callable[[Any], T]) -> T:
        """Run one statement, and again when the database ended it for the sake of another."""
        for attempt in range(TRIES):
            try:
                with self._begin() as connection:
                    return use(connection)
            except _Passing:
                self._pause(attempt)
        raise SessionBackendError(f"the session table {self._declared.name} cannot be used: {TRIES} deadlocks in a row")

    @staticmethod
    def _pause(attempt: int) -> None:
        time.sleep(random.uniform(0, 0.002 * min(attempt + 1, 10)))

    @contextmanager
    def _begin(self) -> Iterator[Any]:
        _ = self._table  # made before a connection is taken: a pool may have no second one
        with self._reporting(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Errors of the database become ours; the values of the statement are not shown."""
        try:
            yield
        except self._sa.exc.IntegrityError:
            raise _Taken from None
        except self._sa.exc.SQLAlchemyError as error:
            if _is_passing(error):
                raise _Passing from None
            said = type(getattr(error, "orig", None) or error).__name__
            raise SessionBackendError(f"the session table {self._declared.name} cannot be used: {said}") from None

    def _row(self, id: str) -> dict[str, Any] | None:
        return next(iter(self._rows(self._table.select().where(self._table.c.id == id))), None)

    def _owned_by(self, user_id: str) -> Any:
        """The rows of a user; the length is for MySQL, where "u1" equals "u1 ", too."""
        owner = self._table.c.user_id
        return (owner == user_id) & (self._sa.func.char_length(owner) == len(user_id))

    def _record(self, row: dict[str, Any]) -> SessionRecord | None:
        try:
            record = from_columns(row["id"], row, decode(row["data"]))
        except (SessionDecodeError, InvalidValue):
            logger.error("session %s cannot be read and is taken as absent: its row is damaged", row["id"])
            return None
        return record if self.is_live(record) else None

    def _delete(self, condition: Any) -> int:
        return self._count(self._table.delete().where(condition))

    def _now(self) -> int:
        return to_micros(self.clock())


class _Connections:
    """Gives an engine other connections in each forked child."""

    def __init__(self, engine: Any, *, keep: bool) -> None:
        self._engine = engine
        if not keep:
            renew_in_children(self)

    def renew(self) -> None:
        """Begin with an empty pool, and leave the one of the parent as it is."""
        _inherited.append(self._engine.pool)
        self._engine.dispose(close=False)


class _Taken(SessionBackendError):
    """A row with that id is there already."""


class _Passing(SessionBackendError):
    """Another statement was in the way."""


def _is_passing(error: Any) -> bool:
    """Whether the same statement may succeed when it is run again; drivers tell by an attribute or a number."""
    said = getattr(error, "orig", None)
    codes = (getattr(said, "sqlstate", None), getattr(said, "pgcode", None), *getattr(said, "args", ())[:1])
    return not PASSING.isdisjoint(codes)


def _engine(sqlalchemy: Any, url: Any) -> Any:
    parsed = sqlalchemy.make_url(url)
    if _in_memory(parsed):
        # A database in memory belongs to one connection, so all threads take turns with it.
        return sqlalchemy.create_engine(
            parsed,
            hide_parameters=True,
            poolclass=sqlalchemy.pool.QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    if parsed.get_backend_name() == "sqlite":
        return sqlalchemy.create_engine(parsed, hide_parameters=True, pool_pre_ping=True)
    # Every statement stands alone, so BEGIN and COMMIT would be round trips for nothing.
    return sqlalchemy.create_engine(parsed, hide_parameters=True, pool_pre_ping=True, isolation_level="AUTOCOMMIT")


def _in_memory(url: Any) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _table(sqlalchemy: Any, name: str, metadata: Any) -> Any:
    def column(attribute: str) -> Any:
        kind = sqlalchemy.BigInteger() if attribute in NUMBERS else sqlalchemy.String(WIDTHS.get(attribute, 64))
        return sqlalchemy.Column(attribute, kind, index=attribute in {"user_id", "expires_at"})

    return sqlalchemy.Table(
        name,
        metadata,
        sqlalchemy.Column("id", sqlalchemy.String(64), primary_key=True),
        *map(column, COLUMNS),
        # MySQL's TEXT ends at 64 KB; a length makes it MEDIUMTEXT. The others ignore it.
        sqlalchemy.Column("data", sqlalchemy.Text(2**24 - 1).with_variant(sqlalchemy.Text(), "postgresql")),
        **{f"{dialect}_{name}": value for dialect in ("mysql", "mariadb") for name, value in MYSQL.items()},
    )


def _values(record: SessionRecord, names: Any) -> dict[str, Any]:
    """What a row holds of a record; texts are cut to the width of their column, and lose NUL (PostgreSQL)."""
    values = {name: record.value(name) for name in names}
    return {
        name: value.replace("\0", "")[: WIDTHS.get(name, 64)] if isinstance(value, str) else value
        for name, value in values.items()
    }
