"""The names that are refused here are those that the server has no rows with."""

from __future__ import annotations

import pytest

import parse_orm as orm
from parse_orm.client.requests import JAVASCRIPT_FIELDS


@pytest.mark.parametrize("name", sorted(JAVASCRIPT_FIELDS))
def test_a_column_named_as_a_property_of_every_object_holds_nothing(parse_client: orm.Client, name: str) -> None:
    with pytest.raises(orm.IncorrectType):
        parse_client.request("POST", "/classes/Denied", {name: "a"})


def test_bytes_of_a_saved_row_stay_as_they_are_on_postgres(parse_client: orm.Client) -> None:
    class Blob(orm.ParseObject):
        data = orm.property(bytes)

    blob = Blob.create(data=b"a")

    with pytest.raises(orm.OperationForbidden, match="Postgres"):
        blob.update(data=b"b")
    assert Blob.get(str(blob.id)).data == b"a"
