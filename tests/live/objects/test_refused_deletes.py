"""A delete that the server refuses with "not found" is never reported as done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from tests.live.people import Watched, sign_up, token


class Letter(orm.ParseObject):
    text = orm.property(str)


class Secluded(orm.ParseObject):
    text = orm.property(str)


Verb = Callable[[list[Letter]], Any]

VERBS: dict[str, Verb] = {
    "destroy_all": lambda letters: orm.destroy_all(letters, raise_on_error=False),
    "Query.destroy_all": lambda letters: Letter.query().destroy_all(raise_on_error=False),
    "Query.delete_all": lambda letters: Letter.query().delete_all(raise_on_error=False),
}


@pytest.fixture
def bob(parse_client: orm.Client) -> orm.User:
    return sign_up("bob")


def write(text: str, **acl: Any) -> Letter:
    return Letter.create(text=text, acl=orm.ACL(acl))


def for_all_to_read(text: str) -> Letter:
    return write(text, **{"*": {"read": True}})


def test_destroying_a_row_that_one_may_only_read_is_forbidden(bob: orm.User) -> None:
    letter = for_all_to_read("x")

    with orm.as_user(bob), pytest.raises(orm.OperationForbidden, match="still there"):
        letter.destroy()

    assert not letter.is_destroyed
    assert Letter.find(letter.id) is not None


@pytest.mark.parametrize("verb", VERBS)
def test_half_of_the_rows_may_only_be_read_and_those_are_told(verb: str, bob: orm.User) -> None:
    letters = [
        for_all_to_read(f"x{n}") if n % 2 else write(f"x{n}", **{"*": {"read": True, "write": True}}) for n in range(6)
    ]

    with orm.as_user(bob):
        result = VERBS[verb](letters)

    assert {letter.id for letter, _ in result.failed} == {letter.id for letter in letters[1::2]}
    assert {type(error) for _, error in result.failed} == {orm.OperationForbidden}
    assert {letter.id for letter in result.saved} == {letter.id for letter in letters[::2]}
    assert {letter.id for letter in Letter.all()} == {letter.id for letter in letters[1::2]}


def test_one_query_settles_a_whole_batch(bob: orm.User, parse_server: Any) -> None:
    letters = [for_all_to_read(f"x{n}") for n in range(120)]
    watched = Watched(parse_server.config(), session_token=token(bob))

    with orm.using(watched.client):
        failed = orm.destroy_all([Letter.pointer(one.id) for one in letters if one.id], raise_on_error=False).failed

    assert len(failed) == 120
    assert watched.sent == ["POST /batch", "POST /classes/Letter"] * 2


def test_a_row_that_one_cannot_see_counts_as_gone(bob: orm.User) -> None:
    hidden = write("x", somebody={"read": True, "write": True})

    with orm.as_user(bob):
        assert hidden.destroy() is False
        assert orm.destroy_all([hidden]).ok

    assert Letter.find(hidden.id) is not None


def test_the_master_key_looks_again_too_for_a_trigger_may_have_said_not_found(
    parse_client: orm.Client, parse_server: Any
) -> None:
    letter = for_all_to_read("x")
    same = Letter.get(letter.id)
    letter.destroy()
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        assert Letter.pointer(str(same.id)).destroy() is False

    assert watched.sent == [f"DELETE /classes/Letter/{letter.id}", "POST /classes/Letter"]


def test_rows_that_may_be_read_but_not_listed_are_looked_up_one_by_one(bob: orm.User, parse_client: orm.Client) -> None:
    row = Secluded.create(text="x", acl=orm.ACL({"*": {"read": True}}))
    everybody: dict[str, Any] = {"*": True}
    permissions = {"find": {}, "count": {}, **dict.fromkeys(("get", "create", "update", "delete"), everybody)}
    parse_client.request("PUT", "/schemas/Secluded", {"classLevelPermissions": permissions})

    with orm.as_user(bob), pytest.raises(orm.OperationForbidden, match="still there"):
        row.destroy()
