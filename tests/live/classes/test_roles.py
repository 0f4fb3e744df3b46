"""Roles: members, the hierarchy in both directions, circles, and what they open."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Dossier(orm.ParseObject):
    title = orm.property(str)


def names(roles: list[orm.Role]) -> set[str]:
    return {role.name for role in roles}


@pytest.fixture
def ann() -> orm.User:
    return orm.User.signup("ann", "pw")


@pytest.fixture
def chain(ann: orm.User) -> dict[str, orm.Role]:
    """Boss inherits from Editor, and Editor from Reader; Ann is a Boss."""
    boss = orm.Role(name="Boss").add_users(ann).save()
    editor = orm.Role(name="Editor").add_roles(boss).save()
    reader = orm.Role(name="Reader").add_roles(editor).save()
    return {"boss": boss, "editor": editor, "reader": reader}


def test_members_inherit_upwards(ann: orm.User, chain: dict[str, orm.Role]) -> None:
    assert orm.Role.names_for(ann) == {"Boss", "Editor", "Reader"}
    assert orm.Role.names_for(orm.User.signup("bob", "pw")) == set()


def test_the_hierarchy_is_seen_from_both_ends(ann: orm.User, chain: dict[str, orm.Role]) -> None:
    assert names(chain["boss"].ancestors()) == {"Editor", "Reader"}
    assert names(chain["reader"].descendants()) == {"Editor", "Boss"}
    assert chain["boss"].descendants() == []
    assert chain["reader"].all_users() == [ann]
    assert list(chain["reader"].users) == []


def test_a_circle_of_roles_ends(ann: orm.User, chain: dict[str, orm.Role]) -> None:
    chain["boss"].add_roles(chain["reader"]).save()

    assert orm.Role.names_for(ann) == {"Boss", "Editor", "Reader"}
    assert names(chain["boss"].ancestors()) == {"Editor", "Reader"}
    assert names(chain["boss"].descendants()) == {"Editor", "Reader"}
    assert chain["boss"].all_users() == [ann]


def test_an_inherited_role_opens_what_the_list_names(ann: orm.User, chain: dict[str, orm.Role]) -> None:
    bob = orm.User.signup("bob", "pw")
    dossier = Dossier.create(title="x", acl=orm.ACL().grant(chain["reader"], write=False))

    assert Dossier.as_user(ann).find_by(title="x") == dossier
    assert Dossier.as_user(bob).find_by(title="x") is None
    assert orm.can_read(ann, dossier, roles=orm.Role.names_for(ann))
    assert orm.can_write(ann, dossier, roles=orm.Role.names_for(ann)).verdict == "denied"
    assert orm.can_read(bob, dossier, roles=orm.Role.names_for(bob)).verdict == "denied"


def test_members_and_roles_are_added_and_removed(ann: orm.User) -> None:
    press, guests = orm.Role.create(name="Press"), orm.Role.create(name="Guests")
    press.add_users(ann).add_roles(guests).save()
    assert press.has_user(ann)
    assert press.has_role(guests)

    press.remove_users(ann).remove_roles(guests).save()
    assert not press.has_user(ann)
    assert not press.has_role(guests)


def test_a_role_is_found_or_made_once() -> None:
    made = orm.Role.find_or_create("Press", acl=orm.ACL({"*": {"read": True}}))

    assert orm.Role.find_or_create("Press") == made
    assert orm.Role.find_by_name("Press") == made
    assert orm.Role.find_by_name("Nobody") is None
    assert made.acl.public_read


def test_names_are_unique() -> None:
    orm.Role.create(name="Press")
    with pytest.raises(orm.DuplicateValue):
        orm.Role.create(name="Press")


def test_a_role_is_hidden_unless_its_list_says_otherwise(ann: orm.User) -> None:
    orm.Role.create(name="Hidden")
    orm.Role.create(name="Seen", acl=orm.ACL({"*": {"read": True}}))

    with orm.as_user(ann):
        assert names(orm.Role.query().all()) == {"Seen"}


@pytest.mark.parametrize("policy", ["public_read", "private", "owner_else_private", "owner_but_public_read"])
def test_each_policy_holds_on_the_server(policy: str, ann: orm.User) -> None:
    class Secret(orm.ParseObject, acl=policy, acl_owner="owner", class_name="Secret"):
        owner = orm.belongs_to("User")

    bob = orm.User.signup("bob", "pw")
    secret: Any = Secret.create(owner=ann)
    readable = policy.endswith("public_read")
    owned = policy.startswith("owner")

    assert Secret.as_user(bob).exists() is readable
    assert Secret.as_user(ann).exists() is (readable or owned)
    assert Secret.get(str(secret.id)).acl == secret.acl
    assert bool(orm.can_read(bob, secret)) is readable
    assert bool(orm.can_write(ann, secret)) is owned


def test_a_batch_and_a_transaction_follow_the_policy(ann: orm.User) -> None:
    class Entry(orm.ParseObject, acl="owner_else_private", acl_owner="owner"):
        owner = orm.belongs_to("User")

    own, orphan = Entry(owner=ann), Entry()
    orm.save_all([own, orphan])
    with orm.transaction() as tx:
        late = Entry(owner=ann)
        tx.save(late)

    mine = {ann.id: {"read": True, "write": True}}
    assert [Entry.get(str(one.id)).acl.to_dict() for one in (own, orphan, late)] == [mine, {}, mine]
    assert [one.acl.to_dict() for one in (own, orphan, late)] == [mine, {}, mine]
