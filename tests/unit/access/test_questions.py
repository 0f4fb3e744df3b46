"""can_read, can_write, can_delete: yes, no, or not to be known from here."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin

ANN, BOB = "annannanna", "bobbobbobb"
ALL = {"read": True, "write": True}


class Open(orm.ParseObject):
    text = orm.property(str)


class Guarded(
    orm.ParseObject,
    permissions=orm.permissions(
        get="authenticated", update=["role:Admin", "field:author"], delete="master", default="public"
    ),
):
    text = orm.property(str)
    author = orm.belongs_to("User")
    helpers = orm.has_many("User", through="array")


class Shared(
    orm.ParseObject,
    permissions=orm.permissions(default="master", read_user_fields=["readers"]),
):
    readers = orm.has_many("User", through="array")


def user(id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": "_User", "objectId": id}


def row(model: Any, keys: tuple[str, ...] | None = None, **wire: Any) -> Any:
    return model._hydrate([{"objectId": "x1", **wire}], Origin(None, keys))[0]


@pytest.mark.parametrize("ask", [orm.can_read, orm.can_write, orm.can_delete])
def test_a_row_without_a_list_is_public(ask: Any) -> None:
    assert ask(None, row(Open)).verdict == "allowed"


@pytest.mark.parametrize(
    ("acl", "who", "read", "write"),
    [
        ({"*": {"read": True}}, None, "allowed", "denied"),
        ({ANN: ALL}, ANN, "allowed", "allowed"),
        ({ANN: ALL}, BOB, "denied", "denied"),
        ({ANN: ALL}, None, "denied", "denied"),
        ({}, ANN, "denied", "denied"),
        ({"role:Admin": ALL}, ANN, "unknown", "unknown"),
        ({"role:Admin": {"read": True}}, ANN, "unknown", "denied"),
        ({"role:Admin": ALL}, None, "denied", "denied"),
    ],
)
def test_the_row_s_own_list(acl: dict[str, Any], who: str | None, read: str, write: str) -> None:
    obj = row(Open, ACL=acl)

    assert orm.can_read(who, obj).verdict == read
    assert orm.can_write(who, obj).verdict == write
    assert orm.can_delete(who, obj).verdict == write


def test_known_roles_decide() -> None:
    obj = row(Open, ACL={"role:Admin": ALL})

    assert orm.can_read(ANN, obj, roles=["Admin"])
    assert orm.can_read(ANN, obj, roles=["role:Admin"])
    assert orm.can_read(ANN, obj, roles=[orm.Role(name="Admin")])
    assert orm.can_read(ANN, obj, roles=[]).verdict == "denied"


def test_only_allowed_is_true() -> None:
    assert bool(orm.can_read(ANN, row(Open)))
    assert not orm.can_read(ANN, Open())
    assert not orm.can_read(ANN, row(Open, ACL={}))


def test_a_user_object_will_do() -> None:
    assert orm.can_write(orm.User.pointer(ANN), row(Open, ACL={ANN: ALL}))


def test_what_was_not_loaded_is_not_known() -> None:
    answer = orm.can_read(ANN, Open.pointer("x1"))

    assert answer.verdict == "unknown"
    assert answer.reasons == ("the ACL of the row was not fetched",)
    assert orm.can_read(ANN, Open(text="x")).reasons == ("the object was never saved",)


def test_both_the_class_and_the_row_must_allow_it() -> None:
    assert orm.can_read(None, row(Guarded)).verdict == "denied"
    assert orm.can_read(ANN, row(Guarded)).verdict == "allowed"
    assert orm.can_read(ANN, row(Guarded, ACL={BOB: ALL})).verdict == "denied"
    assert orm.can_delete(ANN, row(Guarded, ACL={ANN: ALL})).verdict == "denied"


def test_a_pointer_field_lets_its_user_act() -> None:
    mine, theirs = row(Guarded, author=user(ANN)), row(Guarded, author=user(BOB))

    assert orm.can_write(ANN, mine)
    assert orm.can_write(ANN, theirs, roles=[]).verdict == "denied"
    assert orm.can_write(ANN, theirs).verdict == "unknown"
    assert orm.can_write(ANN, theirs, roles=["Admin"])
    assert orm.can_write(None, mine).verdict == "denied"


def test_a_pointer_field_that_was_not_fetched_leaves_it_open() -> None:
    answer = orm.can_write(ANN, row(Guarded, keys=("text",)), roles=[])

    assert answer.verdict == "unknown"
    assert answer.reasons == ("author was not fetched",)


def test_an_array_of_users_counts_as_well() -> None:
    assert orm.can_read(ANN, row(Shared, readers=[user(BOB), user(ANN)]))
    assert orm.can_read(ANN, row(Shared, readers=[user(BOB)])).verdict == "denied"


def test_the_server_s_own_classes_have_rules_of_their_own() -> None:
    assert orm.can_read(ANN, row(orm.Session)).verdict == "unknown"


def test_denied_gives_its_reason() -> None:
    assert orm.can_read(BOB, row(Open, ACL={ANN: ALL})).reasons == (f"the ACL of the row grants read to {ANN}",)
