"""Installations, products and audiences, on the real server."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


@pytest.fixture
def phone() -> orm.Installation:
    return orm.Installation(device_type="ios", device_token="ab12", channels=["jazz"]).save()


def test_channels_are_added_and_taken_away_at_once(phone: orm.Installation) -> None:
    other = orm.Installation.get(str(phone.id))
    phone.subscribe("news", "jazz")
    other.subscribe("rock")

    assert set(phone.reload().channels) == {"jazz", "news", "rock"}
    assert phone.unsubscribe("jazz", "rock").channels == ["news"]
    assert phone.is_subscribed("news")
    assert not phone.is_subscribed("jazz")


def test_subscribers_and_channels_are_listed(phone: orm.Installation) -> None:
    orm.Installation.create(device_type="android", device_token="cd", channels=["jazz", "news"])

    assert orm.Installation.subscribers("jazz").count() == 2
    assert orm.Installation.of_type("ios").all() == [phone]
    assert orm.Installation.all_channels() == ["jazz", "news"]


def test_the_badge_is_reset_and_counted_up(phone: orm.Installation) -> None:
    assert phone.update(badge=4).increment("badge").badge == 5
    assert phone.reset_badge().reload().badge == 0


def test_a_device_may_belong_to_a_user(phone: orm.Installation) -> None:
    ann = orm.User.signup("ann", "pw")
    phone.update(user=ann)

    assert orm.Installation.where(user=ann).first() == phone


def test_stale_devices_are_cleared(phone: orm.Installation) -> None:
    assert orm.Installation.clear_stale() == 0
    assert orm.Installation.clear_stale(days=-1) == 1
    assert orm.Installation.count() == 0


def test_a_device_needs_a_type_and_a_name() -> None:
    with pytest.raises(orm.MissingIdentifier):
        orm.Installation(installation_id="device-1").save()


def test_finding_devices_needs_the_master_key(phone: orm.Installation, parse_server: Any) -> None:
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})

    with pytest.raises(orm.OperationForbidden):
        orm.Installation.using(stranger).first()


def test_a_session_knows_its_installation() -> None:
    phone = orm.Installation.create(device_type="web", installation_id="device-1")
    client = orm.current_client()
    client.request("POST", "/users", {"username": "ann", "password": "pw"})
    login = client.request("POST", "/login", {"username": "ann", "password": "pw"}, installation_id="device-1")
    session = orm.Session.for_token(login["sessionToken"], strict=True)

    assert session is not None
    assert session.installation == phone


def test_a_product_keeps_its_files() -> None:
    icon = orm.File("icon.png", b"png").save()
    product = orm.Product.create(
        title="Album", subtitle="Ten songs", product_identifier="com.example.album", icon=icon, position=1
    )

    assert orm.Product.get(str(product.id)).icon == icon
    with pytest.raises(orm.RecordInvalid):
        orm.Product(title="no identifier").save()


def test_an_audience_finds_its_devices_again(phone: orm.Installation) -> None:
    orm.Audience.of("jazz", orm.Installation.subscribers("jazz")).save()
    found = orm.Audience.find_by_name("jazz")

    assert found is not None
    assert found.conditions == orm.Installation.subscribers("jazz").to_params()["where"]
