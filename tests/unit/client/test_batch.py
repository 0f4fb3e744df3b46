"""Batches as requests: chunks, paths, outcomes in order."""

from __future__ import annotations

import json
import threading
import warnings
from contextvars import ContextVar
from typing import Any

import pytest

from parse_orm.client.batch import REMEMBERED, BatchOperation, BatchRoute, Outcome, run_batch
from parse_orm.client.client import BaseClient
from parse_orm.client.context import as_user
from parse_orm.client.credentials import ANONYMOUS
from parse_orm.errors import ConfigurationError, DuplicateValue, InternalServerError, ParseOrmWarning
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response

TOKEN = "r:0123456789abcdef0123456789abcdef"


def echo(request: Request) -> Response:
    items = json.loads(request.body or b"")["requests"]
    return Response(200, body=json.dumps([{"success": {"objectId": item["body"]["n"]}} for item in items]).encode())


def make(handler: Any = echo, mount: str = "/parse") -> tuple[BaseClient, MemoryTransport]:
    transport = MemoryTransport(handler)
    return BaseClient(f"http://localhost{mount}", "app", master_key="master-key-1", transport=transport), transport


def creates(count: int) -> list[BatchOperation]:
    return [BatchOperation("POST", "/classes/Song", {"n": str(n)}) for n in range(count)]


def bodies(transport: MemoryTransport) -> list[Any]:
    return [json.loads(request.body or b"") for request in transport.requests]


@pytest.mark.parametrize("parallel", [1, 3])
def test_outcomes_come_in_the_order_given(parallel: int) -> None:
    client, transport = make()

    outcomes = run_batch(client, creates(250), parallel=parallel)

    assert [outcome.result for outcome in outcomes] == [{"objectId": str(n)} for n in range(250)]
    assert sorted(len(body["requests"]) for body in bodies(transport)) == [50, 100, 100]


@pytest.mark.parametrize(("mount", "path"), [("/parse", "/parse/classes/Song"), ("", "/classes/Song")])
def test_paths_start_with_the_mount_path(mount: str, path: str) -> None:
    client, transport = make(mount=mount)

    run_batch(client, creates(1))

    assert bodies(transport)[0]["requests"][0] == {"method": "POST", "path": path, "body": {"n": "0"}}


def test_a_transaction_is_one_request_whatever_its_size() -> None:
    client, transport = make()

    run_batch(client, creates(250), transaction=True, batch_size=10)

    assert len(transport.requests) == 1
    assert bodies(transport)[0]["transaction"] is True


def test_nothing_to_do_sends_nothing() -> None:
    client, transport = make()

    assert run_batch(client, []) == []
    assert transport.requests == []


def test_a_failed_item_is_an_outcome_and_not_an_exception() -> None:
    answers = [{"success": {}}, {"error": {"code": 137, "error": "taken"}}, {"error": {}}, "odd"]
    client, _ = make(lambda request: Response(200, body=json.dumps(answers).encode()))

    outcomes = run_batch(client, creates(4))

    assert outcomes[0].ok
    assert isinstance(outcomes[1].error, DuplicateValue)
    assert isinstance(outcomes[2].error, InternalServerError)
    assert not outcomes[3].ok
    assert "POST /classes/Song" in str(outcomes[1].error)


def test_a_batch_keeps_the_credential_it_started_with() -> None:
    client, transport = make()

    with as_user(TOKEN):
        run_batch(client, creates(4), batch_size=1, parallel=2)

    assert {request.plain_headers().get("X-Parse-Session-Token") for request in transport.requests} == {TOKEN}
    run_batch(client, creates(1), ANONYMOUS)
    assert "X-Parse-Master-Key" not in transport.requests[-1].headers


def test_no_more_requests_are_under_way_than_allowed() -> None:
    lock, running, most = threading.Lock(), [0], [0]

    def slow(request: Request) -> Response:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.01)
        with lock:
            running[0] -= 1
        return echo(request)

    client, _ = make(slow)
    run_batch(client, creates(12), batch_size=1, parallel=3)

    assert 1 < most[0] <= 3


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"parallel": 0}])
def test_sizes_below_one_are_refused(options: dict[str, int]) -> None:
    client, _ = make()

    with pytest.raises(ConfigurationError):
        run_batch(client, creates(1), **options)  # type: ignore[arg-type]


def test_a_broken_route_is_tried_again_after_a_while() -> None:
    now = [0.0]
    route = BatchRoute(clock=lambda: now[0])
    with pytest.warns(ParseOrmWarning):
        route.note_broken()
    assert route.is_broken

    now[0] = REMEMBERED + 1
    assert not route.is_broken
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        route.note_broken()


@pytest.mark.parametrize(
    ("operation", "repeatable"),
    [
        (BatchOperation("DELETE", "/x"), True),
        (BatchOperation("PUT", "/x", {"a": 1, "b": {"__op": "Delete"}}), True),
        (BatchOperation("PUT", "/x", {"a": {"__op": "Increment", "amount": 1}}), False),
        (BatchOperation("PUT", "/x", {"a": [{"b": {"__op": "Add", "objects": []}}]}), False),
        (BatchOperation("POST", "/x", {}), False),
    ],
)
def test_what_may_be_done_twice_is_known(operation: BatchOperation, repeatable: bool) -> None:
    assert operation.repeatable is repeatable


def test_an_outcome_is_a_plain_value() -> None:
    assert Outcome(result={"a": 1}) == Outcome(result={"a": 1})
    assert Outcome(result={}).ok


def test_requests_in_parallel_run_in_the_caller_s_context() -> None:
    tenant: ContextVar[str] = ContextVar("tenant", default="nobody")
    seen: set[str] = set()

    def note(request: Request) -> Response:
        seen.add(tenant.get())
        return echo(request)

    client, _ = make(note)
    tenant.set("acme")
    run_batch(client, creates(4), batch_size=1, parallel=2)

    assert seen == {"acme"}
