"""What a request tells about its visitor: address, browser, device."""

from __future__ import annotations

import pytest

from parse_orm.web import SessionConfig, Visitor, client_address

PROXIES = SessionConfig(trusted_proxies=("10.0.0.0/8", "fd00::/8")).proxies


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.2.3.4", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "198.51.100.7", "198.51.100.7"),
        (None, "198.51.100.7", ""),
        ("unix:", "198.51.100.7", ""),
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_trusted_proxies_wrote_them(
    peer: str | None, forwarded: str | None, found: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == found


def test_without_trusted_proxies_nothing_is_believed() -> None:
    assert client_address("10.0.0.1", "198.51.100.7") == "10.0.0.1"


@pytest.mark.parametrize(
    ("user_agent", "name", "kind"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/126 Safari/537 Edg/126", "Edge on Windows", "desktop"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605", "Safari on macOS", "desktop"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile Safari/604", "Safari on iPhone", "mobile"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile Safari/604", "Safari on iPad", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel) Chrome/126 Mobile Safari/537", "Chrome on Android", "mobile"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X700) Chrome/126 Safari/537", "Chrome on Android", "tablet"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko Firefox/126.0", "Firefox on Linux", "desktop"),
        ("", "Unknown on Unknown", "desktop"),
        ("\udcff\x00" * 5000, "Unknown on Unknown", "desktop"),
    ],
)
def test_devices_are_named_as_people_name_them(user_agent: str, name: str, kind: str) -> None:
    visitor = Visitor(user_agent=user_agent)
    assert (visitor.device_name, visitor.device_type) == (name, kind)
    assert len(visitor.columns()["user_agent"]) <= 512
    visitor.columns()["user_agent"].encode()
