"""A server on loopback that misbehaves on purpose, one scripted fault per request."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

REASONS = {200: "OK", 201: "Created", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    Args:
        parts: bytes to send, in order; a float is a pause in seconds.
        unread: hang up without reading the request.
        hang_up: close the socket afterwards.
        in_the_clear: bytes to send past the encryption, at the end.
    """

    parts: Iterable[bytes | float] = ()
    unread: bool = False
    hang_up: bool = False
    in_the_clear: bytes = b""


def answer(status: int, body: bytes | dict[str, Any] | list[Any] = b"", hang_up: bool = False, **headers: str) -> Fault:
    """Answer properly; hang_up closes the socket although the header says keep-alive."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Fault([_head(status, len(text), headers) + text], hang_up=hang_up)


def html(status: int) -> Fault:
    """Answer with a web page."""
    return answer(status, b"<!DOCTYPE html><title>Error</title>", content_type="text/html")


def cut_short(body: bytes = b'{"results":[{"objectId":"a', declared: int = 500) -> Fault:
    """Declare more bytes than are sent, then hang up."""
    return Fault([_head(200, declared, {}) + body], hang_up=True)


def half_json() -> Fault:
    """Answer with a JSON text that stops half-way, its length declared rightly."""
    return answer(200, b'{"results":[{"objectId":"a')


def hang_up_unread() -> Fault:
    """Close the socket before the request is read."""
    return Fault(unread=True, hang_up=True)


def hang_up_read() -> Fault:
    """Close the socket after the request is read, without an answer: a lost answer."""
    return Fault(hang_up=True)


def garbage() -> Fault:
    """Answer with something that is not HTTP."""
    return Fault([b"\x00\x01\x02 this is not HTTP\r\n\r\n"], hang_up=True)


def stall(seconds: float) -> Fault:
    """Say nothing for a while, then hang up."""
    return Fault([seconds], hang_up=True)


def huge(size: int) -> Fault:
    """Answer with many bytes of JSON, in chunks and without a length."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    return Fault([head, *[chunk] * (size // 65536), b"0\r\n\r\n"])


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = {
        "Content-Type": "application/json; charset=utf-8",
        "Connection": "keep-alive",
        "Keep-Alive": "timeout=5",
        "Content-Length": str(length),
        **named,
    }
    start = f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}\r\n"
    return (start + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode()


@dataclass
class FaultServer:
    """Listens on loopback; each request takes the next fault of the script, then `usual`.

    Args:
        usual: what happens when the script is used up.
        tls: what encrypts the connections, None for none.
        tunnel_to: port on loopback that a CONNECT leads to, None where there is no such thing.
    """

    usual: Fault | Callable[[Seen], Fault] = field(default_factory=lambda: answer(200, {"ok": True}))
    tls: ssl.SSLContext | None = None
    tunnel_to: int | None = None

    def __post_init__(self) -> None:
        self.seen: list[Seen] = []
        self._script: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._start(self._accept)
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping.set()
        _end(self._listener)
        with self._lock:
            still_open = list(self._open)
        for sock in still_open:
            _end(sock)
        for thread in self._threads:
            thread.join(timeout=5)

    @property
    def url(self) -> str:
        """The server URL, with a mount path."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/parse"

    def script(self, *faults: Fault) -> None:
        """Line up faults for the next requests."""
        self._script.extend(faults)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(sock)
                number = self.connections
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open.add(sock)
            with sock.makefile("rb") as stream:
                while self._one(sock, stream, number):
                    pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            _end(sock)

    def _one(self, sock: socket.socket, stream: Any, number: int) -> bool:
        if not stream.peek(1):
            return False
        with self._lock:
            fault = self._script.popleft() if self._script else None
        if fault is not None and fault.unread:
            return False
        seen = _read(stream, number)
        if seen is None:
            return False
        with self._lock:
            self.seen.append(seen)
        if seen.method == "CONNECT" and self.tunnel_to is not None:
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            _pipe(sock, self.tunnel_to)
            return False
        if fault is None:
            fault = self.usual(seen) if callable(self.usual) else self.usual
        for part in fault.parts:
            if isinstance(part, float):
                self._stopping.wait(part)
            else:
                sock.sendall(part)
        if fault.in_the_clear:
            os.write(sock.fileno(), fault.in_the_clear)
        return not fault.hang_up


def _read(stream: Any, number: int) -> Seen | None:
    start = stream.readline().decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().strip().decode("latin-1"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Seen(start[0], start[1], headers, body, number)


def _pipe(here: socket.socket, port: int) -> None:
    """Carry bytes both ways until one side ends."""
    with socket.create_connection(("127.0.0.1", port)) as there:
        pairs = {here: there, there: here}
        while True:
            for source in select.select(list(pairs), [], [], 5)[0]:
                data = source.recv(65536)
                if not data:
                    return
                pairs[source].sendall(data)


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
