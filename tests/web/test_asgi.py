"""What the ASGI adapter adds to the common script: awaiting, FastAPI, websockets, and the visitor."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from starlette.testclient import TestClient

import parse_orm as orm
from parse_orm.contrib.asgi import SessionMiddleware, Sessions, get_sessions
from parse_orm.web import MemoryStore, SessionConfig
from parse_orm.web.stores.awaitable import AsyncSessionStore

Given = Annotated[Sessions, Depends(get_sessions)]


def make_app(store: Any, **options: Any) -> FastAPI:
    app = FastAPI()
    config = SessionConfig(secure=False)
    app.add_middleware(SessionMiddleware, store=store, config=config, application_key="s" * 32, **options)

    @app.get("/enter/{user}")
    async def enter(user: str, sessions: Given) -> None:
        await sessions.authenticate(user)
        await sessions.set("seen", 1)

    @app.post("/login")
    async def login(name: str, password: str, sessions: Given) -> None:
        await sessions.login(name, password)

    @app.get("/me")
    async def me(sessions: Given) -> Any:
        user = await sessions.user
        return [user and user.username, sessions.user_id is not None, sessions.is_authenticated]

    @app.get("/credential")
    def credential() -> str:
        return orm.current_credential().kind

    @app.get("/read")
    async def read(request: Request) -> Any:
        return request.session.get("seen")

    @app.get("/load")
    async def load(request: Request, sessions: Given) -> Any:
        await sessions.load()
        return request.session.get("seen")

    @app.get("/thread")
    def thread(request: Request) -> Any:
        return request.session.get("seen")

    @app.get("/list")
    async def list_them(sessions: Given) -> Any:
        return [info.is_current for info in await sessions.list_my_sessions()]

    @app.get("/logout")
    async def logout(sessions: Given) -> None:
        await sessions.logout()

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json([websocket.session.get("seen"), websocket.scope["sessions"].user_id])
        await websocket.close()

    return app


def test_fastapi_by_its_dependency(store: MemoryStore) -> None:
    client = TestClient(make_app(store))
    client.get("/enter/u1")
    assert client.get("/read").json() == 1
    assert client.get("/list").json() == [True]
    client.get("/logout")
    assert (client.get("/read").json(), len(store)) == (None, 0)


def test_a_websocket_reads_the_session(store: MemoryStore) -> None:
    client = TestClient(make_app(store))
    client.get("/enter/u1")
    with client.websocket_connect("/ws") as socket:
        assert socket.receive_json() == [1, "u1"]


def test_without_autoload_it_is_loaded_by_hand_or_in_a_thread(store: MemoryStore) -> None:
    client = TestClient(make_app(store, autoload=False))
    client.get("/enter/u1")
    assert client.get("/load").json() == 1
    assert client.get("/thread").json() == 1
    with pytest.raises(RuntimeError, match="load"):
        client.get("/read")


def test_without_the_middleware_the_message_names_it() -> None:
    app = FastAPI()
    app.add_api_route("/", lambda sessions=Depends(get_sessions): None)  # noqa: B008
    with pytest.raises(RuntimeError, match="SessionMiddleware"):
        TestClient(app).get("/")


def test_a_visitor_on_a_parse_server(parse_client: Any, store: MemoryStore) -> None:
    orm.User.signup("ann", "secret").logout()
    client = TestClient(make_app(store))
    assert client.get("/credential").json() == "anonymous"
    assert client.get("/me").json() == [None, False, False]
    client.post("/login", params={"name": "ann", "password": "secret"})
    assert client.get("/me").json() == ["ann", True, True]
    assert client.get("/credential").json() == "session"
    client.get("/logout")
    assert (client.get("/credential").json(), orm.Session.query().count()) == ("anonymous", 0)


@pytest.mark.parametrize("autoload", [True, False])
def test_an_async_store_runs_on_the_event_loop_of_the_server(store: MemoryStore, autoload: bool) -> None:
    loops: list[Any] = []

    class Awaited(AsyncSessionStore):
        async def create(self, record: Any) -> None:
            loops.append(asyncio.get_running_loop())
            store.create(record)

        async def read(self, id: str) -> Any:
            loops.append(asyncio.get_running_loop())
            return store.read(id)

        async def write(self, record: Any, *, must_exist: bool = False) -> None:
            store.write(record, must_exist=must_exist)

        async def destroy(self, id: str) -> bool:
            return store.destroy(id)

        async def gc(self) -> int:
            return store.gc()

    app = make_app(Awaited(clock=store.clock), autoload=autoload)

    @app.get("/loop")
    async def loop() -> None:
        loops.append(asyncio.get_running_loop())

    with TestClient(app) as client:
        client.get("/loop")
        client.get("/enter/u1")
        assert client.get("/load").json() == 1
        assert client.get("/thread").json() == 1
        assert (len(store), len(set(loops))) == (1, 1)
        client.get("/logout")
        assert (client.get("/load").json(), len(store)) == (None, 0)


def test_a_program_without_cookies_sends_a_bearer_where_the_config_lets_it(store: MemoryStore) -> None:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, store=store, config=SessionConfig(secure=False, bearer=True))

    @app.post("/enter")
    async def enter(sessions: Given, fails: bool = False) -> None:
        await sessions.authenticate("u1")
        if fails:
            raise RuntimeError

    @app.get("/who")
    async def who(sessions: Given) -> Any:
        return sessions.user_id

    client = TestClient(app, raise_server_exceptions=False)
    for path in ("/enter", "/enter?fails=1"):
        entered = client.post(path, headers={"Authorization": "Bearer none"})
        assert "set-cookie" not in entered.headers
        token = entered.headers["X-Session-Token"]
        answer = client.get("/who", headers={"Authorization": f"Bearer {token}"})
        assert (answer.json(), answer.headers["cache-control"]) == ("u1", "no-store")
        assert answer.headers["vary"] == "Cookie, Authorization"
    assert client.get("/who").json() is None
