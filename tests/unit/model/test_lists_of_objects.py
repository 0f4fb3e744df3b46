"""What is no list of objects is refused before anything is sent, with what to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from tests.unit.remembered import Wire


class Listed(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    tags = orm.array(str)


def known() -> Listed:
    return Listed.pointer("abcdefghij")


VERBS: dict[str, Callable[[Any], Any]] = {
    "save_all": orm.save_all,
    "destroy_all": orm.destroy_all,
    "fetch_all": orm.fetch_all,
}
NO_LISTS: dict[str, tuple[Callable[[], Any], str]] = {
    "an object": (known, r"takes a list of objects, not one Listed: write {verb}\(\[\.\.\.\]\), or {one}\(\) for one"),
    "the class": (lambda: Listed, "not the class Listed"),
    "None": (lambda: None, "not None"),
    "a dict": (lambda: {"a": known()}, "takes a list of objects"),
    "an id": (lambda: "abcdefghij", "not 'abcdefghij'"),
    "None in a list": (lambda: [known(), None], "None is among them"),
    "a class in a list": (lambda: [Listed], "the class Listed is among them"),
    "ids": (lambda: ["abcdefghij"], "'abcdefghij' is among them"),
    "a list in a list": (lambda: [[known()]], r"\[<Listed abcdefghij.*>\] is among them"),
}


@pytest.mark.parametrize(("make", "words"), NO_LISTS.values(), ids=NO_LISTS)
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_list_of_objects_is_refused(verb: str, make: Callable[[], Any], words: str, wire: Wire) -> None:
    with pytest.raises(orm.InvalidValue, match=f"{verb} takes .*") as told:
        VERBS[verb](make())

    assert told.match(words.replace("{verb}", verb).replace("{one}", verb.removesuffix("_all")))
    assert wire.sent == []


@pytest.mark.parametrize("step", ["save", "destroy"])
@pytest.mark.parametrize("wrong", [None, Listed, [], "abcdefghij"], ids=repr)
def test_a_transaction_takes_objects_alone(step: str, wrong: Any, wire: Wire) -> None:
    with pytest.raises(orm.InvalidValue, match="one object of a model at a time"), orm.transaction() as tx:
        getattr(tx, step)(wrong)

    assert wire.sent == []


@pytest.mark.parametrize("wrong", [5, None, Listed.plays], ids=["number", "None", "field"])
@pytest.mark.parametrize(
    "operate",
    [lambda row, name: row.increment(name), lambda row, name: row.unset(name), lambda row, name: row.add(name, "x")],
    ids=["increment", "unset", "add"],
)
def test_an_operation_takes_the_name_of_a_field(operate: Callable[[Any, Any], Any], wrong: Any, wire: Wire) -> None:
    with pytest.raises(orm.InvalidValue, match="give the name of a field as text, such as 'plays'"):
        operate(known(), wrong)

    assert wire.sent == []


def test_a_block_takes_a_client() -> None:
    with pytest.raises(orm.InvalidValue, match="using takes a Client, not 'x'"):
        orm.using("x")  # type: ignore[arg-type]
