"""Where a URL leads: scheme, host and port in one spelling, and the rest of it."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import InvalidValue

#: Scheme to the port that need not be named.
PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """A server as seen from here.

    Attributes:
        scheme: "http" or "https".
        host: Name or address in lower case, an IPv6 address without brackets.
        port: TCP port.
    """

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The URL of the origin, the default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


def origin_of(url: str) -> Origin:
    """Read the origin of an absolute URL.

    >>> origin_of("HTTPS://API.example.com:443/parse").url
    'https://api.example.com'

    Raises:
        InvalidValue: It is no http or https URL, has no host, or holds a user name or a password.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise InvalidValue("this is not a URL: its host or its port cannot be read") from None
    if scheme not in PORTS or not host or port == 0 or not host.isprintable() or " " in host:
        raise InvalidValue("this is not a URL that can be asked: it must look like https://host/path")
    if "@" in parts.netloc:
        raise InvalidValue("a URL must not carry a user name or a password")
    return Origin(scheme, host, PORTS[scheme] if port is None else port)


def prefix_of(url: str) -> str:
    """Give an absolute URL up to its path: as it is written, so that it is quick to compare."""
    end = url.find("/", len("https://"))
    return url if end < 0 else url[:end]


def target_of(url: str) -> str:
    """Give what stands in the first line of a request for a URL: its path and query.

    >>> target_of("https://api.example.com?x=1#top")
    '/?x=1'
    """
    start = url.find("/", len("https://"))
    if start >= 0 and "?" not in url and "#" not in url:
        return url[start:]
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost.example.com")
    (True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
