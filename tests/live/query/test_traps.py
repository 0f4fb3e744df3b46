"""The traps of Parse Server on Postgres: the plain wire form fails or lies, and the query asks what was meant.

Every test first sends the naive form, so that a server that mends a trap shows itself here.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

import parse_orm as orm
from parse_orm.client.batch import BatchOperation, run_batch
from parse_orm.devserver import DevServer

DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)
WIRE_DAY = {"__type": "Date", "iso": "2024-05-01T12:00:00.000Z"}


class TrapArtist(orm.ParseObject):
    name = orm.property(str)


class Trap(orm.ParseObject):
    mark = orm.property(int)
    text = orm.property(str)
    plays = orm.property(int)
    live = orm.property(bool)
    day = orm.property(datetime)
    tags = orm.array(str)
    info = orm.property(dict)
    place = orm.property(orm.GeoPoint)
    artist = orm.belongs_to(TrapArtist)
    mood = orm.property(str)  # a column that the server never gets


Naive = Callable[[dict[str, Any]], list[int]]


@pytest.fixture
def ann(parse_client: orm.Client) -> TrapArtist:
    return TrapArtist.create(name="Ann")


@pytest.fixture
def naive(parse_client: orm.Client, ann: TrapArtist) -> Naive:
    """Rows 1 to 3, and a way to ask for them in plain wire form; row 3 has no values at all."""
    values = {"text": "it's ''so''", "plays": 0, "live": False, "day": DAY, "tags": ["a", "a"], "artist": ann}
    Trap.create(mark=1, info={"n": 1, "s": "x"}, place=orm.GeoPoint(10, 40), **values)
    values = {"text": "b", "plays": 5, "live": True, "day": DAY + timedelta(days=1), "tags": ["a", "b"]}
    Trap.create(mark=2, info={"n": 2}, place=orm.GeoPoint(40, 10), **values)
    Trap.create(mark=3)

    def ask(where: dict[str, Any]) -> list[int]:
        rows = parse_client.find("Trap", {"where": where, "order": "mark"})["results"]
        return [row["mark"] for row in rows]

    return ask


def marks(*criteria: Any, **lookups: Any) -> list[int]:
    return sorted(row.mark for row in Trap.where(*criteria, **lookups))


def test_1_an_empty_list_matches_nothing(naive: Naive) -> None:
    assert naive({"plays": {"$in": []}}) == [3]  # "is null"

    assert marks(plays__in=[]) == []


def test_1_a_subquery_without_rows_matches_nothing(naive: Naive) -> None:
    nobody = {"where": {"name": "Zoe"}, "className": "TrapArtist"}
    assert naive({"artist": {"$inQuery": nobody}}) == [2, 3]

    assert marks(artist__name="Zoe") == []
    assert marks(Trap.artist.matches(TrapArtist.where(name="Zoe"))) == []
    assert marks(Trap.artist.not_matches(TrapArtist.where(name="Zoe"))) == [1, 2, 3]


def test_2_a_count_is_exact(naive: Naive, parse_client: orm.Client) -> None:
    young = f"TrapYoung{os.urandom(4).hex()}"
    for mark in range(3):
        parse_client.create(young, {"mark": mark})
    assert parse_client.find(young, {"count": 1, "limit": 0})["count"] != 3  # an estimate

    assert Trap.count() == 3


@pytest.mark.parametrize(
    ("wire", "ours", "found"),
    [
        ({"$eq": WIRE_DAY}, {"day": DAY}, [1]),
        ({"$ne": WIRE_DAY}, {"day__ne": DAY}, [2, 3]),
        ({"$in": [WIRE_DAY]}, {"day__in": [DAY]}, [1]),
        ({"$nin": [WIRE_DAY]}, {"day__not_in": [DAY]}, [2, 3]),
    ],
)
def test_3_dates_are_compared(naive: Naive, wire: Any, ours: dict[str, Any], found: list[int]) -> None:
    with pytest.raises(orm.InternalServerError):
        naive({"day": wire})

    assert marks(**ours) == found


def test_4_an_array_is_asked_whether_it_contains(naive: Naive) -> None:
    with pytest.raises(orm.InternalServerError):
        naive({"tags": {"$eq": "b"}})

    assert marks(tags="b") == [2]


def test_4_an_array_holds_a_value_twice(naive: Naive) -> None:
    assert naive({"tags": {"$all": ["a"]}}) == [2]  # it counts: two are not one
    assert naive({"tags": {"$all": ["a", "b"]}}) == [1, 2]  # and two are two

    assert marks(tags="a") == [1, 2]
    assert marks(tags__contains_all=["a", "b"]) == [2]


@pytest.mark.parametrize(
    ("column", "operand", "ours", "found"),
    [
        ("text", {"$gt": ""}, {"text__gt": ""}, [1, 2]),
        ("live", {"$gte": False}, {"live__gte": False}, [1, 2]),
        ("live", {"$lt": False}, {"live__lt": False}, []),
    ],
)
def test_5_empty_text_and_false_can_be_compared_with(
    naive: Naive, column: str, operand: Any, ours: dict[str, Any], found: list[int]
) -> None:
    with pytest.raises(orm.OperationForbidden):
        naive({column: operand})

    assert marks(**ours) == found


def test_6_rows_without_a_value_are_kept_by_not_in(naive: Naive) -> None:
    assert naive({"plays": {"$nin": [5]}}) == [1]
    assert naive({"$nor": [{"plays": 5}]}) == [1]

    assert marks(plays__not_in=[5]) == [1, 3]
    assert marks(~(Trap.plays == 5)) == [1, 3]


def test_6_none_in_a_list_means_no_value(naive: Naive) -> None:
    assert naive({"plays": {"$in": [5, None]}}) == [2]

    assert marks(plays__in=[5, None]) == [2, 3]


def test_6b_an_array_that_does_not_contain(naive: Naive) -> None:
    assert naive({"tags": {"$ne": "b"}}) == [1]  # row 3 has no array

    assert marks(tags__ne="b") == [1, 3]


@pytest.mark.parametrize("where", [{"$or": []}, {"$and": []}, {"$or": [{}]}])
def test_7_nothing_to_choose_from_is_no_request(naive: Naive, where: dict[str, Any]) -> None:
    with pytest.raises(orm.InternalServerError):
        naive(where)

    nothing, everything = Trap.plays.in_([]), ~Trap.plays.in_([])
    assert marks(nothing | nothing) == []
    assert marks(nothing | everything) == [1, 2, 3]
    assert marks(nothing & everything) == []


def test_8_an_operand_of_another_type_is_refused_here(naive: Naive) -> None:
    with pytest.raises(orm.InternalServerError):
        naive({"text": 5})

    with pytest.raises(orm.BadQuery, match="text"):
        Trap.where(text=5)
    with pytest.raises(orm.BadQuery, match="plays"):
        Trap.where(plays__in=["5"])


def test_9_keys_inside_an_object(naive: Naive) -> None:
    assert naive({"info.n": {"$exists": True}}) == []
    assert naive({"info.n": {"$in": [1]}}) == []
    assert naive({"info.s": {"$ne": None}}) == []

    assert marks(info__n__exists=True) == [1, 2]
    assert marks(info__n__in=[1]) == [1]
    assert marks(info__s__ne=None) == [1]
    assert marks(info__n__not_in=[1]) == [2, 3]


def test_9_a_date_inside_an_object_is_refused(naive: Naive) -> None:
    with pytest.raises(orm.BadQuery, match="column of its own"):
        Trap.where(Trap.info["at"] == DAY)


def test_9_a_field_behind_a_pointer(naive: Naive) -> None:
    with pytest.raises(orm.InternalServerError):
        naive({"artist.name": "Ann"})

    assert marks(artist__name="Ann") == [1]
    assert marks(Trap.artist.name != "Ann") == [2, 3]


def test_10_an_included_row_that_is_gone_is_not_written_back_as_nothing(
    naive: Naive, ann: TrapArtist, parse_client: orm.Client
) -> None:
    id = ann.id
    ann.destroy()
    (row,) = parse_client.find("Trap", {"where": {"mark": 1}, "include": "artist"})["results"]
    assert "artist" not in row

    trap = Trap.where(mark=1).include("artist").one()
    trap.text = "other"
    trap.save()

    assert Trap.where(mark=1).one().artist_id == id


def test_11_an_error_of_the_server_does_not_cost_the_next_request(naive: Naive, parse_server: Any) -> None:
    settings = parse_server.config()
    address = urlsplit(settings["server_url"])
    plain = http.client.HTTPConnection(address.hostname or "", address.port)
    headers = {"X-Parse-Application-Id": settings["app_id"], "X-Parse-Master-Key": settings["master_key"]}
    plain.request("POST", f"{address.path}/classes/Trap", json.dumps({"text": "\x00"}), headers)
    answer = plain.getresponse()
    answer.read()
    assert answer.status == 500
    assert answer.getheader("Connection", "").lower() != "close"
    plain.sock.settimeout(2)  # seconds; an idle connection lives for 5
    assert plain.sock.recv(1) == b""  # and yet it is closed
    plain.close()

    with orm.Client(**settings, retries=orm.Retry(attempts=1)) as once:
        for _ in range(5):
            with pytest.raises(orm.InternalServerError):
                once.create("Trap", {"text": "\x00"})
            assert Trap.using(once).count() == 3


def test_12_two_writes_to_one_row_are_not_left_to_chance(naive: Naive, parse_client: orm.Client) -> None:
    row = Trap.where(mark=1).one()
    path = f"/classes/Trap/{Trap.where(mark=2).one().id}"
    outcomes = run_batch(parse_client, [BatchOperation("DELETE", path)] * 2)
    assert sorted(outcome.ok for outcome in outcomes) == [False, True]

    assert orm.destroy_all([row, row]).failed == []


def test_13_an_item_that_broke_the_server_has_a_name(naive: Naive, parse_client: orm.Client) -> None:
    id = Trap.where(mark=1).one().id
    item = {"method": "PUT", "path": f"/parse/classes/Trap/{id}", "body": {"text": "\x00"}}
    (answer,) = parse_client.request("POST", "/batch", {"requests": [item]}, expect=list)
    assert not isinstance(answer["error"].get("code"), int)  # a code of Postgres, or none

    (outcome,) = run_batch(parse_client, [BatchOperation("PUT", f"/classes/Trap/{id}", {"text": "\x00"})])
    assert isinstance(outcome.error, orm.ParseError)
    assert str(id) in str(outcome.error)


def test_14_a_batch_that_goes_too_fast_is_told_so() -> None:
    limit = {
        "requestPath": "/classes/Trap",
        "requestMethods": "POST",
        "requestTimeWindow": 60_000,
        "requestCount": 2,
        "includeInternalRequests": True,
    }
    with DevServer(options={"rateLimit": [limit]}) as server:
        keys = {"server_url": server.url, "app_id": server.app_id, "rest_key": server.rest_key, "master_key": None}
        client = orm.Client(**keys, retries=orm.Retry(attempts=1))
        items = [BatchOperation("POST", "/classes/Trap", {"mark": mark}) for mark in range(5)]
        body = {"requests": [{"method": "POST", "path": "/parse" + item.path, "body": item.body} for item in items]}
        with orm.using(client), pytest.raises(orm.RateLimited) as naive:
            client.request("POST", "/batch", body, expect=list)
        assert naive.value.http_status == 400  # not 429: only the code tells

        traps = [Trap(mark=mark) for mark in range(5)]
        with orm.using(client):
            result = orm.save_all(traps, raise_on_error=False)

        assert [type(error) for _, error in result.failed] == [orm.RateLimited] * 5
        assert all(trap.is_new for trap in traps)
        with orm.using(orm.Client(**server.config())):
            assert Trap.count() == 0


def test_15_removing_a_value_that_no_row_has(naive: Naive, parse_client: orm.Client) -> None:
    row = Trap.where(mark=1).one()
    with pytest.raises(orm.InternalServerError):
        parse_client.request("PUT", f"/classes/Trap/{row.id}", {"mood": {"__op": "Delete"}})

    assert row.unset("mood").mood is None
    assert len(Trap.where(mark=1).update_all(mood=None, text="c").saved) == 1


def test_16_a_new_row_gets_each_element_once(naive: Naive, parse_client: orm.Client) -> None:
    twice = {"__op": "AddUnique", "objects": ["x", "x"]}
    made = parse_client.create("Trap", {"mark": 9, "tags": twice})
    assert Trap.get(made["objectId"]).tags == ["x", "x"]

    assert Trap(mark=10).add_unique("tags", "x", "x").save().reload().tags == ["x"]


def test_17_a_change_inside_an_object_keeps_the_rest(naive: Naive, parse_client: orm.Client) -> None:
    row = Trap.where(mark=1).one()
    answer = parse_client.request("PUT", f"/classes/Trap/{row.id}", {"info.n": {"__op": "Increment", "amount": 1}})
    assert answer["info"] == {"n": 2}  # without "s"

    row.reload().info["n"] += 1
    assert row.save().info == {"n": 3, "s": "x"}


def test_18_numbers_and_text_that_would_be_changed_are_refused(naive: Naive, parse_client: orm.Client) -> None:
    big = 2**53 + 1
    made = parse_client.create("Trap", {"mark": 9, "plays": big})
    assert Trap.get(made["objectId"]).plays != big

    for wrong in ({"plays": big}, {"text": "a\x00b"}):
        with pytest.raises(orm.BadQuery):
            Trap.where(**wrong)
        with pytest.raises(ValueError, match="Trap"):
            Trap(**wrong)


def test_19_a_misspelt_field_is_an_error(naive: Naive) -> None:
    assert naive({"playz": 5}) == []

    with pytest.raises(orm.UnknownField, match="plays"):
        Trap.where(playz=5)


def test_19_a_column_that_the_server_does_not_have_yet(naive: Naive) -> None:
    assert naive({"mood": {"$ne": "sad"}}) == []
    assert naive({"$or": [{"mark": 1}, {"mood": "sad"}]}) == []
    assert naive({"$or": [{"mark": 1}, {"mood": {"$exists": False}}]}) == [1]  # half of the question is dropped

    assert marks(mood__ne="sad") == [1, 2, 3]
    assert marks((Trap.mark == 1) | (Trap.mood == "sad")) == [1]
    assert marks((Trap.mark == 1) | Trap.mood.is_null()) == [1, 2, 3]
    assert marks(mood="sad") == []
    assert Trap.where(mood__ne="sad").count() == 3
    assert len(Trap.where(mood__ne="sad").cursor().next_page()) == 3


def test_20_a_place_off_the_earth_is_refused(parse_client: orm.Client) -> None:
    off = {"__type": "GeoPoint", "latitude": 91, "longitude": 0}
    with pytest.raises(orm.InternalServerError):
        parse_client.create("Trap", {"place": off})

    with pytest.raises(ValueError, match="latitude"):
        orm.GeoPoint(91, 0)


def test_kilometres_are_kept(naive: Naive) -> None:
    here = {"__type": "GeoPoint", "latitude": 10, "longitude": 40}
    assert naive({"place": {"$nearSphere": here, "$maxDistanceInKilometers": 1}}) == [1, 2]  # not read

    assert marks(Trap.place.within_km(orm.GeoPoint(10, 40), 1)) == [1]


def test_a_polygon_is_where_it_seems_to_be(naive: Naive) -> None:
    latitude_first = [[5, 35], [5, 45], [15, 45], [15, 35]]
    assert naive({"place": {"$geoWithin": {"$polygon": latitude_first}}}) == [2]  # read as longitude first

    assert marks(Trap.place.within_polygon([orm.GeoPoint(*pair) for pair in latitude_first])) == [1]


def test_two_lists_on_one_pointer_are_both_meant(naive: Naive, ann: TrapArtist) -> None:
    other = TrapArtist.create(name="Bob")
    listed = {"$in": [{"__type": "Pointer", "className": "TrapArtist", "objectId": other.id}]}
    asked = {"$inQuery": {"where": {"name": "Ann"}, "className": "TrapArtist"}}
    assert naive({"artist": {**listed, **asked}}) == [1]  # either of them

    assert marks(artist__in=[other], artist__name="Ann") == []


def test_apostrophes_and_backslashes_are_letters_like_others(naive: Naive) -> None:
    assert naive({"text": {"$regex": "s ''so''"}}) == []  # two apostrophes become one on the way

    assert marks(text__contains="''so''") == [1]
    assert marks(text__regex="''so''$") == [1]


@pytest.mark.live
@pytest.mark.parametrize("pattern", ["a**", r"\pL"])
@pytest.mark.parametrize("ask", [lambda query: query.all(), lambda query: query.count()])
def test_a_pattern_that_the_database_cannot_read_is_named(ann: TrapArtist, pattern: str, ask: Any) -> None:
    Trap.create(text="a")

    with pytest.raises(orm.errors.InternalServerError, match="perhaps the database cannot read the pattern in"):
        ask(Trap.where(text__regex=pattern))


@pytest.mark.live
def test_a_polygon_across_the_date_line_is_asked_as_two(ann: TrapArtist, naive: Naive) -> None:
    orm.save_all([Trap(mark=at, place=orm.GeoPoint(0, at)) for at in (179, -179, 0)])
    corners = ((-5, 170), (5, 170), (5, -170), (-5, -170))
    wire = [{"__type": "GeoPoint", "latitude": lat, "longitude": at} for lat, at in corners]
    assert naive({"place": {"$geoWithin": {"$polygon": wire}}}) == [0]  # the other side of the world

    halves = [
        Trap.place.within_polygon([orm.GeoPoint(lat, at) for lat, at in ((-5, a), (5, a), (5, b), (-5, b))])
        for a, b in ((170, 180), (-180, -170))
    ]

    assert marks(halves[0] | halves[1]) == [-179, 179]


def test_a_key_of_digits_is_read_as_a_place_in_a_list(naive: Naive) -> None:
    Trap.create(mark=4, info={"2024": 7})
    assert naive({"info.2024": 7}) == []
    assert naive({"info.2024": {"$ne": 7}}) == [1, 2, 3, 4]

    with pytest.raises(orm.errors.BadQuery, match="reads a key of digits"):
        marks(Trap.info["2024"] == 7)
