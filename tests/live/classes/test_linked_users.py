"""Users without a password, with other services, and with a second factor, on the real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.classes import totp
from tests.live.people import Watched

pytestmark = pytest.mark.usefixtures("parse_client")


def test_an_anonymous_user_is_claimed_with_everything_it_owns() -> None:
    user = orm.User.anonymous()
    before = user.session_token
    assert user.is_anonymous

    user.claim("ann", "pw", "ann@example.com")

    assert not user.is_anonymous
    assert user.session_token != before
    assert orm.User.for_token(str(before)) is None
    assert orm.User.for_token(str(user.session_token)) == user
    assert orm.User.login("ann", "pw") == user
    assert user.changed == []


def test_claiming_a_name_that_is_taken_leaves_the_account_as_it_was() -> None:
    orm.User.signup("ann", "pw")
    user = orm.User.anonymous()

    with pytest.raises(orm.UsernameTaken):
        user.claim("ann", "other")
    assert user.is_anonymous
    assert orm.User.for_token(str(user.session_token)) == user


@pytest.mark.parametrize(
    ("name", "password", "error"),
    [
        ("", "pw", orm.UsernameMissing),
        ("  ", "pw", orm.UsernameMissing),
        (None, "pw", orm.UsernameMissing),
        (5, "pw", orm.InvalidValue),
        ("ann", "", orm.PasswordMissing),
        ("ann", None, orm.PasswordMissing),
        ("ann", 5, orm.InvalidValue),
    ],
)
def test_an_account_is_claimed_with_a_name_and_a_password_alone(
    parse_server: Any, name: Any, password: Any, error: type[Exception]
) -> None:
    user = orm.User.anonymous()
    watched = Watched(parse_server.config())
    user._origin = user._origin.on(watched.client)

    with pytest.raises(error):
        user.claim(name, password)

    assert watched.sent == []
    assert user.is_anonymous


def test_an_account_that_has_a_name_cannot_be_claimed() -> None:
    ann = orm.User.signup("ann", "pw")

    with pytest.raises(orm.InvalidValue, match=r"change_password\(\)"):
        ann.claim("stolen", "other")

    assert orm.User.login("ann", "pw") == ann
    assert ann.changed == []


def test_an_anonymous_account_is_claimed_by_an_object_that_was_told_nothing() -> None:
    user = orm.User.anonymous()

    with orm.as_user(user):
        orm.User.pointer(str(user.id)).claim("ann", "pw")

    assert orm.User.login("ann", "pw") == user


def test_only_a_service_that_leads_to_an_account_is_unlinked() -> None:
    ann = orm.User.signup("ann", "pw")

    with pytest.raises(orm.InvalidValue, match="not linked with 'nope'"):
        ann.unlink("nope")
    ann.link("anonymous", {"id": "service-1"})
    orm.User.login("ann", "pw").unlink("anonymous")


NEVER_SAVED: dict[str, Callable[[orm.User], object]] = {
    "change_password": lambda user: user.change_password("other"),
    "claim": lambda user: user.claim("ann", "pw"),
    "link": lambda user: user.link("anonymous", {"id": "x"}),
    "unlink": lambda user: user.unlink("anonymous"),
}


@pytest.mark.parametrize("call", NEVER_SAVED)
def test_a_user_without_an_account_has_nothing_to_change(parse_server: Any, call: str) -> None:
    watched = Watched({**parse_server.config(), "rest_key": None})

    with orm.using(watched.client), pytest.raises(orm.UnsavedReference, match=r"signup\(\)"):
        NEVER_SAVED[call](orm.User(username="ghost"))

    assert watched.sent == []


WRONG: dict[str, Callable[[orm.User], object]] = {
    "login": lambda user: orm.User.login(5, "pw"),  # type: ignore[arg-type]
    "login with a number": lambda user: orm.User.login("ann", 5),  # type: ignore[arg-type]
    "signup": lambda user: orm.User.signup(5, "pw"),  # type: ignore[arg-type]
    "verify_password": lambda user: orm.User.verify_password(5, "pw"),  # type: ignore[arg-type]
    "request_password_reset": lambda user: orm.User.request_password_reset(5),  # type: ignore[arg-type]
    "login_with": lambda user: orm.User.login_with("anonymous", None),  # type: ignore[arg-type]
    "login_with no service": lambda user: orm.User.login_with(None, {}),  # type: ignore[arg-type]
    "link": lambda user: user.link("anonymous", None),  # type: ignore[arg-type]
    "unlink": lambda user: user.unlink(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("call", WRONG)
def test_what_is_no_text_or_no_mapping_is_refused_by_name(call: str) -> None:
    user = orm.User.pointer("anna000001")

    with pytest.raises(orm.InvalidValue):
        WRONG[call](user)


def test_no_address_is_no_address() -> None:
    for ask in (orm.User.request_password_reset, orm.User.request_email_verification):
        with pytest.raises(orm.EmailMissing):
            ask(None)  # type: ignore[arg-type]


def test_two_anonymous_users_are_two() -> None:
    assert orm.User.anonymous() != orm.User.anonymous()


def test_a_service_leads_to_the_same_account_until_it_is_unlinked() -> None:
    user = orm.User.signup("ann", "pw")
    user.link("anonymous", {"id": "service-1"})

    assert user.is_linked("anonymous")
    assert orm.User.login_with("anonymous", {"id": "service-1"}) == user

    user.unlink("anonymous")
    assert not user.is_linked("anonymous")
    assert orm.User.login_with("anonymous", {"id": "service-1"}) != user


def test_a_service_leads_to_one_account_alone() -> None:
    orm.User.signup("ann", "pw").link("anonymous", {"id": "service-1"})

    with pytest.raises(orm.AccountAlreadyLinked):
        orm.User.signup("bob", "pw").link("anonymous", {"id": "service-1"})


def test_a_service_that_the_server_does_not_know_lets_nobody_in() -> None:
    with pytest.raises(orm.ParseError):
        orm.User.login_with("facebook", {"id": "1", "access_token": "x"})


def test_linking_needs_to_be_that_user(parse_server: Any) -> None:
    user = orm.User.signup("ann", "pw")
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})

    with orm.using(stranger), pytest.raises(orm.SessionTokenMissing):
        orm.User.pointer(str(user.id)).link("anonymous", {"id": "x"})


def test_others_see_no_auth_data() -> None:
    user = orm.User.anonymous()
    other = orm.User.signup("bob", "pw")
    user.acl.public_read = True
    user.save(master=True)

    with orm.as_user(other):
        assert not orm.User.get(str(user.id)).is_anonymous


def test_the_list_of_a_new_user_is_the_server_s_and_edits_keep_it(seen_by_all: type[orm.User]) -> None:
    ann = orm.User.signup("ann", "pw")
    bob = seen_by_all.signup("bob", "pw")

    assert ann.acl.can_write(ann)
    assert not ann.acl.public_write
    assert bob.acl.to_dict() == {"*": {"read": True}, bob.id: {"read": True, "write": True}}

    ann.acl.grant("role:Press", write=False)
    ann.save()
    assert orm.User.get(str(ann.id)).acl.can_write(ann)
    assert not orm.User.get(str(ann.id)).acl.public_write


@pytest.fixture
def seen_by_all() -> type[orm.User]:
    class Member(orm.User, acl="public_read"):
        pass

    return Member


class TestSecondFactor:
    """Codes of an authenticator app."""

    @pytest.fixture
    def secret(self) -> str:
        return orm.User.new_mfa_secret()

    @pytest.fixture
    def ann(self, secret: str) -> orm.User:
        ann = orm.User.signup("ann", "pw")
        self.recovery = ann.enable_mfa(secret, totp.code(secret))
        return ann

    def test_a_login_needs_the_code(self, ann: orm.User, secret: str) -> None:
        with pytest.raises(orm.MFATokenRequired):
            orm.User.login("ann", "pw")
        with pytest.raises(orm.ScriptFailed):
            orm.User.login("ann", "pw", mfa="000000")

        user = orm.User.login("ann", "pw", mfa=totp.code(secret))
        assert user == ann
        assert user.mfa_status == "enabled"

    def test_a_recovery_code_works_once(self, ann: orm.User) -> None:
        first, second = self.recovery

        assert orm.User.login("ann", "pw", mfa=first) == ann
        with pytest.raises(orm.ScriptFailed):
            orm.User.login("ann", "pw", mfa=first)
        assert orm.User.login("ann", "pw", mfa=second) == ann

    def test_a_wrong_code_enables_nothing(self, secret: str) -> None:
        bob = orm.User.signup("bob", "pw")
        with pytest.raises(orm.ScriptFailed):
            bob.enable_mfa(secret, "000000")

        assert bob.mfa_status == "disabled"
        assert orm.User.login("bob", "pw") == bob

    def test_only_the_right_code_disables_it(self, ann: orm.User, secret: str) -> None:
        with pytest.raises(orm.ScriptFailed):
            ann.disable_mfa("000000")
        with pytest.raises(orm.MFATokenRequired):
            orm.User.login("ann", "pw")

        ann.disable_mfa(totp.code(secret))
        assert ann.mfa_status == "disabled"
        assert orm.User.login("ann", "pw") == ann

    def test_the_secret_stays_on_the_server(self, ann: orm.User, secret: str) -> None:
        assert secret not in repr(ann.auth_data)
        assert secret in ann.mfa_uri(secret, "Music")
