"""Saving an installation that the server has already: the object becomes that row, or says why it cannot."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm


def in_transaction(phone: orm.Installation) -> None:
    with orm.transaction() as tx:
        tx.save(phone)


SAVES: dict[str, Callable[[orm.Installation], Any]] = {
    "save": lambda phone: phone.save(),
    "save_all": lambda phone: orm.save_all([phone]),
    "transaction": in_transaction,
}
KNOWN_BY: dict[str, dict[str, str]] = {
    "its id": {"installation_id": "device-1"},
    "its id in capitals": {"installation_id": "DEVICE-1"},
    "its token": {"device_token": "AB" * 32},
    "both": {"installation_id": "device-1", "device_token": "AB" * 32},
}


@pytest.fixture
def known(parse_client: orm.Client) -> orm.Installation:
    return orm.Installation(
        device_type="ios", installation_id="device-1", device_token="AB" * 32, locale_identifier="en"
    ).save()


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("values", KNOWN_BY.values(), ids=KNOWN_BY)
def test_the_object_becomes_the_row_that_was_there(
    values: dict[str, str], save: Callable[[Any], Any], known: orm.Installation, caplog: pytest.LogCaptureFixture
) -> None:
    phone = orm.Installation(device_type="ios", channels=["news"], **values)

    with caplog.at_level(logging.INFO, "parse_orm.classes.installation"):
        save(phone)

    assert (phone.id, phone.is_new, phone.may_exist, phone.is_changed()) == (known.id, False, False, False)
    assert (phone.channels, phone.locale_identifier, phone.created_at) == (["news"], "en", known.created_at)
    assert known.id in caplog.text
    assert orm.Installation.query().count() == 1
    phone.update(badge=3)
    assert known.reload().badge == 3


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_without_the_master_key_the_update_is_told_and_the_row_is_not_looked_for(
    save: Callable[[Any], Any], known: orm.Installation
) -> None:
    phone = orm.Installation(device_type="ios", installation_id="device-1", channels=["news"])

    with orm.as_anonymous(), pytest.raises((orm.InstallationUpdated, orm.BatchError), match="only the master key"):
        save(phone)

    assert phone.is_new
    assert phone.may_exist
    assert known.reload().channels == ["news"]


def test_in_a_batch_the_others_are_saved(known: orm.Installation) -> None:
    phones = [orm.Installation(device_type="ios", installation_id=f"device-{n}") for n in range(3)]

    with orm.as_anonymous():
        result = orm.save_all(phones, raise_on_error=False)

    assert result.saved == [phones[0], phones[2]]
    assert [(one, type(error)) for one, error in result.unknown] == [(phones[1], orm.InstallationUpdated)]
