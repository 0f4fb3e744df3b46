"""Who is asking: a session, the master key, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from parse_orm.errors import InvalidValue, SessionTokenMissing

Kind = Literal["session", "master", "anonymous"]
"""The three ways to ask."""


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential of one request; the master key itself stays with the client.

    Args:
        kind: "session", "master" or "anonymous".
        token: the session token, for kind "session" alone.

    Raises:
        InvalidValue: the token is blank or cannot stand in a header.

    Example:
        >>> from parse_orm.client.credentials import Credential
        >>> Credential("session", "r:0123456789abcdef0123456789abcdef")
        <Credential session r:...>
    """

    kind: Kind
    token: str | None = None

    def __post_init__(self) -> None:
        """Refuse a token where none belongs, and a session without a sound one."""
        if self.kind == "session":
            check_token(self.token)
        elif self.token is not None:
            raise InvalidValue(f"a credential of kind {self.kind!r} carries no token")

    def __repr__(self) -> str:
        return f"<Credential {self.kind}{_hint(self.token)}>"

    def __reduce__(self) -> Any:
        raise TypeError("a credential is not pickled: pass the token on purpose, to whom it may concern")

    def __copy__(self) -> Credential:
        return self

    def __deepcopy__(self, memo: Any) -> Credential:
        return self


MASTER = Credential("master")
"""Asks with the master key of the client."""

ANONYMOUS = Credential("anonymous")
"""Asks with the application's keys alone: ACLs see nobody."""


def token_of(who: Any) -> str:
    """Give the session token of a user, a session or a token itself.

    Args:
        who: a token, or an object with `session_token`.

    Returns:
        The token, sound enough for a header.

    Raises:
        SessionTokenMissing: the object has no token.
        InvalidValue: the token is blank or cannot stand in a header; it never means "master".

    Example:
        >>> from parse_orm.client.credentials import token_of
        >>> token_of("r:abc")
        'r:abc'
    """
    if isinstance(who, str):
        return check_token(who)
    token = getattr(who, "session_token", None)
    if token is None:
        raise SessionTokenMissing(
            f"this {type(who).__name__} has no session token; log in first, or pass the token itself"
        )
    return check_token(token)


def check_token(token: object) -> str:
    """Give a session token back when a header can carry it.

    Args:
        token: what should be a token.

    Returns:
        The same token.

    Raises:
        InvalidValue: not a str, blank, or with characters that a token never has.
    """
    if not isinstance(token, str):
        raise InvalidValue(f"a session token is a str, not {type(token).__name__}")
    if not token.strip():
        raise InvalidValue("the session token is blank")
    return check_header("session token", token)


def check_header(name: str, value: object) -> str:
    """Give a header value back when HTTP can carry it unchanged.

    Args:
        name: what it is, for the message; the value is never shown.
        value: what should be sent.

    Returns:
        The same value.

    Raises:
        InvalidValue: not a str, with control characters, outer spaces, or beyond latin-1.
    """
    if not isinstance(value, str):
        raise InvalidValue(f"{name}: a header value is a str, not {type(value).__name__}")
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in value):
        raise InvalidValue(f"{name}: control characters cannot be sent in a header")
    if any(ord(char) > 255 for char in value):
        raise InvalidValue(f"{name}: a header carries latin-1 characters alone")
    if value != value.strip():
        raise InvalidValue(f"{name}: spaces around a header value would be lost")
    return value


def _hint(token: str | None) -> str:
    if token is None:
        return ""
    return " r:..." if token.startswith("r:") else " ..."
