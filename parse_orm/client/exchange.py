"""One logical request, with its tries: sent, judged, and sent again where that is right."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from parse_orm.client.failures import error_from
from parse_orm.client.idempotency import REQUEST_ID, new_request_id
from parse_orm.client.interrupts import unless_interrupted
from parse_orm.client.path_templates import path_template
from parse_orm.client.redaction import bare_url, redacted, safe_text
from parse_orm.errors import (
    ConnectFailed,
    DuplicateRequest,
    InternalServerError,
    ObjectNotFound,
    ParseError,
    ParseOrmError,
    RequestTimeout,
    ServerUnavailable,
    TransportError,
)
from parse_orm.transport.base import Transport
from parse_orm.transport.hooks import Event, Hooks
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.retry import Retry
from parse_orm.types.secret import Secret

logger = logging.getLogger("parse_orm")

GONE = Response(200, body=b"{}")
"""What a repeated DELETE stands for when the row is already gone: the lost try did it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A logical request: what stays the same over its tries.

    Args:
        path: the path below the server URL, for messages and logs.
        request: what is sent.
        doing: what is being done, such as "saving Song xWMyZ4YEGZ".
        repeatable: sending it twice does no harm.
        provable: a create, of which the server may prove that it refuses a repeated request id.
        request_id: the X-Parse-Request-Id of a write.
        ids: takes each request id that is sent, so that whoever is interrupted knows the last one; None for nobody.
        secrets: keys and tokens to take out of texts.
        deadline: when all tries end, in seconds of `Exchange.clock`; None for no such bound.
        lost: how an earlier call with this request id ended, when its answer was lost.
    """

    path: str
    request: Request
    doing: str = ""
    repeatable: bool = False
    provable: bool = False
    request_id: str | None = None
    ids: list[str] | None = None
    secrets: Iterable[str | Secret[str]] = field(default=(), repr=False)
    deadline: float | None = None
    lost: ParseOrmError | None = None

    @property
    def last_id(self) -> str | None:
        """The request id that was sent last."""
        return self.ids[-1] if self.ids else self.request_id


@dataclass(frozen=True, slots=True)
class Exchange:
    """Sends calls: the transport, the patience and the ears of one client.

    Args:
        transport: carries one try.
        retry: how often and how patiently to try again.
        hooks: who is told.
        proven: says whether the server refuses a repeat of a create; the second argument says whether it may be asked.
        sleep: waits; tests pass their own.
        clock: gives the present in seconds; tests pass their own.
    """

    transport: Transport
    retry: Retry
    hooks: Hooks
    proven: Callable[[Call, bool], bool]
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self, call: Call) -> Response:
        """Send a call until it succeeds or giving up is right.

        Args:
            call: what to send.

        Returns:
            The answer, with a status of 200-299.

        Raises:
            ParseError: the server refused.
            TransportError: no usable answer came.
        """
        if self.retry.total is not None:
            call = replace(call, deadline=self.clock() + self.retry.total)
        attempt = 1
        lost = call.lost
        while True:
            outcome = self._attempt(call, attempt)
            if isinstance(outcome, Response):
                return outcome
            if lost is not None and isinstance(outcome, DuplicateRequest):
                raise _already_done(outcome, call)
            if lost is not None and isinstance(outcome, ObjectNotFound) and call.request.method == "DELETE":
                return GONE
            lost = lost or (outcome if _is_lost(outcome, call) else None)
            repeatable = self._repeatable(call, outcome, lost, attempt)
            pause = self.retry.pause(outcome, attempt=attempt, repeatable=repeatable, left=self._left(call))
            if pause is None:
                raise _last_word(call, outcome, lost)
            _warn(call, outcome, attempt, pause)
            with unless_interrupted():
                self.sleep(pause)
            if self._left(call) <= 0:
                raise _last_word(call, outcome, lost)
            # The id stays where it guards a create; elsewhere 159 would hide that the first try failed.
            if lost is None or call.repeatable:
                call = _renewed(call)
            attempt += 1

    def _repeatable(self, call: Call, outcome: ParseOrmError, lost: ParseOrmError | None, attempt: int) -> bool:
        if call.repeatable:
            return True
        if lost is None or not call.provable or attempt >= self.retry.attempts:
            return False
        # Who has just waited in vain does not ask the same server two more questions.
        return self.proven(call, not isinstance(outcome, RequestTimeout))

    def _left(self, call: Call) -> float:
        """Give the seconds that are left for all tries together."""
        return math.inf if call.deadline is None else call.deadline - self.clock()

    def once(self, call: Call) -> Response:
        """Send a call a single time.

        Args:
            call: what to send.

        Returns:
            The answer, with a status of 200-299.

        Raises:
            ParseError: the server refused.
            TransportError: no usable answer came.
        """
        outcome = self._attempt(call, 1)
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    def _attempt(self, call: Call, attempt: int) -> Response | ParseOrmError:
        event = _event(call, attempt) if self.hooks or logger.isEnabledFor(logging.DEBUG) else None
        if event is not None:
            self.hooks.tell("before", event)
        begin = time.perf_counter()
        response: Response | None = None
        error: ParseOrmError | None = None
        try:
            response = self.transport.send(self._bounded(call))
        except TransportError as failure:
            error = _told(failure, call)
        except BaseException as failure:
            if event is not None:
                self._record(replace(event, error=failure, elapsed=time.perf_counter() - begin), answered=False)
            raise
        if response is not None and not 200 <= response.status < 300:
            error = error_from(
                response, path=call.path, doing=call.doing, request_id=call.request_id, secrets=call.secrets
            )
        if event is not None:
            elapsed = time.perf_counter() - begin
            self._record(_ended(event, call, response, error, elapsed), answered=response is not None)
        return error or response or TransportError("the transport gave no answer", doing=call.doing)

    def _bounded(self, call: Call) -> Request:
        """Give the request with no longer a timeout than what is left for all tries."""
        if call.deadline is None:
            return call.request
        left = self._left(call)
        if left <= 0:
            raise RequestTimeout("nothing was sent: the time for all tries is used up")
        timeout = call.request.timeout
        return replace(call.request, timeout=left if timeout is None else min(timeout, left))

    def _record(self, event: Event, *, answered: bool) -> None:
        """Tell log and hooks how a try ended."""
        _log(event)
        if answered:
            self.hooks.tell("after", event)
        if event.error is not None:
            self.hooks.tell("failed", event)
        self.hooks.tell("finished", event)


def _event(call: Call, attempt: int) -> Event:
    return Event(
        method=call.request.method,
        path=_shown_path(call),
        headers=redacted(call.request.headers),
        attempt=attempt,
        request_id=call.request_id,
        template=safe_text(path_template(bare_url(call.path)), call.secrets),
        bytes_out=len(call.request.body or b""),
    )


def _ended(event: Event, call: Call, response: Response | None, error: Exception | None, elapsed: float) -> Event:
    if response is None:
        return replace(event, error=error, elapsed=elapsed)
    sink = call.request.sink
    size = len(response.body) if response.body or sink is None else sink.tell()
    return replace(event, status=response.status, error=error, elapsed=elapsed, bytes_in=size)


def _told(error: TransportError, call: Call) -> TransportError:
    error.doing = error.doing or call.doing
    error.request_id = call.request_id
    return error


def _is_lost(error: ParseOrmError, call: Call) -> bool:
    """Say whether the server may have done what we have no answer for.

    It may have broken down after it was done, too. That counts only where the repeat tells by itself whether it was:
    a server with idempotency refuses a repeated create whatever became of the first one.
    """
    if isinstance(error, ConnectFailed):
        return False
    return isinstance(error, (TransportError, ServerUnavailable, *((InternalServerError,) if call.repeatable else ())))


def _renewed(call: Call) -> Call:
    if call.request_id is None:
        return call
    fresh = new_request_id()
    if call.ids is not None:
        call.ids.append(fresh)
    request = replace(call.request, headers={**call.request.headers, REQUEST_ID: fresh})
    return replace(call, request=request, request_id=fresh)


def _last_word(call: Call, outcome: ParseOrmError, lost: ParseOrmError | None) -> ParseOrmError:
    """Say what a call ends with that is not sent again.

    A refused connection proves nothing about a lost try before it. Nor does the refusal of a write: it may be what the
    lost try has caused, as when a new password ends the session that changes it.
    """
    if lost is None or lost is call.lost:
        return outcome
    writes = call.request_id is not None or call.request.method == "DELETE"
    return lost if writes or isinstance(outcome, ConnectFailed) else outcome


def _already_done(error: DuplicateRequest, call: Call) -> DuplicateRequest:
    return DuplicateRequest(
        "the first try reached the server and its answer was lost; most likely the row exists and its id is unknown",
        code=error.code,
        http_status=error.http_status,
        request_id=call.request_id,
        doing=call.doing,
        hint="look for the result before sending it again",
    )


def _shown_path(call: Call) -> str:
    return safe_text(bare_url(call.path), call.secrets)


def _log(event: Event) -> None:
    outcome: Any = type(event.error).__name__ if event.status is None else event.status
    logger.debug(
        "%s %s -> %s in %.1f ms (try %d, %d bytes out, %d bytes in%s)",
        event.method,
        event.path,
        outcome,
        event.elapsed * 1000,
        event.attempt,
        event.bytes_out,
        event.bytes_in,
        f", request id {event.request_id}" if event.request_id else "",
        extra={"parse_event": event},
    )


def _warn(call: Call, error: ParseOrmError, attempt: int, pause: float) -> None:
    said = error.message if isinstance(error, (ParseError, TransportError)) else type(error).__name__
    logger.warning(
        "%s %s failed at try %d (%s); trying again in %.1f s",
        call.request.method,
        _shown_path(call),
        attempt,
        safe_text(said, call.secrets),
        pause,
    )
