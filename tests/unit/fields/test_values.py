"""Fields on an instance: what reading gives, what assigning takes, what counts as changed."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class FieldArtist(orm.ParseObject):
    name = orm.property(str)


class FieldSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    score = orm.property(float)
    live = orm.property(bool)
    mood = orm.property(Mood, default=Mood.CALM)
    released = orm.property(datetime)
    info = orm.property(dict)
    notes = orm.property(list, default=list)
    tags = orm.array(str)
    mixed = orm.array()
    zone = orm.property(ZoneInfo)
    made = orm.property(datetime, default=lambda: NOON)
    secret = orm.property(str, hidden=True)
    fixed = orm.property(str, readonly=True)
    artist = orm.belongs_to(FieldArtist)


def loaded(**columns: Any) -> FieldSong:
    return FieldSong._hydrate([{"objectId": "a", **columns}], Origin())[0]


def test_a_new_object_has_its_defaults_and_nothing_else() -> None:
    song = FieldSong()

    assert (song.plays, song.mood, song.made, song.notes) == (0, Mood.CALM, NOON, [])
    assert (song.title, song.released, song.artist, song.info) == (None, None, None, None)
    assert song.tags == []
    assert sorted(song.changed) == ["made", "mood", "notes", "plays"]


def test_a_loaded_row_without_a_value_has_none_and_is_not_given_the_default_of_new_ones() -> None:
    song = loaded()

    assert (song.plays, song.mood, song.made, song.notes) == (None, None, None, None)
    assert song.tags == []
    assert song.changed == []


def test_defaults_are_not_shared_between_objects() -> None:
    one, other = FieldSong(), FieldSong()

    one.notes.append("x")
    one.tags.append("x")

    assert other.notes == []
    assert other.tags == []


@pytest.mark.parametrize("default", [[], {}, [1]])
def test_a_mutable_default_is_refused_with_the_cure(default: Any) -> None:
    with pytest.raises(orm.DeclarationError, match="default=list"):
        orm.property(type(default), default=default)


def test_a_default_of_the_wrong_type_is_refused() -> None:
    wrong: Any = "many"
    with pytest.raises(orm.InvalidValue):
        orm.property(int, default=wrong)


def test_declaring_a_function_is_answered_with_python_s_own_property() -> None:
    wrong: Any = orm.property
    with pytest.raises(orm.DeclarationError, match="import parse_orm as orm"):

        class FieldConfused(orm.ParseObject):
            @wrong
            def title(self) -> str:
                return "x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "x"),
        ("plays", 7),
        ("score", 4.0),
        ("live", True),
        ("mood", Mood.WILD),
        ("released", NOON),
        ("info", {"a": [1, {"b": None}], "when": NOON}),
        ("notes", [1, "a", None]),
        ("tags", ["a"]),
        ("mixed", [1, NOON]),
        ("zone", ZoneInfo("Europe/Berlin")),
    ],
)
def test_what_is_assigned_is_read_and_changed_and_can_be_taken_back(name: str, value: Any) -> None:
    song = loaded()

    setattr(song, name, value)

    assert getattr(song, name) == value
    assert song.changed == [name]
    assert song.is_changed(name)
    song.rollback()
    assert song.changed == []
    assert getattr(song, name) in (None, [], 0, Mood.CALM)


def test_setting_an_equal_value_is_no_change() -> None:
    song = loaded(title="x", plays=3, score=4, tags=["a"], info={"a": 1}, mood="wild", live=True)

    song.title = "x"
    song.plays = 3
    song.score = 4.0
    song.tags = ["a"]
    song.info = {"a": 1}
    song.mood = Mood.WILD
    song.live = True

    assert song.changed == []


def test_true_is_not_one() -> None:
    song = loaded(info={"a": 1}, mixed=[1])

    song.info = {"a": True}
    song.mixed = [True]

    assert sorted(song.changed) == ["info", "mixed"]


def test_true_is_not_one_at_any_depth_and_a_whole_float_is_the_integer() -> None:
    song = loaded(info={"a": [{"b": 1}]}, mixed=[4, [1]])

    song.info = {"a": [{"b": True}]}
    song.mixed = [4.0, [1.0]]

    assert song.changed == ["info"]


class Touchy:
    """As numpy arrays and pandas frames do, it has no truth when it is compared."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("compared")

    __hash__ = None  # type: ignore[assignment]


def test_what_was_put_into_a_list_and_cannot_be_stored_is_refused_by_name_without_comparing_it() -> None:
    song = loaded(mixed=[1])

    song.mixed[0] = Touchy()

    with pytest.raises(orm.InvalidValue, match="cannot store a Touchy"):
        song._changes()


