"""What `manage.py check` says about sessions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from ...errors import ConfigurationError

ENGINE = "parse_orm.contrib.django.sessions"

#: A config that cannot be used, and a cookie that has two names.
BAD_CONFIG, TWO_NAMES = "parse_orm.E001", "parse_orm.W001"


def check_sessions(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Whether the policy can be used, and its cookie has the name that Django looks for.

    Django reads SESSION_COOKIE_NAME in its test client and in the error report that hides the cookie; with another
    name in PARSE_SESSION_CONFIG, visitors notice nothing, but both of these look at the wrong cookie.
    """
    if settings.SESSION_ENGINE != ENGINE:
        return []
    from .conf import session_config  # it needs the extra `web`, and most commands do not

    try:
        name = session_config().cookie_name
    except (ConfigurationError, ImproperlyConfigured, ImportError) as error:
        return [Error(str(error), id=BAD_CONFIG)]
    if name == settings.SESSION_COOKIE_NAME:
        return []
    message = f"SESSION_COOKIE_NAME is {settings.SESSION_COOKIE_NAME!r}, but the session cookie is called {name!r}."
    hint = f"Set SESSION_COOKIE_NAME = {name!r}, or cookie_name of PARSE_SESSION_CONFIG to the other one."
    return [Warning(message, hint=hint, id=TWO_NAMES)]
