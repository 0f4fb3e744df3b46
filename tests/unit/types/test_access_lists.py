"""An ACL grants and takes rights, and knows the public, users and roles."""

from __future__ import annotations

import pytest

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


def test_acls_are_compared_by_their_entries_and_have_no_hash() -> None:
    assert ACL({"*": {"read": True}}) == ACL({"*": {"read": True, "write": False}})
    assert ACL() != ACL({"*": {"read": True}})
    assert ACL() != {}
    with pytest.raises(TypeError, match="unhashable"):
        hash(ACL())
    assert repr(ACL({"*": {"read": True}})) == "ACL({'*': {'read': True}})"
