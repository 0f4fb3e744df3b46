"""The exact parameters of a question, computed without HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm


class Tone(Enum):
    HIGH = "high"


class Singer(orm.ParseObject):
    name = orm.property(str)
    rival = orm.belongs_to("Singer")


class Hymn(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    live = orm.property(bool)
    day = orm.property(datetime)
    tone = orm.property(Tone)
    tags = orm.array(str)
    parts = orm.array(dict)
    info = orm.property(dict)
    place = orm.property(orm.GeoPoint)
    area = orm.property(orm.Polygon)
    score = orm.property(orm.File)
    singer = orm.belongs_to(Singer)
    singers = orm.has_many(Singer, through="array")


DAY = datetime(2024, 5, 1, tzinfo=UTC)
ON_DAY = {"__type": "Date", "iso": "2024-05-01T00:00:00.000Z"}
HERE = orm.GeoPoint(10, 20)
AT = {"__type": "GeoPoint", "latitude": 10, "longitude": 20}
ANN = {"__type": "Pointer", "className": "Singer", "objectId": "ann0000001"}

SPELLED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"title": "a"}, {"title": "a"}),
    ({"title__ne": "a"}, {"$or": [{"title": {"$ne": "a"}}, {"title": None}]}),
    ({"plays__gt": 1, "plays__lte": 9}, {"plays": {"$gt": 1, "$lte": 9}}),
    ({"plays__between": (1, 9)}, {"plays": {"$gte": 1, "$lte": 9}}),
    ({"plays__in": [1, 2]}, {"plays": {"$in": [1, 2]}}),
    ({"plays__not_in": [1]}, {"$or": [{"plays": {"$nin": [1]}}, {"plays": None}]}),
    ({"plays__exists": True}, {"plays": {"$exists": True}}),
    ({"plays__isnull": True}, {"plays": {"$exists": False}}),
    ({"live__lt": True}, {"live": False}),
    ({"day": DAY}, {"day": ON_DAY}),
    ({"day__in": [DAY]}, {"day": ON_DAY}),
    ({"tone": Tone.HIGH}, {"tone": "high"}),
    ({"title__startswith": "a.b"}, {"title": {"$regex": r"^a\.b"}}),
    ({"title__iendswith": "'"}, {"title": {"$regex": r"\047$(?!\n)", "$options": "i"}}),
    ({"title__contains": "\\Q"}, {"title": {"$regex": r"[\\]Q"}}),
    ({"title__regex": r"it's \'"}, {"title": {"$regex": r"it\047s \047"}}),
    ({"title__contains": ""}, {"title": {"$exists": True}}),
    ({"title__search": "two words!"}, {"title": {"$text": {"$search": {"$term": '"two" & "words"'}}}}),
    ({"tags": "x"}, {"tags": {"$in": ["x"]}}),
    ({"tags__contains_all": ["x", "y"]}, {"$and": [{"tags": {"$in": ["x"]}}, {"tags": {"$in": ["y"]}}]}),
    ({"tags__contained_by": ["x"]}, {"tags": {"$containedBy": ["x"], "$exists": True}}),
    ({"info__size": 3}, {"info.size": 3}),
    ({"info__size__deep__gt": 3}, {"info.size.deep": {"$gt": 3}}),
    ({"info__who": orm.Pointer("Singer", "x")}, {"info.who.className": "Singer", "info.who.objectId": "x"}),
    ({"place__near": HERE}, {"place": {"$nearSphere": AT}}),
    ({"place__near": (HERE, 0.5)}, {"place": {"$nearSphere": AT, "$maxDistance": 0.5}}),
    ({"place__within_km": (HERE, 6371)}, {"place": {"$geoWithin": {"$centerSphere": [AT, 1.0]}}}),
    ({"place__within_miles": (HERE, 3958.8)}, {"place": {"$geoWithin": {"$centerSphere": [AT, 1.0]}}}),
    ({"place__within_box": (HERE, HERE)}, {"place": {"$within": {"$box": [AT, AT]}}}),
    ({"area__geo_intersects": HERE}, {"area": {"$geoIntersects": {"$point": AT}}}),
    ({"score": orm.File("a.png")}, {"score": {"$eq": "a.png"}}),
    ({"singer": "ann0000001"}, {"singer": ANN}),
    ({"singers": "ann0000001"}, {"singers": {"$in": [ANN]}}),
    (
        {"singer__name": "Ann"},
        {"singer": {"$inQuery": {"where": {"name": "Ann"}, "className": "Singer"}, "$exists": True}},
    ),
    ({"acl__readable_by": "ann0000001"}, {"_rperm": {"$in": [None, "*", "ann0000001"]}}),
    ({"acl__writable_by": ["role:Crew", orm.PUBLIC]}, {"_wperm": {"$in": [None, "*", "role:Crew"]}}),
]


@pytest.mark.parametrize(("lookup", "where"), SPELLED)
def test_each_lookup_has_one_spelling(lookup: dict[str, Any], where: dict[str, Any]) -> None:
    assert Hymn.where(**lookup).to_params()["where"] == where


def test_expressions_say_the_same() -> None:
    pairs = [
        (Hymn.where(Hymn.plays > 1), Hymn.where(plays__gt=1)),
        (Hymn.where(Hymn.place.within_km(HERE, 5)), Hymn.where(place__within_km=(HERE, 5))),
        (Hymn.where(Hymn.acl.readable_by("x")), Hymn.where(acl__readable_by="x")),
        (Hymn.where(Hymn.singer.rival.name == "Bob"), Hymn.where(singer__rival__name="Bob")),
        (Hymn.where(Hymn.info["size"] == 3), Hymn.where(info__size=3)),
    ]

    for one, other in pairs:
        assert one.to_params() == other.to_params()


def test_conditions_on_one_column_combine() -> None:
    both = Hymn.where(Hymn.title.startswith("a"), Hymn.title.endswith("z"))

    assert both.to_params()["where"] == {
        "$and": [{"title": {"$regex": "^a"}}, {"title": {"$regex": r"z$(?!\n)"}}],
    } or both.to_params()["where"] == {"title": {"$regex": "^a"}, "$and": [{"title": {"$regex": r"z$(?!\n)"}}]}


def test_two_lists_of_one_pointer_stay_apart() -> None:
    where = Hymn.where(singer__in=["ann0000001"], singer__name="Ann").to_params()["where"]

    assert len(where["$and"]) == 2


def test_unequal_through_a_pointer_is_the_opposite_of_equal() -> None:
    assert Hymn.where(Hymn.singer.name != "Ann").to_params() == Hymn.where(~(Hymn.singer.name == "Ann")).to_params()


def test_choices_are_flattened() -> None:
    a, b, c = (Hymn.plays == number for number in (1, 2, 3))

    assert Hymn.where((a | b) | c).to_params()["where"] == {"$or": [{"plays": 1}, {"plays": 2}, {"plays": 3}]}
    assert Hymn.where(~~a).to_params()["where"] == {"plays": 1}


def test_nearest_first_stands_at_the_top() -> None:
    where = Hymn.where(Hymn.place.within_km(HERE, 5), Hymn.place.near(HERE)).to_params()["where"]

    assert "$nearSphere" in where["$and"][0]["place"] or "$nearSphere" in where["place"]


REFUSED: list[tuple[str, Any]] = [
    ("near", lambda: ~Hymn.place.near(HERE)),
    ("near", lambda: Hymn.place.near(HERE) | (Hymn.plays == 1)),
    ("date line", lambda: Hymn.place.within_box(orm.GeoPoint(0, 170), orm.GeoPoint(1, -170))),
    ("GeoPoint", lambda: Hymn.place.within_km((1, 2), 3)),
    ("distance", lambda: Hymn.place.within_km(HERE, -1)),
    ("three", lambda: Hymn.place.within_polygon([HERE])),
    ("GeoPoint", lambda: Hymn.title.near(HERE)),
    ("acl", lambda: Hymn.acl == orm.ACL()),
    ("acl", lambda: Hymn.acl.is_null()),
    ("saved User", lambda: Hymn.acl.readable_by("")),
    ("whole objects", lambda: Hymn.info == {"a": 1}),
    ("whole arrays", lambda: Hymn.tags == ["a"]),
    ("column of its own", lambda: Hymn.info["at"] > DAY),
    ("parts of dicts", lambda: Hymn.parts.contained_by([{"a": 1}])),
    ("list", lambda: Hymn.where(plays__in="12")),
    ("Number column", lambda: Hymn.where(Hymn.title.matches_key("plays", Hymn.where())).to_params()),
    ("one point", lambda: Hymn.where(Hymn.place.near(HERE), Hymn.place.near(HERE)).to_params()),
    ("sort", lambda: Hymn.order("tags")),
    ("sort", lambda: Hymn.order("place")),
    ("read preference", lambda: Hymn.read_preference("nearby")),
    ("hint", lambda: Hymn.hint("")),
    ("ignores order", lambda: Hymn.where(Hymn.singer.matches(Singer.limit(1))).to_params()),
]


@pytest.mark.parametrize(("message", "question"), REFUSED)
def test_what_cannot_be_answered_alike_is_refused(message: str, question: Any) -> None:
    with pytest.raises(orm.BadQuery, match=message):
        question()


def test_options_are_sent() -> None:
    params = Hymn.hint("_id_").comment("why").read_preference("secondary").include_all().to_params()

    assert params["hint"] == "_id_"
    assert params["comment"] == "why"
    assert params["readPreference"] == "SECONDARY"
    assert params["include"] == "singer"


def test_each_step_makes_a_new_query() -> None:
    plain = Hymn.where(plays=1)
    plain.limit(3).order("plays").where(title="x")

    assert plain.to_params() == Hymn.where(plays=1).to_params()


def test_a_criterion_has_no_truth() -> None:
    with pytest.raises(TypeError, match="question"):
        bool(Hymn.plays == 1)


def test_a_repr_asks_nothing() -> None:
    assert repr(Hymn.where(Hymn.plays > 1).order("-plays").limit(3)) == (
        "<HymnQuery where Hymn.plays > 1 order -plays limit 3>"
    )
