"""A query that is misspelt says what is wrong, and what to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery, UnknownField
from parse_orm.query import pipeline


class ToldParent(orm.ParseObject):
    plays = orm.property(int)
    long_name = orm.property(str)
    kids = orm.has_many("ToldChild")
    friends = orm.has_many("ToldParent", through="relation")


class ToldChild(orm.ParseObject):
    name = orm.property(str)
    parent = orm.belongs_to(ToldParent)


Parent, Child = ToldParent, ToldChild

TOLD: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "order of a number": (lambda: Parent.order(5), BadQuery, "5 names no column of ToldParent"),  # type: ignore[arg-type]
    "keys of None": (lambda: Parent.keys(None), BadQuery, "None names no column"),  # type: ignore[arg-type]
    "pluck of a list": (lambda: Parent.pluck(["plays"]), BadQuery, "names no column"),  # type: ignore[call-overload]
    "a has_many by name": (
        lambda: Parent.include("kids"),
        UnknownField,
        r"ToldParent has no column 'kids'; it is a has_many: load its rows with preload\('kids'\), "
        r"or ask ToldChild\.where",
    ),
    "a has_many": (lambda: Parent.include(Parent.kids), UnknownField, "it is a has_many"),  # type: ignore[arg-type]
    "a has_many in a lookup": (lambda: Parent.where(kids__name="x"), UnknownField, r"ask ToldChild\.where"),
    "the id of the server": (lambda: Parent.where(objectId="x"), UnknownField, "did you mean 'id'"),
    "a wire name": (lambda: Parent.where(longName="x"), UnknownField, "did you mean 'long_name'"),
    "a field of the target": (
        lambda: Child.where(parent__play=1),
        UnknownField,
        "ToldParent has no field 'play'; did you mean 'plays'",
    ),
    "a wire name of the target": (lambda: Child.where(parent__objectId="x"), UnknownField, "did you mean 'id'"),
    "a lookup of a pointer": (lambda: Child.where(parent__not_inn=[]), UnknownField, "did you mean 'not_in'"),
    "an unknown lookup": (
        lambda: Parent.where(plays__foo=1),
        UnknownField,
        r"ToldParent\.plays has no lookup 'foo'; there are eq, ne, gt, .*isnull",
    ),
    "a lookup of another type": (lambda: Parent.where(plays__foo=1), UnknownField, "^((?!startswith).)*$"),
    "a misspelt lookup": (lambda: Parent.where(long_name__startwith="x"), UnknownField, "did you mean 'startswith'"),
    "an include of a plain column": (
        lambda: Parent.include("plays"),
        BadQuery,
        "ToldParent.plays is a Number column and cannot be included",
    ),
    "an include of a relation": (lambda: Parent.include("friends"), BadQuery, "ask the relation itself"),
    "a list of names": (lambda: Parent.keys(["plays"]), BadQuery, "give the names one by one"),  # type: ignore[list-item]
    "several columns in one text": (lambda: Parent.order("plays, long_name"), BadQuery, "one by one"),
    "an order in words": (lambda: Parent.order("plays desc"), BadQuery, r"one by one, order\('title', '-plays'\)"),
    "an order by nothing": (lambda: Parent.order("-"), BadQuery, "one by one"),
    "an order of another class": (lambda: Child.order("parent.plays"), BadQuery, "column of another class"),
    "such an order as an expression": (lambda: Child.order(Child.parent.plays), BadQuery, "column of another class"),
    "such an order of each": (lambda: Child.each(order=Child.parent.plays), BadQuery, "column of another class"),
    "such an order by a time": (lambda: Child.order(Child.parent.created_at), BadQuery, "column of another class"),
    "such an order as a lookup": (lambda: Child.order("-parent__plays"), BadQuery, "column of another class"),
    "preload of a list": (lambda: Parent.preload(["kids"]), BadQuery, "one by one"),
    "the id of Django": (lambda: Parent.where(pk="x"), UnknownField, "did you mean 'id'"),
    "get with conditions": (
        lambda: Parent.get(plays=1),  # type: ignore[call-arg]
        BadQuery,
        r"get takes no conditions: write where\(plays=...\)\.one\(\)",
    ),
    "find with conditions": (
        lambda: Parent.where(plays=1).find(Parent.plays == 2),  # type: ignore[arg-type]
        BadQuery,
        r"write where\(.*\)\.first\(\)",
    ),
    "get_many of a text": (lambda: Parent.get_many("abc"), orm.InvalidId, "takes a list of ids, not 'abc'"),
    "exists of an id": (lambda: Parent.exists("abc"), BadQuery, r"write find\(id\)"),  # type: ignore[call-arg]
    "destroy_all of a list": (
        lambda: Parent.where(plays=1).destroy_all([1]),  # type: ignore[call-arg]
        BadQuery,
        r"deletes the rows of the query. Write orm\.destroy_all\(\[\.\.\.\]\) for a list of objects",
    ),
    "another thing as a client": (lambda: Parent.using(None), BadQuery, "using takes a Client, not None"),  # type: ignore[arg-type]
    "a context of text": (lambda: Parent.context("x"), BadQuery, "takes a dict"),  # type: ignore[arg-type]
    "a cursor of a number": (lambda: orm.Cursor.from_json(5), BadQuery, "this is no cursor"),  # type: ignore[arg-type]
    "two lookups": (lambda: Parent.where(plays__gt__lt=1), UnknownField, "no lookup 'gt__lt'"),
}


@pytest.mark.parametrize(("ask", "error", "words"), TOLD.values(), ids=TOLD)
def test_the_message_says_what_to_write(ask: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask()


VERBS = ["all", "first", "one", "latest", "oldest", "last_updated", "exists", "count", "delete_all", "destroy_all"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_takes_no_conditions_says_where_they_go(verb: str) -> None:
    subjects: list[Any] = [Parent.query(), Parent.pointer("xWMyZ4YEGZ").friends, Parent]
    for subject in [each for each in subjects if hasattr(each, verb)]:
        with pytest.raises(BadQuery, match=rf"{verb} takes no conditions: write where\(plays=\.\.\.\)\.{verb}\(\)"):
            getattr(subject, verb)(plays=1)
        with pytest.raises(BadQuery, match=rf"write where\(ToldParent\.plays > 1\)\.{verb}\(\)"):
            getattr(subject, verb)(Parent.plays > 1)


def test_what_is_no_pipeline_is_refused() -> None:
    with pytest.raises(BadQuery, match="a pipeline is a list of stages"):
        pipeline.check(5, mongodb=False)  # type: ignore[arg-type]


def test_a_value_that_a_verb_does_not_take_is_named() -> None:
    with pytest.raises(BadQuery, match="exists takes nothing like 5"):
        Parent.query().exists(5)  # type: ignore[call-arg]


MANY = {f"name{n}": n for n in range(2000)}
PIPELINES: list[list[dict[str, Any]]] = [
    [{"$match": {"plays": {"$in": list(range(2000))}}}],
    [{"$match": {"plays": MANY}}],
    [{"$group": {"_id": MANY}}],
    [{"$group": {"_id": None, "total": MANY}}],
    [{"$sort": {}}] * 2000,
    [{"$" + "x" * 5000: 1}],
    [{"$match": {"$" + "x" * 5000: 1}}],
]


@pytest.mark.parametrize("stages", PIPELINES, ids=lambda stages: str(stages)[:30])
def test_a_refused_pipeline_is_not_printed_in_whole(stages: list[dict[str, Any]]) -> None:
    from parse_orm.query import pipeline

    with pytest.raises(BadQuery) as told:
        pipeline.check(stages, mongodb=False)

    assert len(str(told.value)) < 400
