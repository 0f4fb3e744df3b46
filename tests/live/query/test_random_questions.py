"""Random models, rows and criteria: the server's answer is the one that plain Python gives over the same rows.

200 questions in a usual run, 2,000 with HYPOTHESIS_PROFILE=nightly.
"""

from __future__ import annotations

import os
import random
import re
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

import parse_orm as orm
from parse_orm.client.batch import BatchOperation, run_batch

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
QUESTIONS = 2000 if NIGHTLY else 200
WORLDS = 40 if NIGHTLY else 6

Row = dict[str, Any]
Test = Callable[[Row], bool]


class Genre(Enum):
    FOLK = "folk"
    ROCK = "rock"
    JAZZ = "jazz"


TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "abc",
    "b",
    "it's",
    "''",
    "a.b",
    "\\Q",
    "x\\Ey",
    "end\n",
    "é",
    "[a]",
    "$a",
    "^",
    "a*",
    "日本",
]
NUMBERS = [-3, -1, 0, 1, 2, 3, 1000, 2**53]
REALS = [-2.5, -1e-9, 0.0, 0.1, 1.0, 2.5, 1e21]
DAYS = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n, milliseconds=n) for n in range(6)]
PLACES = [orm.GeoPoint(lat, lng) for lat in (-40.0, 0.0, 0.5, 50.25) for lng in (-70.5, 0.0, 13.4)]
WORDS = ["red", "blue", "it's", "Red", ""]


@dataclass(frozen=True)
class Kind:
    """One kind of column: how it is declared, its values, and the questions that fit it."""

    declare: Callable[[], Any]
    values: list[Any]
    families: tuple[str, ...]
    operands: list[Any] = field(default_factory=list)

    @property
    def asked(self) -> list[Any]:
        return self.operands or self.values


def lists_of(values: list[Any]) -> list[list[Any]]:
    return [[], values[:1], values[:1] * 2, values[:2], values[1:3], values[:1] + values[:2], values[::-1]]


KINDS: dict[str, Kind] = {
    "text": Kind(lambda: orm.property(str), TEXTS, ("equal", "ordered", "text")),
    "number": Kind(lambda: orm.property(int), NUMBERS, ("equal", "ordered"), [*NUMBERS, 1.5]),
    "real": Kind(lambda: orm.property(float), REALS, ("equal", "ordered")),
    "flag": Kind(lambda: orm.property(bool), [True, False], ("equal", "ordered")),
    "day": Kind(lambda: orm.property(datetime), DAYS, ("equal", "ordered")),
    "genre": Kind(lambda: orm.property(Genre), list(Genre), ("equal",)),
    "words": Kind(lambda: orm.array(str), lists_of(WORDS), ("array",), WORDS),
    "counts": Kind(lambda: orm.array(int), lists_of(NUMBERS), ("array",), NUMBERS),
    "days": Kind(lambda: orm.array(datetime), lists_of(DAYS), ("array",), DAYS),
    "place": Kind(lambda: orm.property(orm.GeoPoint), PLACES, ("equal", "place")),
    "info": Kind(
        lambda: orm.property(dict),
        [{}, {"n": 1}, {"n": 2, "s": "a"}, {"s": "it's", "b": True}, {"n": 0, "b": False, "s": ""}, {"deep": {"n": 3}}],
        ("inside",),
    ),
}

# Lookup suffix -> what it means in Python, given the row's value and the operand; a missing value is None.
ORDER = {
    "gt": lambda v, x: v > x,
    "gte": lambda v, x: v >= x,
    "lt": lambda v, x: v < x,
    "lte": lambda v, x: v <= x,
}
TEXT: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda v, x: v.startswith(x),
    "endswith": lambda v, x: v.endswith(x),
    "contains": lambda v, x: x in v,
    "istartswith": lambda v, x: v.lower().startswith(x.lower()),
    "iendswith": lambda v, x: v.lower().endswith(x.lower()),
    "icontains": lambda v, x: x.lower() in v.lower(),
}
PATTERNS = ["^a", "b$", "a.", "[a-c]+", "it's", "^$", "a|b", r"\.", r"''", "[']s"]


