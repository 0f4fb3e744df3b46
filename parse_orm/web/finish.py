"""The one decision at the end of a request: what is stored, and what the answer says about the cookie.

Flask, Django and ASGI translate it and add nothing, so the three cannot differ.
"""

import logging
from dataclasses import dataclass, field

from ..errors import ParseError, TransportError
from .cookie import CookieInstruction
from .errors import SessionGone, SessionStoreError
from .manager import SessionManager

logger = logging.getLogger(__name__)

#: From this status on the request failed, and the changes of its data are not stored.
FAILED = 500
#: Where a program that came with `Authorization: Bearer` finds what to send next time.
TOKEN_HEADER = "X-Session-Token"


@dataclass(frozen=True)
class Finish:
    """What an adapter does to the answer.

    Attributes:
        cookie: what to do to the cookie; None leaves it alone.
        vary: the headers of the request on which the answer depends, for `Vary`; none when the session was not used.
        interrupted: changes were dropped because the session ended while the request ran.
        failure: the changes could not be stored; the answer is a 500.
        bearer: whether the request came with `Authorization: Bearer`; then there is no cookie, and no cache may keep
            the answer.
        token: what such a program sends from now on; None when that did not change.
    """

    cookie: CookieInstruction | None = None
    vary: tuple[str, ...] = ()
    interrupted: bool = False
    failure: SessionStoreError | None = None
    bearer: bool = False
    token: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Set-Cookie and Cache-Control, of which the program's own wins, unless `bearer`; the adapter merges `Vary`."""
        if self.bearer:
            token = [(TOKEN_HEADER, self.token)] if self.token is not None else []
            return [*token, ("Cache-Control", "no-store")]
        if self.cookie is None:
            return []
        return [("Set-Cookie", self.cookie.header), ("Cache-Control", "private")]


def finish(manager: SessionManager, status: int) -> Finish:
    """Store what is to be stored, and say what the answer does.

    Who logged in, logged out or changed a secret did so already, so their cookie goes out whatever the status. Data
    are stored below status 500 only.

    Args:
        manager: the manager of the request.
        status: the HTTP status of the answer.
    """
    session = manager.session
    stored, interrupted, failure = False, False, None
    try:
        _settle(manager)
        if status < FAILED:
            stored = _store(manager)
    except SessionGone as error:
        logger.warning("the changes of a request were dropped: %s", error)
        interrupted = True
        session.drop()
    except SessionStoreError as error:
        logger.exception("a session could not be stored")
        failure = error
    bearer = manager.presented.bearer
    cookie = None if bearer else _cookie(manager, status)
    vary: tuple[str, ...] = ()
    if session.accessed or stored or cookie is not None:
        vary = ("Cookie", "Authorization") if manager.config.bearer else ("Cookie",)
    return Finish(cookie, vary, interrupted, failure, bearer, _token(manager) if bearer else None)


def _settle(manager: SessionManager) -> None:
    """Follow a changed password; a Parse Server that is away at that moment costs a login, not an answer."""
    try:
        manager.settle()
    except (TransportError, ParseError) as error:
        logger.warning("a session could not follow its user's new password: %s", error)


def _store(manager: SessionManager) -> bool:
    """Store changes, or note that the session was used; whether the store was asked."""
    session, config = manager.session, manager.config
    wants_save = session.is_dirty or (config.always_save and (session.accessed or manager.presented.candidates != ()))
    if wants_save:
        record = session.record
        if session.is_blank:
            if record is not None:
                session.flush()
            return True
        session.save()
        return True
    if session.accessed and session.is_loaded and session.touch_due and not session.is_modified:
        _touch(manager)
        return True
    return False


def _touch(manager: SessionManager) -> None:
    """Note the use; a store that fails here loses nothing, so the answer goes out as it is."""
    session = manager.session
    if session.is_blank:
        session.flush()
        return
    try:
        if not session.touch():
            session.drop()
    except SessionStoreError as error:
        logger.warning("that a session was used could not be noted: %s", error)


def _token(manager: SessionManager) -> str | None:
    """What the program has to send from now on, if that is not what it sent."""
    session, secret = manager.session, manager.session.cookie()
    if not session.cookie_due or secret is None or secret in manager.presented.candidates:
        return None
    return manager.codec.value(*secret)


def _cookie(manager: SessionManager, status: int) -> CookieInstruction | None:
    session, presented = manager.session, manager.presented
    secret = session.cookie()
    if session.cookie_due and secret is not None:
        return manager.codec.set(*secret, session.max_age)
    if manager.clears_cookie:
        return manager.codec.clear()
    lost = session.ended or session.rejected or presented.malformed
    return manager.codec.clear() if presented.sent and lost else None
