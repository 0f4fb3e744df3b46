"""What hooks and logs are told of each try."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from parse_orm.client.client import BaseClient
from parse_orm.client.exchange import Call, Exchange
from parse_orm.errors import ConfigurationError, InternalServerError, ParseError, TransportError
from parse_orm.transport.hooks import Event, Hooks
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.retry import Retry

Handler = Callable[[Request], Response]
FOUND = Response(200, body=b'{"objectId":"x"}')


def watched(handler: Handler, finished: list[Event], **hooks: list[Callable[[Event], object]]) -> BaseClient:
    return BaseClient(
        "http://localhost:1337/parse",
        "app",
        rest_key="rest-key-1",
        master_key="master-key-1",
        transport=MemoryTransport(handler),
        retries=Retry(attempts=3, backoff=0.0),
        hooks=Hooks(finished=[finished.append], **hooks),
    )


def answers(*responses: Response | BaseException) -> Handler:
    left: Iterator[Response | BaseException] = iter(responses)

    def answer(request: Request) -> Response:
        response = next(left)
        if isinstance(response, BaseException):
            raise response
        return response

    return answer


def test_a_record_says_what_was_sent_and_what_came() -> None:
    records: list[Event] = []

    watched(answers(FOUND), records).request("PUT", "/classes/Song/x", {"a": "é"})

    (record,) = records
    assert (record.method, record.path, record.template) == ("PUT", "/classes/Song/x", "/classes/Song/{id}")
    assert (record.status, record.attempt, record.error) == (200, 1, None)
    assert (record.bytes_out, record.bytes_in) == (len('{"a":"é"}'.encode()), len(FOUND.body))
    assert record.elapsed > 0


def test_there_is_one_record_for_each_try_however_it_ends() -> None:
    records: list[Event] = []
    client = watched(answers(Response(500, body=b"{}"), TransportError("lost"), FOUND), records)

    client.request("GET", "/classes/Song/x")

    assert [(record.attempt, record.status, record.bytes_in) for record in records] == [
        (1, 500, 2),
        (2, None, 0),
        (3, 200, len(FOUND.body)),
    ]
    assert [type(record.error) for record in records] == [InternalServerError, TransportError, type(None)]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ConfigurationError("no such CA bundle")])
def test_a_try_that_is_interrupted_has_a_record_too(error: BaseException) -> None:
    records: list[Event] = []
    failed: list[Event] = []

    with pytest.raises(type(error)):
        watched(answers(error), records, failed=[failed.append]).request("GET", "/classes/Song/x")

    assert [record.error for record in records] == [error]
    assert failed == records


def test_the_two_requests_that_try_out_the_server_have_records() -> None:
    records: list[Event] = []
    refused = Response(400, body=b'{"code":105,"error":"id is an invalid field name."}')
    client = watched(answers(TransportError("lost"), refused, refused), records)

    with pytest.raises(TransportError, match="lost"):
        client.request("POST", "/classes/Song", {"a": 1})

    assert [record.status for record in records] == [None, 400, 400]
    assert {record.template for record in records} == {"/classes/Song"}


def test_a_hook_that_raises_is_passed_over() -> None:
    records: list[Event] = []

    def broken(event: Event) -> None:
        raise ValueError("of the hook")

    client = watched(answers(FOUND), records, before=[broken], after=[broken])

    assert client.request("GET", "/classes/Song/x") == {"objectId": "x"}
    assert len(records) == 1


def test_bytes_that_went_into_a_file_are_counted() -> None:
    records: list[Event] = []
    sink = io.BytesIO()

    def stream(request: Request) -> Response:
        sink.write(b"12345")
        return Response(200)

    exchange = Exchange(MemoryTransport(stream), Retry(), Hooks(finished=[records.append]), lambda call, ask: False)
    exchange.run(Call("/files/a.png", Request("GET", "http://localhost/parse/files/a.png", sink=sink)))

    assert (records[0].template, records[0].bytes_in) == ("/files/{name}", 5)


def test_no_record_shows_a_key_a_token_or_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    records: list[Event] = []
    caplog.set_level(logging.DEBUG, "parse_orm")
    refused = Response(400, body=b'{"code":141,"error":"you sent master-key-1"}')
    client = watched(answers(refused), records)

    with pytest.raises(ParseError):
        client.request("POST", "/functions/master-key-1", {"password": "correct horse"})

    shown = f"{records!r} {caplog.text} {[vars(record) for record in caplog.records]!r}"
    for secret in ("master-key-1", "rest-key-1", "correct horse"):
        assert secret not in shown


def test_the_log_line_has_the_same_figures_and_carries_the_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "parse_orm")
    client = BaseClient("http://localhost:1337/parse", "app", transport=MemoryTransport(answers(FOUND)))

    client.request("GET", "/classes/Song/x")

    (line,) = caplog.records
    assert line.getMessage().startswith("GET /classes/Song/x -> 200 in ")
    assert line.getMessage().endswith(" ms (try 1, 0 bytes out, 16 bytes in)")
    assert line.parse_event.template == "/classes/Song/{id}"  # type: ignore[attr-defined]


def test_nothing_is_put_together_when_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parse_orm.client.exchange.Event", None)
    client = BaseClient("http://localhost:1337/parse", "app", transport=MemoryTransport(answers(FOUND)))

    assert client.request("GET", "/classes/Song/x") == {"objectId": "x"}
