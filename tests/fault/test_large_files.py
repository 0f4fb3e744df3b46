"""Files far larger than the memory that sending and reading them takes."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MEGABYTE = 1 << 20
#: Bytes that go up and come down.
SIZE = 1024 * MEGABYTE
#: Bytes of the ways that differ little from the first one.
PART = 128 * MEGABYTE
#: Bytes of memory that a program may need for it.
BOUND = 50 * MEGABYTE

PROGRAM = """
import resource, sys
import parse_orm as orm
from parse_orm.transport.retry import Retry

url, what, path = sys.argv[1:]
orm.connect(url, app_id="app", master_key="boss", retries=Retry(attempts=1))
orm.File("warm.txt", b"x").save()
orm.File("warm.txt", url=f"{url}/files/app/1").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

if what == "path":
    orm.File("big.bin", path).save()
elif what == "stream":
    with open(path, "rb") as stream:
        orm.File("big.bin", stream).save()
elif what == "pipe":
    orm.File("big.bin", sys.stdin.buffer).save()
else:
    size = int(what)
    assert orm.File("big.bin", url=f"{url}/files/app/{size}").download(path).stat().st_size == size
print(1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""


class Counter:
    """Counts the bytes that come up, and sends down as many as the path says; keeps none of them."""

    def __init__(self) -> None:
        self.received: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/parse"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening; connections end with their clients."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=[self._listener.accept()[0]], daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as stream:
            while start := stream.readline().decode().split():
                length = _content_length(stream)
                if start[0] == "POST":
                    self.received.append(_skip(stream, length))
                    _answer(sock, json.dumps({"name": "a.bin", "url": f"{self.url}/files/app/1"}).encode())
                else:
                    _answer(sock, b"x" * MEGABYTE, int(start[1].rpartition("/")[2]))


def _content_length(stream: Any) -> int:
    length = 0
    while line := stream.readline().strip().lower():
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return length


def _skip(stream: Any, length: int) -> int:
    left, buffer = length, memoryview(bytearray(MEGABYTE))
    while left and (count := stream.readinto(buffer[: min(left, MEGABYTE)])):
        left -= count
    return length - left


def _answer(sock: socket.socket, piece: bytes, length: int | None = None) -> None:
    left = len(piece) if length is None else length
    sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {left}\r\n\r\n".encode())
    while left:
        sock.sendall(piece[:left])
        left -= len(piece[:left])


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.close()


def needed(counter: Counter, what: str, path: Path, stdin: Any = subprocess.DEVNULL) -> int:
    """Bytes of memory that a program of its own needs beyond those of a small file."""
    command = [sys.executable, "-c", PROGRAM, counter.url, what, str(path)]
    done = subprocess.run(command, stdin=stdin, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("what", "size"), [("path", SIZE), ("stream", PART)])
def test_a_gigabyte_goes_up_under_50_mb_of_memory(counter: Counter, what: str, size: int, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(size)  # a hole, which takes no room on the disk

    assert needed(counter, what, large) < BOUND
    assert counter.received == [1, size]


@pytest.mark.slow
def test_what_comes_from_a_pipe_goes_up_under_50_mb_of_memory(counter: Counter, tmp_path: Path) -> None:
    pieces = f"import sys; [sys.stdout.buffer.write(bytes({MEGABYTE})) for _ in range({PART // MEGABYTE})]"
    with subprocess.Popen([sys.executable, "-c", pieces], stdout=subprocess.PIPE) as writer:
        assert needed(counter, "pipe", tmp_path, stdin=writer.stdout) < BOUND
    assert counter.received == [1, PART]


@pytest.mark.slow
def test_a_gigabyte_comes_down_under_50_mb_of_memory(counter: Counter, tmp_path: Path) -> None:
    assert needed(counter, str(SIZE), tmp_path / "target.bin") < BOUND
