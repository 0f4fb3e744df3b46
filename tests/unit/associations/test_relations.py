"""A relation is edited without being downloaded, and its edits ride in the owner's one save."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm


class Fan(orm.ParseObject):
    name = orm.property(str)

    @orm.scope
    @staticmethod
    def named(q: orm.Query[Fan], name: str) -> orm.Query[Fan]:
        return q.where(Fan.name == name)


class Idol(orm.ParseObject):
    name = orm.property(str)
    fans = orm.has_many(Fan, through="relation")


def pointers(*fans: Fan) -> list[dict[str, str]]:
    return [{"__type": "Pointer", "className": "Fan", "objectId": fan.id} for fan in fans]


@pytest.fixture
def fans(wire: Any) -> list[Fan]:
    made = [Fan.create(name=name) for name in "abc"]
    wire.clear()
    return made


@pytest.fixture
def idol(wire: Any, fans: list[Fan]) -> Idol:
    made = Idol.create(name="x")
    wire.clear()
    return made


def test_edits_ride_in_the_one_save_with_the_rest(wire: Any, idol: Idol, fans: list[Fan]) -> None:
    idol.fans.add(fans[0], fans[1])
    idol.fans.remove(fans[2])
    idol.name = "y"
    assert (wire.sent, sorted(idol.changed)) == ([], ["fans", "name"])
    idol.save()
    ((method, _, body),) = wire.sent
    assert (method, body["name"]) == ("PUT", "y")
    assert body["fans"] == {
        "__op": "Batch",
        "ops": [
            {"__op": "AddRelation", "objects": pointers(*fans[:2])},
            {"__op": "RemoveRelation", "objects": pointers(fans[2])},
        ],
    }
    assert idol.changed == []
    idol.save()
    assert len(wire.sent) == 1


def test_a_new_owner_is_made_with_its_relation(wire: Any, fans: list[Fan]) -> None:
    idol = Idol(name="new")
    idol.fans.add(fans[0])
    idol.save()
    assert wire.sent[0][2]["fans"] == {"__op": "AddRelation", "objects": pointers(fans[0])}


def test_a_removal_cancels_the_addition_before_it(wire: Any, idol: Idol, fans: list[Fan]) -> None:
    idol.fans.add(fans[0]).remove(fans[0])
    idol.fans.add(fans[1], fans[1])
    idol.save()
    assert wire.sent[0][2]["fans"] == {
        "__op": "Batch",
        "ops": [
            {"__op": "AddRelation", "objects": pointers(fans[1])},
            {"__op": "RemoveRelation", "objects": pointers(fans[0])},
        ],
    }


def test_a_relation_with_an_unsaved_row_waits_for_it(wire: Any, idol: Idol) -> None:
    fan = Fan(name="new")
    idol.fans.add(fan)
    assert idol.changed == ["fans"]
    with pytest.raises(orm.UnsavedReference, match=r"Idol\.fans"):
        idol.save()
    assert wire.sent == []
    idol.save(cascade=True)
    assert fan.id
    assert wire.sent[-1][2]["fans"]["objects"] == pointers(fan)


def test_pointers_and_ids_name_rows_too(wire: Any, idol: Idol, fans: list[Fan]) -> None:
    idol.fans.add(fans[0].id, fans[1].to_pointer())
    idol.save()
    assert wire.sent[0][2]["fans"]["objects"] == pointers(*fans[:2])


def test_a_row_of_another_class_is_refused(idol: Idol) -> None:
    with pytest.raises(orm.InvalidValue, match=r"Idol\.fans: expected a Fan, got a Idol object"):
        idol.fans.add(idol)
    with pytest.raises(orm.InvalidValue, match=r"Idol\.fans: expected a Fan, got int"):
        idol.fans.add(3)  # type: ignore[arg-type]


def test_questions_to_a_relation_are_queries_inside_it(idol: Idol) -> None:
    where = idol.fans.where(Fan.name == "a").to_params()["where"]
    assert where["$relatedTo"] == {
        "object": {"__type": "Pointer", "className": "Idol", "objectId": idol.id},
        "key": "fans",
    }
    assert where["name"] == "a"
    assert idol.fans.named("a").to_params()["where"] == where
    with pytest.raises(orm.BadQuery, match="not in"):
        Fan.where(~idol.fans.query()._plan.criteria[0]).to_params()


def test_an_unsaved_owner_has_no_rows_and_asks_nothing(wire: Any) -> None:
    assert Idol(name="new").fans.all() == []
    assert wire.sent == []


def test_owners_are_found_by_a_row_of_their_relation(fans: list[Fan]) -> None:
    assert Idol.where(fans=fans[0]).to_params()["where"] == {"fans": pointers(fans[0])[0]}


def test_a_relation_is_never_assigned(idol: Idol) -> None:
    with pytest.raises(orm.ReadOnlyField, match=r"fans\.add"):
        idol.fans = []  # type: ignore[assignment]
    with pytest.raises(orm.ReadOnlyField):
        Idol(fans=[])


def test_edits_can_be_rolled_back(wire: Any, idol: Idol, fans: list[Fan]) -> None:
    idol.fans.add(fans[0])
    assert "+1 -0 to be saved" in repr(idol.fans)
    idol.rollback().save()
    assert wire.sent == []
