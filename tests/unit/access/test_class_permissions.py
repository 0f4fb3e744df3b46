"""Class-level permissions, protected fields and guards: declared once, spelled as the server wants them."""

from __future__ import annotations

import pytest

import parse_orm as orm
from parse_orm.access import GUARD_MODES, hidden_columns
from parse_orm.errors import DeclarationError

CLOSED = orm.permissions(default="master")


class Order(
    orm.ParseObject,
    class_name="PurchaseOrder",
    permissions=orm.permissions(
        find="authenticated",
        create=["role:Sales", "role:Admin"],
        update=["role:Admin", "field:sold_by"],
        delete="master",
        write_user_fields=["sold_by"],
    ),
    protected={"public": ["margin"], "field:sold_by": []},
    guards={"number": "set_once"},
):
    """What somebody bought."""

    number = orm.property(str, required=True, doc="As printed on the invoice.")
    margin = orm.property(float)
    state = orm.property(str, choices=["open", "paid"], default="open")
    sold_by = orm.belongs_to("User")
    watchers = orm.has_many("User", through="relation")


def test_every_operation_is_spelled_out() -> None:
    wire = Order.class_permissions()

    assert wire == {
        "find": {"requiresAuthentication": True},
        "get": {"*": True},
        "count": {"*": True},
        "create": {"role:Sales": True, "role:Admin": True},
        "update": {"role:Admin": True, "pointerFields": ["soldBy"]},
        "delete": {},
        "addField": {"*": True},
        "writeUserFields": ["soldBy"],
        "protectedFields": {"*": ["margin"], "userField:soldBy": []},
    }


def test_a_class_that_declares_nothing_has_nothing_to_apply() -> None:
    class Plain(orm.ParseObject):
        pass

    assert Plain.class_permissions() is None
    assert Plain.describe_access()["operations"] is None


def test_users_and_roles_may_be_given_as_objects() -> None:
    declared = orm.permissions(find=[orm.User.pointer("annannanna"), orm.Role(name="Press")], get="user:bobbobbobb")

    assert declared.operations["find"].keys == ("annannanna", "role:Press")
    assert declared.operations["get"].keys == ("bobbobbobb",)


@pytest.mark.parametrize("word", ["publik", "Admin", "", "rolle:Admin", "role:", "field: ", 7])
def test_a_word_that_means_nothing_is_refused_and_never_taken_for_a_user(word: object) -> None:
    with pytest.raises(DeclarationError, match="grants nothing that we know"):
        orm.permissions(find=word)


def test_a_misspelt_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(DeclarationError, match="did you mean 'authenticated'"):
        orm.permissions(create="authentikated")


@pytest.mark.parametrize("field", ["nobody", "title"])
def test_a_field_grant_names_a_field_that_can_hold_users(field: str) -> None:
    with pytest.raises(DeclarationError, match=field):

        class Wrong(orm.ParseObject, permissions=orm.permissions(get=f"field:{field}")):
            title = orm.property(str)


@pytest.mark.parametrize("protected", [{"public": ["nothing"]}, {"evrybody": ["title"]}, {"field:title": []}, {7: []}])
def test_protected_fields_name_what_exists(protected: dict[object, list[str]]) -> None:
    with pytest.raises(DeclarationError):

        class Wrong(orm.ParseObject, protected=protected):
            title = orm.property(str)


def test_what_is_hidden_is_what_every_matching_list_hides() -> None:
    protected = {"*": ["email", "phone"], "role:Staff": ["email"], "userField:owner": []}

    assert hidden_columns(protected, ["*"]) == {"email", "phone"}
    assert hidden_columns(protected, ["*", "role:Staff"]) == {"email"}
    assert hidden_columns(protected, ["*", "userField:owner"]) == set()
    assert hidden_columns(protected, []) == set()


@pytest.mark.parametrize("guards", [{"title": "write_once"}, {"nothing": "set_once"}])
def test_guards_name_a_field_and_a_mode(guards: dict[str, str]) -> None:
    with pytest.raises(DeclarationError):

        class Wrong(orm.ParseObject, guards=guards):
            title = orm.property(str)


def test_every_guard_says_what_it_promises() -> None:
    assert set(GUARD_MODES) == {"master_only", "immutable", "always_immutable", "set_once"}


def test_describe_access_speaks_our_words() -> None:
    told = Order.describe_access()

    assert told["operations"]["create"] == ["role:Sales", "role:Admin"]
    assert told["operations"]["update"] == ["role:Admin", "field:sold_by"]
    assert told["operations"]["delete"] == ["master"]
    assert told["write_user_fields"] == ["sold_by"]
    assert told["fields"]["number"] == {"write": "set_once", "hidden_from": []}
    assert told["fields"]["margin"] == {"write": "open", "hidden_from": ["*"]}
    assert told["fields"]["created_at"]["write"] == "server_only"


def test_describe_tells_fields_as_declared() -> None:
    told = Order.describe()

    assert told["class_name"] == "PurchaseOrder"
    assert told["doc"] == "What somebody bought."
    assert told["fields"]["number"] == {
        "column": "number",
        "type": "String",
        "kind": "str",
        "required": True,
        "doc": "As printed on the invoice.",
    }
    assert told["fields"]["state"]["choices"] == ["open", "paid"]
    assert told["fields"]["state"]["default"] == "open"
    assert told["fields"]["sold_by"]["target"] == "User"
    assert told["fields"]["watchers"]["target"] == "User"


def test_rules_are_inherited_and_laid_over() -> None:
    class Export(
        Order, class_name="PurchaseOrder", protected={"role:Tax": []}, guards={"state": "immutable"}, permissions=CLOSED
    ):
        pass

    wire = Export.class_permissions()
    assert wire is not None
    assert wire["find"] == {}
    assert wire["protectedFields"] == {"*": ["margin"], "userField:soldBy": [], "role:Tax": []}
    assert Export.describe_access()["fields"]["number"]["write"] == "set_once"
    assert Export.describe_access()["fields"]["state"]["write"] == "immutable"
