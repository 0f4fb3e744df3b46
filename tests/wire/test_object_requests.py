"""What saving, updating, fetching and destroying one object sends."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm
from tests.wire.conftest import Wire

pytestmark = pytest.mark.usefixtures("client")

MADE = {"objectId": "song1", "createdAt": "2024-01-02T03:04:05.678Z"}
SAVED = {"updatedAt": "2024-01-03T03:04:05.678Z"}
TOKEN = "r:" + "a" * 32


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class WireArtist(orm.ParseObject):
    name = orm.property(str)


class WireSong(orm.ParseObject):
    title = orm.property(str)
    lyrics_text = orm.property(str)
    plays = orm.property(int, default=0)
    released = orm.property(datetime)
    mood = orm.property(Mood)
    tags = orm.array(str)
    info = orm.property(dict)
    place = orm.property(orm.GeoPoint)
    cover = orm.property(bytes)
    artist = orm.belongs_to(WireArtist)


def loaded(**columns: Any) -> WireSong:
    """A song as a query would give it."""
    row = {**MADE, "updatedAt": MADE["createdAt"], **columns}
    return WireSong._hydrate([row], WireSong()._origin)[0]


# -- create -----------------------------------------------------------------------------------


def test_a_create_sends_one_post_with_every_value_in_parse_s_spelling(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong", MADE, 201)

    song = WireSong(
        title="Hey",
        lyrics_text="la",
        released=datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        mood=Mood.WILD,
        tags=["a"],
        info={"k": [1, None]},
        place=orm.GeoPoint(1.5, 2),
        cover=b"\x00\x01",
        artist=WireArtist.pointer("artist1"),
    ).save()

    assert wire.lines == ["POST /classes/WireSong"]
    assert wire.bodies == [
        {
            "title": "Hey",
            "lyricsText": "la",
            "plays": 0,
            "released": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"},
            "mood": "wild",
            "tags": ["a"],
            "info": {"k": [1, None]},
            "place": {"__type": "GeoPoint", "latitude": 1.5, "longitude": 2},
            "cover": {"__type": "Bytes", "base64": "AAE="},
            "artist": {"__type": "Pointer", "className": "WireArtist", "objectId": "artist1"},
        }
    ]
    assert song.id == "song1"
    assert song.created_at == song.updated_at == datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert not song.is_new
    assert song.changed == []


def test_what_is_none_is_left_out_of_a_create_and_an_empty_list_that_was_set_is_not(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong", MADE, 201)

    WireSong(title=None, tags=[], artist=None).save()

    assert wire.bodies == [{"plays": 0, "tags": []}]


def test_no_acl_is_sent_unless_one_was_set(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong", MADE, 201)
    song = WireSong(title="x")
    assert song.acl.public_write

    song.save()
    private = WireSong(title="y")
    private.acl.public_write = False
    private.save()

    assert "ACL" not in wire.bodies[0]
    assert wire.bodies[1]["ACL"] == {"*": {"read": True}}


def test_a_create_carries_the_context_and_a_request_id(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong", MADE, 201)

    WireSong(title="x").save(context={"silent": True})
    first = wire.headers
    WireSong(title="x").save()

    assert first["X-Parse-Cloud-Context"] == '{"silent":true}'
    assert first["X-Parse-Request-Id"] != wire.headers["X-Parse-Request-Id"]
    assert "X-Parse-Cloud-Context" not in wire.headers


def test_values_that_the_server_changed_are_taken_over(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong", {**MADE, "title": "HEY", "tags": ["from a trigger"]}, 201)

    song = WireSong(title="hey").save()

    assert song.title == "HEY"
    assert song.tags == ["from a trigger"]
    assert song.changed == []


def test_an_answer_that_a_trigger_replaced_still_gives_the_id(wire: Wire) -> None:
    location = "http://localhost:1337/parse/classes/WireSong/song9"
    wire.answer("POST", "/classes/WireSong", {"anything": 1}, 201, {"Location": location})

    assert WireSong(title="x").save().id == "song9"


# -- update -----------------------------------------------------------------------------------


def test_an_update_sends_what_changed_and_nothing_else(wire: Wire) -> None:
    wire.answer("PUT", "/classes/WireSong/song1", SAVED)
    song = loaded(title="Hey", plays=1, tags=["a"], info={"k": 1})

    song.plays += 1
    song.tags.append("b")
    song.info["k"] = 2
    song.title = "Hey"
    song.save()

    assert wire.lines == ["PUT /classes/WireSong/song1"]
    assert wire.bodies == [{"plays": 2, "tags": ["a", "b"], "info": {"k": 2}}]
    assert song.updated_at == datetime(2024, 1, 3, 3, 4, 5, 678000, tzinfo=UTC)
    assert song.changed == []


def test_none_on_a_saved_object_removes_the_value(wire: Wire) -> None:
    wire.answer("PUT", "/classes/WireSong/song1", SAVED)
    song = loaded(title="Hey")

    song.update(title=None)

    assert wire.bodies == [{"title": {"__op": "Delete"}}]
    assert song.title is None


def test_nothing_is_sent_when_nothing_changed(wire: Wire) -> None:
    song = loaded(title="Hey", tags=["a"], released={"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"})
    assert song.tags == ["a"]
    song.released = datetime(2024, 1, 2, 3, 4, 5, 678999, tzinfo=UTC)

    assert song.save() is song
    assert song.update(title="Hey") is song
    assert song.unset("mood") is song

    assert wire.lines == []


@pytest.mark.parametrize(
    ("edit", "operation"),
    [
        (lambda song: song.increment("plays", 2), {"plays": {"__op": "Increment", "amount": 2}}),
        (lambda song: song.increment("plays", -3), {"plays": {"__op": "Increment", "amount": -3}}),
        (lambda song: song.add("tags", "x", "y"), {"tags": {"__op": "Add", "objects": ["x", "y"]}}),
        (lambda song: song.add_unique("tags", "x"), {"tags": {"__op": "AddUnique", "objects": ["x"]}}),
        (lambda song: song.remove("tags", "a"), {"tags": {"__op": "Remove", "objects": ["a"]}}),
        (lambda song: song.unset("title"), {"title": {"__op": "Delete"}}),
    ],
    ids=["increment", "decrement", "add", "add_unique", "remove", "unset"],
)
def test_an_atomic_operation_is_sent_at_once_and_leaves_nothing_changed(
    edit: Any, operation: dict[str, Any], wire: Wire
) -> None:
    song = loaded(title="Hey", plays=5, tags=["a"])
    wire.answer("PUT", "/classes/WireSong/song1", {**SAVED, "plays": 7, "tags": ["from the server"]})

    edit(song)

    assert wire.bodies == [operation]
    assert song.changed == []
    assert song.plays == 7
    assert song.tags == ["from the server"]


def test_an_unsaved_reference_is_refused_before_any_request(wire: Wire) -> None:
    artist = WireArtist(name="Ann")
    song = loaded(title="x")
    song.artist = artist

    with pytest.raises(orm.UnsavedReference, match="artist"):
        song.save()

    assert wire.lines == []
    wire.answer("POST", "/classes/WireArtist", {**MADE, "objectId": "artist1"}, 201)
    wire.answer("PUT", "/classes/WireSong/song1", SAVED)
    artist.save()
    song.save()
    assert wire.bodies[-1] == {"artist": {"__type": "Pointer", "className": "WireArtist", "objectId": "artist1"}}


def test_a_refused_save_keeps_the_changes(wire: Wire) -> None:
    wire.answer("PUT", "/classes/WireSong/song1", {"code": 119, "error": "no"}, 400)
    song = loaded(title="Hey")
    song.title = "Jude"
    song.tags.append("x")

    with pytest.raises(orm.OperationForbidden, match="saving WireSong song1"):
        song.save()

    assert song.changes == {"title": ("Hey", "Jude"), "tags": (None, ["x"])}
    assert song.rollback().title == "Hey"
    assert song.changed == []


# -- reading ----------------------------------------------------------------------------------


def test_get_asks_for_one_row_by_its_id(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong/song1", {**MADE, "title": "Hey"})

    song = WireSong.get("song1")

    assert wire.bodies == [{"_method": "GET"}]
    assert song.title == "Hey"


def test_find_gives_none_for_a_missing_row_and_raises_for_anything_else(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong/song1", {"code": 101, "error": "Object not found."}, 404)
    wire.answer("POST", "/classes/WireSong/song2", {"code": 119, "error": "no"}, 403)

    assert WireSong.find("song1") is None
    with pytest.raises(orm.ObjectNotFound, match="WireSong song1"):
        WireSong.get("song1")
    with pytest.raises(orm.OperationForbidden):
        WireSong.find("song2")


@pytest.mark.parametrize("id", ["", " ", "a\x00b", "..", None, 7])
def test_an_id_that_cannot_be_one_is_refused_before_any_request(id: Any, wire: Wire) -> None:
    for ask in (WireSong.get, WireSong.find, WireSong.pointer, lambda id: WireSong.get_many([id])):
        with pytest.raises(orm.InvalidId):
            ask(id)

    assert wire.lines == []


def test_a_strange_id_is_quoted_in_the_path(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong/a%20b%2Fc", {**MADE, "objectId": "a b/c"})

    assert WireSong.get("a b/c").id == "a b/c"


def test_fetch_asks_for_parts_of_a_row(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireSong/song1", {**MADE, "title": "New"})
    song = loaded(title="Hey", plays=3)
    song.plays = 4

    song.fetch(keys=["title"], include=[WireSong.artist])

    assert wire.bodies == [{"keys": "title,artist", "include": "artist", "_method": "GET"}]
    assert song.title == "New"
    assert song.changed == ["plays"]


def test_reading_a_field_of_a_pointer_fetches_it_once(wire: Wire) -> None:
    wire.answer("POST", "/classes/WireArtist/artist1", {**MADE, "objectId": "artist1", "name": "Ann"})
    song = loaded(artist={"__type": "Pointer", "className": "WireArtist", "objectId": "artist1"})

    assert song.artist_id == "artist1"
    assert wire.lines == []
    assert song.artist is not None
    assert song.artist.name == "Ann"
    assert song.artist.name == "Ann"
    assert wire.lines == ["POST /classes/WireArtist/artist1"]


# -- destroying -------------------------------------------------------------------------------


def test_destroy_sends_a_delete_and_tells_whether_the_row_was_there(wire: Wire) -> None:
    wire.answer("DELETE", "/classes/WireSong/song1", {})
    wire.answer("DELETE", "/classes/WireSong/song1", {"code": 101, "error": "Object not found."}, 404)
    wire.answer("POST", "/classes/WireSong", {"results": []})
    song, same = loaded(), loaded()

    assert song.destroy() is True
    assert same.destroy() is False
    assert WireSong().destroy() is False

    assert wire.lines == [*["DELETE /classes/WireSong/song1"] * 2, "POST /classes/WireSong"]
    assert wire.bodies[:2] == [None, None]
    with pytest.raises(orm.RecordNotSaved, match="destroyed"):
        song.update(title="back again")


# -- who asks ---------------------------------------------------------------------------------


def test_a_request_carries_a_token_or_the_master_key_and_never_both(wire: Wire) -> None:
    wire.answer("PUT", "/classes/WireSong/song1", SAVED)

    def sent_with(**who: Any) -> set[str]:
        loaded().update(title="x", **who)
        return {name for name in wire.headers if name.startswith("X-Parse") and name != "X-Parse-Request-Id"}

    session = {"X-Parse-Application-Id", "X-Parse-REST-API-Key", "X-Parse-Session-Token"}
    master = {"X-Parse-Application-Id", "X-Parse-Master-Key"}
    anonymous = {"X-Parse-Application-Id", "X-Parse-REST-API-Key"}
    assert sent_with() == master
    assert sent_with(session=TOKEN) == session
    assert wire.headers["X-Parse-Session-Token"] == TOKEN
    with orm.as_user(TOKEN):
        assert sent_with() == session
        assert sent_with(master=True) == master
        with orm.as_master():
            assert sent_with() == master
            with orm.as_anonymous():
                assert sent_with() == anonymous
                assert sent_with(session=TOKEN) == session
        assert sent_with() == session
        with orm.as_master():
            assert sent_with(session=TOKEN) == session
    assert sent_with(master=False) == anonymous


def test_an_object_stays_on_the_client_that_loaded_it(wire: Wire) -> None:
    wire.mock.add("POST", "http://localhost:9/other/classes/WireSong/song1", json={**MADE, "title": "there"})
    wire.mock.add("PUT", "http://localhost:9/other/classes/WireSong/song1", json=SAVED)
    other = orm.Client("http://localhost:9/other", "other", master_key="other-master")
    with orm.using(other):
        song = WireSong.get("song1")

    song.update(title="still there")

    assert wire.requests[-1].url == "http://localhost:9/other/classes/WireSong/song1"
    assert wire.headers["X-Parse-Master-Key"] == "other-master"
