"""What associations, batches and transactions promise about types."""

from __future__ import annotations

from typing import Any, assert_type

import parse_orm as orm


class Band(orm.ParseObject):
    name = orm.property(str, required=True)
    albums = orm.has_many(lambda: Album)
    best = orm.has_many(lambda: Album, where={"stars": 5}, scope=lambda q, band: q.limit(3))
    named = orm.has_many("Album")


class Album(orm.ParseObject):
    title = orm.property(str, required=True)
    stars = orm.property(int, default=0)
    guests = orm.has_many(Band, through="array")
    fans = orm.has_many(orm.User, through="relation")
    crowd = orm.has_many("User", through="relation")
    extras = orm.has_many("Band", through="array")


band, album = Band(name="x"), Album(title="y")

# Through a query: a query of the target.
assert_type(band.albums, orm.Query[Album])
assert_type(band.albums.first(), Album | None)
assert_type(band.best.where(stars=3), orm.Query[Album])
assert_type(band.named, orm.Query[Any])

# Through an array: a plain list.
assert_type(album.guests, list[Band])
assert_type(album.extras, list[Any])
album.guests = [band]

# Through a relation: a handle that asks and is edited.
assert_type(album.fans, orm.Relation[orm.User])
assert_type(album.fans.all(), list[orm.User])
assert_type(album.fans.where(username="x"), orm.Query[orm.User])
assert_type(album.fans.add(orm.User()), orm.Relation[orm.User])
assert_type(album.crowd, orm.Relation[Any])
for fan in album.fans:
    assert_type(fan, orm.User)

# Many at once: the objects come back as what they were.
assert_type(orm.save_all([band]), orm.BatchResult[Band])
assert_type(orm.destroy_all([album]).saved, list[Album])
assert_type(orm.fetch_all([album]).failed, list[tuple[Album, Exception]])
with orm.transaction() as tx:
    assert_type(tx, orm.Transaction)
    assert_type(tx.save(band), Band)

# One row for one key, and other forms.
assert_type(Band.first_or_create(name="x"), Band)
assert_type(Band.create_or_update(name="x", defaults={"name": "y"}), Band)
assert_type(band.copy(name="z"), Band)
assert_type(Band.from_json("{}"), Band)
assert_type(Band.from_reference("Band$x"), Band)
assert_type(band.increment("name", send=False), Band)
assert_type(orm.parse_reference("Band$x"), orm.Pointer)
