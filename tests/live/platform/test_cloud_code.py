"""Cloud Code functions and jobs, on the real server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import parse_orm as orm

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("cloud")]
MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


class Tune(orm.ParseObject):
    title = orm.property(str)


def test_a_function_gives_its_result() -> None:
    assert orm.call("hello") == "Hello you"
    assert orm.call("hello", {"name": "Ann"}) == "Hello Ann"
    assert orm.call("nothing") is None


def test_parameters_and_results_keep_their_types() -> None:
    tune = Tune.create(title="Hey")
    given = {"at": MOMENT, "place": orm.GeoPoint(1, 2), "tune": tune, "many": [1, "a", None], "deep": {"x": True}}
    result = orm.call("echo", given)

    assert result == given
    assert isinstance(result["tune"], Tune)


def test_a_whole_row_in_a_result_is_loaded() -> None:
    Tune.create(title="Hey")
    found = orm.call("newest", {"of": "Tune"})

    assert isinstance(found, Tune)
    with orm.strict_loading():
        assert found.title == "Hey"


def test_a_row_of_a_class_without_a_model_is_a_pointer() -> None:
    pointer = orm.Pointer("Unheard", "xWMyZ4YEGZ")

    assert orm.call("echo", {"it": pointer})["it"] == pointer


def test_the_function_knows_who_asks(cloud: orm.Client) -> None:
    ann = orm.User.signup("ann", "pw")

    assert cloud.call("who") == "master"
    assert cloud.call("who", session=ann) == ann.id
    assert cloud.call("who", master=False) == "nobody"
    with orm.as_user(ann):
        assert orm.call("who") == ann.id


def test_the_context_arrives() -> None:
    assert orm.call("context", context={"trace": "t1"}) == {"trace": "t1"}


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("broken", orm.ScriptFailed, 141),
        ("missing", orm.ScriptFailed, 141),
        ("teapot", orm.ParseError, 418),
        ("strict", orm.ValidationFailed, 142),
    ],
)
def test_a_failure_has_its_code(name: str, error: type[orm.ParseError], code: int) -> None:
    with pytest.raises(error, match=name) as caught:
        orm.call(name, master=False)  # the master key passes validators by
    assert caught.value.code == code


def test_parameters_are_a_mapping() -> None:
    with pytest.raises(orm.InvalidValue, match="mapping"):
        orm.call("hello", ["Ann"])  # type: ignore[arg-type]


def test_a_job_runs_and_is_waited_for() -> None:
    status = orm.start_job("count", {"to": 3}).wait(timeout=20)

    assert status.status == "succeeded"
    assert status.is_finished
    assert status.job_name == "count"
    assert status.duration is not None
    assert orm.JobStatus.latest_for("count") == status
    assert orm.JobStatus.succeeded().for_job("count").count() == 1


def test_a_job_that_fails_says_so() -> None:
    status = orm.start_job("fail").wait(timeout=20)

    assert status.status == "failed"
    assert "cannot work" in str(status.message)
    assert orm.JobStatus.failed().first() == status


def test_an_unknown_job_and_a_missing_key_are_told_apart(cloud: orm.Client) -> None:
    with pytest.raises(orm.ScriptFailed):
        orm.start_job("missing")
    stranger = orm.Client(cloud.server_url, cloud.app_id, rest_key=cloud.settings.rest_key, master_key=None)
    with pytest.raises(orm.MasterKeyRequired):
        stranger.start_job("count")


def test_rows_of_old_runs_are_cleared() -> None:
    orm.start_job("count", {"to": 1}).wait(timeout=20)

    assert orm.JobStatus.clear(days=1) == 0
    assert orm.JobStatus.clear(days=-1) == 1
    assert orm.JobStatus.count() == 0


def test_a_schedule_is_kept() -> None:
    saved = orm.JobSchedule.create(job_name="count", params='{"to": 9}', days_of_week=["1"], repeat_minutes=5)
    found = orm.JobSchedule.for_job("count").first()

    assert found == saved
    assert found.arguments == {"to": 9}
