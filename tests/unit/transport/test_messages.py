"""Requests and responses as values that may be logged."""

from __future__ import annotations

import pytest

from parse_orm.transport.base import Transport
from parse_orm.transport.hooks import Event, Hooks
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Headers, Request, Response, bare_url


def test_the_repr_of_a_request_shows_neither_keys_nor_query_nor_body() -> None:
    request = Request(
        "POST",
        "https://u:pw@example.com/parse/login?token=secret",
        {"X-Parse-Master-Key": "secret", "X-Parse-Session-Token": "secret", "Accept": "*/*"},
        b'{"password": "secret"}',
    )

    assert "secret" not in repr(request)
    assert "pw" not in repr(request)
    assert "https://example.com/parse/login" in repr(request)


def test_the_repr_of_a_response_shows_no_body() -> None:
    assert repr(Response(200, Headers(), b"secret")) == "<Response 200 6 bytes>"


def test_response_headers_are_found_whatever_their_case() -> None:
    headers = Headers({"Retry-After": "3", "Set-Cookie": "a=secret"})

    assert headers["RETRY-AFTER"] == "3"
    assert headers.get("absent") is None
    assert list(headers) == ["Retry-After", "Set-Cookie"]
    assert len(headers) == 2
    assert "secret" not in repr(headers)


def test_a_path_alone_loses_its_query() -> None:
    assert bare_url("/users/me?x=1#y") == "/users/me"


def test_the_memory_transport_remembers_what_was_asked() -> None:
    transport = MemoryTransport(lambda request: Response(201, body=request.body or b""))

    answer = transport.send(Request("POST", "http://localhost/parse/x", body=b"a"))
    transport.close()

    assert answer.body == b"a"
    assert [request.method for request in transport.requests] == ["POST"]
    assert isinstance(transport, Transport)


def test_a_hook_that_raises_stops_neither_the_request_nor_the_other_hooks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("hook trouble")

    seen: list[Event] = []
    Hooks(before=[broken, seen.append]).tell("before", Event("GET", "/health"))

    assert len(seen) == 1
    assert "passed over" in caplog.text
