"""The Flask extension: it hands the request to the manager, and the manager's decision to the response."""

from datetime import timedelta
from typing import Any, cast

import flask
from flask.sessions import SessionInterface, SessionMixin

from ...client.client import BaseClient
from ...errors import ConfigurationError, InvalidSessionToken
from ...types.secret import Secret
from ...web.acting import as_visitor
from ...web.cleanup import delete_continuously
from ...web.config import SameSite, SessionConfig
from ...web.errors import SessionBackendError
from ...web.expiry import Expiry
from ...web.finish import finish
from ...web.manager import SessionManager
from ...web.session import WebSession
from ...web.store import SessionStore
from ...web.visitor import Visitor, client_address
from .commands import sessions as commands

EXTENSION = "parse_orm.sessions"


class FlaskWebSession(WebSession, SessionMixin):
    """The session as Flask's own code expects it.

    Attributes:
        manager: the manager of the same request.
    """

    manager: SessionManager

    @property
    def new(self) -> bool:  # type: ignore[override]
        """Whether it is not in the store."""
        return self.is_new

    @property
    def permanent(self) -> bool:
        """Whether it outlives the browser, for `PERMANENT_SESSION_LIFETIME`; assign to change it."""
        self._values()  # the policy of a session is kept with it
        policy = self.expiry or self.config.expiry
        return policy.kind != "session_end"

    @permanent.setter
    def permanent(self, value: bool) -> None:
        if bool(value) == self.permanent:
            return
        self.set_expiry(flask.current_app.permanent_session_lifetime if value else None)


class ParseSessions:
    """Replaces Flask's sessions.

    Args:
        app: the application; or call `init_app` later.
        store: where records live.
        config: the policy; None means one made from Flask's `SESSION_COOKIE_*` and `PERMANENT_SESSION_LIFETIME`. An
            explicit one wins over those.
        client: the client for the Parse Server; None means the one in use.
        cleanup_every: delete expired sessions in a thread, this often; None leaves it to `flask sessions gc`.

    Raises:
        ConfigurationError: there is no store.
    """

    def __init__(
        self,
        app: flask.Flask | None = None,
        store: SessionStore | None = None,
        config: SessionConfig | None = None,
        *,
        client: BaseClient | None = None,
        cleanup_every: timedelta | None = None,
    ) -> None:
        if store is None:
            raise ConfigurationError("ParseSessions needs a store: ParseSessions(app, store=SQLStore(url))")
        self.store = store
        self._config = config
        self._client = client
        self._cleanup_every = cleanup_every
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask) -> None:
        """Take over the sessions of an application."""
        app.extensions[EXTENSION] = self
        app.session_interface = Interface(self)
        app.teardown_request(_end_acting)
        app.register_error_handler(SessionBackendError, _unavailable)
        flask.got_request_exception.connect(_note_dead_token, app)
        app.cli.add_command(commands)
        if self._cleanup_every is not None:
            delete_continuously(self.store, self._cleanup_every)

    def config_for(self, app: flask.Flask) -> SessionConfig:
        """The policy, with the application's secret for the Parse token."""
        config = self._config or config_of(app)
        fallbacks = Secret(app.config.get("SECRET_KEY_FALLBACKS") or [])
        return config.with_application_key([key for key in (app.secret_key, *fallbacks.reveal()) if key])

    def open(self, app: flask.Flask, request: flask.Request) -> SessionManager:
        """The manager of a request."""
        config = self.config_for(app)
        visitor = Visitor(
            client_address(request.remote_addr, request.headers.get("X-Forwarded-For"), config.proxies),
            request.headers.get("User-Agent", ""),
            request.headers.get("Accept-Language", ""),
            request.headers.get("Accept-Encoding", ""),
        )
        return SessionManager(
            self.store,
            config,
            cookie_header=request.headers.get("Cookie"),
            authorization=request.headers.get("Authorization"),
            visitor=visitor,
            client=self._client,
            session_class=FlaskWebSession,
        )


class Interface(SessionInterface):
    """What Flask calls at both ends of a request."""

    def __init__(self, extension: ParseSessions) -> None:
        self._extension = extension

    def open_session(self, app: flask.Flask, request: flask.Request) -> FlaskWebSession:
        """Begin a request: nothing is read, and ORM calls are the visitor's from here on."""
        manager = self._extension.open(app, request)
        session = cast(FlaskWebSession, manager.session)
        session.manager = manager
        acting = as_visitor(manager)
        acting.__enter__()
        request.environ.setdefault(EXTENSION, []).append(acting)
        return session

    def save_session(self, app: flask.Flask, session: SessionMixin, response: flask.Response) -> None:
        """End a request: what `finish` decided."""
        manager = cast(FlaskWebSession, session).manager
        end = finish(manager, response.status_code)
        if end.failure is not None:
            response.status_code = 500
            response.set_data(b"")
        for name, value in end.headers:
            if end.bearer:
                response.headers[name] = value
            elif name == "Set-Cookie" or name not in response.headers:
                response.headers.add(name, value)
        if end.vary:
            response.vary.update(end.vary)


def config_of(app: flask.Flask) -> SessionConfig:
    """The policy that Flask's own settings describe.

    A session ends with the browser until `session.permanent = True`. Flask's default for `SESSION_COOKIE_SECURE` is
    False and for `SESSION_COOKIE_SAMESITE` None; an unset SameSite becomes "Lax", as browsers read it.
    """
    settings = app.config
    return SessionConfig(
        cookie_name=settings["SESSION_COOKIE_NAME"],
        path=settings["SESSION_COOKIE_PATH"] or settings["APPLICATION_ROOT"],
        domain=settings["SESSION_COOKIE_DOMAIN"] or None,
        secure=settings["SESSION_COOKIE_SECURE"],
        http_only=settings["SESSION_COOKIE_HTTPONLY"],
        same_site=cast(SameSite, settings["SESSION_COOKIE_SAMESITE"] or "Lax"),
        partitioned=settings.get("SESSION_COOKIE_PARTITIONED", False),  # Flask 3.1 brought it
        expiry=Expiry.on_session_end(),
    )


def _end_acting(error: BaseException | None) -> None:
    blocks = flask.request.environ.get(EXTENSION, [])
    if blocks:
        blocks.pop().__exit__(None, None, None)


def _unavailable(error: Exception) -> tuple[str, int]:
    flask.current_app.logger.error("the session store does not answer: %s", error)
    return "", 503


def _note_dead_token(sender: Any, exception: BaseException, **_: Any) -> None:
    """A request that failed because the Parse Server no longer knows the visitor's token logs the visitor out."""
    if not isinstance(exception, InvalidSessionToken):
        return  # the session itself may be what failed, and is not there then
    manager = getattr(flask.session, "manager", None)
    if manager is not None:
        manager.token_died()
