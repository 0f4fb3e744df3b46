"""How long to wait before another try, and when to give up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse_orm.errors import (
    BatchRouteFailed,
    ConfigurationError,
    ConnectFailed,
    ConnectTimedOut,
    InternalServerError,
    ObjectNotFound,
    ParseOrmError,
    RateLimited,
    RequestTimeout,
)
from parse_orm.transport.retry import Retry, retry_after_seconds

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def steady(low: float, high: float) -> float:
    return (low + high) / 2


def pause(error: ParseOrmError, attempt: int = 1, repeatable: bool = True, **policy: float) -> float | None:
    return Retry(**policy).pause(error, attempt=attempt, repeatable=repeatable, jitter=steady)  # type: ignore[arg-type]


def test_pauses_double_up_to_the_longest() -> None:
    error = InternalServerError("x")

    waits = [pause(error, attempt, attempts=9, backoff=1.0, max_wait=5.0) for attempt in range(1, 6)]

    assert waits == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_very_late_try_does_not_overflow() -> None:
    assert pause(InternalServerError("x"), 5000, attempts=9999) == 30.0


def test_the_jitter_stays_within_a_quarter() -> None:
    waits = [Retry(backoff=1.0).pause(RequestTimeout("x"), attempt=1, repeatable=True) for _ in range(200)]

    assert all(wait is not None and 0.75 <= wait <= 1.25 for wait in waits)
    assert len(set(waits)) > 1


@pytest.mark.parametrize("error", [InternalServerError("x"), RequestTimeout("x")])
def test_a_lost_or_failed_write_is_not_repeated(error: ParseOrmError) -> None:
    assert pause(error, repeatable=False) is None


def test_a_rate_limit_waits_as_long_as_asked_for_any_verb() -> None:
    assert pause(RateLimited("x", retry_after=3.0), repeatable=False) == 3.0


def test_a_rate_limit_never_waits_longer_than_allowed() -> None:
    assert pause(RateLimited("x", retry_after=9999.0), max_wait=10.0) == 10.0


def test_a_refused_connection_is_tried_once_more_at_once() -> None:
    refused = ConnectFailed("x")

    assert pause(refused, 1, repeatable=False) == 0.1
    assert pause(refused, 2, repeatable=False) is None


@pytest.mark.parametrize(
    "error",
    [ConnectTimedOut("x"), BatchRouteFailed("x"), ObjectNotFound("x", code=101), ConfigurationError("x")],
)
def test_what_another_try_cannot_change_is_final(error: ParseOrmError) -> None:
    assert pause(error) is None


def test_one_attempt_means_no_repeats() -> None:
    assert pause(RateLimited("x"), attempts=1) is None


GARBAGE: list[Any] = [-1, -0.5, float("nan"), float("inf"), 1e9, True, False, "3", [], object()]


@pytest.mark.parametrize("name", ["attempts", "backoff", "max_wait", "total"])
@pytest.mark.parametrize("value", GARBAGE)
def test_a_policy_without_sense_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Retry(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("attempts", 0), ("attempts", 2.0), ("attempts", None), ("backoff", None), ("total", 0)]
)
def test_what_makes_no_sense_for_one_figure_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Retry(**{name: value})


def test_a_pause_that_leaves_no_time_for_another_try_is_not_taken() -> None:
    limited = RateLimited("x", retry_after=3.0)

    assert Retry().pause(limited, attempt=1, repeatable=True, left=4.0) == 3.0
    assert Retry().pause(limited, attempt=1, repeatable=True, left=3.0) is None
    assert Retry().pause(limited, attempt=1, repeatable=True, left=-1.0) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("9" * 400, 999999999999.0),
        ("Sat, 21 Nov 2026 12:00:05 GMT", 5.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Sat, 21 Nov 2026 12:00:05 -0000", 5.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        ("1.5", 1.5),
        ("-1.5", None),
        ("00000000000000005", 5.0),
        ("1e999", None),
        ("nan", None),
        ("inf", None),
        ("3, 3", None),
        ("Sat, 21 Nov 2026 12:00:05 +99999999999999999999", None),
        ("Sat, 21 Nov 2026 12:00:05 -99999999999999999999", None),
        ("Sat, 21 Nov 99999999999999999999 12:00:05 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 251607124739.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(text, now=NOW) == seconds


DATES = st.from_regex(r"(Sat, )?[0-9]{1,20} Nov [0-9]{1,20} [0-9:.]{0,20} ?[-+]?[0-9A-Z]{0,30}", fullmatch=True)


@given(st.one_of(DATES, st.from_regex(r"[-+0-9.eE, :]*", fullmatch=True), st.text()))
def test_no_value_of_retry_after_makes_it_raise(text: str) -> None:
    seconds = retry_after_seconds(text, now=NOW)

    assert seconds is None or 0.0 <= seconds < 1e12
