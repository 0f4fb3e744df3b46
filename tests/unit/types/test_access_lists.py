"""An ACL grants and takes rights, and knows the public, users and roles."""

from __future__ import annotations

from typing import Any

import pytest

from parse_orm.errors import InvalidValue
from parse_orm.types import ACL, PUBLIC


class Somebody:
    acl_key = "user1"


class Nobody:
    acl_key = ""


def test_rights_are_granted_and_taken_and_false_entries_are_not_kept() -> None:
    acl = ACL().grant("role:Admin").grant(Somebody(), write=False)

    assert acl.to_dict() == {"role:Admin": {"read": True, "write": True}, "user1": {"read": True}}
    assert acl.can_read(Somebody())
    assert not acl.can_write(Somebody())
    assert acl.grant(Somebody(), read=False, write=False).revoke("role:Admin").to_dict() == {}


def test_the_public_counts_for_everybody() -> None:
    acl = ACL()
    assert not acl.public_read
    acl.public_read = True

    assert acl.can_read("user1")
    assert acl.can_read("role:Admin")
    assert not acl.can_write("user1")
    acl.public_write = True
    acl.public_read = False
    assert acl == ACL({PUBLIC: {"write": True}})


def test_an_acl_reads_what_parse_writes_and_copies_it() -> None:
    wire = {"*": {"read": True}, "user1": {"read": True, "write": False}}

    acl = ACL(wire)
    acl.to_dict()["*"]["read"] = False

    assert acl.to_dict() == {"*": {"read": True}, "user1": {"read": True}}


@pytest.mark.parametrize("who", ["", "  ", None, 7, Nobody(), object()])
def test_a_grantee_without_a_name_is_refused(who: object) -> None:
    for ask in (ACL().grant, ACL().revoke, ACL().can_read, ACL().can_write):
        with pytest.raises(ValueError, match="ACL entry"):
            ask(who)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"u1": {"delete": True}}, "'delete' is not a right.*'write', which is also to delete"),
        ({"u1": {"raed": True}}, "'raed' is not a right of an ACL; did you mean 'read'"),
        ({"u1": {1: True}}, "1 is not a right"),
        ({"u1": {"read": "yes"}}, "the right 'read' of 'u1' is True or False, not 'yes'"),
        ({"u1": {"write": 1}}, "the right 'write' of 'u1' is True or False, not 1"),
        ({"u1": {"read": None}}, "the right 'read' of 'u1' is True or False, not None"),
        ({"u1": True}, "the rights of 'u1' are a mapping"),
        ({"u1": "read"}, "the rights of 'u1' are a mapping"),
        ("public", "made of a mapping.*not 'public'"),
        (["u1"], "made of a mapping"),
        ("", "made of a mapping"),
    ],
)
def test_entries_that_would_grant_something_else_are_refused(entries: Any, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        ACL(entries)


@pytest.mark.parametrize("right", ["read", "write"])
def test_a_right_is_granted_with_a_bool(right: str) -> None:
    acl = ACL({"u1": {"read": True}})
    rights: dict[str, Any] = {right: "no"}

    with pytest.raises(InvalidValue, match=f"the right '{right}' of 'u1' is True or False, not 'no'"):
        acl.grant("u1", **rights)
    with pytest.raises(InvalidValue, match="is True or False, not 'no'"):
        setattr(acl, f"public_{right}", "no")

    assert acl == ACL({"u1": {"read": True}})


def test_acls_are_compared_by_their_entries_and_have_no_hash() -> None:
    assert ACL({"*": {"read": True}}) == ACL({"*": {"read": True, "write": False}})
    assert ACL() != ACL({"*": {"read": True}})
    assert ACL() != {}
    with pytest.raises(TypeError, match="unhashable"):
        hash(ACL())
    assert repr(ACL({"*": {"read": True}})) == "ACL({'*': {'read': True}})"


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("public", "orm.PUBLIC"),
        ("Everyone", "orm.PUBLIC"),
        ("**", "orm.PUBLIC"),
        (" * ", "orm.PUBLIC"),
        ("*x", "orm.PUBLIC"),
        ("authenticated", "logged in"),
        ("owner", "acl_owner="),
        ("role:", "role:Name"),
        ("role: ", "role:Name"),
        ("role: Admin", "role:Name"),
        ("ROLE:Admin", "role:Name"),
        ("ann smith", "no spaces"),
        ("ann\n", "no spaces"),
    ],
)
def test_a_grantee_that_cannot_be_is_refused_with_what_to_write(who: str, why: str) -> None:
    for ask in (ACL().grant, ACL().revoke, ACL().can_read, lambda who: ACL({who: {"read": True}})):
        with pytest.raises(InvalidValue, match=why):
            ask(who)


@pytest.mark.parametrize("who", ["*", "aB3dE5fG7h", "role:Admin", "role:My Role", "5f2b-custom_id", "ann@example.com"])
def test_a_grantee_that_may_be_is_taken(who: str) -> None:
    assert ACL().grant(who).can_write(who)


@pytest.mark.parametrize("who", ["public", "ann smith"])
def test_an_entry_for_nobody_that_a_row_has_can_be_asked_for(who: str) -> None:
    acl = ACL.from_wire({who: {"read": True}})

    assert (acl.can_read(who), acl.can_write(who)) == (True, False)
    assert ACL.from_wire(acl.to_dict()) == acl


def test_an_entry_for_nobody_that_a_row_has_can_be_taken_away() -> None:
    assert ACL.from_wire({"public": {"read": True}}).revoke("public").to_dict() == {}


@pytest.mark.parametrize("wire", [5, None, "x", [], {"u1": {"read": "yes"}}, {"u1": {"delete": True}}, {"u1": True}])
def test_what_is_no_list_of_rights_is_refused_as_the_wire_form(wire: Any) -> None:
    with pytest.raises(InvalidValue):
        ACL.from_wire(wire)
