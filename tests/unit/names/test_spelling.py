"""Names travel between snake_case and Parse's lower camelCase and come back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse_orm.names import BASE_COLUMNS, SERVER_OWNED, SYSTEM_CLASSES, to_attribute, to_class, to_column


@pytest.mark.parametrize(
    ("attribute", "column"),
    [
        ("title", "title"),
        ("lyrics_text", "lyricsText"),
        ("id", "objectId"),
        ("created_at", "createdAt"),
        ("updated_at", "updatedAt"),
        ("acl", "ACL"),
        ("gcm_sender_id", "gcmSenderId"),
        ("a1_b2", "a1B2"),
    ],
)
def test_attributes_and_columns_are_two_spellings_of_one_name(attribute: str, column: str) -> None:
    assert to_column(attribute) == column
    assert to_attribute(column) == attribute


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z][a-z]+", fullmatch=True), min_size=1, max_size=4))
def test_a_name_of_plain_words_survives_the_round_trip(words: list[str]) -> None:
    name = "_".join(words)

    assert to_attribute(to_column(name)) == name


@pytest.mark.parametrize("name", SYSTEM_CLASSES)
def test_the_server_s_own_classes_get_their_underscore(name: str) -> None:
    assert to_class(name) == f"_{name}"


def test_other_classes_keep_their_name() -> None:
    assert to_class("Song") == "Song"
    assert to_class("_User") == "_User"


def test_what_the_server_owns_is_never_taken_from_outside() -> None:
    assert {"sessionToken", "authData", "_rperm", "_wperm", "_hashed_password", "className"} <= SERVER_OWNED
    assert set(BASE_COLUMNS.values()) - {"ACL"} <= SERVER_OWNED
