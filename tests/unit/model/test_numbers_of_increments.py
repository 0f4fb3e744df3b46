"""An increment is refused before a request when its column cannot hold what comes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.fields.origin import Origin

LIMIT = 2**53


class CountedPage(orm.ParseObject):
    views = orm.property(int)
    share = orm.property(float)
    info = orm.property(dict)


def page(**columns: Any) -> CountedPage:
    return CountedPage._hydrate([{"objectId": "abcdefghij", **columns}], Origin())[0]


@pytest.mark.parametrize("by", [0.5, -1.25, LIMIT + 1, -LIMIT - 1, 1e300, float("nan"), float("inf"), True, "1", None])
def test_an_amount_that_a_column_of_whole_numbers_cannot_take_is_refused_by_name(by: Any) -> None:
    for one in (page(views=1), page(), CountedPage(), CountedPage(views=1)):
        with pytest.raises(orm.InvalidValue, match=r"CountedPage\.views"):
            one.increment("views", by)
        with pytest.raises(orm.InvalidValue, match=r"CountedPage\.views"):
            one.increment("views", by, send=False)
        assert one._operations() == {}


@pytest.mark.parametrize("by", [float("nan"), float("inf"), 10**400, True, "1"])
@pytest.mark.parametrize("field", ["share", "info.size"])
def test_what_is_no_finite_number_is_refused_everywhere(field: str, by: Any) -> None:
    with pytest.raises(orm.InvalidValue, match=f"CountedPage.{field}"):
        page().increment(field, by, send=False)


def test_a_float_that_is_whole_adds_to_a_column_of_whole_numbers() -> None:
    assert page(views=1).increment("views", 2.0, send=False)._changes()["views"] == {"__op": "Increment", "amount": 2}
    assert CountedPage(views=1).increment("views", 2.0).views == 3


@pytest.mark.parametrize("by", [0.5, LIMIT * 4, 1e300, 10**30])
def test_a_column_of_floats_takes_any_finite_number(by: float) -> None:
    one = page(share=1)
    one.increment("share", by, send=False)
    assert one._changes()["share"]["amount"] == float(by)

    one = page()
    one.share = by
    assert one.share == float(by)


@given(st.integers(-LIMIT, LIMIT), st.lists(st.integers(-LIMIT, LIMIT), max_size=3))
def test_no_sum_that_is_known_here_passes_the_limit(known: int, amounts: list[int]) -> None:
    one, new, inside = page(views=known), CountedPage(views=known), page(info={"a": {"b": known}})
    total = 0
    for by in amounts:
        fits = abs(total + by) <= LIMIT and abs(known + total + by) <= LIMIT
        for record, field in ((one, "views"), (inside, "info.a.b")):
            if fits:
                record.increment(field, by, send=False)
            else:
                with pytest.raises(orm.InvalidValue, match=r"CountedPage\..*2\*\*53"):
                    record.increment(field, by, send=False)
        if fits:
            new.increment("views", by)
        elif abs(known + total + by) > LIMIT:
            with pytest.raises(orm.InvalidValue, match=r"CountedPage\.views.*2\*\*53"):
                new.increment("views", by)
        total += by if fits else 0
    assert new.views == known + total
    assert all(abs(operation["amount"]) <= LIMIT for operation in one._changes().values())


def test_sums_of_floats_that_have_no_json_form_are_refused() -> None:
    with pytest.raises(orm.InvalidValue, match=r"CountedPage\.share"):
        page(share=1.7e308).increment("share", 1.7e308)


def test_whole_numbers_beyond_the_limit_are_refused_in_assignments_and_updates_of_many() -> None:
    for attempt in (
        lambda: CountedPage(views=LIMIT + 1),
        lambda: page().__setitem__("views", LIMIT + 1),
        lambda: CountedPage.where(views=1).update_all(views=LIMIT + 1),
        lambda: CountedPage.where(views=1).update_all(views=0.5),
        lambda: CountedPage.where(views=1).update_all(share=float("nan")),
    ):
        with pytest.raises(orm.InvalidValue, match=r"CountedPage\."):
            attempt()
