"""Connections that are kept and used again: requests' adapter without its per-call bookkeeping.

``requests`` looks up the proxy, the CA bundle and the pool for every call, and makes a cookie jar
for every answer. All of that is the same for one server, so it is decided once per origin here.
The adapter stays a ``requests.adapters.HTTPAdapter``, so that ``responses`` and friends still see it.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from requests import PreparedRequest, Session
from requests import Response as Answer
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy as select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

from .connections import Kept, KeptHTTP, KeptHTTPS, KeptSecure
from .deadline import Deadline
from .origin import target_of


class SentHeaders(CaseInsensitiveDict[str]):
    """The headers of one request: what requests and test libraries expect, filled and copied at once."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Take over names and values."""
        self._store = {name.lower(): (name, value) for name, value in headers.items()}

    def copy(self) -> Any:
        """Give a plain dict, which is all that urllib3 needs."""
        return dict(self._store.values())


class Prepared(PreparedRequest):
    """A request that needs no merging: what we hand over is what is sent.

    Args:
        method: HTTP verb.
        url: Absolute URL, already quoted.
        headers: Names and values.
        body: Bytes to send, a file object that knows its ``len()``, or None.
    """

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> None:
        """Fill in the parts; nothing is computed."""
        super().__init__()
        self.method = method
        self.url = url
        self.body = body
        self.headers = SentHeaders(headers if body is None else {**headers, "Content-Length": str(len(body))})

    def copy(self) -> Prepared:
        """Give an independent copy (test libraries ask for one)."""
        body = self.body if isinstance(self.body, bytes) else None
        headers = {name: str(value) for name, value in self.headers.items()}
        return Prepared(self.method or "", self.url or "", headers, body)


class Bounded(Timeout):
    """The timeouts of urllib3, and the deadline that bounds all of them together.

    Args:
        deadline: When the exchange has to be over.
        connect: Seconds to wait for a connection.
    """

    def __init__(self, deadline: Deadline, connect: float) -> None:
        """Set both."""
        left = deadline.left()
        super().__init__(connect=connect if left is None else min(connect, left), read=left)
        self.deadline = deadline

    def clone(self) -> Bounded:
        """Give this one: it is used once."""
        return self


