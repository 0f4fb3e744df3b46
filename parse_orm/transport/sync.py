"""The transport everybody uses: requests, pooled, safe in threads and across fork."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from parse_orm.errors import AnswerCutShort, ParseOrmError
from parse_orm.transport.messages import Request, Response, bare_url

if TYPE_CHECKING:
    from parse_orm.transport.pooled import PooledAdapter

CONNECT = 10.0
"""Seconds to wait for a connection; an answer may take longer than that."""

LARGEST = 1 << 30
"""Bytes of the largest answer that is read into memory."""


class RequestsTransport:
    """Sends requests over kept-alive connections.

    Proxies and CA bundles of the environment are read once per origin. Redirects are not
    followed, cookies are not kept and `.netrc` is never read. A child process made by fork gets
    connections of its own.

    Args:
        pool_size: connections kept, and used at one time; further senders wait for one.
        trust_env: whether HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and the like count.
        verify: True, or the path of a CA bundle.
        cert: path of a client certificate, or (certificate, key).
        proxies: scheme to proxy URL, instead of the environment's.
        connect_timeout: seconds to wait for a connection.
        largest_answer: bytes; a longer answer is an error.

    Example:
        >>> from parse_orm.transport.sync import RequestsTransport
        >>> RequestsTransport(pool_size=4)
        <RequestsTransport pool of 4>
    """

    def __init__(
        self,
        *,
        pool_size: int = 32,
        trust_env: bool = True,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
        connect_timeout: float = CONNECT,
        largest_answer: int = LARGEST,
    ) -> None:
        """Keep the settings; no socket is opened and requests is not yet imported."""
        self._pool_size = pool_size
        self._trust_env = trust_env
        self._verify = verify
        self._cert = cert
        self._proxies = proxies
        self._connect_timeout = connect_timeout
        self._largest = largest_answer
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._ways: dict[str, tuple[PooledAdapter, dict[str, Any]]] = {}

    def __repr__(self) -> str:
        return f"<RequestsTransport pool of {self._pool_size}>"

    def send(self, request: Request) -> Response:
        """Send one request and read its whole answer.

        Args:
            request: what to send.

        Returns:
            The answer, whatever its status; a redirect too.

        Raises:
            TransportError: no usable answer came; `ConnectFailed` when nothing was sent.
            ConfigurationError: the URL, the CA bundle or the proxy cannot be used.
        """
        from parse_orm.transport import faults

        try:
            return self._exchange(request)
        except ParseOrmError:
            raise
        except faults.KNOWN as error:
            failure = faults.explain(error, _host(request.url))
        # Raised out here so that it drags no frame along that holds the request's headers.
        raise failure

    def close(self) -> None:
        """Close the idle connections; a later `send` opens new ones."""
        with self._lock:
            ways, self._ways = self._ways, {}
        for adapter, _ in ways.values():
            adapter.close()

    def _exchange(self, request: Request) -> Response:
        from parse_orm.transport.pooled import Prepared

        adapter, options = self._way(request.url)
        prepared = Prepared(request.method, request.url, request.plain_headers(), request.body)
        answer = adapter.send(prepared, timeout=self._timeouts(request.timeout), **options)
        try:
            if _server_hangs_up(answer.status_code):
                _detach(answer.raw)
            return Response(answer.status_code, answer.headers, self._read(answer))
        finally:
            answer.close()

    def _timeouts(self, read: float | None) -> tuple[float, float] | tuple[float, None]:
        if read is None:
            return self._connect_timeout, None
        return min(self._connect_timeout, read), read

    def _way(self, url: str) -> tuple[PooledAdapter, dict[str, Any]]:
        """Give the adapter and the fixed options for a URL's origin."""
        if self._pid != os.getpid():
            # After fork the sockets belong to the parent: forget them, do not close them.
            self._lock, self._ways, self._pid = threading.Lock(), {}, os.getpid()
        origin = _origin(url)
        way = self._ways.get(origin)
        if way is None:
            with self._lock:
                way = self._ways.get(origin) or self._new_way(origin)
                self._ways[origin] = way
        return way

    def _new_way(self, origin: str) -> tuple[PooledAdapter, dict[str, Any]]:
        import requests
        from requests.utils import select_proxy

        from parse_orm.transport.pooled import PooledAdapter

        with requests.Session() as session:
            session.trust_env = self._trust_env
            merged = session.merge_environment_settings(
                origin, dict(self._proxies or {}), None, self._verify, self._cert
            )
        options: dict[str, Any] = {name: merged[name] for name in ("verify", "cert", "proxies")}
        proxied = select_proxy(origin, options["proxies"]) is not None
        return PooledAdapter(origin, pool_size=self._pool_size, proxied=proxied), options

    def _read(self, answer: Any) -> bytes:
        told = answer.headers.get("Content-Length", "")
        length = int(told) if told.isdigit() else None
        if length is None or "Content-Encoding" in answer.headers:
            return self._read_counting(answer)
        if length > self._largest:
            raise self._too_large()
        # All of it at once: requests' own pieces of 10 KB took a tenth of the CPU of a find of 1000 rows.
        body = b"".join(answer.iter_content(max(length, 1)))
        if len(body) < length:
            raise AnswerCutShort(f"the answer stopped after {len(body)} of {length} bytes")
        return body

    def _read_counting(self, answer: Any) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_content(65536):
            size += len(part)
            if size > self._largest:
                raise self._too_large()
            parts.append(part)
        return b"".join(parts)

    def _too_large(self) -> AnswerCutShort:
        return AnswerCutShort(f"the answer is larger than {self._largest} bytes; ask for less at a time")


def _server_hangs_up(status: int) -> bool:
    """Parse Server 9.10 closes the socket after a 403 and a 5xx, though its header says keep-alive."""
    return status == 403 or status >= 500


def _detach(raw: Any) -> None:
    """Take the socket away from its pooled connection; the answer can still be read to its end.

    The pool gets a connection without a socket back, and opens a new one at its next use. (Closing
    after the read would be too late: by then another thread may be using the connection.)
    """
    connection = getattr(raw, "connection", None)
    socket = getattr(connection, "sock", None)
    if connection is not None and socket is not None:
        connection.sock = None
        socket.close()


def _origin(url: str) -> str:
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]


def _host(url: str) -> str:
    return _origin(bare_url(url)).partition("://")[2]
