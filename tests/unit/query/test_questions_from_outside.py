"""A REST query string becomes a query only when all of it is allowed."""

from __future__ import annotations

import json
from typing import Any

import pytest

import parse_orm as orm


class Maker(orm.ParseObject):
    name = orm.property(str)


class Thing(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    secret = orm.property(str, hidden=True)
    code = orm.property(str, field="innerCode")
    tags = orm.array(str)
    maker = orm.belongs_to(Maker)


ALLOW = {"title": ["eq", "regex", "in"], "plays": ["gt", "gte", "lt", "in", "exists"], "maker": ["eq"], "tags": ["eq"]}


def ask(allow: Any = None, **params: Any) -> orm.Query[Thing]:
    given = {name: json.dumps(value) if name == "where" else value for name, value in params.items()}
    return Thing.from_query(given, allow=allow or ALLOW)


def test_a_query_string_is_read() -> None:
    text = 'where={"plays":{"$gte":5,"$lt":9},"title":"a"}&order=-plays,title&limit=5&skip=2&keys=title&include=maker'

    params = Thing.from_query(text, allow=ALLOW).to_params()

    assert params == {
        "where": {"plays": {"$gte": 5, "$lt": 9}, "title": "a"},
        "order": "-plays,title,objectId",
        "limit": 5,
        "skip": 2,
        "keys": "title,maker",
        "include": "maker",
    }


def test_a_mapping_is_read_too() -> None:
    query = Thing.from_query({"where": {"$or": [{"plays": {"$gt": 1}}, {"title": "b"}]}, "limit": 3}, allow=ALLOW)

    assert query.to_params()["where"] == {"$or": [{"plays": {"$gt": 1}}, {"title": "b"}]}


def test_the_traps_are_handled_as_everywhere() -> None:
    with pytest.raises(orm.BadQuery, match="no row can meet"):
        Thing.from_query('where={"plays":{"$in":[]}}', allow=ALLOW).to_params()
    assert ask(where={"tags": "x"}).to_params()["where"] == {"tags": {"$in": ["x"]}}


def test_without_a_limit_there_is_one() -> None:
    assert Thing.from_query("", allow=ALLOW).to_params()["limit"] == 100
    assert Thing.from_query("", allow=ALLOW, max_limit=7).to_params()["limit"] == 7


def test_a_plain_set_allows_comparisons_and_no_patterns() -> None:
    assert ask({"plays"}, where={"plays": {"$gt": 1}}).to_params()["where"] == {"plays": {"$gt": 1}}
    with pytest.raises(orm.BadQuery, match="regex"):
        ask({"title"}, where={"title": {"$regex": "a"}})


def test_attribute_and_column_names_are_both_known() -> None:
    for name in ("code", "innerCode"):
        assert ask({"code"}, where={name: "x"}).to_params()["where"] == {"innerCode": "x"}


HOSTILE: list[tuple[str, Any]] = [
    (r"\$where", {"$where": "sleep(1000)"}),
    (r"\$where", {"plays": {"$where": "1"}}),
    (r"\$expr", {"$expr": {}}),
    (r"\$text", {"title": {"$text": {"$search": {"$term": "a"}}}}),
    (r"\$inQuery", {"maker": {"$inQuery": {"where": {}, "className": "_User"}}}),
    (r"\$relatedTo", {"$relatedTo": {"object": {}, "key": "fans"}}),
    ("secret", {"secret": "x"}),
    ("_rperm", {"_rperm": "x"}),
    ("sessionToken", {"sessionToken": {"$regex": "^r:"}}),
    ("maker.name", {"maker.name": "x"}),
    ("'ne'", {"title": {"$ne": "x"}}),
    ("for ever", {"title": {"$regex": "(a+)+$"}}),
    ("for ever", {"title": {"$regex": "(a|a)*b"}}),
    ("for ever", {"title": {"$regex": "a.*b.*c.*d"}}),
    ("for ever", {"title": {"$regex": "(?=a)b"}}),
    ("for ever", {"title": {"$regex": "a{9999}"}}),
    ("no pattern", {"title": {"$regex": "("}}),
    ("100 characters", {"title": {"$regex": "a" * 101}}),
    ("options", {"title": {"$regex": "a", "$options": "x"}}),
    ("100 values", {"plays": {"$in": list(range(101))}}),
    ("1000 characters", {"title": "a" * 1001}),
    ("plain value", {"title": {"$in": [["a"]]}}),
    ("plain value", {"maker": {"__type": "Object"}}),
    ("plays", {"plays": "5"}),
    ("list", {"$or": {}}),
    ("list", {"$or": []}),
    ("object", [1]),
    ("levels", {"$or": [{"$or": [{"$or": [{"$or": [{"plays": {"$gt": 1}}]}]}]}]}),
    ("20 conditions", {"$or": [{"plays": {"$gt": n}} for n in range(21)]}),
]


@pytest.mark.parametrize(("message", "where"), HOSTILE)
def test_hostile_conditions_are_refused(message: str, where: Any) -> None:
    with pytest.raises(orm.BadQuery, match=message):
        ask(where=where)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("'_method'", "_method=DELETE"),
        ("'redirectClassNameForKey'", "redirectClassNameForKey=maker"),
        ("limit: 101 is more", "limit=101"),
        ("limit", "limit=-1"),
        ("limit", "limit=1e9"),
        ("skip", "skip=99999999"),
        ("order", "order=secret"),
        ("order", "order=,"),
        ("include", "include=title"),
        ("keys", "keys=secret"),
        ("twice", "limit=1&limit=2"),
        ("not JSON", "where={"),
        ("not JSON", "where=" + "[" * 9000),
        ("characters", "where=" + "1" * 10001),
        ("parameters", "&".join(f"a{n}=1" for n in range(50))),
    ],
)
def test_hostile_parameters_are_refused(message: str, text: str) -> None:
    with pytest.raises(orm.BadQuery, match=message):
        Thing.from_query(text, allow=ALLOW)


def test_a_wrong_list_of_what_is_allowed_is_noticed() -> None:
    with pytest.raises(orm.UnknownField, match="title"):
        Thing.from_query("", allow={"titel"})
    with pytest.raises(orm.BadQuery, match="gtt"):
        Thing.from_query("", allow={"plays": ["gtt"]})
