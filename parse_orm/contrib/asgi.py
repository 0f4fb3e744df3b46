"""Sessions for ASGI programs: Starlette, FastAPI and what else speaks it::

    app.add_middleware(SessionMiddleware, store=SQLStore("sqlite:///sessions.db"))

    @app.post("/login")
    async def login(name: str, password: str, sessions: Annotated[Sessions, Depends(get_sessions)]):
        await sessions.login(name, password)

`scope["session"]` is the session, `scope["sessions"]` the manager with awaitable methods.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..client.client import BaseClient
from ..errors import InvalidSessionToken
from ..types.secret import Secret, hidden
from ..web.acting import as_visitor
from ..web.config import SessionConfig
from ..web.errors import SessionBackendError
from ..web.finish import Finish, finish
from ..web.manager import SessionManager
from ..web.record import SessionInfo, SessionRecord
from ..web.sealing import Keys
from ..web.session import WebSession
from ..web.store import SessionStore
from ..web.stores.awaitable import AsyncSessionStore, WaitingStore, on_event_loop
from ..web.visitor import Visitor, client_address

T = TypeVar("T")


class AsgiWebSession(WebSession):
    """A session that never makes the event loop wait: it is loaded in a thread, and used without waiting."""

    def _values(self) -> dict[str, Any]:
        if self._data is None and self._candidates and on_event_loop():
            raise RuntimeError("the session is not loaded: say `await request.scope['sessions'].load()` first")
        return super()._values()

    def preload(self) -> None:
        """Read it, without counting that as a use of it."""
        accessed = self.accessed
        super()._values()
        self.accessed = accessed


class Sessions:
    """The manager of a request, with methods to await; stores run in a thread.

    Args:
        manager: the manager it stands for.
    """

    def __init__(self, manager: SessionManager) -> None:
        self.manager = manager

    @property
    def session(self) -> WebSession:
        """The session."""
        return self.manager.session

    @property
    def current(self) -> SessionRecord | None:
        """The record, None for a visitor who is not logged in."""
        return self.manager.current

    @property
    def user_id(self) -> str | None:
        """The id of who is logged in."""
        return self.manager.user_id

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.manager.is_authenticated

    @property
    def user(self) -> Awaitable[Any]:
        """The User who is logged in, or None: `await sessions.user`."""
        return run_in_threadpool(lambda: self.manager.user)

    async def load(self) -> None:
        """Read the session, and find out whether its login still holds."""
        await run_in_threadpool(_load, self.manager)

    async def login(self, username: str, password: str | Secret[str], *, mfa: str | Secret[str] | None = None) -> Any:
        """Verify a password with the Parse Server, and log in; see `SessionManager.login`."""
        password, mfa = hidden(password), hidden(mfa)
        return await run_in_threadpool(self.manager.login, username, password, mfa=mfa)

    async def authenticate(self, user: Any, keep_data: bool = False) -> None:
        """Log somebody in whose identity was checked elsewhere."""
        await run_in_threadpool(self.manager.authenticate, user, keep_data)

    async def authenticate_with(self, user: Any, data: Mapping[str, Any]) -> None:
        """Log somebody in, with what the new session holds from the start."""
        await run_in_threadpool(self.manager.authenticate_with, user, data)

    async def logout(self) -> None:
        """End this session and the login behind it."""
        await run_in_threadpool(self.manager.logout)

    async def logout_all(self) -> int:
        """End every session of the user, and count them."""
        return await run_in_threadpool(self.manager.logout_all)

    async def logout_other(self) -> int:
        """End every other session of the user, and count them."""
        return await run_in_threadpool(self.manager.logout_other)

    async def revoke(self, session_id: str) -> None:
        """End one session of the user."""
        await run_in_threadpool(self.manager.revoke, session_id)

    async def rotate(self) -> None:
        """Change the secret of the cookie."""
        await run_in_threadpool(self.manager.rotate)

    async def list_my_sessions(self) -> list[SessionInfo]:
        """The sessions of the user, last used first."""
        return await run_in_threadpool(self.manager.list_my_sessions)

    async def get(self, key: str, default: Any = None) -> Any:
        """A value of the session by name."""
        return await run_in_threadpool(self.manager.get, key, default)

    async def set(self, key: str, value: Any) -> None:
        """Store a value at once."""
        await run_in_threadpool(self.manager.set, key, value)

    async def remove_key(self, key: str) -> None:
        """Remove a value at once."""
        await run_in_threadpool(self.manager.remove_key, key)

    async def confirm(self, password: str | Secret[str]) -> None:
        """Check the password again before something grave."""
        password = hidden(password)
        await run_in_threadpool(self.manager.confirm, password)

    async def change_password(self, new: str | Secret[str]) -> None:
        """Change the password: every other session ends."""
        new = hidden(new)
        await run_in_threadpool(self.manager.change_password, new)

    def recently_confirmed(self, within: timedelta | None = None) -> bool:
        """Whether the password was typed lately."""
        return self.manager.recently_confirmed(within)


class SessionMiddleware:
    """Gives each request its session, and the answer its cookie.

    Args:
        app: the program inside.
        store: where records live; an `AsyncSessionStore` runs on the event loop, any other in a thread.
        config: the policy; None means `SessionConfig()`.
        client: the client for the Parse Server; None means the one in use.
        application_key: the program's own secret, which encrypts the Parse token unless the config has a key for it.
        autoload: read the session of a request that has a cookie before the program runs. Without it the program
            says `await sessions.load()`.
    """

    def __init__(
        self,
        app: ASGIApp,
        store: SessionStore | AsyncSessionStore,
        config: SessionConfig | None = None,
        *,
        client: BaseClient | None = None,
        application_key: Keys = None,
        autoload: bool = True,
    ) -> None:
        self.app = app
        self.store = store
        self.config = (config or SessionConfig()).with_application_key(application_key)
        self._client = client
        self._autoload = autoload
        self._waiting: WaitingStore | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; a websocket may read its session and not change it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        manager = self._open(scope)
        scope["session"], scope["sessions"] = manager.session, Sessions(manager)
        answer = _Answer(manager, send)
        try:
            if self._autoload and manager.presented.candidates:
                await run_in_threadpool(_load, manager)
            with as_visitor(manager):
                await self.app(scope, receive, answer.send if scope["type"] == "http" else send)
        except Exception as error:
            if scope["type"] != "http" or answer.started or not await answer.apologize(error):
                raise
            if not isinstance(error, SessionBackendError):
                raise

    def _open(self, scope: Scope) -> SessionManager:
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else None
        visitor = Visitor(
            client_address(peer, headers.get("x-forwarded-for"), self.config.proxies),
            headers.get("user-agent", ""),
            headers.get("accept-language", ""),
            headers.get("accept-encoding", ""),
        )
        return SessionManager(
            self._sync_store(),
            self.config,
            cookie_header="; ".join(headers.getlist("cookie")) or None,  # HTTP/2 splits the header (RFC 9113, 8.2.3)
            authorization=headers.get("authorization"),
            visitor=visitor,
            client=self._client,
            session_class=AsgiWebSession,
        )

    def _sync_store(self) -> SessionStore:
        """The store as the manager wants it."""
        if isinstance(self.store, SessionStore):
            return self.store
        loop = asyncio.get_running_loop()
        if self._waiting is None or self._waiting.loop is not loop:  # a server has one loop, tests have many
            self._waiting = WaitingStore(self.store, loop)
        return self._waiting


class _Answer:
    """Puts the decision of `finish` into the head of the answer."""

    def __init__(self, manager: SessionManager, send: Send) -> None:
        self._manager = manager
        self._send = send
        self._failed = False
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = self._headed(message, await run_in_threadpool(finish, self._manager, message["status"]))
        elif self._failed and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def apologize(self, error: Exception) -> bool:
        """Answer a request that broke, when the answer has a cookie to bring or the store is what broke."""
        if isinstance(error, InvalidSessionToken):
            await run_in_threadpool(self._manager.token_died)
        status = 503 if isinstance(error, SessionBackendError) else 500
        end = await run_in_threadpool(finish, self._manager, status)
        if end.cookie is None and end.token is None and status == 500:
            return False
        start = {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]}
        await self._send(self._headed(start, end))
        await self._send({"type": "http.response.body", "body": b""})
        return True

    def _headed(self, message: Message, end: Finish) -> Message:
        headers = MutableHeaders(raw=list(message.get("headers", [])))
        for name, value in end.headers:
            if end.bearer:
                headers[name] = value
            elif name == "Set-Cookie" or name not in headers:
                headers.append(name, value)
        for name in end.vary:
            if name.lower() not in headers.get("vary", "").lower():
                headers.add_vary_header(name)
        if end.failure is None:
            return {**message, "headers": headers.raw}
        self._failed = True
        headers["content-length"] = "0"
        return {**message, "status": 500, "headers": headers.raw}


def get_sessions(connection: HTTPConnection) -> Sessions:
    """The manager of a request, as a dependency of FastAPI.

    Raises:
        RuntimeError: the middleware is missing.
    """
    sessions = connection.scope.get("sessions")
    if not isinstance(sessions, Sessions):
        raise RuntimeError("there is no session manager: app.add_middleware(SessionMiddleware, store=...)")
    return sessions


def _load(manager: SessionManager) -> None:
    session = manager.session
    assert isinstance(session, AsgiWebSession)
    session.preload()
    accessed = session.accessed
    _ = manager.current
    session.accessed = accessed or session.ended
