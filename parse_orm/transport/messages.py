"""What travels: one request out, one response back, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from parse_orm.types.secret import HIDDEN as HIDDEN
from parse_orm.types.secret import Secret, revealed

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-parse-application-id",
        "x-parse-client-key",
        "x-parse-cloud-context",
        "x-parse-javascript-key",
        "x-parse-maintenance-key",
        "x-parse-master-key",
        "x-parse-rest-api-key",
        "x-parse-session-token",
        "x-parse-windows-key",
    }
)
"""Header names, in lower case, whose values are never shown."""


class Body(bytes):
    """The bytes of a body, which may hold passwords: its repr tells their number alone.

    >>> Body(b'{"password":"pw"}')
    <Body 17 bytes>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Body {len(self)} bytes>"

    __str__ = __repr__


class Headers(Mapping[str, str]):
    """Response headers; names are looked up whatever their case.

    Args:
        headers: names and values as they came.

    Example:
        >>> from parse_orm.transport.messages import Headers
        >>> Headers({"Retry-After": "3"})["retry-after"]
        '3'
    """

    __slots__ = ("_pairs",)

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        """Index the names in lower case."""
        self._pairs = {name.lower(): (name, value) for name, value in (headers or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._pairs[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({redacted(self)!r})"


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is read while it is sent, so that it need not fit into memory.

    Args:
        open: opens the content for reading bytes, from its beginning; called once for each try.
        length: bytes that will be read.
    """

    open: Callable[[], BinaryIO]
    length: int

    def __len__(self) -> int:
        return self.length


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to send.

    Args:
        method: the HTTP verb.
        url: the absolute URL.
        headers: names and values; every value is a str that latin-1 can carry, or a `Secret` of one.
        body: the bytes to send, None for no body.
        timeout: seconds for the whole exchange, None to wait for ever. A request with an `Upload` or a `sink` may take
            longer, as long as 64 KiB a second are moved.
        sink: a seekable file that takes the body of a successful answer, which is then not kept in memory.
    """

    method: str
    url: str
    headers: Mapping[str, str | Secret[str]] = field(default_factory=dict)
    body: bytes | Upload | None = None
    timeout: float | None = 30.0
    sink: BinaryIO | None = None

    def __repr__(self) -> str:
        size = len(self.body or b"")
        return f"<Request {self.method} {bare_url(self.url)} {redacted(self.headers)} {size} bytes>"

    def plain_headers(self) -> dict[str, str]:
        """Give the headers as they go out; the one place where keys and tokens are laid open."""
        return {name: revealed(value) for name, value in self.headers.items()}


class Response:
    """One HTTP answer, read to its end.

    No dataclass, because what looks through the fields of those would find the tokens that an answer may hold.

    Args:
        status: the HTTP status.
        headers: a mapping whose look-up ignores case.
        body: the bytes that came.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        self.status = status
        self.headers = Headers() if headers is None else headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.body)} bytes>"


def redacted(headers: Mapping[str, Any]) -> dict[str, str]:
    """Give headers that may be shown: secret ones keep their name alone.

    Example:
        >>> from parse_orm.transport.messages import redacted
        >>> redacted({"X-Parse-Master-Key": "k", "Accept": "*/*"})
        {'X-Parse-Master-Key': '[hidden]', 'Accept': '*/*'}
    """
    return {name: HIDDEN if name.lower() in SECRET_HEADERS else str(value) for name, value in headers.items()}


def bare_url(url: str) -> str:
    """Give a URL without its user info, query and fragment, where secrets hide.

    Example:
        >>> from parse_orm.transport.messages import bare_url
        >>> bare_url("https://u:p@api.example.com/parse/users/me?token=1")
        'https://api.example.com/parse/users/me'
    """
    path = url.split("#", 1)[0].split("?", 1)[0]
    scheme, mark, rest = path.partition("://")
    if not mark:
        return path
    host, slash, tail = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{tail}"
