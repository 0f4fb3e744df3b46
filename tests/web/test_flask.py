"""What the Flask adapter adds to the common script: Flask's own names, decorators, commands, and the visitor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask
import pytest

import parse_orm as orm
from parse_orm.contrib.flask import (
    ParseSessions,
    current_sessions,
    current_user,
    fresh_login_required,
    login_required,
)
from parse_orm.errors import ConfigurationError
from parse_orm.web import MemoryStore, ParseStore, SessionConfig


def make_app(store: Any, config: SessionConfig | None = None, **settings: Any) -> flask.Flask:
    app = flask.Flask("shop")
    app.config.update(SECRET_KEY="s" * 32, **settings)
    ParseSessions(app, store=store, config=config)

    @app.post("/login")
    def login() -> str:
        current_sessions.login(flask.request.form["name"], flask.request.form["password"])
        return "in"

    @app.post("/logout")
    def logout() -> str:
        current_sessions.logout()
        return "out"

    @app.get("/enter/<user>")
    def enter(user: str) -> str:
        current_sessions.authenticate(user)
        return user

    @app.get("/account")
    @login_required
    def account() -> str:
        return str(current_sessions.user_id)

    @app.get("/danger")
    @fresh_login_required
    def danger() -> str:
        return "done"

    @app.get("/name")
    def name() -> str:
        return str(current_user.username if current_sessions.is_authenticated else None)

    @app.get("/credential")
    def credential() -> str:
        return orm.current_credential().kind

    @app.get("/me")
    def me() -> str:
        return str(orm.User.me().username)

    @app.get("/flash")
    def leave() -> str:
        flask.flash("Saved.")
        return ""

    @app.get("/flashed")
    def flashed() -> str:
        return " ".join(flask.get_flashed_messages())

    @app.get("/permanent/<int:value>")
    def permanent(value: int) -> str:
        flask.session.permanent = bool(value)
        flask.session["a"] = 1
        return str(flask.session.permanent)

    return app


def test_flask_itself_works_on_it(store: MemoryStore) -> None:
    client = make_app(store).test_client()
    assert client.get("/flash").status_code == 200
    assert [client.get("/flashed").text for _ in range(2)] == ["Saved.", ""]


def test_permanent_means_the_lifetime_of_the_settings(store: MemoryStore) -> None:
    client = make_app(store, PERMANENT_SESSION_LIFETIME=timedelta(hours=2)).test_client()
    assert "Max-Age=7200" in client.get("/permanent/1").headers["Set-Cookie"]
    assert "Max-Age" not in client.get("/permanent/0").headers["Set-Cookie"]


def test_the_settings_of_flask_make_the_cookie_unless_a_config_is_given(store: MemoryStore) -> None:
    settings = {"SESSION_COOKIE_NAME": "sid", "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_SAMESITE": "Strict"}
    cookie = make_app(store, **settings).test_client().get("/permanent/0").headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert cookie.endswith("Path=/; Secure; HttpOnly; SameSite=Strict")
    ours = SessionConfig(cookie_name="ours", secure=False)
    assert make_app(store, ours, **settings).test_client().get("/permanent/0").headers["Set-Cookie"].startswith("ours=")


def test_a_partitioned_cookie_is_set_and_cleared_as_one(store: MemoryStore) -> None:
    https = {"base_url": "https://localhost"}
    settings = {"SESSION_COOKIE_PARTITIONED": True, "SESSION_COOKIE_SAMESITE": "None"}
    app = make_app(store, SESSION_COOKIE_SECURE=True, **settings)
    client = app.test_client()
    cookies = [client.get("/enter/u1", **https), client.post("/logout", **https)]
    for cookie in (answer.headers["Set-Cookie"] for answer in cookies):
        assert cookie.endswith("Path=/; Secure; HttpOnly; SameSite=None; Partitioned") or "Max-Age=0" in cookie
        assert cookie.endswith("; Partitioned")
    insecure = make_app(store, **settings)
    insecure.testing = True
    with pytest.raises(ConfigurationError, match="secure"):
        insecure.test_client().get("/name")


def test_views_that_need_a_login_answer_401_and_403(store: MemoryStore, moment: Any) -> None:
    client = make_app(store).test_client()
    assert [client.get(path).status_code for path in ("/account", "/danger")] == [401, 401]
    client.get("/enter/u1")
    assert [client.get(path).status_code for path in ("/account", "/danger")] == [200, 200]
    moment.pass_by(timedelta(minutes=16))
    assert [client.get(path).status_code for path in ("/account", "/danger")] == [200, 403]


def test_commands(store: MemoryStore, moment: Any) -> None:
    app = make_app(store)
    app.test_client().get("/enter/u1", headers={"User-Agent": "Mozilla (Windows) Firefox/126"})
    run = app.test_cli_runner().invoke
    listed = run(args=["sessions", "list", "u1"])
    assert "Firefox on Windows" in listed.output
    assert run(args=["sessions", "revoke", "u1", "--no-parse"]).output == "1 sessions ended\n"
    app.test_client().get("/enter/u1")
    moment.pass_by(timedelta(days=100))
    assert run(args=["sessions", "gc"]).output == "1 expired sessions deleted\n"


def test_without_a_store_or_an_extension_the_message_says_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="store"):
        ParseSessions(flask.Flask("x"))
    app = flask.Flask("y")
    app.add_url_rule("/", view_func=lambda: str(current_sessions.user_id))
    app.testing = True
    with pytest.raises(RuntimeError, match="ParseSessions"):
        app.test_client().get("/")


def test_no_thread_is_started_unless_asked_for(store: MemoryStore) -> None:
    import threading

    before = threading.active_count()
    make_app(store)
    assert threading.active_count() == before


def test_a_visitor_from_login_to_logout(parse_client: Any, moment: Any) -> None:
    orm.User.signup("ann", "secret").logout()
    client = make_app(ParseStore(clock=moment), SESSION_COOKIE_SECURE=True).test_client()
    ask = {"base_url": "https://localhost"}
    assert client.get("/credential", **ask).text == "anonymous"
    assert client.post("/login", data={"name": "ann", "password": "secret"}, **ask).text == "in"
    assert [client.get(path, **ask).text for path in ("/name", "/credential", "/me")] == ["ann", "session", "ann"]
    assert client.post("/logout", **ask).text == "out"
    assert client.get("/credential", **ask).text == "anonymous"
    assert orm.Session.query().count() == 0
    assert orm.current_credential().kind == "master"


def test_a_request_that_meets_a_dead_token_logs_the_visitor_out(parse_client: Any, moment: Any) -> None:
    ann = orm.User.signup("ann", "secret")
    client = make_app(ParseStore(clock=moment)).test_client()
    client.post("/login", data={"name": "ann", "password": "secret"})
    orm.Session.revoke_all_for_user(ann, keep=None)
    answer = client.get("/me")
    assert answer.status_code == 500
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert client.get("/account").status_code == 401


def test_each_thread_has_its_own_visitor(store: MemoryStore) -> None:
    from concurrent.futures import ThreadPoolExecutor

    app = make_app(store)

    def visit(number: int) -> tuple[str, str]:
        client = app.test_client()
        client.get(f"/enter/u{number}")
        return f"u{number}", client.get("/account").text

    with ThreadPoolExecutor(8) as pool:
        assert all(wanted == found for wanted, found in pool.map(visit, range(64)))
