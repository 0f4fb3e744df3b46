"""Which store and which policy a project has: two settings, read at their first use and again when they change."""

from collections.abc import Callable
from datetime import timedelta
from threading import RLock
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from ..._forking import PerProcess
from ...web import Expiry, ParseStore, SessionConfig, SessionStore
from .signals import with_signals

STORE, CONFIG = "PARSE_SESSION_STORE", "PARSE_SESSION_CONFIG"

#: Argument of SessionConfig -> the setting of Django's that it comes from as long as PARSE_SESSION_CONFIG is not set.
DJANGO_SETTINGS = {
    "cookie_name": "SESSION_COOKIE_NAME",
    "path": "SESSION_COOKIE_PATH",
    "domain": "SESSION_COOKIE_DOMAIN",
    "secure": "SESSION_COOKIE_SECURE",
    "http_only": "SESSION_COOKIE_HTTPONLY",
    "always_save": "SESSION_SAVE_EVERY_REQUEST",
}
#: Settings after whose change the config is made anew.
CONFIG_SETTINGS = frozenset(DJANGO_SETTINGS.values()) | {
    CONFIG,
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE",
}

T = TypeVar("T")

_made: dict[str, Any] = {}
_lock = PerProcess(RLock)


def session_store() -> SessionStore:
    """The store of the project: PARSE_SESSION_STORE, else a `ParseStore`.

    Raises:
        ImproperlyConfigured: the setting is no store.
    """
    return _once(STORE, _make_store)


def session_config() -> SessionConfig:
    """The policy of the project: PARSE_SESSION_CONFIG, else what Django's own SESSION_ settings say.

    Raises:
        ImproperlyConfigured: the setting is no `SessionConfig`.
        ConfigurationError: one of Django's settings cannot be used; the message names the argument.
    """
    return _once(CONFIG, _make_config)


def _make_store() -> SessionStore:
    store: SessionStore | None = _given(STORE, SessionStore)
    return ParseStore() if store is None else store  # not `or`: a store may have a length, and be empty


def _make_config() -> SessionConfig:
    config: SessionConfig = _given(CONFIG, SessionConfig) or _config_of_django()
    return with_signals(config.with_application_key((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)))


def _config_of_django() -> SessionConfig:
    """Django's settings as a policy; SESSION_COOKIE_AGE is the idle limit, so there is no other one beside it."""
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    closes = settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    return SessionConfig(
        **{argument: getattr(settings, name) for argument, name in DJANGO_SETTINGS.items()},
        # Django's False writes no SameSite, which browsers read as Lax.
        same_site=settings.SESSION_COOKIE_SAMESITE or "Lax",
        expiry=Expiry.on_session_end() if closes else Expiry.on_inactivity(age),
        session_end_limit=age,
        idle_timeout=None,
        absolute_timeout=max(age, timedelta(days=90)),
    )


def _given(name: str, kind: type[Any]) -> Any:
    """A setting that is an instance, something callable that makes one, or the dotted path of either."""
    value = getattr(settings, name, None)
    if value is None:
        return None
    found = import_string(value) if isinstance(value, str) else value
    made = found() if callable(found) and not isinstance(found, kind) else found
    if not isinstance(made, kind):
        what = type(made).__name__
        raise ImproperlyConfigured(
            f"{name} gives a {what}, not a {kind.__name__}: set it to one, to a callable that makes one, "
            "or to the dotted path of either"
        )
    return made


def _once(name: str, make: Callable[[], T]) -> T:
    """Made once per process, though many threads ask for it first at the same time."""
    with _lock.value:
        if name not in _made:
            _made[name] = make()
        made: T = _made[name]
        return made


def _forget(*, setting: str, **_: Any) -> None:
    if setting == STORE:
        _made.pop(STORE, None)
    if setting in CONFIG_SETTINGS:
        _made.pop(CONFIG, None)


setting_changed.connect(_forget, dispatch_uid="parse_orm.contrib.django.conf")