class Idle:
    """The idle connections of a pool, the one used last first.

    In place of a ``queue.LifoQueue``: each step is one call of C, so no exception of a signal handler
    can come between taking a lock and giving it back, and no forked child inherits a lock that is held.
    """

    def __init__(self, maxsize: int = 0) -> None:
        """Begin without any; how many there can be is bounded by those who use them."""
        self._connections: list[Any] = []

    def put(self, connection: Any, block: bool = True, timeout: float | None = None) -> None:
        """Keep a connection; None stands for none."""
        if connection is not None:
            self._connections.append(connection)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Give a connection.

        Raises:
            queue.Empty: There is none.
        """
        try:
            return self._connections.pop()
        except IndexError:
            raise queue.Empty from None

    def qsize(self) -> int:
        """How many there are."""
        return len(self._connections)


class KeptPool:
    """What our pools add to those of urllib3: deadlines, and a look at each connection before it is used again."""

    QueueCls = Idle

    def urlopen(self, method: str, url: str, *args: Any, timeout: Bounded, **options: Any) -> Any:
        """Send a request over a connection of the pool, within the deadline of its timeout."""
        deadline: Any = timeout.deadline  # handed through to _get_conn, which knows no other way
        return super().urlopen(method, url, *args, timeout=timeout, pool_timeout=deadline, **options)  # type: ignore[misc]

    def _get_conn(self, timeout: Any = None) -> Any:
        connection = super()._get_conn()  # type: ignore[misc]
        if connection.is_stale:
            connection.close()  # sending opens it again
        connection.deadline = timeout
        return connection

    def _put_conn(self, connection: Any) -> None:
        if connection is not None and not connection.is_clean:
            connection.close()
        super()._put_conn(connection)  # type: ignore[misc]


class KeptHTTPPool(KeptPool, HTTPConnectionPool):  # type: ignore[misc]
    """Connections to one origin without encryption."""

    ConnectionCls: Any = KeptHTTP


class KeptHTTPSPool(KeptPool, HTTPSConnectionPool):  # type: ignore[misc]
    """Connections to one origin with TLS."""

    ConnectionCls: Any = KeptHTTPS


@lru_cache
def _kept_pool(pool: type[Any]) -> type[Any]:
    """Give the pool class of ours in place of one of urllib3; those of SOCKS open their sockets themselves."""
    if pool is HTTPConnectionPool:
        return KeptHTTPPool
    if pool is HTTPSConnectionPool:
        return KeptHTTPSPool
    kept = KeptSecure if issubclass(pool, HTTPSConnectionPool) else Kept
    connection = type(f"Kept{pool.ConnectionCls.__name__}", (kept, pool.ConnectionCls), {})
    return type(f"Kept{pool.__name__}", (KeptPool, pool), {"ConnectionCls": connection})


def _with_kept_pools(manager: Any) -> Any:
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {
        scheme: pool if issubclass(pool, KeptPool) else _kept_pool(pool) for scheme, pool in classes.items()
    }
    return manager


class PooledAdapter(HTTPAdapter):
    """An adapter for one origin: pool, proxy and certificates are looked up once.

    Args:
        origin: Scheme, host and port, such as "https://api.example.com".
        pool_size: Idle connections that are kept.
        proxy: URL of the proxy that requests go through, None for none.
    """

    def __init__(self, origin: str, *, pool_size: int, proxy: str | None) -> None:
        """Make the pool; no connection is opened yet."""
        super().__init__(pool_connections=1, pool_maxsize=pool_size)
        _with_kept_pools(self.poolmanager)
        self._origin = origin
        self._proxy = proxy
        self._pool: Any = None

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Give the manager of the pools through one proxy."""
        return _with_kept_pools(super().proxy_manager_for(proxy, **options))

    def get_connection_with_tls_context(self, request: PreparedRequest, verify: Any, *args: Any, **options: Any) -> Any:
        """Give the pool of the origin, made at the first call."""
        if self._pool is None:
            pool = super().get_connection_with_tls_context(request, verify, *args, **options)
            self.cert_verify(pool, self._origin, verify, options.get("cert"))
        return self._pool

    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
        """Give the pool of the origin to requests before 2.32, which sets the certificates itself."""
        if self._pool is None:
            return super().get_connection(url, proxies)  # cert_verify, which is called next, keeps it
        return self._pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Set the certificates of the pool, once."""
        if self._pool is None:
            # requests checks no certificate where the server is asked by plain http, not that of a proxy either.
            secure = (self._proxy or "").lower().startswith("https:")
            super().cert_verify(conn, self._proxy if secure else url, verify, cert)  # type: ignore[no-untyped-call]
            self._pool = conn

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """Give the path to ask for; the full URL only through a plain proxy."""
        if self._proxy is not None:
            return super().request_url(request, proxies)
        return target_of(request.url or "")

    def build_response(self, req: PreparedRequest, resp: Any) -> Answer:
        """Wrap an answer without cookies: Parse Server sets none, and none are sent."""
        answer = Answer.__new__(Answer)
        answer.__dict__.update(_BLANK)
        answer.status_code = resp.status
        # urllib3's own headers look names up whatever their case.
        answer.headers = resp.headers
        answer.raw = resp
        answer.reason = resp.reason
        answer.url = req.url or ""
        answer.history = []
        answer.request = req
        return answer

    def close(self) -> None:
        """Close the idle connections; the pool is made anew when it is needed."""
        if self._pool is not None:
            self._pool.close()  # requests leaves that to the collector of garbage
        self._pool = None
        super().close()


def settings_of(url: str, proxies: dict[str, str], verify: Any, cert: Any, trust_env: bool) -> dict[str, Any]:
    """Merge settings with those of the environment: verify, cert and proxies."""
    with Session() as session:
        session.trust_env = trust_env
        merged = session.merge_environment_settings(url, dict(proxies), None, verify, cert)
    return {name: merged[name] for name in ("verify", "cert", "proxies")}


_BLANK = {**Answer().__dict__, "cookies": None}
