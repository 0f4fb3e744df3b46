"""What the last word of a query sends: find, count, first, exists, pluck, get_many, and the pages of a long walk."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from tests.wire.conftest import Wire

pytestmark = pytest.mark.usefixtures("client")

TOKEN = "r:" + "b" * 32
PATH = "/classes/WireTune"


class WireTune(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    artist = orm.belongs_to("WireSinger")


class WireSinger(orm.ParseObject):
    name = orm.property(str)


def rows(*ids: str, **columns: Any) -> dict[str, Any]:
    return {"results": [{"objectId": id, **columns} for id in ids]}


def test_a_find_travels_as_a_post_and_walks_by_id_until_a_page_is_empty(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a", "b"))
    wire.answer("POST", PATH, rows("c"))
    wire.answer("POST", PATH, rows())

    found = WireTune.where(WireTune.plays > 3).all()

    assert [tune.id for tune in found] == ["a", "b", "c"]
    assert wire.lines == [f"POST {PATH}"] * 3
    first = {"where": {"plays": {"$gt": 3}}, "order": "objectId", "limit": 1000, "_method": "GET"}
    assert wire.bodies[0] == first
    assert wire.bodies[1] == {**first, "where": {"plays": {"$gt": 3}, "objectId": {"$gt": "b"}}}
    assert wire.bodies[2]["where"]["objectId"] == {"$gt": "c"}


def test_an_order_of_one_s_own_pages_by_position_and_begins_with_the_last_row_again(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a", "b"))
    wire.answer("POST", PATH, rows("b", "c"))
    wire.answer("POST", PATH, rows("c"))

    found = [tune.id for tune in WireTune.order("-plays", WireTune.title).each(batch_size=2)]

    assert found == ["a", "b", "c"]
    assert [(body.get("skip", 0), body["limit"]) for body in wire.bodies] == [(0, 2), (1, 3), (2, 3)]
    assert wire.bodies[0]["order"] == "-plays,title,objectId"


def test_a_limit_is_kept_over_several_pages(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a", "b"))
    wire.answer("POST", PATH, rows("c"))

    assert [len(page) for page in WireTune.limit(3).batches(2)] == [2, 1]

    assert [body["limit"] for body in wire.bodies] == [2, 1]


def test_a_query_that_nothing_can_meet_sends_no_request(wire: Wire) -> None:
    nothing = WireTune.where(plays__in=[])

    assert nothing.all() == []
    assert nothing.first() is None
    assert nothing.count() == 0
    assert nothing.exists() is False
    assert nothing.pluck("title") == []
    assert WireTune.limit(0).all() == []
    assert WireTune.get_many([]) == []

    assert wire.lines == []


def test_count_is_exact_because_it_has_a_where(wire: Wire) -> None:
    wire.answer("POST", PATH, {"results": [], "count": 7})

    assert WireTune.count() == 7
    assert WireTune.where(plays__gt=3).count() == 7
    assert WireTune.where(plays__gt=3).limit(5).count() == 5
    assert WireTune.where(plays__gt=3).skip(4).count() == 3

    every = {"objectId": {"$exists": True}}
    assert wire.bodies[0] == {"where": every, "count": 1, "limit": 0, "_method": "GET"}
    assert wire.bodies[1]["where"] == {"plays": {"$gt": 3}, **every}


def test_first_asks_for_one_row(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a"))

    first = WireTune.order("-plays").first()

    assert first is not None
    assert first.id == "a"
    assert len(wire.bodies) == 1
    assert wire.bodies[0]["limit"] == 1


def test_exists_asks_for_one_id(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a"))

    assert WireTune.include("artist").exists()

    assert wire.bodies == [{"where": {}, "keys": "objectId", "order": "objectId", "limit": 1, "_method": "GET"}]


def test_get_of_a_query_asks_within_its_conditions(wire: Wire) -> None:
    wire.answer("POST", PATH, rows())

    with pytest.raises(orm.ObjectNotFound, match="WireTune a"):
        WireTune.where(plays__gt=3).order("-plays").skip(2).get("a")

    body = wire.bodies[0]
    assert body["where"] == {"plays": {"$gt": 3}, "objectId": "a"}
    assert "skip" not in body


def test_pluck_asks_for_its_columns_alone(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a", title="x", plays=1))
    wire.answer("POST", PATH, rows())
    wire.answer("POST", PATH, rows("a", title="x", plays=1))
    wire.answer("POST", PATH, rows())

    assert WireTune.include("artist").pluck(WireTune.title) == ["x"]
    assert WireTune.pluck("title", WireTune.plays) == [("x", 1)]

    assert [body["keys"] for body in wire.bodies] == ["title", "title", "title,plays", "title,plays"]
    assert "include" not in wire.bodies[0]


def test_includes_keys_and_exclusions_are_spelled_by_column(wire: Wire) -> None:
    wire.answer("POST", PATH, rows())

    WireTune.include("artist").keys("title", WireTune.created_at).all()
    WireTune.exclude_keys("plays").all()

    assert wire.bodies[0]["include"] == "artist"
    assert wire.bodies[0]["keys"] == "title,createdAt,artist", "an included pointer needs its own key"
    assert wire.bodies[1]["excludeKeys"] == "plays"


def test_get_many_asks_once_and_keeps_the_order_asked(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a", "b"))
    wire.answer("POST", PATH, rows())

    assert [tune.id for tune in WireTune.get_many(["b", "a", "b", "gone"])] == ["b", "a", "b"]

    assert wire.bodies[0]["where"] == {"objectId": {"$in": ["b", "a", "gone"]}}


def test_a_question_about_another_class_becomes_a_subquery(wire: Wire) -> None:
    wire.answer("POST", PATH, rows())

    WireTune.where(artist__name="Ann").all()

    assert wire.bodies[0]["where"] == {
        "artist": {"$inQuery": {"where": {"name": "Ann"}, "className": "WireSinger"}, "$exists": True}
    }


def test_a_walk_keeps_the_credential_it_began_with(wire: Wire) -> None:
    wire.answer("POST", PATH, rows("a"))
    wire.answer("POST", PATH, rows("b"))
    wire.answer("POST", PATH, rows())
    with orm.as_user(TOKEN):
        walk = WireTune.query().each(batch_size=1)

    with orm.as_master():
        assert [tune.id for tune in walk] == ["a", "b"]

    assert {request.headers.get("X-Parse-Session-Token") for request in wire.requests} == {TOKEN}
    assert all("X-Parse-Master-Key" not in request.headers for request in wire.requests)


def test_d8_queries_joined_by_or_keep_their_credential(wire: Wire) -> None:
    wire.answer("POST", PATH, rows())
    mine = WireTune.as_user(TOKEN)

    (mine.where(plays__gt=3) | mine.where(title="x")).all()

    assert wire.headers["X-Parse-Session-Token"] == TOKEN
    assert "X-Parse-Master-Key" not in wire.headers
    assert wire.bodies[0]["where"] == {"$or": [{"plays": {"$gt": 3}}, {"title": "x"}]}
    with pytest.raises(orm.BadQuery, match="credential"):
        mine.where(plays__gt=3) | WireTune.where(title="x")


def test_an_answer_without_results_is_no_empty_list(wire: Wire) -> None:
    wire.answer("POST", PATH, {"nonsense": True})

    with pytest.raises(orm.AnswerCutShort, match="finding WireTune"):
        WireTune.all()
