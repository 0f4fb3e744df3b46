"""Dates come in as aware UTC datetimes whatever their spelling, and go out in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse_orm.errors import InvalidValue
from parse_orm.types import format_date, parse_date

NOON = datetime(2024, 1, 2, 12, 0, 0, 678000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T12:00:00.678Z",
        "2024-01-02T12:00:00.678",
        "2024-01-02T12:00:00.678000+00:00",
        "2024-01-02T13:00:00.678+01:00",
        "20240102T120000.678Z",
        "Tue, 02 Jan 2024 12:00:00.678 GMT",
        "2 January 2024 12:00:00.678",
    ],
)
def test_any_spelling_of_a_moment_is_the_same_aware_datetime(text: str) -> None:
    assert parse_date(text) == NOON
    assert parse_date(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "soon", "2024-13-45", "99999-01-01T00:00:00Z", None, 7])
def test_what_is_no_date_is_named(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a date"):
        parse_date(text)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_the_round_trip_to_the_millisecond(moment: datetime) -> None:
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    assert parse_date(format_date(moment)) == cut


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-23, 23))
def test_every_time_zone_goes_out_as_utc(moment: datetime, hours: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert format_date(local) == format_date(local.astimezone(UTC))
    assert format_date(local).endswith("Z")
    assert len(format_date(local)) == len("2024-01-02T12:00:00.678Z")


def test_a_naive_datetime_is_refused_with_the_cure() -> None:
    with pytest.raises(InvalidValue, match=r"datetime\.now\(UTC\)"):
        format_date(datetime(2024, 1, 2))


def test_a_moment_outside_of_utc_s_years_is_refused() -> None:
    with pytest.raises(InvalidValue, match="years"):
        format_date(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))


@pytest.mark.parametrize("text", ["5", "10:30", "Tuesday", "May", "02 Jan", "12"])
def test_a_text_without_a_year_is_no_date(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a date"):
        parse_date(text)


@pytest.mark.parametrize(("text", "month"), [("2024", 1), ("2024-05", 5), ("May 2024", 5)])
def test_what_a_text_leaves_out_is_the_first_of_january(text: str, month: int) -> None:
    assert parse_date(text) == datetime(2024, month, 1, tzinfo=UTC)
