"""The page "Your devices": where somebody is signed in, and how to end that; the same in every framework.

An adapter makes a `Devices` for a request, calls the method of the route, and turns the `Reply` into its own response.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote

from ..errors import InvalidCredentials
from ..types.secret import Secret, hidden
from .clock import later
from .errors import SessionNotFound, Unauthorized
from .manager import SessionManager
from .record import SessionInfo
from .texts import Gettext, Ngettext, Texts, marked

logger = logging.getLogger(__name__)

INDEX, CONFIRM = "parse_orm/devices/index.html", "parse_orm/devices/confirm.html"
FLASH = "parse_orm.devices"

#: authProvider of a login -> what the card says; any other is the name of a company, see `COMPANIES`.
WAYS = {
    "password": marked("Signed in {date} by password"),
    "anonymous": marked("Signed in {date} as a guest"),
    "masterkey": marked("Signed in {date} by an administrator"),
    "": marked("Signed in {date}"),
}
#: How companies write themselves, where a capital letter is not enough.
COMPANIES = {"github": "GitHub", "gpgames": "Google Play", "linkedin": "LinkedIn", "oauth2": "OAuth", "qq": "QQ"}

#: Names of devices that are words rather than names.
UNNAMED = (marked("An app"), marked("Unknown"))

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400

_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


class LoginUrls(Protocol):
    """Where visitors prove who they are."""

    confirm: str
    login: str


class Urls(LoginUrls, Protocol):
    """Where the page's routes are, as the framework names them."""

    index: str
    revoke_others: str
    revoke_all: str

    def revoke(self, id: str) -> str:
        """Where one session is ended."""
        ...


@dataclass(frozen=True)
class Reply:
    """What a route answers; exactly one of template, redirect and body is given, or none for an empty answer.

    Attributes:
        status: the HTTP status.
        template: the template of a page.
        context: what the template is filled with.
        redirect: where to go.
        body: what is sent as JSON.
    """

    status: int = 200
    template: str | None = None
    context: dict[str, Any] = field(default_factory=dict)
    redirect: str | None = None
    body: Any = None


def refusal(
    manager: SessionManager, urls: LoginUrls, *, next: str, json: bool = False, within: timedelta | None = None
) -> Reply | None:
    """Why something grave may not be done now: sign in first, or type the password again; None when it may be done.

    Args:
        manager: the manager of the request.
        urls: where visitors log in, and where they type the password again.
        next: the path to go to afterwards.
        json: whether the request asks for JSON.
        within: how lately the password must have been typed; None means `confirm_within` of the config.
    """
    if not manager.is_authenticated:
        return _sign_in(urls, next, json)
    if manager.recently_confirmed(within):
        return None
    if json:
        return Reply(403, body={"error": "confirmation_required"})
    return Reply(303, redirect=f"{urls.confirm}?next={quote(next)}")


def _sign_in(urls: LoginUrls, next: str, json: bool) -> Reply:
    if json:
        return Reply(401, body={"error": "unauthorized"})
    return Reply(303, redirect=f"{urls.login}?next={quote(next)}")


