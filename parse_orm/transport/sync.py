"""The transport everybody uses: requests, pooled, safe in threads and across fork."""

from __future__ import annotations

import io
import os
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from .._forking import renew_in_children
from ..errors import AnswerCutShort, ConfigurationError, InvalidValue
from .deadline import SLOWEST, Deadline
from .messages import Request, Response, Upload
from .origin import Origin, is_loopback, origin_of, prefix_of
from .seats import Seats

if TYPE_CHECKING:
    from .pooled import PooledAdapter

#: Seconds to wait for a connection; an answer may take longer than that.
CONNECT = 10.0

#: Bytes of the largest answer that is read into memory.
LARGEST = 1 << 30

#: Bytes that are read at a time from an answer of unknown length, or into a file.
PIECE = 1 << 16

#: Origins that are remembered, with the connections to each. One program asks one server, and the few
#: hosts that its files are on.
MOST_ORIGINS = 16


class _Way(NamedTuple):
    """How requests reach one origin: what is decided once for all of them."""

    adapter: PooledAdapter
    options: dict[str, Any]
    seats: Seats


class RequestsTransport:
    """Sends requests over kept-alive connections.

    ``Request.timeout`` bounds the whole exchange: waiting for a free connection, looking up the host,
    connecting, TLS, sending, and reading the answer to its last byte.

    Proxies and CA bundles of the environment are read once per origin. A server on this machine is asked
    directly whatever the environment says, and through a proxy that ``proxies`` names only if that is on
    this machine, too: plain http to it counts as safe because it does not leave the machine. Redirects
    are not followed, cookies are not kept and ``.netrc`` is never read. A child process made by fork
    gets connections of its own.

    Args:
        pool_size: Exchanges under way at one time with one origin; further senders wait for their turn.
        trust_env: Whether HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and the like count.
        verify: True, or the path of a CA bundle. Only False, said as that, turns the checks off.
        cert: Path of a client certificate, or (certificate, key).
        proxies: Scheme to proxy URL, instead of the environment's.
        connect_timeout: Seconds to wait for a connection.
        largest_answer: Bytes; a longer answer is an error.

    Raises:
        ConfigurationError: A setting makes no sense, or names a file that is not there.

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
        verify: bool | str | os.PathLike[str] = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
        connect_timeout: float = CONNECT,
        largest_answer: int = LARGEST,
    ) -> None:
        """Keep the settings, and import requests; no socket is opened."""
        _check_number("pool_size", pool_size, int)
        _check_number("connect_timeout", connect_timeout, int, float)
        _check_number("largest_answer", largest_answer, int)
        _check_files(cert)
        _check_proxies(proxies)
        # Imported here, because a child that is forked while another thread imports waits for that for ever.
        from . import faults, pooled

        self._pooled, self._explain = pooled, faults.explain
        self._pool_size = pool_size
        self._trust_env = trust_env
        self._verify = _checked_verify(verify)
        self._cert = cert
        self._proxies = proxies
        self._connect_timeout = connect_timeout
        self._largest = largest_answer
        self.renew()
        renew_in_children(self)

    def __repr__(self) -> str:
        return f"<RequestsTransport pool of {self._pool_size}>"

    def renew(self) -> None:
        """Forget every connection, in a forked child: the sockets belong to its parent."""
        self._ways: dict[Origin, _Way] = {}
        self._by_prefix: dict[str, _Way] = {}

    def send(self, request: Request) -> Response:
        """Send one request and read its whole answer.

        Args:
            request: What to send.

        Returns:
            The answer, whatever its status; a redirect too.

        Raises:
            TransportError: No usable answer came; ``ConnectFailed`` when nothing was sent.
            ConfigurationError: The CA bundle or the proxy cannot be used.
            InvalidValue: The URL is not one that can be asked, or the content of an ``Upload`` is shorter than it was.
            OSError: The content of an ``Upload`` cannot be read.
        """
        body = _open(request.body)
        moves = request.sink is not None or isinstance(body, _Content)
        deadline = Deadline(request.timeout, SLOWEST if moves else None)
        failure: BaseException
        try:
            return self._exchange(request, body, deadline)
        except BaseException as error:
            host = prefix_of(request.url).partition("://")[2]
            failure = self._explain(error, host, deadline.sent)
            if isinstance(failure, _Unreadable):
                failure = failure.reason
        finally:
            if isinstance(body, _Content):
                body.close()
        # Raised out here so that it drags no frame along that holds the request's headers.
        raise failure

    def close(self) -> None:
        """Close the idle connections; a later ``send`` opens new ones."""
        ways, self._ways, self._by_prefix = self._ways, {}, {}
        for way in ways.values():
            way.adapter.close()

    def _exchange(self, request: Request, body: Any, deadline: Deadline) -> Response:
        way = self._by_prefix.get(prefix_of(request.url)) or self._find_way(request.url)
        seat = way.seats.take(deadline)
        try:
            prepared = self._pooled.Prepared(request.method, request.url, request.plain_headers(), body)
            bounds: Any = self._pooled.Bounded(deadline, self._connect_timeout)
            answer = way.adapter.send(prepared, timeout=bounds, **way.options)
            try:
                return Response(answer.status_code, answer.headers, self._read(answer, request.sink))
            finally:
                answer.close()
        finally:
            way.seats.give_back(seat)

    # -- where requests go -------------------------------------------------------------------

    def _find_way(self, url: str) -> _Way:
        """Look up, or make, the way to a URL's origin.

        Without a lock: a signal handler may ask the server while the thread that it interrupted is in here. Each step
        is one call of C, and a way that was made twice has no connections yet.
        """
        origin = origin_of(url)
        way = self._ways.get(origin) or self._ways.setdefault(origin, self._new_way(origin))
        if len(self._ways) > MOST_ORIGINS:
            oldest, *_ = self._ways  # one call of C, as a copy is
            self._forget(oldest)
        if len(self._by_prefix) > 4 * MOST_ORIGINS:
            self._by_prefix = {}
        self._by_prefix[prefix_of(url)] = way
        return way

    def _forget(self, origin: Origin) -> None:
        way = self._ways.pop(origin, None)
        if way is not None:
            self._by_prefix = {prefix: other for prefix, other in list(self._by_prefix.items()) if other is not way}
            way.adapter.close()

    def _new_way(self, origin: Origin) -> _Way:
        given = dict(self._proxies or {})
        options = self._pooled.settings_of(origin.url, given, self._verify, self._cert, self._trust_env)
        _checked_verify(options["verify"])
        if is_loopback(origin.host):
            options["proxies"] = {scheme: proxy for scheme, proxy in given.items() if _is_here(proxy)}
        proxy = self._pooled.select_proxy(origin.url, options["proxies"])
        adapter = self._pooled.PooledAdapter(origin.url, pool_size=self._pool_size, proxy=proxy)
        return _Way(adapter, options, Seats(self._pool_size))

    # -- reading -----------------------------------------------------------------------------

    def _read(self, answer: Any, sink: BinaryIO | None = None) -> bytes:
        """Read the body, into the sink if the answer is a success and there is one."""
        try:
            if sink is not None and 200 <= answer.status_code < 300:
                _pour(answer, sink)
                return b""
            return self._read_whole(answer)
        except (ValueError, OverflowError, HTTPException) as error:  # a length that is no length
            raise AnswerCutShort(f"the answer cannot be read ({type(error).__name__})") from None

    def _read_whole(self, answer: Any) -> bytes:
        length = _length(answer)
        if length is None or "Content-Encoding" in answer.headers or "Transfer-Encoding" in answer.headers:
            return self._read_counting(answer)
        if length > self._largest:
            raise self._too_large()
        # All of it at once: requests' own pieces of 10 KB took a tenth of the CPU of a find of 1000 rows.
        body: bytes = answer.raw.read()
        if len(body) < length:
            raise _stopped(len(body), length)
        return body

    def _read_counting(self, answer: Any) -> bytes:
        whole = io.BytesIO()  # a list of pieces would take thirty times the memory of an answer in pieces of two bytes
        for piece in answer.iter_content(PIECE):
            if whole.write(piece) + whole.tell() > self._largest:
                raise self._too_large()
        return whole.getvalue()

    def _too_large(self) -> AnswerCutShort:
        return AnswerCutShort(f"the answer is larger than {self._largest} bytes; ask for less at a time")


class _Unreadable(Exception):
    """What reading an upload ended with: an OSError of its own file, which is none of the network."""

    def __init__(self, reason: OSError) -> None:
        super().__init__()
        self.reason = reason


class _Content:
    """An upload while it is sent: exactly as many bytes as were announced."""

    def __init__(self, upload: Upload) -> None:
        self._file = upload.open()
        self._length = self._left = upload.length

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, b"" at the end.

        Raises:
            InvalidValue: The content is shorter than it was.
        """
        try:
            piece = self._file.read(self._left if size < 0 else min(size, self._left))
        except OSError as error:
            raise _Unreadable(error) from None
        if not piece and self._left:
            sent = self._length - self._left
            raise InvalidValue(f"the content has {sent} bytes and not {self._length}: was it changed meanwhile?")
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close what was opened."""
        self._file.close()


def _open(body: bytes | Upload | None) -> Any:
    return _Content(body) if isinstance(body, Upload) else body


def _pour(answer: Any, sink: BinaryIO) -> None:
    """Write a body to a file, from its beginning: an earlier try may have left a part there."""
    sink.seek(0)
    sink.truncate()
    for piece in answer.iter_content(PIECE):
        sink.write(piece)
    length = _length(answer)
    if length is not None and "Content-Encoding" not in answer.headers and sink.tell() < length:
        raise _stopped(sink.tell(), length)


def _length(answer: Any) -> int | None:
    told = answer.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None


def _stopped(count: int, length: int) -> AnswerCutShort:
    return AnswerCutShort(f"the answer stopped after {count} of {length} bytes")


def _checked_verify(verify: Any) -> bool | str:
    """Give the setting back if it means something: an empty text must not turn the checks off.

    Raises:
        ConfigurationError: Neither a bool nor the path of something that is there.
    """
    if isinstance(verify, bool):
        return verify
    if not isinstance(verify, (str, os.PathLike)) or not str(verify):
        raise ConfigurationError(f"verify is True, False or the path of a CA bundle, not {verify!r:.80}")
    if not os.path.exists(verify):
        raise ConfigurationError(f"there is no CA bundle at {os.fspath(verify)!r:.200}")
    return os.fspath(verify)


def _check_number(name: str, value: object, *kinds: type) -> None:
    if type(value) not in kinds or not 0 < value < 1e12:  # type: ignore[operator]
        raise ConfigurationError(f"{name} is a positive number, not {value!r:.80}")


def _check_files(cert: Any) -> None:
    """Refuse a client certificate that is not there.

    Raises:
        ConfigurationError: It is neither None, nor a path, nor a pair of paths, or there is no such file.
    """
    files = () if cert is None else cert if isinstance(cert, tuple) and len(cert) == 2 else (cert,)
    for file in files:
        if not isinstance(file, (str, os.PathLike)) or not os.path.isfile(file):
            raise ConfigurationError("cert is the path of a client certificate, or (certificate, key), that is there")


def _check_proxies(proxies: Any) -> None:
    texts = [text for pair in proxies.items() for text in pair] if isinstance(proxies, dict) else [None]
    if proxies is not None and not all(isinstance(text, str) for text in texts):
        raise ConfigurationError("proxies is a dict of scheme to the URL of a proxy")


def _is_here(proxy: str) -> bool:
    try:
        return is_loopback(origin_of(proxy).host)
    except InvalidValue:
        return False
