"""Finding a row by its values or making it, also when somebody else was faster."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm


class Region(orm.ParseObject):
    name = orm.property(str)


class City(orm.ParseObject):
    name = orm.property(str, required=True)
    people = orm.property(int, default=0)
    region = orm.belongs_to(Region)


ROW = {"objectId": "aaaaaaaaaa", "name": "Rome", "people": 3}


def find(rows: list[dict[str, Any]], taken: Any = None) -> Any:
    """Answers finds with the rows, and creates with a refusal from which on the row is there."""

    def answer(method: str, path: str, body: Any) -> Any:
        if (body or {}).get("_method") == "GET":
            return {"results": [dict(row) for row in rows]}
        if method == "POST" and taken is not None:
            rows.append(ROW)
            return taken
        return None

    return answer


def writes(wire: Any) -> list[Any]:
    return [(method, body) for method, _, body in wire.sent if (body or {}).get("_method") != "GET"]


def test_a_row_that_is_there_is_taken(wire: Any) -> None:
    wire.refuse = find([ROW])
    assert City.first_or_create(name="Rome", defaults={"people": 9}).people == 3
    assert City.first_or_initialize(name="Rome").id == "aaaaaaaaaa"
    assert writes(wire) == []


def test_a_row_that_is_not_there_is_made_with_the_defaults(wire: Any) -> None:
    wire.refuse = find([])
    city = City.first_or_create(name="Rome", defaults={"people": 9})
    assert writes(wire) == [("POST", {"name": "Rome", "people": 9})]
    assert city.id
    assert City.first_or_initialize(name="Rome").is_new


def test_an_update_sends_only_what_differs(wire: Any) -> None:
    wire.refuse = find([ROW])
    City.create_or_update(name="Rome", defaults={"people": 3})
    assert writes(wire) == []
    City.create_or_update(name="Rome", defaults={"people": 4})
    assert writes(wire) == [("PUT", {"people": 4})]


@pytest.mark.parametrize("code", [137, 202, 203])
def test_the_loser_of_a_race_takes_the_winner_s_row(wire: Any, refusal: Any, code: int) -> None:
    wire.refuse = find([], refusal(code, "taken"))
    assert City.first_or_create(name="Rome").people == 3
    wire.refuse = find([], refusal(code, "taken"))
    wire.clear()
    assert City.create_or_update(name="Rome", defaults={"people": 4}).people == 4
    assert [method for method, _ in writes(wire)] == ["POST", "PUT"]


def test_a_row_that_a_lost_try_made_is_found(wire: Any, refusal: Any) -> None:
    wire.refuse = find([], refusal(159, "Duplicate request"))
    assert City.first_or_create(name="Rome").id == "aaaaaaaaaa"
    wire.refuse = find([], refusal(159, "Duplicate request"))
    wire.clear()
    assert City.create_or_update(name="Rome", defaults={"people": 4}).people == 4
    assert [method for method, _ in writes(wire)] == ["POST", "PUT"]


@pytest.mark.parametrize("ask", [City.first_or_create, City.create_or_update])
def test_a_row_that_a_lost_try_should_have_made_and_that_is_not_there_is_told(
    wire: Any, refusal: Any, ask: Any
) -> None:
    wire.refuse = lambda method, path, body: None if "_method" in body else refusal(159, "Duplicate request")
    with pytest.raises(orm.DuplicateRequest):
        ask(name="Rome")


def test_a_clash_with_another_row_is_told(wire: Any, refusal: Any) -> None:
    wire.refuse = lambda method, path, body: None if "_method" in body else refusal(137, "taken")
    with pytest.raises(orm.DuplicateValue):
        City.first_or_create(name="Rome")


def test_an_unknown_name_is_refused_before_any_request(wire: Any) -> None:
    with pytest.raises(orm.UnknownField, match="people"):
        City.first_or_create(name="Rome", defaults={"peple": 1})
    with pytest.raises(orm.RecordInvalid):
        City.first_or_create(people=1)
    assert writes(wire) == []


MAKERS = {
    "first_or_initialize": City.first_or_initialize,
    "first_or_create": City.first_or_create,
    "create_or_update": City.create_or_update,
    "Query.first_or_create": lambda **values: City.where(region="rrrrrrrrrr").first_or_create(**values),
    "Query.create_or_update": lambda **values: City.query().create_or_update(**values),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    ("values", "defaults"),
    [
        ({"name": "Rome"}, {"name": "Ostia"}),
        ({"name": "Rome", "people": None}, {"people": 9}),
        ({"name": "Rome", "people": 9}, {"people": None}),
        ({"name": "Rome", "region": Region.pointer("rrrrrrrrrr")}, {"region": Region.pointer("ssssssssss")}),
        ({"name": "Rome", "region": "rrrrrrrrrr"}, {"region_id": "ssssssssss"}),
    ],
)
def test_defaults_that_contradict_what_is_looked_for_are_refused_before_any_request(
    wire: Any, make: Any, values: dict[str, Any], defaults: dict[str, Any]
) -> None:
    with pytest.raises(orm.BadQuery, match="is looked for with one value and gets another by defaults"):
        make(**values, defaults=defaults)

    assert wire.sent == []


def test_defaults_may_repeat_what_is_looked_for(wire: Any) -> None:
    wire.refuse = find([])

    City.first_or_create(name="Rome", region="rrrrrrrrrr", defaults={"name": "Rome", "region_id": "rrrrrrrrrr"})
    City.query().create_or_update(name="Rome", region="rrrrrrrrrr", defaults={"region": Region.pointer("rrrrrrrrrr")})

    pointer = {"__type": "Pointer", "className": "Region", "objectId": "rrrrrrrrrr"}
    assert writes(wire) == [("POST", {"name": "Rome", "people": 0, "region": pointer})] * 2
