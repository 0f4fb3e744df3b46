"""Who is logged in, for views: two proxies and two decorators."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import flask
from werkzeug.local import LocalProxy

from ...web.manager import SessionManager

P = ParamSpec("P")
R = TypeVar("R")


def _manager() -> SessionManager:
    manager = getattr(flask.session._get_current_object(), "manager", None)  # type: ignore[attr-defined]
    if manager is None:
        raise RuntimeError("there is no session manager: call ParseSessions(app, store=...) when the app is made")
    return cast(SessionManager, manager)


#: The SessionManager of the request.
current_sessions = cast(SessionManager, LocalProxy(_manager))

#: The User who is logged in, or None.
current_user: Any = LocalProxy(lambda: _manager().user)


def login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Answer 401 to visitors who are not logged in.

    >>> @login_required
    ... def account():
    ...     return "yours"
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _manager().is_authenticated:
            flask.abort(401)
        return cast(R, flask.current_app.ensure_sync(view)(*args, **kwargs))

    return guarded


def fresh_login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Answer 401 to visitors who are not logged in, and 403 to those who did not type their password lately."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        manager = _manager()
        if not manager.is_authenticated:
            flask.abort(401)
        if not manager.recently_confirmed():
            flask.abort(403)
        return cast(R, flask.current_app.ensure_sync(view)(*args, **kwargs))

    return guarded
