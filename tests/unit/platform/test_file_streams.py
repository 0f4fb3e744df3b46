"""Files that do not pass through memory whole: read while they are sent, written as they come."""

from __future__ import annotations

import gc
import io
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

import parse_orm as orm
from parse_orm.transport.messages import Request, Response, Upload

CONTENT = b"la la la"
SAVED = json.dumps({"name": "abc_a.txt", "url": "http://localhost/parse/files/app/abc_a.txt"}).encode()


class Wire:
    """A transport that reads uploads and fills sinks, each request a few times over as retries do.

    Args:
        tries: How often a request is sent; each try but the last breaks off half-way.
    """

    def __init__(self, tries: int = 1) -> None:
        self.tries = tries
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []
        self.refuses = False
        self.breaks = False

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        for number in range(1, self.tries + 1):
            self._receive(request, whole=number == self.tries)
        if self.breaks:
            raise orm.TransportError("the answer stopped half-way")
        if request.method == "GET":
            return Response(200, body=b"" if request.sink else CONTENT)
        return Response(400, body=b'{"code": 130, "error": "refused"}') if self.refuses else Response(201, body=SAVED)

    def _receive(self, request: Request, whole: bool) -> None:
        if isinstance(request.body, Upload):
            with request.body.open() as source:
                body = source.read(-1 if whole else 3)
            assert not whole or len(body) == request.body.length
            self.bodies += [body] if whole else []
        elif request.body is not None and whole:
            self.bodies.append(request.body)
        if request.sink is not None:
            request.sink.seek(0)
            request.sink.truncate()
            request.sink.write(CONTENT[: None if whole and not self.breaks else 3])

    def close(self) -> None:
        """Do nothing: there is no socket."""


