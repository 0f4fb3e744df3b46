"""The headers of a request: the application's keys, who asks, and what the caller adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parse_orm._version import __version__
from parse_orm.client.config import Settings
from parse_orm.client.credentials import Credential, check_header
from parse_orm.codec import json
from parse_orm.errors import InvalidValue
from parse_orm.transport.messages import SECRET_HEADERS
from parse_orm.types.secret import Secret, hidden

JSON = "application/json; charset=utf-8"
"""The content type of every JSON body."""

_NAME = re.compile(r"[A-Za-z0-9_-]+")


#: What a header holds; keys, tokens and the like are laid open where they are sent, by ``Request.plain_headers``.
Value = str | Secret[str]


def key_headers(settings: Settings) -> Mapping[str, Mapping[str, Value]]:
    """Compile the headers of each kind of credential, once per client.

    Args:
        settings: the client's settings.

    Returns:
        Credential kind to headers; "none" carries no key at all.
    """
    plain: dict[str, Value] = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": f"parse_orm/{__version__}",
    }
    app = {**plain, "X-Parse-Application-Id": settings.app_id}
    rest, master = settings.rest_key, settings.master_key
    user = {**app, "X-Parse-REST-API-Key": rest} if rest else app
    # No REST key beside the master key: with both, a wrong master key is silently a plain request.
    boss = {**app, "X-Parse-Master-Key": master} if master else app
    return {"none": plain, "anonymous": user, "session": user, "master": boss}


def compose(
    keys: Mapping[str, Value],
    who: Credential,
    content_type: str,
    more: Mapping[str, Value] | None = None,
    context: Mapping[str, Any] | None = None,
    installation_id: str | None = None,
) -> dict[str, Value]:
    """Put the headers of one request together.

    Args:
        keys: the compiled headers of the credential's kind.
        who: who asks; its token goes out, and never beside the master key.
        content_type: what the body is.
        more: headers of the caller; they win.
        context: a JSON object for Cloud Code triggers.
        installation_id: the installation that asks.

    Returns:
        The headers.

    Raises:
        InvalidValue: a name or a value that HTTP cannot carry, or a context that is no mapping.
    """
    headers: dict[str, Value] = {**keys, "Content-Type": content_type}
    if who.secret is not None:
        headers["X-Parse-Session-Token"] = who.secret
    if installation_id is not None:
        check_header("installation id", installation_id)
        headers["X-Parse-Installation-Id"] = installation_id
    if context is not None:
        headers["X-Parse-Cloud-Context"] = _context(context)
    for name, value in (more or {}).items():
        headers[_name(name, headers)] = value
        check_header(name, value)
    return headers


def without_plain_secrets(headers: Mapping[str, Value] | None) -> Mapping[str, Value] | None:
    """Give the headers of a caller with the secret ones hidden."""
    if not headers:
        return headers
    return {name: hidden(value) if str(name).lower() in SECRET_HEADERS else value for name, value in headers.items()}


def _context(context: object) -> str:
    if not isinstance(context, Mapping):
        raise InvalidValue(f"context is a mapping, not {type(context).__name__}")
    return json.dumps_ascii(dict(context))


def _name(name: object, taken: Mapping[str, Value]) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValue(f"{name!r} cannot be a header name")
    # The same header in another case would go out twice, and the server would join the two.
    return next((known for known in taken if known.lower() == name.lower()), name)
