"""A login through Django's own `login()` becomes a login of the visitor's session."""

from typing import Any

from django.contrib.auth.signals import user_logged_in


def bind(sender: Any, request: Any, user: Any, **_: Any) -> None:
    """Tie the session to the Parse user who logged in, under a new id and secret; what it held is kept.

    A user of another auth backend is none of Parse's, and the session stays Django's alone.
    """
    sessions, parse_user = getattr(request, "sessions", None), getattr(user, "parse_user", None)
    if sessions is not None and parse_user is not None:
        sessions.authenticate(parse_user, keep_data=True)


user_logged_in.connect(bind, dispatch_uid="parse_orm.contrib.django.binding")
