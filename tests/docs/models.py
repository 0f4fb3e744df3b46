"""The models that docstring examples speak of; each example has them in reach without importing them."""

from __future__ import annotations

from datetime import datetime

import parse_orm as orm


class User(orm.User):
    """A person who listens."""

    nickname = orm.property(str)


class Artist(orm.ParseObject):
    """Who made it."""

    name = orm.property(str, required=True)


class Song(orm.ParseObject):
    """What was made."""

    title = orm.property(str, required=True)
    plays = orm.property(int, default=0)
    released = orm.property(datetime)
    tags = orm.array(str)
    lyrics = orm.property(str, field="lyricsText")
    place = orm.property(orm.GeoPoint)
    artist = orm.belongs_to(Artist)
    fans = orm.has_many("User", through="relation")
    reviews = orm.has_many("Review")
    cover = orm.has_one("Cover")

    @orm.scope
    @staticmethod
    def popular(q: orm.Query[Song], at_least: int = 1000) -> orm.Query[Song]:
        return q.where(Song.plays >= at_least)


class Review(orm.ParseObject):
    """What somebody thought of it."""

    text = orm.property(str)
    stars = orm.property(int, default=0)
    song = orm.belongs_to(Song)


class Cover(orm.ParseObject):
    """How it looks."""

    picture = orm.property(orm.File)
    song = orm.belongs_to(Song)
