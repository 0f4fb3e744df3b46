"""Sessions in Redis: one hash per session, one field per key, forgotten by Redis itself when they expire."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ..._forking import renew_in_children
from ...errors import ConfigurationError, InvalidId, InvalidValue
from ..clock import Clock, utcnow
from ..errors import SessionBackendError, SessionDecodeError, SessionGone
from ..record import COLUMNS, SessionRecord, decode, encode, from_columns, to_micros
from ..store import SessionStore, draw_id
from ..tokens import is_id

logger = logging.getLogger(__name__)

#: What a field name of `data` begins with in the hash; the others are columns.
DATA = "data:"

# Redis runs a script as one step, so nothing can happen between its look and its write.
# KEYS: the hash. ARGV: "add", "write" or "update"; when it expires, in milliseconds, or nothing; "1" to remove all
# data first; how many fields to set; those fields and values; the fields to remove. It answers whose session it is, and
# nothing at all when it did not write.
STORE = """
local exists = redis.call('EXISTS', KEYS[1])
if ARGV[1] == 'add' and exists == 1 then return false end
if ARGV[1] == 'update' and exists == 0 then return false end
if ARGV[3] == '1' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 5) == 'data:' then redis.call('HDEL', KEYS[1], field) end
  end
end
local last = 4 + 2 * tonumber(ARGV[4])
for i = 5, last, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[2] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'user_id') or ''
"""

# The note of a user's sessions lives a little longer than the longest of them. It has a script of its own, for in a
# Redis Cluster it may be on another machine than the session.
# KEYS: the sorted set. ARGV: when the session expires, in microseconds; its id.
NOTE = """
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.floor(tonumber(last[2]) / 1000) + 1000))
"""


class RedisStore(SessionStore):
    """Keeps records in Redis 6 or newer.

    `gc` always returns 0: Redis removes expired sessions itself. The ids of a user's sessions are in a sorted set,
    whose leftovers are dropped when it is read.

    A forked child opens connections of its own. With a client that was passed in, redis-py sees to that, and its pool
    must not be in use by another thread at the fork.

    Args:
        url: such as "redis://localhost:6379/0", or a client of redis-py.
        prefix: what every key begins with; `id:` and an id follow for a session, `of-user:` for the ids of a user.
        clock: gives the present time.

    Raises:
        ConfigurationError: redis-py is not installed.
    """

    def __init__(
        self, url: Any = "redis://localhost:6379/0", *, prefix: str = "session:", clock: Clock = utcnow
    ) -> None:
        super().__init__(clock=clock)
        try:
            import redis
        except ImportError:
            raise ConfigurationError("RedisStore needs redis-py: pip install 'parse-orm[redis]'") from None
        self._failures = (redis.RedisError, OSError)
        self._owns_client = isinstance(url, str)
        self._redis: Any = redis.Redis.from_url(url) if isinstance(url, str) else url
        if isinstance(url, str):
            self._connections = _Connections(self._redis, lambda: redis.ConnectionPool.from_url(url))
        self._prefix = prefix
        self._store = self._redis.register_script(STORE)
        self._note = self._redis.register_script(NOTE)

    def __repr__(self) -> str:
        return f"<RedisStore {self._prefix}>"

    def create(self, record: SessionRecord) -> None:
        """Store a new record; draws another id when its own is taken."""
        draw_id(record, self.add)

    def add(self, record: SessionRecord) -> bool:
        """Store a record unless its id is taken."""
        fields = _fields(record, COLUMNS) | _data(record, record.data)
        with self._reporting():
            return self._run("add", record, fields)

    def read(self, id: str) -> SessionRecord | None:
        """The record of an id; None when it is absent, expired or damaged, which is logged."""
        if not is_id(id):
            return None
        with self._reporting():
            return self._record(id, self._redis.hgetall(self._key(id)))

    def write(self, record: SessionRecord, *, must_exist: bool = False) -> None:
        """Store the changed part of a record, in one step.

        Raises:
            SessionGone: `must_exist`, and there is no record.
        """
        whole = record.removed is None
        names = COLUMNS if record.columns is None else record.columns
        changed = record.data if record.changed is None or whole else record.changed
        fields = _fields(record, names) | _data(record, changed)
        removed = () if record.removed is None else [DATA + key for key in record.removed]
        with self._reporting():
            if not self._run("update" if must_exist else "write", record, fields, removed, whole):
                raise SessionGone(f"session {record.id} was deleted")

    def touch(self, id: str, last_active_at: datetime, expires_at: datetime) -> bool:
        """Note that a session was used."""
        if not is_id(id):
            return False
        fields = {"last_active_at": to_micros(last_active_at), "expires_at": to_micros(expires_at)}
        with self._reporting():
            return self._run_on(id, "update", expires_at, fields)

    def destroy(self, id: str) -> bool:
        """Delete a record; True when this call removed it."""
        if not is_id(id):
            return False
        with self._reporting():
            return bool(self._redis.delete(self._key(id)))

    def gc(self) -> int:
        """Nothing to do: Redis removes expired sessions itself."""
        return 0

    def list_for_user(self, user_id: str) -> list[SessionRecord]:
        """The records of one user that have not expired."""
        with self._reporting():
            ids = self._ids(user_id)
            found = self._pipelined("hgetall", ids)
            records = [self._record(id, fields) for id, fields in zip(ids, found, strict=True)]
            gone = [id for id, fields in zip(ids, found, strict=True) if not fields]
            if gone:
                self._redis.zrem(self._index_key(user_id), *gone)
        return [record for record in records if record is not None and record.user_id == user_id]

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        """Delete the records of one user and count them."""
        with self._reporting():
            ids = [id for id in self._ids(user_id) if id != except_session_id]
            removed = sum(int(done) for done in self._pipelined("delete", ids))
            if ids:
                self._redis.zrem(self._index_key(user_id), *ids)
        return removed

    def destroy_all(self) -> int:
        """Delete every record and count them."""
        removed = 0
        with self._reporting():
            for key in self._redis.scan_iter(match=f"{_escaped(self._prefix)}*", count=500):
                removed += self._redis.delete(key) * (not key.startswith(self._index_key("").encode()))
        return removed

    def close(self) -> None:
        """Close the connections; a client that was passed in is left to its owner."""
        if self._owns_client:
            self._redis.close()

    # -- how it asks Redis -----------------------------------------------------------------

    def _key(self, id: str) -> str:
        if not is_id(id):
            raise InvalidId(f"{id!r:.80} cannot be the id of a session")
        return f"{self._prefix}id:{id}"

    def _index_key(self, user_id: str) -> str:
        return f"{self._prefix}of-user:{user_id}"

    def _ids(self, user_id: str) -> list[str]:
        return [id.decode() for id in self._redis.zrange(self._index_key(user_id), 0, -1)]

    def _pipelined(self, command: str, ids: list[str]) -> list[Any]:
        if not ids:
            return []
        with self._redis.pipeline(transaction=False) as pipe:
            for id in ids:
                getattr(pipe, command)(self._key(id))
            return list(pipe.execute())

    def _run(
        self, how: str, record: SessionRecord, fields: dict[str, Any], removed: Any = (), whole: bool = False
    ) -> bool:
        return self._run_on(record.id, how, record.expires_at, fields, removed, whole)

    def _run_on(
        self,
        id: str,
        how: str,
        expires_at: datetime,
        fields: dict[str, Any],
        removed: Any = (),
        whole: bool = False,
    ) -> bool:
        pairs = [part for pair in fields.items() for part in pair]
        expires = to_micros(expires_at) // 1000 if "expires_at" in fields else ""
        arguments = [how, expires, "1" if whole else "0", len(fields), *pairs, *removed]
        user = self._store(keys=[self._key(id)], args=arguments)
        if user and not fields.keys().isdisjoint(("expires_at", "user_id")):
            self._note(keys=[self._index_key(user.decode())], args=[to_micros(expires_at), id])
        return user is not None

    def _record(self, id: str, found: dict[bytes, bytes]) -> SessionRecord | None:
        if not found:
            return None
        try:
            fields = {name.decode(): value.decode() for name, value in found.items()}
            data = {name.removeprefix(DATA): decode(v) for name, v in fields.items() if name.startswith(DATA)}
            fields |= {name: fields.get(name) or None for name in ("user_id", "token_hash")}  # type: ignore[misc]
            record = from_columns(id, fields, data)
        except (SessionDecodeError, InvalidValue, ValueError):
            logger.error("session %s cannot be read and is taken as absent: its row is damaged", id)
            return None
        return record if self.is_live(record) else None

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except SessionGone:
            raise
        except self._failures as error:
            raise SessionBackendError(f"Redis does not answer: {type(error).__name__}") from None


class _Connections:
    """Gives a client another pool in each forked child: redis-py 8 waits there for the lock of the old one."""

    def __init__(self, client: Any, new_pool: Callable[[], Any]) -> None:
        self._client = client
        self._new_pool = new_pool
        self._inherited: list[Any] = []
        renew_in_children(self)

    def renew(self) -> None:
        """Begin with an empty pool, and leave the one of the parent as it is."""
        self._inherited.append(self._client.connection_pool)
        self._client.connection_pool = self._new_pool()


def _fields(record: SessionRecord, names: Any) -> dict[str, Any]:
    values = {name: record.value(name) for name in names if name != "version"}
    return {name: "" if value is None else value for name, value in values.items()}


def _data(record: SessionRecord, keys: Any) -> dict[str, str]:
    return {DATA + key: encode(record.data[key], key) for key in keys}


def _escaped(text: str) -> str:
    """A text as part of a pattern of Redis."""
    return "".join(f"\\{char}" if char in "*?[]\\^" else char for char in text)
