"""What happened to sessions of late, as the signals tell it; a real site would write it down, or mail it."""

from collections import deque
from typing import Any

from django.dispatch import receiver

from parse_orm.contrib.django.signals import session_revoked, session_started

#: The last lines, the newest first.
LATELY: deque[str] = deque(maxlen=20)


@receiver(session_started)
def started(user_id: str, **_: Any) -> None:
    """Somebody logged in."""
    LATELY.appendleft(f"{user_id}: a session began")


@receiver(session_revoked)
def ended(user_id: str | None, reason: str, **_: Any) -> None:
    """One or more sessions of a user ended."""
    LATELY.appendleft(f"{user_id}: sessions ended, {reason}")
