"""A transport without a network, for tests: a function answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from parse_orm._forking import PerProcess
from parse_orm.transport.messages import Request, Response, Upload


class MemoryTransport:
    """Answers each request by calling a function, and remembers what was asked.

    Args:
        handler: takes the `Request`, gives the `Response`, or raises a `TransportError`.

    Example:
        >>> from parse_orm.transport.memory import MemoryTransport
        >>> from parse_orm.transport.messages import Request, Response
        >>> transport = MemoryTransport(lambda request: Response(200, body=b"{}"))
        >>> transport.send(Request("GET", "http://localhost/parse/health")).body
        b'{}'
        >>> len(transport.requests)
        1
    """

    def __init__(self, handler: Callable[[Request], Response]) -> None:
        """Keep the handler."""
        self._handler = handler
        self._lock = PerProcess(threading.Lock)
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        """Note the request, its body read to the end, then let the handler answer it."""
        if isinstance(request.body, Upload):
            with request.body.open() as source:
                request = replace(request, body=source.read())
        with self._lock.value:
            self.requests.append(request)
        return self._handler(request)

    def close(self) -> None:
        """Do nothing: there is no socket."""
