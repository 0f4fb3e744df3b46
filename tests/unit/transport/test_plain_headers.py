"""Headers read our way are those that the standard library reads."""

from __future__ import annotations

import email.parser
import http.client
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse_orm.transport.plain_headers import PlainAnswer, read_headers

PLAIN = b"Content-Type: application/json; charset=utf-8\r\nX-Ort:\t K\xf6ln \r\nVary: a\r\nVary: b\r\n\r\n"

LINES = st.one_of(
    st.sampled_from(
        [
            b"Content-Length: 2\r\n",
            b"content-length:2\n",
            b"X-Empty:\r\n",
            b" folded: yes\r\n",
            b"\tfolded\r\n",
            b"No colon\r\n",
            b"Space : before\r\n",
            b": nameless\r\n",
            b"From somebody\r\n",
            b"A: 1\rB: 2\r\n",
            b"A: 1\r\r\n",
            b"A: \x85\x0b\x0c\x1c\r\n",
            b"A: no end",
            b"A: " + b"a" * 65536 + b"\r\n",
        ]
    ),
    st.binary(max_size=12).map(lambda line: line + b"\r\n"),
    st.builds(lambda name, value: name + b": " + value + b"\r\n", st.binary(max_size=6), st.binary(max_size=8)),
)


def seen(read: object, block: bytes) -> object:
    """What a reader makes of a block, and what it leaves to be read."""
    source = io.BufferedReader(io.BytesIO(block))  # type: ignore[arg-type]
    try:
        message = read(source)  # type: ignore[operator]
    except http.client.HTTPException as error:
        return repr(error)
    return message.items(), message.get_payload() or "", list(map(repr, message.defects)), source.read()


@contextmanager
def without_the_parser_of_mails() -> Iterator[None]:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("the parser of e-mails was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(email.parser.Parser, "parsestr", refuse)
        yield


@given(st.lists(LINES, max_size=6), st.sampled_from([b"\r\n", b"\n", b""]), st.just(b"{}"))
def test_any_block_reads_as_with_the_standard_library(lines: list[bytes], end: bytes, body: bytes) -> None:
    block = b"".join(lines) + end + body

    if any(line in (b"\r\n", b"\n") for line in io.BytesIO(block)):
        assert seen(read_headers, block) == seen(http.client.parse_headers, block)
    else:  # where the standard library takes headers that break off for whole ones
        assert str(seen(read_headers, block)).startswith("IncompleteRead")


@pytest.mark.parametrize("count", [99, 100, 101, 150])
def test_too_many_lines_are_refused_where_the_standard_library_refuses_them(count: int) -> None:
    block = b"A: 1\r\n" * count + b"\r\n{}"

    assert seen(read_headers, block) == seen(http.client.parse_headers, block)


def test_plain_headers_do_not_go_through_the_parser_of_mails() -> None:
    with without_the_parser_of_mails():
        message = read_headers(io.BytesIO(PLAIN))

    assert message["content-type"] == "application/json; charset=utf-8"
    assert message["X-ORT"] == "Köln "
    assert message.get_all("vary") == ["a", "b"]


def test_an_answer_is_read_with_plain_headers() -> None:
    class Socket:
        def makefile(self, mode: str) -> io.BytesIO:
            return io.BytesIO(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    answer = PlainAnswer(Socket(), method="GET")  # type: ignore[arg-type]
    with without_the_parser_of_mails():
        answer.begin()

    assert (answer.status, answer.getheader("content-length"), answer.read()) == (200, "2", b"{}")