@pytest.fixture(params=[1, 3], ids=["one try", "three tries"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    wire = Wire(request.param)
    once = orm.Retry(attempts=1)
    with orm.using(orm.Client("http://localhost/parse", "app", master_key="boss", transport=wire, retries=once)):
        yield wire


class Pipe(io.RawIOBase):
    """Gives its pieces once and cannot be rewound; an exception among them is raised."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece


def middle() -> IO[bytes]:
    stream = io.BytesIO(b"head " + CONTENT)
    stream.seek(5)
    return stream


def on_disk(folder: Path) -> Path:
    (folder / "source.txt").write_bytes(CONTENT)
    return folder / "source.txt"


CONTENTS: dict[str, Callable[[Path], Any]] = {
    "bytes": lambda folder: CONTENT,
    "a bytearray": lambda folder: bytearray(CONTENT),
    "a path": on_disk,
    "the text of a path": lambda folder: str(on_disk(folder)),
    "a stream in memory": lambda folder: io.BytesIO(CONTENT),
    "a stream from its middle": lambda folder: middle(),
    "a file": lambda folder: on_disk(folder).open("rb"),
    "a pipe": lambda folder: Pipe(CONTENT[:2], CONTENT[2:]),
    "a large pipe": lambda folder: Pipe(*[CONTENT[:1] * 65536] * 32),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_try_and_every_save_sends_the_same_bytes(wire: Wire, kind: str, tmp_path: Path) -> None:
    content = CONTENTS[kind](tmp_path)
    file = orm.File("a.txt", content)
    wire.refuses = True
    with pytest.raises(orm.FileSaveError):
        file.save()
    wire.refuses = False

    assert file.is_new
    assert not file.save().is_new

    expected = CONTENT[:1] * 65536 * 32 if kind == "a large pipe" else CONTENT
    assert wire.bodies == [expected, expected]
    if isinstance(content, io.IOBase):
        assert not content.closed
        content.close()


def test_a_path_is_read_while_it_is_sent(wire: Wire, tmp_path: Path) -> None:
    orm.File("a.txt", on_disk(tmp_path)).save()

    assert isinstance(wire.requests[0].body, Upload)
    assert len(wire.requests[0].body) == len(CONTENT)


def test_a_named_pipe_is_sent_to_its_end(wire: Wire, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[CONTENT])
    writer.start()

    orm.File("a.txt", pipe).save()

    writer.join()
    assert wire.bodies == [CONTENT]


def test_the_copy_of_a_pipe_goes_with_its_file(wire: Wire) -> None:
    file = orm.File("a.txt", Pipe(CONTENT))  # type: ignore[arg-type]
    wire.refuses = True
    with pytest.raises(orm.FileSaveError):
        file.save()

    del file
    gc.collect()  # a copy that is left open would warn here, and warnings are errors


def test_a_pipe_that_broke_is_never_sent_in_part(wire: Wire) -> None:
    file = orm.File("a.txt", Pipe(CONTENT, OSError("broken"), b"more"))  # type: ignore[arg-type]

    with pytest.raises(OSError, match="broken"):
        file.save()
    with pytest.raises(orm.InvalidValue, match="in part"):
        file.save()

    assert wire.requests == []


@pytest.mark.parametrize("content", [lambda: io.StringIO("x"), lambda: Pipe("text")])  # type: ignore[arg-type]
def test_text_is_refused_before_any_request(wire: Wire, content: Callable[[], Any]) -> None:
    with pytest.raises(orm.InvalidValue, match="binary mode"):
        orm.File("a.txt", content()).save()
    assert wire.requests == []


@pytest.mark.parametrize("error", [FileNotFoundError, IsADirectoryError])
def test_a_path_that_cannot_be_read_is_python_s_own_error(wire: Wire, error: type[OSError], tmp_path: Path) -> None:
    path = tmp_path if error is IsADirectoryError else tmp_path / "missing"
    with pytest.raises(error):
        orm.File("a.txt", path).save()
    assert wire.requests == []


@pytest.mark.parametrize("content_type", ["text/plain\r\nX-Evil: x", "text/plain\n", " text/plain", "t€xt", 3])
def test_a_content_type_is_checked_like_every_header(wire: Wire, content_type: Any) -> None:
    file = orm.File("a.txt", CONTENT)

    with pytest.raises(orm.InvalidValue, match="content_type"):
        orm.File("a.txt", CONTENT, content_type=content_type)
    with pytest.raises(orm.InvalidValue, match="content_type"):
        file.content_type = content_type
    with pytest.raises(orm.InvalidValue, match="content_type"):
        orm.current_client().send_raw("POST", "/files/a.txt", CONTENT, content_type=content_type)

    assert file.content_type is None
    assert wire.requests == []


def stored() -> orm.File:
    return orm.File("a.txt", url="http://localhost/parse/files/app/a.txt")


def test_a_download_goes_to_a_path_or_into_a_file_object(wire: Wire, tmp_path: Path) -> None:
    buffer = io.BytesIO(b"head ")
    buffer.seek(5)

    assert stored().download(tmp_path / "b.txt").read_bytes() == CONTENT
    assert stored().download(buffer) is None  # type: ignore[func-returns-value]

    assert buffer.getvalue() == b"head " + CONTENT
    assert stored().read() == CONTENT
    assert [request.sink is None for request in wire.requests] == [False, False, True]


def test_a_download_that_breaks_leaves_what_was_there(wire: Wire, tmp_path: Path) -> None:
    old, buffer = tmp_path / "b.txt", io.BytesIO()
    old.write_bytes(b"old")
    wire.breaks = True

    for target in (old, buffer, tmp_path / "new.txt"):
        with pytest.raises(orm.TransportError):
            stored().download(target)  # type: ignore[call-overload]

    assert old.read_bytes() == b"old"
    assert buffer.getvalue() == b""
    assert list(tmp_path.iterdir()) == [old]


def test_a_download_keeps_the_rights_and_the_links_of_its_target(wire: Wire, tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    (tmp_path / "plain").touch()

    stored().download(link)
    fresh = stored().download(tmp_path / "fresh.txt")

    assert link.is_symlink()
    assert real.read_bytes() == CONTENT
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert fresh.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_device_is_written_to_and_not_replaced(wire: Wire) -> None:
    stored().download(os.devnull)

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_what_cannot_be_written_is_python_s_own_error_before_any_request(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        stored().download(tmp_path / "missing" / "b.txt")
    assert wire.requests == []


def test_bytes_that_wait_are_downloaded_without_a_request(wire: Wire, tmp_path: Path) -> None:
    assert orm.File("a.txt", CONTENT).download(tmp_path).read_bytes() == CONTENT
    assert wire.requests == []


def test_a_file_that_waits_on_the_disk_cannot_be_downloaded_yet(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(orm.FileReadError, match="save it first"):
        orm.File("a.txt", on_disk(tmp_path)).download(tmp_path / "b.txt")
    assert not (tmp_path / "b.txt").exists()
