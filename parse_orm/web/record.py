"""A record is one web session as a store keeps it: plain data, without the secret."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from ..codec.json import is_endless
from ..types.depth import DEEPEST, is_deeper
from .clock import aware
from .errors import SessionDecodeError, SessionEncodeError


@dataclass
class SessionRecord:
    """One web session in any store.

    Attributes:
        id: public; the primary key.
        user_id: whose login it is, None for an anonymous visitor.
        data: what the application put there; JSON values by name.
        token_hash: SHA-256 of the cookie's secret.
        created_at: when the login happened; the absolute timeout counts from here.
        last_active_at: when it was last used, up to the touch interval.
        expires_at: when the store may forget it.
        ip_address: where the login came from.
        user_agent: what the browser said it is.
        device_name: such as "Chrome on macOS".
        device_type: "desktop", "mobile" or "tablet".
        fingerprint: a hash of headers that a browser keeps sending.
        version: counts the writes; a store may use it to find out about concurrent ones.
        changed: keys of `data` that a write stores; None for all of it.
        removed: keys that a write takes away; None for every key that `data` has not.
        columns: names of the other attributes that a write stores; None for all of them.
    """

    id: str
    user_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    token_hash: str | None = None
    created_at: datetime = field(kw_only=True)
    last_active_at: datetime = field(kw_only=True)
    expires_at: datetime = field(kw_only=True)
    ip_address: str = ""
    user_agent: str = ""
    device_name: str = ""
    device_type: str = ""
    fingerprint: str = ""
    version: int = 0
    changed: Collection[str] | None = field(default=None, compare=False)
    removed: Collection[str] | None = field(default=None, compare=False)
    columns: Collection[str] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Bring all dates to UTC; a naive one is refused."""
        self.created_at = aware(self.created_at)
        self.last_active_at = aware(self.last_active_at)
        self.expires_at = aware(self.expires_at)

    def __repr__(self) -> str:
        return f"<SessionRecord {self.id} user={self.user_id} keys={len(self.data)}>"

    def to_public_dict(self) -> dict[str, Any]:
        """Everything that may be shown: neither the hash nor the data nor the fingerprint; dates as ISO 8601."""
        shown = {name: getattr(self, name) for name in PUBLIC}
        return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in shown.items()}

    def value(self, name: str) -> Any:
        """An attribute as a store keeps it: a date as whole microseconds since 1970."""
        value = getattr(self, name)
        return to_micros(value) if name in DATES else value


#: The key of a record's data that holds its login on the Parse Server, see `parse_link`.
LINK = "_parse"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

#: Attributes that the data do not belong to, in the order of a table.
COLUMNS = tuple(f.name for f in fields(SessionRecord) if f.name not in {"id", "data", "changed", "removed", "columns"})
DATES = frozenset({"created_at", "last_active_at", "expires_at"})
PUBLIC = ("id", "user_id", *sorted(DATES), "ip_address", "user_agent", "device_name", "device_type")


@dataclass(frozen=True)
class SessionInfo:
    """A session as lists show it, without anything secret.

    Attributes:
        id: give it to `revoke`.
        kind: "web" for a session of this web server, "parse" for a login of an app that talks to Parse directly.
        is_current: whether it is the session that asks.
        created_at: when the login happened.
        last_active_at: when it was last used.
        expires_at: when it ends by itself; None for never.
        ip_address: where the login came from.
        user_agent: what the browser said it is.
        device_name: such as "Chrome on macOS".
        device_type: "desktop", "mobile" or "tablet".
        signed_in_by: the authProvider of the login, such as "password" or "facebook"; empty when it is not known.
    """

    id: str
    kind: str
    is_current: bool
    created_at: datetime
    last_active_at: datetime
    expires_at: datetime | None
    ip_address: str = ""
    user_agent: str = ""
    device_name: str = ""
    device_type: str = ""
    signed_in_by: str = ""

    @classmethod
    def of(cls, record: SessionRecord, current_id: str | None = None) -> "SessionInfo":
        """What a record shows of itself."""
        names = (f.name for f in fields(cls) if f.name not in {"kind", "is_current", "signed_in_by"})
        shown = {name: getattr(record, name) for name in names}
        link = record.data.get(LINK)
        by = link.get("by") if isinstance(link, dict) else None
        return cls(kind="web", is_current=record.id == current_id, signed_in_by=by or "", **shown)


def merged(stored: Mapping[str, Any], record: SessionRecord) -> dict[str, Any]:
    """The data of a row after a write: keys that the write does not name keep their stored value.

    >>> from datetime import UTC, datetime
    >>> now = datetime.now(UTC)
    >>> record = SessionRecord("a", data={"x": 1}, changed={"x"}, removed={"y"},
    ...                        created_at=now, last_active_at=now, expires_at=now)
    >>> merged({"y": 2, "z": 3}, record)
    {'z': 3, 'x': 1}
    """
    changed = record.data if record.changed is None else record.changed
    kept = {
        key: value
        for key, value in stored.items()
        if (key in record.data if record.removed is None else key not in record.removed)
    }
    return kept | {key: record.data[key] for key in changed}


def encode(value: Any, key: str | None = None) -> str:
    """A value as JSON text, all of it ASCII.

    Args:
        value: a value of a session; without a key, all of them by name.
        key: its name.

    Raises:
        SessionEncodeError: JSON cannot hold it: a date, NaN, an object; or it is nested too deep, or in a circle.
    """
    name = "the session" if key is None else f"session[{key!r}]"
    deepest = DEEPEST + 1 if key is None else DEEPEST
    if is_deeper(value, deepest):
        raise SessionEncodeError(f"{name} is nested more than {deepest} levels deep, or in a circle")
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise SessionEncodeError(f"{name} cannot be stored as JSON: {error}") from None


def decode(text: str | bytes) -> Any:
    """Read what `encode` gave.

    Raises:
        SessionDecodeError: it is not JSON, or nested deeper than `encode` writes.
    """
    try:
        if is_endless(text):
            raise RecursionError
        value = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise SessionDecodeError("a stored value is not JSON") from None
    if is_deeper(value, DEEPEST + 1):
        raise SessionDecodeError("a stored value is nested too deep")
    return value


def to_micros(moment: datetime) -> int:
    """A date as whole microseconds since 1970, which every database can sort."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: Any) -> datetime:
    """Read what `to_micros` gave.

    Raises:
        SessionDecodeError: no date can be meant.
    """
    try:
        return _EPOCH + int(micros) * _MICROSECOND
    except (TypeError, ValueError, OverflowError):
        raise SessionDecodeError("a stored date is not a number") from None


def from_columns(id: str, values: Mapping[str, Any], data: Any) -> SessionRecord:
    """Build a record from what a store kept.

    Raises:
        SessionDecodeError: the row is damaged.
    """
    if not isinstance(data, dict):
        raise SessionDecodeError("the stored data are not an object")
    try:
        dates = {name: from_micros(values[name]) for name in DATES}
        others = {name: values[name] for name in COLUMNS if name not in DATES}
        return SessionRecord(id, data=data, **{**others, **dates, "version": int(others["version"] or 0)})
    except (KeyError, TypeError, ValueError) as error:
        raise SessionDecodeError(f"a row is damaged: {type(error).__name__}") from None
