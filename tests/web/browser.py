"""A browser without any framework: it keeps the cookie, and counts what a request asks of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from parse_orm.web import Finish, SessionConfig, SessionManager, SessionStore, Visitor, finish


class CountingStore(SessionStore):
    """Passes everything on, and counts it; `fail` names methods that break."""

    def __init__(self, inner: SessionStore) -> None:
        super().__init__(clock=inner.clock)
        self.inner = inner
        self.calls: Counter[str] = Counter()
        self.fail: dict[str, Exception] = {}

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.calls[name] += 1
        if name in self.fail:
            raise self.fail[name]
        return getattr(self.inner, name)(*args, **kwargs)

    def create(self, record: Any) -> None:
        self._call("create", record)

    def read(self, id: str) -> Any:
        return self._call("read", id)

    def write(self, record: Any, *, must_exist: bool = False) -> None:
        self._call("write", record, must_exist=must_exist)

    def destroy(self, id: str) -> bool:
        return bool(self._call("destroy", id))

    def gc(self) -> int:
        return int(self._call("gc"))

    def touch(self, id: str, last_active_at: Any, expires_at: Any) -> bool:
        return bool(self._call("touch", id, last_active_at, expires_at))

    def list_for_user(self, user_id: str) -> Any:
        return self._call("list_for_user", user_id)

    def destroy_for_user(self, user_id: str, except_session_id: str | None = None) -> int:
        return int(self._call("destroy_for_user", user_id, except_session_id))


class Browser:
    """Makes requests to a handler that gets the manager."""

    def __init__(self, store: SessionStore, config: SessionConfig | None = None, **visitor: str) -> None:
        self.store = store
        self.config = config or SessionConfig()
        self.visitor = Visitor(**visitor)
        self.cookie: str | None = None
        self.last: Finish | None = None

    def request(self, handler: Callable[[SessionManager], Any], status: int = 200) -> Any:
        header = None if self.cookie is None else f"{self.config.cookie_name}={self.cookie}"
        return self.raw(header, handler, status)

    def raw(self, header: str | None, handler: Callable[[SessionManager], Any], status: int = 200) -> Any:
        manager = SessionManager(self.store, self.config, cookie_header=header, visitor=self.visitor)
        answer = handler(manager)
        self.last = finish(manager, status)
        if self.last.cookie is not None:
            morsel = SimpleCookie(self.last.cookie.header)[self.config.cookie_name]
            self.cookie = None if morsel["max-age"] == "0" else morsel.value
        return answer

    @property
    def set_cookie(self) -> str | None:
        return None if self.last is None or self.last.cookie is None else self.last.cookie.header


def put(key: str, value: Any) -> Callable[[SessionManager], Any]:
    return lambda manager: manager.session.__setitem__(key, value)


def read(key: str) -> Callable[[SessionManager], Any]:
    return lambda manager: manager.session.get(key)


def login(user: str) -> Callable[[SessionManager], Any]:
    return lambda manager: manager.authenticate(user)


def who(manager: SessionManager) -> Any:
    return manager.user_id


def nothing(manager: SessionManager) -> None: ...
