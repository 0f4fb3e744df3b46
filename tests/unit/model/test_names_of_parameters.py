"""No column has the name of a parameter of a verb that takes columns by keyword, for the verb would take the value."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.associations.relation import Relation
from parse_orm.names import SYSTEM_CLASSES, VERB_KEYWORDS
from parse_orm.query.query import Query
from tests.unit.remembered import Wire

OWNERS = [orm.ParseObject, Query, Relation, *(getattr(orm, name) for name in SYSTEM_CLASSES)]


def _keywords(owner: type[Any]) -> set[str]:
    """Every parameter of the public verbs of a class that take further columns by keyword."""
    found: set[str] = set()
    for name in dir(owner):
        verb = inspect.getattr_static(owner, name)
        verb = getattr(verb, "__func__", verb)
        if (name.startswith("_") and name != "__init__") or not inspect.isfunction(verb):
            continue
        parameters = inspect.signature(verb).parameters.values()
        if any(one.kind is one.VAR_KEYWORD for one in parameters):
            found |= {one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}
    return found


def test_the_names_are_those_of_the_signatures() -> None:
    taken = {name for owner in OWNERS for name in _keywords(owner)}

    # What signup() takes are columns of User.
    assert taken - {"username", "password", "email"} == VERB_KEYWORDS
    assert {"username", "password", "email"} <= set(orm.User.fields())


@pytest.mark.parametrize("name", sorted(VERB_KEYWORDS))
def test_a_column_of_such_a_name_is_refused_where_it_is_declared(name: str) -> None:
    for declared in (orm.property(str), orm.belongs_to("User"), orm.array(str), orm.has_many("Song")):
        with pytest.raises(orm.DeclarationError, match=f"Trip.{name} would be taken for the parameter {name}="):
            type("Trip", (orm.ParseObject,), {name: declared})

    mixin = type("Mixin", (), {name: orm.property(str)})
    with pytest.raises(orm.DeclarationError, match=f"keep the column with field='{name}'|field='raiseOnError'"):
        type("Trip", (mixin, orm.ParseObject), {})


@pytest.mark.parametrize("master", ["Ann", 1, 0, "", [], object()])
def test_master_is_a_bool(wire: Wire, master: Any) -> None:
    class Boat(orm.ParseObject):
        name = orm.property(str)

    boat = Boat.pointer("boat000001")
    calls: list[Any] = [
        lambda: boat.update(master=master, name="taken"),
        lambda: Boat.create(master=master, name="taken"),
        lambda: boat.destroy(master=master),
        lambda: Boat.get("boat000001", master=master),
        lambda: Boat.first_or_create(master=master, name="taken"),
        lambda: Boat.create_or_update(master=master, name="taken"),
        lambda: orm.User.get("anna000001", master=master),
    ]
    for call in calls:
        with pytest.raises(orm.InvalidValue, match="master= is True, False or None"):
            call()

    assert wire.sent == []
