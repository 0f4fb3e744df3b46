"""Analytics: telling the server that something happened."""

from __future__ import annotations

import re
from typing import Any

from parse_orm.client import requests as paths
from parse_orm.client.client import BaseClient
from parse_orm.client.credentials import Credential
from parse_orm.codec.encode import encode
from parse_orm.errors import InvalidValue

_NAME = re.compile(r"[\w.-]+", re.ASCII)


def track_event(
    client: BaseClient, event: str, dimensions: dict[str, Any], credential: Credential | None = None
) -> None:
    """Tell the server's analytics adapter about an event; without an adapter the server drops it (9.10).

    Args:
        client: who sends it.
        event: letters, digits, `_`, `.` and `-`.
        dimensions: what to remember about it.
        credential: who asks; None means whatever the client decides.

    Raises:
        InvalidValue: no event can be called so.
    """
    if not _NAME.fullmatch(str(event)):
        raise InvalidValue(f"{event!r:.60} cannot be an event name: use letters, digits, '_', '.' and '-'")
    client.request(
        "POST",
        paths.event(event),
        {"dimensions": {name: encode(value) for name, value in dimensions.items()}},
        credential=credential,
        idempotent=False,
        doing=f"tracking {event!r}",
    )
