"""`Retry(total=...)`: what all tries and pauses of one request may take together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parse_orm.client.exchange import Call, Exchange
from parse_orm.errors import InternalServerError, ParseOrmError, RateLimited, RequestTimeout, TransportError
from parse_orm.transport.hooks import Hooks
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Headers, Request, Response
from parse_orm.transport.retry import Retry

Handler = Callable[[Request], Response]


class Time:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


def run(
    time: Time, handler: Handler, retry: Retry, *, timeout: float | None = 30.0, repeatable: bool = True
) -> tuple[ParseOrmError, list[float | None]]:
    """Send a GET that fails; give what it ended with and the timeout of each try."""
    transport = MemoryTransport(handler)
    exchange = Exchange(transport, retry, Hooks(), lambda call, ask: False, sleep=time.sleep, clock=time)
    request = Request("GET", "http://localhost/parse/classes/Song", timeout=timeout)
    with pytest.raises(ParseOrmError) as caught:
        exchange.run(Call("/classes/Song", request, repeatable=repeatable))
    return caught.value, [request.timeout for request in transport.requests]


def hangs(time: Time) -> Handler:
    """A server that never answers."""

    def wait(request: Request) -> Response:
        assert request.timeout is not None
        time.sleep(request.timeout)
        raise RequestTimeout("no answer")

    return wait


def test_each_try_gets_no_more_than_what_is_left(time: Time) -> None:
    error, timeouts = run(time, hangs(time), Retry(attempts=9, backoff=0.0, total=50.0), timeout=20.0)

    assert timeouts == [20.0, 20.0, 10.0]
    assert time.now == 150.0
    assert isinstance(error, RequestTimeout)


def test_a_try_without_a_timeout_gets_what_is_left(time: Time) -> None:
    _, timeouts = run(time, hangs(time), Retry(total=5.0), timeout=None)

    assert timeouts == [5.0]


def test_pauses_count_too(time: Time) -> None:
    limited = Response(429, Headers({"Retry-After": "4"}), b'{"code":100,"error":"slowly"}')

    error, timeouts = run(time, lambda request: limited, Retry(attempts=9, total=10.0))

    assert timeouts == [10.0, 6.0, 2.0]
    assert time.now == 108.0
    assert isinstance(error, RateLimited)
    assert error.retry_after == 4.0


def test_a_pause_that_takes_longer_than_it_should_ends_the_tries(time: Time) -> None:
    asleep, time.sleep = time.sleep, lambda seconds: asleep(60.0)  # type: ignore[method-assign]

    error, timeouts = run(time, lambda request: Response(500), Retry(total=10.0))

    assert timeouts == [10.0]
    assert isinstance(error, InternalServerError)


def test_without_a_total_nothing_bounds_the_tries_together(time: Time) -> None:
    _, timeouts = run(time, hangs(time), Retry(attempts=4, backoff=0.0))

    assert timeouts == [30.0] * 4


def test_the_question_whether_a_create_may_be_repeated_is_within_the_total(time: Time) -> None:
    seen: list[float | None] = []

    def lose(request: Request) -> Response:
        time.sleep(4.0)
        raise TransportError("the answer was lost")

    transport = MemoryTransport(lose)

    def ask(call: Call, may_ask: bool) -> bool:
        probe = Call(call.path, call.request, deadline=call.deadline)
        for _ in range(3):
            with pytest.raises(TransportError):
                exchange.once(probe)
        seen.extend(request.timeout for request in transport.requests)
        return False

    exchange = Exchange(transport, Retry(total=10.0), Hooks(), ask, sleep=time.sleep, clock=time)
    request = Request("POST", "http://localhost/parse/classes/Song", timeout=5.0)
    with pytest.raises(TransportError, match="the answer was lost"):
        exchange.run(Call("/classes/Song", request, provable=True))

    assert seen == [5.0, 5.0, 2.0]  # the third probe is not sent: twelve seconds are over
