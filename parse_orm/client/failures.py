"""From an answer to the right exception: by Parse code first, by HTTP status second."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from parse_orm.client import requests as paths
from parse_orm.client.redaction import safe_text, without
from parse_orm.codec import json
from parse_orm.errors import (
    BY_CODE,
    BY_STATUS,
    BatchRouteFailed,
    ClassNameError,
    DuplicateRequest,
    EndpointNotFound,
    InternalServerError,
    InvalidCredentials,
    InvalidSessionToken,
    InvalidValue,
    KeysRefused,
    MFATokenRequired,
    OperationForbidden,
    ParseError,
    RateLimited,
    RedirectRefused,
    RequestTooLarge,
    ServerUnavailable,
    SessionExpired,
)
from parse_orm.transport.messages import Response
from parse_orm.transport.retry import retry_after_seconds
from parse_orm.types.secret import Secret

LOGINS = frozenset({paths.LOGIN, paths.VERIFY_PASSWORD})
"""Paths where code 101 means a wrong name or password."""

BY_TEXT: tuple[tuple[int, re.Pattern[str], type[ParseError]], ...] = (
    (209, re.compile(r"expired", re.IGNORECASE), SessionExpired),
    # Class-level permissions that ask for a login answer 404 with code 101 (Parse Server 9.10).
    (101, re.compile(r"permission denied", re.IGNORECASE), OperationForbidden),
    (-1, re.compile(r"missing additional authdata.*\bmfa\b", re.IGNORECASE), MFATokenRequired),
)
"""Codes that mean different things; the text tells them apart."""

HINTS: Mapping[type[ParseError], str] = {
    BatchRouteFailed: "the other routes work: check the server's `router` package (2.3.0 breaks /batch)",
    ClassNameError: "does the class exist, and is its name right?",
    DuplicateRequest: "the server has done this request already",
    EndpointNotFound: "is the server URL right, with its mount path such as /parse?",
    InternalServerError: "the server's log has the cause",
    InvalidSessionToken: "log in again",
    KeysRefused: "check the application id and the keys, and masterKeyIps on the server",
    OperationForbidden: "check the class-level permissions, or ask with another credential",
    RateLimited: "send less at a time, or wait",
    RedirectRefused: "use the final address as the server URL",
    RequestTooLarge: "send less at a time, or raise maxUploadSize on the server",
    ServerUnavailable: "is the server up?",
    SessionExpired: "log in again",
}
"""The next thing to try, by class."""


def error_from(
    response: Response,
    *,
    path: str = "",
    doing: str = "",
    request_id: str | None = None,
    secrets: Iterable[str | Secret[str]] = (),
) -> ParseError:
    """Give the exception for an answer that is not a success.

    Args:
        response: the answer, with a status outside 200-299.
        path: the path that was asked; code 101 means something else at /login.
        doing: what was being done, for the message.
        request_id: the X-Parse-Request-Id that was sent.
        secrets: keys to take out of the server's text.

    Returns:
        The exception, to be raised by the caller.
    """
    body = _object(response.body)
    return _build(
        body,
        status=response.status,
        path=path,
        secrets=secrets,
        doing=doing,
        request_id=request_id,
        retry_after=retry_after_seconds(response.headers.get("Retry-After")),
    )


def error_from_item(
    error: Any, *, doing: str = "", request_id: str | None = None, secrets: Iterable[str | Secret[str]] = ()
) -> ParseError:
    """Give the exception for one failed item of a batch.

    Args:
        error: the value of the item's `error`; `{}` after an uncaught error of the server.
        doing: what was being done.
        request_id: the X-Parse-Request-Id that was sent.
        secrets: keys to take out of the server's text.

    Returns:
        The exception.
    """
    body = error if isinstance(error, Mapping) else {"error": error}
    return _build(
        body or {"code": 1, "error": "Internal server error."},
        status=None,
        path="",
        secrets=secrets,
        doing=doing,
        request_id=request_id,
    )


def _build(
    body: Mapping[str, Any], *, status: int | None, path: str, secrets: Iterable[str | Secret[str]], **rest: Any
) -> ParseError:
    code, said, details = _read(without(secrets, body))
    kind = _kind(code, said, status, path)
    text = safe_text(said, secrets) if said else _silent(status)
    return kind(text, code=code, http_status=status, hint=HINTS.get(kind, ""), details=details, **rest)


def _object(body: bytes) -> Mapping[str, Any]:
    """Read a JSON object; HTML, nothing and half a text all give an empty one."""
    if body.lstrip()[:1] != b"{":
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _read(body: Mapping[str, Any]) -> tuple[int | None, str, Any]:
    """Find code and text in {error}, {code, error}, {code, message} or {code, error: {...}}."""
    said = body.get("error", body.get("message"))
    details = said if isinstance(said, (Mapping, list)) else None
    inner = said if isinstance(said, Mapping) else {}
    code = _code(body.get("code")) if "code" in body else _code(inner.get("code"))
    if details is not None:
        said = inner.get("message") or inner.get("error") or details
    return code, "" if said is None else _as_text(said), details


def _as_text(said: Any) -> str:
    if not isinstance(said, (Mapping, list)):
        return str(said)
    try:
        return json.dumps(said).decode()
    except InvalidValue:
        return "the reason that the server gave is nested too deep to be shown"


def _code(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _kind(code: int | None, said: str, status: int | None, path: str) -> type[ParseError]:
    if code is not None:
        return _kind_by_code(code, said, path)
    if status is None:
        return ParseError
    return BY_STATUS.get(status) or _kind_by_range(status)


def _kind_by_code(code: int, said: str, path: str) -> type[ParseError]:
    if code == 101 and path in LOGINS:
        return InvalidCredentials
    special = (kind for row, text, kind in BY_TEXT if row == code and text.search(said))
    return next(special, None) or BY_CODE.get(code, ParseError)


def _kind_by_range(status: int) -> type[ParseError]:
    if 300 <= status < 400:
        return RedirectRefused
    return InternalServerError if status >= 500 else ParseError


def _silent(status: int | None) -> str:
    return "the server gave no reason" if status != 404 else "there is no such route"
