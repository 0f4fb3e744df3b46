"""Whether a request may be sent twice: by its nature, or because the server proves it.

Parse Server ignores X-Parse-Request-Id unless its option `idempotencyOptions.paths` names the
path, and no answer tells. So before a create is repeated the server is tried out.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from parse_orm.errors import DuplicateRequest, ParseError, ParseOrmError

REQUEST_ID = "X-Parse-Request-Id"
"""The header that a server with idempotency remembers."""

PROBE: Mapping[str, str] = {"id": "x", "objectId": ""}
"""A create that is refused before any trigger runs.

RestWrite of Parse Server 9.10 refuses `id` with 105, and with allowCustomObjectId an empty
`objectId` with 104, in its constructor.
"""

Send = Callable[[str, Mapping[str, str], str], Any]
"""Sends a POST once: path, body, request id."""


def is_repeatable(method: str, body: Any) -> bool:
    """Say whether sending a request twice leaves the server as sending it once does.

    Args:
        method: the HTTP verb.
        body: the JSON body, before it is encoded.

    Returns:
        True for GET, DELETE, finds, and a PUT that only sets or deletes values.

    Example:
        >>> from parse_orm.client.idempotency import is_repeatable
        >>> is_repeatable("PUT", {"title": "x"})
        True
        >>> is_repeatable("PUT", {"plays": {"__op": "Increment", "amount": 1}})
        False
    """
    if method in ("GET", "DELETE"):
        return True
    if method == "PUT":
        return not _has_operation(body)
    return method == "POST" and isinstance(body, Mapping) and body.get("_method") == "GET"


def is_write(method: str, body: Any) -> bool:
    """Say whether a request carries an id of its own: POST and PUT that are not finds."""
    if method == "PUT":
        return True
    return method == "POST" and not (isinstance(body, Mapping) and body.get("_method") == "GET")


def new_request_id() -> str:
    """Make the id of one logical request."""
    return str(uuid.uuid4())


class Proofs:
    """What is known about the server's idempotency, by collection."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._known: dict[str, bool] = {}
        self._lock = threading.Lock()

    def proven(self, path: str, send: Send) -> bool:
        """Say whether the server refuses a repeated id on this path, trying it out once.

        Args:
            path: the path of the request that may be repeated.
            send: sends a POST without repeats.

        Returns:
            True when a repeated id answered 159. False also when the trial itself failed, which
            is not remembered.
        """
        prefix = collection_of(path)
        if not prefix:
            return False
        with self._lock:
            known = self._known.get(prefix)
            if known is None:
                known = _try_out(prefix, send)
                if known is not None:
                    self._known[prefix] = known
        return bool(known)


def collection_of(path: str) -> str:
    """Give the collection that a path belongs to, "" for a path that is no row and no collection.

    Example:
        >>> from parse_orm.client.idempotency import collection_of
        >>> collection_of("/classes/Song/x1"), collection_of("/users"), collection_of("/functions/hi")
        ('/classes/Song', '/users', '')
    """
    parts = path.strip("/").split("/")
    if parts[0] == "classes" and len(parts) in (2, 3):
        return f"/classes/{parts[1]}"
    if parts[0] in ("users", "installations") and len(parts) in (1, 2):
        return f"/{parts[0]}"
    return ""


def _try_out(prefix: str, send: Send) -> bool | None:
    """Send the probe twice with one id; None when the server did not answer as expected."""
    request_id = new_request_id()
    first = _refusal(prefix, send, request_id)
    second = _refusal(prefix, send, request_id)
    if isinstance(second, DuplicateRequest):
        return True
    refused = first is not None and second is not None and first.code == second.code
    return False if refused else None


def _refusal(prefix: str, send: Send, request_id: str) -> ParseError | None:
    try:
        send(prefix, PROBE, request_id)
    except ParseError as error:
        return error
    except ParseOrmError:
        return None
    return None


def _has_operation(value: Any) -> bool:
    """Look for an operation other than Delete, at any depth; not by recursion, which a circle would make endless."""
    waiting, looked_at = [value], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("__op", "Delete") != "Delete":
                return True
        elif not isinstance(value, (list, tuple)):
            continue
        if id(value) not in looked_at:
            looked_at.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value
    return False
