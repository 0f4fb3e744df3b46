"""What may be shown of a text: no token, no key, no character that forges a log line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from parse_orm.transport.messages import HIDDEN, bare_url, redacted
from parse_orm.types.depth import DEEPEST

__all__ = ["HIDDEN", "bare_url", "redacted", "safe_body", "safe_text"]

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


def safe_text(text: str, secrets: Iterable[str] = (), limit: int = LONGEST) -> str:
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
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    text = _TOKEN.sub(f"r:{HIDDEN}", text)
    shown = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(map(_visible, shown))


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
