"""What a push says and to whom, compiled without a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.push import push_body

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


class Note(orm.ParseObject):
    text = orm.property(str)


def test_everything_that_is_shown() -> None:
    body = push_body("Hi", title="T", badge="Increment", sound="x.wav", data={"uri": "a"}, broadcast=True)

    assert body == {
        "where": {},
        "data": {"alert": "Hi", "title": "T", "badge": "Increment", "sound": "x.wav", "uri": "a"},
    }


def test_a_silent_push_needs_no_text() -> None:
    assert push_body(silent=True, broadcast=True)["data"] == {"content-available": 1}


def test_channels_users_and_conditions_are_one_where() -> None:
    body = push_body(
        "Hi",
        channels=["jazz", "news"],
        users=orm.User.pointer("annannanna"),
        where=orm.Installation.where(device_type="ios"),
    )

    assert body["where"] == {
        "deviceType": "ios",
        "channels": {"$in": ["jazz", "news"]},
        "user": {"$in": [{"__type": "Pointer", "className": "_User", "objectId": "annannanna"}]},
    }


def test_one_channel_may_be_plain_text() -> None:
    assert push_body("Hi", channels="jazz")["where"] == {"channels": {"$in": ["jazz"]}}


def test_times_are_in_the_server_s_spelling() -> None:
    body = push_body("Hi", broadcast=True, at=NOON, expires_at=NOON + timedelta(hours=1))

    assert body["push_time"] == "2024-01-02T12:00:00.000Z"
    assert body["expiration_time"] == "2024-01-02T13:00:00.000Z"
    assert push_body("Hi", broadcast=True, expires_in=timedelta(minutes=1))["expiration_interval"] == 60


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"broadcast": True}, "would show nothing"),
        ({"alert": "Hi"}, "broadcast=True"),
        ({"alert": "Hi", "channels": []}, "reach nobody"),
        ({"alert": "Hi", "users": []}, "reach nobody"),
        ({"alert": "Hi", "channels": "a", "broadcast": True}, "leave out"),
        ({"alert": "Hi", "channels": "a", "where": {"channels": "b"}}, "say it once"),
        ({"alert": "Hi", "where": Note.where(text="x")}, "query of Installation"),
        ({"alert": "Hi", "where": orm.Installation.where(channels__in=[])}, "reach nobody"),
        ({"alert": "Hi", "broadcast": True, "expires_in": 0}, "time to come"),
        ({"alert": "Hi", "broadcast": True, "expires_in": 5, "expires_at": NOON}, "either"),
    ],
)
def test_a_push_that_cannot_be_meant_is_refused(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(orm.InvalidValue, match=complaint):
        push_body(**options)


def test_sending_needs_the_master_key_and_sends_nothing_without_it() -> None:
    client = orm.Client("http://localhost/parse", "app", master_key=None)

    with pytest.raises(orm.MasterKeyRequired):
        client.push("Hi", broadcast=True)
