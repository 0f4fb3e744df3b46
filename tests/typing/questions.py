"""What the further verbs of a query promise: pages, cursors, related rows, writes and plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

import parse_orm as orm
from parse_orm.model.outcomes import BatchResult


class Artist(orm.ParseObject):
    name = orm.property(str, required=True)


class Song(orm.ParseObject):
    title = orm.property(str, required=True)
    plays = orm.property(int, default=0)
    place = orm.property(orm.GeoPoint)
    artist = orm.belongs_to(Artist)


query = Song.where(plays=1)

assert_type(query.preload("artist").include_all().hint("x").comment("y"), orm.Query[Song])
assert_type(query.read_preference("SECONDARY").context({"a": 1}).strict_loading(), orm.Query[Song])
assert_type(query.one(), Song)
assert_type(query.latest(), Song | None)
assert_type(query.batches(5), Iterator[list[Song]])
assert_type(query.each(order="created_at"), Iterator[Song])
assert_type(query.cursor(), orm.Cursor[Song])
assert_type(query.cursor().next_page(), list[Song])
assert_type(Song.cursor(limit=5), orm.Cursor[Song])
assert_type(Song.first(2), list[Song])
assert_type(Song.pluck(Song.title), list[str])
assert_type(Song.pluck(Song.title, Song.plays), list[tuple[str, int]])
assert_type(query.average("plays"), float | None)
assert_type(query.count_distinct(Song.title), int)
assert_type(query.group_by("title").count(), dict[Any, int])
assert_type(query.update_all(plays=2), BatchResult[Song])
assert_type(query.destroy_all(progress=True), BatchResult[Song])
assert_type(query.delete_all(), BatchResult[Song])
assert_type(query.first_or_create(title="x"), Song)
assert_type(query.as_dicts(), list[dict[str, Any]])
assert_type(Song.from_query("limit=1", allow={"title"}), orm.Query[Song])

for page in query.batches():
    assert_type(page, list[Song])
for song in query.cursor():
    assert_type(song, Song)
