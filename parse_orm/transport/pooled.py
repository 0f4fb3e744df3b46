"""Connections that are kept and used again: requests' adapter without its per-call bookkeeping.

`requests` looks up the proxy, the CA bundle and the pool for every call, and makes a cookie jar
for every answer. All of that is the same for one server, so it is decided once per origin here.
The adapter stays a `requests.adapters.HTTPAdapter`, so that `responses` and friends still see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest
from requests import Response as Answer
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from parse_orm.transport.connections import KeptHTTP, KeptHTTPS


class Prepared(PreparedRequest):
    """A request that needs no merging: what we hand over is what is sent.

    Args:
        method: the HTTP verb.
        url: the absolute URL, already quoted.
        headers: names and values.
        body: the bytes to send, a file object opened for reading, or None.
    """

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> None:
        """Fill in the parts; nothing is computed."""
        super().__init__()
        self.method = method
        self.url = url
        self.body = body
        self.headers = CaseInsensitiveDict(headers)
        if body is not None:
            self.headers["Content-Length"] = str(len(body))

    def copy(self) -> Prepared:
        """Give an independent copy (test libraries ask for one)."""
        body = self.body if isinstance(self.body, bytes) else None
        headers = {name: str(value) for name, value in self.headers.items()}
        return Prepared(self.method or "", self.url or "", headers, body)


_CONNECTIONS = {"http": KeptHTTP, "https": KeptHTTPS}


class PooledAdapter(HTTPAdapter):
    """An adapter for one origin: pool, proxy and certificates are looked up once.

    Args:
        origin: scheme, host and port, such as "https://api.example.com".
        pool_size: connections kept, and used at one time; further senders wait for one.
        proxied: whether requests go through a proxy, which leaves all to requests.
    """

    def __init__(self, origin: str, *, pool_size: int, proxied: bool) -> None:
        """Make the pool; no connection is opened yet."""
        super().__init__(pool_connections=1, pool_maxsize=pool_size, pool_block=True)
        self._origin = origin
        self._proxied = proxied
        self._pool: Any = None

    def get_connection_with_tls_context(self, request: PreparedRequest, verify: Any, *args: Any, **options: Any) -> Any:
        """Give the pool of the origin, made at the first call."""
        if self._pool is None:
            pool = super().get_connection_with_tls_context(request, verify, *args, **options)
            self._adopt(pool, verify, options.get("cert"))
        return self._pool

    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
        """Give the pool of the origin to requests before 2.32, which sets the certificates itself."""
        pool: Any = super().get_connection(url, proxies)
        return self._refreshing(pool)

    def _adopt(self, pool: Any, verify: Any, cert: Any) -> None:
        self.cert_verify(pool, self._origin, verify, cert)
        self._pool = self._refreshing(pool)

    def _refreshing(self, pool: Any) -> Any:
        if not self._proxied:
            pool.ConnectionCls = _CONNECTIONS[self._origin.partition(":")[0]]
        return pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Set the certificates of the pool, once."""
        if self._pool is None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """Give the path to ask for; the full URL only through a plain proxy."""
        if self._proxied:
            return super().request_url(request, proxies)
        return (request.url or "")[len(self._origin) :] or "/"

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
        self._pool = None
        super().close()


_BLANK = {**Answer().__dict__, "cookies": None}