class Devices:
    """The routes of the page, for one request.

    Args:
        manager: the manager of the request.
        urls: where the routes are.
        json: whether the request asks for JSON, see `wants_json`.
        gettext: the site's own translation of a text, see `Texts`.
        ngettext: the same for a text with a number.
        language: the language of the page.
    """

    def __init__(
        self,
        manager: SessionManager,
        urls: Urls,
        *,
        json: bool = False,
        gettext: Gettext | None = None,
        ngettext: Ngettext | None = None,
        language: str = "en",
    ) -> None:
        self._manager = manager
        self._urls = urls
        self._json = json
        self._ = Texts(language, gettext, ngettext)

    def index(self) -> Reply:
        """List the sessions of who is logged in; the present one comes first."""
        if not self._manager.is_authenticated:
            return self._sign_in(self._urls.index)
        infos = sorted(self._manager.list_my_sessions(), key=lambda info: not info.is_current)
        if self._json:
            return Reply(body={"sessions": [_public(info) for info in infos]})
        return Reply(template=INDEX, context=self._page(infos))

    def revoke(self, id: str) -> Reply:
        """End one session; one's own is logged out."""
        return self._grave(lambda: self._revoke(id))

    def revoke_others(self) -> Reply:
        """End every other session."""
        return self._grave(self._revoke_others)

    def revoke_all(self) -> Reply:
        """End every session, this one too."""
        return self._grave(self._revoke_all)

    def ask_password(self, next: str | None) -> Reply:
        """The form that asks for the password again.

        Args:
            next: where to go afterwards; anything but a path of this site counts as the list.
        """
        if not self._manager.is_authenticated:
            return self._sign_in(self._urls.confirm)
        return self._form(next, None, 200)

    def confirm(self, password: str | Secret[str], next: str | None) -> Reply:
        """Check the password that was typed; when it is right, graver things are allowed for a while.

        Args:
            password: what was typed.
            next: where to go afterwards; anything but a path of this site counts as the list.
        """
        password = hidden(password)
        try:
            self._manager.confirm(password)
        except Unauthorized:
            return self._sign_in(self._urls.confirm)
        except InvalidCredentials:
            if self._json:
                return Reply(403, body={"error": "invalid_credentials"})
            return self._form(next, self._("The password is wrong."), 403)
        return Reply(204) if self._json else Reply(303, redirect=own_path(next, self._urls.index))

    # -- how it is done --------------------------------------------------------------------

    def _grave(self, act: Callable[[], Reply]) -> Reply:
        """Do something that needs a login and a password typed lately."""
        return refusal(self._manager, self._urls, next=self._urls.index, json=self._json) or act()

    def _sign_in(self, next: str) -> Reply:
        return _sign_in(self._urls, next, self._json)

    def _revoke(self, id: str) -> Reply:
        try:
            self._manager.revoke(id)
        except SessionNotFound:
            return Reply(404, body={"error": "not_found"} if self._json else None)
        if self._json:
            return Reply(204)
        if not self._manager.is_authenticated:
            return Reply(303, redirect=self._urls.login)
        return self._done(self._("Signed out of the device."))

    def _revoke_others(self) -> Reply:
        ended = self._manager.logout_other()
        message = self._.plural("Signed out of {n} device.", "Signed out of {n} devices.", ended)
        return Reply(body={"ended": ended}) if self._json else self._done(message)

    def _revoke_all(self) -> Reply:
        ended = self._manager.logout_all()
        return Reply(body={"ended": ended}) if self._json else Reply(303, redirect=self._urls.login)

    def _done(self, message: str) -> Reply:
        self._manager.session.flash(FLASH, message)
        return Reply(303, redirect=self._urls.index)

    def _form(self, next: str | None, error: str | None, status: int) -> Reply:
        text = {
            "language": self._.language,
            "title": self._("Confirm it is you"),
            "why": self._("Please type your password again before you change where you are signed in."),
            "password": self._("Password"),
            "button": self._("Confirm"),
            "back": self._("Back to your devices"),
        }
        context = {
            "text": text,
            "error": error,
            "next": own_path(next, self._urls.index),
            "url": self._urls.confirm,
            "back_url": self._urls.index,
        }
        return Reply(status, template=CONFIRM, context=context)

    def _page(self, infos: list[SessionInfo]) -> dict[str, Any]:
        others = len(infos) - 1
        text = {
            "language": self._.language,
            "title": self._("Your devices"),
            "lead": self._("You are signed in on these devices. End whatever you do not know."),
            "alone": self._("You are only signed in here."),
            "this_device": self._("This device"),
            "sign_out": self._("Sign out"),
            "details": self._("Details"),
            "address": self._("Address"),
            "browser": self._("Browser"),
            "first_seen": self._("First seen"),
            "expires": self._("Expires"),
            "others": self._("Sign out of all other devices ({n})").format(n=others),
            "everywhere": self._("Sign out everywhere"),
            "ends": self._ends(),
        }
        return {
            "text": text,
            "message": self._manager.session.get_flash(FLASH),
            "devices": [self._card(info) for info in infos],
            "is_alone": others < 1,
            "others_url": self._urls.revoke_others,
            "everywhere_url": self._urls.revoke_all,
        }

    def _card(self, info: SessionInfo) -> dict[str, Any]:
        name = self._name(info.device_name)
        return {
            "name": name,
            "type": info.device_type or "desktop",
            "is_current": info.is_current,
            "address": info.ip_address,
            "place": self._place(info.ip_address),
            "browser": info.user_agent,
            "signed_in": self._signed_in(info),
            "created_at": info.created_at.isoformat(),
            "first_seen": self._.date(info.created_at),
            "active": self._activity(info),
            "active_at": info.last_active_at.isoformat(),
            "expires": self._("never") if info.expires_at is None else self._.date(info.expires_at),
            "url": self._urls.revoke(info.id),
            "label": self._("Sign out of {device}").format(device=name),
        }

    def _name(self, name: str) -> str:
        """A name such as "Chrome on macOS"; the record has it in English."""
        *first, last = (self._(part) if part in UNNAMED else part for part in name.rsplit(" on ", 1))
        return self._("{browser} on {system}").format(browser=first[0], system=last) if first else last

    def _place(self, address: str) -> str:
        """Where an address is; the address itself when nobody knows."""
        place_of = self._manager.config.place_of
        if place_of is None or not address:
            return address
        try:
            return place_of(address) or address
        except Exception:
            logger.exception("place_of failed; the page shows the address")
            return address

    def _signed_in(self, info: SessionInfo) -> str:
        by, date = info.signed_in_by, self._.date(info.created_at)
        if by in WAYS:
            return self._(WAYS[by]).format(date=date)
        company = COMPANIES.get(by, by[:1].upper() + by[1:])
        return self._("Signed in {date} with {company}").format(date=date, company=company)

    def _activity(self, info: SessionInfo) -> str:
        """Never more precise than the record: use is written down once per touch interval."""
        age = self._manager.clock() - info.last_active_at
        if info.is_current or age <= 2 * self._manager.config.touch_interval:
            return self._("Active now")
        seconds = int(age.total_seconds())
        if seconds < HOUR:
            return self._.plural("{n} minute ago", "{n} minutes ago", seconds // MINUTE)
        if seconds < DAY:
            return self._.plural("{n} hour ago", "{n} hours ago", seconds // HOUR)
        if seconds < WEEK:
            return self._.plural("{n} day ago", "{n} days ago", seconds // DAY)
        return self._.date(info.last_active_at)

    def _ends(self) -> str:
        session, limit = self._manager.session, self._manager.config.absolute_timeout
        ends = self._("You are signed out here on {date} unless you come back before.")
        ends = ends.format(date=self._.date(session.expiry_date))
        if limit is None or session.record is None:
            return ends
        latest = self._("You are signed out here on {date} in any case.")
        return f"{ends} {latest.format(date=self._.date(later(session.record.created_at, limit)))}"


def own_path(path: str | None, default: str) -> str:
    """A path of this site, or the default: a link from elsewhere must not lead a visitor away.

    >>> own_path("/account?a=1", "/"), own_path("//evil.example", "/"), own_path("https://evil.example", "/")
    ('/account?a=1', '/', '/')
    """
    return path if path and _OWN_PATH.fullmatch(path) else default


def wants_json(accept: str | None) -> bool:
    """Whether an Accept header would rather have JSON than a page.

    >>> wants_json("application/json"), wants_json("text/html,*/*;q=0.8"), wants_json(None)
    (True, False, False)
    """
    weights = dict(_weight(part) for part in (accept or "").split(","))
    return weights.get("application/json", 0.0) > weights.get("text/html", 0.0)


def _weight(part: str) -> tuple[str, float]:
    kind, *parameters = (word.strip().lower() for word in part.split(";"))
    given = next((word[2:] for word in parameters if word.startswith("q=")), "1")
    try:
        return kind, float(given)
    except ValueError:
        return kind, 0.0


def _public(info: SessionInfo) -> dict[str, Any]:
    """A session as JSON; nothing in it is secret."""
    shown = {name: getattr(info, name) for name in SessionInfo.__dataclass_fields__}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in shown.items()}
