"""The session engine: Django's session interface over a `WebSession`, whichever store it lives in.

SESSION_ENGINE = "parse_orm.contrib.django.sessions"
"""

import copy
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.utils import timezone
from django.utils.module_loading import import_string

from ...types.secret import Secret, hidden
from ...web import Expiry, SessionGone, SessionManager, WebSession
from ...web.clock import later
from ...web.cookie import Pair, same_pair
from ...web.record import encode
from ...web.session import EXPIRY, INTERNAL
from ...web.tokens import matches
from .conf import session_config, session_store

_ABSENT: Any = object()

INTERRUPTED = "The session was deleted before the request completed; perhaps the user logged out in another one."


class DjangoSession(WebSession):
    """A `WebSession` with the two habits that Django's interface asks for beyond its own."""

    _unwanted: str | None = None

    @property
    def modified(self) -> bool:
        """Whether it was changed; False, once set, keeps the changes so far from being stored with the request."""
        return self.is_modified

    @modified.setter
    def modified(self, value: bool) -> None:
        self._forced = bool(value)
        self._unwanted = None
        if not value and self._data is not None:
            self._saved = False
            self._unwanted = encode(self._data)

    @property
    def is_dirty(self) -> bool:
        """Whether there are changes that are not stored, and are to be."""
        if not super().is_dirty:
            return False
        return self._forced or self._unwanted is None or self._unwanted != encode(self._data)

    def start_over(self) -> None:
        """Store the values under a new id, as nobody's; the record so far is left alone."""
        values = {key: value for key, value in (self._data or {}).items() if key not in INTERNAL or key == EXPIRY}
        self.drop()
        self._data = values
        self.save()


