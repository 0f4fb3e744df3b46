"""One logical request, with its tries: sent, judged, and sent again where that is right."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from parse_orm.client.failures import error_from
from parse_orm.client.idempotency import REQUEST_ID, new_request_id
from parse_orm.client.redaction import bare_url, redacted, safe_text
from parse_orm.errors import (
    ConnectFailed,
    DuplicateRequest,
    ObjectNotFound,
    ParseError,
    ParseOrmError,
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
        provable: the server may prove that it refuses a repeated request id.
        request_id: the X-Parse-Request-Id of a write.
        secrets: keys and tokens to take out of texts.
    """

    path: str
    request: Request
    doing: str = ""
    repeatable: bool = False
    provable: bool = False
    request_id: str | None = None
    secrets: Iterable[str | Secret[str]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Sends calls: the transport, the patience and the ears of one client.

    Args:
        transport: carries one try.
        retry: how often and how patiently to try again.
        hooks: who is told.
        proven: says whether the server refuses a repeated request id on a path.
        sleep: waits; tests pass their own.
    """

    transport: Transport
    retry: Retry
    hooks: Hooks
    proven: Callable[[Call], bool]
    sleep: Callable[[float], object] = time.sleep

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
        attempt = 1
        lost: ParseOrmError | None = None
        while True:
            outcome = self._attempt(call, attempt)
            if isinstance(outcome, Response):
                return outcome
            if lost is not None and isinstance(outcome, _SETTLED):
                return _settled(outcome, call)
            lost = lost or (outcome if _is_lost(outcome) else None)
            pause = self.retry.pause(outcome, attempt=attempt, repeatable=self._repeatable(call, lost, attempt))
            if pause is None:
                # A refused connection proves nothing about the try before it.
                raise lost if lost is not None and isinstance(outcome, ConnectFailed) else outcome
            _warn(call, outcome, attempt, pause)
            self.sleep(pause)
            # The id stays where it guards a create; elsewhere 159 would hide that the first try failed.
            if lost is None or call.repeatable:
                call = _renewed(call)
            attempt += 1

    def _repeatable(self, call: Call, lost: ParseOrmError | None, attempt: int) -> bool:
        if call.repeatable:
            return True
        worth_asking = lost is not None and call.provable and attempt < self.retry.attempts
        return worth_asking and self.proven(call)

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
        if self.hooks.before:
            self.hooks.tell("before", _event(call, attempt))
        begin = time.perf_counter()
        response: Response | None = None
        error: ParseOrmError | None = None
        try:
            response = self.transport.send(call.request)
        except TransportError as failure:
            error = _told(failure, call)
        if response is not None and not 200 <= response.status < 300:
            error = error_from(
                response, path=call.path, doing=call.doing, request_id=call.request_id, secrets=call.secrets
            )
        elapsed = time.perf_counter() - begin
        _log(call, response, error, elapsed)
        if self.hooks:
            self._tell(call, attempt, response, error, elapsed)
        return error or response or TransportError("the transport gave no answer", doing=call.doing)

    def _tell(
        self,
        call: Call,
        attempt: int,
        response: Response | None,
        error: ParseOrmError | None,
        elapsed: float,
    ) -> None:
        status = response.status if response else None
        event = replace(_event(call, attempt), status=status, elapsed=elapsed, error=error)
        if response is not None:
            self.hooks.tell("after", event)
        if error is not None:
            self.hooks.tell("failed", event)


def _event(call: Call, attempt: int) -> Event:
    return Event(
        method=call.request.method,
        path=_shown_path(call),
        headers=redacted(call.request.headers),
        attempt=attempt,
        request_id=call.request_id,
    )


def _told(error: TransportError, call: Call) -> TransportError:
    error.doing = error.doing or call.doing
    error.request_id = call.request_id
    return error


def _is_lost(error: ParseOrmError) -> bool:
    """Say whether the server may have done what we have no answer for."""
    if isinstance(error, ConnectFailed):
        return False
    return isinstance(error, (TransportError, ServerUnavailable))


def _renewed(call: Call) -> Call:
    if call.request_id is None:
        return call
    fresh = new_request_id()
    request = replace(call.request, headers={**call.request.headers, REQUEST_ID: fresh})
    return replace(call, request=request, request_id=fresh)


_SETTLED = (DuplicateRequest, ObjectNotFound)
"""Refusals that mean, after a lost answer, that the lost try was done."""


def _settled(error: ParseError, call: Call) -> Response:
    """Say what a refusal means when the answer of an earlier try was lost."""
    if isinstance(error, DuplicateRequest):
        raise _already_done(error, call)
    if call.request.method == "DELETE":
        return GONE
    raise error


def _already_done(error: DuplicateRequest, call: Call) -> DuplicateRequest:
    done = "the row exists and its id is unknown" if call.request.method == "POST" else "it was applied"
    return DuplicateRequest(
        f"the first try reached the server and its answer was lost; most likely {done}",
        code=error.code,
        http_status=error.http_status,
        request_id=call.request_id,
        doing=call.doing,
        hint="look for the result before sending it again",
    )


def _shown_path(call: Call) -> str:
    return safe_text(bare_url(call.path), call.secrets)


def _log(call: Call, response: Response | None, error: Exception | None, elapsed: float) -> None:
    if not logger.isEnabledFor(logging.DEBUG):
        return
    outcome: Any = response.status if response is not None else type(error).__name__
    logger.debug(
        "%s %s -> %s in %.1f ms%s",
        call.request.method,
        _shown_path(call),
        outcome,
        elapsed * 1000,
        f" (request id {call.request_id})" if call.request_id else "",
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
