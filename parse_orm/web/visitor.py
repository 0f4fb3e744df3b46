"""Who visits, as far as the request tells: address, browser, device."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

#: A word in the user agent -> the browser; the first match counts, for each browser also claims to be older ones.
BROWSERS = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chromium", "Chromium"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("cros", "ChromeOS"),
    ("mac os", "macOS"),
    ("macintosh", "macOS"),
    ("windows", "Windows"),
    ("linux", "Linux"),
)
DEVICES = (
    ("ipad", "tablet"),
    ("tablet", "tablet"),
    ("iphone", "mobile"),
    ("mobile", "mobile"),
    ("android", "tablet"),  # an Android phone says "Mobile", a tablet does not
)

#: Longest user agent that is kept; some bots send kilobytes.
LONGEST = 512


@dataclass(frozen=True)
class Visitor:
    """The client end of one request.

    >>> Visitor(user_agent="Mozilla/5.0 (Macintosh) AppleWebKit Chrome/126 Safari/537").device_name
    'Chrome on macOS'

    Attributes:
        ip_address: where the request came from, see `client_address`.
        user_agent: what the browser says it is.
        accept_language: the languages it asks for.
        accept_encoding: the compressions it takes.
    """

    ip_address: str = ""
    user_agent: str = ""
    accept_language: str = ""
    accept_encoding: str = ""

    @property
    def device_name(self) -> str:
        """Such as "Chrome on macOS"; "Unknown on Unknown" when the browser does not say."""
        text = self.user_agent.lower()
        return f"{_first(BROWSERS, text, 'Unknown')} on {_first(SYSTEMS, text, 'Unknown')}"

    @property
    def device_type(self) -> str:
        """ "desktop", "mobile" or "tablet"."""
        return _first(DEVICES, self.user_agent.lower(), "desktop")

    @property
    def fingerprint(self) -> str:
        """A hash of what a browser sends with each request; the address is left out, for it changes on a train."""
        text = "\0".join((self.user_agent, self.accept_language, self.accept_encoding))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def columns(self) -> dict[str, str]:
        """What a session record keeps of it."""
        return {
            "ip_address": self.ip_address[:64],
            "user_agent": self.user_agent[:LONGEST].encode("utf-8", "replace").decode(),
            "device_name": self.device_name,
            "device_type": self.device_type,
            "fingerprint": self.fingerprint,
        }


def client_address(
    peer: str | None, forwarded_for: str | None, trusted: Sequence[IPv4Network | IPv6Network] = ()
) -> str:
    """The address of the visitor.

    X-Forwarded-For is believed from the right, as far as trusted proxies wrote it; what a visitor wrote into it is
    to the left of that.

    >>> from ipaddress import ip_network
    >>> client_address("10.0.0.1", "6.6.6.6, 198.51.100.7", [ip_network("10.0.0.0/8")])
    '198.51.100.7'
    >>> client_address("203.0.113.9", "6.6.6.6")
    '203.0.113.9'

    Args:
        peer: who opened the connection.
        forwarded_for: the X-Forwarded-For header.
        trusted: the networks of our own proxies.
    """
    address = _canonical(peer or "")
    for hop in reversed((forwarded_for or "").split(",")):
        if address is None or not any(_within(address, network) for network in trusted):
            break
        found = _canonical(hop.strip())
        if found is None:
            break
        address = found
    return address or ""


def _canonical(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _within(address: str, network: IPv4Network | IPv6Network) -> bool:
    return ip_address(address) in network


def _first(table: tuple[tuple[str, str], ...], text: str, default: str) -> str:
    return next((name for word, name in table if word in text), default)
