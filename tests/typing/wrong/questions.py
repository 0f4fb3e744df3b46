"""Mistakes in questions that both checkers find."""

from __future__ import annotations

import parse_orm as orm


class Song(orm.ParseObject):
    title = orm.property(str, required=True)
    plays = orm.property(int, default=0)
    place = orm.property(orm.GeoPoint)


Song.where(Song.plays >= "x")  # error
Song.where(Song.plays.between(1, "x"))  # error
Song.where(Song.title.in_([1]))  # error
Song.where(Song.title.startswith(1))  # error
Song.where(Song.place.within_km(Song.place, 5))  # error
Song.where(Song.place.near((1, 2)))  # error
Song.where().limit("5")  # error
Song.where().first().title  # error
Song.where().count().title  # error
Song.where().cursor().next_page().title  # error
Song.from_query("limit=1")  # error
orm.watch_n_plus_one("shout")  # error
