"""Objects are equal by class and id, survive copies and pickling, and show themselves without a request."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin
from tests.unit.model.one_object.conftest import Yes


class IdArtist(orm.ParseObject):
    name = orm.property(str)


class IdSong(orm.ParseObject):
    title = orm.property(str)
    tags = orm.array(str)
    info = orm.property(dict)
    released = orm.property(datetime)
    artist = orm.belongs_to(IdArtist)
    secret = orm.property(str, hidden=True)


def loaded(id: str = "a", **columns: Any) -> IdSong:
    return IdSong._hydrate([{"objectId": id, **columns}], Origin())[0]


def test_saved_objects_are_equal_by_class_and_id() -> None:
    assert loaded("a", title="x") == loaded("a", title="y")
    assert loaded("a") != loaded("b")
    assert loaded("a") != IdArtist.pointer("a")
    assert loaded("a") != "a"
    assert len({loaded("a"), loaded("a"), loaded("b")}) == 2


def test_d37_unsaved_objects_are_equal_to_themselves_alone() -> None:
    one, other = IdSong(title="x"), IdSong(title="x")

    assert one != other
    assert one in [one, other]


@pytest.mark.parametrize("made", [IdSong(title="x"), IdSong()])
def test_an_unsaved_object_has_no_hash_and_says_what_to_do(made: IdSong) -> None:
    with pytest.raises(TypeError, match=r"IdSong that was never saved has no hash.* save it before .*id\(object\)"):
        hash(made)


def test_every_object_of_a_row_has_the_hash_of_the_row_for_ever() -> None:
    song = loaded("a", title="x")
    before = hash(song)
    others = [IdSong.pointer("a"), copy.copy(song), pickle.loads(pickle.dumps(song)), IdSong.from_json(song.to_json())]

    assert {hash(other) for other in others} == {before}
    assert set(others) == {song}

    song.title = "y"
    song._settle({"title": "y"}, {"updatedAt": "2024-01-01T00:00:00.000Z"})
    song.rollback()
    assert hash(song) == before


@pytest.mark.parametrize("how", ["pickle", "deepcopy", "copy"])
def test_copies_keep_the_row_and_its_changes(how: str) -> None:
    song = loaded(
        title="Hey", tags=["x"], info={"a": [1]}, released={"__type": "Date", "iso": "2024-01-01T00:00:00.000Z"}
    )
    song.title = "Jude"
    song.tags.append("y")
    song.artist = IdArtist.pointer("b")

    copies = {"pickle": lambda one: pickle.loads(pickle.dumps(one)), "deepcopy": copy.deepcopy, "copy": copy.copy}
    twin = copies[how](song)

    assert twin == song
    assert twin.title == "Jude"
    assert twin.tags == ["x", "y"]
    assert twin.artist_id == "b"
    assert twin.released == datetime(2024, 1, 1, tzinfo=UTC)
    assert sorted(twin.changed) == ["artist", "tags", "title"]
    assert twin.rollback().title == "Hey"


def test_a_deep_copy_shares_nothing() -> None:
    song = loaded(info={"a": [1]})
    assert song.info is not None
    twin = copy.deepcopy(song)
    assert twin.info is not None

    twin.info["a"].append(2)

    assert song.info == {"a": [1]}
    assert song.changed == []
    assert twin.changed == ["info"]


def test_a_pickle_holds_no_client_and_no_key() -> None:
    client = orm.Client("http://localhost/parse", "app-id-1", master_key="master-key-1", session_token="r:token")
    song = IdSong._hydrate([{"objectId": "a"}], Origin(client))[0]
    song.title = "x"

    data = pickle.dumps(song)

    assert [secret for secret in (b"master-key-1", b"app-id-1", b"r:token") if secret in data] == []


def test_a_repr_shows_what_is_known_marks_changes_and_hides_secrets() -> None:
    song = loaded(
        title="Hey", tags=["x"], secret="sssh", artist={"__type": "Pointer", "className": "IdArtist", "objectId": "b"}
    )
    song.title = "Jude"

    assert repr(song) == "<IdSong a *title='Jude' tags=['x'] artist=<IdArtist b> secret=[hidden]>"
    assert repr(IdSong(title="x" * 100)) == "<IdSong new *title='" + "x" * 36 + "...>"
    assert repr(IdArtist.pointer("b")) == "<IdArtist b (not loaded)>"
    assert repr(IdSong(released=datetime(2024, 5, 1, tzinfo=UTC))) == "<IdSong new *released=2024-05-01T00:00:00+00:00>"


def test_a_repr_survives_an_object_that_cannot_be_saved_and_forges_no_line() -> None:
    song = IdSong(title="a\nb\x1b[31m")
    song.tags.append(3)  # type: ignore[arg-type]

    text = repr(song)

    assert "\n" not in text
    assert "\x1b" not in text
    assert "*tags" in text


def test_a_value_is_read_by_either_name() -> None:
    song = loaded(title="Hey", undeclared={"__type": "Date", "iso": "2024-01-01T00:00:00.000Z"})

    assert song["title"] == "Hey"
    assert song["undeclared"] == datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(KeyError, match="nothing"):
        song["nothing"]


def test_an_object_names_its_row_as_a_pointer() -> None:
    assert loaded("a").to_pointer() == orm.Pointer("IdSong", "a")
    with pytest.raises(orm.UnsavedReference):
        IdSong().to_pointer()


def test_data_from_outside_is_taken_by_name_only() -> None:
    form = {"title": "x", "secret": "mine", "id": "a", "acl": {}, "sessionToken": "r:x", "nonsense": 1}

    song = IdSong.from_params(form, only=["title", "tags"])

    assert song.title == "x"
    assert song.changed == ["title"]
    assert song.is_new
    for owned in ("sessionToken", "authData", "_rperm", "className", "createdAt"):
        with pytest.raises(orm.UnknownField):
            IdSong.from_params(form, only=[owned])
    with pytest.raises(orm.ReadOnlyField):
        IdSong.from_params(form, only=["id"])
    with pytest.raises(orm.UnknownField, match="title"):
        IdSong.from_params(form, only=["titel"])


def test_what_the_last_save_sent_is_remembered_without_secrets(server: Yes) -> None:
    song = loaded(title="Hey")
    song.update(title="Jude", secret="sssh")

    assert song.previous_changes == {"title": ("Hey", "Jude"), "secret": (None, "[hidden]")}
    assert song.changes == {}
    song.save()
    assert song.previous_changes["title"] == ("Hey", "Jude")


def test_a_has_one_is_found_once_and_may_not_be_set(server: Yes) -> None:
    class IdCover(orm.ParseObject):
        record = orm.belongs_to("IdRecord")
        kind = orm.property(str)

    class IdRecord(orm.ParseObject):
        cover = orm.has_one(IdCover, where={"kind": "front"})

    record = IdRecord.pointer("a")
    server.rows = [{"objectId": "c", "kind": "front"}]

    assert record.cover == IdCover.pointer("c")
    assert record.cover is record.cover
    assert len(server.lines) == 1
    assert server.bodies[0]["where"]["kind"] == "front"
    assert IdRecord().cover is None
    wrong: Any = record
    with pytest.raises(orm.ReadOnlyField, match="set record on the IdCover"):
        wrong.cover = None


def test_a_has_one_that_nothing_fits_says_so() -> None:
    class IdLonely(orm.ParseObject):
        cover = orm.has_one(IdArtist)

    with pytest.raises(orm.DeclarationError, match="there is none"):
        IdLonely.pointer("a").cover  # noqa: B018
    with pytest.raises(orm.DeclarationError, match="scope="):
        orm.has_one(IdArtist, scope_only=True)
