"""An object as a dict, as JSON, pickled, copied, and as a reference in one text."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin

ID = "xWMyZ4YEGZ"


class Port(orm.ParseObject):
    name = orm.property(str)


class Vessel(orm.ParseObject):
    name = orm.property(str, required=True)
    built = orm.property(datetime)
    flags = orm.array(str)
    info = orm.property(dict)
    home = orm.belongs_to(Port)
    code = orm.property(str, hidden=True)
    crew = orm.has_many("Vessel", through="relation")
    sisters = orm.has_many("Vessel", through="array")


def loaded(**row: Any) -> Vessel:
    return Vessel.from_json({"className": "Vessel", "objectId": ID, "name": "Argo", **row})


@pytest.fixture
def vessel(wire: Any) -> Vessel:
    vessel = Vessel(name="Argo", flags=["gr"], info={"oars": 50}, home=Port(name="Iolcus").save(), code="s3cret")
    vessel.crew.add(Vessel.pointer(ID))
    vessel.save()
    wire.clear()
    return vessel


def test_a_dict_holds_python_values_by_attribute(vessel: Vessel) -> None:
    vessel.built = datetime(2026, 1, 2, tzinfo=UTC)
    data = vessel.to_dict(exclude=["created_at", "updated_at"])
    assert data == {
        "id": vessel.id,
        "acl": None,
        "name": "Argo",
        "built": datetime(2026, 1, 2, tzinfo=UTC),
        "flags": ["gr"],
        "info": {"oars": 50},
        "home": {**vessel.home.to_dict()},  # type: ignore[union-attr]
        "sisters": None,
    }
    assert vessel.to_dict(only=["code"]) == {"code": "s3cret"}
    data["info"]["oars"] = 1
    assert vessel.info == {"oars": 50}


def test_a_dict_never_asks_the_server(wire: Any) -> None:
    assert Vessel.pointer(ID).to_dict() == {"id": ID}
    assert wire.sent == []
    with pytest.raises(orm.UnknownField, match="naem"):
        Vessel().to_dict(only=["naem"])


def test_an_object_inside_itself_is_cut_to_its_id() -> None:
    vessel = loaded()
    vessel.sisters = [vessel]
    assert vessel.to_dict(only=["sisters"]) == {"sisters": [{"id": ID}]}


def test_json_goes_there_and_back(vessel: Vessel) -> None:
    text = vessel.to_json()
    back = Vessel.from_json(text)
    assert back == vessel
    assert (back.name, back.flags, back.info, back.home, back.changed) == (
        "Argo", ["gr"], {"oars": 50}, vessel.home, [],
    )  # fmt: skip
    assert json.loads(text)["className"] == "Vessel"
    assert orm.ParseObject.from_json(text) == vessel
    assert isinstance(orm.ParseObject.from_json(text), Vessel)


def test_json_of_a_partial_row_stays_partial(wire: Any) -> None:
    back = Vessel.from_json(loaded().to_json())
    wire.refuse = lambda method, path, body: {"objectId": ID, "flags": ["fetched"]}
    assert back.name == "Argo"
    assert wire.sent == []
    assert back.flags == ["fetched"]


def test_json_of_a_new_object_is_a_new_object() -> None:
    back = Vessel.from_json(Vessel(name="Argo").to_json())
    assert (back.is_new, back.changed) == (True, ["name"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("{", "no JSON"), ("[]", "JSON object"), ('{"className": "Port"}', "row of 'Port', not of 'Vessel'")],
)
def test_json_that_is_no_such_row_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(orm.InvalidValue, match=complaint):
        Vessel.from_json(text)


def test_json_takes_no_secrets() -> None:
    user = orm.User.from_json({"className": "_User", "objectId": ID, "sessionToken": "r:x", "_rperm": ["*"]})
    assert user.session_token is None
    assert "_rperm" not in user._wire


def test_no_copy_holds_a_secret(wire: Any) -> None:
    user = orm.User(username="ann", password="s3cret")
    user._wire["sessionToken"] = "r:0123456789abcdef0123456789abcdef"
    for text in (user.to_json(), str(user.to_dict()), repr(pickle.loads(pickle.dumps(user)).__dict__)):
        assert "s3cret" not in text
        assert "r:0123" not in text
    assert b"s3cret" not in pickle.dumps(user)
    assert b"r:0123" not in pickle.dumps(user)
    assert user.copy(username="bob").password is None


def test_no_copy_holds_the_secrets_of_a_row_that_came_along() -> None:
    class Badge(orm.ParseObject):
        owner = orm.belongs_to(orm.User)

    owner = {"__type": "Object", "className": "_User", "objectId": ID, "username": "ann", "authData": {"x": "s3cret"}}
    badge = Badge._hydrate([{"objectId": ID, "owner": owner}], Origin(None))[0]
    assert badge.to_json().count("ann") == 1
    assert "s3cret" not in badge.to_json()
    assert b"s3cret" not in pickle.dumps(badge.__getstate__())


def test_pickle_keeps_the_row_and_what_waits(vessel: Vessel) -> None:
    vessel.name = "Argo II"
    vessel.flags.append("it")
    vessel.crew.remove(ID)
    back = pickle.loads(pickle.dumps(vessel))
    assert back == vessel
    assert sorted(back.changed) == ["crew", "flags", "name"]
    assert back.changes["flags"] == (["gr"], ["gr", "it"])
    assert back.rollback().name == "Argo"


def test_a_deep_copy_is_a_twin_on_the_same_client(vessel: Vessel) -> None:
    twin = copy.deepcopy(vessel)
    twin.flags.append("it")
    assert (vessel.flags, twin._origin.client, twin == vessel) == (["gr"], vessel._origin.client, True)
    assert copy.copy(vessel) == vessel


def test_a_copy_is_a_new_row_with_the_same_values(vessel: Vessel) -> None:
    made = vessel.copy(name="Argo II")
    assert (made.is_new, made.name, made.flags, made.info, made.home) == (
        True, "Argo II", ["gr"], {"oars": 50}, vessel.home,
    )  # fmt: skip
    made.flags.append("it")
    assert vessel.flags == ["gr"]
    assert "crew" not in made.changed
    with pytest.raises(orm.UnknownField):
        vessel.copy(nmae="x")


def test_a_partial_row_is_fetched_before_it_is_copied(wire: Any) -> None:
    wire.refuse = lambda method, path, body: {"objectId": ID, "name": "Argo", "flags": ["gr"]}
    assert Vessel.pointer(ID).copy().flags == ["gr"]
    with orm.strict_loading(), pytest.raises(orm.NotLoaded):
        Vessel.pointer(ID).copy()


def test_a_reference_names_a_row_in_one_text(wire: Any) -> None:
    assert loaded().to_reference() == f"Vessel${ID}"
    assert Vessel.from_reference(f"Vessel${ID}") == loaded()
    assert isinstance(orm.ParseObject.from_reference(f"Vessel${ID}"), Vessel)
    assert orm.parse_reference(f"_User${ID}") == orm.Pointer("_User", ID)
    assert wire.sent == []
    with pytest.raises(orm.UnsavedReference):
        Vessel(name="x").to_reference()


@pytest.mark.parametrize("text", ["", "Vessel", "$x", "Vessel$", f"Port${ID}"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(orm.InvalidValue):
        Vessel.from_reference(text)


def test_fields_lists_the_declared_columns() -> None:
    assert list(Vessel.fields())[:4] == ["id", "created_at", "updated_at", "acl"]
    assert Vessel.fields()["crew"].shape == "Relation"
