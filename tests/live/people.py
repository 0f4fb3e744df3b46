"""What the live tests of users and sessions share: people who log in, and a look at what is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import parse_orm as orm
from parse_orm.client import requests as paths
from parse_orm.transport.hooks import Event
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.sync import RequestsTransport

DEAD = "r:" + "0" * 32
PASSWORD = "correct horse battery"


def sign_up(name: str = "ann") -> orm.User:
    """A new account, logged in."""
    return orm.User.signup(name, PASSWORD)


def log_in(name: str = "ann") -> orm.User:
    """One more login of an account."""
    return orm.User.login(name, PASSWORD)


def token(user: orm.User) -> str:
    """The token of a login, which is there."""
    assert user.session_token is not None
    return user.session_token


def session_of(user: orm.User) -> orm.Session:
    """The row of the login that gave this object."""
    found = orm.Session.for_token(token(user), strict=True)
    assert found is not None
    return found


def expire(client: orm.Client, user: orm.User, moment: datetime) -> str:
    """Move the end of a fresh login into the past; its token must not have been used, or it is cached for 5 s."""
    row = client.find("_Session", {"where": {"sessionToken": token(user)}})["results"][0]
    date = {"__type": "Date", "iso": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    client.request("PUT", paths.row("_Session", row["objectId"]), {"expiresAt": date})
    return token(user)


class Watched:
    """A client that remembers every try it makes.

    Args:
        settings: what ``parse_server.config()`` gives.
        more: further arguments of the client.
    """

    def __init__(self, settings: Any, **more: Any) -> None:
        self.events: list[Event] = []
        self.client = orm.Client(**{**settings, **more}, hooks=orm.Hooks(before=[self.events.append]))

    @property
    def sent(self) -> list[str]:
        """Verbs and paths, in order."""
        return [f"{event.method} {event.path}" for event in self.events]


class BrokenBatch:
    """Carries requests for real, but /batch answers 500, as a server with router 2.3.0 does."""

    def __init__(self) -> None:
        self._inner = RequestsTransport()

    def send(self, request: Request) -> Response:
        if request.url.endswith("/batch"):
            return Response(500, body=b'{"code":1,"message":"Internal server error."}')
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()
