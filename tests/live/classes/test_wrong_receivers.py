"""A verb that is handed something else than it is for refuses it, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from tests.live.people import Watched, log_in, sign_up

#: What is called with a user, a role and a session.
WRONG: dict[str, Callable[[orm.User, orm.Role, orm.Session], Any]] = {
    "Session.revoke(user)": lambda user, role, session: orm.Session.revoke(user),  # type: ignore[arg-type]
    "Session.destroy(user)": lambda user, role, session: orm.Session.destroy(user),  # type: ignore[arg-type]
    "Role.destroy(session)": lambda user, role, session: orm.Role.destroy(session),  # type: ignore[arg-type]
    "User.destroy(id)": lambda user, role, session: orm.User.destroy(user.id),  # type: ignore[arg-type]
    "User.logout(session)": lambda user, role, session: orm.User.logout(session),  # type: ignore[arg-type]
    "User.logout_all(session)": lambda user, role, session: orm.User.logout_all(session),  # type: ignore[arg-type]
    "User.change_password(text)": lambda user, role, session: orm.User.change_password(
        "new",
        "secret",  # type: ignore[arg-type]
    ),
    "Role.add_users(user)": lambda user, role, session: orm.Role.add_users(user, user),  # type: ignore[arg-type]
    "login_as(session)": lambda user, role, session: orm.User.login_as(session),
    "login_as(None)": lambda user, role, session: orm.User.login_as(None),
    "destroy_all(object)": lambda user, role, session: orm.destroy_all(session),  # type: ignore[type-var]
    "destroy_all(class)": lambda user, role, session: orm.destroy_all(orm.Session),  # type: ignore[type-var]
    "destroy_all(id)": lambda user, role, session: orm.destroy_all(str(user.id)),
    "destroy_all([id])": lambda user, role, session: orm.destroy_all([session, user.id]),
    "destroy_all([None])": lambda user, role, session: orm.destroy_all([session, None]),
    "save_all([None])": lambda user, role, session: orm.save_all([None]),
    "fetch_all(object)": lambda user, role, session: orm.fetch_all(session),  # type: ignore[type-var]
}


@pytest.mark.parametrize("call", WRONG)
def test_what_is_handed_the_wrong_thing_refuses_it_before_a_request(
    call: str, parse_server: Any, parse_client: orm.Client
) -> None:
    watched = Watched(parse_server.config())
    with orm.using(watched.client):
        user = sign_up()
        session = orm.Session.for_user(user).first()
        role = orm.Role.create(name="crew")
        assert session is not None
        watched.events.clear()

        with pytest.raises(orm.InvalidValue):
            WRONG[call](user, role, session)

        assert watched.sent == []


def test_revoking_a_user_names_what_ends_its_sessions(parse_client: orm.Client) -> None:
    ann = sign_up()

    with pytest.raises(orm.InvalidValue, match=r"revoke_all_for_user\(user\)"):
        orm.Session.revoke(ann)  # type: ignore[arg-type]

    assert orm.User.where(username="ann").count() == 1


def test_a_method_called_on_its_class_with_an_object_of_it_works(parse_client: orm.Client) -> None:
    ann = sign_up()
    session = orm.Session.for_user(ann).first()
    assert session is not None

    assert orm.Session.revoke(session) is True
    assert orm.User.destroy(ann, master=True) is True


@pytest.mark.parametrize("verb", [orm.Session.revoke_all_for_user, orm.Session.active_count_for_user])
def test_a_name_in_the_place_of_an_id_is_refused(verb: Callable[[Any], int], parse_client: orm.Client) -> None:
    ann = sign_up("ann")
    orm.Session.revoke_all_for_user(ann)

    with pytest.raises(orm.ObjectNotFound, match="not by its name"):
        verb("ann")
    assert verb(ann.id) == 0


def test_logging_out_everywhere_without_a_token_does_not_ask_with_the_master_key(parse_client: orm.Client) -> None:
    ann = sign_up()
    stranger = orm.User.get(str(ann.id))

    with pytest.raises(orm.SessionTokenMissing, match="revoke_all_for_user"):
        stranger.logout_all()
    with pytest.raises(orm.SessionTokenMissing), orm.as_master():
        stranger.logout_all(keep_current=True)
    assert orm.Session.for_user(ann).count() == 1

    log_in()
    with orm.as_master():
        assert stranger.logout_all() == 2