def test_changes_in_place_are_found_at_any_depth() -> None:
    song = loaded(info={"a": {"b": [1]}}, tags=["x"])

    assert song.info is not None
    song.info["a"]["b"].append(2)
    song.tags.clear()

    assert song.changes == {"info": ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}}), "tags": (["x"], [])}
    song.info["a"]["b"].pop()
    song.tags.append("x")
    assert song.changed == []


def test_the_row_that_came_is_not_touched_by_edits_in_place() -> None:
    song = loaded(info={"a": [1]}, tags=["x"])
    assert song.info is not None

    song.info["a"].append(2)
    song.tags.append("y")

    assert song._wire == {"objectId": "a", "info": {"a": [1]}, "tags": ["x"]}


def test_a_value_of_the_wrong_kind_is_refused_at_assignment_and_changes_nothing() -> None:
    song: Any = loaded(title="x")

    for name, value in {"title": 3, "plays": "3", "live": 1, "mood": "angry", "tags": "abc", "info": []}.items():
        with pytest.raises(orm.InvalidValue, match=f"FieldSong.{name}"):
            setattr(song, name, value)

    assert song.changed == []


def test_an_enum_may_be_given_by_its_value() -> None:
    song: Any = FieldSong(mood="wild")

    assert song.mood is Mood.WILD


def test_a_misspelt_attribute_is_not_taken_silently() -> None:
    song: Any = FieldSong()

    with pytest.raises(AttributeError):
        song.titel  # noqa: B018
    with pytest.raises(orm.UnknownField, match="title"):
        FieldSong(titel="x")
    with pytest.raises(orm.UnknownField, match="title"):
        song.update(titel="x")


def test_read_only_fields_refuse_every_way_in() -> None:
    song: Any = loaded(fixed="x")

    for name in ("fixed", "id", "created_at", "updated_at"):
        with pytest.raises(orm.ReadOnlyField, match=name):
            setattr(song, name, "y")
        with pytest.raises(orm.ReadOnlyField, match=name):
            FieldSong(**{name: "y"})
    with pytest.raises(orm.ReadOnlyField):
        song.unset("fixed")
    assert song.fixed == "x"


def test_hidden_values_are_shown_nowhere() -> None:
    song = loaded(secret="old-secret")
    song.secret = "new-secret"

    assert "secret" in song.changed
    assert song.changes == {"secret": ("[hidden]", "[hidden]")}
    shown = [repr(song), repr(song.changes), repr(FieldSong.where(secret="new-secret")), repr(FieldSong.secret)]
    assert [text for text in shown if "-secret" in text] == []


def test_a_pointer_is_an_object_with_an_id_and_no_data() -> None:
    song = loaded(artist={"__type": "Pointer", "className": "FieldArtist", "objectId": "b"})

    assert song.artist_id == "b"
    assert song.artist == FieldArtist.pointer("b")
    assert song.artist is song.artist
    assert repr(song.artist) == "<FieldArtist b (not loaded)>"


def test_an_included_row_comes_as_a_loaded_object_and_is_sent_back_as_a_pointer() -> None:
    song = loaded(artist={"__type": "Object", "className": "FieldArtist", "objectId": "b", "name": "Ann"})

    assert song.artist is not None
    assert song.artist.name == "Ann"
    assert song.changed == []
    song.artist.name = "Anna"
    assert song.changed == []
    assert song.artist.changed == ["name"]


def test_a_pointer_takes_an_object_an_id_or_none() -> None:
    song: Any = loaded()

    for value in (FieldArtist.pointer("b"), "b", orm.Pointer("FieldArtist", "b")):
        song.artist = value
        assert song.artist_id == "b"
    song.artist_id = "c"
    assert song.artist == FieldArtist.pointer("c")
    song.artist = None
    assert song.artist_id is None


@pytest.mark.parametrize("wrong", [3, object(), orm.Pointer("FieldSong", "b"), ""])
def test_a_pointer_refuses_what_is_no_object_of_its_target(wrong: Any) -> None:
    song: Any = loaded()

    with pytest.raises(orm.InvalidInput):
        song.artist = wrong


def test_rows_in_an_array_become_objects_of_their_models() -> None:
    pointer = {"__type": "Pointer", "className": "FieldArtist", "objectId": "b"}
    stranger = {"__type": "Pointer", "className": "NobodyDeclaredThis", "objectId": "c"}
    song = loaded(mixed=[pointer, stranger, 1])

    assert song.mixed == [FieldArtist.pointer("b"), orm.Pointer("NobodyDeclaredThis", "c"), 1]
    assert song.changed == []
