"""A row that is made through a query is one that the query finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm


class Novelist(orm.ParseObject):
    name = orm.property(str)
    novels = orm.has_many("Novel")
    prizes = orm.has_many("Novel", through="relation")


class Novel(orm.ParseObject):
    title = orm.property(str)
    sold = orm.property(int)
    tags = orm.array(str)
    novelist = orm.belongs_to(Novelist)


@pytest.fixture
def ann(parse_client: orm.Client) -> Novelist:
    return Novelist.create(name="Ann")


Make = Callable[[Any, int], Novel]
VERBS: dict[str, Make] = {
    "first_or_create": lambda query, n: query.first_or_create(title="x"),
    "create_or_update": lambda query, n: query.create_or_update(title="x", defaults={"sold": n}),
}
QUERIES: dict[str, Callable[[Novelist], Any]] = {
    "has_many": lambda ann: ann.novels,
    "where": lambda ann: Novel.where(novelist=ann),
    "where an id": lambda ann: Novel.where(novelist=ann.id),
    "all of several": lambda ann: Novel.where((Novel.novelist == ann) & (Novel.title == "x")),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("query", QUERIES)
def test_three_calls_make_one_row_that_meets_the_criteria(query: str, verb: str, ann: Novelist) -> None:
    made = [VERBS[verb](QUERIES[query](ann), n) for n in range(3)]

    assert len({novel.id for novel in made}) == 1
    (row,) = Novel.all()
    assert row.novelist == ann
    if verb == "create_or_update":
        assert row.sold == 2


def test_a_row_that_is_not_saved_yet_has_what_the_criteria_ask_for(ann: Novelist) -> None:
    novel = ann.novels.first_or_initialize(title="x")

    assert novel.is_new
    assert novel.novelist == ann


REFUSED: dict[str, Callable[[Novelist], Any]] = {
    "a relation": lambda ann: ann.prizes,
    "a comparison": lambda ann: Novel.where(Novel.sold > 5),
    "a pointer's column": lambda ann: Novel.where(novelist__name="Ann"),
    "either of two": lambda ann: Novel.where((Novel.sold == 1) | (Novel.sold == 2)),
    "a negation": lambda ann: Novel.where(~(Novel.sold == 1)),
    "an element of a list": lambda ann: Novel.where(tags="a"),
    "an id": lambda ann: Novel.where(id="aaaaaaaaaa"),
    "another value": lambda ann: Novel.where(title="y"),
    "the rows after some": lambda ann: Novel.query().skip(1),
    "no rows": lambda ann: Novel.query().limit(0),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("query", REFUSED)
def test_a_query_that_may_not_find_the_new_row_is_refused(query: str, verb: str, ann: Novelist) -> None:
    with pytest.raises(orm.BadQuery):
        VERBS[verb](REFUSED[query](ann), 1)

    assert Novel.count() == 0
