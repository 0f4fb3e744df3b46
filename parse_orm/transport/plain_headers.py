"""The headers of an answer, read without the parser of e-mails.

`http.client` hands them to the `email` package, which took a sixth of the CPU of a request; this takes a quarter of
that. The standard library decides what is allowed: whatever is not written as plainly as servers write it, it reads.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any

LONGEST = 65536
"""Bytes of a line, as in `http.client`, which refuses longer ones."""

MOST = 100
"""Lines, as in `http.client`, which refuses more."""

# A name, a colon and a value on a line of its own (RFC 9112, section 5); no value goes on in the next line.
_LINE = re.compile(r"^([!#-'*+.\-0-9A-Z^-z|~]+):[ \t]*([^\r\n]*)\r?\n", re.MULTILINE)


def read_headers(fp: Any, *args: Any, **options: Any) -> http.client.HTTPMessage:
    """Do what `http.client.parse_headers` does, sooner where every line is plain.

    Args:
        fp: the answer, at the start of its headers.
        args: handed to the standard library.
        options: handed to the standard library.

    Returns:
        The headers; `fp` is at the start of the body.

    Raises:
        http.client.IncompleteRead: the answer ends before its headers do.
        http.client.HTTPException: a line is too long, or there are too many.

    Example:
        >>> import io
        >>> from parse_orm.transport.plain_headers import read_headers
        >>> read_headers(io.BytesIO(b"Content-Length: 2\\r\\n\\r\\n{}"))["content-length"]
        '2'
    """
    lines = [fp.readline(LONGEST + 1)]
    while lines[-1] not in _LAST and len(lines) < MOST:
        lines.append(fp.readline(LONGEST + 1))
    if not lines[-1]:
        # http.client takes headers that break off for headers, so a lost answer would count as an empty one.
        raise http.client.IncompleteRead(b"".join(lines))
    found = _LINE.findall(b"".join(lines[:-1]).decode("latin-1"))
    if len(found) != len(lines) - 1 or lines[-1] not in _LAST or max(map(len, lines)) > LONGEST:
        return _read_any(_Again(lines, fp), *args, **options)
    message = http.client.HTTPMessage()
    for name, value in found:
        message.set_raw(name, value)
    return message


_LAST = (b"\r\n", b"\n", b"")
_read_any: Callable[..., http.client.HTTPMessage] = http.client.parse_headers


class _Again:
    """The lines that were read, once more, and then those that follow."""

    def __init__(self, lines: list[bytes], fp: Any) -> None:
        self._lines = iter(lines)
        self._fp = fp

    def readline(self, limit: int) -> bytes:
        line: bytes = next(self._lines, b"") or self._fp.readline(limit)
        return line


def _with_plain_headers(begin: Any) -> Callable[..., None]:
    """The same function of `http.client`, which calls `read_headers` where it calls `parse_headers`."""
    names = {**begin.__globals__, "parse_headers": read_headers}
    copy = FunctionType(begin.__code__, names, begin.__name__, begin.__defaults__, begin.__closure__)
    copy.__kwdefaults__ = begin.__kwdefaults__
    return copy


class PlainAnswer(http.client.HTTPResponse):
    """An answer whose headers are read by `read_headers`; all else is the standard library's."""

    begin = _with_plain_headers(http.client.HTTPResponse.begin)
