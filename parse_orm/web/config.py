"""What an application decides about its sessions, in one frozen value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import wraps
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal, Self

from .._forking import computed_once
from ..errors import ConfigurationError
from ..types.secret import Secret
from .clock import Clock
from .events import SessionEvent
from .expiry import SESSION_END_LIMIT, Expiry
from .sealing import Keys, Seal, keys_in, keys_of

SameSite = Literal["Lax", "Strict", "None"]

_COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}")
_COOKIE_VALUE = re.compile(r"[ -:<-~]*")
KEYS = ("sign_key", "encrypt_key", "application_key")
_POSITIVE = ("idle_timeout", "absolute_timeout", "session_end_limit", "validation_interval", "confirm_within")


@dataclass(frozen=True)
class SessionConfig:
    """Cookie, life span and safety of sessions; checked when it is made.

    >>> from datetime import timedelta
    >>> SessionConfig(cookie_name="__Host-id", idle_timeout=timedelta(hours=1)).same_site
    'Lax'

    Args:
        cookie_name: the name of the cookie; "__Host-" before it makes browsers refuse it from subdomains.
        path: the part of the site that gets the cookie.
        domain: subdomains get the cookie too; leave it out unless they must.
        secure: send the cookie over https only. Browsers take it for http on localhost too.
        http_only: hide the cookie from JavaScript.
        same_site: "Lax", "Strict" or "None"; "None" needs `secure`.
        partitioned: within a page of another site, keep a cookie of its own for each such site (CHIPS); needs `secure`.
        expiry: when a session ends by itself, unless `set_expiry` says otherwise for one of them.
        idle_timeout: longest time without use, whatever the policy; None for no limit.
        absolute_timeout: longest life since the login, however much it is used; None for no limit.
        session_end_limit: how long the server keeps a session that ends with the browser.
        touch_interval: use is written down once in this time at most.
        always_save: write at the end of each request that has a session.
        max_sessions_per_user: the least recently used ones beyond it end at login; None for no limit.
        trusted_proxies: networks (CIDR) whose X-Forwarded-For is believed.
        check_fingerprint: end a session that comes from another browser than it began in.
        validation_interval: how long a login is believed before the Parse Server is asked whether it still holds.
        confirm_within: how long a password that was typed again counts as recent.
        sign_key: sign the cookie with it; cookies without a signature are refused. One key or several, newest first.
        encrypt_key: encrypt the cookie and the Parse token with it. One key or several, newest first.
        application_key: the application's own secret, which encrypts the Parse token when there is no `encrypt_key`;
            adapters fill it in.
        bearer: a request without a session cookie may send the cookie's value as `Authorization: Bearer`; for programs
            that keep no cookies.
        act_as_visitor: while a request runs, ORM calls are made with the visitor's own token.
        on_event: called with each `SessionEvent`.
        place_of: gives the place of an IP address, such as "Lisbon, Portugal", or None; the devices page shows it.
        clock: gives the present time; None means the store's clock.

    Raises:
        ConfigurationError: a setting is wrong; the message names it.
    """

    cookie_name: str = "id"
    path: str = "/"
    domain: str | None = None
    secure: bool = True
    http_only: bool = True
    same_site: SameSite = "Lax"
    partitioned: bool = False
    expiry: Expiry = field(default_factory=Expiry.on_session_end)
    idle_timeout: timedelta | None = timedelta(days=14)
    absolute_timeout: timedelta | None = timedelta(days=90)
    session_end_limit: timedelta = SESSION_END_LIMIT
    touch_interval: timedelta = timedelta(minutes=5)
    always_save: bool = False
    max_sessions_per_user: int | None = None
    trusted_proxies: tuple[str, ...] = ()
    check_fingerprint: bool = False
    validation_interval: timedelta = timedelta(minutes=5)
    confirm_within: timedelta = timedelta(minutes=15)
    sign_key: Keys = field(default=None, repr=False)
    encrypt_key: Keys = field(default=None, repr=False)
    application_key: Keys = field(default=None, repr=False)
    bearer: bool = False
    act_as_visitor: bool = True
    on_event: Callable[[SessionEvent], object] | None = None
    place_of: Callable[[str], str | None] | None = None
    clock: Clock | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work, or what browsers would drop without a word; hide the keys."""
        for name in KEYS:
            object.__setattr__(self, name, _hidden_keys(getattr(self, name)))
        for wrong, message in self._checks():
            if wrong:
                raise ConfigurationError(message)
        _ = self.proxies, self.sign_keys, self.encrypt_keys

    def _checks(self) -> list[tuple[bool, str]]:
        host, secured = (self.cookie_name.startswith(prefix) for prefix in ("__Host-", "__Secure-"))
        cap = self.max_sessions_per_user
        periods = {name: getattr(self, name) for name in _POSITIVE}
        return [
            (not _COOKIE_NAME.fullmatch(self.cookie_name), f"cookie_name: {self.cookie_name!r:.80} names no cookie"),
            (not self.path.startswith("/"), f"path: {self.path!r:.80} does not begin with a slash"),
            (not _COOKIE_VALUE.fullmatch(self.path), "path: a cookie takes printable ASCII without semicolons"),
            (not _COOKIE_VALUE.fullmatch(self.domain or ""), "domain: a cookie takes printable ASCII, no semicolons"),
            (self.same_site not in ("Lax", "Strict", "None"), f"same_site: {self.same_site!r} is not one of the three"),
            (self.same_site == "None" and not self.secure, "same_site: browsers drop SameSite=None without secure"),
            (self.partitioned and not self.secure, "partitioned: browsers drop a partitioned cookie without secure"),
            (host and self.domain is not None, "domain: browsers drop a __Host- cookie that has one"),
            (host and self.path != "/", "path: browsers drop a __Host- cookie whose path is not /"),
            ((host or secured) and not self.secure, "secure: browsers drop a __Host- or __Secure- cookie without it"),
            (cap is not None and cap < 1, f"max_sessions_per_user: {cap} would end every session at its login"),
            (self.touch_interval < timedelta(), "touch_interval: must not be negative"),
            *((p is not None and p <= timedelta(), f"{name}: must be positive") for name, p in periods.items()),
        ]

    @computed_once
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `trusted_proxies`."""
        try:
            return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)
        except ValueError as error:
            raise ConfigurationError(f"trusted_proxies: {error}") from None

    @computed_once
    def sign_keys(self) -> Secret[tuple[bytes, ...]]:
        """The keys of `sign_key`, newest first."""
        return keys_of(_hidden_keys(self.sign_key), "sign_key")

    @computed_once
    def encrypt_keys(self) -> Secret[tuple[bytes, ...]]:
        """The keys of `encrypt_key`, newest first."""
        return keys_of(_hidden_keys(self.encrypt_key), "encrypt_key")

    @computed_once
    def token_seal(self) -> Seal | None:
        """What encrypts Parse tokens in the store; None when there is no key for it."""
        # The application's secret as it is: frameworks accept short ones, and warn about them in their own way.
        keys = self.encrypt_keys or Secret(tuple(filter(None, keys_in(self.application_key).reveal())))
        return Seal(keys, "parse token") if keys else None

    def with_application_key(self, key: Keys) -> Self:
        """The same config with the application's own secret, unless it has one."""
        key = _hidden_keys(key)
        return self if self.application_key or not key else replace(self, application_key=key)


def _hidden_keys(setting: Keys) -> Secret[Any] | None:
    return setting if setting is None or isinstance(setting, Secret) else Secret(setting)


_made = SessionConfig.__init__


@wraps(_made)
def _make(self: SessionConfig, *args: Any, **options: Any) -> None:
    """Hide the keys before the first frame that could show them: that of the generated function holds all settings."""
    options |= {name: _hidden_keys(options[name]) for name in KEYS if name in options}
    _made(self, *args, **options)


SessionConfig.__init__ = _make  # type: ignore[method-assign]
