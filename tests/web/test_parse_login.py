"""A web session and the login on a real Parse Server behind it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import (
    ConfigurationError,
    InvalidCredentials,
    InvalidSessionToken,
    MasterKeyRequired,
    ObjectNotFound,
    ReadOnlyField,
    SessionExpired,
    SessionTokenMissing,
)
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Response
from parse_orm.web import (
    MemoryStore,
    ParseStore,
    SessionAdmin,
    SessionConfig,
    SessionEvent,
    SessionManager,
    SessionNotFound,
)
from parse_orm.web.acting import as_visitor
from tests.web.browser import Browser, nothing, put, who

CONFIG = SessionConfig(encrypt_key="k" * 32, validation_interval=timedelta(minutes=5))


@pytest.fixture
def ann(parse_client: Any) -> Any:
    user = orm.User.signup("ann", "secret")
    user.logout()
    return user


@pytest.fixture
def parse_store(parse_client: Any, moment: Any) -> ParseStore:
    return ParseStore(clock=moment)


def entered(store: Any, name: str = "ann", password: str = "secret") -> Browser:
    browser = Browser(store, CONFIG)
    browser.request(lambda m: m.login(name, password))
    return browser


def token(browser: Browser) -> str:
    return str(browser.request(lambda m: m.credential().token))


def rows(user: Any) -> list[Any]:
    return orm.Session.for_user(user).all()


def test_login_makes_both_and_logout_ends_both(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    assert browser.request(lambda m: m.user.username) == "ann"
    assert len(rows(ann)) == 1
    browser.request(lambda m: m.logout())
    assert (browser.cookie, rows(ann), parse_store.list_for_user(ann.id)) == (None, [], [])


def test_r2_the_parse_token_is_neither_in_the_row_nor_in_a_log_nor_in_the_cookie(
    parse_store: ParseStore, ann: Any, parse_client: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = entered(parse_store)
    secret = token(browser)
    assert secret.startswith("r:")
    found = parse_client.find("WebSession")["results"]
    manager = SessionManager(parse_store, CONFIG, cookie_header=f"id={browser.cookie}")
    shown = (
        json.dumps(found) + caplog.text + str(browser.set_cookie) + repr([manager, manager.current, manager._link()])
    )
    assert secret not in shown
    assert secret[2:] not in shown


def test_a_wrong_or_empty_password_makes_nothing(parse_store: ParseStore, ann: Any) -> None:
    browser = Browser(parse_store, CONFIG)
    for name, password in (("ann", "wrong"), ("nobody", "secret"), ("ann", ""), ("", "secret"), (" ", "x")):
        with pytest.raises(InvalidCredentials):
            browser.request(lambda m, n=name, p=password: m.login(n, p))
    assert (browser.cookie, rows(ann)) == (None, [])


def test_without_a_key_login_names_the_setting(store: MemoryStore) -> None:
    with pytest.raises(ConfigurationError, match="encrypt_key"):
        SessionManager(store).login("ann", "secret")


def test_a_login_whose_record_cannot_be_made_leaves_no_login_behind(ann: Any, store: MemoryStore) -> None:
    def broken(record: Any) -> None:
        raise RuntimeError("no")

    store.create = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        Browser(store, CONFIG).request(lambda m: m.login("ann", "secret"))
    assert rows(ann) == []


def test_r6_logging_in_again_ends_the_login_before(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    first = token(browser)
    browser.request(lambda m: m.login("ann", "secret"))
    assert orm.User.for_token(first) is None
    assert len(rows(ann)) == 1


def test_two_browsers_of_one_user_are_independent(parse_store: ParseStore, ann: Any) -> None:
    one, two = entered(parse_store), entered(parse_store)
    one.request(put("a", 1))
    one.request(lambda m: m.logout())
    assert two.request(lambda m: (m.user.username, dict(m.session))) == ("ann", {})


def test_a_dead_token_logs_the_visitor_out(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    orm.Session.revoke_all_for_user(ann)
    assert browser.request(lambda m: m.user) is None
    assert (browser.cookie, parse_store.list_for_user(ann.id)) == (None, [])


@pytest.mark.parametrize("found_out", ["user", "validation", "error"])
def test_a_dead_token_is_told_as_a_revocation(parse_store: ParseStore, ann: Any, moment: Any, found_out: str) -> None:
    events: list[SessionEvent] = []
    browser = Browser(parse_store, replace(CONFIG, on_event=events.append))
    browser.request(lambda m: m.login("ann", "secret"))
    id = browser.request(lambda m: m.user_id and m.session.id)
    orm.Session.revoke_all_for_user(ann)
    if found_out == "validation":
        moment.pass_by(timedelta(minutes=6))
    look = {"user": lambda m: m.user, "validation": who, "error": lambda m: m.token_died()}[found_out]
    browser.request(look)
    browser.request(nothing)
    assert events == [SessionEvent("signed_in", ann.id, id), SessionEvent("revoked", ann.id, id)]


def test_the_list_tells_how_each_login_came_about(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    orm.User.login_as(ann)

    def ways() -> list[tuple[str, str]]:
        return sorted((info.kind, info.signed_in_by) for info in browser.request(lambda m: m.list_my_sessions()))

    assert ways() == [("parse", "masterkey"), ("web", "password")]
    browser.request(lambda m: m.change_password("fresh"))
    assert ways() == [("web", "password")]
    browser.request(lambda m: m.authenticate(ann.id))
    assert browser.request(lambda m: m.list_my_sessions()[0].signed_in_by) == ""


def test_a_guest_is_told_from_who_typed_a_password(parse_store: ParseStore, parse_client: Any) -> None:
    browser = Browser(parse_store, CONFIG)
    browser.request(lambda m: m.authenticate(orm.User.anonymous()))
    assert [info.signed_in_by for info in browser.request(lambda m: m.list_my_sessions())] == ["anonymous"]


def test_r26_foreign_ids_are_absent_and_a_phone_may_be_revoked(parse_store: ParseStore, ann: Any) -> None:
    bob = orm.User.signup("bob", "pw")
    phone = orm.User.login("ann", "secret")
    browser = entered(parse_store)
    infos = browser.request(lambda m: m.list_my_sessions())
    assert sorted(info.kind for info in infos) == ["parse", "web"]
    assert [info.is_current for info in infos].count(True) == 1
    phone_id = next(info.id for info in infos if info.kind == "parse")
    with pytest.raises(SessionNotFound):
        browser.request(lambda m: m.revoke(rows(bob)[0].id))
    browser.request(lambda m: m.revoke(phone_id))
    assert orm.User.for_token(phone.session_token) is None
    assert browser.request(who) == ann.id


def test_r27_logging_others_out_ends_their_logins_too(parse_store: ParseStore, ann: Any) -> None:
    mine, other = entered(parse_store), entered(parse_store)
    phone = orm.User.login("ann", "secret")
    others_token = token(other)
    assert mine.request(lambda m: m.logout_other()) == 2
    assert (orm.User.for_token(others_token), orm.User.for_token(phone.session_token)) == (None, None)
    assert other.request(who) is None
    assert mine.request(lambda m: m.user.username) == "ann"
    entered(parse_store)
    assert mine.request(lambda m: m.logout_all()) == 2
    assert rows(ann) == []


@pytest.mark.parametrize("by_hand", [False, True])
def test_r29_a_new_password_keeps_this_device_alone(parse_store: ParseStore, ann: Any, by_hand: bool) -> None:
    mine, other = entered(parse_store), entered(parse_store)
    cookie, old = mine.cookie, token(mine)
    mine.request(lambda m: m.user.change_password("fresh") if by_hand else m.change_password("fresh"))
    assert mine.request(lambda m: m.user.username) == "ann"
    assert token(mine) != old
    assert mine.cookie != cookie
    assert other.request(who) is None
    assert orm.User.verify_password("ann", "fresh")


def test_r30_a_deleted_user_is_out_at_the_next_check(parse_store: ParseStore, ann: Any, moment: Any) -> None:
    browser = entered(parse_store)
    ann.destroy()
    moment.pass_by(timedelta(minutes=6))
    assert browser.request(who) is None
    assert browser.cookie is None


def test_a_check_that_cannot_be_made_keeps_the_session(store: MemoryStore, ann: Any, moment: Any) -> None:
    browser = entered(store)
    moment.pass_by(timedelta(minutes=6))
    away = orm.Client("http://127.0.0.1:9/parse", "app", rest_key="x", retries=orm.Retry(attempts=1))
    with orm.using(away):
        assert browser.request(who) == ann.id
    assert browser.cookie is not None


def test_r31_an_administrator_ends_both_sides(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    orm.User.login("ann", "secret")
    assert SessionAdmin(parse_store).end_for_user(ann) == 1
    assert (rows(ann), browser.request(who)) == ([], None)


def test_r32_the_password_typed_again_counts_and_changes_the_cookie(
    parse_store: ParseStore, ann: Any, moment: Any
) -> None:
    browser = entered(parse_store)
    moment.pass_by(timedelta(minutes=16))
    cookie = browser.cookie
    for wrong in ("wrong", ""):
        with pytest.raises(InvalidCredentials):
            browser.request(lambda m, wrong=wrong: m.confirm(wrong))
    assert browser.request(lambda m: m.recently_confirmed()) is False
    browser.request(lambda m: m.confirm("secret"))
    assert browser.request(lambda m: m.recently_confirmed()) is True
    assert browser.cookie != cookie
    assert len(rows(ann)) == 1


def test_calls_are_made_as_the_visitor_and_never_as_master(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    kinds = []

    def look(manager: SessionManager) -> None:
        with as_visitor(manager):
            kinds.append(orm.current_credential().kind)
            kinds.append(orm.User.me().id if manager.is_authenticated else None)
            with orm.as_master():
                kinds.append(orm.current_credential().kind)

    browser.request(look)
    Browser(parse_store, CONFIG).request(look)
    assert kinds == ["session", ann.id, "master", "anonymous", None, "master"]
    assert orm.current_credential().kind == "master"


def test_the_class_of_the_store_is_closed_to_everybody_else(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    id = str(browser.cookie).partition(".")[0]
    client = orm.current_client()
    for credential in (client.credential(session=token(browser)), client.credential(master=False)):
        for method, path in (("GET", "/classes/WebSession"), ("GET", f"/classes/WebSession/{id}")):
            with pytest.raises(orm.ParseError):
                client.request(method, path, credential=credential)


def test_a_class_that_was_left_open_is_closed(parse_client: Any, moment: Any) -> None:
    parse_client.request("POST", "/schemas/OpenSessions", {"className": "OpenSessions"})
    Browser(ParseStore("OpenSessions", clock=moment), CONFIG).request(put("a", 1))
    schema = parse_client.request("GET", "/schemas/OpenSessions")
    assert not any(schema["classLevelPermissions"][name] for name in ("find", "get", "create", "update", "delete"))


# -- the model of _Session, as far as web sessions count on it ----------------------------------


def test_r42_a_missing_token_needs_no_network_and_dead_ones_have_names(ann: Any) -> None:
    away = orm.Client("http://127.0.0.1:9/parse", "app", rest_key="x", master_key=None)
    with orm.using(away), pytest.raises(SessionTokenMissing):
        orm.Session.me()
    with orm.as_user("r:" + "0" * 32), pytest.raises(InvalidSessionToken):
        orm.User.me()
    login = orm.User.login("ann", "secret")
    session = rows(ann)[0]
    orm.current_client().sessions.update(
        session.id, {"expiresAt": {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}}
    )
    with pytest.raises(SessionExpired):
        orm.Session.for_token(login.session_token, strict=True)
    with pytest.raises(ObjectNotFound):
        orm.current_client().sessions.get("absent1234")


def recorded(answers: dict[str, Any] | None = None, **settings: Any) -> tuple[Any, list[Any]]:
    """A client whose requests are kept instead of sent."""
    seen: list[Any] = []

    def handle(request: Any) -> Response:
        seen.append(request)
        body = json.dumps(answers or {"results": []}).encode()
        return Response(200, {"Content-Type": "application/json"}, body)

    client = orm.Client("http://127.0.0.1/parse", "app", rest_key="rest", transport=MemoryTransport(handle), **settings)
    return client, seen


def names(request: Any) -> set[str]:
    return {name.lower() for name in request.headers}


def test_r43_the_master_key_is_sent_without_a_token() -> None:
    client, seen = recorded({"objectId": "abcdefghij"}, master_key="master", session_token="r:" + "1" * 32)
    client.sessions.get("abcdefghij")
    assert "x-parse-master-key" in names(seen[0])
    assert "x-parse-session-token" not in names(seen[0])


def test_r44_read_only_columns_are_never_sent() -> None:
    client, seen = recorded(master_key="master")
    for column in ("sessionToken", "user", "installationId", "objectId"):
        with pytest.raises(ReadOnlyField):
            client.sessions.update("abcdefghij", {column: "x"})
    assert client.sessions.update("abcdefghij", {}) is None
    assert seen == []
    no_master, _ = recorded(master_key=None)
    with pytest.raises(MasterKeyRequired):
        no_master.sessions.get("abcdefghij")


def test_r45_logging_out_of_a_dead_login_succeeds(parse_store: ParseStore, ann: Any) -> None:
    browser = entered(parse_store)
    orm.Session.revoke_all_for_user(ann)
    browser.request(lambda m: m.logout())
    assert (browser.cookie, parse_store.list_for_user(ann.id)) == (None, [])


def test_r46_rows_without_the_usual_columns_work() -> None:
    client, _ = recorded(
        {"objectId": "abcdefghij", "createdAt": "2026-01-01T00:00:00.000Z", "shoe": 44}, master_key="m"
    )
    session = client.sessions.get("abcdefghij")
    assert (session.expires_at, session.created_with, session.installation_id) == (None, None, None)
    assert session.is_active
    assert session._wire["shoe"] == 44


def test_r47_a_login_sends_neither_an_old_token_nor_an_installation_id() -> None:
    answer = {"objectId": "abcdefghij", "sessionToken": "r:" + "2" * 32}
    client, seen = recorded(answer, session_token="r:" + "1" * 32)
    with orm.using(client):
        orm.User.login("ann", "secret")
    assert not names(seen[0]) & {"x-parse-session-token", "x-parse-installation-id"}


def test_r48_sessions_are_ended_by_delete_alone(ann: Any, parse_server: Any, store: MemoryStore) -> None:
    seen: list[str] = []
    hooks = orm.Hooks(before=[lambda event: seen.append(f"{event.method} {event.path}")])
    with orm.using(orm.Client(**parse_server.config(), hooks=hooks)):
        mine, other = entered(store), entered(store)
        phone = orm.User.login("ann", "secret")
        mine.request(lambda m: m.logout_other())
        mine.request(nothing)
    assert orm.User.for_token(phone.session_token) is None
    assert other.request(who) is None
    assert not [line for line in seen if line.startswith("PUT")]
    assert [line for line in seen if line in ("POST /batch",) or line.startswith("DELETE /sessions/")]


def test_the_key_of_the_application_does_where_none_is_set(ann: Any, store: MemoryStore) -> None:
    config = replace(SessionConfig(), application_key="short")
    browser = Browser(store, config)
    browser.request(lambda m: m.login("ann", "secret"))
    assert browser.request(who) == ann.id
    browser.config = SessionConfig(application_key=["new", "short"])
    assert browser.request(lambda m: m.user.username) == "ann"
