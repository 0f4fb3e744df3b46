"""A batch whose route is broken: what is done one by one, and what is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from parse_orm.client.batch import BatchOperation, Outcome, run_batch
from parse_orm.client.client import BaseClient
from parse_orm.errors import (
    AnswerCutShort,
    BatchRouteFailed,
    InternalServerError,
    ParseOrmWarning,
    RateLimited,
    TransportError,
)
from tests.fault.server import Fault, FaultServer, Seen, answer, hang_up_read, html

Connect = Callable[..., BaseClient]
DELETE = BatchOperation("DELETE", "/classes/Song/x1")
PLAIN = BatchOperation("PUT", "/classes/Song/x2", {"title": "a"})
CREATE = BatchOperation("POST", "/classes/Song", {"title": "a"})
CRASH = answer(500, {"code": 1, "message": "Internal server error."}, hang_up=True)


def broken_route(seen: Seen) -> Fault:
    """Do what Parse Server 9.10 with router 2.3.0 does: every /batch is a 500."""
    return CRASH if seen.path == "/parse/batch" else answer(200, {})


def missing_route(seen: Seen) -> Fault:
    """Do what a proxy without a rule for /batch does."""
    return html(404) if seen.path == "/parse/batch" else answer(200, {})


def crashing_item(seen: Seen) -> Fault:
    """Crash on batches that hold a Song, and on no other."""
    if seen.path == "/parse/batch" and b"Song" not in seen.body:
        return answer(200, [{"success": {}}])
    return CRASH if seen.path == "/parse/batch" else answer(200, {})


@pytest.mark.parametrize("handler", [broken_route, missing_route])
def test_deletes_and_plain_updates_are_sent_singly(
    handler: Callable[[Seen], Fault], faulty: FaultServer, connect: Connect
) -> None:
    faulty.usual = handler

    with pytest.warns(ParseOrmWarning, match="one by one"):
        outcomes = run_batch(connect(), [DELETE, PLAIN])

    assert outcomes == [Outcome(result={}), Outcome(result={})]
    assert [(seen.method, seen.path) for seen in faulty.seen[-2:]] == [
        ("DELETE", "/parse/classes/Song/x1"),
        ("PUT", "/parse/classes/Song/x2"),
    ]


def test_creates_are_refused_rather_than_risked(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = broken_route

    with pytest.warns(ParseOrmWarning):
        created, deleted = run_batch(connect(), [CREATE, DELETE])

    assert isinstance(created.error, BatchRouteFailed)
    assert "/batch route is failing" in str(created.error)
    assert deleted.ok
    assert not any(seen.path == "/parse/classes/Song" for seen in faulty.seen)


def test_one_client_warns_once_and_leaves_the_route_alone_for_a_while(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = broken_route
    client = connect()
    with pytest.warns(ParseOrmWarning):
        run_batch(client, [DELETE])
    tried = len([seen for seen in faulty.seen if seen.path == "/parse/batch"])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_batch(client, [DELETE, DELETE])

    assert len([seen for seen in faulty.seen if seen.path == "/parse/batch"]) == tried


def test_a_batch_that_crashes_on_a_sound_route_fails_as_a_whole(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = crashing_item

    outcomes = run_batch(connect(), [CREATE, CREATE])

    assert [type(outcome.error) for outcome in outcomes] == [InternalServerError] * 2


def test_a_transaction_is_never_taken_apart(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = broken_route
    client = connect()
    with pytest.warns(ParseOrmWarning):
        outcomes = run_batch(client, [DELETE, PLAIN], transaction=True)

    assert [type(outcome.error) for outcome in outcomes] == [BatchRouteFailed] * 2
    assert not any(seen.method in ("DELETE", "PUT") for seen in faulty.seen)


def test_a_rate_limit_reaches_every_item(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = answer(400, {"code": 100, "error": "Too many requests"})

    outcomes = run_batch(connect(), [CREATE, DELETE])

    assert [type(outcome.error) for outcome in outcomes] == [RateLimited] * 2


def test_a_lost_batch_of_creates_is_not_repeated(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(hang_up_read())

    outcomes = run_batch(connect(), [CREATE])

    assert isinstance(outcomes[0].error, TransportError)
    assert len(faulty.seen) == 1


def test_a_lost_batch_of_deletes_is_repeated(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(hang_up_read(), answer(200, [{"success": {}}]))

    assert run_batch(connect(), [DELETE]) == [Outcome(result={})]


def test_an_answer_of_another_length_is_cut_short(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(200, [{"success": {}}]))

    outcomes = run_batch(connect(), [CREATE, CREATE])

    assert [type(outcome.error) for outcome in outcomes] == [AnswerCutShort] * 2
