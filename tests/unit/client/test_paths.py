"""Names and ids on their way into a URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse_orm.client import requests as paths
from parse_orm.errors import InvalidClassName, InvalidFieldName, InvalidId, InvalidInput, InvalidValue


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Song", "/classes/Song"),
        ("_User", "/users"),
        ("_Role", "/roles"),
        ("_Session", "/sessions"),
        ("_Installation", "/installations"),
        ("_JobStatus", "/classes/_JobStatus"),
        ("_Join:users:_Role", "/classes/_Join:users:_Role"),
        ("A" * 63, "/classes/" + "A" * 63),
    ],
)
def test_a_class_has_a_path(name: str, path: str) -> None:
    assert paths.collection(name) == path


@pytest.mark.parametrize(
    "name",
    ["", "1Song", "So ng", "Söng", "Song/x", "../Song", "_Songs", "Song\n", "A" * 64, "So-ng", None, 7],
)
def test_an_impossible_class_name_is_refused(name: object) -> None:
    with pytest.raises(InvalidClassName):
        paths.collection(name)  # type: ignore[arg-type]


def test_a_misspelt_system_class_suggests_the_right_one() -> None:
    with pytest.raises(InvalidClassName, match="did you mean '_User'"):
        paths.collection("_Users")


def test_an_id_is_quoted() -> None:
    assert paths.row("_User", "a b/c?d#é%") == "/users/a%20b%2Fc%3Fd%23%C3%A9%25"


@pytest.mark.parametrize("object_id", ["", "  ", ".", "..", "a\nb", "a\x00", "x" * 257, None, 7, True])
def test_an_impossible_id_is_refused(object_id: object) -> None:
    with pytest.raises(InvalidId):
        paths.row("Song", object_id)  # type: ignore[arg-type]


@given(st.text(max_size=300))
def test_no_id_leaves_its_place_in_the_path(object_id: str) -> None:
    try:
        path = paths.row("Song", object_id)
    except InvalidInput:
        return
    assert path.startswith("/classes/Song/")
    assert path.count("/") == 3
    assert not set(path) & set("?# \\")


@pytest.mark.parametrize("name", ["title", "a", "playCount", "a_1", "a" * 63])
def test_a_sound_column_name_passes(name: str) -> None:
    assert paths.check_field_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "_x", "1a", "a.b", "a-b", "é", "a" * 64, "id", "objectId", "className", "length", None]
)
def test_an_impossible_column_name_is_refused(name: object) -> None:
    with pytest.raises(InvalidFieldName):
        paths.check_field_name(name)


def test_every_other_endpoint_quotes_its_name() -> None:
    assert paths.function("hi there") == "/functions/hi%20there"
    assert paths.job("a/b") == "/jobs/a%2Fb"
    assert paths.event("open") == "/events/open"
    assert paths.file("dir/a b.png") == "/files/dir/a%20b.png"
    assert paths.schema("_User") == "/schemas/_User"
    assert paths.purge("Song") == "/purge/Song"
    assert paths.aggregate("_Session") == "/aggregate/_Session"


@pytest.mark.parametrize("name", ["", "..", "a/../b", "a\nb", "/abs"])
def test_a_file_name_cannot_leave_its_folder(name: str) -> None:
    with pytest.raises(InvalidValue):
        paths.file(name)
