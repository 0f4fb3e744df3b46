"""The config of an application, on the real server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")
MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def test_values_come_back_with_their_types() -> None:
    values = {"text": "x", "n": 1.5, "on": True, "at": MOMENT, "place": orm.GeoPoint(1, 2), "list": [1, "a"]}
    orm.config.update(values)

    assert orm.config.get() == values


def test_an_update_leaves_the_others_alone_and_none_removes() -> None:
    orm.config.update({"a": 1, "b": 2})
    orm.config.update({"b": 3})
    assert orm.config.get() == {"a": 1, "b": 3}
    orm.config.update({"a": None})
    assert orm.config.get() == {"b": 3}


def test_what_is_for_the_master_key_alone_is_hidden_from_others() -> None:
    orm.config.update({"open": 1, "secret": 2}, master_only=["secret"])

    assert orm.config.master_only() == ["secret"]
    assert orm.config.get(master=False) == {"open": 1}
    assert orm.config.get() == {"open": 1, "secret": 2}


def test_updating_needs_the_master_key(parse_server: Any) -> None:
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})

    with pytest.raises(orm.MasterKeyRequired):
        stranger.config.update({"a": 1})
    assert stranger.config.get() == {}


def test_master_only_names_what_is_updated() -> None:
    with pytest.raises(orm.InvalidValue, match="'b'"):
        orm.config.update({"a": 1}, master_only=["b"])


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(orm.InvalidFieldName):
        orm.config.update({"not a name": 1})
