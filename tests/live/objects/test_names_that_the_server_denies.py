"""The names that are refused here are those that the server has no rows with."""

from __future__ import annotations

import pytest

import parse_orm as orm
from parse_orm.client.requests import JAVASCRIPT_FIELDS
from parse_orm.codec.encode import DENIED_IN_KEYS


@pytest.mark.parametrize("name", sorted(JAVASCRIPT_FIELDS))
def test_a_column_named_as_a_property_of_every_object_holds_nothing(parse_client: orm.Client, name: str) -> None:
    with pytest.raises(orm.IncorrectType):
        parse_client.request("POST", "/classes/Denied", {name: "a"})


@pytest.mark.parametrize("word", DENIED_IN_KEYS)
@pytest.mark.parametrize("form", ["{}", "a{}b"])
def test_a_key_with_such_a_word_in_it_is_denied_at_any_depth(parse_client: orm.Client, word: str, form: str) -> None:
    with pytest.raises(orm.InvalidKeyName):
        parse_client.request("POST", "/classes/Denied", {"d": {"a": [{form.format(word): 1}]}})


def test_bytes_of_a_saved_row_stay_as_they_are_on_postgres(parse_client: orm.Client) -> None:
    class Blob(orm.ParseObject):
        data = orm.property(bytes)

    blob = Blob.create(data=b"a")

    with pytest.raises(orm.OperationForbidden, match="Postgres"):
        blob.update(data=b"b")
    assert Blob.get(str(blob.id)).data == b"a"
