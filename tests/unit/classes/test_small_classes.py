"""What the built-in classes tell about a row without asking the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def row(model: Any, **wire: Any) -> Any:
    return model._hydrate([{"objectId": "x1", **wire}], Origin())[0]


def date(moment: datetime) -> dict[str, str]:
    return {"__type": "Date", "iso": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")}


def test_a_push_that_reached_nobody_has_no_rate() -> None:
    assert row(orm.PushStatus, status="succeeded").success_rate == 0.0
    assert row(orm.PushStatus, numSent=3, numFailed=1).success_rate == 0.75
    assert row(orm.PushStatus, numSent=3, numFailed=1).total_attempted == 4


@pytest.mark.parametrize(("status", "over"), [("running", False), ("succeeded", True), ("failed", True), (None, False)])
def test_a_job_is_over_when_its_status_says_so(status: str | None, over: bool) -> None:
    assert row(orm.JobStatus, status=status).is_finished is over


def test_the_duration_of_a_job_is_known_once_it_is_over() -> None:
    began = "2024-06-01T00:00:00.000Z"

    assert row(orm.JobStatus, createdAt=began).duration is None
    assert row(orm.JobStatus, createdAt=began, finishedAt=date(NOW + timedelta(seconds=5))).duration == timedelta(
        seconds=5
    )


def test_a_schedule_without_parameters_has_none() -> None:
    assert orm.JobSchedule(job_name="x").arguments == {}
    assert orm.JobSchedule(job_name="x", params='{"a": 1}').arguments == {"a": 1}


def test_an_audience_is_a_query_of_installations() -> None:
    audience = orm.Audience.of("phones", orm.Installation.where(device_type="ios", badge__gt=3))

    assert audience.conditions == {"deviceType": "ios", "badge": {"$gt": 3}}
    assert orm.Audience.of("all", {}).conditions == {}
    assert orm.Audience(name="none").conditions == {}


@pytest.mark.parametrize("query", [orm.Session.active(), orm.Installation.where(id__in=[]), orm.Installation.limit(3)])
def test_an_audience_of_something_else_is_refused(query: Any) -> None:
    with pytest.raises(orm.BadQuery):
        orm.Audience.of("x", query)


def test_a_stale_device_was_not_heard_of_for_ninety_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orm.Installation, "clock", staticmethod(lambda: NOW))

    assert row(orm.Installation, updatedAt="2024-03-02T00:00:00.000Z").is_stale
    assert not row(orm.Installation, updatedAt="2024-03-04T00:00:00.000Z").is_stale
    assert not orm.Installation().is_stale
    assert orm.Installation.stale().to_params()["where"] == {"updatedAt": {"$lt": date(NOW - timedelta(days=90))}}


def test_device_tokens_are_hidden() -> None:
    assert "ab12" not in repr(orm.Installation(device_type="ios", device_token="ab12"))


def test_a_role_needs_a_name_to_stand_in_a_list() -> None:
    assert orm.Role(name="Press").acl_key == "role:Press"
    with pytest.raises(orm.InvalidValue):
        orm.Role().acl_key  # noqa: B018
    with pytest.raises(orm.RecordInvalid):
        orm.Role().save()


def test_a_role_never_holds_itself() -> None:
    role = row(orm.Role, name="Press")

    with pytest.raises(orm.InvalidValue, match="itself"):
        role.add_roles(orm.Role.pointer("x1"))
    with pytest.raises(orm.InvalidValue, match="itself"):
        role.add_roles(role)


def test_waiting_for_a_job_gives_up_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    status = row(orm.JobStatus, status="running", jobName="sweep", message="half")
    monkeypatch.setattr(orm.JobStatus, "reload", lambda self, **options: self)
    clock = iter([0.0, 1.0, 2.0, 3.0])

    with pytest.raises(TimeoutError, match="'sweep' still runs after 2 seconds: half"):
        status.wait(timeout=2, sleep=lambda seconds: None, clock=lambda: next(clock))


@pytest.mark.parametrize("name", ["authData", "auth_data"])
def test_auth_data_is_never_taken_from_data(name: str) -> None:
    with pytest.raises((orm.UnknownField, orm.ReadOnlyField)):
        orm.User(**{name: {"facebook": {"id": "1"}}})
    with pytest.raises((orm.UnknownField, orm.ReadOnlyField)):
        orm.User.from_params({name: {}}, only=[name])


def test_auth_data_is_neither_shown_nor_copied() -> None:
    import pickle

    user = row(orm.User, username="ann", authData={"facebook": {"id": "1", "access_token": "s3cret"}})

    assert "s3cret" not in repr(user)
    assert b"s3cret" not in pickle.dumps(user)


@pytest.mark.parametrize("provider", ["", "mfa", "face book", "fäce", "a-b"])
def test_a_service_has_a_plain_name(provider: str) -> None:
    with pytest.raises(orm.InvalidValue, match="service"):
        row(orm.User, sessionToken="r:1").link(provider, {"id": "1"})


@pytest.mark.parametrize("ask", [orm.User.request_password_reset, orm.User.request_email_verification])
def test_a_mail_needs_an_address(ask: Any) -> None:
    client = orm.Client("http://localhost/parse", "app", master_key=None)
    with orm.using(client), pytest.raises(orm.EmailMissing):
        ask(" ")
