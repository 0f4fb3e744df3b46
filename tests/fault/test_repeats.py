"""What is sent again after a failure, and what never is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from parse_orm.client.client import BaseClient
from parse_orm.errors import (
    AnswerCutShort,
    ConnectFailed,
    DuplicateRequest,
    InternalServerError,
    ObjectNotFound,
    RateLimited,
    RequestTimeout,
    TransportError,
)
from parse_orm.transport.retry import Retry
from tests.fault.server import (
    Fault,
    FaultServer,
    Seen,
    answer,
    cut_short,
    garbage,
    hang_up_read,
    hang_up_unread,
    stall,
)

Connect = Callable[..., BaseClient]
INCREMENT = {"plays": {"__op": "Increment", "amount": 1}}
BROKEN = {"code": 1, "message": "Internal server error."}


class Rows:
    """Stores creates, and refuses the probe as Parse Server does; remembers ids when idempotent."""

    def __init__(self, idempotent: bool) -> None:
        self.idempotent = idempotent
        self.created: list[Any] = []
        self._ids: set[str] = set()

    def __call__(self, seen: Seen) -> Fault:
        request_id = seen.headers.get("x-parse-request-id", "")
        if self.idempotent and request_id in self._ids:
            return answer(400, {"code": 159, "error": "Duplicate request"})
        self._ids.add(request_id)
        if seen.json().get("id"):
            return answer(400, {"code": 105, "error": "id is an invalid field name."})
        self.created.append(seen.json())
        return answer(201, {"objectId": "x1"})


class LosesFirstAnswer:
    """Does what a handler does, and hangs up instead of giving the first answer."""

    def __init__(self, handler: Callable[[Seen], Fault]) -> None:
        self._handler = handler
        self._lost = False

    def __call__(self, seen: Seen) -> Fault:
        done = self._handler(seen)
        if self._lost:
            return done
        self._lost = True
        return hang_up_read()


@pytest.mark.parametrize("fault", [hang_up_unread(), hang_up_read(), cut_short(), garbage()])
def test_a_find_is_repeated_after_a_lost_answer(fault: Fault, faulty: FaultServer, connect: Connect) -> None:
    faulty.script(fault, answer(200, {"results": []}))

    assert connect().find("Song") == {"results": []}


def test_a_plain_update_is_repeated_with_a_fresh_request_id(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(500, BROKEN), answer(200, {"updatedAt": "now"}))

    connect().request("PUT", "/classes/Song/x1", {"title": "a"})

    first, second = (seen.headers["x-parse-request-id"] for seen in faulty.seen)
    assert first != second


def test_an_increment_is_not_repeated_by_default(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = Rows(idempotent=False)
    faulty.script(hang_up_read())

    with pytest.raises(TransportError):
        connect().request("PUT", "/classes/Song/x1", INCREMENT)

    assert [seen.method for seen in faulty.seen].count("PUT") == 1


def test_a_create_is_not_repeated_when_the_server_ignores_request_ids(faulty: FaultServer, connect: Connect) -> None:
    rows = Rows(idempotent=False)
    faulty.usual = LosesFirstAnswer(rows)

    with pytest.raises(TransportError, match="saving a Song"):
        connect().request("POST", "/classes/Song", {"title": "a"}, doing="saving a Song")

    assert len(rows.created) == 1


def test_a_create_that_never_arrived_is_repeated_when_the_server_refuses_repeated_ids(
    faulty: FaultServer, connect: Connect
) -> None:
    rows = Rows(idempotent=True)
    faulty.usual = rows
    faulty.script(hang_up_unread())

    assert connect().request("POST", "/classes/Song", {"title": "a"}) == {"objectId": "x1"}
    assert rows.created == [{"title": "a"}]


def test_a_create_that_was_done_is_not_done_twice_and_says_so(faulty: FaultServer, connect: Connect) -> None:
    rows = Rows(idempotent=True)
    faulty.usual = LosesFirstAnswer(rows)

    with pytest.raises(DuplicateRequest, match="the row exists and its id is unknown") as caught:
        connect().request("POST", "/classes/Song", {"title": "a"}, doing="saving a Song")

    assert len(rows.created) == 1
    assert caught.value.code == 159


def test_the_server_is_tried_out_once_per_collection(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = Rows(idempotent=False)
    client = connect()
    for _ in range(3):
        faulty.script(hang_up_read())
        with pytest.raises(TransportError):
            client.request("POST", "/classes/Song", {"title": "a"})

    probes = [seen for seen in faulty.seen if b'"id"' in seen.body]
    assert len(probes) == 2


def test_a_proof_that_failed_is_not_remembered(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = Rows(idempotent=True)
    client = connect()
    faulty.script(hang_up_read(), hang_up_read(), hang_up_read())
    with pytest.raises(TransportError):
        client.request("POST", "/classes/Song", {"title": "a"})

    faulty.script(hang_up_unread())
    assert client.request("POST", "/classes/Song", {"title": "a"}) == {"objectId": "x1"}


@pytest.mark.parametrize("change", [INCREMENT, {"tags": {"__op": "Add", "objects": ["a"]}}])
def test_a_proof_for_creates_is_none_for_updates(change: Any, faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = Rows(idempotent=True)
    client = connect()
    faulty.script(hang_up_unread())
    client.request("POST", "/classes/Song", {"title": "a"})

    faulty.script(hang_up_read())
    with pytest.raises(TransportError):
        client.request("PUT", "/classes/Song/x1", change)

    assert [seen.method for seen in faulty.seen].count("PUT") == 1


def test_a_server_that_just_timed_out_is_not_tried_out(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = Rows(idempotent=True)
    faulty.script(stall(10.0))

    with pytest.raises(RequestTimeout):
        connect(timeout=0.2).request("POST", "/classes/Song", {"title": "a"})

    assert len(faulty.seen) == 1


def test_what_is_known_already_helps_after_a_timeout(faulty: FaultServer, connect: Connect) -> None:
    rows = Rows(idempotent=True)
    faulty.usual = rows
    client = connect()
    faulty.script(hang_up_unread())
    client.request("POST", "/classes/Song", {"title": "a"})

    faulty.script(stall(10.0))
    assert client.request("POST", "/classes/Song", {"title": "b"}, timeout=0.2) == {"objectId": "x1"}
    assert rows.created == [{"title": "a"}, {"title": "b"}]


def test_a_rate_limit_after_a_lost_create_does_not_claim_that_nothing_was_done(
    faulty: FaultServer, connect: Connect
) -> None:
    rows = Rows(idempotent=True)
    lost = LosesFirstAnswer(rows)
    limited = answer(429, {"code": 100, "error": "Too many requests"})
    faulty.usual = lambda seen: limited if rows.created and seen.json() == {"title": "a"} else lost(seen)

    with pytest.raises(TransportError):
        connect().request("POST", "/classes/Song", {"title": "a"})
    assert len(rows.created) == 1


def test_all_tries_end_within_their_total(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = stall(10.0)
    client = BaseClient(
        faulty.url, "app", master_key=None, timeout=0.5, retries=Retry(attempts=9, backoff=0.01, total=1.2)
    )
    begin = time.monotonic()

    with pytest.raises(RequestTimeout):
        client.find("Song")

    assert 0.9 < time.monotonic() - begin < 3.0
    client.close()


def test_a_rate_limit_between_two_tries_does_not_free_a_create_from_its_guard(
    faulty: FaultServer, connect: Connect
) -> None:
    rows = Rows(idempotent=True)
    lost = LosesFirstAnswer(rows)
    limits = iter([answer(429, {"code": 100, "error": "Too many requests"})])

    def usual(seen: Seen) -> Fault:
        repeated = rows.created and seen.json() == {"title": "a"}
        return next(limits, None) or lost(seen) if repeated else lost(seen)

    faulty.usual = usual

    with pytest.raises(DuplicateRequest):
        connect(attempts=4).request("POST", "/classes/Song", {"title": "a"})
    assert len(rows.created) == 1


def test_a_refused_connection_after_a_lost_create_does_not_claim_that_nothing_was_sent(
    faulty: FaultServer, connect: Connect
) -> None:
    class Dying:
        """Loses the first answer, then nothing listens any more."""

        def send(self, request: Any) -> Any:
            raise errors.pop(0)

        def close(self) -> None: ...

    errors = [RequestTimeout("no answer"), *[ConnectFailed("refused")] * 9]
    client = connect(transport=Dying())

    with pytest.raises(RequestTimeout):
        client.request("PUT", "/classes/Song/x1", {"title": "a"})


def test_a_repeated_delete_that_finds_nothing_was_done_by_the_lost_try(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(hang_up_read(), answer(404, {"code": 101, "error": "Object not found for delete."}))

    assert connect().request("DELETE", "/classes/Song/x1") == {}


def test_a_first_delete_that_finds_nothing_is_an_error(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(404, {"code": 101, "error": "Object not found for delete."}))

    with pytest.raises(ObjectNotFound):
        connect().request("DELETE", "/classes/Song/x1")


def test_a_rate_limit_is_waited_out_for_creates_too(faulty: FaultServer, connect: Connect) -> None:
    limited = answer(429, {"code": 100, "error": "Too many requests"}, retry_after="0")
    faulty.script(limited, limited, answer(201, {"objectId": "x1"}))

    assert connect().request("POST", "/classes/Song", {}) == {"objectId": "x1"}


def test_a_rate_limit_that_lasts_tells_how_long_to_wait(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = answer(429, {"code": 100, "error": "Too many requests"}, retry_after="7")

    with pytest.raises(RateLimited) as caught:
        connect().find("Song")

    assert caught.value.retry_after == 7.0
    assert len(faulty.seen) == 3


def test_a_persistent_500_is_tried_as_often_as_the_policy_says(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = answer(500, BROKEN, hang_up=True)

    with pytest.raises(InternalServerError):
        connect(attempts=4).find("Song")

    assert len(faulty.seen) == 4


def test_a_500_on_a_create_is_not_repeated(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = answer(500, BROKEN, hang_up=True)

    with pytest.raises(InternalServerError):
        connect().request("POST", "/classes/Song", {})

    assert len(faulty.seen) == 1


def test_nobody_listening_fails_fast() -> None:
    client = BaseClient("http://127.0.0.1:9/parse", "app", master_key=None, retries=Retry(attempts=5, backoff=9))
    begin = time.monotonic()

    with pytest.raises(ConnectFailed, match=r"could not connect to 127\.0\.0\.1:9"):
        client.request("POST", "/classes/Song", {})

    assert time.monotonic() - begin < 2.0


def test_a_stalled_answer_ends_at_the_timeout(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(stall(10.0))
    begin = time.monotonic()

    with pytest.raises(RequestTimeout, match="no answer from"):
        connect(attempts=1).request("GET", "/classes/Song/x1", timeout=0.2)

    assert time.monotonic() - begin < 3.0


def test_an_answer_that_stops_half_way_is_named_so(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = cut_short()

    with pytest.raises(AnswerCutShort):
        connect().find("Song")
