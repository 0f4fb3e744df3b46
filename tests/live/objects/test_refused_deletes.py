"""A delete that the server refuses with "not found" is never reported as done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from tests.live.people import Watched, log_in, session_of, sign_up, token


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


UNSEEN = "the row is gone, or not visible to this credential"


def test_nobody_but_the_master_can_tell_a_hidden_row_from_one_that_is_gone(bob: orm.User) -> None:
    hidden, gone = write("x", somebody={"read": True, "write": True}), write("y")
    Letter.pointer(str(gone.id)).destroy()

    with orm.as_user(bob):
        for letter in (hidden, gone):
            with pytest.raises(orm.ObjectNotFound, match=UNSEEN):
                letter.destroy()
        result = orm.destroy_all([hidden, gone], raise_on_error=False)

    assert not hidden.is_destroyed
    assert not gone.is_destroyed
    assert (result.saved, result.failed) == ([], [])
    assert [(letter, UNSEEN in str(error)) for letter, error in result.unknown] == [(hidden, True), (gone, True)]
    assert gone.destroy() is False
    assert hidden.destroy() is True


def test_nobody_can_tell_either_without_a_user(parse_client: orm.Client) -> None:
    hidden = write("x")

    with pytest.raises(orm.ObjectNotFound, match=UNSEEN):
        hidden.destroy(master=False)
    with pytest.raises(orm.BatchError) as caught, orm.as_anonymous():
        orm.destroy_all([hidden])

    assert [letter for letter, _ in caught.value.unknown] == [hidden]


def test_a_row_that_goes_or_hides_while_it_is_deleted_is_not_known_to_be_gone(
    bob: orm.User, parse_client: orm.Client, parse_server: Any
) -> None:
    letters = [write(f"x{n}", **{"*": {"read": True, "write": True}}) for n in range(3)]

    def interfere(event: Any) -> None:
        if event.path == "/batch":
            parse_client.request("DELETE", f"/classes/Letter/{letters[0].id}")
            parse_client.request("PUT", f"/classes/Letter/{letters[1].id}", {"ACL": {}})

    with orm.using(orm.Client(**parse_server.config(), hooks=orm.Hooks(before=[interfere]))), orm.as_user(bob):
        result = Letter.order("text").delete_all(raise_on_error=False)

    assert [letter.id for letter in result.saved] == [letters[2].id]
    assert {letter.id for letter, _ in result.unknown} == {letters[0].id, letters[1].id}


def test_a_row_that_this_object_has_deleted_is_gone_for_a_user_too(bob: orm.User) -> None:
    letter = write("x", **{"*": {"read": True, "write": True}})
    twin = Letter.get(letter.id)

    with orm.as_user(bob):
        assert orm.destroy_all([letter, twin]).saved == [letter, twin]
        assert letter.destroy() is False
        assert orm.destroy_all([letter]).ok


def test_a_session_of_somebody_else_is_not_ended_and_none_of_ones_own_is_in_doubt(bob: orm.User) -> None:
    sign_up("carol")
    carol, first, second = (log_in(name) for name in ("carol", "bob", "bob"))
    foreign, there = session_of(carol), session_of(second)
    orm.Session.pointer(str(there.id)).destroy()

    with orm.as_user(first):
        with pytest.raises(orm.ObjectNotFound, match=UNSEEN):
            foreign.revoke()
        assert [one for one, _ in orm.destroy_all([foreign], raise_on_error=False).unknown] == [foreign]
        assert there.revoke() is False
        assert orm.destroy_all([there]).ok

    assert orm.User.for_token(carol.session_token) == carol


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
