"""Programs that keep no cookies send the cookie's value as a Bearer, where the config lets them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import flask
import pytest

from parse_orm.contrib.flask import ParseSessions, current_sessions
from parse_orm.contrib.flask.devices import devices
from parse_orm.web import MemoryStore, SessionConfig, tokens

KEY = "k" * 32


def site(store: MemoryStore, **config: Any) -> Any:
    app = flask.Flask("site")
    app.secret_key = KEY
    ParseSessions(app, store=store, config=SessionConfig(secure=False, **{"bearer": True, **config}))
    app.register_blueprint(devices)

    @app.route("/", methods=["GET", "POST"])
    def who() -> flask.Response:
        answer = flask.Response(str(current_sessions.user_id))
        answer.cache_control.public = True
        return answer

    @app.post("/login")
    def login() -> str:
        current_sessions.authenticate("u1")
        return ""

    @app.post("/rotate")
    def rotate() -> str:
        current_sessions.rotate()
        return ""

    @app.post("/logout")
    def logout() -> str:
        current_sessions.logout()
        return ""

    return app


def ask(app: Any, token: str | None, path: str = "/", method: str = "GET", **headers: str) -> Any:
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return app.test_client(use_cookies=False).open(path, method=method, headers=headers)


def entered(app: Any) -> str:
    return str(ask(app, "none", "/login", "POST").headers["X-Session-Token"])


@pytest.mark.parametrize("keys", [{}, {"sign_key": KEY}, {"encrypt_key": KEY}, {"sign_key": KEY, "encrypt_key": KEY}])
def test_a_program_logs_in_and_out_without_a_cookie(store: MemoryStore, keys: dict[str, str]) -> None:
    app = site(store, **keys)
    token = entered(app)
    assert ask(app, token).text == "u1"
    assert ask(app, None).text == "None"
    assert app.test_client(use_cookies=False).get("/", headers={"Authorization": f"bearer  {token}"}).text == "u1"
    answer = ask(app, token, "/logout", "POST")
    assert not {*answer.headers.keys()} & {"Set-Cookie", "X-Session-Token"}
    assert ask(app, token).text == "None"


def test_what_a_browser_got_in_its_cookie_works_too(store: MemoryStore) -> None:
    app = site(store)
    answer = app.test_client().post("/login")
    assert "X-Session-Token" not in answer.headers
    assert ask(app, answer.headers["Set-Cookie"].partition(";")[0].removeprefix("id=")).text == "u1"


def test_it_is_off_unless_it_is_asked_for(store: MemoryStore) -> None:
    token = entered(site(store))
    answer = ask(site(store, bearer=False), token, "/login", "POST")
    assert "X-Session-Token" not in answer.headers
    assert "Set-Cookie" in answer.headers
    assert ask(site(store, bearer=False), token).text == "None"


def test_a_cookie_comes_before_a_bearer_whatever_is_in_it(store: MemoryStore) -> None:
    app = site(store)
    token = entered(app)
    for cookie in ("damaged", f"{tokens.new_id()}.{tokens.new_secret()}"):
        answer = ask(app, token, Cookie=f"id={cookie}")
        assert answer.text == "None"
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert ask(app, token, Cookie="other=1").text == "u1"


@pytest.mark.parametrize("keys", [{}, {"encrypt_key": KEY}])
def test_a_new_secret_is_answered_once_and_the_old_one_is_dead(
    store: MemoryStore, moment: Any, keys: dict[str, str]
) -> None:
    app = site(store, **keys)
    first = entered(app)
    second = ask(app, first, "/rotate", "POST").headers["X-Session-Token"]
    assert [ask(app, token).text for token in (first, second)] == ["None", "u1"]
    moment.pass_by(timedelta(minutes=10))
    assert "X-Session-Token" not in ask(app, second).headers


def test_no_cache_keeps_the_answer(store: MemoryStore) -> None:
    app = site(store)
    for token in (entered(app), "unknown"):
        answer = ask(app, token)
        assert answer.headers["Cache-Control"] == "no-store"
        assert set(answer.vary) == {"Cookie", "Authorization"}
    assert set(ask(app, None).vary) == {"Cookie", "Authorization"}


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer r:0123456789abcdef0123456789abcdef",
        "Bearer {token} {token}",
        "Bearer {token}, Bearer {token}",
        "Basic {token}",
        "{token}",
    ],
)
def test_anything_else_is_nobody(store: MemoryStore, header: str) -> None:
    app = site(store)
    answer = app.test_client().get("/", headers={"Authorization": header.format(token=entered(app))})
    assert (answer.status_code, answer.text) == (200, "None")


def test_a_hash_from_the_store_or_an_unsigned_value_opens_nothing(store: MemoryStore) -> None:
    app = site(store)
    id, _, secret = entered(app).partition(".")
    record = store.read(id)
    assert record is not None
    assert ask(app, f"{id}.{str(record.token_hash)[:43]}").text == "None"
    assert ask(site(store, sign_key=KEY), f"{id}.{secret}").text == "None"


def test_the_devices_page_asks_a_bearer_for_no_form_token_and_a_browser_for_one(store: MemoryStore) -> None:
    app = site(store)
    token, browser = entered(app), app.test_client()
    browser.post("/login")
    assert browser.post("/account/sessions/revoke-others").status_code == 400
    forged = browser.post("/account/sessions/revoke-others", headers={"Authorization": f"Bearer {token}"})
    assert forged.status_code == 400
    answer = ask(app, token, "/account/sessions/revoke-others", "POST", Accept="application/json")
    assert answer.json == {"ended": 1}
    assert browser.get("/").text == "None"


def test_neither_logs_nor_reprs_show_it(store: MemoryStore, caplog: Any) -> None:
    from parse_orm.web import SessionManager, finish

    caplog.set_level(logging.DEBUG)
    manager = SessionManager(store, SessionConfig(bearer=True), authorization="Bearer none")
    manager.authenticate("u1")
    end = finish(manager, 200)
    assert end.token is not None
    again = SessionManager(store, SessionConfig(bearer=True), authorization=f"Bearer {end.token}")
    assert again.user_id == "u1"
    shown = caplog.text + repr([manager, manager.presented, end, again, again.presented, again.session])
    assert end.token.partition(".")[2] not in shown
