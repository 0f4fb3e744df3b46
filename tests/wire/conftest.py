"""A server of canned answers: what the models send is read back from the HTTP library itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import responses

import parse_orm as orm

URL = "http://localhost:1337/parse"


@dataclass
class Wire:
    """Canned answers, and the requests that came."""

    mock: responses.RequestsMock
    answered: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any, status: int = 200, headers: Any = None) -> None:
        """Answer one verb and path; several answers to one come in turn, the last one for ever."""
        self.mock.add(method, URL + path, json=body, status=status, headers=headers)

    @property
    def requests(self) -> list[Any]:
        return [call.request for call in self.mock.calls]

    @property
    def lines(self) -> list[str]:
        """Verb and path of every request."""
        return [f"{request.method} {request.url.removeprefix(URL)}" for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON body of every request, None for none."""
        return [None if request.body is None else json.loads(request.body) for request in self.requests]

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the last request."""
        return dict(self.requests[-1].headers)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Wire(mock)


@pytest.fixture
def client(wire: Wire) -> Iterator[orm.Client]:
    """A client that has every key."""
    with orm.Client(URL, "app-id", rest_key="rest-key-1", master_key="master-key-1") as made, orm.using(made):
        yield made
