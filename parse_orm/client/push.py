"""Push notifications: what to show, to whom, and when, as one request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from parse_orm.client.client import BaseClient
from parse_orm.client.endpoint import id_in
from parse_orm.client.headers import JSON
from parse_orm.client.requests import PUSH
from parse_orm.codec import json
from parse_orm.codec.encode import encode
from parse_orm.errors import InvalidValue
from parse_orm.types.date import format_date


def push_body(
    alert: str | Mapping[str, Any] | None = None,
    *,
    title: str | None = None,
    badge: int | str | None = None,
    sound: str | None = None,
    data: Mapping[str, Any] | None = None,
    silent: bool = False,
    channels: Iterable[str] | str | None = None,
    users: Iterable[Any] | Any = None,
    where: Any = None,
    broadcast: bool = False,
    at: datetime | None = None,
    expires_at: datetime | None = None,
    expires_in: timedelta | float | None = None,
) -> dict[str, Any]:
    """Compile a notification, without a request. The arguments are those of `orm.push`.

    Returns:
        The body of `POST /push`.

    Raises:
        InvalidValue: it says nothing, has no target, or contradicts itself.

    Example:
        >>> from parse_orm.client.push import push_body
        >>> push_body("New song", channels=["jazz"])
        {'where': {'channels': {'$in': ['jazz']}}, 'data': {'alert': 'New song'}}
    """
    shown = {"alert": alert, "title": title, "badge": badge, "sound": sound}
    content = {**_present(shown), **{name: encode(value) for name, value in (data or {}).items()}}
    if silent:
        content["content-available"] = 1
    if not content:
        raise InvalidValue("a push needs an alert, data= or silent=True: it would show nothing")
    if expires_at is not None and expires_in is not None:
        raise InvalidValue("a push expires either at a moment or after a while: give expires_at or expires_in")
    timing = {
        "push_time": at and format_date(at),
        "expiration_time": expires_at and format_date(expires_at),
        "expiration_interval": None if expires_in is None else _seconds(expires_in),
    }
    return {"where": _target(channels, users, where, broadcast), "data": content, **_present(timing)}


def send_push(client: BaseClient, body: Mapping[str, Any]) -> str:
    """Send a compiled notification. Needs the master key.

    Args:
        client: who sends it.
        body: what `push_body` gave.

    Returns:
        The id of its row in `_PushStatus`.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        PushMisconfigured: the server has no push adapter.
        AnswerCutShort: it was sent, and nothing in the answer tells its row.
    """
    response = client.send_raw(
        "POST",
        PUSH,
        json.dumps(dict(body)),
        content_type=JSON,
        credential=client.credential(master=True),
        doing="sending a push",
    )
    return id_in(response, "X-Parse-Push-Status-Id", "sending a push")


def _target(channels: Any, users: Any, where: Any, broadcast: bool) -> dict[str, Any]:
    """Channels and users are conditions like others: the server refuses channels beside a where (115)."""
    conditions = dict(_where(where))
    for column, values in (("channels", _several(channels)), ("user", _several(users))):
        if values is None:
            continue
        if column in conditions:
            raise InvalidValue(f"where= names {column!r} already: say it once")
        if not values:
            raise InvalidValue(f"the list of {column} is empty, so the push would reach nobody")
        conditions[column] = {"$in": [encode(value) for value in values]}
    if not conditions and not broadcast:
        raise InvalidValue("a push needs channels=, users= or where=; broadcast=True sends it to every installation")
    if conditions and broadcast:
        raise InvalidValue("broadcast=True reaches every installation: leave out channels=, users= and where=")
    return conditions


def _where(where: Any) -> Mapping[str, Any]:
    if where is None or isinstance(where, Mapping):
        return where or {}
    conditions, class_name = where.as_subquery()
    if class_name != "_Installation":
        raise InvalidValue(f"where= takes a query of Installation, not of {class_name}")
    if conditions is None:
        raise InvalidValue("no installation can meet where=, so the push would reach nobody")
    return dict(conditions)


def _several(values: Any) -> list[Any] | None:
    if values is None:
        return None
    return list(values) if isinstance(values, (list, tuple, set, frozenset)) else [values]


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _seconds(period: timedelta | float) -> int:
    seconds = period.total_seconds() if isinstance(period, timedelta) else period
    if seconds <= 0:
        raise InvalidValue("expires_in is a time to come: give a timedelta or seconds above 0")
    return int(seconds)
