"""What is wrong with an object is said before any request, field by field."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin
from tests.unit.model.one_object.conftest import Yes


class ValidTicket(orm.ParseObject):
    name = orm.property(str, required=True)
    seat = orm.property(int, validate=lambda seat: seat > 0 or "must be above zero")
    rank = orm.property(str, choices=["low", "high"], default="low")
    code = orm.property(str, validate=lambda code: code.isdigit())
    tags = orm.array(str, required=True)
    holder = orm.belongs_to("ValidTicket")

    @orm.validates("seat", "rank")
    def fits(self, value: Any) -> str | None:
        if value == 13:
            raise ValueError("brings bad luck")
        return "is too high up here" if value == "high" and self.seat == 1 else None


def complaints(**values: Any) -> dict[str, list[str]]:
    ticket = ValidTicket(**{"name": "Ann", "tags": ["a"], **values})
    ticket.is_valid()
    return ticket.errors.to_dict()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, {}),
        ({"name": None}, {"name": ["is required"]}),
        ({"name": "  "}, {"name": ["is required"]}),
        ({"tags": []}, {"tags": ["is required"]}),
        ({"seat": -1}, {"seat": ["must be above zero"]}),
        ({"seat": 13}, {"seat": ["brings bad luck"]}),
        ({"rank": "middle"}, {"rank": ["must be one of 'low', 'high'"]}),
        ({"rank": "high", "seat": 1}, {"rank": ["is too high up here"]}),
        ({"code": "12a"}, {"code": ["is not valid"]}),
        ({"name": "", "seat": 0}, {"name": ["is required"], "seat": ["must be above zero"]}),
    ],
    ids=str,
)
def test_each_rule_complains_in_its_own_words(values: dict[str, Any], said: dict[str, list[str]]) -> None:
    assert complaints(**values) == said


def test_a_save_of_an_invalid_object_sends_nothing_and_tells_everything(server: Yes) -> None:
    ticket = ValidTicket(seat=0)

    with pytest.raises(orm.RecordInvalid) as caught:
        ticket.save()

    assert isinstance(caught.value, ValueError)
    assert str(caught.value).startswith("ValidTicket is not valid: name is required; seat must be above zero")
    assert caught.value.object is ticket
    assert caught.value.errors["seat"] == ["must be above zero"]
    assert server.lines == []
    ticket.save(validate=False)
    assert server.bodies == [{"seat": 0, "rank": "low"}]


def test_an_object_may_be_put_right(server: Yes) -> None:
    ticket = ValidTicket(name="Ann")
    assert not ticket.is_valid()

    ticket.tags.append("a")

    assert ticket.is_valid()
    assert len(ticket.errors) == 0
    assert ticket.save().id == "id1"


def test_what_was_not_fetched_is_not_judged(server: Yes) -> None:
    partial = ValidTicket._hydrate([{"objectId": "a", "seat": 3}], Origin(None, ("seat",)))[0]

    partial.update(seat=4)

    assert server.lines == ["PUT /classes/ValidTicket/a"]


def test_what_is_known_of_a_loaded_row_is_judged(server: Yes) -> None:
    loaded = ValidTicket._hydrate([{"objectId": "a", "name": "Ann", "tags": ["x"]}], Origin())[0]

    with pytest.raises(orm.RecordInvalid, match="name is required"):
        loaded.update(name=None)
    assert server.lines == []


def test_a_rule_for_a_field_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(orm.UnknownField, match="seat"):

        class ValidWrong(orm.ParseObject):
            seat = orm.property(int)

            @orm.validates("saet")
            def check(self, value: Any) -> None: ...


def test_errors_read_like_a_mapping_and_like_sentences() -> None:
    errors = orm.Errors()
    assert not errors
    errors.add("name", "is odd")
    errors.add("base", "Nothing fits together")

    assert list(errors) == ["name", "base"]
    assert errors["name"] == ["is odd"]
    assert errors["seat"] == []
    assert errors.full_messages() == ["name is odd", "Nothing fits together"]
    assert (len(errors), bool(errors)) == (2, True)
    assert repr(errors) == "<Errors ['name is odd', 'Nothing fits together']>"


def test_validate_gives_the_object_back_or_raises() -> None:
    good = ValidTicket(name="Ann", tags=["a"])

    assert good.validate() is good
    with pytest.raises(orm.RecordInvalid):
        ValidTicket().validate()
