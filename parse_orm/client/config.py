"""The settings of one client, from arguments or the environment, fixed once read."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from parse_orm.client.credentials import check_header
from parse_orm.errors import ConfigurationError, InvalidValue, NotConnected, ParseOrmWarning
from parse_orm.transport.origin import is_loopback
from parse_orm.types.secret import Secret, hidden, hide


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Stands for "not given", where None means something."""

ENVIRONMENT: Mapping[str, str] = {
    "server_url": "PARSE_SERVER_URL",
    "app_id": "PARSE_APP_ID",
    "rest_key": "PARSE_REST_API_KEY",
    "master_key": "PARSE_MASTER_KEY",
    "require_https": "PARSE_REQUIRE_HTTPS",
}
"""Setting to environment variable."""

H = TypeVar("H", str, Secret[str])

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client needs to know about its server.

    The keys are kept as `Secret`, so that no copy of the settings shows them; `settings.master_key.reveal()` gives one.

    Args:
        server_url: the URL of the Parse mount, without a slash at its end.
        app_id: the application id.
        rest_key: the REST key, if the server asks for one.
        master_key: the master key, if this program may use it.
        timeout: seconds to wait for an answer.

    Example:
        >>> from parse_orm.client.config import Settings
        >>> from parse_orm.types.secret import Secret
        >>> Settings("http://localhost:1337/parse", "app", master_key=Secret("secret"))
        Settings(server_url='http://localhost:1337/parse', app_id='app')
    """

    server_url: str
    app_id: str
    rest_key: Secret[str] | None = field(default=None, repr=False)
    master_key: Secret[str] | None = field(default=None, repr=False)
    timeout: float = field(default=30.0, repr=False)

    def __post_init__(self) -> None:
        """Hide keys that were given as texts."""
        object.__setattr__(self, "rest_key", hidden(self.rest_key))
        object.__setattr__(self, "master_key", hidden(self.master_key))

    @property
    def mount_path(self) -> str:
        """The path of the server URL, such as "/parse"; paths inside a batch start with it."""
        return urlsplit(self.server_url).path

    @property
    def secrets(self) -> tuple[Secret[str], ...]:
        """The keys, so that they can be taken out of texts."""
        return tuple(key for key in (self.master_key, self.rest_key) if key)


def read_settings(
    server_url: str | None = None,
    app_id: str | None = None,
    rest_key: str | Secret[str] | None = None,
    master_key: str | Secret[str] | Unset | None = UNSET,
    *,
    timeout: float = 30.0,
    require_https: bool | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read and check the settings; nothing touches the network.

    Args:
        server_url: the URL of the Parse mount; None means PARSE_SERVER_URL.
        app_id: the application id; None means PARSE_APP_ID.
        rest_key: the REST key; None means PARSE_REST_API_KEY, which may be absent.
        master_key: the master key; UNSET means PARSE_MASTER_KEY, None means none at all.
        timeout: seconds to wait for an answer.
        require_https: refuse plain http off loopback; None means PARSE_REQUIRE_HTTPS.
        environ: the environment, for tests.

    Returns:
        The settings.

    Raises:
        NotConnected: the server URL or the application id is missing.
        ConfigurationError: a setting is there but wrong; the message names it.
    """
    rest_key, master_key = hidden(rest_key), hidden(master_key)
    env, environ = _environment(os.environ if environ is None else environ), None
    url = check_url(_needed("server_url", server_url, env))
    strict = _flag(env) if require_https is None else require_https
    settings = Settings(
        server_url=url,
        app_id=_checked("app_id", _needed("app_id", app_id, env)),
        rest_key=_optional("rest_key", UNSET if rest_key is None else rest_key, env),
        master_key=_optional("master_key", master_key, env),
        timeout=check_timeout(timeout),
    )
    _guard_plain_http(settings, strict)
    return settings


def check_url(url: str) -> str:
    """Give the server URL in the form that paths are added to.

    Args:
        url: what the user wrote.

    Returns:
        The URL without a slash at its end.

    Raises:
        ConfigurationError: not http(s), no host, or with user info, query or fragment.

    Example:
        >>> from parse_orm.client.config import check_url
        >>> check_url("https://api.example.com/parse/")
        'https://api.example.com/parse'
    """
    if not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url):
        raise ConfigurationError("server_url holds characters that a URL cannot have")
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise ConfigurationError("server_url is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port:
        raise ConfigurationError("server_url must look like https://host/parse")
    if "@" in parts.netloc:
        raise ConfigurationError("server_url must not carry a user name or password")
    if "?" in url or "#" in url:
        raise ConfigurationError("server_url must not have a query or a fragment")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def check_timeout(seconds: object) -> float:
    """Give a timeout back when waiting so long is possible.

    Raises:
        ConfigurationError: not a positive number of seconds.
    """
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 < seconds < 1e7:
        return float(seconds)
    raise ConfigurationError(f"timeout is a positive number of seconds, not {seconds!r}")


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The variables of the settings by their names: frames hold neither the others nor a key in plain text."""
    found: dict[str, Any] = {name: environ.get(variable, "") for name, variable in ENVIRONMENT.items()}
    hide(found, ("rest_key", "master_key"))
    return found


def _needed(name: str, value: str | None, env: Mapping[str, Any]) -> str:
    found = env[name] if value is None else value
    if not isinstance(found, str):
        raise ConfigurationError(f"{name} is a str, not {type(found).__name__}")
    if not found.strip():
        raise NotConnected(f"{name} is missing; pass {name}= or set {ENVIRONMENT[name]}")
    return found


def _optional(name: str, value: Secret[str] | Unset | None, env: Mapping[str, Any]) -> Secret[str] | None:
    if value is None:
        return None
    if isinstance(value, Unset):
        found: Secret[str] = env[name]
        return _checked(name, found) if found.reveal().strip() else None
    return _checked(name, value)


def _checked(name: str, value: H) -> H:
    try:
        check_header(name, value)
    except InvalidValue as error:
        raise ConfigurationError(str(error)) from None
    if not value:
        raise ConfigurationError(f"{name} is blank; leave it out instead")
    return value


def _flag(env: Mapping[str, Any]) -> bool:
    value = env["require_https"].strip().lower()
    if value not in TRUE | FALSE:
        raise ConfigurationError(f"{ENVIRONMENT['require_https']} is 1 or 0, not {value!r}")
    return value in TRUE


def _guard_plain_http(settings: Settings, strict: bool) -> None:
    parts = urlsplit(settings.server_url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return
    if strict:
        raise ConfigurationError(f"https is required, and the server URL is plain http to {parts.hostname}")
    if settings.master_key:
        warnings.warn(
            f"the master key travels unencrypted to {parts.hostname}; use https",
            ParseOrmWarning,
            stacklevel=4,
        )
