"""Sessions for Flask: `flask.session` in any store, and who is logged in::

    sessions = ParseSessions(app, store=SQLStore("sqlite:///sessions.db"))

    @app.post("/login")
    def login():
        current_sessions.login(request.form["name"], request.form["password"])
        return redirect("/")

`flask.session` is the session of the visitor, `current_sessions` its manager.
"""

from .extension import FlaskWebSession, ParseSessions
from .login import current_sessions, current_user, fresh_login_required, login_required

__all__ = [
    "FlaskWebSession",
    "ParseSessions",
    "current_sessions",
    "current_user",
    "fresh_login_required",
    "login_required",
]