class SessionStore(SessionBase):
    """Django's session object.

    The key is what the cookie holds: `id.secret`, signed or encrypted when the config says so. A key that was not
    made here counts as none, and one that the store does not know is never adopted.

    Args:
        session_key: the key of the session to open; None for a new one.
        manager: the manager of the request whose session this is; None makes one for the key.
    """

    def __init__(self, session_key: str | Secret[str] | None = None, *, manager: SessionManager | None = None) -> None:
        session_key = hidden(session_key)
        # Not SessionBase.__init__: the key and the two flags that it sets are kept by the WebSession.
        self.serializer = import_string(settings.SESSION_SERIALIZER)
        self._open(session_key, manager)

    def _open(self, key: str | Secret[str] | None, manager: SessionManager | None = None) -> None:
        key = hidden(key)
        config = session_config()
        # A key is one cookie value; with a semicolon in it, it would be several.
        header = Secret(f"{config.cookie_name}={key.reveal()}") if key and ";" not in key.reveal() else None
        self.manager = manager or SessionManager(
            session_store(), config, cookie_header=header, session_class=DjangoSession
        )
        candidates = self.manager.presented.candidates
        self._named: tuple[Pair, Secret[str]] | None = None
        if key is not None and candidates:
            self._named = (candidates[0], key)
        self._read = False

    @property
    def web(self) -> Any:
        """The `WebSession` behind it."""
        return self.manager.session

    # -- the key -----------------------------------------------------------------------------

    @property
    def session_key(self) -> str | None:
        """The key, None for a session that is not stored."""
        pair = self._pair()
        if pair is None:
            return None
        if self._named is None or self._named[0] != pair:
            self._named = (pair, Secret(self.manager.codec.value(*pair)))
        return self._named[1].reveal()

    @property
    def _session_key(self) -> str | None:
        return self.session_key

    @_session_key.setter
    def _session_key(self, value: str | None) -> None:
        self._open(value)

    def _pair(self) -> Pair | None:
        pair: Pair | None = self.web.cookie()
        if pair is not None or self.web.id is None:
            return pair
        return next(iter(self.manager.presented.candidates), None)

    # -- the mapping: an equal value is no change, and neither is taking away what is not there -----

    @property
    def accessed(self) -> bool:
        """Whether it was used at all."""
        return bool(self.web.accessed)

    @accessed.setter
    def accessed(self, value: bool) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.web.accessed = value

    @property
    def modified(self) -> bool:
        """Whether it was changed; changes inside lists and dicts are found too."""
        return bool(self.web.modified)

    @modified.setter
    def modified(self, value: bool) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.web.modified = value

    def __setitem__(self, key: str, value: Any) -> None:
        self._session[key] = value

    async def aset(self, key: str, value: Any) -> None:
        (await self._aget_session())[key] = value

    def __delitem__(self, key: str) -> None:
        del self._session[key]
        self.web.modified = True

    def pop(self, key: str, default: Any = _ABSENT) -> Any:
        if key not in self._session and default is not _ABSENT:
            return default
        value = self._session.pop(key)
        self.web.modified = True
        return value

    async def apop(self, key: str, default: Any = _ABSENT) -> Any:
        await self._aget_session()
        return self.pop(key, default)

    def update(self, dict_: Any) -> None:  # type: ignore[override]
        self._session.update(dict_)

    async def aupdate(self, dict_: Any) -> None:
        (await self._aget_session()).update(dict_)

    def clear(self) -> None:
        self.web.clear()
        self.web.modified = True

    def is_empty(self) -> bool:
        """Whether there is neither a key nor a value."""
        return bool(self.web.is_empty)

    def _get_session(self, no_load: bool = False) -> Any:
        """The values; the first look reads them, and finds out now and then whether the login still holds."""
        _ = self.manager.current
        self._read = True
        return self.web

    async def _aget_session(self, no_load: bool = False) -> Any:
        if not (self._read and self.web.is_loaded):
            return await sync_to_async(self._get_session)()
        self.web.accessed = True
        return self.web

    _session = property(_get_session)

    # -- how long it lasts -----------------------------------------------------------------

    def get_session_cookie_age(self) -> int:
        """The seconds that a session lasts which has no expiry of its own."""
        config, now = session_config(), self.manager.clock()
        return int((config.expiry.date(now, config.session_end_limit) - now).total_seconds())

    def set_expiry(self, value: datetime | timedelta | int | None) -> None:
        """End it after a number of seconds without use, at a date, or after a period from now.

        Args:
            value: seconds, a date, or a period; 0 for the end of the browser session, None for the policy of the
                project. The idle and absolute timeouts of the config hold besides.
        """
        if value is None:
            self._session.reset_expiry()
            return
        self._session.set_expiry(_policy(value, self.manager.clock()))

    async def aset_expiry(self, value: datetime | timedelta | int | None) -> None:
        await self._aget_session()
        self.set_expiry(value)

    def get_expiry_age(self, **kwargs: Any) -> Any:
        """The seconds until it ends; `modification` and `expiry` as in Django."""
        return super().get_expiry_age(**self._expiry_arguments(kwargs))

    async def aget_expiry_age(self, **kwargs: Any) -> Any:
        return await sync_to_async(self.get_expiry_age)(**kwargs)

    def get_expiry_date(self, **kwargs: Any) -> Any:
        """When it ends; `modification` and `expiry` as in Django."""
        return super().get_expiry_date(**self._expiry_arguments(kwargs))

    async def aget_expiry_date(self, **kwargs: Any) -> Any:
        return await sync_to_async(self.get_expiry_date)(**kwargs)

    def get_expire_at_browser_close(self) -> bool:
        """Whether it ends with the browser."""
        policy = self._session.expiry or session_config().expiry
        return bool(policy.kind == "session_end")

    async def aget_expire_at_browser_close(self) -> bool:
        return await sync_to_async(self.get_expire_at_browser_close)()

    def _expiry_arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """What Django computes with, which it would otherwise take from its own clock and a key of the session."""
        return {
            "modification": given["modification"] if "modification" in given else _local(self.manager.clock()),
            "expiry": given["expiry"] if "expiry" in given else self._expiry(),
        }

    def _expiry(self) -> datetime | int | None:
        policy: Expiry | None = self._session.expiry
        if policy is None:
            return None
        if policy.moment is not None:
            return _local(policy.moment)
        return int(policy.period.total_seconds()) if policy.period is not None else 0

    # -- the store -------------------------------------------------------------------------

    def exists(self, session_key: str | Secret[str] | None) -> bool:
        """Whether there is a session of that key."""
        session_key = hidden(session_key)
        return self._stored_id(session_key) is not None

    def create(self) -> None:
        """Store it at once under a new key; the values that were read or set come along."""
        self.web.start_over()

    def save(self, must_create: bool = False) -> None:
        """Store what changed.

        Args:
            must_create: make a new session.

        Raises:
            CreateError: `must_create`, and there is one of that key.
            UpdateError: it was deleted meanwhile; it is not made again.
        """
        if must_create:
            if self.exists(self.session_key):
                raise CreateError
            self.create()
            return
        try:
            self.web.save()
        except SessionGone as error:
            raise UpdateError(str(error)) from error

    def delete(self, session_key: str | Secret[str] | None = None) -> None:
        """Delete a session, this one when no key is given."""
        session_key = hidden(session_key)
        if session_key is None or same_pair(self._parse(session_key), self._pair()):
            self.web.delete()
            return
        id = self._stored_id(session_key)
        if id is not None:
            self.manager.store.destroy(id)

    def load(self) -> dict[str, Any]:
        """Read it again, and give its values."""
        self.web.load()
        return copy.deepcopy(dict(self.web))

    def flush(self) -> None:
        """Delete it with all its values, and end the login on the Parse Server behind it."""
        if self.web.id is None and not self.manager.presented.sent:
            self.web.flush()  # a visitor without a cookie needs none that clears it
        else:
            self.manager.logout()
        self.web.modified = True

    async def aflush(self) -> None:
        await sync_to_async(self.flush)()

    def cycle_key(self) -> None:
        """Move it to a new key; the old one is dead at once, the values stay.

        Raises:
            SessionInterrupted: it was deleted meanwhile.
        """
        if self._session.record is None:
            self.create()
            return
        try:
            self.web.cycle_id()
        except SessionGone:
            raise SessionInterrupted(INTERRUPTED) from None

    async def acycle_key(self) -> None:
        await sync_to_async(self.cycle_key)()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the expired sessions of the store; what `manage.py clearsessions` calls."""
        session_store().gc()

    def _parse(self, key: Secret[str] | None) -> Pair | None:
        return self.manager.codec.parse(key.reveal()) if key else None

    def _stored_id(self, key: Secret[str] | None) -> str | None:
        """The id of a key whose secret is right."""
        pair = self._parse(key)
        record = self.manager.store.read(pair[0]) if pair is not None else None
        return record.id if pair is not None and record is not None and matches(pair[1], record.token_hash) else None


def _policy(value: datetime | timedelta | int, now: datetime) -> Expiry:
    """What Django means by the argument of `set_expiry`: a timedelta counts from now, not from the last use."""
    if isinstance(value, timedelta):
        return Expiry.at(later(now, value))
    if isinstance(value, datetime):
        return Expiry.at(timezone.make_aware(value) if timezone.is_naive(value) else value)
    return Expiry.at(now + timedelta(seconds=value)) if value < 0 else Expiry.of(value)


def _local(moment: datetime) -> datetime:
    """A date as the project writes dates: naive where USE_TZ is off."""
    return moment if settings.USE_TZ else timezone.make_naive(moment)
