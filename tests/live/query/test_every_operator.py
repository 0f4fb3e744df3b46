"""Each operator of the table against rows on the real server; values of every type of column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.expressions import OPERATORS


class Town(orm.ParseObject):
    name = orm.property(str)
    zone = orm.property(str)


class Event(orm.ParseObject):
    mark = orm.property(int)
    title = orm.property(str)
    place = orm.property(orm.GeoPoint)
    area = orm.property(orm.Polygon)
    poster = orm.property(orm.File)
    seal = orm.property(bytes)
    at = orm.property(datetime)
    tags = orm.array(str)
    town = orm.belongs_to(Town)
    towns = orm.has_many(Town, through="array")
    guests = orm.has_many(Town, through="relation")
    zone = orm.property(str)


BERLIN, POTSDAM, PARIS = orm.GeoPoint(52.52, 13.405), orm.GeoPoint(52.39, 13.06), orm.GeoPoint(48.86, 2.35)
SQUARE = orm.Polygon([(0, 0), (0, 10), (20, 10), (20, 0)])
WHEN = datetime(2024, 5, 1, 12, 0, 0, 5000, tzinfo=UTC)


@pytest.fixture
def towns(parse_client: orm.Client) -> dict[str, Town]:
    a, b = Town.create(name="a", zone="x"), Town.create(name="b", zone="y")
    ann = orm.User.signup("ann", "pw")
    file = orm.File("p.txt", b"hello", content_type="text/plain").save()
    first = Event(mark=1, title="The red rock", place=BERLIN, area=SQUARE, poster=file, seal=b"s", at=WHEN, tags=["x"])
    first.town, first.towns, first.zone = a, [a, b], "x"
    first.guests.add(a)
    second = Event(mark=2, title="Red rivers", place=PARIS, town=b, zone="z", acl=orm.ACL({ann.id: {"read": True}}))
    second.area = orm.Polygon([(0, 0), (0, 1), (1, 1)])
    third = Event(mark=3, acl=orm.ACL({"role:Crew": {"write": True}}))
    for event in (first, second, third):
        event.save()
    return {"a": a, "b": b, "ann": ann, "file": file}  # type: ignore[dict-item]


def marks(*criteria: Any, **lookups: Any) -> list[int]:
    return [event.mark for event in Event.where(*criteria, **lookups).order("mark")]


def test_places(towns: Any) -> None:
    assert [event.mark for event in Event.where(Event.place.near(PARIS))] == [2, 1]
    assert [event.mark for event in Event.where(Event.place.near(POTSDAM, within_radians=0.01))] == [1]
    assert marks(Event.place.within_km(POTSDAM, 30)) == [1]
    assert marks(Event.place.within_miles(POTSDAM, 18)) == [1]
    assert marks(Event.place.within_radians(POTSDAM, 0.005)) == [1]
    assert marks(~Event.place.within_km(POTSDAM, 30)) == [2, 3]
    assert marks(Event.place.within_box(orm.GeoPoint(50, 10), orm.GeoPoint(55, 15))) == [1]
    assert marks(Event.place.within_polygon([orm.GeoPoint(48, 2), orm.GeoPoint(48, 3), orm.GeoPoint(50, 2)])) == [2]
    assert marks(Event.area.geo_intersects(orm.GeoPoint(15, 5))) == [1]
    assert marks(Event.area.geo_intersects(orm.GeoPoint(5, 15))) == []
    assert marks(~Event.area.geo_intersects(orm.GeoPoint(15, 5))) == [2, 3]
    assert marks(place=BERLIN) == [1]
    assert marks(place__ne=BERLIN) == [2, 3]
    assert marks(place__in=[PARIS, POTSDAM]) == [2]


def test_nearest_first_with_other_conditions(towns: Any) -> None:
    near = Event.where(Event.place.near(PARIS), Event.mark >= 1, zone__in=["x", "z"])

    assert [event.mark for event in near] == [2, 1]
    assert near.count() == 2
    assert [event.mark for event in near.limit(1)] == [2]


def test_rights(towns: Any) -> None:
    assert marks(Event.acl.readable_by(orm.PUBLIC)) == [1]
    assert marks(Event.acl.readable_by(towns["ann"])) == [1, 2]
    assert marks(acl__writable_by="role:Crew") == [1, 3]
    assert marks(~Event.acl.readable_by("role:Crew")) == [2, 3]
    assert marks(Event.acl.readable_by(towns["ann"], "role:Crew")) == [1, 2]


def test_files_bytes_dates_and_areas(towns: Any) -> None:
    assert marks(poster=towns["file"]) == [1]
    assert marks(poster__ne=towns["file"]) == [2, 3]
    assert marks(poster__isnull=True) == [2, 3]
    assert marks(seal=b"s") == [1]
    assert marks(seal__ne=b"s") == [2, 3]
    assert marks(at=WHEN) == [1]
    assert marks(at__gt=WHEN) == []
    assert marks(area=SQUARE) == [1]
    assert marks(area__ne=SQUARE) == [2, 3]
    assert marks(created_at__between=(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))) == [1, 2, 3]
    assert marks(created_at__isnull=True) == []


def test_pointers_alone_in_arrays_and_in_relations(towns: Any) -> None:
    a, b = towns["a"], towns["b"]

    assert marks(town=a) == [1]
    assert marks(town__ne=a) == [2, 3]
    assert marks(town__in=[a, b]) == [1, 2]
    assert marks(town__not_in=[a.id]) == [2, 3]
    assert marks(towns=b) == [1]
    assert marks(towns__contains_all=[a, b]) == [1]
    assert marks(towns__ne=b) == [2, 3]
    assert marks(Event.towns.matches(Town.where(name="b"))) == [1]
    assert marks(Event.towns.not_matches(Town.where(name="b"))) == [2, 3]
    assert marks(guests=a) == [1]
    assert marks(guests__ne=a) == [2, 3]
    assert marks(guests__matches=Town.where(name="a")) == [1]
    assert marks(~Event.guests.matches(Town.where(name="a"))) == [2, 3]


def test_values_of_another_query(towns: Any) -> None:
    assert marks(Event.zone.matches_key("zone", Town.where())) == [1]
    assert marks(zone__not_matches_key=("zone", Town.where())) == [2, 3]
    assert marks(Event.zone.matches_key(Town.zone, Town.where(name="nobody"))) == []
    assert marks(Event.zone.not_matches_key("zone", Town.where(name="nobody"))) == [1, 2, 3]


def test_words(towns: Any) -> None:
    assert marks(title__search="rock") == [1]
    assert marks(title__search="red rock") == [1]
    assert marks(title__search="red & !rock: 'x") == []
    assert marks(~Event.title.search("rock")) == [2, 3]
    with pytest.raises(orm.BadQuery, match="word"):
        marks(title__search=" !? ")


def test_every_row_of_the_table_is_reachable_both_ways() -> None:
    for name in OPERATORS:
        assert hasattr(Event.title, _METHODS.get(name, name)), name


_METHODS = {"eq": "__eq__", "ne": "__ne__", "gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
_METHODS |= {"in": "in_", "isnull": "is_null"}


def test_rows_as_plain_data(towns: Any) -> None:
    (row,) = Event.where(mark=1).include("town").as_dicts()

    assert row["title"] == "The red rock"
    assert row["at"] == WHEN
    assert row["place"] == BERLIN
    assert row["town"]["name"] == "a"
    assert row["towns"] == [towns["a"].to_pointer(), towns["b"].to_pointer()]
    assert Event.where(mark=3).keys("title").as_dicts()[0].keys() == {"id", "title"}


def test_a_prompt_shows_the_first_rows(towns: Any) -> None:
    html = Event.where(title__contains="<").limit(3)._repr_html_()
    table = Event.order("mark").keys("mark", "title")._repr_html_()

    assert "<table>" in html
    assert "The red rock" in table
    assert "place" not in table


def test_latest_and_oldest(towns: Any) -> None:
    latest, oldest = Event.latest(), Event.oldest()
    assert latest is not None
    assert oldest is not None
    assert (latest.mark, oldest.mark) == (3, 1)
    oldest.update(title="new")
    assert Event.last_updated() == oldest
    with pytest.raises(orm.MultipleObjectsFound):
        Event.where().one()
    with pytest.raises(orm.ObjectNotFound):
        Event.where(mark=9).one()
