"""Atomic operations, partial rows and stale objects on a real server."""

from __future__ import annotations

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Game(orm.ParseObject):
    name = orm.property(str)
    score = orm.property(int, default=0)
    tags = orm.array(str)
    info = orm.property(dict)


def test_the_server_s_answer_is_taken_over() -> None:
    game = Game.create(name="g", tags=["a"])
    Game.get(game.id).increment("score", 5)
    game.increment("score", 2)
    assert (game.score, game.changed) == (7, [])
    game.add("tags", "b", "b")
    assert game.tags == ["a", "b", "b"]
    game.remove("tags", "b")
    game.add_unique("tags", "c", "a")
    assert sorted(game.tags) == ["a", "c"]
    assert Game.get(game.id).tags == game.tags


def test_a_nested_increment_keeps_the_other_keys() -> None:
    game = Game.create(name="g", info={"level": 1, "map": {"x": 1}})
    game.increment("info.level", 2)
    assert game.info == {"level": 3, "map": {"x": 1}}
    assert Game.get(game.id).info == game.info
    game.unset("info.map")
    assert game.info == Game.get(game.id).info == {"level": 3}


def test_a_new_object_with_operations_is_created_with_plain_values() -> None:
    game = Game(name="g").increment("score", 3).add("tags", "x").save()
    assert (Game.get(game.id).score, Game.get(game.id).tags) == (3, ["x"])


def test_unset_removes_the_value() -> None:
    game = Game.create(name="g", info={"a": 1})
    game.unset("info")
    assert game.info is None
    assert Game.get(game.id).info is None
    game.unset("info")


def test_a_stale_object_is_refused_and_a_fresh_one_is_saved() -> None:
    game = Game.create(name="g")
    mine, theirs = Game.get(game.id), Game.get(game.id)
    theirs.update(name="theirs")
    mine.name = "mine"
    with pytest.raises(orm.StaleObject):
        mine.save(if_unchanged=True)
    assert Game.get(game.id).name == "theirs"
    mine.fetch().save(if_unchanged=True)
    assert Game.get(game.id).name == "mine"
    mine.score = 1
    mine.save(if_unchanged=True)


def test_a_copy_is_a_row_of_its_own() -> None:
    game = Game.create(name="g", tags=["a"], info={"level": 1})
    twin = Game.keys("name").first()
    assert twin is not None
    made = twin.copy(name="h").save()
    assert (Game.get(made.id).tags, Game.get(made.id).info) == (["a"], {"level": 1})
    assert Game.count() == 2
    assert made != game


def test_json_goes_to_another_process_and_back() -> None:
    game = Game.create(name="g", tags=["a"])
    back = Game.from_json(game.to_json())
    back.tags.append("b")
    back.save()
    assert Game.get(game.id).tags == ["a", "b"]
    assert Game.from_reference(game.to_reference()).tags == ["a", "b"]
