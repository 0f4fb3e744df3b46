"""Which failures are worth another try, and after how long: a policy without any I/O."""

from __future__ import annotations

import random
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


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how patiently, a failed request is sent again.

    A rate limit is waited out for every verb. A refused connection proves that nothing was
    sent, so any verb is tried once more, at once. A lost answer or a 5xx is repeated only when
    repeating is harmless.

    Args:
        attempts: tries in all, the first one included; 1 turns repeats off.
        backoff: seconds of the first pause; each later one is twice as long.
        max_wait: seconds of the longest pause, whatever the server asks for.

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

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        if self.attempts < 1:
            raise ConfigurationError(f"Retry(attempts={self.attempts}): at least 1, the first try counts")
        if not (self.backoff >= 0 and self.max_wait >= 0):
            raise ConfigurationError("Retry: backoff and max_wait are seconds, not negative")

    def pause(
        self,
        error: ParseOrmError,
        *,
        attempt: int,
        repeatable: bool,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> float | None:
        """Say how long to wait before the next try, or None to give up.

        Args:
            error: what the last try ended with.
            attempt: the number of the last try, from 1.
            repeatable: sending it again does no harm, even if the last try was done.
            jitter: gives a random number between two; tests pass their own.

        Returns:
            Seconds to wait, or None.
        """
        if attempt >= self.attempts:
            return None
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
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or an HTTP date.

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
    if value.isascii() and value.isdigit():
        # A number too long for float() would raise; nobody waits longer than max_wait anyway.
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)
