"""What can be counted instead of timed: calls, bytes and requests come out the same on a busy machine."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import parse_orm as orm
from bench.rows import stored
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response


def calls(function: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called meanwhile in this thread.

    The garbage of other tests waits: what its finalizers call would be counted, too.
    """
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    gc.disable()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count - 1  # the last one is setprofile itself


class Rows:
    """A server of so many stored rows that knows finding by page and saving by batch."""

    def __init__(self, rows: int) -> None:
        self.rows = [stored(number) for number in range(rows)]
        self.made = 0

    def __call__(self, request: Request) -> Response:
        body = json.loads(request.body or b"{}")
        answer = self.saved(body["requests"]) if "requests" in body else self.found(body)
        return Response(200, body=json.dumps(answer).encode())

    def found(self, body: dict[str, Any]) -> dict[str, Any]:
        last = body["where"].get("objectId", {}).get("$gt", "")
        begin = int(last.removeprefix("row")) + 1 if last else 0
        return {"results": self.rows[begin : begin + body["limit"]]}

    def saved(self, items: list[Any]) -> list[Any]:
        self.made += len(items)
        return [
            {"success": {"objectId": f"new{self.made}x{number}", "createdAt": "2024-01-02T03:04:05.678Z"}}
            for number, _ in enumerate(items)
        ]


@contextmanager
def serving(rows: int) -> Iterator[MemoryTransport]:
    """A client of such a server, in use inside the block; gives its transport, which remembers the requests."""
    transport = MemoryTransport(Rows(rows))
    with orm.using(orm.Client("http://localhost/parse", "bench", master_key="m", transport=transport)):
        yield transport
