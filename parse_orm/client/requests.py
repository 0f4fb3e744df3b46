"""The paths of Parse REST: from class names and ids to URLs, checked on the way.

Names are checked here because the server is lenient where it hurts: a path in an id would reach
another route, and Postgres cuts names at 63 bytes without a word (Parse Server 9.10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from parse_orm.errors import InvalidClassName, InvalidFieldName, InvalidId, InvalidValue, did_you_mean

LONGEST_NAME = 63
"""Characters of the longest class or column name; Postgres cuts the rest off."""

LONGEST_ID = 256
"""Characters of the longest object id."""

OWN_ROUTES: Mapping[str, str] = {
    "_User": "/users",
    "_Role": "/roles",
    "_Session": "/sessions",
    "_Installation": "/installations",
}
"""Parse classes that have a route of their own."""

SYSTEM_CLASSES = frozenset(OWN_ROUTES) | {
    "_Audience",
    "_GlobalConfig",
    "_GraphQLConfig",
    "_Hooks",
    "_Idempotency",
    "_JobSchedule",
    "_JobStatus",
    "_Product",
    "_PushStatus",
}
"""Class names of the server's own, the only ones that start with an underscore."""

RESERVED_FIELDS = frozenset({"className", "constructor", "id", "length", "objectId"})
"""Column names that the server keeps for itself (105)."""

JAVASCRIPT_FIELDS = frozenset(
    {"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"}
)
"""Column names that no row can have, for every object of JavaScript has such a property (111, Parse Server 9.10)."""

LOGIN = "/login"
VERIFY_PASSWORD = "/verifyPassword"
LOGOUT = "/logout"
LOGIN_AS = "/loginAs"
ME = "/users/me"
MY_SESSION = "/sessions/me"
PASSWORD_RESET = "/requestPasswordReset"
EMAIL_VERIFICATION = "/verificationEmailRequest"
BATCH = "/batch"
HEALTH = "/health"
SERVER_INFO = "/serverInfo"
CONFIG = "/config"
SCHEMAS = "/schemas"
PUSH = "/push"
HOOK_FUNCTIONS = "/hooks/functions"
HOOK_TRIGGERS = "/hooks/triggers"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_JOIN = re.compile(r"_Join:[A-Za-z0-9_]+:[A-Za-z0-9_]+", re.ASCII)


@lru_cache(maxsize=256)  # looking at the name again was a twentieth of the time of save_all
def collection(class_name: str) -> str:
    """Give the path of all rows of a class.

    Args:
        class_name: the Parse class name.

    Returns:
        The path below the server URL.

    Raises:
        InvalidClassName: no class can be called so.

    Example:
        >>> from parse_orm.client.requests import collection
        >>> collection("Song"), collection("_User")
        ('/classes/Song', '/users')
    """
    return OWN_ROUTES.get(class_name) or f"/classes/{check_class_name(class_name)}"


def row(class_name: str, object_id: str) -> str:
    """Give the path of one row.

    Args:
        class_name: the Parse class name.
        object_id: the row's id.

    Returns:
        The path below the server URL.

    Raises:
        InvalidClassName: no class can be called so.
        InvalidId: no row can have this id.

    Example:
        >>> from parse_orm.client.requests import row
        >>> row("Song", "a b/c")
        '/classes/Song/a%20b%2Fc'
    """
    id = check_id(object_id)
    # What the server makes is letters and digits: half the time of naming a row was to quote it.
    return f"{collection(class_name)}/{id if id.isalnum() and id.isascii() else quote(id, safe='')}"


def function(name: str) -> str:
    """Give the path of a Cloud Code function."""
    return f"/functions/{_part('function name', name)}"


def job(name: str) -> str:
    """Give the path of a Cloud Code job."""
    return f"/jobs/{_part('job name', name)}"


def file(name: str) -> str:
    """Give the path of a file; slashes in the name make directories."""
    return "/files/" + "/".join(_part("file name", part) for part in name.split("/"))


def event(name: str) -> str:
    """Give the path of an analytics event."""
    return f"/events/{_part('event name', name)}"


def schema(class_name: str) -> str:
    """Give the path of a class's schema."""
    return f"{SCHEMAS}/{quote(check_class_name(class_name))}"


def purge(class_name: str) -> str:
    """Give the path that deletes every row of a class."""
    return f"/purge/{quote(check_class_name(class_name))}"


def aggregate(class_name: str) -> str:
    """Give the path of aggregations over a class."""
    return f"/aggregate/{quote(check_class_name(class_name))}"


def check_id(object_id: object) -> str:
    """Give an object id back when a row can have it.

    Args:
        object_id: what should be an id.

    Returns:
        The same id.

    Raises:
        InvalidId: not a str, empty, too long, "." or "..", or with control characters.
    """
    if not isinstance(object_id, str):
        raise InvalidId(f"an object id is a str, not {type(object_id).__name__}")
    if not object_id.strip():
        raise InvalidId("the object id is empty; was the object saved?")
    if len(object_id) > LONGEST_ID:
        raise InvalidId(f"an object id has at most {LONGEST_ID} characters, not {len(object_id)}")
    if object_id in (".", "..") or not object_id.isprintable():
        raise InvalidId(f"{object_id!r} cannot be an object id")
    return object_id


def check_class_name(class_name: object) -> str:
    """Give a class name back when the server takes it.

    Args:
        class_name: what should be a Parse class name.

    Returns:
        The same name.

    Raises:
        InvalidClassName: a letter must come first, then letters, digits and underscores, 63 at most.
    """
    if not isinstance(class_name, str):
        raise InvalidClassName(f"a class name is a str, not {type(class_name).__name__}")
    if class_name in SYSTEM_CLASSES or _JOIN.fullmatch(class_name):
        return class_name
    if _NAME.fullmatch(class_name) and len(class_name) <= LONGEST_NAME:
        return class_name
    raise InvalidClassName(f"{class_name[:80]!r} cannot be a class name: {_why(class_name, SYSTEM_CLASSES)}")


def check_field_name(name: object) -> str:
    """Give a column name back when the server takes it.

    Args:
        name: what should be a column name.

    Returns:
        The same name.

    Raises:
        InvalidFieldName: reserved, or not a letter followed by letters, digits and underscores.

    Example:
        >>> from parse_orm.client.requests import check_field_name
        >>> check_field_name("playCount")
        'playCount'
    """
    if not isinstance(name, str):
        raise InvalidFieldName(f"a column name is a str, not {type(name).__name__}")
    if name in RESERVED_FIELDS:
        raise InvalidFieldName(f"{name!r} cannot be a column name: Parse Server keeps it for itself")
    if name in JAVASCRIPT_FIELDS:
        raise InvalidFieldName(f"{name!r} cannot be a column name: every object of JavaScript has such a property")
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return name
    raise InvalidFieldName(f"{name[:80]!r} cannot be a column name: {_why(name, ())}")


def _why(name: str, known: frozenset[str] | tuple[str, ...]) -> str:
    if _NAME.fullmatch(name):
        return f"it has {len(name)} characters and {LONGEST_NAME} are the limit"
    near = did_you_mean(name, known)
    rule = "a letter comes first, then letters, digits and underscores"
    return f"{rule}; did you mean {near!r}?" if near else rule


def _part(what: str, name: object) -> str:
    if not isinstance(name, str) or not name or name in (".", "..") or not name.isprintable():
        raise InvalidValue(f"{name!r} cannot be a {what}")
    return quote(name, safe="")
