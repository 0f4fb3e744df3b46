"""A proxy on loopback, in front of a real server, that spoils the exchanges it is told to spoil."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

#: Seconds from the first request that is spoiled to the end of all that would go on for ever, so that a client that
#: waits for it comes back, though later than any deadline.
CEILING = 4.5

#: Headers that belong to one connection and are written anew.
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date"})


class Gone(Exception):
    """The client closed the connection, or the proxy is stopping."""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_find(self) -> bool:
        """Whether it reads: a GET, or a POST that stands for one."""
        return self.method == "GET" or (self.method == "POST" and b'"_method":"GET"' in self.body.replace(b" ", b""))

    def decoded(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)


@dataclass
class Exchange:
    """One request on its way, as a fault sees it.

    Args:
        asked: The request.
        proxy: Forwards it.
        line: The connection to the client.
        number: How many aimed requests came before this one.
    """

    asked: Asked
    proxy: Proxy
    line: socket.socket
    number: int

    def forward(self) -> bytes:
        """Let the real server do it, and give its answer as bytes."""
        return self.proxy.forward(self.asked)

    def send(self, part: bytes) -> None:
        """Send bytes to the client as one packet.

        Raises:
            Gone: The client has hung up.
        """
        try:
            self.line.sendall(part)
        except OSError as error:
            raise Gone from error

    @property
    def is_over(self) -> bool:
        """Whether this fault has gone on for long enough."""
        return time.monotonic() > self.proxy.ends or self.proxy.stopping.is_set()

    def wait(self) -> None:
        """Wait until the fault is over, but not longer than the client stays.

        Raises:
            Gone: The client has hung up.
        """
        while not self.is_over:
            time.sleep(0.05)
            if not self._is_open():
                raise Gone

    def reset(self) -> None:
        """Close the connection with a reset instead of a proper end."""
        # l_onoff=1, l_linger=0: close() sends RST.
        with contextlib.suppress(OSError):
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        """Close the connection now."""
        _end(self.line)

    def _is_open(self) -> bool:
        if isinstance(self.line, ssl.SSLSocket):
            return True
        try:
            return self.line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False


#: What happens to one exchange; True keeps the connection, False closes it.
Spoil = Callable[[Exchange], bool]

#: Says whether a request is the one to spoil.
Aim = Callable[[Asked], bool]


@dataclass
class Proxy:
    """Forwards requests to a server; those that are aimed at are spoiled.

    Args:
        target: The URL of the server.
        tls: Speaks https to the client with this context.
        slowest: Seconds that the real server took for the slowest answer since the proxy was armed.
        served: Seconds that it took for all of them.
        ends: When everything is over that would go on for ever.
    """

    target: str
    tls: ssl.SSLContext | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    slowest: float = 0.0
    served: float = 0.0
    ends: float = 0.0
    _lines: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: dict[int, float] = field(default_factory=dict)
    _spoil: Spoil | None = None
    _aim: Aim = field(default=lambda asked: True)
    _first = 0
    _times = 0
    _seen = 0

    def __post_init__(self) -> None:
        address = urlsplit(self.target)
        self._host, self._port, self._mount = address.hostname or "", address.port or 80, address.path
        self._up = threading.Event()

    def __enter__(self) -> Self:
        self._listener = _listen(0)
        self.port = self._listener.getsockname()[1]
        self._open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        _end(self._listener)
        self._hang_up()

    @property
    def url(self) -> str:
        """The server URL that a client of the proxy takes."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{self._mount}"

    def arm(self, spoil: Spoil, aim: Aim, *, first: int = 1, times: int = 1) -> None:
        """Spoil requests from now on.

        Args:
            spoil: What happens to them.
            aim: Which requests count.
            first: Number of the first counted request that is spoiled, from 1.
            times: How many are spoiled; 0 for all that follow.
        """
        with self._lock:
            self._spoil, self._aim, self._first, self._times = spoil, aim, first, times
            self._seen = 0
            self.slowest = self.served = self.ends = 0.0

    def disarm(self) -> int:
        """Forward everything from now on, and wait until the proxy listens.

        Returns:
            How many requests were spoiled.
        """
        with self._lock:
            self._spoil = None
            # What is still under way counts as well.
            self.slowest = max([self.slowest, *(time.monotonic() - begun for begun in self._begun.values())])
            hits = max(self._seen - self._first + 1, 0)
        self._up.wait(30)
        return min(hits, self._times or hits)

    def expect_absence(self) -> None:
        """Have whoever disarms the proxy wait until it listens again."""
        self._up.clear()

    def die(self, seconds: float) -> None:
        """Refuse connections for a while, and reset those that are open, as a server that is killed and restarted."""
        self.expect_absence()
        _end(self._listener)
        self._hang_up()

        def revive() -> None:
            if not self.stopping.wait(seconds):
                self._listener = _listen(self.port)
                self._open()

        threading.Thread(target=revive, daemon=True).start()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Have whoever disarms the proxy wait until the block ends."""
        self.expect_absence()
        try:
            yield
        finally:
            self._up.set()

    def forward(self, asked: Asked) -> bytes:
        """Send a request to the real server on a connection of its own, and give the answer as bytes."""
        start = time.monotonic()
        with self._lock:
            self._begun[threading.get_ident()] = start
        headers = {name: value for name, value in asked.headers.items() if name not in HOP and name != "host"}
        line = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            line.request(asked.method, asked.path, asked.body or None, headers)
            answer = line.getresponse()
            return compose(answer.status, answer.read(), answer.reason, answer.getheaders())
        finally:
            line.close()
            with self._lock:
                del self._begun[threading.get_ident()]
                self.slowest = max(self.slowest, time.monotonic() - start)
                self.served += time.monotonic() - start

    def _open(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        self._up.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _hang_up(self) -> None:
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            _end(line)

    def _serve(self, plain: socket.socket) -> None:
        line = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                line = self.tls.wrap_socket(plain, server_side=True)
            with self._lock:
                self._lines.add(line)
            with line.makefile("rb") as stream:
                while self._one(line, stream):
                    pass
        except (OSError, Gone, http.client.HTTPException):
            pass
        finally:
            with self._lock:
                self._lines.discard(line)
            _end(line)

    def _one(self, line: socket.socket, stream: BinaryIO) -> bool:
        start = stream.readline().split()
        if len(start) != 3:
            return False
        headers = {name.lower(): value for name, value in http.client.parse_headers(stream).items()}
        asked = Asked(start[0].decode(), start[1].decode(), headers, _body(stream, headers))
        spoil, number = self._choose(asked)
        if spoil is None:
            line.sendall(self.forward(asked))
            return True
        return spoil(Exchange(asked, self, line, number))

    def _choose(self, asked: Asked) -> tuple[Spoil | None, int]:
        with self._lock:
            if self._spoil is None or not self._aim(asked):
                return None, 0
            self._seen += 1
            number = self._seen - self._first
            if number < 0 or (self._times and number >= self._times):
                return None, 0
            self.ends = self.ends or time.monotonic() + CEILING
            return self._spoil, number


def compose(
    status: int, body: bytes = b"", reason: str = "OK", headers: list[tuple[str, str]] | None = None, **more: str
) -> bytes:
    """Put an answer together, with its length.

    Args:
        status: The HTTP status.
        body: What it holds.
        reason: The text behind the status.
        headers: Names and values.
        more: Further headers; an underscore stands for a hyphen.
    """
    given = headers if headers is not None else [("Content-Type", "application/json; charset=utf-8")]
    lines = [f"HTTP/1.1 {status} {reason}"]
    lines += [f"{name}: {value}" for name, value in given if name.lower() not in HOP]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    lines += ["Connection: keep-alive", "Keep-Alive: timeout=5"]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", ""):
        parts = []
        while size := int(stream.readline().split(b";")[0] or b"0", 16):
            parts.append(stream.read(size))
            stream.readline()
        stream.readline()
        return b"".join(parts)
    return stream.read(int(headers.get("content-length", "0")))


def _listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=128)


def _end(line: socket.socket) -> None:
    """Close a socket and wake whoever waits for it."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
