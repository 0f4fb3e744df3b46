"""Sessions of a server where nobody ever signed up, and of one that protects the tokens; what an update may hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer
from tests.live.people import DEAD, Watched, log_in, session_of, sign_up, token
from tests.live.people import expire as expire_login


class Newborn(orm.ParseObject):
    name = orm.property(str)
    note = orm.property(str)


@pytest.fixture
def protected(parse_client: orm.Client, parse_server: Any) -> Iterator[orm.Client]:
    """A client without the master key, of a server that shows sessionToken to nobody else."""
    sign_up("first")
    permissions = parse_client.request("GET", "/schemas/_Session")["classLevelPermissions"]
    change = {"classLevelPermissions": {**permissions, "protectedFields": {"*": ["sessionToken"]}}}
    parse_client.request("PUT", "/schemas/_Session", change)
    with orm.using(orm.Client(**{**parse_server.config(), "master_key": None})) as client:
        yield client
    parse_client.request("PUT", "/schemas/_Session", {"classLevelPermissions": permissions})


def test_a_server_where_nobody_logged_in_yet_has_no_sessions() -> None:
    with DevServer() as server, orm.using(orm.Client(**server.config())) as client:
        assert orm.Session.all() == []
        assert orm.Session.active().all() == []
        assert orm.Session.first() is None
        assert client.sessions.all() == []
        assert client.find("_Session", {"excludeKeys": "sessionToken", "count": 1}) == {"results": [], "count": 0}
        assert orm.Session.find("aaaaaaaaaa") is None
        assert Newborn.exclude_keys("note").all() == []
        with pytest.raises(orm.ObjectNotFound):
            client.sessions.get("aaaaaaaaaa")


def test_a_wrong_url_is_still_told(parse_server: Any) -> None:
    settings = {**parse_server.config()}
    settings["server_url"] = settings["server_url"].rpartition("/")[0] + "/nowhere"

    with orm.using(orm.Client(**settings)), pytest.raises(orm.EndpointNotFound):
        orm.Session.all()


def test_a_protected_token_is_found_without_asking_for_it(protected: orm.Client) -> None:
    ann = sign_up()

    session = orm.Session.for_token(token(ann), strict=True)

    assert session is not None
    assert (session.session_token, session.user_id) == (ann.session_token, ann.id)
    with orm.as_user(ann):
        assert orm.Session.me() == session
    assert orm.Session.for_token(DEAD) is None


def test_an_expired_token_is_dead_where_tokens_are_protected(protected: orm.Client, parse_client: orm.Client) -> None:
    ann = sign_up()
    gone = expire_login(parse_client, ann, datetime(2020, 1, 1, tzinfo=UTC))

    with pytest.raises(orm.SessionExpired):
        orm.Session.for_token(gone, strict=True)


@pytest.mark.parametrize("keep", ["own", "other", "none"])
def test_the_session_to_keep_is_kept_where_tokens_are_protected(keep: str, protected: orm.Client) -> None:
    ann = sign_up()
    others = [log_in(), log_in()]
    kept = {"own": token(ann), "other": token(others[0]), "none": None}[keep]

    with orm.as_user(ann):
        ended = orm.Session.revoke_all_for_user(ann, keep=kept)

    alive = [user for user in (ann, *others) if orm.User.for_token(token(user))]
    assert ended == (3 if kept is None else 2)
    assert [user.session_token for user in alive] == ([] if kept is None else [kept])


def test_logging_out_elsewhere_works_where_tokens_are_protected(protected: orm.Client) -> None:
    ann, phone = sign_up(), log_in()

    assert ann.logout_all(keep_current=True) == 1

    assert orm.User.for_token(token(ann)) == ann
    assert orm.User.for_token(token(phone)) is None


def test_the_token_is_given_when_keys_name_it(parse_client: orm.Client) -> None:
    ann = sign_up()

    (row,) = orm.Session.keys("session_token").all()
    assert row.session_token == ann.session_token
    for query in ("keys=sessionToken", {"keys": "user,sessionToken"}, {"keys": ["sessionToken"]}):
        (listed,) = parse_client.sessions.all(query)  # type: ignore[attr-defined]
        assert listed.session_token == ann.session_token


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"user.objectId": "someoneelse"}, orm.ReadOnlyField),
        ({"expiresAt": {"__op": "Delete"}}, orm.InvalidValue),
        ({"expiresAt": None}, orm.InvalidValue),
        ({"expiresAt": "tomorrow"}, orm.InvalidValue),
        ({"expiresAt": {"__type": "Date", "iso": "tomorrow"}}, orm.InvalidValue),
        ({"expiresAt": datetime(2030, 1, 1)}, orm.InvalidValue),
        ({"expiresAt.iso": "2030-01-01T00:00:00.000Z"}, orm.InvalidValue),
        ({"restricted": "yes"}, orm.InvalidValue),
        ({"createdWith": "x"}, orm.InvalidValue),
        ({"createdWith": {"a": [{"__op": "Delete"}]}}, orm.InvalidValue),
        ({"note": {"__op": "Increment", "amount": 1}}, orm.InvalidValue),
    ],
    ids=str,
)
def test_an_update_checks_what_it_sends(data: Any, error: type[Exception], parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with pytest.raises(error):
        watched.client.sessions.update("xWMyZ4YEGZ", data)

    assert watched.sent == []


def test_an_update_takes_a_datetime_and_parse_s_spelling_of_it(parse_client: Any) -> None:
    session = session_of(sign_up())
    soon = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)

    parse_client.sessions.update(session.id, {"expiresAt": soon})
    assert session.reload().expires_at == soon
    later = {"__type": "Date", "iso": "2050-01-01T00:00:00.000Z"}
    parse_client.sessions.update(session.id, {"expiresAt": later, "createdWith": {"by": "x"}})
    assert session.reload().expires_at == datetime(2050, 1, 1, tzinfo=UTC)
