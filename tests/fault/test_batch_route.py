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
    EndpointNotFound,
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


def starting(left: int) -> Callable[[Seen], Fault]:
    """Answer /batch with 404 a few times, as a server does that is starting."""
    misses = [None] * left

    def handle(seen: Seen) -> Fault:
        if seen.path != "/parse/batch":
            return answer(200, {"params": {}})
        if misses:
            misses.pop()
            return html(404)
        return answer(200, [{"success": {}} for _ in seen.json()["requests"]])

    return handle


def writes(faulty: FaultServer) -> list[list[str]]:
    """The verbs of each batch that writes, and of each write that travelled alone."""
    batches = [
        [item["method"] for item in seen.json()["requests"]] if seen.path == "/parse/batch" else [seen.method]
        for seen in faulty.seen
        if seen.path != "/parse/config"
    ]
    return [verbs for verbs in batches if verbs != ["GET"]]


def test_a_404_of_a_server_that_starts_is_not_remembered(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = starting(1)
    client = connect()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        missed = run_batch(client, [CREATE])
        created = run_batch(client, [CREATE])

    assert [type(outcome.error) for outcome in missed] == [EndpointNotFound]
    assert created == [Outcome(result={})]
    assert writes(faulty) == [["POST"], ["POST"]]


def test_what_may_be_done_twice_is_sent_again_when_the_route_is_there(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = starting(1)

    assert run_batch(connect(), [DELETE, PLAIN]) == [Outcome(result={})] * 2
    assert writes(faulty) == [["DELETE", "PUT"]] * 2


def test_a_404_while_the_server_is_gone_says_nothing_about_the_route(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = lambda seen: html(404)
    client = connect()

    (outcome,) = run_batch(client, [DELETE])

    assert isinstance(outcome.error, EndpointNotFound)
    assert not client.batch_route.is_broken


def test_a_lost_question_says_nothing_about_the_route(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(html(404), answer(200, {}), hang_up_read())
    client = connect()

    (outcome,) = run_batch(client, [DELETE])

    assert isinstance(outcome.error, EndpointNotFound)
    assert not client.batch_route.is_broken


@pytest.mark.parametrize("transaction", [False, True])
def test_a_route_that_is_back_is_found_by_what_cannot_do_without_it(
    transaction: bool, faulty: FaultServer, connect: Connect
) -> None:
    faulty.usual = broken_route
    client = connect()
    chunk = [DELETE, PLAIN] if transaction else [CREATE, DELETE]
    with pytest.warns(ParseOrmWarning):
        run_batch(client, chunk, transaction=transaction)
    faulty.usual = starting(0)
    faulty.seen.clear()

    outcomes = run_batch(client, chunk, transaction=transaction)

    assert outcomes == [Outcome(result={})] * 2
    assert writes(faulty) == [[operation.method for operation in chunk]]
    assert not client.batch_route.is_broken


def test_a_route_that_stays_broken_is_asked_without_sending_anything(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = broken_route
    client = connect()
    with pytest.warns(ParseOrmWarning):
        run_batch(client, [CREATE])
    faulty.seen.clear()

    (outcome,) = run_batch(client, [CREATE])

    assert isinstance(outcome.error, BatchRouteFailed)
    assert writes(faulty) == []


def test_a_create_in_a_batch_whose_end_is_unknown_is_not_called_refused(faulty: FaultServer, connect: Connect) -> None:
    """A 500 without a Parse code is not Parse Server's: a proxy that lost it may have passed it on before."""
    faulty.usual = lambda seen: html(500) if seen.path == "/parse/batch" else answer(200, {})

    with pytest.warns(ParseOrmWarning):
        created, deleted = run_batch(connect(), [CREATE, DELETE])

    assert created.unknown
    assert deleted.ok


def test_a_lost_transaction_that_deletes_is_not_repeated(faulty: FaultServer, connect: Connect) -> None:
    """The repeat would find no row to delete, and the transaction that was done would look refused."""
    faulty.script(hang_up_read(), answer(400, {"code": 101, "error": "Object not found."}))

    outcomes = run_batch(connect(), [DELETE, PLAIN], transaction=True)

    assert [outcome.unknown for outcome in outcomes] == [True, True]
    assert len(faulty.seen) == 1


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
