"""Parse dates: ISO text in UTC with milliseconds, aware datetimes in Python."""

from datetime import UTC, datetime
from typing import Any

from ..errors import InvalidValue


def parse_date(text: str) -> datetime:
    """Read an ISO date as an aware UTC datetime.

    >>> parse_date("2024-01-02T03:04:05.678Z")
    datetime.datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)

    Args:
        text: ISO 8601; a text without a zone is taken as UTC, as Parse Server writes it.

    Raises:
        InvalidValue: the text is not a date.
    """
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        moment = _parse_odd(text)
    if moment.tzinfo is UTC:  # what the server sends
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def format_date(moment: datetime) -> str:
    """Write a datetime as Parse does: UTC, milliseconds, Z. Microseconds are cut, as the server cuts them.

    Raises:
        InvalidValue: the datetime has no time zone.
    """
    if moment.tzinfo is not UTC:
        moment = _in_utc(moment)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise InvalidValue(
            f"{moment.isoformat()} has no time zone: use datetime.now(UTC) or moment.replace(tzinfo=UTC)"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(f"{moment.isoformat()} lies outside the years 1 to 9999 in UTC") from None


def _parse_odd(text: Any) -> datetime:
    """Texts that fromisoformat refuses: dateutil reads them, some 80 times slower.

    What a text leaves out, dateutil takes from a date that it is given: here the first of January. A text without a
    year is no date, and shows in the year of that date.
    """
    from dateutil import parser

    try:
        moment, other = (parser.parse(text, default=datetime(year, 1, 1)) for year in (2000, 2004))
        if moment.year != other.year:
            raise ValueError("no year")
    except (ValueError, OverflowError, TypeError):
        raise InvalidValue(f"{str(text)[:60]!r} is not a date") from None
    return moment
