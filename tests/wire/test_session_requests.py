"""What logging in, looking sessions up and ending them sends, and how odd answers are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from tests.wire.conftest import Wire

pytestmark = pytest.mark.usefixtures("client")

TOKEN = "r:" + "c" * 32
OTHER = "r:" + "d" * 32
LOGIN = {"objectId": "user1", "username": "ann", "sessionToken": TOKEN}
FUTURE = {"__type": "Date", "iso": "2999-01-01T00:00:00.000Z"}
ROW = {"objectId": "session1", "createdAt": "2024-01-02T03:04:05.678Z", "expiresAt": FUTURE}


def x_parse(wire: Wire) -> dict[str, str]:
    """Who the last request says it is from."""
    kept = {name: value for name, value in wire.headers.items() if name.startswith("X-Parse-")}
    kept.pop("X-Parse-Request-Id", None)
    return kept


def test_a_login_sends_name_and_password_in_the_body_and_no_installation(wire: Wire) -> None:
    wire.answer("POST", "/login", LOGIN)

    ann = orm.User.login("ann", "pw", mfa="123456")

    assert wire.lines == ["POST /login"]
    assert wire.bodies == [{"username": "ann", "password": "pw", "authData": {"mfa": {"token": "123456"}}}]
    assert x_parse(wire) == {"X-Parse-Application-Id": "app-id", "X-Parse-REST-API-Key": "rest-key-1"}
    assert ann.session_token == TOKEN


def test_a_login_is_never_repeated(wire: Wire) -> None:
    wire.answer("POST", "/login", {"code": 1, "message": "Internal server error."}, 500)

    with pytest.raises(orm.InternalServerError):
        orm.User.login("ann", "pw")

    assert len(wire.requests) == 1


def test_a_signup_sends_the_new_row_as_nobody(wire: Wire) -> None:
    wire.answer("POST", "/users", {"objectId": "user1", "createdAt": ROW["createdAt"], "sessionToken": TOKEN}, 201)

    with orm.as_user(OTHER):
        ann = orm.User.signup("ann", "pw", email="ann@example.com")

    assert wire.bodies == [{"username": "ann", "email": "ann@example.com", "password": "pw"}]
    assert "X-Parse-Session-Token" not in wire.headers
    assert "X-Parse-Master-Key" not in wire.headers
    assert ann.session_token == TOKEN
    assert "password" not in ann._wire


def test_a_client_with_nothing_but_the_master_key_logs_in_with_it(wire: Wire) -> None:
    wire.answer("POST", "/login", LOGIN)

    with orm.using(orm.Client("http://localhost:1337/parse", "app-id", master_key="master-key-1")):
        orm.User.login("ann", "pw")

    assert x_parse(wire) == {"X-Parse-Application-Id": "app-id", "X-Parse-Master-Key": "master-key-1"}


def test_d2_the_token_asked_about_goes_out_alone(wire: Wire) -> None:
    wire.answer("GET", "/sessions/me", ROW)
    wire.answer("POST", "/sessions", {"results": [ROW]})
    wire.answer("GET", "/users/me", LOGIN)
    bound = orm.Client("http://localhost:1337/parse", "app-id", master_key="master-key-1", session_token=OTHER)

    with orm.using(bound), orm.as_user(OTHER):
        session = orm.Session.for_token(TOKEN)
        assert x_parse(wire)["X-Parse-Session-Token"] == TOKEN
        orm.User.for_token(TOKEN)

    assert x_parse(wire)["X-Parse-Session-Token"] == TOKEN
    assert all("X-Parse-Master-Key" not in request.headers for request in wire.requests)
    assert wire.lines[:2] == ["GET /sessions/me", "POST /sessions"]
    assert wire.bodies[1] == {
        "where": {"objectId": ROW["objectId"]},
        "excludeKeys": "sessionToken",
        "order": "objectId",
        "limit": 1,
        "_method": "GET",
    }
    assert all(TOKEN not in request.url + str(request.body) for request in wire.requests)
    assert session is not None
    assert session.session_token == TOKEN


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_d26_and_d38_code_209_is_a_dead_token_whatever_the_status(status: int, wire: Wire) -> None:
    dead = {"code": 209, "error": "Invalid session token"}
    wire.answer("GET", "/sessions/me", dead, status)
    wire.answer("GET", "/users/me", dead, status)

    assert orm.Session.for_token(TOKEN) is None
    assert orm.User.for_token(TOKEN) is None
    with pytest.raises(orm.InvalidSessionToken) as caught:
        orm.Session.for_token(TOKEN, strict=True)
    assert (caught.value.code, caught.value.http_status) == (209, status)


@pytest.mark.parametrize("ask", [orm.Session.for_token, orm.User.for_token])
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, {"code": 1, "message": "Internal server error."}, orm.InternalServerError),
        (403, {"error": "unauthorized"}, orm.KeysRefused),
        (400, {"code": 119, "error": "no"}, orm.OperationForbidden),
        (502, {}, orm.ServerUnavailable),
    ],
)
def test_an_outage_or_a_wrong_key_is_not_taken_for_a_dead_token(
    ask: Callable[[str], object], status: int, body: Any, error: type[Exception], wire: Wire
) -> None:
    for method, path in (("GET", "/sessions/me"), ("GET", "/users/me")):
        wire.answer(method, path, body, status)

    quick = orm.Client("http://localhost:1337/parse", "app-id", master_key=None, retries=orm.Retry(attempts=1))
    with orm.using(quick), pytest.raises(error):
        ask(TOKEN)


def test_a_token_without_a_row_is_dead(wire: Wire) -> None:
    wire.answer("GET", "/sessions/me", ROW)
    wire.answer("POST", "/sessions", {"results": []})

    assert orm.Session.for_token(TOKEN) is None
    with pytest.raises(orm.InvalidSessionToken, match="no session of this token"):
        orm.Session.for_token(TOKEN, strict=True)


def test_ending_oneself_when_one_is_dead_already_is_false(wire: Wire) -> None:
    wire.answer("GET", "/sessions/me", ROW)
    wire.answer("POST", "/sessions", {"results": [ROW]})
    wire.answer("DELETE", "/sessions/session1", {"code": 209, "error": "Invalid session token"}, 400)
    session = orm.Session.for_token(TOKEN)
    assert session is not None

    with orm.as_user(TOKEN):
        assert session.revoke() is False
    with orm.as_user(OTHER), pytest.raises(orm.InvalidSessionToken):
        session.revoke()


def test_a_row_that_is_past_its_end_is_dead_by_our_clock_too(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.answer("GET", "/sessions/me", ROW)
    wire.answer("POST", "/sessions", {"results": [ROW]})
    monkeypatch.setattr(orm.Session, "clock", staticmethod(lambda: datetime(3000, 1, 1, tzinfo=UTC)))

    assert orm.Session.for_token(TOKEN) is None
    with pytest.raises(orm.SessionExpired):
        orm.Session.for_token(TOKEN, strict=True)


@pytest.mark.parametrize("named", ["user", "user_id", "session_token", "installation_id"])
def test_creating_a_session_can_name_nobody_else(named: str) -> None:
    with pytest.raises(orm.ReadOnlyField):
        orm.Session(**{named: "user1"})


def test_a_create_at_sessions_never_carries_user_token_or_installation(wire: Wire) -> None:
    # A server before 9.10.1 deletes the session of the user and installation that are named there (#10582).
    wire.answer("POST", "/sessions", {**ROW, "sessionToken": OTHER}, 201)
    session = orm.Session(created_with={"action": "x"})
    user = {"__type": "Pointer", "className": "_User", "objectId": "victim"}
    smuggled = {"user": user, "sessionToken": OTHER, "installationId": "phone", "ACL": {}}
    for column, value in smuggled.items():
        session._write_native(column, value)

    session.save(session=TOKEN, validate=False)

    assert wire.bodies == [{"createdWith": {"action": "x"}}]
    assert x_parse(wire)["X-Parse-Session-Token"] == TOKEN


def test_ending_one_session_is_a_delete_of_its_row(wire: Wire) -> None:
    wire.answer("DELETE", "/sessions/session1", {})

    assert orm.Session.pointer("session1").revoke() is True

    assert wire.lines == ["DELETE /sessions/session1"]


def revoking(wire: Wire, count: int, **batches: Any) -> None:
    """Answers for a user with that many sessions."""
    found = [{"objectId": f"session{number:03}", "sessionToken": f"r:{number:032x}"} for number in range(count)]
    wire.answer("POST", "/sessions", {"results": found})
    wire.answer("POST", "/sessions", {"results": []})

    def batch(request: Any) -> tuple[int, dict[str, str], str]:
        asked = json.loads(request.body)["requests"]
        answers = [batches.get(item["path"].rpartition("/")[2], {"success": {}}) for item in asked]
        return 200, {}, json.dumps(answers)

    wire.mock.add_callback("POST", "http://localhost:1337/parse/batch", callback=batch)


def test_ending_all_sessions_deletes_in_batches_of_a_hundred_as_one_credential(wire: Wire) -> None:
    revoking(wire, 200)

    assert orm.Session.revoke_all_for_user("user1", keep=OTHER) == 200

    assert wire.lines == ["POST /sessions", "POST /sessions", "POST /batch", "POST /batch"]
    assert wire.bodies[0]["where"]["user"] == {"__type": "Pointer", "className": "_User", "objectId": "user1"}
    assert wire.bodies[2]["requests"][0] == {"method": "DELETE", "path": "/parse/sessions/session000"}
    assert [len(body["requests"]) for body in wire.bodies[2:]] == [100, 100]
    assert {request.headers.get("X-Parse-Master-Key") for request in wire.requests} == {"master-key-1"}


def test_d4_the_session_that_asks_goes_alone_and_last(wire: Wire) -> None:
    revoking(wire, 5)
    own = f"r:{2:032x}"

    with orm.as_user(own):
        assert orm.Session.revoke_all_for_user("user1") == 5

    deleted = [[item["path"].rpartition("/")[2] for item in body["requests"]] for body in wire.bodies[2:]]
    assert deleted == [["session000", "session001", "session003", "session004"], ["session002"]]
    assert {request.headers["X-Parse-Session-Token"] for request in wire.requests} == {own}


def test_d4_rows_that_were_gone_already_are_not_counted_and_failures_are_named(wire: Wire) -> None:
    gone = {"error": {"code": 101, "error": "Object not found for delete."}}
    failed = {"error": {"code": 119, "error": "no"}}
    revoking(wire, 4, session001=gone, session003=failed)

    with pytest.raises(orm.BatchError, match="1 of 4") as caught:
        orm.Session.revoke_all_for_user("user1")

    assert caught.value.result == 2
    ((row, error),) = caught.value.failed
    assert row.id == "session003"
    assert isinstance(error, orm.OperationForbidden)


def test_logging_out_sends_the_token_of_this_login(wire: Wire) -> None:
    wire.answer("POST", "/login", LOGIN)
    wire.answer("POST", "/logout", {})
    ann = orm.User.login("ann", "pw")

    with orm.as_user(OTHER):
        assert ann.logout() is True

    assert wire.lines[-1] == "POST /logout"
    assert x_parse(wire)["X-Parse-Session-Token"] == TOKEN


def test_a_logout_that_was_refused_can_be_tried_again(wire: Wire) -> None:
    wire.answer("POST", "/login", LOGIN)
    wire.answer("POST", "/logout", {"error": "unauthorized"}, 403)
    wire.answer("POST", "/logout", {})
    ann = orm.User.login("ann", "pw")

    with pytest.raises(orm.KeysRefused):
        ann.logout()

    assert ann.session_token == TOKEN
    assert ann.logout() is True
    assert ann.session_token is None


def test_an_update_of_a_session_is_a_put_with_the_master_key(wire: Wire, client: orm.Client) -> None:
    wire.answer("PUT", "/sessions/session1", {"updatedAt": "2024-01-03T03:04:05.678Z"})

    with orm.as_user(TOKEN):
        saved = client.sessions.update("session1", {"restricted": True})

    assert saved == datetime(2024, 1, 3, 3, 4, 5, 678000, tzinfo=UTC)
    assert wire.bodies == [{"restricted": True}]
    assert x_parse(wire).get("X-Parse-Master-Key") == "master-key-1"
    assert "X-Parse-Session-Token" not in wire.headers


def test_a_list_of_sessions_leaves_the_tokens_out(wire: Wire, client: orm.Client) -> None:
    wire.answer("POST", "/sessions", {"results": [ROW]})

    client.sessions.all('limit=3&where={"user":"x"}')

    assert wire.bodies == [{"limit": 3, "where": {"user": "x"}, "excludeKeys": "sessionToken", "_method": "GET"}]
