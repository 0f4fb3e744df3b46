"""Django's signals for sessions: `session_started` and `session_revoked`, sent as the events of `parse_orm.web` come.

    @receiver(session_started)
    def mail(sender, user_id, session_id, **kwargs): ...

Receivers get the id of the user and the public id of the session, never a cookie, a token or a password. One that
raises is logged by Django, and keeps neither the others nor the login from going on.
"""

from collections.abc import Callable
from dataclasses import replace

from django.dispatch import Signal

from ...web import SessionConfig, SessionEvent, SessionManager

#: Somebody logged in. Keyword arguments: `user_id`, `session_id`.
session_started = Signal()

#: One or more sessions of a user ended. Keyword arguments: `user_id`, `session_id` (None for several), `reason`.
session_revoked = Signal()

#: The reason of sessions that an operator ended, on the admin page or at the prompt.
BY_ADMIN = "ended_by_admin"

#: Events after which a session is over; their name is the reason.
ENDINGS = frozenset({"signed_out", "revoked", "evicted_by_limit", "fingerprint_mismatch"})


def send_event(event: SessionEvent) -> None:
    """Send the signal of an event; a rotated cookie starts and ends nothing."""
    if event.name == "signed_in":
        session_started.send_robust(SessionManager, user_id=event.user_id, session_id=event.session_id)
    elif event.name == "password_changed":
        # The event names the session that lives on; it is the others that ended.
        send_revoked(event.user_id, None, event.name)
    elif event.name in ENDINGS:
        send_revoked(event.user_id, event.session_id, event.name)


def send_revoked(user_id: str | None, session_id: str | None, reason: str) -> None:
    """Send `session_revoked`.

    Args:
        user_id: whose sessions ended.
        session_id: the public id of the one that ended; None for several.
        reason: why, see `ENDINGS` and `BY_ADMIN`.
    """
    session_revoked.send_robust(SessionManager, user_id=user_id, session_id=session_id, reason=reason)


def with_signals(config: SessionConfig) -> SessionConfig:
    """The same config, whose events are sent as signals, too."""
    return replace(config, on_event=_both(config.on_event))


def _both(own: Callable[[SessionEvent], object] | None) -> Callable[[SessionEvent], object]:
    def tell(event: SessionEvent) -> None:
        try:
            if own is not None:
                own(event)
        finally:
            send_event(event)

    return tell
