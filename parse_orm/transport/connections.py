"""Connections that keep to a deadline, know when the server hangs up and send a request in one piece."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .deadline import Deadline
from .origin import is_loopback
from .reading import WholeAnswer

#: Seconds that an idle connection is kept when the server does not say.
KEEP = 30.0

#: Seconds before the server's own keep-alive limit at which we let go. Node closes an idle connection
#: after 5 s and says so in ``Keep-Alive: timeout=5``; a request that crosses that close would be lost
#: without an answer.
MARGIN = 1.0

#: Bytes of a request that are sent in one piece; beyond that, copying costs more than a second call.
TOGETHER = 1 << 18

#: Bytes handed to TLS at a time: one record, because each may wait as long as the timeout says.
RECORD = 1 << 14

_TIMEOUT = re.compile(r"timeout=(\d{1,6})", re.IGNORECASE)


class Kept:
    """What our connections add to those of urllib3, whatever they lead through."""

    deadline = Deadline(None)
    last_used = 0.0
    keep = KEEP
    sock: Any
    timeout: Any
    _answer: WholeAnswer | None = None
    _held: list[bytes] | None = None
    _requests = False

    @property
    def is_stale(self) -> bool:
        """Whether the server may be about to close this connection."""
        return bool(self.last_used) and time.monotonic() - self.last_used > self.keep

    @property
    def is_clean(self) -> bool:
        """Whether its last answer was read to the end, and nothing stood behind it."""
        return self._answer is not None and self._answer.leaves_clean

    def connect(self) -> None:
        """Connect, through a proxy and with TLS where that is wanted.

        Raises:
            ConnectTimeoutError: It took longer than ``timeout``, or than the deadline leaves.
        """
        whole = self.deadline
        self.deadline = whole.within(self.timeout)
        try:
            self.timeout = self.deadline.left()
            super().connect()  # type: ignore[misc]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        finally:
            self.deadline = whole

    def _connect_tls_proxy(self, *args: Any) -> Any:
        """Let TLS within TLS keep to the deadline, too: urllib3 reads it from the outer socket itself."""
        outer = super()._connect_tls_proxy(*args)  # type: ignore[misc]
        receive = outer.recv

        def receive_in_time(*args: Any) -> Any:
            outer.settimeout(self.deadline.left())
            return receive(*args)

        outer.recv = receive_in_time
        return outer

    def _tunnel(self) -> None:
        requests, self._requests = self._requests, False  # asking the proxy is not asking the server
        super()._tunnel()  # type: ignore[misc]
        self._requests = requests
        self.sock.settimeout(self.deadline.left())

    def request(self, *args: Any, **options: Any) -> None:
        """Send a request; headers and body in one piece where that is not much."""
        # http.client sends the two one after the other, which wakes the server twice for each request.
        self._held = []
        self._requests = True
        try:
            super().request(*args, **options)  # type: ignore[misc]
            self._flush()
        finally:
            self._held, self._requests = None, False

    def send(self, data: Any) -> None:
        """Send bytes, or the content of a file."""
        if hasattr(data, "read"):
            for piece in iter(lambda: data.read(RECORD), b""):
                self.send(piece)
        elif self._held is None:
            self._transmit(data)
        else:
            self._held.append(data)
            if sum(map(len, self._held)) > TOGETHER:
                self._flush()

    def _flush(self) -> None:
        held, self._held = self._held, None
        if held:
            for piece in [b"".join(held)] if sum(map(len, held)) <= TOGETHER else held:
                self._transmit(piece)

    def _transmit(self, data: bytes | memoryview) -> None:
        if self.sock is None:
            self.connect()
        sock: Any = self.sock
        sock.settimeout(self.deadline.left())
        self.deadline.sent = self.deadline.sent or self._requests
        try:
            super().send(data)  # type: ignore[misc]
        except ssl.SSLError as error:
            # urllib3 reads what the server said before it hung up, as after the same in the clear.
            raise BrokenPipeError("the server hung up") from error
        self.deadline.moved(len(data))

    def response_class(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> Any:
        """Make the answer that ``http.client`` reads into."""
        self._answer = WholeAnswer(sock, self.deadline, method)
        return self._answer

    def getresponse(self) -> Any:
        """Read the headers of the answer."""
        response = super().getresponse()  # type: ignore[misc]
        self.last_used = time.monotonic()
        told = _TIMEOUT.search(response.headers.get("Keep-Alive", ""))
        if told:
            self.keep = max(int(told[1]) - MARGIN, 0.0)
        return response


class KeptSecure(Kept):
    """The same with TLS."""

    def _transmit(self, data: bytes | memoryview) -> None:
        whole = memoryview(data)
        for start in range(0, len(whole), RECORD):
            super()._transmit(whole[start : start + RECORD])


class Direct:
    """A connection that opens its socket itself, rather than through SOCKS."""

    deadline: Deadline
    host: str
    port: int
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        """Try each address of the host, all of them within the deadline.

        Raises:
            ConnectTimeoutError: None answered in time.
            NewConnectionError: The host is not known, or each address refused.
        """
        try:
            return self._first_that_answers()
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, "no connection") from error  # type: ignore[arg-type]

    def _first_that_answers(self) -> socket.socket:
        failure: OSError = OSError("the host has no address")
        for family, kind, protocol, _, address in _addresses(self.host, self.port, self.deadline):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self.deadline.left())
                sock.connect(address)
                sock.settimeout(self.deadline.left())
                return sock
            except BaseException as error:
                sock.close()
                if not isinstance(error, OSError):
                    raise
                failure = error
        raise failure


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Look a host up; in a thread, because the operating system may take longer than there is time."""
    if is_loopback(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=look_up, daemon=True, name="parse-orm-lookup")
    thread.start()
    thread.join(deadline.left())
    if not found:
        raise TimeoutError("the host was not found in time")
    if isinstance(found[0], BaseException):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses


class KeptHTTP(Kept, Direct, HTTPConnection):  # type: ignore[misc]
    """A connection without encryption."""


class KeptHTTPS(KeptSecure, Direct, HTTPSConnection):  # type: ignore[misc]
    """A connection with TLS."""
