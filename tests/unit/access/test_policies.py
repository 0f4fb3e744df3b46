"""The access list that a new row gets: from the caller, from the class, from the client, or from nobody."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.types.policy import POLICIES

ALL = {"read": True, "write": True}
READ = {"read": True}
ANN = "annannanna"


class Diary(orm.ParseObject, acl="owner_else_private", acl_owner="author"):
    text = orm.property(str)
    author = orm.belongs_to("User")


class Page(Diary, class_name="Diary"):
    """Inherits the policy, and the Parse class, of its base."""


class Leaflet(orm.ParseObject):
    text = orm.property(str)


class Poster(orm.ParseObject, acl="public_read"):
    text = orm.property(str)


def server(request: Request) -> Response:
    return Response(201, body=b'{"objectId": "x1", "createdAt": "2024-01-01T00:00:00.000Z"}')


@pytest.fixture
def wire() -> Iterator[MemoryTransport]:
    transport = MemoryTransport(server)
    with orm.using(orm.Client("http://localhost/parse", "app", master_key="m", transport=transport)):
        yield transport


def sent(transport: MemoryTransport) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(transport.requests[-1].body or b"{}")
    return body


@pytest.mark.parametrize(
    ("name", "with_owner", "without"),
    [
        ("public", {"*": ALL}, {"*": ALL}),
        ("public_read", {"*": READ}, {"*": READ}),
        ("private", {}, {}),
        ("owner_else_public", {ANN: ALL}, {"*": ALL}),
        ("owner_else_private", {ANN: ALL}, {}),
        ("owner_but_public_read", {"*": READ, ANN: ALL}, {"*": READ}),
    ],
)
def test_each_policy_with_and_without_an_owner(name: str, with_owner: object, without: object) -> None:
    assert POLICIES[name].entries(ANN) == with_owner
    assert POLICIES[name].entries() == without


def test_a_model_without_a_policy_sends_no_acl(wire: MemoryTransport) -> None:
    leaflet = Leaflet.create(text="x")

    assert "ACL" not in sent(wire)
    assert leaflet.acl.public_write


def test_the_owner_gets_the_row(wire: MemoryTransport) -> None:
    diary = Diary.create(text="x", author=orm.User.pointer(ANN))

    assert sent(wire)["ACL"] == {ANN: ALL}
    assert diary.acl.to_dict() == {ANN: ALL}
    assert diary.changed == []


def test_without_an_owner_the_fallback_holds(wire: MemoryTransport) -> None:
    Diary.create(text="x")

    assert sent(wire)["ACL"] == {}


def test_a_subclass_inherits_the_policy(wire: MemoryTransport) -> None:
    Page.create(text="x", author=orm.User.pointer(ANN))

    assert sent(wire)["ACL"] == {ANN: ALL}


def test_the_caller_s_list_always_wins(wire: MemoryTransport) -> None:
    Diary.create(text="x", acl=orm.ACL().grant("role:Press"))

    assert sent(wire)["ACL"] == {"role:Press": ALL}


def test_a_caller_who_wants_the_row_public_gets_it_public(wire: MemoryTransport) -> None:
    Diary.create(text="x", acl=orm.ACL({"*": ALL}))

    assert sent(wire).get("ACL", {"*": ALL}) == {"*": ALL}


def test_a_public_list_that_somebody_chose_is_sent_though_a_missing_one_says_the_same(wire: MemoryTransport) -> None:
    chosen = orm.ACL().grant(orm.PUBLIC)
    edited = Leaflet(text="x")
    edited.acl.public_write = False
    edited.acl.public_write = True
    only_read = Leaflet(text="x")
    assert only_read.acl.public_read

    for leaflet, acl in ((Leaflet(text="x", acl=chosen), {"*": ALL}), (edited, None), (only_read, None)):
        leaflet.save()
        assert sent(wire).get("ACL") == acl


def test_edits_in_place_begin_with_the_policy(wire: MemoryTransport) -> None:
    poster = Poster(text="x")
    poster.acl.grant("role:Press")
    poster.save()

    assert sent(wire)["ACL"] == {"*": READ, "role:Press": ALL}


def test_looking_at_the_list_before_the_owner_is_known_does_not_lose_the_owner(wire: MemoryTransport) -> None:
    diary = Diary(text="x")
    assert diary.acl.to_dict() == {}
    diary.author = orm.User.pointer(ANN)
    diary.save()

    assert sent(wire)["ACL"] == {ANN: ALL}


def test_an_update_never_sends_the_policy_again(wire: MemoryTransport) -> None:
    diary = Diary.create(text="x")
    diary.update(text="y")

    assert sent(wire) == {"text": "y"}


def test_the_client_s_policy_is_for_models_that_have_none() -> None:
    transport = MemoryTransport(server)
    client = orm.Client("http://localhost/parse", "app", master_key="m", transport=transport, default_acl="private")
    with orm.using(client):
        Leaflet.create(text="x")
        assert sent(transport)["ACL"] == {}
        Poster.create(text="x")
        assert sent(transport)["ACL"] == {"*": READ}


def test_the_client_s_policy_leaves_the_server_s_own_classes_alone() -> None:
    transport = MemoryTransport(server)
    client = orm.Client("http://localhost/parse", "app", master_key="m", transport=transport, default_acl="private")
    with orm.using(client):
        orm.Installation.create(device_type="ios", device_token="ab")

    assert "ACL" not in sent(transport)


def test_a_role_is_private_unless_said_otherwise(wire: MemoryTransport) -> None:
    orm.Role.create(name="Press")

    assert sent(wire) == {"name": "Press", "ACL": {}}


def test_an_object_whose_list_was_only_read_survives_pickling(wire: MemoryTransport) -> None:
    poster = Poster(text="x")
    assert poster.acl.public_read
    pickle.loads(pickle.dumps(poster)).save()

    assert sent(wire)["ACL"] == {"*": READ}


def test_a_misspelt_policy_is_refused_with_the_nearest() -> None:
    with pytest.raises(orm.ConfigurationError, match="did you mean 'private'"):
        orm.Client("http://localhost/parse", "app", default_acl="privat")
    with pytest.raises(orm.DeclarationError, match="did you mean 'public_read'"):

        class Wrong(orm.ParseObject, acl="public_reed"):
            pass


def test_a_policy_for_owners_must_know_the_owner() -> None:
    with pytest.raises(orm.DeclarationError, match="acl_owner="):

        class Wrong(orm.ParseObject, acl="owner_else_private"):
            pass


@pytest.mark.parametrize("owner", ["text", "nobody"])
def test_an_owner_is_a_pointer_that_exists(owner: str) -> None:
    with pytest.raises(orm.DeclarationError, match=owner):

        class Wrong(orm.ParseObject, acl="owner_else_private", acl_owner=owner):
            text = orm.property(str)
