"""What Parse Server would answer wrongly in silence, or with a bare 500, is refused before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery


class MutePoll(orm.ParseObject):
    title = orm.property(str)
    votes = orm.property(dict)
    place = orm.property(orm.GeoPoint)
    voters = orm.has_many(orm.User, through="relation")


Poll = MutePoll

DIGITS: dict[str, Callable[[], Any]] = {
    "a key": lambda: Poll.votes["2024"] == 7,
    "a key further in": lambda: Poll.votes["in"]["0"].exists(),
    "a key within such a key": lambda: Poll.votes["2024"]["may"] == 7,
    "a lookup": lambda: Poll.where(votes__2024=7),
    "a lookup with an operator": lambda: Poll.where(votes__2024__gt=7),
    "an order": lambda: Poll.order("-votes.2024"),
    "an order of an expression": lambda: Poll.order(Poll.votes["2024"].desc()),
}


@pytest.mark.parametrize("ask", DIGITS.values(), ids=DIGITS)
def test_a_key_of_digits_is_refused(ask: Callable[[], Any]) -> None:
    with pytest.raises(BadQuery, match="reads a key of digits as a place in a list"):
        ask()


@pytest.mark.parametrize("key", ["y2024", "2024a", "-1", "٣"])
def test_other_keys_may_hold_digits(key: str) -> None:
    assert Poll.where(Poll.votes[key] == 7).to_params()["where"] == {f"votes.{key}": 7}


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadQuery, match="a key is text, not 2024"):
        Poll.votes[2024]  # type: ignore[index]


def _points(*pairs: tuple[float, float]) -> list[orm.GeoPoint]:
    return [orm.GeoPoint(*pair) for pair in pairs]


ACROSS = _points((-5, 170), (5, 170), (5, -170), (-5, -170))


@pytest.mark.parametrize("outline", [ACROSS, orm.Polygon(ACROSS), _points((0, -100), (9, 0), (0, 100))])
def test_a_polygon_across_the_date_line_is_refused(outline: Any) -> None:
    with pytest.raises(BadQuery, match=r"MutePoll\.place: the side from longitude .* ask two polygons"):
        Poll.place.within_polygon(outline)


def test_a_wide_polygon_is_asked_by_points_in_between() -> None:
    wide = _points((-9, -100), (-9, 0), (-9, 100), (9, 100), (9, 0), (9, -100))

    assert Poll.where(Poll.place.within_polygon(wide)).to_params()


BROKEN = ["(", "a)", "[", "[a", "*a", "a|*b", "+", "a\\", "[z-a]", "a{2,1}", "[[:alpha:]", "(?:a"]


@pytest.mark.parametrize("pattern", BROKEN)
@pytest.mark.parametrize("operator", ["regex", "iregex"])
def test_a_broken_pattern_is_refused(pattern: str, operator: str) -> None:
    with pytest.raises(BadQuery, match=r"MutePoll\.title: .* is not a valid pattern: "):
        Poll.where(**{f"title__{operator}": pattern})


GOOD = [
    *(
        "^a.*b$",
        "[[:alpha:](]",
        "[[.hyphen.]-z]",
        "[]a]",
        r"\mabc\M",
        r"\pL+",
        "(?<n>a)",
        "a{1}{2}",
        r"\Qa(b\E",
        "***=(",
    ),
    *("(?i)a", "(?e)a", "a++", "()", "a||b", r"\y", "", "x{1,99999}"),
]


@pytest.mark.parametrize("pattern", GOOD)
def test_a_pattern_that_a_database_may_know_is_asked(pattern: str) -> None:
    assert Poll.where(title__regex=pattern).to_params()


PASSWORDS: dict[str, Callable[[], Any]] = {
    "a lookup": lambda: orm.User.where(password="secret"),
    "an expression": lambda: orm.User.password != "secret",
    "existence": lambda: orm.User.password.exists(),
    "find_by": lambda: orm.User.find_by(username="ann", password="secret"),
}


@pytest.mark.parametrize("ask", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_cannot_be_asked_for(ask: Callable[[], Any]) -> None:
    with pytest.raises(BadQuery, match=r"User\.password: .* use User\.verify_password"):
        ask()


@pytest.mark.parametrize("operator", ["eq", "ne"])
def test_an_empty_relation_cannot_be_asked_for(operator: str) -> None:
    with pytest.raises(BadQuery, match=r"MutePoll\.voters: Parse cannot ask whether a relation is empty"):
        Poll.where(**{f"voters__{operator}": None})
