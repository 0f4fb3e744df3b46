"""Which failures are worth another try, and after how long: a policy without any I/O."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parse_orm.errors import (
    BatchRouteFailed,
    ConfigurationError,
    ConnectFailed,
    ConnectTimedOut,
    InternalServerError,
    ParseOrmError,
    RateLimited,
    TransportError,
)

QUICK = 0.1
"""Seconds before the one repeat of a refused connection: a wrong URL must fail fast."""

SHORTEST_TRY = 0.05
"""Seconds that a try needs at least: with less left of `total` no further one is begun."""

LONGEST = 1e7
"""Seconds, some four months: a longer wait is refused, since `time.sleep` overflows at some point."""

LONGEST_RETRY_AFTER = 999_999_999_999.0
"""Seconds that a Retry-After header is cut at."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how patiently, a failed request is sent again.

    A rate limit is waited out for every verb. A refused connection proves that nothing was
    sent, so any verb is tried once more, at once. A lost answer or a 5xx is repeated only when
    repeating is harmless.

    Each figure bounds one thing. The `timeout` of a client or a call bounds one try: waiting for a connection of the
    pool, connecting, sending and reading the answer. `max_wait` bounds one pause. `total` bounds all of it together:
    a call with the default figures may take three timeouts and two pauses before it fails.

    Args:
        attempts: tries in all, the first one included; 1 turns repeats off.
        backoff: seconds of the first pause; each later one is twice as long.
        max_wait: seconds of the longest pause, whatever the server asks for.
        total: seconds for all tries and pauses of one request, the questions whether a repeat is safe included. The
            timeout of each try is cut to what is left. A pause that would leave no time for another try is not taken:
            what the last try ended with is raised at once. None sets no such bound.

    Raises:
        ConfigurationError: a number that makes no sense.

    Example:
        >>> from parse_orm.errors import RequestTimeout
        >>> from parse_orm.transport.retry import Retry
        >>> Retry().pause(RequestTimeout("no answer"), attempt=1, repeatable=False) is None
        True
    """

    attempts: int = 3
    backoff: float = 0.5
    max_wait: float = 30.0
    total: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        if type(self.attempts) is not int or self.attempts < 1:
            raise ConfigurationError(f"Retry(attempts={self.attempts!r}): a whole number, at least 1 (the first try)")
        for name, value in (("backoff", self.backoff), ("max_wait", self.max_wait)):
            if not _is_seconds(value):
                raise ConfigurationError(f"Retry({name}={value!r}): seconds, a number that is not negative")
        if self.total is not None and not (_is_seconds(self.total) and self.total > 0):
            raise ConfigurationError(f"Retry(total={self.total!r}): a positive number of seconds, or None")

    def pause(
        self,
        error: ParseOrmError,
        *,
        attempt: int,
        repeatable: bool,
        left: float = math.inf,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> float | None:
        """Say how long to wait before the next try, or None to give up.

        Args:
            error: what the last try ended with.
            attempt: the number of the last try, from 1.
            repeatable: sending it again does no harm, even if the last try was done.
            left: seconds that are left of `total`.
            jitter: gives a random number between two; tests pass their own.

        Returns:
            Seconds to wait, or None.
        """
        if attempt >= self.attempts:
            return None
        pause = self._wanted(error, attempt, repeatable, jitter)
        return pause if pause is not None and pause + SHORTEST_TRY <= left else None

    def _wanted(
        self, error: ParseOrmError, attempt: int, repeatable: bool, jitter: Callable[[float, float], float]
    ) -> float | None:
        """Give the pause before another try, None when the error is final."""
        if isinstance(error, ConnectFailed):
            return self._once(error, attempt)
        if isinstance(error, RateLimited):
            return self._patient(error.retry_after, attempt, jitter)
        if not repeatable or isinstance(error, BatchRouteFailed):
            return None
        if isinstance(error, InternalServerError):
            return self._patient(error.retry_after, attempt, jitter)
        if isinstance(error, TransportError):
            return self._patient(None, attempt, jitter)
        return None

    def _once(self, error: ConnectFailed, attempt: int) -> float | None:
        again = attempt == 1 and not isinstance(error, ConnectTimedOut)
        return min(QUICK, self.backoff, self.max_wait) if again else None

    def _patient(self, asked: float | None, attempt: int, jitter: Callable[[float, float], float]) -> float:
        if asked is not None:
            return min(max(asked, 0.0), self.max_wait)
        # A capped exponent: 2.0**2000 overflows, and max_wait wins long before.
        grown = self.backoff * 2.0 ** min(attempt - 1, 32)
        return min(grown * jitter(0.75, 1.25), self.max_wait)


def retry_after_seconds(text: str | None, *, now: datetime | None = None) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or an HTTP date; no value makes it raise.

    Args:
        text: the header's value, None when it was absent.
        now: the present, for the date form; aware.

    Returns:
        Seconds to wait, never negative; None when there is nothing to read.

    Example:
        >>> from parse_orm.transport.retry import retry_after_seconds
        >>> retry_after_seconds("3")
        3.0
    """
    value = (text or "").strip()
    if _NUMBER.fullmatch(value):
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        # A zone of twenty digits is an OverflowError; older versions of email.utils raised the others for odd dates.
        return None


_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?")


def _is_seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LONGEST
