"""Webhooks, schemas, class permissions and analytics, on the real server."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")
URL = "https://hooks.example.com/a"
OTHER = "https://hooks.example.com/b"


class Ledger(
    orm.ParseObject,
    permissions=orm.permissions(create="authenticated", update=["field:owner"], delete="master"),
    protected={"public": ["secret"]},
):
    title = orm.property(str)
    secret = orm.property(str)
    owner = orm.belongs_to("User")


def test_a_function_hook_is_set_moved_and_removed() -> None:
    orm.hooks.set_function("hello", URL)
    assert orm.hooks.functions() == {"hello": URL}
    orm.hooks.set_function("hello", OTHER)
    assert orm.hooks.functions() == {"hello": OTHER}
    assert orm.hooks.remove_function("hello")
    assert not orm.hooks.remove_function("hello")
    assert orm.hooks.functions() == {}


def test_a_trigger_hook_is_set_moved_and_removed() -> None:
    orm.hooks.set_trigger(Ledger, "beforeSave", URL)
    orm.hooks.set_trigger("Ledger", "beforeSave", OTHER)
    assert orm.hooks.triggers() == {("Ledger", "beforeSave"): OTHER}
    assert orm.hooks.remove_trigger(Ledger, "beforeSave")
    assert not orm.hooks.remove_trigger(Ledger, "beforeSave")


def test_hooks_refuse_what_cannot_work_before_any_request() -> None:
    with pytest.raises(orm.InvalidValue, match="did you mean 'beforeSave'"):
        orm.hooks.set_trigger(Ledger, "beforesave", URL)
    with pytest.raises(orm.InvalidValue, match="URL"):
        orm.hooks.set_function("hello", "ftp://example.com/x")


def test_hooks_and_schemas_need_the_master_key(parse_server: Any) -> None:
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})

    with pytest.raises(orm.MasterKeyRequired):
        stranger.hooks.functions()
    with pytest.raises(orm.MasterKeyRequired):
        stranger.schemas.all()


def test_a_class_is_made_changed_and_dropped() -> None:
    orm.schemas.create("Ticket", {"fields": {"seat": {"type": "String"}}})
    with pytest.raises(orm.ClassNameError):
        orm.schemas.create("Ticket")
    orm.schemas.update("Ticket", {"fields": {"row": {"type": "Number"}}})
    schema = orm.schemas.get("Ticket")

    assert schema is not None
    assert schema["fields"]["row"] == {"type": "Number"}
    assert "Ticket" in {one["className"] for one in orm.schemas.all()}
    orm.schemas.delete("Ticket")
    assert orm.schemas.get("Ticket") is None


def test_a_class_with_rows_is_purged_before_it_is_dropped() -> None:
    Ledger.create(title="x")
    with pytest.raises(orm.InvalidSchemaOperation):
        orm.schemas.delete(Ledger)
    orm.schemas.purge(Ledger)
    orm.schemas.delete(Ledger)

    assert orm.schemas.get(Ledger) is None


def test_declared_permissions_are_enforced_once_applied() -> None:
    orm.schemas.delete(Ledger)
    assert orm.schemas.apply_permissions(Ledger)
    assert not orm.schemas.apply_permissions(Ledger)
    ann, bob = orm.User.signup("ann", "pw"), orm.User.signup("bob", "pw")
    page = Ledger.create(title="x", secret="s", owner=ann)

    with orm.as_anonymous(), pytest.raises(orm.OperationForbidden):
        Ledger.create(title="y")
    with orm.as_user(bob):
        seen = Ledger.get(str(page.id))
        assert seen.secret is None
        with pytest.raises(orm.ObjectNotFound):
            seen.update(title="z")
        with pytest.raises(orm.OperationForbidden):
            seen.destroy()
        assert orm.can_write(bob, seen, roles=[]).verdict == "denied"
    with orm.as_user(ann):
        mine = Ledger.get(str(page.id))
        assert orm.can_write(ann, mine)
        assert mine.update(title="z").title == "z"
    orm.schemas.update(Ledger, {"classLevelPermissions": {}})


def test_a_model_without_permissions_has_none_to_apply() -> None:
    class Plain(orm.ParseObject):
        pass

    with pytest.raises(orm.InvalidValue, match="Plain"):
        orm.schemas.apply_permissions(Plain)


def test_an_event_is_taken_and_a_strange_name_refused(parse_client: orm.Client) -> None:
    orm.track("search", price="100")
    parse_client.track("app.opened-2")
    with pytest.raises(orm.InvalidValue, match="event name"):
        orm.track("no spaces")
