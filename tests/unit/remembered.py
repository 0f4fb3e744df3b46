"""A server in memory that says yes, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response

MOUNT = "http://localhost:1337/parse"
NOW = "2026-01-02T03:04:05.678Z"

Sent = tuple[str, str, Any]
"""Method, path below the mount and decoded body of a request."""


class Wire:
    """What went over the wire, and how to answer it otherwise.

    Attributes:
        sent: every request, in order.
        refuse: answers a write instead of the server; gives None to leave it alone.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.refuse: Callable[[str, str, Any], Response | dict[str, Any] | None] = lambda method, path, body: None
        self._made = 0

    def handle(self, request: Request) -> Response:
        path = request.url.removeprefix(MOUNT)
        body = json.loads(request.body) if request.body else None
        self.sent.append((request.method, path, body))
        refused = self.refuse(request.method, path, body)
        if isinstance(refused, Response):
            return refused
        if refused is not None:
            return answer(refused)
        if path == "/batch":
            return answer([self._item(item) for item in body["requests"]])
        return answer(self._one(request.method, path, body))

    def clear(self) -> None:
        self.sent.clear()

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        path = item["path"].removeprefix("/parse")
        refused = self.refuse(item["method"], path, item.get("body"))
        return refused if isinstance(refused, dict) else {"success": self._one(item["method"], path, item.get("body"))}

    def _one(self, method: str, path: str, body: Any) -> dict[str, Any]:
        if (body or {}).get("_method") == "GET":
            return self.rows.get(path, {"results": []})
        if method == "POST":
            self._made += 1
            return {"objectId": f"id{self._made:08}", "createdAt": NOW}
        return {"updatedAt": NOW} if method == "PUT" else {}


def answer(content: Any, status: int = 200) -> Response:
    return Response(status, body=json.dumps(content).encode())


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A client whose requests are answered in memory."""
    wire = Wire()
    client = orm.Client(
        MOUNT, app_id="app", rest_key="rest", master_key="master", transport=MemoryTransport(wire.handle)
    )
    with orm.using(client):
        yield wire


@pytest.fixture
def refusal() -> Callable[..., Response]:
    """Makes an answer that refuses: code, message, HTTP status."""

    def make(code: int, message: str, status: int = 400) -> Response:
        return answer({"code": code, "error": message}, status)

    return make
