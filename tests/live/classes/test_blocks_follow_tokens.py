"""Inside ``as_user(user)`` a new password does not leave the rest of the block with a dead token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.context import current_credential, in_context
from tests.live.people import sign_up

NEW = "another long secret"


def by_save(user: orm.User) -> None:
    user.password = NEW
    user.save()


def by_save_all(user: orm.User) -> None:
    user.password = NEW
    orm.save_all([user])


def by_a_row_without_a_token(user: orm.User) -> None:
    orm.User.get(str(user.id)).change_password(NEW)


def inside_another_block(user: orm.User) -> None:
    with orm.as_anonymous():
        user.change_password(NEW)


CHANGES: dict[str, Callable[[orm.User], Any]] = {
    "change_password": lambda user: user.change_password(NEW),
    "save": by_save,
    "save_all": by_save_all,
    "a row without a token": by_a_row_without_a_token,
    "inside another block": inside_another_block,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_block_goes_on_with_the_new_token(change: str, parse_client: orm.Client) -> None:
    ann = sign_up()

    with orm.as_user(ann), orm.as_user(ann):
        CHANGES[change](ann)
        assert orm.User.me() == ann

    assert current_credential().kind == "master"


def test_an_anonymous_user_that_gets_a_name_stays_in_its_block(parse_client: orm.Client) -> None:
    somebody = orm.User.anonymous()

    with orm.as_user(somebody):
        somebody.claim("carl", NEW)
        assert orm.User.me().username == "carl"


def test_the_block_of_somebody_else_keeps_its_token(parse_client: orm.Client) -> None:
    ann, bob = sign_up("ann"), sign_up("bob")

    with orm.as_user(bob):
        ann.change_password(NEW)
        assert orm.User.me() == bob


def test_a_decorated_function_and_a_bound_thread_follow_too(parse_client: orm.Client) -> None:
    ann = sign_up()

    @orm.as_user(ann)
    def change(password: str) -> orm.User:
        ask = in_context(orm.User.me)
        ann.change_password(password)
        return ask()

    assert change(NEW) == ann
    assert change(NEW + "!") == ann
