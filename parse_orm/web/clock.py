"""What time it is, as a function that tests may replace."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..errors import InvalidValue

Clock = Callable[[], datetime]
"""Gives the present time as an aware datetime."""

#: The last moment that Python can name; dates beyond it are cut to it.
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def utcnow() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """Give a moment in UTC.

    Raises:
        InvalidValue: it is naive, so nobody knows which moment it is.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidValue(f"{moment.isoformat()} has no time zone; use datetime.now(UTC) or add tzinfo=")
    return moment.astimezone(UTC)


def later(moment: datetime, period: timedelta) -> datetime:
    """A moment plus a period, never beyond the last moment that Python can name."""
    try:
        return moment + period
    except OverflowError:
        return END_OF_TIME
