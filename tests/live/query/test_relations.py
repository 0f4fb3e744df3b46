"""Rows of a relation are asked like any others: in an order, with alternatives and opposites, page after page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery


class RelMember(orm.ParseObject):
    rank = orm.property(int)
    name = orm.property(str)
    tags = orm.array(str)
    home = orm.property(orm.GeoPoint)
    never_saved = orm.property(str)


class RelClub(orm.ParseObject):
    name = orm.property(str)
    members = orm.has_many(RelMember, through="relation")
    board = orm.has_many(RelMember, through="relation")


class RelClubPlain(orm.ParseObject, class_name="RelClub"):
    """The same class, whose relations are not declared."""

    name = orm.property(str)


Member = RelMember


@pytest.fixture
def club(parse_client: orm.Client) -> RelClub:
    places = [orm.GeoPoint(0, 30 - 10 * n) for n in range(4)]
    rows = [Member(rank=n, name=f"m{n}", tags=[f"t{n}"], home=places[n]) for n in range(4)]
    orm.save_all([*rows, Member(rank=1, name="stranger", tags=["t1"], home=places[0]), last := Member(name="unranked")])
    club = RelClub.create(name="a")
    RelClub.create(name="b")
    RelClub.create(name="a")
    club.members.add(*rows, last)
    club.board.add(rows[0], rows[1])
    club.save()
    return club


ASKED: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "an order": (lambda q: q.order("rank"), ["m0", "m1", "m2", "m3", "unranked"]),
    "a turned order": (lambda q: q.where(rank__gte=0).order("-rank"), ["m3", "m2", "m1", "m0"]),
    "two orders": (lambda q: q.order("rank", "-name"), ["m0", "m1", "m2", "m3", "unranked"]),
    "not equal": (lambda q: q.where(rank__ne=1).order("name"), ["m0", "m2", "m3", "unranked"]),
    "not in": (lambda q: q.where(rank__not_in=[1, 2]).order("name"), ["m0", "m3", "unranked"]),
    "an opposite": (lambda q: q.where(~(Member.rank > 1)).order("name"), ["m0", "m1", "unranked"]),
    "no match": (lambda q: q.where(~Member.name.startswith("m")), ["unranked"]),
    "an alternative": (lambda q: q.where((Member.rank == 1) | (Member.name == "m3")).order("name"), ["m1", "m3"]),
    "two alternatives": (
        lambda q: q.where((Member.rank == 1) | (Member.rank == 2), (Member.name == "m1") | (Member.name == "x")),
        ["m1"],
    ),
    "None in a list": (lambda q: q.where(rank__in=[1, None]).order("name"), ["m1", "unranked"]),
    "an alternative and a limit": (lambda q: q.where(rank__ne=0).order("-name").limit(2), ["unranked", "m3"]),
    "a column that the server lacks": (
        lambda q: q.where(never_saved__ne="x", rank__ne=0),
        ["m1", "m2", "m3", "unranked"],
    ),
    "nearest first": (
        lambda q: q.where(Member.home.near(orm.GeoPoint(0, 0)), rank__ne=2),
        ["m3", "m1", "m0"],
    ),
}


@pytest.mark.live
@pytest.mark.parametrize(("ask", "names"), ASKED.values(), ids=ASKED)
def test_a_relation_is_asked_like_a_class(club: RelClub, ask: Callable[[Any], Any], names: list[str]) -> None:
    query = ask(club.members)
    found = [row.name for row in query]

    assert (found if query._plan.order or query._plan.sorted_by_distance else sorted(found)) == names
    assert query.count() == len(query.all())


@pytest.mark.live
def test_pages_of_a_relation_follow_each_other(club: RelClub) -> None:
    pages = [[row.name for row in page] for page in club.members.order("rank").batches(2)]
    cursor = club.members.order("-name").cursor(2)
    cursor.next_page()

    assert pages == [["m0", "m1"], ["m2", "m3"], ["unranked"]]
    assert [row.name for row in type(cursor).from_json(cursor.to_json())] == ["m2", "m1", "m0"]


@pytest.mark.live
def test_rows_of_two_relations_are_joined(club: RelClub) -> None:
    either = club.board.query() | club.members.where(rank=3)

    assert sorted(row.name for row in either) == ["m0", "m1", "m3"]
    assert sorted(club.members.where(id__in=[row.id for row in club.board]).pluck("name")) == ["m0", "m1"]


@pytest.mark.live
def test_the_opposite_of_a_relation_is_refused(club: RelClub) -> None:
    (related,) = club.board.query()._plan.criteria

    with pytest.raises(BadQuery, match=r"not in RelClub\.board"):
        Member.where(~related).all()


@pytest.mark.live
@pytest.mark.parametrize("model", [RelClub, RelClubPlain])
def test_distinct_values_of_a_class_with_a_relation(club: RelClub, model: Any) -> None:
    query = model.query().as_master()

    assert sorted(query.distinct("name")) == ["a", "b"]
    assert query.where(name="a").count_distinct("name") == 1


@pytest.mark.live
def test_distinct_values_of_a_relation_and_of_roles(club: RelClub) -> None:
    orm.Role.create(name="RelRole", acl=orm.ACL())

    assert sorted(club.members.query().as_master().distinct("name")) == ["m0", "m1", "m2", "m3", "unranked"]
    assert "RelRole" in orm.Role.query().as_master().distinct("name")
