"""The page "Your devices" as a blueprint: `app.register_blueprint(devices)`."""

import hmac
import secrets
from typing import Any

import flask
from werkzeug.wrappers import Response

from ...web.devices import Devices, Reply, wants_json
from ...web.texts import Texts
from .login import current_sessions
from .translation import translation

#: Where the token against forged requests is kept in the session, sent in a form, and sent by a script.
CSRF_KEY, CSRF_FIELD, CSRF_HEADER = "_devices_csrf", "csrf_token", "X-CSRF-Token"

#: The blueprint. `PARSE_LOGIN_URL` of the app's config says where to log in; "/login" when it does not.
devices = flask.Blueprint("sessions", __name__, url_prefix="/account/sessions", template_folder="../../web/templates")


class FlaskUrls:
    """Where the routes of the page are, for one request."""

    def __init__(self) -> None:
        self.index = flask.url_for("sessions.index")
        self.confirm = flask.url_for("sessions.confirm")
        self.revoke_others = flask.url_for("sessions.revoke_others")
        self.revoke_all = flask.url_for("sessions.revoke_all")
        self.login = str(flask.current_app.config.get("PARSE_LOGIN_URL", "/login"))

    def revoke(self, id: str) -> str:
        """Ends one."""
        return flask.url_for("sessions.revoke", id=id)


@devices.before_request
def refuse_forged_requests() -> None:
    """A POST needs the token of the page; a browser lets no other site send a DELETE, nor a Bearer (CORS)."""
    if flask.request.method != "POST" or current_sessions.presented.bearer:
        return
    given = flask.request.form.get(CSRF_FIELD) or flask.request.headers.get(CSRF_HEADER) or ""
    if not hmac.compare_digest(given.encode(), str(flask.session.get(CSRF_KEY, secrets.token_urlsafe())).encode()):
        _ = Texts(**translation())
        flask.abort(400, _("The form is out of date; please go back and try again."))


@devices.get("/")
def index() -> Response:
    """List the sessions of who is logged in."""
    return _respond(_page().index())


@devices.post("/<id>/revoke")
def revoke(id: str) -> Response:
    """End one session."""
    return _respond(_page().revoke(id))


@devices.delete("/<id>")
def delete(id: str) -> Response:
    """End one session, for scripts."""
    return _respond(_page(json=True).revoke(id))


@devices.post("/revoke-others")
def revoke_others() -> Response:
    """End every other session."""
    return _respond(_page().revoke_others())


@devices.post("/revoke-all")
def revoke_all() -> Response:
    """End every session."""
    return _respond(_page().revoke_all())


@devices.route("/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    """The password again."""
    if flask.request.method == "GET":
        return _respond(_page().ask_password(flask.request.args.get("next")))
    form = flask.request.form
    return _respond(_page().confirm(form.get("password", ""), form.get("next")))


def _page(json: bool = False) -> Devices:
    wants = json or wants_json(flask.request.headers.get("Accept"))
    return Devices(current_sessions, FlaskUrls(), json=wants, **translation())


def _respond(reply: Reply) -> Response:
    response: Response = _body(reply)
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "Accept")
    if CSRF_KEY in flask.session:
        response.headers[CSRF_HEADER] = flask.session[CSRF_KEY]
    return response


def _body(reply: Reply) -> Any:
    if reply.redirect is not None:
        return flask.redirect(reply.redirect, reply.status)
    if reply.template is None:
        if reply.body is None:
            return flask.Response(status=reply.status)
        _csrf_token()
        return flask.make_response(flask.jsonify(reply.body), reply.status)
    csrf = {"name": CSRF_FIELD, "value": _csrf_token()}
    return flask.make_response(flask.render_template(reply.template, csrf=csrf, **reply.context), reply.status)


def _csrf_token() -> str:
    """The token of this session; an anonymous visitor gets none, for there is nothing to forge."""
    if not current_sessions.is_authenticated:
        return ""
    token: str = flask.session.setdefault(CSRF_KEY, secrets.token_urlsafe(32))
    return token
