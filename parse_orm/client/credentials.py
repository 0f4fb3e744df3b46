"""Who is asking: a session, the master key, or nobody."""

from __future__ import annotations

import hmac
from typing import Any, Literal, NoReturn, Self

from parse_orm.errors import InvalidValue, SessionTokenMissing
from parse_orm.types.depth import short_repr
from parse_orm.types.secret import Secret, hidden, revealed

Kind = Literal["session", "master", "anonymous"]
"""The three ways to ask."""


class Credential:
    """The credential of one request; the master key itself stays with the client.

    Args:
        kind: "session", "master" or "anonymous".
        token: the session token, for kind "session" alone.

    Attributes:
        kind: as given.
        secret: the token as it is kept and passed on; `token` gives the text.

    Raises:
        InvalidValue: the token is blank or cannot stand in a header.

    Example:
        >>> from parse_orm.client.credentials import Credential
        >>> Credential("session", "r:0123456789abcdef0123456789abcdef")
        <Credential session r:...>
    """

    __slots__ = ("kind", "secret")

    kind: Kind
    secret: Secret[str] | None

    def __init__(self, kind: Kind, token: str | Secret[str] | None = None) -> None:
        """Refuse a token where none belongs, and a session without a sound one."""
        token = hidden(token)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "secret", token)
        if kind == "session":
            check_token(token)
        elif token is not None:
            raise InvalidValue(f"a credential of kind {kind!r} carries no token")

    @property
    def token(self) -> str | None:
        """The session token, None for the other kinds."""
        return None if self.secret is None else self.secret.reveal()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a credential is not changed: make another one, with its own {name}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Credential) or self.kind != other.kind:
            return False
        return hmac.compare_digest((self.token or "").encode(), (other.token or "").encode())

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        # A frame may hold one that was refused, with a token that is no text.
        return f"<Credential {self.kind}{_hint(revealed(self.secret))}>"

    def __reduce__(self) -> Any:
        raise TypeError("a credential is not pickled: pass the token on purpose, to whom it may concern")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self


MASTER = Credential("master")
"""Asks with the master key of the client."""

ANONYMOUS = Credential("anonymous")
"""Asks with the application's keys alone: ACLs see nobody."""


def check_master(master: Any) -> bool | None:
    """Give ``master=`` back when it is True, False or None; a text there was meant for a column.

    Raises:
        InvalidValue: it is something else.
    """
    if master is None or type(master) is bool:
        given: bool | None = master
        return given
    raise InvalidValue(f"master= is True, False or None, not {short_repr(master)}")


def token_of(who: Any) -> Secret[str]:
    """Give the session token of a user, a session or a token itself.

    Args:
        who: a token, or an object with `session_token`.

    Returns:
        The token, hidden, and sound enough for a header.

    Raises:
        SessionTokenMissing: the object has no token.
        InvalidValue: the token is blank or cannot stand in a header; it never means "master".

    Example:
        >>> from parse_orm.client.credentials import token_of
        >>> token_of("r:abc").reveal()
        'r:abc'
    """
    who = hidden(who)
    token: Any = who if isinstance(who, Secret) else hidden(getattr(who, "session_token", None))
    if token is None:
        raise SessionTokenMissing(
            f"this {type(who).__name__} has no session token; log in first, or pass the token itself"
        )
    check_token(token)
    return token  # type: ignore[no-any-return]


def check_token(token: object) -> None:
    """Refuse a session token that no header can carry.

    Args:
        token: what should be a token, hidden.

    Raises:
        InvalidValue: not a str, blank, or with characters that a token never has.
    """
    if not isinstance(token, Secret):
        raise InvalidValue(f"a session token is a str, not {type(token).__name__}")
    if not token.reveal().strip():
        raise InvalidValue("the session token is blank")
    check_header("session token", token)


def check_header(name: str, value: object) -> None:
    """Refuse a header value that HTTP would not carry unchanged.

    Args:
        name: what it is, for the message; the value is never shown.
        value: what should be sent, a str or a `Secret` of one.

    Raises:
        InvalidValue: not a str, with control characters, outer spaces, or beyond latin-1.
    """
    wrong = _unfit(revealed(value))
    if wrong:
        raise InvalidValue(f"{name}: {wrong}")


def _unfit(value: object) -> str:
    """What keeps a value from being sent in a header; empty when nothing does."""
    if not isinstance(value, str):
        return f"a header value is a str, not {type(value).__name__}"
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in value):
        return "control characters cannot be sent in a header"
    if any(ord(char) > 255 for char in value):
        return "a header carries latin-1 characters alone"
    if value != value.strip():
        return "spaces around a header value would be lost"
    return ""


def _hint(token: object) -> str:
    if token is None:
        return ""
    return " r:..." if isinstance(token, str) and token.startswith("r:") else " ..."
