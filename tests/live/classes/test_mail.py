"""Links that the server sends by e-mail, followed to their end."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def postal() -> Iterator[DevServer]:
    """A server that wants addresses verified."""
    with DevServer(options={"verifyUserEmails": True}) as server:
        yield server


@pytest.fixture(autouse=True)
def connected(postal: DevServer) -> Iterator[None]:
    """That server, emptied, is the one in use."""
    postal.reset()
    with orm.using(orm.Client(**postal.config())):
        yield


def link_in(server: DevServer, kind: str, mails: int) -> str:
    """The link in the only mail of that kind, once so many mails are out."""
    [link] = [mail["link"] for mail in server.outbox(at_least=mails) if mail["kind"] == kind]
    return str(link)


def visit(url: str, form: dict[str, str] | None = None) -> None:
    """Open a page as a browser would, or send a form there."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    urllib.request.urlopen(url, data, timeout=10).close()


def test_a_password_is_reset_by_the_link(postal: DevServer) -> None:
    ann = orm.User.signup("ann", "old", email="ann@example.com")
    orm.User.request_password_reset("ann@example.com")
    link = link_in(postal, "password_reset", mails=2)
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]
    visit(link.partition("?")[0], {"username": "ann", "token": token, "new_password": "new"})

    assert orm.User.login("ann", "new") == ann
    with pytest.raises(orm.InvalidCredentials):
        orm.User.login("ann", "old")
    assert orm.User.for_token(str(ann.session_token)) is None


def test_an_address_is_verified_by_the_link(postal: DevServer) -> None:
    ann = orm.User.signup("ann", "pw", email="ann@example.com")
    assert not ann.reload(master=True).email_verified
    visit(link_in(postal, "verification", mails=1))

    assert ann.reload(master=True).email_verified


def test_the_verification_is_sent_again_on_demand(postal: DevServer) -> None:
    orm.User.signup("ann", "pw", email="ann@example.com")
    orm.User.request_email_verification("ann@example.com")

    assert [mail["kind"] for mail in postal.outbox(at_least=2)] == ["verification", "verification"]


def test_a_client_cannot_verify_itself() -> None:
    ann = orm.User.signup("ann", "pw", email="ann@example.com")

    with pytest.raises(orm.ReadOnlyField):
        ann.update(email_verified=True)
