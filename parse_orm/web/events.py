"""What happened to a session, for audit logs and "new sign-in" mails; never with anything secret."""

from dataclasses import dataclass
from typing import Literal

EventName = Literal[
    "signed_in",
    "signed_out",
    "revoked",
    "rotated",
    "evicted_by_limit",
    "fingerprint_mismatch",
    "password_changed",
]


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """One thing that happened.

    Attributes:
        name: what happened.
        user_id: whose session it is.
        session_id: the public id of the session; None when several ended at once.
    """

    name: EventName
    user_id: str | None
    session_id: str | None