def with_value(meaning: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda v, x: v is not None and meaning(v, x)


def same(a: Any, b: Any) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


Question = tuple[str, Any, Callable[[Any], bool]]


def equal_questions(draw: Any, operands: list[Any]) -> Question:
    one = draw(st.sampled_from(operands))
    some = draw(st.lists(st.sampled_from([*operands, None]), max_size=3))
    return draw(
        st.sampled_from(
            [
                ("eq", one, lambda v: v is not None and same(v, one)),
                ("ne", one, lambda v: v is None or not same(v, one)),
                ("in", some, lambda v: any(v is x or (x is not None and v is not None and same(v, x)) for x in some)),
                ("not_in", some, lambda v: not any(v is x or (None not in (v, x) and same(v, x)) for x in some)),
                ("isnull", True, lambda v: v is None),
                ("isnull", False, lambda v: v is not None),
                ("exists", True, lambda v: v is not None),
                ("eq", None, lambda v: v is None),
                ("ne", None, lambda v: v is not None),
            ]
        )
    )


def ordered_questions(draw: Any, operands: list[Any]) -> Question:
    name = draw(st.sampled_from([*ORDER, "between"]))
    one, two = draw(st.sampled_from(operands)), draw(st.sampled_from(operands))
    if name == "between":
        return name, (one, two), lambda v: v is not None and one <= v <= two
    return name, one, lambda v: v is not None and ORDER[name](v, one)


def text_questions(draw: Any, operands: list[Any]) -> Question:
    name = draw(st.sampled_from([*TEXT, "regex"]))
    if name == "regex":
        pattern = draw(st.sampled_from(PATTERNS))
        python = pattern.replace("$", r"\Z")
        return name, pattern, lambda v: v is not None and re.search(python, v) is not None
    part = draw(st.sampled_from([text for text in operands if name[0] != "i" or text.isascii()]))
    return name, part, lambda v: v is not None and TEXT[name](v, part)


def array_questions(draw: Any, operands: list[Any]) -> Question:
    one = draw(st.sampled_from(operands))
    some = draw(st.lists(st.sampled_from(operands), max_size=3))
    return draw(
        st.sampled_from(
            [
                ("eq", one, lambda v: v is not None and one in v),
                ("ne", one, lambda v: v is None or one not in v),
                ("in", some, lambda v: v is not None and any(x in v for x in some)),
                ("not_in", some, lambda v: v is None or not any(x in v for x in some)),
                ("contains_all", some, lambda v: v is not None and all(x in v for x in some)),
                ("contained_by", some, lambda v: v is not None and all(x in some for x in v)),
                ("isnull", True, lambda v: v is None),
            ]
        )
    )


def place_questions(draw: Any, operands: list[Any]) -> Question:
    one = draw(st.sampled_from(operands))
    ring = [orm.GeoPoint(-1, -1), orm.GeoPoint(-1, 20), orm.GeoPoint(60, 20), orm.GeoPoint(60, -1)]
    south_west, north_east = orm.GeoPoint(-50, -80), orm.GeoPoint(1, 1)
    return draw(
        st.sampled_from(
            [
                ("within_km", (one, 500), lambda v: v is not None and v.distance_km(one) <= 500),
                ("within_miles", (one, 3000.5), lambda v: v is not None and v.distance_miles(one) <= 3000.5),
                ("within_radians", (one, 1.0), lambda v: v is not None and v.distance_radians(one) <= 1.0),
                (
                    "within_polygon",
                    ring,
                    lambda v: v is not None and -1 <= v.latitude <= 60 and -1 <= v.longitude <= 20,
                ),
                (
                    "within_box",
                    (south_west, north_east),
                    lambda v: v is not None and -50 <= v.latitude <= 1 and -80 <= v.longitude <= 1,
                ),
            ]
        )
    )


def inside_questions(draw: Any, operands: list[Any]) -> tuple[str, Any, Callable[[Any], bool]]:
    key, values, families = draw(
        st.sampled_from(
            [
                (("n",), [0, 1, 2, 5], ("equal", "ordered")),
                (("s",), ["", "a", "it's"], ("equal", "ordered", "text")),
                (("b",), [True, False], ("equal",)),
                (("deep", "n"), [3, 4], ("equal", "ordered")),
            ]
        )
    )
    name, operand, meaning = FAMILIES[draw(st.sampled_from(families))](draw, values)

    def inside(value: Any) -> bool:
        for part in key:
            value = None if value is None else value.get(part)
        return meaning(value)

    return "__".join([*key, name]), operand, inside


FAMILIES: dict[str, Callable[[Any, list[Any]], Question]] = {
    "equal": equal_questions,
    "ordered": ordered_questions,
    "text": text_questions,
    "array": array_questions,
    "place": place_questions,
    "inside": inside_questions,
}


class World:
    """A model with random columns, a model it belongs to, and the rows of both, here and on the server."""

    def __init__(self, seed: int, client: orm.Client) -> None:
        self.dice = random.Random(seed)
        name = f"Random{seed}{os.urandom(3).hex()}"
        self.boss = self._model(f"Boss{name}", {})
        self.model = self._model(name, {"boss": orm.belongs_to(self.boss), "bosses": orm.array()})
        self.boss_rows = self._rows(self.boss, 6, client)
        self.rows = self._rows(self.model, 24, client)

    def _model(self, name: str, more: dict[str, Any]) -> Any:
        chosen = self.dice.sample(sorted(KINDS), 5)
        columns = {f"{kind}_{self.dice.choice(['one', 'two', 'x9'])}": KINDS[kind].declare() for kind in chosen}
        namespace = {"__module__": __name__, "mark": orm.property(int), **columns, **more}
        return types.new_class(name, (orm.ParseObject,), exec_body=lambda body: body.update(namespace))

    def _rows(self, model: Any, number: int, client: orm.Client) -> list[Row]:
        rows = [{"mark": mark, **self._values(model)} for mark in range(number)]
        fields, path = model.schema.fields, f"/classes/{model.schema.class_name}"
        bodies = [{fields[name].path: fields[name].encode(value) for name, value in row.items()} for row in rows]
        outcomes = run_batch(client, [BatchOperation("POST", path, body) for body in bodies])
        for row, outcome in zip(rows, outcomes, strict=True):
            assert outcome.result, outcome.error
            row["id"] = outcome.result["objectId"]
        return rows

    def _values(self, model: Any) -> Row:
        values: Row = {}
        for name in model.schema.fields:
            kind = KINDS.get(name.partition("_")[0])
            if kind and self.dice.random() < 0.75:
                values[name] = self.dice.choice(kind.values)
        if model is self.model_or_none and self.dice.random() < 0.7:
            values["boss"] = self.boss.pointer(self.dice.choice(self.boss_rows)["id"])
        if model is self.model_or_none and self.dice.random() < 0.7:
            values["bosses"] = [self.boss.pointer(row["id"]) for row in self.dice.choices(self.boss_rows, k=2)]
        return values

    @property
    def model_or_none(self) -> Any:
        return getattr(self, "model", None)

    def boss_of(self, row: Row) -> Row | None:
        pointer = row.get("boss")
        return next((each for each in self.boss_rows if pointer is not None and each["id"] == pointer.id), None)


@st.composite
def column_questions(draw: Any, model: Any) -> tuple[dict[str, Any], Test]:
    """One condition on a column, as a lookup and as Python."""
    name = draw(st.sampled_from([name for name in model.schema.fields if name.partition("_")[0] in KINDS]))
    kind = KINDS[name.partition("_")[0]]
    suffix, operand, meaning = FAMILIES[draw(st.sampled_from(kind.families))](draw, kind.asked)
    return {f"{name}__{suffix}": operand}, lambda row: meaning(row.get(name))


@st.composite
def criteria(draw: Any, world: World, depth: int = 2) -> tuple[Any, Test]:
    """A criterion of any depth, with its meaning in Python."""
    shape = draw(st.sampled_from(["one"] * 4 + (["and", "or", "not", "boss", "matches", "bosses"] if depth else [])))
    if shape == "one":
        lookup, meaning = draw(column_questions(world.model))
        return criterion(world.model, lookup), meaning
    if shape in {"boss", "matches", "bosses"}:
        return boss_criteria(draw, world, shape)
    a, meaning_a = draw(criteria(world, depth - 1))
    if shape == "not":
        return ~a, lambda row: not meaning_a(row)
    b, meaning_b = draw(criteria(world, depth - 1))
    if shape == "and":
        return a & b, lambda row: meaning_a(row) and meaning_b(row)
    return a | b, lambda row: meaning_a(row) or meaning_b(row)


def boss_criteria(draw: Any, world: World, shape: str) -> tuple[Any, Test]:
    lookup, meaning = draw(column_questions(world.boss))
    found = {row["id"] for row in world.boss_rows if meaning(row)}
    if shape == "boss":
        ((name, operand),) = lookup.items()
        # A pointer that leads nowhere is a row without values.
        return criterion(world.model, {f"boss__{name}": operand}), lambda row: meaning(world.boss_of(row) or {})
    column = "boss" if shape == "matches" else "bosses"

    def ids(row: Row) -> set[str]:
        pointers = row.get("bosses", []) if column == "bosses" else [row["boss"]] if "boss" in row else []
        return {pointer.id for pointer in pointers}

    query = world.boss.where(**lookup)
    if draw(st.booleans()):
        return criterion(world.model, {f"{column}__matches": query}), lambda row: bool(ids(row) & found)
    return criterion(world.model, {f"{column}__not_matches": query}), lambda row: not ids(row) & found


def criterion(model: Any, lookup: dict[str, Any]) -> Any:
    return model.where(**lookup)._plan.criteria[0]


def test_the_server_answers_as_python_would(parse_client: orm.Client) -> None:
    worlds: dict[int, World] = {}

    @settings(max_examples=QUESTIONS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        seed = data.draw(st.integers(0, WORLDS - 1))
        if seed not in worlds:
            worlds[seed] = World(seed, parse_client)
        world = worlds[seed]
        asked, meaning = data.draw(criteria(world))
        query = world.model.where(asked)

        expected = [row["mark"] for row in world.rows if meaning(row)]

        assert sorted(row.mark for row in query) == expected, query
        assert query.count() == len(expected), query

    ask()
