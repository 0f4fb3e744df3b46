"""Sessions in a table of an SQL database, by SQLAlchemy Core: SQLite, PostgreSQL, MySQL."""

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from ...errors import ConfigurationError, InvalidValue
from ..clock import Clock, utcnow
from ..errors import SessionBackendError, SessionDecodeError, SessionGone
from ..record import COLUMNS, SessionRecord, decode, encode, from_columns, merged, to_micros
from ..store import SessionStore, draw_id

logger = logging.getLogger(__name__)

#: How often a write is tried when other requests write the same session.
TRIES = 60
#: Rows that one statement of `gc` removes.
BATCH = 1000
#: Characters that a text column takes.
WIDTHS = {"user_id": 255, "token_hash": 64, "ip_address": 64, "user_agent": 512, "device_name": 128}
NUMBERS = frozenset({"created_at", "last_active_at", "expires_at", "version"})


class SQLStore(SessionStore):
    """Keeps records in one table, made at the first use.

    >>> store = SQLStore("sqlite://")
    >>> store.read("unknown") is None
    True

    Writes of different keys merge: a row carries a version, and a write that finds another one than it read
    starts again.

    Args:
        url: a database URL of SQLAlchemy, or an Engine of your own. With an Engine, make it with
            `hide_parameters=True`, so that its errors show no data.
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
        self._making = threading.Lock()
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
            with self._begin() as connection:
                connection.execute(self._table.insert().values(row))
        except _Taken:
            return False
        return True

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent, expired or damaged, which is logged."""
        with self._begin() as connection:
            row = self._row(connection, id)
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
            time.sleep(random.uniform(0, 0.002 * min(attempt + 1, 10)))
        raise SessionBackendError(f"session {record.id} could not be stored: {TRIES} other writes came between")

    def _write_once(self, record: SessionRecord, must_exist: bool) -> bool:
        table = self._table
        with self._begin() as connection:
            row = self._row(connection, record.id)
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
        with self._begin() as connection:
            return bool(connection.execute(table.update().where(same).values(values)).rowcount)

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used; one statement."""
        table = self._table
        values = {"last_active_at": to_micros(last_active_at), "expires_at": to_micros(expires_at)}
        live = (table.c.id == id) & (table.c.expires_at > self._now())
        with self._begin() as connection:
            return bool(connection.execute(table.update().where(live).values(values)).rowcount)

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        return bool(self._delete(self._table.c.id == id))

    def gc(self) -> int:
        """Delete expired records, 1000 at a time, and count them."""
        table = self._table
        removed = 0
        while True:
            with self._begin() as connection:
                expired = self._sa.select(table.c.id).where(table.c.expires_at <= self._now()).limit(BATCH)
                ids = [row[0] for row in connection.execute(expired)]
            if not ids:
                return removed
            removed += self._delete(table.c.id.in_(ids) & (table.c.expires_at <= self._now()))

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        table = self._table
        with self._begin() as connection:
            rows = connection.execute(table.select().where(table.c.user_id == user_id)).mappings().all()
        records = (self._record(dict(row)) for row in rows)
        return [record for record in records if record is not None]

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        table = self._table
        owned = table.c.user_id == user_id
        return self._delete(owned if except_session_id is None else owned & (table.c.id != except_session_id))

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        return self._delete(self._sa.true())

    def close(self) -> None:
        """Close the connections; an Engine that was passed in is left to its owner."""
        if self._owns_engine:
            self._engine.dispose()

    # -- how it asks the database ----------------------------------------------------------

    @cached_property
    def _table(self) -> Any:
        """The table, which exists once this was read."""
        with self._making:
            if self._create_table:
                self._make_table()
                self._create_table = False
        return self._declared

    def _make_table(self) -> None:
        """Make the table; when two processes do it at a time, the second finds it on its second look."""
        try:
            self.metadata.create_all(self._engine)
        except self._sa.exc.SQLAlchemyError:
            with self._reporting():
                self.metadata.create_all(self._engine)

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
            said = type(getattr(error, "orig", None) or error).__name__
            raise SessionBackendError(f"the session table {self._declared.name} cannot be used: {said}") from None

    def _row(self, connection: Any, id: str) -> dict[str, Any] | None:
        row = connection.execute(self._table.select().where(self._table.c.id == id)).mappings().first()
        return None if row is None else dict(row)

    def _record(self, row: dict[str, Any]) -> SessionRecord | None:
        try:
            record = from_columns(row["id"], row, decode(row["data"]))
        except (SessionDecodeError, InvalidValue):
            logger.error("session %s cannot be read and is taken as absent: its row is damaged", row["id"])
            return None
        return record if self.is_live(record) else None

    def _delete(self, condition: Any) -> int:
        with self._begin() as connection:
            return int(connection.execute(self._table.delete().where(condition)).rowcount)

    def _now(self) -> int:
        return to_micros(self.clock())


class _Taken(SessionBackendError):
    """A row with that id is there already."""


def _engine(sqlalchemy: Any, url: Any) -> Any:
    parsed = sqlalchemy.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        # A database in memory belongs to one connection, so all threads take turns with it.
        return sqlalchemy.create_engine(
            parsed,
            hide_parameters=True,
            poolclass=sqlalchemy.pool.QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    return sqlalchemy.create_engine(parsed, hide_parameters=True, pool_pre_ping=True)


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
    )


def _values(record: SessionRecord, names: Any) -> dict[str, Any]:
    """What a row holds of a record; texts are cut to the width of their column, and lose NUL (PostgreSQL)."""
    values = {name: record.value(name) for name in names}
    return {
        name: value.replace("\0", "")[: WIDTHS.get(name, 64)] if isinstance(value, str) else value
        for name, value in values.items()
    }
