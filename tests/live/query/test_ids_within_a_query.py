"""A query takes ids as a model does, and keeps its criteria."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.query import Query
from tests.live.people import sign_up, token

pytestmark = pytest.mark.usefixtures("parse_client")


class Choir(orm.ParseObject):
    name = orm.property(str)


class Tenor(orm.ParseObject):
    name = orm.property(str)
    choir = orm.belongs_to(Choir)


class Booking(orm.ParseObject):
    tenors = orm.has_many(Tenor, through="relation")


@pytest.mark.parametrize("verb", ["get", "find", "get_many"])
def test_the_verbs_have_the_parameters_of_the_model(verb: str) -> None:
    theirs, ours = (inspect.signature(getattr(owner, verb)) for owner in (Tenor, Query))

    assert list(ours.parameters.values())[1:] == list(theirs.parameters.values())


def test_a_row_that_does_not_meet_the_criteria_is_not_found() -> None:
    ann, bob = Tenor.create(name="Ann"), Tenor.create(name="Bob")
    query = Tenor.where(name="Ann").order("-name").skip(3).limit(1)

    assert (query.find(ann.id), query.find(bob.id), query.find("doesNotExist")) == (ann, None, None)
    assert query.get_many([bob.id, ann.id, ann.id]) == [ann, ann]
    with pytest.raises(orm.ObjectNotFound, match=f"getting Tenor {bob.id}"):
        query.get(bob.id)
    with pytest.raises(orm.ObjectNotFound, match=f"no Tenor with the ids {bob.id}"):
        query.get_many([ann.id, bob.id], strict=True)


@pytest.mark.parametrize(
    "ask", [lambda q: q.find(""), lambda q: q.get(None), lambda q: q.get_many([7])], ids=["find", "get", "get_many"]
)
def test_what_cannot_be_an_id_is_refused(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(orm.InvalidId):
        ask(Tenor.where(name="Ann"))


def test_included_rows_come_along_and_relations_are_narrowed() -> None:
    ann = Tenor.create(name="Ann", choir=Choir.create(name="Bach"))
    booking = Booking.create()
    booking.tenors.add(ann)
    booking.save()

    found = Tenor.where(name="Ann").include("choir").strict_loading().find(ann.id)
    assert found is not None
    assert found.choir is not None
    assert found.choir.name == "Bach"
    assert booking.tenors.find(ann.id) == ann
    assert booking.tenors.find(Tenor.create(name="Bob").id) is None


def test_the_credential_may_be_given() -> None:
    ann = sign_up("ann")
    secret = Tenor.create(name="Ann", acl=orm.ACL({ann.id: {"read": True}}))
    query = Tenor.where(name="Ann")

    with orm.as_anonymous():
        assert query.find(secret.id) is None
        assert query.find(secret.id, session=token(ann)) == secret
        assert query.as_user(ann).find(secret.id, master=True) == secret
        assert query.get(secret.id, session=token(ann)) == secret
    assert query.find(secret.id, master=False) is None
