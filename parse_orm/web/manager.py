"""Who is logged in here, and everything a visitor may do about it: log in, log out, list, revoke."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..client.client import BaseClient
from ..client.credentials import ANONYMOUS, Credential
from ..errors import (
    ConfigurationError,
    InvalidCredentials,
    InvalidValue,
    NotConnected,
    ParseError,
    TransportError,
)
from ..model import ParseObject
from ..types.pointer import Pointer
from ..types.secret import Secret, hidden, revealed
from .clock import later
from .config import SessionConfig
from .cookie import CookieCodec, Presented
from .errors import NotSupported, SessionDecodeError, SessionGone, SessionNotFound, Unauthorized
from .events import EventName, SessionEvent
from .parse_link import NO_KEY, Link, ParseSide, foreign_info
from .record import LINK, SessionInfo, SessionRecord, from_micros, to_micros
from .session import CONFIRMED, EXPIRY, INTERNAL, WebSession
from .store import SessionStore
from .tokens import is_id
from .visitor import Visitor

logger = logging.getLogger(__name__)

_UNREAD: Any = object()


class SessionManager:
    """The identity of one request; made by an adapter, or by hand in a test.

    >>> from parse_orm.web import MemoryStore
    >>> manager = SessionManager(MemoryStore())
    >>> manager.authenticate("u1")
    >>> manager.user_id, manager.is_authenticated
    ('u1', True)

    What it does is done at once, and holds even if the request fails afterwards; the answer carries the cookie.

    Args:
        store: where records live.
        config: the policy; None means `SessionConfig()`.
        cookie_header: the Cookie header of the request.
        authorization: its Authorization header, which counts where `bearer` of the config is set.
        visitor: where the request came from.
        client: the client for the Parse Server; None means the one in use.
        session_class: the class of `session`.
    """

    def __init__(
        self,
        store: SessionStore,
        config: SessionConfig | None = None,
        *,
        cookie_header: str | Secret[str] | None = None,
        authorization: str | Secret[str] | None = None,
        visitor: Visitor | None = None,
        client: BaseClient | None = None,
        session_class: type[WebSession] = WebSession,
    ) -> None:
        cookie_header, authorization = hidden(cookie_header), hidden(authorization)
        self.store = store
        self.config = config or SessionConfig()
        self.clock = self.config.clock or store.clock
        self.visitor = visitor or Visitor()
        self.codec = CookieCodec(self.config)
        self.presented: Presented = self.codec.read(revealed(cookie_header))
        if self.config.bearer and not self.presented.sent:
            self.presented = self.codec.read_bearer(revealed(authorization))
        self.session = session_class(
            store=store,
            config=self.config,
            candidates=self.presented.candidates,
            accept=self._accept,
            describe=self.visitor.columns,
        )
        self.interrupted = False
        self._parse = ParseSide(client)
        self._user: Any = _UNREAD
        self._validated = False
        self._cleared = False

    def __repr__(self) -> str:
        session = vars(self).get("session", "without a session")  # a frame may hold a manager that is not whole yet
        return f"<SessionManager {session!r}>"

    # -- who it is -------------------------------------------------------------------------

    @property
    def current(self) -> SessionRecord | None:
        """The record of the session, None for a visitor who is not logged in.

        Raises:
            SessionBackendError: the store does not answer.
        """
        record = self.session.record
        if record is None or record.user_id is None:
            return None
        self._validate(record)
        return self.session.record

    @property
    def user_id(self) -> str | None:
        """The id of who is logged in."""
        record = self.current
        return None if record is None else record.user_id

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.current is not None

    @property
    def user(self) -> Any:
        """The User who is logged in, asked of the Parse Server once per request.

        None for a visitor who is not logged in, and for one whose login on the Parse Server is dead, who is logged
        out here as well.

        Raises:
            TransportError: the Parse Server does not answer; the session stays.
        """
        record = self.current
        if record is None:
            return None
        if self._user is _UNREAD:
            link = self._link()
            self._user = self._parse.user_by_id(str(record.user_id)) if link is None else self._parse.user(link)
            if self._user is None:
                self.expel()
        return self._user

    def credential(self) -> Credential:
        """How ORM calls are made for this visitor: with the visitor's own token, else as nobody; never as master."""
        if self.current is None:
            return ANONYMOUS
        link = self._link()
        return ANONYMOUS if link is None else Credential("session", link.token)

    # -- logging in ------------------------------------------------------------------------

    def login(self, username: str, password: str | Secret[str], *, mfa: str | Secret[str] | None = None) -> Any:
        """Verify a password with the Parse Server, and log in.

        Args:
            username: the name or the e-mail address.
            password: the password.
            mfa: the current one-time code, when the account has a second factor.

        Returns:
            The User.

        Raises:
            InvalidCredentials: the name or the password is wrong, or empty (then nothing was sent).
            ConfigurationError: there is no key to encrypt the token with.
        """
        password, mfa = hidden(password), hidden(mfa)
        if not username or not username.strip() or not password:
            raise InvalidCredentials("the user name or the password is empty", code=101)
        if self.config.token_seal is None:
            raise ConfigurationError(NO_KEY)
        user = self._parse.login(username, password, mfa)
        try:
            self.authenticate(user)
        except BaseException:
            self._parse.logout(Link(hidden(user.session_token), "", self.clock()))
            raise
        return user

    def authenticate(self, user: Any, keep_data: bool = False) -> None:
        """Log somebody in whose identity was checked elsewhere; the session before ends first.

        Args:
            user: a User (with its token when it logged in on the Parse Server), a Pointer or an id.
            keep_data: keep what the session held, and the expiry that was set for it, unless it was somebody else's.

        Raises:
            SessionBackendError: the session before could not be ended, or the new one not be made.
        """
        before = self.session.record
        theirs = before is not None and before.user_id not in (None, _id_of(user))
        keeps = keep_data and not theirs
        values = self.session._values() if keeps else {}
        self.authenticate_with(user, {k: v for k, v in values.items() if k not in INTERNAL or k == EXPIRY})

    def authenticate_with(self, user: Any, data: Mapping[str, Any]) -> None:
        """Log somebody in, with what the new session holds from the start.

        Args:
            user: a User, a Pointer or an id.
            data: JSON values by name.

        Raises:
            SessionBackendError: the session before could not be ended, or the new one not be made.
            ConfigurationError: the user has a token, and there is no key to encrypt it with.
        """
        user_id = _id_of(user)
        now = self._login_moment()
        link = self._link_of(user, now)
        linked = {LINK: link.to_data(self.config.token_seal, user_id, now)} if link else {}
        ours = {CONFIRMED: to_micros(now), **linked}
        self._end_current(keep=link)
        record = self.session.begin(user_id, {**data, **ours}, now)
        self._user, self._validated = (user if link is not None else _UNREAD), True
        self._enforce_cap(record)
        self._tell("signed_in", user_id, record.id)

    # -- logging out -----------------------------------------------------------------------

    def logout(self) -> None:
        """End this session and the login behind it; the cookie goes, even when nobody was logged in."""
        self._cleared = True
        record = self.session.record
        self._end_current()
        self.session.flush()
        self._user = None
        if record is not None and record.user_id is not None:
            self._tell("signed_out", record.user_id, record.id)

    def logout_all(self) -> int:
        """End every session of the user, here and on the Parse Server.

        Returns:
            How many ended; 0 when nobody is logged in.
        """
        record = self.current
        self._cleared = True
        if record is None:
            return 0
        ended = self._end_sessions(str(record.user_id), keep=None)
        self.session.flush()
        self._user = None
        self._tell("signed_out", record.user_id, None)
        return ended

    def logout_other(self) -> int:
        """End every other session of the user, here and on the Parse Server.

        Returns:
            How many ended.

        Raises:
            Unauthorized: nobody is logged in.
        """
        record = self._required()
        ended = self._end_sessions(str(record.user_id), keep=record.id)
        self._tell("revoked", record.user_id, None)
        return ended

    def revoke(self, session_id: str) -> None:
        """End one session of the user; one's own is logged out.

        Args:
            session_id: the id that lists show.

        Raises:
            Unauthorized: nobody is logged in.
            SessionNotFound: there is no such session, or it is somebody else's.
        """
        record = self._required()
        if session_id == record.id:
            self.logout()
            return
        if not is_id(session_id):
            raise SessionNotFound(f"you have no session {session_id!r:.80}")
        user_id = str(record.user_id)
        target = self.store.read(session_id)
        if target is not None and target.user_id == user_id:
            self.store.destroy(session_id)
            self._end_links([target])
        elif self._link() is None or not self._parse.owned(user_id, session_id):
            raise SessionNotFound(f"you have no session {session_id!r:.80}")
        else:
            self._parse.end([session_id])
        self._tell("revoked", user_id, session_id)

    def rotate(self) -> None:
        """Change the secret of the cookie; id and data stay, and a copy of the old cookie is dead.

        Raises:
            Unauthorized: nobody is logged in.
        """
        record = self._required()
        self.session.rotate()
        self._tell("rotated", record.user_id, record.id)

    def expel(self) -> None:
        """End this session because the login behind it is dead."""
        record = self.session.record
        logger.info("the login behind session %s is dead, so the session ends", record.id if record else None)
        self._cleared = True
        self.session.flush()
        self._user = None
        if record is not None:
            self._tell("revoked", record.user_id, record.id)

    def token_died(self) -> None:
        """End this session if the Parse Server no longer knows its token; called when a request met error 209."""
        link = self._link() if self.current is not None else None
        try:
            dead = link is not None and self._parse.user(link) is None
        except (TransportError, ParseError) as error:
            logger.warning("whether a login still holds could not be found out: %s", error)
            return
        if dead:
            self.expel()

    # -- looking around --------------------------------------------------------------------

    def list_my_sessions(self) -> list[SessionInfo]:
        """The sessions of the user, last used first; logins of apps that talk to the Parse Server come too.

        Raises:
            Unauthorized: nobody is logged in.
            NotSupported: the store cannot list.
        """
        current = self._required()
        records = [r for r in self.store.list_for_user(str(current.user_id)) if not self.session._outlived(r)]
        infos = [SessionInfo.of(record, current.id) for record in records]
        if self._link() is not None:
            ours = {sid for sid in map(self._sid, records) if sid}
            foreign = [s for s in self._parse.sessions(str(current.user_id)) if s.id not in ours]
            infos += [foreign_info(session) for session in foreign]
        return sorted(infos, key=lambda info: (info.last_active_at, info.created_at), reverse=True)

    # -- values, stored at once --------------------------------------------------------------

    def get(self, key: str, default: Any = None, *, type: type[Any] | None = None) -> Any:
        """A value of the session by name; the default when nobody is logged in, or the value is of another kind."""
        if self.current is None:
            return default
        try:
            return self.session.get(key, default, type=type)
        except SessionDecodeError as error:
            logger.warning("%s", error)
            return default

    def set(self, key: str, value: Any) -> None:
        """Store a value at once; `session[key] = value` stores it at the end of the request.

        Other changes of the session go on waiting.

        Raises:
            Unauthorized: nobody is logged in.
            SessionGone: the session ended meanwhile.
            SessionEncodeError: JSON cannot hold the value.
        """
        self._required()
        self.session.write_value(key, value)

    def remove_key(self, key: str) -> None:
        """Remove a value at once; without one nothing is written. Other changes of the session go on waiting.

        Raises:
            Unauthorized: nobody is logged in.
            SessionGone: the session ended meanwhile.
        """
        self._required()
        self.session.remove_value(key)

    # -- the password --------------------------------------------------------------------------

    def confirm(self, password: str | Secret[str]) -> None:
        """Check the password again before something grave; the cookie's secret changes.

        Raises:
            Unauthorized: nobody is logged in.
            InvalidCredentials: it is wrong, or empty (then nothing was sent).
        """
        password = hidden(password)
        self._required()
        if not password:
            raise InvalidCredentials("the password is empty", code=101)
        user = self.user
        if user is None:
            raise Unauthorized("the login behind this session is dead")
        if not self._parse.verify(user.username, password):
            raise InvalidCredentials("the password is wrong", code=101)
        self.session.write_internal(CONFIRMED, to_micros(self.clock()))
        self.rotate()

    def recently_confirmed(self, within: timedelta | None = None) -> bool:
        """Whether the password was typed lately, at login or since.

        Args:
            within: how lately; None means `confirm_within` of the config.
        """
        if self.current is None:
            return False
        confirmed = self.session.internal(CONFIRMED)
        if confirmed is None:
            return False
        return self.clock() < later(from_micros(confirmed), within or self.config.confirm_within)

    def change_password(self, new: str | Secret[str]) -> None:
        """Change the password: every other session ends, and this one goes on with a new token and a new cookie.

        Raises:
            Unauthorized: nobody is logged in.
            PasswordMissing: the new password is empty.
            NotSupported: this session has no login on the Parse Server.
        """
        new = hidden(new)
        record = self._required()
        link = self._link()
        if link is None:
            raise NotSupported("this session has no login on the Parse Server, so it cannot change the password")
        self._password_changed(record, self._parse.change_password(link, new))
        self._user = _UNREAD

    def settle(self) -> None:
        """Follow a password that the application changed on `user` itself; part of the end of a request."""
        token = hidden(getattr(self._user, "session_token", None) if self._user not in (_UNREAD, None) else None)
        record = self.session.record if token is not None else None
        link = self._link() if record is not None else None
        if record is not None and link is not None and token is not None and not _same(token, link.token):
            self._password_changed(record, token)

    def _password_changed(self, record: SessionRecord, token: Secret[str]) -> None:
        before = self._link()
        link = replace(self._parse.link(token, self.clock()), signed_in_by=before.signed_in_by if before else "")
        self._write_link(record, link)
        self.store.destroy_for_user(str(record.user_id), record.id)
        self.session.rotate()
        self._tell("password_changed", record.user_id, record.id)

    # -- how it is done --------------------------------------------------------------------

    @property
    def clears_cookie(self) -> bool:
        """Whether somebody was logged out during the request."""
        return self._cleared

    @property
    def _keeps_users(self) -> bool:
        return type(self.store).list_for_user is not SessionStore.list_for_user

    def _required(self) -> SessionRecord:
        record = self.current
        if record is None:
            raise Unauthorized("nobody is logged in here")
        return record

    def _accept(self, record: SessionRecord) -> bool:
        """The last look at a record: does it come from the browser it began in?"""
        if not self.config.check_fingerprint or record.fingerprint == self.visitor.fingerprint:
            return True
        logger.warning("session %s came from another browser than it began in, and was ended", record.id)
        self.store.destroy(record.id)
        self._tell("fingerprint_mismatch", record.user_id, record.id)
        return False

    def _validate(self, record: SessionRecord) -> None:
        """Ask the Parse Server now and then whether the login still holds."""
        if self._validated:
            return
        self._validated = True
        link = self._link()
        if link is None:
            return
        due = later(link.checked_at, self.config.validation_interval)
        if link.checked_at <= self.clock() < due:
            return
        try:
            self._user = self._parse.user(link)
        except (TransportError, ParseError) as error:
            logger.warning("whether session %s still holds could not be found out: %s", record.id, error)
            return
        if self._user is None:
            self.expel()
            return
        try:
            self._write_link(record, replace(link, checked_at=self.clock()))
        except SessionGone:
            self.session.drop()

    def _link(self) -> Link | None:
        record = self.session.record
        if record is None:
            return None
        data = self.session.internal(LINK)
        return Link.from_data(data, self.config.token_seal, record.user_id, record.created_at)

    def _write_link(self, record: SessionRecord, link: Link) -> None:
        data = link.to_data(self.config.token_seal, str(record.user_id), record.created_at)
        self.session.write_internal(LINK, data)

    def _link_of(self, user: Any, now: datetime) -> Link | None:
        token = hidden(getattr(user, "session_token", None))
        return None if token is None else self._parse.link(token, now)

    def _sid(self, record: SessionRecord) -> str | None:
        link = record.data.get(LINK)
        return link.get("sid") if isinstance(link, dict) else None

    def _end_current(self, keep: Link | None = None) -> None:
        """Destroy the present record, and the login behind it unless the next session has the same."""
        record = self.session.record
        if record is None:
            return
        link = self._link()
        self.store.destroy(record.id)
        if link is not None and (keep is None or not _same(keep.token, link.token)):
            self._parse.logout(link)

    def _end_sessions(self, user_id: str, keep: str | None) -> int:
        """End the sessions of a user, first here and then on the Parse Server, and count devices rather than rows."""
        records = self.store.list_for_user(user_id) if self._keeps_users else []
        linked = {sid for sid in map(self._sid, records) if sid}
        kept = {sid for sid in (self._sid(r) for r in records if r.id == keep) if sid}
        has_login = self._link() is not None
        ended = self.store.destroy_for_user(user_id, keep)
        if not has_login and not linked:
            return ended
        sids = {session.id for session in self._parse.sessions(user_id)}
        self._parse.end(sorted(sids & linked - kept))
        return ended + self._parse.end(sorted(sids - linked - kept))

    def _end_links(self, records: list[SessionRecord]) -> None:
        sids = [sid for sid in map(self._sid, records) if sid]
        try:
            self._parse.end(sids)
        except (TransportError, ParseError, NotConnected) as error:
            logger.warning("web sessions ended; their logins on the Parse Server live on: %s", error)

    def _enforce_cap(self, newest: SessionRecord) -> None:
        """End the least recently used sessions beyond the cap.

        Every login looks after it was stored, and all order the sessions in the same way; so of many logins at a
        time the last look sees them all, and no two of them end each other.
        """
        cap = self.config.max_sessions_per_user
        if cap is None:
            return
        records = self.store.list_for_user(str(newest.user_id))
        oldest_first = sorted(records, key=lambda r: (r.last_active_at, r.created_at, r.id))
        evicted = oldest_first[: max(len(oldest_first) - cap, 0)]
        for record in evicted:
            if self.store.destroy(record.id):
                self._tell("evicted_by_limit", record.user_id, record.id)
        self._end_links([record for record in evicted if record.id != newest.id])

    def _login_moment(self) -> datetime:
        """The present time, but later than the last login through this store: logins have an order."""
        return self.store.next_moment(self.clock())

    def _tell(self, name: EventName, user_id: str | None, session_id: str | None) -> None:
        if self.config.on_event is None:
            return
        try:
            self.config.on_event(SessionEvent(name, user_id, session_id))
        except Exception:
            logger.exception("on_event failed for %s", name)


def _same(one: Secret[str], other: Secret[str]) -> bool:
    """Whether two tokens are one."""
    return one.reveal() == other.reveal()


def _id_of(user: Any) -> str:
    """The id of a user, a pointer, or the id itself.

    Raises:
        InvalidValue: it is blank.
    """
    if isinstance(user, ParseObject):
        return user.to_pointer().id
    id = user.id if isinstance(user, Pointer) else str(user) if isinstance(user, (str, int)) else ""
    if not id.strip() or isinstance(user, bool):
        raise InvalidValue(f"{type(user).__name__} names no user: give a User, a Pointer or an id")
    return id
