"""The site: five pages over a Parse Server, with sessions in a Parse class."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Any

import flask

import parse_orm as orm
from parse_orm.contrib.flask import ParseSessions, current_sessions, current_user, fresh_login_required, login_required
from parse_orm.contrib.flask.devices import devices
from parse_orm.errors import InvalidCredentials, ParseError
from parse_orm.web import ParseStore, SessionAdmin, SessionConfig
from parse_orm.web.devices import own_path

pages = flask.Blueprint("pages", __name__)
store = ParseStore()

#: Who may end other people's sessions; a real site would ask a Role.
ADMINISTRATOR = "admin"


def create_app(secret_key: str | None = None, *, secure: bool = True) -> flask.Flask:
    """Make the site.

    Args:
        secret_key: encrypts the Parse tokens in the store; None draws one, which logs everybody out at a restart.
        secure: whether the cookie is for https alone.
    """
    app = flask.Flask(__name__)
    app.secret_key = secret_key or secrets.token_urlsafe(32)
    ParseSessions(app, store=store, config=SessionConfig(secure=secure, max_sessions_per_user=10))
    app.register_blueprint(devices)
    app.register_blueprint(pages)
    app.jinja_env.globals["csrf"] = csrf
    return app


def csrf() -> str:
    """The token of the forms of this session."""
    token: str = flask.session.setdefault("csrf", secrets.token_urlsafe(32))
    return token


@pages.before_request
def refuse_forged_forms() -> None:
    """A form that did not come from this site lacks the token."""
    sent = flask.request.form.get("csrf", "")
    if flask.request.method == "POST" and not secrets.compare_digest(
        sent.encode(), str(flask.session.get("csrf")).encode()
    ):
        flask.abort(400)


def administrators_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 404 to everybody else."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user or current_user.username != ADMINISTRATOR:
            flask.abort(404)
        return view(*args, **kwargs)

    return guarded


@pages.get("/")
def home() -> str:
    """Who is here, and where to go."""
    return flask.render_template("home.html", user=current_sessions.user, administrator=ADMINISTRATOR)


@pages.route("/signup", methods=["GET", "POST"])
def signup() -> Any:
    """Make an account and log it in."""
    return _enter("Sign up", orm.User.signup)


@pages.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """Log in."""
    return _enter("Log in", current_sessions.login)


@pages.post("/logout")
def logout() -> Any:
    """Log out, here and on the Parse Server."""
    current_sessions.logout()
    return flask.redirect("/")


@pages.route("/admin", methods=["GET", "POST"])
@login_required
@administrators_only
def admin() -> Any:
    """The users, and how to end their sessions."""
    sessions = SessionAdmin(store)
    if flask.request.method == "POST":
        return _end(sessions)
    with orm.as_master():
        people = [(user, sessions.list_for_user(user)) for user in orm.User.query().order("username").limit(100)]
    return flask.render_template("admin.html", people=people)


@fresh_login_required
def _end(sessions: SessionAdmin) -> Any:
    ended = sessions.end_for_user(flask.request.form["user"])
    flask.flash(f"{ended} sessions ended.")
    return flask.redirect("/admin")


def _enter(title: str, enter: Callable[[str, str], Any]) -> Any:
    if flask.request.method == "GET":
        return flask.render_template("enter.html", title=title, error=None)
    try:
        user = enter(flask.request.form["name"], flask.request.form["password"])
        if not current_sessions.is_authenticated:
            current_sessions.authenticate(user)
    except InvalidCredentials:
        return flask.render_template("enter.html", title=title, error="The name or the password is wrong."), 403
    except ParseError as error:
        return flask.render_template("enter.html", title=title, error=error.message), 400
    return flask.redirect(own_path(flask.request.args.get("next"), "/"))
