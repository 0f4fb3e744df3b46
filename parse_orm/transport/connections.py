"""Kept connections that know when the server hangs up, send a request in one piece and read headers quickly."""

from __future__ import annotations

import re
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from parse_orm.transport.plain_headers import PlainAnswer

KEEP = 30.0
"""Seconds that an idle connection is kept when the server does not say."""

MARGIN = 1.0
"""Seconds before the server's own keep-alive limit at which we let go.

Node closes an idle connection after 5 s and says so in `Keep-Alive: timeout=5`; a request that
crosses that close would be lost without an answer.
"""

TOGETHER = 1 << 18
"""Bytes of a request that are sent in one piece; beyond that, copying costs more than a second call."""

_TIMEOUT = re.compile(r"timeout=(\d{1,6})", re.IGNORECASE)


class _Kept:
    """A connection that counts as closed once the server may be about to close it."""

    response_class: Any = PlainAnswer
    last_used = 0.0
    keep = KEEP
    _held: list[bytes] | None = None

    def request(self, *args: Any, **options: Any) -> None:
        if self.last_used and time.monotonic() - self.last_used > self.keep:
            self.close()  # type: ignore[attr-defined]  # sending opens it again
        # http.client sends headers and body one after the other, which wakes the server twice for each request.
        held = self._held = []
        try:
            super().request(*args, **options)  # type: ignore[misc]
        finally:
            self._held = None
        for piece in [b"".join(held)] if sum(map(len, held)) <= TOGETHER else held:
            self.send(piece)

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)  # type: ignore[misc]
        else:
            self._held.append(data)

    def getresponse(self) -> Any:
        response = super().getresponse()  # type: ignore[misc]
        self.last_used = time.monotonic()
        told = _TIMEOUT.search(response.headers.get("Keep-Alive", ""))
        if told:
            self.keep = max(int(told[1]) - MARGIN, 0.0)
        return response


class KeptHTTP(_Kept, HTTPConnection):
    """A connection without encryption."""


class KeptHTTPS(_Kept, HTTPSConnection):
    """A connection with TLS."""
