"""Associations on a real server: pointers, arrays, relations, and what happens to deleted and hidden targets."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Artist(orm.ParseObject):
    name = orm.property(str, required=True)
    songs = orm.has_many("Song")
    debut = orm.has_one("Song", scope=lambda q, artist: q.order("created_at"))


class Song(orm.ParseObject):
    title = orm.property(str, required=True)
    artist = orm.belongs_to(Artist)
    credits = orm.has_many(Artist, through="array")
    fans = orm.has_many(orm.User, through="relation")


def test_has_many_and_has_one_find_what_points_here() -> None:
    ann = Artist.create(name="Ann")
    first, second = Song.create(title="a", artist=ann), Song.create(title="b", artist=ann)
    Song.create(title="other")
    assert [song.title for song in ann.songs.order("title")] == ["a", "b"]
    assert ann.songs.where(title="b").count() == 1
    assert ann.debut == first
    assert Song.where(Song.artist.name == "Ann").count() == 2
    assert second.artist_id == ann.id


def test_relation_edits_ride_in_one_save_and_are_answered_by_the_server() -> None:
    users = [orm.User.signup(name, "pw") for name in ("a", "b", "c")]
    song = Song(title="x")
    song.fans.add(*users[:2])
    song.save()
    assert {user.username for user in song.fans} == {"a", "b"}
    song.fans.add(users[2])
    song.fans.remove(users[0])
    song.title = "y"
    song.save()
    assert {user.username for user in song.fans} == {"b", "c"}
    assert song.fans.where(username="c").count() == 1
    assert song.fans.has(users[2])
    assert not song.fans.has(users[0])
    assert Song.where(fans=users[1]).first() == song
    assert Song.get(song.id).title == "y"


def test_adding_twice_and_removing_what_is_not_there_do_no_harm() -> None:
    user = orm.User.signup("a", "pw")
    song = Song.create(title="x")
    for _ in range(2):
        song.fans.add(user)
        song.save()
    assert song.fans.count() == 1
    song.fans.add(user)
    song.fans.remove(user)
    song.save()
    assert song.fans.count() == 0
    song.fans.remove(user)
    song.save()


def test_a_relation_of_more_rows_than_a_page_is_read_whole() -> None:
    artists = [Artist(name=f"n{n:04}") for n in range(230)]
    orm.save_all(artists)

    class Hall(orm.ParseObject):
        inducted = orm.has_many(Artist, through="relation")

    hall = Hall()
    hall.inducted.add(*artists)
    hall.save()
    assert hall.inducted.count() == 230
    assert len(list(hall.inducted.query().each(batch_size=50))) == 230


def test_a_list_of_objects_is_asked_through() -> None:
    ann, bob = Artist.create(name="Ann"), Artist.create(name="Bob")
    song = Song.create(title="x", credits=[ann, bob])
    Song.create(title="y", credits=[bob])
    assert Song.where(Song.credits.contains_all([ann])).all() == [song]
    assert Song.where(credits__name="Ann").all() == [song]
    found = Song.include("credits").where(title="x").first()
    assert found is not None
    assert [artist.name for artist in found.credits] == ["Ann", "Bob"]


def test_a_deleted_target_never_becomes_a_written_null() -> None:
    ann, bob = Artist.create(name="Ann"), Artist.create(name="Bob")
    song = Song.create(title="x", artist=ann, credits=[ann, bob])
    ann.destroy()
    found = Song.include("artist", "credits").first()
    assert found is not None
    assert (found.artist, [artist.name for artist in found.credits]) == (None, ["Bob"])
    found.title = "y"
    found.credits.append(Artist.create(name="Cy"))
    found.save()
    bare = Song.get(song.id)
    assert bare.artist_id == ann.id
    # Add sorts what was there on Postgres (9.10), so the order is the server's.
    assert {artist.id for artist in bare.credits} > {ann.id, bob.id}
    assert len(bare.credits) == 3


def test_a_hidden_target_never_becomes_a_written_null() -> None:
    user = orm.User.signup("ann", "pw")
    hidden = Artist(name="Hidden", acl=orm.ACL()).save()
    song = Song.create(title="x", artist=hidden)
    with orm.as_user(user):
        found = Song.include("artist").first()
        assert found is not None
        assert found.artist is None
        found.title = "y"
        found.save()
    assert Song.get(song.id).artist_id == hidden.id


def test_cascade_saves_a_graph_in_the_order_of_its_references() -> None:
    song = Song(title="x", artist=Artist(name="new"), credits=[Artist(name="one"), Artist(name="two")])
    song.save(cascade=True)
    assert Artist.count() == 3
    assert Song.get(song.id).artist == song.artist


def test_the_client_of_another_app_is_kept(parse_client: Any) -> None:
    song = Song.create(title="x")
    with orm.using(orm.Client("http://localhost:1/parse", app_id="other", rest_key="x")):
        assert song.fans.all() == []
        song.title = "y"
        song.save()
    assert Song.get(song.id).title == "y"
