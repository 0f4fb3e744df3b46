"""What it means to take a value away: the object shows what the server then holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client import requests as paths
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Response
from tests.live.people import PASSWORD, log_in, sign_up

pytestmark = pytest.mark.usefixtures("parse_client")

PUBLIC = {"*": {"read": True, "write": True}}


class Letter(orm.ParseObject):
    name = orm.property(str)
    pages = orm.property(int)
    extra = orm.property(dict)


def _held(record: orm.ParseObject) -> dict[str, Any]:
    """The row as the server has it."""
    path = paths.row(type(record).schema.class_name, str(record.id))
    row: dict[str, Any] = orm.current_client().request("GET", path, credential=None)
    return row


def _private() -> Letter:
    return Letter.create(name="a", acl=orm.ACL().grant("somebody00"))


def _assigned(letter: Letter) -> Letter:
    letter.acl = None  # type: ignore[assignment]
    return letter


def _in_a_transaction(letter: Letter) -> None:
    with orm.transaction() as together:
        together.save(_assigned(letter))


WAYS: dict[str, Callable[[Letter], object]] = {
    "update": lambda letter: letter.update(acl=None),
    "save": lambda letter: _assigned(letter).save(),
    "save_all": lambda letter: orm.save_all([_assigned(letter)]),
    "transaction": _in_a_transaction,
    "unset": lambda letter: letter.unset("acl"),
    "create_or_update": lambda letter: Letter.create_or_update(name="a", defaults={"acl": None}),
    "update_all": lambda letter: Letter.where(id=letter.id).update_all(acl=None),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_row_without_a_list_of_its_own_is_public(way: str) -> None:
    letter = _private()

    WAYS[way](letter)

    assert _held(letter).get("ACL") == PUBLIC
    assert Letter.get(str(letter.id)).acl.to_dict() == PUBLIC
    if way not in {"create_or_update", "update_all"}:
        assert letter.acl.to_dict() == PUBLIC
        assert letter.changed == []


def test_a_row_that_has_no_list_needs_no_request_to_lose_it() -> None:
    letter = Letter.create(name="a")

    letter.unset("acl").update(acl=None)

    assert letter.changed == []
    assert "ACL" not in _held(letter)


@pytest.mark.parametrize(
    ("column", "first", "then"), [("name", "a", "b"), ("pages", 1, 2), ("extra", {"a": 1}, {"b": 2})]
)
def test_unset_takes_a_value_along_that_waits_to_be_saved(column: str, first: Any, then: Any) -> None:
    for letter in (Letter.create(**{column: first}), Letter.get(str(Letter.create(**{column: first}).id))):
        setattr(letter, column, then)

        letter.unset(column)

        assert (getattr(letter, column), letter.changed) == (None, [])
        letter.save()
        assert column not in _held(letter)


def test_unset_is_sent_although_none_waits_to_be_saved() -> None:
    letter = Letter.create(name="a")
    letter.name = None

    letter.unset("name")

    assert "name" not in _held(letter)
    assert letter.changed == []


def test_unset_drops_a_value_of_which_the_server_has_none() -> None:
    letter = Letter.create(pages=1)
    letter.name = "waits"

    assert letter.unset("name").changed == []
    assert letter.name is None


def test_an_unset_that_fails_leaves_the_object_as_it_was() -> None:
    letter = Letter.create(name="a", extra={"a": 1})
    letter.name, letter.extra = "b", {"b": 2}
    refusing = orm.Client(
        "http://localhost/parse", "app", transport=MemoryTransport(lambda _: Response(400, body=b'{"code": 119}'))
    )
    letter._origin = letter._origin.on(refusing)

    for column in ("name", "extra"):
        with pytest.raises(orm.OperationForbidden):
            letter.unset(column)

    assert (letter.name, letter.extra, letter.changed) == ("b", {"b": 2}, ["name", "extra"])


TAKEN: dict[str, Callable[[orm.User], object]] = {
    "unset": lambda user: user.unset("password"),
    "update": lambda user: user.update(password=None),
    "an assignment": lambda user: setattr(user, "password", None),
    "blank": lambda user: user.update(password=""),
    "update_all": lambda user: orm.User.where(username="ann").as_master().update_all(password=None),
    "create_or_update": lambda user: orm.User.create_or_update(username="ann", defaults={"password": None}),
}


@pytest.mark.parametrize("way", TAKEN)
def test_an_account_cannot_be_without_a_password(way: str) -> None:
    ann = sign_up()

    with pytest.raises(orm.PasswordMissing, match=r"User\.password"):
        TAKEN[way](ann)

    assert ann.changed == []
    assert log_in() == ann
    assert orm.User.verify_password("ann", PASSWORD)
