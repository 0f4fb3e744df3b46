"""Associations find their target when it is first needed, in whatever order models are declared."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm


class Studio(orm.ParseObject):
    name = orm.property(str)
    films = orm.has_many("Film")
    hits = orm.has_many(lambda: Film, where={"stars__gte": 4}, scope=lambda q, studio: q.order("-stars"))
    all_films = orm.has_many("Film", scope=lambda q, studio: q.where(title=studio.name), scope_only=True)
    best = orm.has_one("Film", scope=lambda q, studio: q.order("-stars"))


class Film(orm.ParseObject):
    title = orm.property(str)
    stars = orm.property(int, default=0)
    studio = orm.belongs_to(Studio)
    cast = orm.has_many("Actor", through="array")


class Actor(orm.ParseObject):
    name = orm.property(str)


ID = "xWMyZ4YEGZ"
POINTER = {"__type": "Pointer", "className": "Studio", "objectId": ID}


def params(query: Any) -> dict[str, Any]:
    found: dict[str, Any] = query.to_params()
    return found


def test_has_many_is_a_query_that_can_go_on() -> None:
    films = Studio.pointer(ID).films
    assert params(films)["where"] == {"studio": POINTER}
    assert params(films.where(stars=3).limit(2))["where"] == {"studio": POINTER, "stars": 3}


def test_conditions_and_scope_narrow_it() -> None:
    asked = params(Studio.pointer(ID).hits)
    assert asked["where"] == {"studio": POINTER, "stars": {"$gte": 4}}
    assert asked["order"].startswith("-stars")


def test_scope_only_leaves_the_pointer_out(wire: Any) -> None:
    studio = Studio.create(name="Ufa")
    assert params(studio.all_films)["where"] == {"title": "Ufa"}


def test_an_unsaved_owner_asks_nothing(wire: Any) -> None:
    studio = Studio(name="new")
    assert (studio.films.all(), studio.best, wire.sent) == ([], None, [])


def test_has_one_is_asked_once_and_again_after_a_reload(wire: Any) -> None:
    studio = Studio.create(name="Ufa")
    wire.clear()
    assert studio.best is None
    assert studio.best is None
    assert len(wire.sent) == 1
    wire.rows[f"/classes/Studio/{studio.id}"] = {"objectId": studio.id}
    assert studio.reload().best is None
    assert len(wire.sent) == 3


def test_query_associations_are_not_assigned() -> None:
    with pytest.raises(orm.ReadOnlyField, match="set studio on the Film"):
        Studio(name="x").films = []  # type: ignore[assignment]


def test_a_list_of_objects_is_a_plain_list(wire: Any) -> None:
    film = Film(title="M", cast=[Actor.pointer(ID), "aaaaaaaaaa", orm.Pointer("Actor", "bbbbbbbbbb")])
    assert type(film.cast) is list
    assert all(isinstance(actor, Actor) for actor in film.cast)
    film.save()
    assert [item["objectId"] for item in wire.sent[0][2]["cast"]] == [ID, "aaaaaaaaaa", "bbbbbbbbbb"]
    wire.clear()
    film.cast.append(Actor.pointer("cccccccccc"))
    assert film.changed == ["cast"]
    film.add_unique("cast", Actor.pointer("dddddddddd"))
    assert len(wire.sent) == 1
    assert len(wire.sent[0][2]["cast"]) == 5
    assert Film(title="N").cast == []


def test_a_list_refuses_rows_of_another_class() -> None:
    with pytest.raises(orm.InvalidValue, match=r"Film\.cast: expected a Actor, got a Film object"):
        Film(cast=[Film.pointer(ID)])
    film = Film()
    film.cast.append(Film.pointer(ID))  # type: ignore[arg-type]
    with pytest.raises(orm.InvalidValue):
        film.save()


def test_through_must_be_known() -> None:
    with pytest.raises(orm.DeclarationError, match="not through 'table'"):
        orm.has_many(Film, through="table")  # type: ignore[call-overload]
    with pytest.raises(orm.DeclarationError, match="give scope="):
        orm.has_many(Film, scope_only=True)


def test_every_broken_association_is_listed() -> None:
    class Lost(orm.ParseObject):
        one = orm.belongs_to("Filmm")
        two = orm.has_one(Actor)
        three = orm.has_many(Film, field="studioo")
        four = orm.has_many("Nowhere", through="relation")
        five = orm.has_many("Nowhere", through="array")
        fine = orm.belongs_to(Film)

    broken = orm.validate_associations(Lost)
    assert {entry.name for entry in broken} == {"one", "two", "three", "four", "five"}
    assert str(broken[0]).startswith("Lost.one: no model is called 'Filmm'. Did you mean 'Film'?")
    assert orm.validate_associations(Studio, Film, Actor, orm.User, orm.Session) == []


def test_two_pointers_to_one_class_need_a_name() -> None:
    class Match(orm.ParseObject):
        home = orm.belongs_to("Team")
        guest = orm.belongs_to("Team")

    class Team(orm.ParseObject):
        matches = orm.has_many(Match)
        away = orm.has_many(Match, field="guest")

    with pytest.raises(orm.DeclarationError, match="several: home, guest"):
        params(Team.pointer(ID).matches)
    assert "guest" in params(Team.pointer(ID).away)["where"]
