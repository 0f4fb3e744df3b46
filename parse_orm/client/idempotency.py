"""Whether a request may be sent twice: by its nature, or because the server proves it.

Parse Server ignores X-Parse-Request-Id unless its option `idempotencyOptions.paths` names the
path, and no answer tells. So before a create is repeated the server is tried out.

Only creates can be. The paths of the option are regular expressions for the path, so what is true for /classes/Song
may be false for /classes/Song/x1, and a proof for one is none for the other. And there is no PUT that is sure to be
refused without a trace: the server makes the class when it is missing before it looks at the columns (RestWrite of
Parse Server 9.10). So an update with operations, such as an Increment, is never repeated after a lost answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from parse_orm.errors import DuplicateRequest, ParseError, ParseOrmError, RequestTimeout

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


def is_provable(method: str, path: str) -> bool:
    """Say whether the server can be asked if it refuses a repeat: for creates of rows alone.

    Args:
        method: the HTTP verb.
        path: the path below the server URL.

    Returns:
        True for a POST on a collection.

    Example:
        >>> from parse_orm.client.idempotency import is_provable
        >>> is_provable("POST", "/classes/Song"), is_provable("PUT", "/classes/Song/x1")
        (True, False)
    """
    parts = path.strip("/").split("/")
    if parts[0] == "classes":
        return method == "POST" and len(parts) == 2
    return method == "POST" and parts in (["users"], ["installations"])


class Proofs:
    """What is known about the server's idempotency for creates, by collection.

    There is no lock: setting a key of a dict is atomic, and threads that ask at once learn the same.
    """

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._known: dict[str, bool] = {}

    def proven(self, path: str, send: Send | None) -> bool:
        """Say whether the server refuses a repeated create on this path, trying it out when that is not known.

        Args:
            path: the collection that the create is for, see `is_provable`.
            send: sends a POST without repeats; None asks for what is known alone.

        Returns:
            True when a repeated id answered 159. False also when the trial itself failed, which
            is not remembered.
        """
        known = self._known.get(path)
        if known is None and send is not None:
            known = _try_out(path, send)
            if known is not None:
                self._known[path] = known
        return bool(known)


def _try_out(path: str, send: Send) -> bool | None:
    """Send the probe twice with one id; None when the server did not answer as expected."""
    request_id = new_request_id()
    try:
        first = _refusal(path, send, request_id)
        second = _refusal(path, send, request_id)
    except RequestTimeout:  # waiting for the second one would only take as long again
        return None
    if isinstance(second, DuplicateRequest):
        return True
    refused = first is not None and second is not None and first.code == second.code
    return False if refused else None


def _refusal(path: str, send: Send, request_id: str) -> ParseError | None:
    try:
        send(path, PROBE, request_id)
    except ParseError as error:
        return error
    except RequestTimeout:
        raise
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
