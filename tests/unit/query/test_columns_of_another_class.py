"""A query takes the columns of its own class only: the server would look for any other one in the wrong place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery, UnknownField


class ForeignBase(orm.ParseObject):
    plays = orm.property(int)


class ForeignSong(ForeignBase, class_name="ForeignSong"):
    title = orm.property(str)
    band = orm.belongs_to("ForeignBand")
    guests = orm.has_many("ForeignBand", through="array")
    fans = orm.has_many("ForeignBand", through="relation")


class ForeignCover(ForeignSong, class_name="ForeignCover"):
    pass


class ForeignBand(orm.ParseObject):
    name = orm.property(str)
    records = orm.has_many(ForeignSong, field="band")


class ForeignReview(orm.ParseObject):
    stars = orm.property(int)
    title = orm.property(str)
    info = orm.property(dict)
    song = orm.belongs_to(ForeignSong)


Song, Review, Band = ForeignSong, ForeignReview, ForeignBand

STEPS: dict[str, Callable[[], Any]] = {
    "where": lambda: Song.where(Review.stars != 1),
    "find_by": lambda: Song.find_by(Review.stars == 1),
    "a name that both have": lambda: Song.where(Review.title == "x"),
    "an alternative": lambda: Song.where((Song.plays > 1) | (Review.stars > 1)),
    "an opposite": lambda: Song.where(~(Review.stars > 1)),
    "inside an object": lambda: Song.where(Review.info["size"] == 1),
    "through a pointer": lambda: Song.where(Review.song.title == "x"),
    "through two pointers": lambda: Song.where(Review.song.band.name == "x"),
    "the criteria of a subquery": lambda: Song.band.matches(Band.where(Review.stars > 1)),
    "order": lambda: Song.order(Review.stars),
    "order with a direction": lambda: Song.order(Review.title.desc()),
    "keys": lambda: Song.keys(Review.title),
    "exclude_keys": lambda: Song.exclude_keys(Review.title),
    "include": lambda: Song.include(Review.song),
    "preload": lambda: Song.preload(Review.song),
    "preload of an association": lambda: Song.preload(Band.records),
    "pluck": lambda: Song.query().pluck(Review.title),
    "sum": lambda: Song.query().as_master().sum(Review.stars),
    "distinct": lambda: Song.query().as_master().distinct(Review.title),
    "group_by": lambda: Song.query().as_master().group_by(Review.title),
    "each": lambda: Song.query().each(order=Review.title),
    "an id": lambda: Song.where(Review.id != "x"),
    "a lookup of an id": lambda: Song.find_by(Review.id == "x"),
    "a moment": lambda: Song.where(Review.created_at > datetime(2020, 1, 1, tzinfo=UTC)),
    "an ACL": lambda: Song.where(Review.acl.readable_by(orm.PUBLIC)),
    "order by a moment": lambda: Song.order(Review.updated_at.desc()),
    "keys with a moment": lambda: Song.keys(Review.created_at),
    "max of a moment": lambda: Song.query().as_master().max(Review.created_at),
    "pluck of an id": lambda: Song.query().pluck(Review.id),
    "group_by a moment": lambda: Song.query().as_master().group_by(Review.created_at),
    "group_by_date": lambda: Song.query().as_master().group_by_date(Review.created_at, "day"),
    "each by a moment": lambda: Song.query().each(order=Review.created_at),
    "a column that both inherit": lambda: Song.where(ForeignCover.plays > 1),
    "a pointer that a subclass inherits": lambda: Song.where(ForeignCover.band == "x"),
    "the key of a subquery": lambda: Song.where(Song.title.matches_key(Song.title, Review.query())).to_params(),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_column_of_another_class_is_refused_by_name(step: Callable[[], Any]) -> None:
    with pytest.raises(
        UnknownField, match=r"Foreign(Song|Band|Review) has no field 'Foreign(Review|Band|Song|Cover)\.\w+'"
    ):
        step()


def test_a_name_that_the_class_has_too_is_suggested() -> None:
    with pytest.raises(UnknownField, match=r"ForeignSong has no field 'ForeignReview\.title'; did you mean 'title'"):
        Song.where(Review.title == "x")


@pytest.mark.parametrize("pointer", [Song.band, Song.guests, Song.fans])
@pytest.mark.parametrize("operator", ["matches", "not_matches"])
def test_a_subquery_asks_the_class_that_the_pointer_leads_to(pointer: Any, operator: str) -> None:
    query = Song.where(getattr(pointer, operator)(Review.where(stars=1)))

    with pytest.raises(BadQuery, match="leads to rows of ForeignBand, and this query asks ForeignReview"):
        query.to_params()


def test_columns_of_a_base_class_and_of_the_same_parse_class_are_the_models_own() -> None:
    class ForeignSongAgain(orm.ParseObject, class_name="ForeignSong"):
        plays = orm.property(int)

    assert Song.where(ForeignBase.plays > 1, orm.ParseObject.id == "x").order(ForeignBase.plays).to_params()
    assert Song.where(ForeignSongAgain.plays > 1).to_params()["where"] == {"plays": {"$gt": 1}}


def test_an_inherited_column_is_one_of_the_class_that_it_is_read_from() -> None:
    assert (repr(Song.id), repr(ForeignCover.band)) == ("<ForeignSong.id: String>", "<ForeignCover.band: Pointer>")
    assert repr(orm.ParseObject.id) == "<ParseObject.id: String>"
    assert Song.id is Song.fields()["id"]
    assert ForeignCover.where(Song.plays > 1, Song.band == "x", Song.id != "y").to_params()


def test_a_column_that_one_base_inherits_does_not_hide_the_one_that_another_base_declares() -> None:
    class ForeignRoot(orm.ParseObject, abstract=True):
        size = orm.property(int)

    class ForeignLeft(ForeignRoot, abstract=True):
        pass

    class ForeignRight(ForeignRoot, abstract=True):
        size = orm.property(str)

    class ForeignBoth(ForeignLeft, ForeignRight):
        pass

    assert ForeignBoth(size="big").size == "big"
    assert repr(ForeignBoth.size) == "<ForeignBoth.size: String>"


def test_the_columns_of_a_mixin_belong_to_the_models_that_have_it() -> None:
    class ForeignNoted:
        note = orm.property(str)

    class ForeignAlbum(ForeignNoted, orm.ParseObject):
        pass

    assert ForeignAlbum.where(ForeignNoted.note == "x").to_params()
    with pytest.raises(UnknownField, match=r"ForeignNoted\.note"):
        Song.where(ForeignNoted.note == "x")
