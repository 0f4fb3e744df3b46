"""One object against a real Parse Server: what is saved comes back, what changed is sent, what is gone is gone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import parse_orm as orm
from tests.live.people import Watched, sign_up

pytestmark = pytest.mark.live


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class LiveArtist(orm.ParseObject):
    name = orm.property(str)


class LiveSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    score = orm.property(float)
    live = orm.property(bool)
    mood = orm.property(Mood)
    released = orm.property(datetime)
    info = orm.property(dict)
    mixed = orm.property(list)
    tags = orm.array(str)
    dates = orm.array(datetime)
    place = orm.property(orm.GeoPoint)
    area = orm.property(orm.Polygon)
    cover = orm.property(bytes)
    mail = orm.property(orm.Email)
    phone = orm.property(orm.Phone)
    zone = orm.property(ZoneInfo)
    artist = orm.belongs_to(LiveArtist)
    guests = orm.array()


NOON = datetime(2024, 1, 2, 12, 0, 0, 678000, tzinfo=UTC)
EVERY_TYPE: dict[str, Any] = {
    "title": "Hé 😀 'quoted' \"twice\" \\ \n\t",
    "plays": 2**53,
    "score": 4.0,
    "live": False,
    "mood": Mood.WILD,
    "released": NOON,
    "info": {"a": [1, {"b": None}], "when": NOON, "where": orm.GeoPoint(1, 2), "é": ""},
    "mixed": [1, "a", None, [True, 2.5], {"k": NOON}],
    "tags": ["x", "", "y"],
    "dates": [NOON, NOON],
    "place": orm.GeoPoint(40, -30.5),
    "area": orm.Polygon([(0, 0), (0, 10), (10, 10)]),
    "cover": bytes(range(256)),
    "mail": orm.Email("ann@example.com"),
    "phone": orm.Phone("+4930901820"),
    "zone": ZoneInfo("Europe/Berlin"),
}


@pytest.fixture(autouse=True)
def client(parse_client: orm.Client) -> orm.Client:
    return parse_client


def test_a_value_of_every_type_comes_back_as_it_was() -> None:
    ann = LiveArtist.create(name="Ann")
    song = LiveSong.create(**EVERY_TYPE, artist=ann, guests=[ann, 1])

    back = LiveSong.get(song.id)

    assert {name: getattr(back, name) for name in EVERY_TYPE} == EVERY_TYPE
    assert type(back.score) is float
    assert back.artist == ann
    assert back.guests == [ann, 1]
    assert back.created_at == song.created_at
    assert back.changed == []
    assert back.save() is back


def test_every_value_can_be_removed_again() -> None:
    song = LiveSong.create(**EVERY_TYPE, artist=LiveArtist.create(name="Ann"))

    song.update(**dict.fromkeys([*EVERY_TYPE, "artist"]))

    back = LiveSong.get(song.id)
    assert set(back._wire) == {"objectId", "createdAt", "updatedAt"}
    assert (back.title, back.tags, back.plays) == (None, [], None)


def test_only_what_changed_is_sent_and_others_changes_survive() -> None:
    mine = LiveSong.create(title="Hey", plays=1, tags=["a"])
    theirs = LiveSong.get(mine.id)
    theirs.update(plays=7)

    mine.title = "Jude"
    mine.tags.append("b")
    mine.save()

    back = LiveSong.get(mine.id)
    assert (back.title, back.plays, back.tags) == ("Jude", 7, ["a", "b"])
    assert mine.plays == 1
    assert mine.reload().plays == 7
    assert back.updated_at > back.created_at


def test_increments_from_many_sides_are_all_counted(client: orm.Client) -> None:
    song = LiveSong.create(plays=0)

    def press() -> None:
        with orm.using(client):
            for _ in range(5):
                LiveSong.pointer(song.id).increment("plays")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert song.reload().plays == 20
    assert song.increment("plays", 2).plays == 22
    assert song.changed == []
    assert song.increment("score", 0.5).score == 0.5


def test_list_operations_meet_on_the_server() -> None:
    song = LiveSong.create(tags=["a"])
    other = LiveSong.get(song.id)

    song.add("tags", "b")
    other.add_unique("tags", "b", "c")

    assert sorted(other.tags) == ["a", "b", "c"]
    assert other.remove("tags", "a", "zzz").changed == []
    assert sorted(LiveSong.get(song.id).tags) == ["b", "c"]
    assert sorted(song.reload().tags) == ["b", "c"]


def test_unset_sends_nothing_for_a_value_that_is_not_there(parse_server: Any) -> None:
    song = LiveSong.create(title="Hey")
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        same = LiveSong.get(song.id)
        same.unset("info")
        same.unset("title")

    assert watched.sent == [f"POST /classes/LiveSong/{song.id}", f"PUT /classes/LiveSong/{song.id}"]
    assert song.reload().title is None


def test_a_destroyed_row_is_gone_for_everybody() -> None:
    song = LiveSong.create(title="Hey")
    same = LiveSong.get(song.id)

    assert song.destroy() is True
    assert song.is_destroyed
    assert song.destroy() is False
    assert same.destroy() is False
    assert LiveSong.find(song.id) is None
    with pytest.raises(orm.ObjectNotFound, match=song.id):
        LiveSong.get(song.id)
    with pytest.raises(orm.ObjectNotFound):
        same.update(title="back")
    with pytest.raises(orm.RecordNotSaved):
        song.save()


def test_a_pointer_is_loaded_when_a_field_is_read(parse_server: Any) -> None:
    song = LiveSong.create(artist=LiveArtist.create(name="Ann"))
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        back = LiveSong.get(song.id)
        assert back.artist_id == song.artist_id
        assert len(watched.sent) == 1
        assert back.artist is not None
        assert back.artist.name == "Ann"
        assert len(watched.sent) == 2
        with orm.strict_loading(), pytest.raises(orm.NotLoaded):
            LiveSong.get(song.id).artist.name  # type: ignore[union-attr]  # noqa: B018


def test_a_row_behind_a_dangling_pointer_is_named() -> None:
    ann = LiveArtist.create(name="Ann")
    song = LiveSong.create(title="x", artist=ann)
    ann.destroy()

    back = LiveSong.get(song.id)
    assert back.artist_id == ann.id
    with pytest.raises(orm.ObjectNotFound, match=f"LiveArtist {ann.id}"):
        back.artist.name  # type: ignore[union-attr]  # noqa: B018

    included = LiveSong.include("artist").get(song.id)
    included.update(title="y")  # the server left the pointer out, and it must not be written back as nothing
    assert LiveSong.get(song.id).artist_id == ann.id


def test_access_lists_are_kept_and_enforced(parse_server: Any) -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    song = LiveSong(title="mine")
    song.acl = orm.ACL().grant(ann)
    song.save()

    assert LiveSong.get(song.id).acl.to_dict() == {ann.id: {"read": True, "write": True}}
    with orm.as_user(bob):
        assert LiveSong.find(song.id) is None
        with pytest.raises(orm.ObjectNotFound):
            LiveSong.pointer(song.id).update(title="stolen")
    with orm.as_user(ann):
        same = LiveSong.get(song.id)
        same.acl.public_read = True
        same.save()
    assert LiveSong.as_user(bob).get(song.id).title == "mine"


def test_a_type_that_the_column_does_not_have_is_refused_by_name() -> None:
    class LiveSongWrong(orm.ParseObject, class_name="LiveSong"):
        title = orm.property(int)

    LiveSong.create(title="text")

    with pytest.raises(orm.IncorrectType, match="title"):
        LiveSongWrong.create(title=3)


def test_the_context_of_a_credential_ends_with_an_exception() -> None:
    ann = sign_up()

    with pytest.raises(orm.ObjectNotFound), orm.as_user(ann), orm.as_anonymous():
        LiveSong.get("missing000")

    assert orm.current_credential().kind == "master"


def test_a_public_list_holds_where_the_class_makes_new_rows_private(parse_client: orm.Client) -> None:
    class LiveDiary(orm.ParseObject):
        text = orm.property(str)

    rights = {key: {"*": True} for key in ("get", "find", "count", "create", "update", "delete", "addField")}
    orm.schemas.create(LiveDiary, {"classLevelPermissions": {**rights, "ACL": {"role:Nobody": {"read": True}}}})

    private, public = LiveDiary.create(text="x"), LiveDiary.create(text="y", acl=orm.ACL().grant(orm.PUBLIC))

    assert LiveDiary.get(private.id).acl.to_dict() == {"role:Nobody": {"read": True}}
    assert LiveDiary.get(public.id).acl.to_dict() == {"*": {"read": True, "write": True}}
    assert public.changed == []
