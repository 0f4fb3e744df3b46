"""The middleware: a session for each request, and at its end what `finish` decided, in Django's words."""

from collections.abc import AsyncIterator, Iterator
from http.cookies import Morsel
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from ...errors import InvalidSessionToken
from ...web import (
    CookieInstruction,
    SessionBackendError,
    SessionGone,
    SessionManager,
    Visitor,
    as_visitor,
    client_address,
    finish,
)
from . import binding  # noqa: F401, importing it connects it to Django's login signal
from .conf import session_config, session_store
from .sessions import INTERRUPTED, DjangoSession, SessionStore


class SessionMiddleware(DjangoSessionMiddleware):
    """Stands in for Django's own, and gives `request.session` and `request.sessions`, the manager.

    Beyond it: a cookie that is worth nothing is cleared, use is noted, cookies of a login or logout go out on a 5xx
    too, and ORM calls in views are made as the visitor.

    Raises:
        ImproperlyConfigured: SESSION_ENGINE is another one.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if not issubclass(self.SessionStore, SessionStore):
            raise ImproperlyConfigured('this middleware needs SESSION_ENGINE = "parse_orm.contrib.django.sessions"')
        self._engine: type[SessionStore] = self.SessionStore

    def __call__(self, request: HttpRequest) -> Any:
        if self.async_mode:
            return self.__acall__(request)
        self.process_request(request)
        with as_visitor(request.sessions):  # type: ignore[attr-defined]
            response: Any = self.get_response(request)
        return self.process_response(request, response)

    async def __acall__(self, request: HttpRequest) -> Any:
        self.process_request(request)
        with as_visitor(request.sessions):  # type: ignore[attr-defined]
            response: Any = await self.get_response(request)  # type: ignore[misc]
        return await sync_to_async(self.process_response)(request, response)

    def process_request(self, request: HttpRequest) -> None:
        """Give the request a session; nothing is read yet."""
        manager = SessionManager(
            session_store(),
            session_config(),
            cookie_header=request.META.get("HTTP_COOKIE"),
            authorization=request.META.get("HTTP_AUTHORIZATION"),
            visitor=visitor_of(request),
            session_class=DjangoSession,
        )
        request.sessions = manager  # type: ignore[attr-defined]
        request.session = self._engine(manager=manager)
        if manager.presented.bearer:
            # No page of another site can send that header, and no cookie counts beside it.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 when the session ended under a view, 503 when its store is away; log out whose token died."""
        if isinstance(exception, SessionGone):
            raise SessionInterrupted(INTERRUPTED) from exception
        if isinstance(exception, InvalidSessionToken):
            request.sessions.token_died()  # type: ignore[attr-defined]
        return HttpResponse(status=503) if isinstance(exception, SessionBackendError) else None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Store what is to be stored, and put the cookie into the answer."""
        manager: SessionManager | None = getattr(request, "sessions", None)
        if manager is None:
            return response
        outcome = finish(manager, response.status_code)
        manager.interrupted = outcome.interrupted
        if outcome.interrupted:
            response = response_for_exception(request, SessionInterrupted(INTERRUPTED))
        elif outcome.failure is not None:
            response = response_for_exception(request, outcome.failure)
        if outcome.cookie is not None:
            set_cookie(response, outcome.cookie)
        for name, value in outcome.headers if outcome.bearer else ():
            response[name] = value
        if outcome.vary:
            patch_vary_headers(response, outcome.vary)
        return _streaming_as(manager, response)


def visitor_of(request: HttpRequest) -> Visitor:
    """Where a request came from."""
    meta = request.META
    return Visitor(
        ip_address=client_address(meta.get("REMOTE_ADDR"), meta.get("HTTP_X_FORWARDED_FOR"), session_config().proxies),
        user_agent=meta.get("HTTP_USER_AGENT", ""),
        accept_language=meta.get("HTTP_ACCEPT_LANGUAGE", ""),
        accept_encoding=meta.get("HTTP_ACCEPT_ENCODING", ""),
    )


class CookieMorsel(Morsel[str]):
    """A cookie that knows `Partitioned`, which Python's own learned in 3.14."""

    _reserved: ClassVar[dict[str, str]] = {**Morsel._reserved, "partitioned": "Partitioned"}  # type: ignore[attr-defined]
    _flags: ClassVar[set[str]] = {*Morsel._flags, "partitioned"}  # type: ignore[attr-defined]


def set_cookie(response: HttpResponseBase, cookie: CookieInstruction) -> None:
    """Put a cookie into the answer, attribute by attribute: Django's own method adds an Expires to each Max-Age."""
    morsel = CookieMorsel()
    morsel.set(cookie.name, *response.cookies.value_encode(cookie.value))
    for attribute in cookie.header.split("; ")[1:]:
        name, _, value = attribute.partition("=")
        morsel[name.lower()] = value or True
    response.cookies[cookie.name] = morsel
    response.headers.setdefault("Cache-Control", "private")


def _streaming_as(manager: SessionManager, response: Any) -> Any:
    """A body that is made while it is sent is made as the visitor, too."""
    if not getattr(response, "streaming", False) or not manager.config.act_as_visitor:
        return response
    steps = _asynchronous if response.is_async else _synchronous
    response.streaming_content = steps(manager, response.streaming_content)
    return response


def _synchronous(manager: SessionManager, content: Iterator[Any]) -> Iterator[Any]:
    while True:
        # Around each step, since a generator shares the context of whoever asks it for the next part.
        with as_visitor(manager):
            try:
                part = next(content)
            except StopIteration:
                return
        yield part


async def _asynchronous(manager: SessionManager, content: AsyncIterator[Any]) -> AsyncIterator[Any]:
    while True:
        with as_visitor(manager):
            try:
                part = await anext(content)
            except StopAsyncIteration:
                return
        yield part
