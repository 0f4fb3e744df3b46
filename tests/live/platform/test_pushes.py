"""Pushes: sent to channels, users, queries or everybody, and noted by the server."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

import parse_orm as orm


@pytest.mark.live
def test_a_push_reaches_the_devices_that_are_meant(cloud: orm.Client) -> None:
    orm.Installation.create(device_type="ios", device_token="ab", channels=["jazz"])
    orm.Installation.create(device_type="ios", device_token="cd", channels=["news"])
    status = cloud.push("New song", channels=["jazz"])
    for _ in range(50):
        if status.reload().is_complete:
            break
        time.sleep(0.1)

    assert status.status == "succeeded"
    assert status.num_sent == 1
    assert status.success_rate == 1.0
    assert status.summary() == {"status": "succeeded", "sent": 1, "failed": 0, "success_rate": 1.0}
    assert orm.PushStatus.with_status("succeeded").first() == status


@pytest.mark.live
def test_a_push_for_later_waits(cloud: orm.Client) -> None:
    status = orm.push("Later", broadcast=True, at=datetime.now(UTC) + timedelta(days=1), expires_in=60).reload()

    assert status.status == "scheduled"
    assert not status.is_complete
    assert status.success_rate == 0.0


@pytest.mark.live
def test_a_push_goes_to_an_audience(cloud: orm.Client) -> None:
    orm.Installation.create(device_type="ios", device_token="ab")
    phones = orm.Audience.of("phones", orm.Installation.where(device_type="ios")).save()
    found = orm.Audience.find_by_name("phones")

    assert found == phones
    assert found is not None
    assert orm.push("Hi", where=found.conditions).id


def test_a_server_without_an_adapter_says_so(parse_client: orm.Client) -> None:
    with pytest.raises(orm.PushMisconfigured):
        parse_client.push("Hi", broadcast=True)
