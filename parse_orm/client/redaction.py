"""What may be shown of a text: no token, no key, no character that forges a log line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from parse_orm.transport.messages import HIDDEN, bare_url, redacted
from parse_orm.types.depth import DEEPEST
from parse_orm.types.secret import Secret, hide, revealed, sealed

__all__ = ["HIDDEN", "Known", "bare_url", "redacted", "safe_body", "safe_text", "without_plain_passwords"]

LONGEST = 500
"""Characters of a server's text that are kept."""

SHORTEST_SECRET = 6
"""A shorter key is left alone: taking "a" out of every text would hide the text."""

SECRET_KEYS = frozenset(
    {
        "_hashed_password",
        "_masterkey",
        "_sessiontoken",
        "accesstoken",
        "access_token",
        "apikey",
        "authdata",
        "authorization",
        "clientkey",
        "devicetoken",
        "masterkey",
        "mfa",
        "password",
        "recoverycodes",
        "refreshtoken",
        "refresh_token",
        "restkey",
        "secret",
        "sessiontoken",
        "session_token",
        "token",
    }
)
"""Keys of a JSON body, in lower case, whose values are never shown."""

_TOKEN = re.compile(r"\br:[0-9a-fA-F]{32}\b")


class Known:
    """The secrets that a request carries, so that they can be taken out of what the server says about it.

    The body is only searched when that happens: a request that succeeds pays nothing for it.

    Args:
        keys: the keys of the client.
        token: the token of the credential, if it has one.
        body: what is sent as JSON.
    """

    __slots__ = ("_body", "_keys", "_token")

    def __init__(self, keys: tuple[Secret[str], ...], token: object = None, body: object = None) -> None:
        self._keys = keys
        self._token = token
        self._body = body

    def __iter__(self) -> Iterator[Secret[str]]:
        yield from self._keys
        if isinstance(self._token, Secret):
            yield self._token
        # The longest first: a short one may be a part of it.
        yield from sorted(_secrets_in(self._body), key=lambda secret: -len(secret.reveal()))

    def __repr__(self) -> str:
        return "<Known secrets>"


def _secrets_in(value: Any) -> Iterator[Secret[str]]:
    """The secrets in a body, and the texts that stand under the name of one."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secrets_in(sealed(item) if str(key).lower() in SECRET_KEYS else item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _secrets_in(item)


def without_plain_passwords(body: Any) -> Any:
    """Give a body of a raw request with the password and the login of another service hidden.

    >>> without_plain_passwords({"username": "ann", "password": "pw"})
    {'username': 'ann', 'password': [hidden]}
    """
    if not isinstance(body, dict) or not ("password" in body or "authData" in body or "sessionToken" in body):
        return body
    copy = dict(body)
    hide(copy, ("password", "sessionToken"))
    if "authData" in copy:
        copy["authData"] = sealed(copy["authData"])
    return copy


def safe_text(text: str, secrets: Iterable[str | Secret[str]] = (), limit: int = LONGEST) -> str:
    """Give a foreign text that may be shown in an error or a log line.

    Args:
        text: what somebody else wrote.
        secrets: keys to take out.
        limit: characters to keep.

    Returns:
        The text without secrets and control characters, cut.

    Example:
        >>> from parse_orm.client.redaction import safe_text
        >>> safe_text("bad token r:0123456789abcdef0123456789abcdef" + chr(10) + "INFO all is well")
        'bad token r:[hidden]\\\\nINFO all is well'
    """
    text = without(secrets, text)
    text = _TOKEN.sub(f"r:{HIDDEN}", text)
    shown = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(map(_visible, shown))


def without(secrets: Iterable[str | Secret[str]], value: Any, levels: int = DEEPEST) -> Any:
    """Give a JSON value without secrets in its texts, at any depth; for what a program reads, so nothing else changes.

    Args:
        secrets: what to take out.
        value: a decoded JSON value.
        levels: how deep it may be nested; what is deeper is left out.
    """
    if not levels:
        return None
    if isinstance(value, str):
        for secret in map(revealed, secrets):
            if len(secret) >= SHORTEST_SECRET:
                value = value.replace(secret, HIDDEN)
        return _TOKEN.sub(f"r:{HIDDEN}", value)
    if isinstance(value, Mapping):
        return {without(secrets, key, levels - 1): without(secrets, item, levels - 1) for key, item in value.items()}
    return [without(secrets, item, levels - 1) for item in value] if isinstance(value, list) else value


def safe_body(value: Any, levels: int = DEEPEST) -> Any:
    """Give a JSON value that may be shown: values of secret keys are hidden, at any depth.

    Args:
        value: a decoded JSON value.
        levels: how many levels of it are shown; an ellipsis stands for what is deeper, or in a circle.

    Returns:
        A copy.

    Example:
        >>> from parse_orm.client.redaction import safe_body
        >>> safe_body({"username": "ann", "Password": "pw"})
        {'username': 'ann', 'Password': '[hidden]'}
    """
    if not isinstance(value, (Mapping, list, tuple)):
        return safe_text(value) if isinstance(value, str) else value
    if not levels:
        return "..."
    if isinstance(value, (list, tuple)):
        return [safe_body(item, levels - 1) for item in value]
    return {
        key: HIDDEN if str(key).lower() in SECRET_KEYS else safe_body(item, levels - 1) for key, item in value.items()
    }


def _visible(char: str) -> str:
    """Escape what a terminal would obey: controls, bidi marks, line separators, surrogates."""
    if char.isprintable() or unicodedata.category(char) == "Zs":
        return char
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")
