"""The session of one request: a mapping that is read when it is first used, and written when it changed."""

import copy
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..errors import ConfigurationError
from ..types.secret import Secret, hidden
from .clock import Clock, later
from .config import SessionConfig
from .errors import SessionDecodeError, SessionGone
from .expiry import Expiry
from .flash import FLASH, Flashes
from .record import LINK, SessionRecord, encode
from .store import SessionStore
from .tokens import hash_secret, matches, new_id, new_secret

logger = logging.getLogger(__name__)

#: Keys of a record's data that belong to the package; the mapping does not show them.
CONFIRMED, EXPIRY = "_confirmed_at", "_expiry"
INTERNAL = frozenset({LINK, CONFIRMED, EXPIRY})

#: What a store writes of a session whose data changed; its secret and its user are left to those who change them.
ACTIVITY = ("last_active_at", "expires_at")


class WebSession(Flashes, MutableMapping[str, Any]):
    """A visitor's session: values by name, JSON only.

    >>> from parse_orm.web import MemoryStore
    >>> session = WebSession(store=MemoryStore())
    >>> session["cart"] = ["apple"]
    >>> session["cart"].append("pear")
    >>> session.save()
    >>> WebSession(session.id, session.store)["cart"]
    ['apple', 'pear']

    Nothing is asked of the store until the session is used, and nothing is written until `save`, which adapters call
    at the end of a request. A write carries the keys that changed, so concurrent requests that change different keys
    do not undo each other's work.

    Args:
        session_id: the session to open; None for a new one. An id that the store does not know is never adopted.
        store: where records live.
        expiry: when it ends by itself; None means the policy of the config.
        secret: the secret that came with the id; without one the id is trusted, which is for tests and jobs.
        config: the policy; None means `SessionConfig()`.
        clock: gives the present time; None means the config's clock, else the store's.
        candidates: pairs of id and secret to try in order, when a request brought several.
        accept: a last check of the record; a record that it refuses counts as absent.
        describe: gives the columns of a new record that tell where it came from.

    Raises:
        ConfigurationError: there is no store.
    """

    def __init__(
        self,
        session_id: str | None = None,
        store: SessionStore | None = None,
        expiry: Expiry | None = None,
        *,
        secret: str | Secret[str] | None = None,
        config: SessionConfig | None = None,
        clock: Clock | None = None,
        candidates: Sequence[tuple[str, Secret[str] | None]] = (),
        accept: Callable[[SessionRecord], bool] | None = None,
        describe: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        secret = hidden(secret)
        if store is None:
            raise ConfigurationError("a session needs a store: WebSession(store=MemoryStore())")
        self.store = store
        self.config = config or SessionConfig()
        self._clock = clock or self.config.clock or store.clock
        self._candidates = ((session_id, secret),) if session_id is not None else tuple(candidates)
        self._id = self._candidates[0][0] if self._candidates else None
        self._accept = accept
        self._describe = describe or dict
        self._given_expiry = expiry
        self._secret: Secret[str] | None = None
        self._record: SessionRecord | None = None
        self._data: dict[str, Any] | None = None
        self._stored: dict[str, Any] = {}
        self._fresh_flashes: set[str] = set()
        self._accessed = self._cleared = self._forced = self._saved = False
        self.cookie_due = False
        self.ended = False
        self.rejected = False

    def __repr__(self) -> str:
        held: dict[str, Any] = vars(self)  # a frame may hold a session that is not whole yet
        state = f"{len(self._visible())} keys" if held.get("_data") is not None else "not loaded"
        return f"<{type(self).__name__} {held.get('_id') or 'new'} {state}>"

    # -- the mapping -----------------------------------------------------------------------

    def __getitem__(self, key: str) -> Any:
        if _hidden(key):
            raise KeyError(key)
        return self._values()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        _check_key(key)
        encode(value, key)
        self._values()[key] = value

    def __delitem__(self, key: str) -> None:
        if _hidden(key):
            raise KeyError(key)
        del self._values()[key]

    def __iter__(self) -> Iterator[str]:
        self._values()
        return iter(self._visible())

    def __len__(self) -> int:
        self._values()
        return len(self._visible())

    def __contains__(self, key: object) -> bool:
        return not _hidden(key) and key in self._values()

    def __bool__(self) -> bool:
        """Whether it holds anything; reads it, as any other look inside does."""
        return len(self) > 0

    def get(self, key: str, default: Any = None, *, type: type[Any] | None = None) -> Any:
        """A value by name.

        Args:
            key: the name.
            default: what to give when there is none.
            type: the kind that the value must have.

        Raises:
            SessionDecodeError: there is a value of another kind.
        """
        value = super().get(key, default)
        if type is None or key not in self:
            return value
        if not isinstance(value, type) or (isinstance(value, bool) and type is not bool):
            kind = value.__class__.__name__
            raise SessionDecodeError(f"session[{key!r}] is of type {kind}, and {type.__name__} was asked for")
        return value

    def insert(self, key: str, value: Any) -> Any | None:
        """Set a value.

        Returns:
            The value before, when there was another one; None when the key is new or the value is equal.

        Raises:
            SessionEncodeError: JSON cannot hold the value.
        """
        if key in self:
            before = self[key]
            if encode(before, key) == encode(value, key):
                return None
            self[key] = value
            return before
        self[key] = value
        return None

    def remove(self, key: str) -> Any | None:
        """Take a value away.

        Returns:
            The value; None when there was none, which is no change.
        """
        return self.pop(key, None)

    def clear(self) -> None:
        """Take every value away without reading them first; whose session it is stays."""
        self._accessed = self._cleared = True
        internal = {key: value for key, value in (self._data or {}).items() if key in INTERNAL}
        self._data = internal
        self._fresh_flashes.clear()

    # -- what is known about it --------------------------------------------------------------

    @property
    def id(self) -> str | None:
        """The public id; None until a new session is saved."""
        return self._id

    @property
    def record(self) -> SessionRecord | None:
        """The stored record, read if it was not; None for a session that is not stored."""
        if self._cleared and self._record is None:
            self._reload_cleared()
        else:
            self._values()
        return self._record

    @property
    def is_new(self) -> bool:
        """Whether it is not in the store."""
        return self.record is None

    @property
    def is_loaded(self) -> bool:
        """Whether it was read, or needs no reading."""
        return self._data is not None

    @property
    def is_modified(self) -> bool:
        """Whether it was changed during this request, saved or not."""
        return self._saved or self.is_dirty

    @property
    def is_dirty(self) -> bool:
        """Whether there are changes that are not stored."""
        if self._data is None:
            return False
        return self._cleared or self._forced or any(self._changes())

    @property
    def is_empty(self) -> bool:
        """Whether there is neither an id nor a value."""
        return self._id is None and not self._visible(flashes=True)

    @property
    def is_blank(self) -> bool:
        """Whether it is nobody's and holds nothing, so that it is not worth keeping."""
        owned = self._record is not None and self._record.user_id is not None
        return self._data is not None and not owned and not self._visible(flashes=True)

    @property
    def modified(self) -> bool:
        """`is_modified`, as Flask and Django call it; set it to True to have the session written."""
        return self.is_modified

    @modified.setter
    def modified(self, value: bool) -> None:
        self._forced = bool(value)

    @property
    def accessed(self) -> bool:
        """Whether it was used at all, so that the answer depends on the cookie."""
        return self._accessed

    @accessed.setter
    def accessed(self, value: bool) -> None:
        self._accessed = bool(value)

    # -- how long it lasts -----------------------------------------------------------------

    @property
    def expiry(self) -> Expiry | None:
        """The policy of this session; None means that of the config."""
        stored = (self._data or {}).get(EXPIRY)
        return (Expiry.from_data(stored) if stored is not None else None) or self._given_expiry

    @expiry.setter
    def expiry(self, value: Expiry | timedelta | datetime | int | None) -> None:
        self.set_expiry(value)

    def set_expiry(self, expiry: Expiry | timedelta | datetime | int | None) -> None:
        """Change when it ends by itself; record and cookie follow in this answer.

        Args:
            expiry: a policy, a period without use, that period in seconds, or a date; None for the end of the
                browser session.
        """
        self._values()[EXPIRY] = Expiry.of(expiry).to_data()
        self._forced = True

    def reset_expiry(self) -> None:
        """Go back to the policy of the config."""
        if self._values().pop(EXPIRY, None) is not None:
            self._forced = True

    @property
    def expiry_date(self) -> datetime:
        """When it ends if it is not used again."""
        now = self._clock()
        created = self._record.created_at if self._record is not None else now
        return self._deadline(created, now)

    @property
    def expiry_age(self) -> timedelta:
        """How long that is from now; never negative."""
        return max(self.expiry_date - self._clock(), timedelta())

    @property
    def max_age(self) -> int | None:
        """How long the browser keeps the cookie, in seconds; None for the end of its session."""
        policy = self.expiry or self.config.expiry
        return None if policy.kind == "session_end" else int(self.expiry_age.total_seconds())

    @property
    def touch_due(self) -> bool:
        """Whether its use was last written down longer ago than the touch interval."""
        if self._record is None:
            return False
        return self._clock() - self._record.last_active_at >= self.config.touch_interval

    def _deadline(self, created: datetime, active: datetime) -> datetime:
        policy, config = self.expiry or self.config.expiry, self.config
        ends = [policy.date(active, config.session_end_limit)]
        if config.idle_timeout is not None:
            ends.append(later(active, config.idle_timeout))
        if config.absolute_timeout is not None:
            ends.append(later(created, config.absolute_timeout))
        return min(ends)

    def _outlived(self, record: SessionRecord) -> bool:
        """Whether a record is past a limit of the config, though the store still has it."""
        now, config = self._clock(), self.config
        idle, absolute = config.idle_timeout, config.absolute_timeout
        return (
            record.expires_at <= now
            or (idle is not None and now - record.last_active_at >= idle)
            or (absolute is not None and now - record.created_at >= absolute)
        )

    # -- the store -------------------------------------------------------------------------

    def load(self) -> None:
        """Read it again; changes that were not saved are dropped.

        Raises:
            SessionBackendError: the store does not answer.
        """
        self._data, self._cleared, self._forced = None, False, False
        if self._id is not None and self._record is not None:
            self._candidates = ((self._id, self._secret),)
        self._values()

    def save(self) -> None:
        """Store what changed, at once; the answer sets the cookie.

        Raises:
            SessionGone: the session ended while the request ran; it is not made again.
            SessionEncodeError: a value was changed into something that JSON cannot hold.
            SessionBackendError: the store does not answer; nothing was stored.
        """
        record = self.record
        if record is None:
            self._create(SessionRecord(id=new_id(), **self._fresh_columns(self._clock())), self._values())
            return
        changed, removed = self._changes()
        now = self._clock()
        updated = replace(
            record,
            data=dict(self._values()),
            last_active_at=now,
            expires_at=self._deadline(record.created_at, now),
            changed=changed,
            removed=None if self._cleared else removed,
            columns=ACTIVITY,
        )
        self.store.write(updated, must_exist=True)
        self._settle(updated)

    def touch(self) -> bool:
        """Note that it was used; the answer sets the cookie.

        Returns:
            False when the session ended meanwhile.
        """
        assert self._record is not None, "only a stored session is touched"
        now = self._clock()
        ends = self._deadline(self._record.created_at, now)
        if not self.store.touch(self._record.id, now, ends):
            return False
        self._record = replace(self._record, last_active_at=now, expires_at=ends)
        self.cookie_due = True
        return True

    def delete(self) -> None:
        """Delete it from the store, and forget what was read; without an id nothing happens.

        Raises:
            SessionBackendError: the store does not answer.
        """
        if self._id is None:
            return
        if self._may_act_on_id():
            self.store.destroy(self._id)
        self._forget()

    def flush(self) -> None:
        """Take every value away and delete it from the store; what comes next is a new session."""
        self.delete()
        self._candidates, self._id, self._data = (), None, {}
        self._accessed = self.ended = True

    def cycle_id(self) -> None:
        """Move it to a new id and a new secret, at once; the old ones are dead, the values stay.

        Raises:
            SessionGone: the session ended meanwhile.
            SessionBackendError: the store does not answer; the old id is still good.
        """
        record = self.record
        if record is None:
            self._forced = True
            return
        current = self.store.read(record.id)
        if current is None:
            raise SessionGone(f"session {record.id} ended while the request ran")
        secret = hidden(new_secret())
        moved = replace(current, id=new_id(), token_hash=hash_secret(secret), changed=None, removed=None, columns=None)
        self.store.rekey(record.id, moved)
        self._record, self._id, self._secret = moved, moved.id, secret
        self.cookie_due = self._saved = True

    def rotate(self) -> None:
        """Change the secret alone, at once: the old cookie is dead; id, values and dates stay.

        Raises:
            SessionGone: the session ended meanwhile.
            SessionBackendError: the store does not answer; the old cookie is still good.
        """
        record = self.record
        if record is None:
            raise SessionGone("there is no stored session to rotate")
        secret = hidden(new_secret())
        changed = replace(
            record, token_hash=hash_secret(secret), changed=(), removed=(), columns=("token_hash",), data={}
        )
        self.store.write(changed, must_exist=True)
        self._record = replace(record, token_hash=changed.token_hash)
        self._secret = secret
        self.cookie_due = True

    def begin(self, user_id: str, data: Mapping[str, Any], created_at: datetime) -> SessionRecord:
        """Make a new record for a user, at once; used by the manager, which ended the old one before.

        Args:
            user_id: who logged in.
            data: what the session holds.
            created_at: when.
        """
        self._candidates, self._cleared = (), False
        self._data, self._stored, self._record = {}, {}, None
        columns: dict[str, Any] = {**self._fresh_columns(created_at), "user_id": user_id}
        self._create(SessionRecord(id=new_id(), **columns), dict(data))
        assert self._record is not None
        return self._record

    def write_internal(self, key: str, value: Any) -> None:
        """Store one of the package's own keys at once; nothing else of the session is written.

        Raises:
            SessionGone: the session ended meanwhile.
        """
        record = self.record
        if record is None:
            raise SessionGone("the session is not stored")
        self.store.write(replace(record, data={key: value}, changed={key}, removed=(), columns=()), must_exist=True)
        self._values()[key] = value
        self._stored[key] = copy.deepcopy(value)

    def write_value(self, key: str, value: Any) -> None:
        """Store one value at once; other changes go on waiting.

        Raises:
            SessionGone: the session ended meanwhile.
            SessionEncodeError: JSON cannot hold the value.
        """
        _check_key(key)
        encode(value, key)
        self._write_part({key: value}, changed={key})
        self._values()[key] = value
        self._stored[key] = copy.deepcopy(value)

    def remove_value(self, key: str) -> None:
        """Take one value away at once; other changes go on waiting. What is not stored needs no write.

        Raises:
            SessionGone: the session ended meanwhile.
        """
        _check_key(key)
        values = self._values()
        if key in self._stored:
            self._write_part({}, removed={key})
            del self._stored[key]
        values.pop(key, None)

    def _write_part(
        self, data: dict[str, Any], *, changed: Collection[str] = (), removed: Collection[str] = ()
    ) -> None:
        """Store a part of the data, and that the session was used."""
        record = self.record
        if record is None:
            raise SessionGone("the session is not stored")
        now = self._clock()
        used = replace(record, last_active_at=now, expires_at=self._deadline(record.created_at, now))
        part = replace(used, data=data, changed=changed, removed=removed, columns=ACTIVITY)
        self.store.write(part, must_exist=True)
        self._record = used
        self._saved = self.cookie_due = True

    def internal(self, key: str) -> Any:
        """One of the package's own keys, None when it is not there."""
        record = self.record
        return None if record is None else self._stored.get(key)

    def cookie(self) -> tuple[str, Secret[str]] | None:
        """The id and the secret for the cookie; None when there is no secret to send."""
        return (self._id, self._secret) if self._id is not None and self._secret is not None else None

    def drop(self) -> None:
        """Forget everything without touching the store: the session ended behind our back."""
        self._forget()
        self._candidates, self._id, self._data = (), None, {}

    # -- how it is done --------------------------------------------------------------------

    def _values(self) -> dict[str, Any]:
        self._accessed = True
        if self._data is None:
            self._adopt(self._find())
        assert self._data is not None
        return self._data

    def _find(self) -> SessionRecord | None:
        """The record of the first candidate that is good; an id that is not good is forgotten."""
        for id, secret in self._candidates:
            record = self.store.read(id)
            if record is None or self._outlived(record):
                continue
            if secret is not None and not matches(secret, record.token_hash):
                logger.warning("a cookie for session %s came with a wrong secret", id)
                continue
            if self._accept is not None and not self._accept(record):
                continue
            self._id, self._secret = id, secret
            return record
        if self._candidates:
            logger.info("no session is known by the id that was presented: %s", self._id)
            self.rejected = True
        self._candidates, self._id, self._secret = (), None, None
        return None

    def _adopt(self, record: SessionRecord | None) -> None:
        self._record = record
        self._stored = record.data if record is not None else {}
        self._data = copy.deepcopy(self._stored)

    def _reload_cleared(self) -> None:
        """A session that was cleared unread: its record is read now, and what belongs to the package is kept."""
        assert self._data is not None
        values = self._data
        self._adopt(self._find())
        self._data = {key: value for key, value in self._stored.items() if key in INTERNAL} | values

    def _changes(self) -> tuple[set[str], set[str]]:
        data, stored = self._data or {}, self._stored
        changed = {key for key, value in data.items() if key not in stored or _differ(key, value, stored[key])}
        return changed, stored.keys() - data.keys()

    def _create(self, record: SessionRecord, data: dict[str, Any]) -> None:
        secret = hidden(new_secret())
        record.token_hash = hash_secret(secret)
        record.data = data
        self._data = data
        record.expires_at = self._deadline(record.created_at, record.last_active_at)
        self.store.create(record)
        self._id, self._secret = record.id, secret
        self.ended = False
        self._settle(record)

    def _settle(self, record: SessionRecord) -> None:
        """What is stored now is what memory holds."""
        self._stored = copy.deepcopy(dict(record.data))
        self._record = replace(record, data=self._stored, changed=None, removed=None, columns=None)
        self._cleared = self._forced = False
        self._saved = self.cookie_due = True

    def _fresh_columns(self, now: datetime) -> dict[str, Any]:
        return {"created_at": now, "last_active_at": now, "expires_at": now, **self._describe()}

    def _may_act_on_id(self) -> bool:
        """An id alone must not end a session: the secret that came with it has to be right."""
        return all(secret is None for _, secret in self._candidates) or self.record is not None

    def _forget(self) -> None:
        self._record, self._data, self._stored = None, None, {}
        self._cleared = self._forced = self._saved = self.cookie_due = False
        self._accessed = self.ended = True

    def _visible(self, *, flashes: bool = False) -> list[str]:
        return [key for key in (self._data or {}) if not _hidden(key) or (flashes and key.startswith(FLASH))]


def _hidden(key: object) -> bool:
    return key in INTERNAL or (isinstance(key, str) and key.startswith(FLASH))


def _check_key(key: object) -> None:
    if not isinstance(key, str):
        raise TypeError(f"a session key is a str, not {type(key).__name__}")
    if _hidden(key):
        raise ValueError(f"session[{key!r}] belongs to parse_orm.web; choose another name")


def _differ(key: str, value: Any, stored: Any) -> bool:
    """Whether two values are not the same in JSON; 1, 1.0 and True are equal in Python and differ there."""
    return value is not stored and encode(value, key) != encode(stored, key)
