"""The table of promises: what a run found out, held against each of them."""

from __future__ import annotations

import pytest

from bench.facts import Facts
from bench.goals import GOALS, Goal
from bench.race import OURS, RAW, Times
from bench.report import markdown, medians, verdicts
from bench.sizes import SMALL


def facts(*rounds: tuple[float, float]) -> Facts:
    """One work, done by us and by raw requests in so many rounds."""
    times = Times()
    for ours, raw in rounds:
        times.add("find", OURS, ours, ours)
        times.add("find", RAW, raw, raw)
    return Facts(SMALL, times)


def goal(limit: float, at_least: bool = False) -> Goal:
    return Goal("find", "CPU / raw", limit, lambda run: run.times.ratio("cpu", "find", OURS, RAW), at_least)


def test_a_ratio_compares_neighbours_in_time() -> None:
    busy_at_the_end = facts((1.0, 1.0), (1.0, 1.0), (9.0, 9.0))

    assert busy_at_the_end.times.ratio("cpu", "find", OURS, RAW) == 1.0


def test_a_promise_that_is_not_kept_is_named() -> None:
    table, short = verdicts(facts((1.5, 1.0)), [goal(1.15)])

    assert short == ["find (CPU / raw)"]
    assert table[1] == ("find", "CPU / raw", "<= 1.15", "1.5", "falls short")


@pytest.mark.parametrize(("limit", "at_least"), [(1.5, False), (1.5, True)])
def test_a_promise_may_be_met_exactly(limit: float, at_least: bool) -> None:
    assert verdicts(facts((1.5, 1.0)), [goal(limit, at_least)])[1] == []


def test_the_table_lines_up() -> None:
    lines = markdown(medians(facts((0.0105, 0.0125)))).splitlines()

    assert len({len(line) for line in lines}) == 1
    assert "| find                  | 10.5 / 10.5 | 12.5 / 12.5 |" in lines


def test_every_promise_has_a_limit_and_a_name_of_its_own() -> None:
    names = [(each.work, each.what) for each in GOALS]

    assert len(set(names)) == len(names)
    assert all(each.limit > 0 for each in GOALS)
