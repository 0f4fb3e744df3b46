"""Reading a column: what came off the wire becomes the Python value, whatever way its kind is read."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin

MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


class Mood(Enum):
    CALM = "calm"
    LOUD = "loud"


class Reader(orm.ParseObject):
    name = orm.property(str, doc="What the door says.")
    share = orm.property(float, default=0.5)
    born = orm.property(datetime)
    info = orm.property(dict)
    tags = orm.array(str)
    moods = orm.array(Mood)
    mixed = orm.array()


def reader(**wire: Any) -> Reader:
    (made,) = Reader._hydrate([{"objectId": "xWMyZ4YEGZ", **wire}], Origin())
    return made


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T03:04:05.678Z",
        "2024-01-02T05:04:05.678+02:00",
        "2024-01-02T03:04:05.678",
        "Tue, 02 Jan 2024 03:04:05.678 GMT",
    ],
)
def test_a_date_is_aware_and_in_utc_however_it_is_written(text: str) -> None:
    one = reader(createdAt=text, born={"__type": "Date", "iso": text})

    assert one.created_at == one.born == MOMENT
    assert one.created_at.tzinfo is one.born.tzinfo is UTC
    assert one.born is one.born


def test_a_text_that_is_no_date_is_refused_when_it_is_read() -> None:
    with pytest.raises(orm.InvalidValue, match="'soon' is not a date"):
        reader(born={"__type": "Date", "iso": "soon"}).born  # noqa: B018


def test_a_whole_number_in_a_float_column_is_a_float() -> None:
    one = reader(share=4)

    assert type(one.share) is float
    assert one.share == 4
    assert one.changed == []


def test_zero_is_a_value_and_no_default() -> None:
    assert reader(share=0).share == 0
    assert reader(share=None).share is reader().share is None


def test_none_that_was_set_hides_what_came() -> None:
    one = reader(info={"size": 3}, born={"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"})
    assert (one.info, one.born) == ({"size": 3}, MOMENT)

    one.info = one.born = None

    assert (one.info, one.born) == (None, None)
    assert one.changed == ["born", "info"]


def test_a_list_or_dict_that_is_read_is_not_the_one_of_the_row() -> None:
    one = reader(info={"size": 3, "deep": {"a": [1]}}, tags=["a"])

    one.tags.append("b")
    assert one.info is not None
    one.info["deep"]["a"].append(2)

    assert one._wire["tags"] == ["a"]
    assert one._wire["info"] == {"size": 3, "deep": {"a": [1]}}
    assert sorted(one.changed) == ["info", "tags"]


def test_the_elements_of_a_list_are_read_as_its_type_says() -> None:
    one = reader(moods=["calm", "LOUD"], mixed=[1, {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}])

    assert one.moods == [Mood.CALM, "LOUD"]  # no member any more: shown as it is
    assert one.mixed == [1, MOMENT]
    assert one.changed == []

    one.moods.append(Mood.LOUD)
    assert one.changed == ["moods"]
    with pytest.raises(orm.InvalidValue, match=r"Reader.moods: 'LOUD' is no Mood"):
        one.save()


def test_an_acl_that_is_read_shares_the_entries_of_the_row_until_it_is_changed() -> None:
    entries = {"*": {"read": True}}
    one, other = reader(ACL=entries), reader(ACL=entries)

    one.acl.grant("role:Admin")
    one.acl.revoke(orm.PUBLIC)

    assert one.acl == orm.ACL({"role:Admin": {"read": True, "write": True}})
    assert other.acl == orm.ACL(entries)
    assert entries == {"*": {"read": True}}
    assert (one.changed, other.changed) == (["acl"], [])


def test_a_field_says_on_the_class_what_it_is_for() -> None:
    assert Reader.name.__doc__ == "What the door says."


def test_a_copy_of_a_question_asks_the_same_columns() -> None:
    question = Reader.where(Reader.share > 0.5).order(Reader.born.desc())

    for copied in (copy.copy(question), copy.deepcopy(question)):
        assert copied.to_params() == question.to_params()
    assert copy.copy(Reader.share) is copy.deepcopy(Reader.share) is Reader.share


def test_a_field_cannot_be_deleted_from_an_object() -> None:
    with pytest.raises(AttributeError):
        del reader(name="Ann").name
