"""An in-process server for models: it keeps nothing, says yes, and remembers what it was asked."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response


class Yes:
    """Answers every create with a new id, every update with a date, every find with the rows it was given."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self.transport = MemoryTransport(self._answer)

    @property
    def lines(self) -> list[str]:
        """Verbs and paths of the requests, in order."""
        return [f"{r.method} {r.url.removeprefix('http://localhost/parse')}" for r in self.transport.requests]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.body or b"null") for request in self.transport.requests]

    def _answer(self, request: Request) -> Response:
        body = json.loads(request.body or b"null") or {}
        return Response(200, body=json.dumps(self._reply(request.method, body)).encode())

    def _reply(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("_method") == "GET":
            rows, self.rows = self.rows, []
            return {"results": rows}
        if method == "POST":
            return {"objectId": f"id{next(self._numbers)}", "createdAt": "2024-01-02T03:04:05.678Z"}
        return {"updatedAt": "2024-01-03T03:04:05.678Z"} if method == "PUT" else {}


@pytest.fixture
def server() -> Iterator[Yes]:
    yes = Yes()
    with orm.using(orm.Client("http://localhost/parse", "app", master_key=None, transport=yes.transport)):
        yield yes
