"""Many clients at a time: no key is lost, and no session comes back."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
from sqlalchemy import create_engine, event

from parse_orm.contrib.flask import ParseSessions, current_sessions
from parse_orm.web import MemoryStore, SessionConfig, SQLStore

CLIENTS, REQUESTS = 32, 6


@pytest.fixture(params=["memory", "sqlite"])
def shared(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if request.param == "memory":
        return MemoryStore()
    return SQLStore(f"sqlite:///{tmp_path / 'load.db'}")


def make_app(store: Any) -> flask.Flask:
    app = flask.Flask("load")
    ParseSessions(app, store=store, config=SessionConfig(secure=False))

    @app.get("/enter")
    def enter() -> str:
        current_sessions.authenticate("u1")
        return ""

    @app.get("/put/<key>")
    def put(key: str) -> str:
        flask.session[key] = 1
        return ""

    @app.get("/out")
    def out() -> str:
        current_sessions.logout()
        return ""

    return app


def entered(app: flask.Flask) -> str:
    return app.test_client().get("/enter").headers["Set-Cookie"].partition(";")[0]


def ask(app: flask.Flask, cookie: str, path: str) -> int:
    return app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie}).status_code


def test_32_clients_that_share_a_session_lose_no_key(shared: Any) -> None:
    app = make_app(shared)
    cookie = entered(app)
    keys = [f"k{client}-{number}" for client in range(CLIENTS) for number in range(REQUESTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(lambda key: ask(app, cookie, f"/put/{key}"), keys))
    assert set(statuses) == {200}
    record = shared.read(cookie.removeprefix("id=").partition(".")[0])
    assert {key for key in record.data if key.startswith("k")} == set(keys)


def test_32_clients_that_write_while_one_logs_out_bring_nothing_back(shared: Any) -> None:
    app = make_app(shared)
    cookie = entered(app)
    paths = [f"/put/k{number}" for number in range(CLIENTS * 2)]
    paths.insert(CLIENTS, "/out")
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda path: ask(app, cookie, path), paths))
    assert shared.read(cookie.removeprefix("id=").partition(".")[0]) is None
    assert shared.list_for_user("u1") == []


def test_a_read_only_request_is_one_select_and_no_write(tmp_path: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'one.db'}", hide_parameters=True)
    app = make_app(SQLStore(engine))
    app.add_url_rule("/read", view_func=lambda: str(flask.session.get("a")))
    cookie = entered(app)
    statements: Counter[str] = Counter()
    event.listen(engine, "before_cursor_execute", lambda c, k, statement, *_: statements.update([statement.split()[0]]))
    assert ask(app, cookie, "/read") == 200
    assert statements == {"SELECT": 1}
    engine.dispose()
