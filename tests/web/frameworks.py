"""One small site in Flask, Django and ASGI, and a client for each that keeps no cookies of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parse_orm.web import SessionBackendError, SessionConfig, SessionStore


@dataclass
class Answer:
    status: int
    body: str
    cookie: str | None
    vary: str | None
    cache: str | None


Get = Callable[..., Answer]


def flask_site(store: SessionStore, config: SessionConfig) -> Get:
    import flask

    from parse_orm.contrib.flask import ParseSessions, current_sessions

    app = flask.Flask("site")
    app.secret_key = "s" * 32
    ParseSessions(app, store=store, config=config)

    @app.get("/<name>")
    def act(name: str) -> Any:
        body, status = PAGES[name](flask.session, current_sessions)
        return body, status

    def get(name: str, cookie: str | None = None) -> Answer:
        client = app.test_client(use_cookies=False)
        response = client.get(f"/{name}", headers={} if cookie is None else {"Cookie": cookie})
        headers = response.headers
        return Answer(
            response.status_code,
            response.text if response.status_code == 200 else "",
            headers.get("Set-Cookie"),
            headers.get("Vary"),
            headers.get("Cache-Control"),
        )

    return get


def asgi_site(store: SessionStore, config: SessionConfig) -> Get:
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from parse_orm.contrib.asgi import SessionMiddleware

    async def act(request: Request) -> Any:
        manager = request.scope["sessions"].manager
        page = PAGES[request.path_params["name"]]
        body, status = await run_in_threadpool(page, request.scope["session"], manager)
        return PlainTextResponse(body, status)

    app = Starlette(routes=[Route("/{name}", act)])
    app.add_middleware(SessionMiddleware, store=store, config=config, application_key="s" * 32)

    def get(name: str, cookie: str | None = None) -> Answer:
        client = TestClient(app, base_url="https://site", raise_server_exceptions=False)
        response = client.get(f"/{name}", headers={} if cookie is None else {"Cookie": cookie})
        headers = response.headers
        return Answer(
            response.status_code,
            response.text if response.status_code == 200 else "",
            headers.get("Set-Cookie"),
            headers.get("Vary"),
            headers.get("Cache-Control"),
        )

    return get


def django_site(store: SessionStore, config: SessionConfig) -> Get:
    from django.test import Client, override_settings

    import tests.web.django.conftest  # configures Django, which a process does once

    assert tests.web.django.conftest.MIDDLEWARE
    middleware = ["parse_orm.contrib.django.middleware.SessionMiddleware"]

    def get(name: str, cookie: str | None = None) -> Answer:
        headers = {} if cookie is None else {"HTTP_COOKIE": cookie}
        with override_settings(
            PARSE_SESSION_STORE=store,
            PARSE_SESSION_CONFIG=config,
            ROOT_URLCONF=sys.modules[__name__],
            MIDDLEWARE=middleware,
        ):
            client = Client(raise_request_exception=False)
            response = client.get(f"/{name}", **headers)
        cookie_header = "; ".join(m.OutputString() for m in response.cookies.values()) or None
        return Answer(
            response.status_code,
            response.content.decode() if response.status_code == 200 else "",
            cookie_header,
            response.headers.get("Vary"),
            response.headers.get("Cache-Control"),
        )

    return get


def _django_view(request: Any, name: str) -> Any:
    from django.http import HttpResponse

    body, status = PAGES[name](request.session, request.sessions)
    return HttpResponse(body, status=status)


class _LazyPatterns(list):  # type: ignore[type-arg]
    """Django's own `path` needs settings, which are there only when a site is made."""

    def __iter__(self) -> Any:
        from django.urls import path

        return iter([path("<str:name>", _django_view)])

    def __reversed__(self) -> Any:
        return iter(self)


urlpatterns = _LazyPatterns()


# -- the pages ------------------------------------------------------------------------------


def _put(value: Any, status: int = 200) -> Callable[[Any, Any], tuple[str, int]]:
    def page(session: Any, manager: Any) -> tuple[str, int]:
        session["a"] = value
        return "put", status

    return page


def _do(action: Callable[[Any, Any], Any], status: int = 200) -> Callable[[Any, Any], tuple[str, int]]:
    return lambda session, manager: (str(action(session, manager)), status)


def _crash(session: Any, manager: Any) -> Any:
    manager.authenticate("u2")
    raise RuntimeError("after the login")


def _store_down(session: Any, manager: Any) -> Any:
    raise SessionBackendError("down")


PAGES: dict[str, Callable[[Any, Any], tuple[str, int]]] = {
    "nothing": _do(lambda s, m: "nothing"),
    "read": _do(lambda s, m: s.get("a")),
    "who": _do(lambda s, m: m.user_id),
    "put": _put(1),
    "put-equal": _put(1),
    "put-other": _put({"x": []}),
    "deep": _do(lambda s, m: s["a"]["x"].append(1)),
    "put-failing": _put(3, 500),
    "login": _do(lambda s, m: m.authenticate("u1", keep_data=True)),
    "login-failing": _do(lambda s, m: m.authenticate("u1"), 503),
    "login-crashing": _crash,
    "rotate": _do(lambda s, m: m.rotate()),
    "logout": _do(lambda s, m: m.logout()),
    "logout-failing": _do(lambda s, m: m.logout(), 500),
    "clear": _do(lambda s, m: s.clear()),
    "cycle": _do(lambda s, m: m.session.cycle_id()),
    "count": _do(lambda s, m: len(m.list_my_sessions())),
    "store-down": _store_down,
}
