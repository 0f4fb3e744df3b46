"""User on a real Parse Server: signing up, logging in and out, passwords, and whose token is used for what."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import parse_orm as orm
from tests.live.people import DEAD, PASSWORD, Watched, log_in, sign_up, token

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def client(parse_client: orm.Client) -> orm.Client:
    return parse_client


# -- becoming somebody ------------------------------------------------------------------------


def test_signup_gives_a_user_who_is_logged_in() -> None:
    ann = orm.User.signup("ann", PASSWORD, email="ann@example.com")

    assert ann.id
    assert ann.username == "ann"
    assert ann.email == "ann@example.com"
    assert ann.session_token is not None
    assert ann.changed == []
    assert ann.password is None
    assert PASSWORD not in repr((ann, ann.previous_changes, ann.changes))


def test_a_signup_with_a_dead_token_in_force_works_all_the_same() -> None:
    with orm.as_user(DEAD):
        assert sign_up().session_token is not None


def test_a_user_made_with_the_master_key_can_log_in() -> None:
    with orm.as_master():
        ann = orm.User.signup("ann", PASSWORD)

    assert orm.User.for_token(token(ann)) == ann


def test_names_and_addresses_are_unique() -> None:
    orm.User.signup("ann", PASSWORD, email="ann@example.com")

    with pytest.raises(orm.UsernameTaken):
        orm.User.signup("ann", PASSWORD)
    with pytest.raises(orm.EmailTaken):
        orm.User.signup("bob", PASSWORD, email="ann@example.com")
    with pytest.raises(orm.InvalidEmailAddress):
        orm.User.signup("cid", PASSWORD, email="nonsense")


def test_empty_names_and_passwords_are_refused_here(parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        for ask in (orm.User.signup, orm.User.login, orm.User.verify_password):
            with pytest.raises(orm.UsernameMissing):
                ask("", PASSWORD)
            with pytest.raises(orm.UsernameMissing):
                ask("  ", PASSWORD)
            with pytest.raises(orm.PasswordMissing):
                ask("ann", "")

    assert watched.sent == []


def test_login_by_name_and_by_address() -> None:
    ann = orm.User.signup("ann", PASSWORD, email="ann@example.com")

    assert log_in() == ann
    assert orm.User.login("ann@example.com", PASSWORD) == ann
    assert len({token(log_in()), token(log_in())}) == 2


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody", PASSWORD)])
def test_wrong_credentials_are_a_permission_error_without_the_password(name: str, password: str) -> None:
    sign_up()

    with pytest.raises(orm.InvalidCredentials) as caught:
        orm.User.login(name, password)

    assert isinstance(caught.value, PermissionError)
    assert password not in str(caught.value)


def test_login_works_where_a_dead_token_is_in_force() -> None:
    sign_up()
    with orm.as_user(DEAD):
        assert log_in().session_token is not None


def test_login_as_needs_the_master_key(parse_server: Any) -> None:
    ann = sign_up()

    assert orm.User.login_as(ann) == ann
    other = orm.User.login_as(ann.id)
    assert orm.User.for_token(token(other)) == ann
    assert orm.Session.for_token(token(other), strict=True).created_with == {  # type: ignore[union-attr]
        "action": "login",
        "authProvider": "masterkey",
    }
    with pytest.raises(orm.ObjectNotFound):
        orm.User.login_as("nobody0000")
    watched = Watched({**parse_server.config(), "master_key": None})
    with orm.using(watched.client), pytest.raises(orm.MasterKeyRequired):
        orm.User.login_as(ann)
    assert watched.sent == []


def test_many_logins_of_one_user_do_not_end_each_other() -> None:
    ann = sign_up()
    users = [ann, *(log_in() for _ in range(3))]

    assert all(orm.User.for_token(token(user)) == ann for user in users)


# -- being somebody ---------------------------------------------------------------------------


def test_me_is_the_user_of_the_current_token() -> None:
    ann = sign_up()

    with orm.as_user(ann):
        assert orm.User.me() == ann
    with pytest.raises(orm.SessionTokenMissing):
        orm.User.me()
    with orm.as_user(DEAD), pytest.raises(orm.InvalidSessionToken):
        orm.User.me()


def test_logout_ends_this_login_alone() -> None:
    ann = sign_up()
    other = log_in()
    old = token(ann)

    assert ann.logout() is True

    assert ann.session_token is None
    assert ann.logout() is False
    assert orm.User.for_token(old) is None
    assert orm.User.for_token(token(other)) == ann


def test_logout_of_a_login_that_is_over_is_false() -> None:
    ann = sign_up()
    orm.Session.revoke_all_for_user(ann)

    assert ann.logout() is False
    assert ann.session_token is None


@pytest.mark.parametrize("master", [True, False])
def test_logout_all_counts_and_may_keep_the_current_one(master: bool, parse_server: Any) -> None:
    ann = sign_up()
    log_in()
    settings = parse_server.config() if master else {**parse_server.config(), "master_key": None}
    with orm.using(orm.Client(**settings)):
        here = log_in()
        assert here.logout_all(keep_current=True) == 2
        assert orm.User.for_token(token(here)) == ann
        log_in()
        old = token(here)
        assert here.logout_all() == 2
        assert here.session_token is None
        assert orm.User.for_token(old) is None


def test_the_sessions_of_a_user_are_newest_first() -> None:
    ann = sign_up()
    later = log_in()

    assert [session.id for session in ann.sessions()] == [
        orm.Session.for_token(token(later), strict=True).id,  # type: ignore[union-attr]
        orm.Session.for_token(token(ann), strict=True).id,  # type: ignore[union-attr]
    ]


def test_changing_the_password_gives_a_new_token_and_ends_the_old_ones(parse_server: Any) -> None:
    sign_up()
    other = log_in()
    settings = {**parse_server.config(), "master_key": None}
    with orm.using(orm.Client(**settings)):
        ann = log_in()
    old = token(ann)

    ann.change_password("another")

    assert ann.session_token not in (None, old)
    assert orm.User.for_token(token(ann)) == ann
    assert orm.User.for_token(old) is None
    assert orm.User.for_token(token(other)) is None
    assert orm.User.verify_password("ann", "another") is True
    assert orm.User.verify_password("ann", PASSWORD) is False
    assert "another" not in repr((ann, ann.previous_changes))


def test_a_bound_client_follows_the_token_of_a_changed_password(parse_server: Any) -> None:
    ann = sign_up()
    bound = orm.Client(**parse_server.config(), session_token=token(ann))

    with orm.using(bound):
        me = orm.User.me()
        me.change_password("another")
        assert orm.User.me() == ann
        assert orm.Session.me().session_token == me.session_token


def test_an_empty_new_password_is_refused_here(parse_server: Any) -> None:
    ann = sign_up()
    watched = Watched(parse_server.config())
    with orm.using(watched.client), pytest.raises(orm.PasswordMissing):
        ann.change_password("")

    assert watched.sent == []
    assert orm.User.verify_password("ann", PASSWORD)


def test_verifying_a_password_makes_no_session() -> None:
    ann = sign_up()

    assert orm.User.verify_password("ann", PASSWORD) is True
    assert orm.User.verify_password("ann", "wrong") is False
    assert orm.User.verify_password("nobody", "wrong") is False
    assert orm.Session.for_user(ann).count() == 1


def test_a_user_changes_itself_and_nobody_else(parse_server: Any) -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    with orm.using(orm.Client(**{**parse_server.config(), "master_key": None})):
        me, him = log_in("ann"), log_in("bob")
        me.update(email="ann@example.com")  # no context needed: a user may act as itself
        with pytest.raises(orm.ParseError) as caught, orm.as_user(me):
            orm.User.pointer(bob.id).update(email="mine@example.com")

    assert caught.value.code in {101, 206}
    assert orm.User.get(ann.id).email == "ann@example.com"
    assert orm.User.get(bob.id).email is None
    assert him == bob


def test_mail_requests_do_not_tell_who_exists() -> None:
    with pytest.raises(orm.ParseError):
        orm.User.request_email_verification("")
    with pytest.raises(orm.ParseError):
        orm.User.request_password_reset("")


# -- a user is an object like any other -------------------------------------------------------


def test_users_are_found_and_compared_like_any_object() -> None:
    ann, bob = sign_up("ann"), sign_up("bob")

    assert orm.User.where(username__startswith="b").all() == [bob]
    assert orm.User.get_many([bob.id, ann.id]) == [bob, ann]
    assert orm.User.find_by(username="ann") == ann
    assert ann != bob


def test_copies_of_a_user_carry_no_token() -> None:
    ann = sign_up()

    for copied in (pickle.loads(pickle.dumps(ann)), copy.deepcopy(ann)):
        assert copied == ann
        assert copied.session_token is None
    assert token(ann).encode() not in pickle.dumps(ann)


def test_an_application_s_own_user_takes_the_place_of_ours() -> None:
    class User(orm.User):
        nickname = orm.property(str)

    ann = User.signup("ann", PASSWORD, nickname="Annie")

    session = orm.Session.for_token(token(ann))
    assert session is not None
    assert isinstance(session.user, User)
    assert session.user.nickname == "Annie"
    assert orm.User.for_token(token(ann)) == ann
