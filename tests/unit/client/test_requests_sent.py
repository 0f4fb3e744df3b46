"""What a client puts on the wire, and what it makes of the answer."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable

import pytest
import responses

from parse_orm._version import __version__
from parse_orm.client.client import BaseClient
from parse_orm.client.redaction import safe_body, safe_text
from parse_orm.errors import (
    AnswerCutShort,
    ConfigurationError,
    EndpointNotFound,
    InternalServerError,
    InvalidValue,
    ObjectNotFound,
    RequestTimeout,
    TransportError,
)
from parse_orm.transport.hooks import Event, Hooks
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.retry import Retry

TOKEN = "r:0123456789abcdef0123456789abcdef"
Handler = Callable[[Request], Response]


def make(handler: Handler | None = None, **options: object) -> tuple[BaseClient, MemoryTransport]:
    transport = MemoryTransport(handler or (lambda request: Response(200, body=b'{"results":[]}')))
    settings: dict[str, object] = {
        "rest_key": "rest-key-1",
        "master_key": "master-key-1",
        "retries": Retry(attempts=2, backoff=0.0),
        **options,
    }
    client = BaseClient("http://localhost:1337/parse", "app", transport=transport, **settings)  # type: ignore[arg-type]
    return client, transport


def answering(status: int, body: bytes = b"{}") -> Handler:
    return lambda request: Response(status, body=body)


def test_a_find_is_a_post_that_means_get() -> None:
    client, transport = make()

    client.find("Song", {"where": {"title": "é"}, "limit": 3})

    request = transport.requests[0]
    assert (request.method, request.url) == ("POST", "http://localhost:1337/parse/classes/Song")
    assert json.loads(request.body or b"") == {"where": {"title": "é"}, "limit": 3, "_method": "GET"}
    assert "X-Parse-Request-Id" not in request.headers


def test_data_cannot_change_the_verb_of_a_find() -> None:
    client, transport = make()

    client.find("Song", {"_method": "DELETE"})

    assert json.loads(transport.requests[0].body or b"")["_method"] == "GET"


def test_a_write_carries_an_id_and_our_name() -> None:
    client, transport = make()

    client.request("POST", "/classes/Song", {"title": "a"})

    headers = transport.requests[0].headers
    assert uuid.UUID(headers["X-Parse-Request-Id"]).version == 4
    assert headers["User-Agent"] == f"parse_orm/{__version__}"
    assert headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_other_verbs_carry_no_id(method: str) -> None:
    client, transport = make()

    client.request(method, "/classes/Song/x")

    assert "X-Parse-Request-Id" not in transport.requests[0].headers
    assert transport.requests[0].body is None


def test_context_and_installation_travel_as_headers() -> None:
    client, transport = make()

    client.request("POST", "/classes/Song", {}, context={"k": "é"}, installation_id="i-1")

    headers = transport.requests[0].headers
    assert headers["X-Parse-Cloud-Context"] == '{"k":"\\u00e9"}'
    assert headers["X-Parse-Installation-Id"] == "i-1"


@pytest.mark.parametrize("context", [[], "text", {"a": float("nan")}, {"a": object()}])
def test_a_context_that_is_no_json_object_is_refused(context: object) -> None:
    client, transport = make()

    with pytest.raises(InvalidValue):
        client.request("POST", "/classes/Song", {}, context=context)  # type: ignore[arg-type]
    assert transport.requests == []


@pytest.mark.parametrize(
    "headers",
    [{"X-A": "b\r\nX-Evil: 1"}, {"X A": "b"}, {"X-A\n": "b"}, {"X-A": "☃"}, {"X-A": 1}, {"": "b"}, {1: "b"}],
)
def test_a_header_that_would_break_out_is_refused(headers: dict[str, str]) -> None:
    client, transport = make()

    with pytest.raises(InvalidValue):
        client.request("GET", "/classes/Song", headers=headers)
    assert transport.requests == []


def test_a_header_of_ours_is_replaced_and_not_doubled() -> None:
    client, transport = make()

    client.request("GET", "/classes/Song", headers={"accept": "text/plain"})

    headers = transport.requests[0].headers
    assert [value for name, value in headers.items() if name.lower() == "accept"] == ["text/plain"]


def test_a_timeout_can_be_given_per_request() -> None:
    client, transport = make(timeout=7.0)

    client.request("GET", "/classes/Song")
    client.request("GET", "/classes/Song", timeout=1.5)

    assert [request.timeout for request in transport.requests] == [7.0, 1.5]
    with pytest.raises(ConfigurationError):
        client.request("GET", "/classes/Song", timeout=-1)


@pytest.mark.parametrize(("method", "status"), [("DELETE", 200), ("POST", 204)])
def test_an_empty_answer_to_a_delete_or_without_content_is_an_empty_object(method: str, status: int) -> None:
    client, _ = make(answering(status, b""))

    assert client.request(method, "/classes/Song/x", None) == {}


@pytest.mark.parametrize("body", [b'{"results"', b"oops", b'{"a": NaN}'])
def test_a_success_that_is_not_json_is_cut_short(body: bytes) -> None:
    client, _ = make(answering(200, body))

    with pytest.raises(AnswerCutShort, match="saving Song"):
        client.request("PUT", "/classes/Song/x", {}, doing="saving Song")


def test_a_success_that_is_a_web_page_blames_the_url() -> None:
    client, _ = make(answering(200, b"\n<!DOCTYPE html>"))

    with pytest.raises(EndpointNotFound, match="is the server URL right"):
        client.request("GET", "/classes/Song")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"results": 3}'])
def test_a_find_without_results_is_cut_short(body: bytes) -> None:
    client, _ = make(answering(200, body))

    with pytest.raises(AnswerCutShort, match=r"has no 'results'|as 'results'|a list, not an object"):
        client.find("Song")


def test_raw_bytes_keep_their_type_and_are_not_repeated() -> None:
    client, transport = make(answering(500))

    with pytest.raises(InternalServerError):
        client.send_raw("POST", "/files/a.png", b"\x89PNG", content_type="image/png")

    assert len(transport.requests) == 1
    assert transport.requests[0].body == b"\x89PNG"
    assert transport.requests[0].headers["Content-Type"] == "image/png"


def test_raw_bytes_give_the_response() -> None:
    client, _ = make(answering(201, b'{"name":"a.png"}'))

    assert client.send_raw("POST", "/files/a.png", b"x").status == 201


def test_health_is_asked_without_any_key() -> None:
    client, transport = make(answering(200, b'{"status":"ok"}'))

    assert client.health() == {"status": "ok"}
    assert not [name for name in transport.requests[0].headers if name.startswith("X-Parse")]


def test_server_info_is_asked_as_master() -> None:
    client, transport = make(answering(200, b'{"parseServerVersion":"9.10.0"}'))

    assert client.server_info()["parseServerVersion"] == "9.10.0"
    assert transport.requests[0].plain_headers()["X-Parse-Master-Key"] == "master-key-1"


def test_a_client_closes_its_own_transport_alone() -> None:
    closed: list[str] = []

    class Watched(MemoryTransport):
        def close(self) -> None:
            closed.append("theirs")

    with BaseClient("http://localhost/parse", "app", transport=Watched(answering(200))):
        pass
    with BaseClient("http://localhost/parse", "app"):
        pass

    assert closed == []


def test_hooks_are_told_about_each_try_and_shown_no_key() -> None:
    events: list[tuple[str, Event]] = []
    hooks = Hooks(
        before=[lambda event: events.append(("before", event))],
        after=[lambda event: events.append(("after", event))],
        failed=[lambda event: events.append(("failed", event))],
    )
    client, _ = make(answering(503, b'{"code":1,"message":"starting"}'), hooks=hooks)

    with pytest.raises(InternalServerError):
        client.request("GET", "/classes/Song/x")

    assert [name for name, _ in events] == ["before", "after", "failed"] * 2
    assert [event.attempt for name, event in events if name == "before"] == [1, 2]
    assert events[1][1].status == 503
    assert "master-key-1" not in repr(events)


def test_a_hook_hears_of_a_lost_answer() -> None:
    def lost(request: Request) -> Response:
        raise RequestTimeout("no answer in time")

    failed: list[Event] = []
    client, _ = make(lost, hooks=Hooks(failed=[failed.append]))

    with pytest.raises(RequestTimeout, match="fetching Song x: no answer in time"):
        client.request("GET", "/classes/Song/x", doing="fetching Song x")

    assert [event.status for event in failed] == [None, None]
    assert all(isinstance(event.error, TransportError) for event in failed)


def test_success_is_logged_at_debug_and_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    client, _ = make()
    caplog.set_level(logging.DEBUG, "parse_orm")

    client.request("POST", "/login", {"username": "ann", "password": "hush"}, credential=client.credential(TOKEN))

    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert "POST /login -> 200" in caplog.text
    for secret in ("hush", TOKEN, "master-key-1", "rest-key-1"):
        assert secret not in caplog.text


def test_a_repeat_is_logged_as_a_warning_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    client, _ = make(answering(500, b'{"code":1,"message":"bad\\nINFO forged"}'))

    with pytest.raises(InternalServerError):
        client.request("GET", "/classes/Song/x")

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "\n" not in caplog.records[0].getMessage()


def test_a_body_is_shown_without_its_secrets() -> None:
    shown = safe_body({"a": [{"sessionToken": TOKEN}], "AUTHDATA": {"x": 1}, "n": 1, "t": f"see {TOKEN}"})

    assert shown == {
        "a": [{"sessionToken": "[hidden]"}],
        "AUTHDATA": "[hidden]",
        "n": 1,
        "t": "see r:[hidden]",
    }


def test_a_text_is_shown_without_control_and_bidi_characters() -> None:
    assert safe_text("a\u2028b\u202ec\x00d\ud800é ü") == "a\\u2028b\\u202ec\\x00d\\ud800é ü"


def test_a_very_short_key_does_not_blank_every_text() -> None:
    assert safe_text("a banana", ["a"]) == "a banana"


@responses.activate
def test_the_default_transport_can_be_mocked_by_responses() -> None:
    responses.add(
        "GET",
        "http://localhost:1337/parse/classes/Song/x",
        status=404,
        json={"code": 101, "error": "Object not found."},
    )
    client = BaseClient("http://localhost:1337/parse", "app", master_key=None, trust_env=False)

    with pytest.raises(ObjectNotFound, match="code 101, HTTP 404"):
        client.request("GET", "/classes/Song/x")

    assert responses.calls[0].request.headers["X-Parse-Application-Id"] == "app"
