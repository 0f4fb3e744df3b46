"""Files on the wire: names, types and headers out, and who gets to see the keys."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response

TOKEN = "r:0123456789abcdef0123456789abcdef"
KEYS = {"X-Parse-Application-Id", "X-Parse-REST-API-Key", "X-Parse-Master-Key", "X-Parse-Session-Token"}


def server(request: Request) -> Response:
    if request.method == "GET":
        return Response(404 if "gone" in request.url else 200, body=b"content")
    name = "abc_" + request.url.rpartition("/")[2]
    return Response(201, body=json.dumps({"name": name, "url": f"http://localhost/parse/files/app/{name}"}).encode())


@pytest.fixture
def wire() -> Iterator[MemoryTransport]:
    transport = MemoryTransport(server)
    client = orm.Client("http://localhost/parse", "app", rest_key="rest", master_key="boss", transport=transport)
    with orm.using(client):
        yield transport


@pytest.mark.parametrize(
    ("name", "given", "sent"),
    [
        ("a.png", None, "image/png"),
        ("a.unheard", None, "application/octet-stream"),
        ("a.png", "image/x-own", "image/x-own"),
    ],
)
def test_the_type_is_the_given_one_or_that_of_the_name(
    wire: MemoryTransport, name: str, given: str | None, sent: str
) -> None:
    orm.File(name, b"x", content_type=given).save()

    assert wire.requests[0].headers["Content-Type"] == sent
    assert wire.requests[0].url == f"http://localhost/parse/files/{name}"
    assert wire.requests[0].body == b"x"


def test_what_goes_beside_the_file_is_ascii_json_in_headers(wire: MemoryTransport) -> None:
    orm.File("a.txt", b"x", metadata={"by": "Zoë"}, tags={"k": "v"}, directory="a/b").save()
    headers = wire.requests[0].headers

    assert headers["X-Parse-Upload-Mode"] == "stream"
    assert headers["X-Parse-File-Directory"] == "a/b"
    assert json.loads(headers["X-Parse-File-Metadata"]) == {"by": "Zoë"}
    assert headers["X-Parse-File-Metadata"].isascii()
    assert json.loads(headers["X-Parse-File-Tags"]) == {"k": "v"}


@pytest.mark.parametrize("name", ["", "a/b.txt", "../x", "a\nb", "ä.txt", "x" * 129, ".hidden", "a?b"])
def test_a_name_that_the_server_refuses_is_refused_here(name: str) -> None:
    with pytest.raises(orm.InvalidValue, match="file name"):
        orm.File(name, b"x")


@pytest.mark.parametrize("directory", ["/a", "a/", "../a", "a//b", ""])
def test_a_directory_that_cannot_be_one_is_refused(directory: str) -> None:
    with pytest.raises(orm.InvalidValue, match="directory"):
        orm.File("a.txt", b"x", directory=directory)


def test_text_is_refused_before_any_request(wire: MemoryTransport) -> None:
    with pytest.raises(orm.InvalidValue, match="binary mode"):
        orm.File("a.txt", io.StringIO("x")).save()  # type: ignore[arg-type]
    assert wire.requests == []


def test_a_missing_path_is_python_s_own_error(wire: MemoryTransport, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        orm.File("a.txt", tmp_path / "missing").save()
    assert wire.requests == []


def test_the_own_server_sees_the_session_and_never_the_master_key(wire: MemoryTransport) -> None:
    file = orm.File("a.txt", url="http://localhost/parse/files/app/a.txt")
    with orm.as_user(TOKEN):
        assert file.read() == b"content"
    assert wire.requests[-1].plain_headers()["X-Parse-Session-Token"] == TOKEN
    file.read()
    assert "X-Parse-Master-Key" not in wire.requests[-1].headers


@pytest.mark.parametrize(
    "url", ["https://cdn.example.com/a.txt", "http://localhost/parsefiles/a.txt", "http://localhost/parse.evil.com/a"]
)
def test_another_server_sees_no_key_at_all(wire: MemoryTransport, url: str) -> None:
    with orm.as_user(TOKEN):
        orm.File("a.txt", url=url).read()

    assert not KEYS & set(wire.requests[-1].headers)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/a", None])
def test_only_http_is_read(wire: MemoryTransport, url: str | None) -> None:
    with pytest.raises(orm.FileReadError):
        orm.File("a.txt", url=url).read()
    assert wire.requests == []


def test_a_file_that_is_gone_is_an_os_error(wire: MemoryTransport) -> None:
    with pytest.raises(OSError, match="no such file"):
        orm.File("gone.txt", url="http://localhost/parse/files/app/gone.txt").read()


def test_bytes_that_wait_can_be_read_without_a_request(wire: MemoryTransport) -> None:
    assert orm.File("a.txt", b"x").read() == b"x"
    assert wire.requests == []


def test_deleting_what_was_never_uploaded_does_nothing(wire: MemoryTransport) -> None:
    assert not orm.File("a.txt", b"x").destroy()
    assert wire.requests == []


def test_stored_files_are_equal_by_name_and_new_ones_only_to_themselves() -> None:
    one, other = orm.File("a.txt", b"x"), orm.File("a.txt", b"x")

    assert one == one
    assert one != other
    assert orm.File("a.txt", url="http://a") == orm.File("a.txt", url="http://b")
    assert len({orm.File("a.txt"), orm.File("a.txt")}) == 1
    assert one != "a.txt"


def test_a_file_can_be_copied_and_pickled(wire: MemoryTransport) -> None:
    file = orm.File("a.txt", b"x").save()

    assert pickle.loads(pickle.dumps(file)) == file
    assert copy.deepcopy(file).url == file.url


def test_the_repr_tells_what_waits() -> None:
    assert repr(orm.File("a.txt", b"x")) == "<File a.txt (not saved)>"
    assert repr(orm.File("a.txt")) == "<File a.txt>"
