"""Two judges of one question: Python on the criteria, and a small Postgres on the compiled where clause.

The small Postgres answers as Parse Server 9.10 does on Postgres, its traps included: ``$in: []`` means "is null",
``$nin`` drops rows without a value, ``$nor`` is three-valued, a null inside ``$in`` is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from parse_orm.codec.encode import encode
from parse_orm.expressions import And, Condition, Criterion, Not, Or

Row = Mapping[str, Any]
Truth = bool | None
"""None is SQL's unknown."""


# -- Python -----------------------------------------------------------------------------------


def meant(criterion: Criterion, row: Row) -> bool:
    """Whether a row meets criteria, as a Python programmer reads them."""
    if isinstance(criterion, And):
        return all(meant(part, row) for part in criterion.parts)
    if isinstance(criterion, Or):
        return any(meant(part, row) for part in criterion.parts)
    if isinstance(criterion, Not):
        return not meant(criterion.part, row)
    assert isinstance(criterion, Condition)
    value = inside(row, criterion.column.path)
    return MEANINGS[criterion.operator.name](value, wire_of(criterion))


def inside(row: Row, path: str) -> Any:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def wire_of(criterion: Condition) -> Any:
    """The operand in wire form, dates as their comparable text."""
    return plain(encode(criterion.value))


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping) and value.get("__type") == "Date":
        return value["iso"]
    return value


def equals(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


def known(judge: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: value is not None and judge(value, wanted)


def negated(name: str) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: not MEANINGS[name](value, wanted)


MEANINGS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": equals,
    "ne": negated("eq"),
    "gt": known(lambda value, wanted: value > wanted),
    "gte": known(lambda value, wanted: value >= wanted),
    "lt": known(lambda value, wanted: value < wanted),
    "lte": known(lambda value, wanted: value <= wanted),
    "between": known(lambda value, ends: ends[0] <= value <= ends[1]),
    "in": lambda value, wanted: any(equals(value, one) for one in wanted),
    "not_in": negated("in"),
    "contains_all": known(lambda value, wanted: all(one in value for one in wanted)),
    "contained_by": known(lambda value, wanted: all(one in wanted for one in value)),
    "exists": lambda value, wanted: (value is not None) is wanted,
    "isnull": lambda value, wanted: (value is None) is wanted,
    "startswith": known(lambda value, part: value.startswith(part)),
    "endswith": known(lambda value, part: value.endswith(part)),
    "contains": known(lambda value, part: part in value),
    "istartswith": known(lambda value, part: value.lower().startswith(part.lower())),
    "icontains": known(lambda value, part: part.lower() in value.lower()),
    "iendswith": known(lambda value, part: value.lower().endswith(part.lower())),
}


# -- the small Postgres -----------------------------------------------------------------------


def selects(where: Mapping[str, Any] | None, row: Row) -> bool:
    """Whether Parse Server would give the row."""
    return where is not None and clause(where, row) is True


def clause(where: Mapping[str, Any], row: Row) -> Truth:
    return conjunction([term(key, value, row) for key, value in where.items()])


def term(key: str, value: Any, row: Row) -> Truth:
    if key in {"$and", "$or", "$nor"}:
        assert value, f"{key}: [] is a 500"
        assert all(value), f"{key}: [{{}}] is a 500"
        parts = [clause(part, row) for part in value]
        return {"$and": conjunction, "$or": disjunction, "$nor": lambda all: opposite(disjunction(all))}[key](parts)
    assert not key.startswith("$"), f"{key} at the top is code 105"
    held = inside(row, key)
    if value is None:
        return held is None
    if isinstance(value, Mapping) and all(name.startswith("$") for name in value):
        assert value, "an empty constraint"
        return conjunction([constraint(name, held, operand, value) for name, operand in value.items()])
    assert not isinstance(held, list), "a bare value against an array is a 500"
    return None if held is None else held == plain(value)


def constraint(name: str, held: Any, operand: Any, whole: Mapping[str, Any]) -> Truth:
    if name == "$options":
        return True
    if name == "$exists":
        return (held is not None) is operand
    if name in {"$eq", "$ne", "$in", "$nin"}:
        assert "Date" not in repr(operand), f"a date in {name} is a 500"
    if name == "$in" and not operand:
        return held is None
    if name == "$ne":
        return held != operand
    if held is None:
        return None
    if name in {"$gt", "$gte", "$lt", "$lte"}:
        assert operand not in ("", None), f"{name} with a falsy operand is code 119"
        assert not isinstance(operand, bool), f"{name} with a boolean is code 119"
    if name == "$regex":
        flags = re.IGNORECASE if "i" in whole.get("$options", "") else 0
        return re.search(operand, held, flags) is not None
    return CONSTRAINTS[name](held, plain(operand))


CONSTRAINTS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda held, wanted: held == wanted,
    "$gt": lambda held, wanted: held > wanted,
    "$gte": lambda held, wanted: held >= wanted,
    "$lt": lambda held, wanted: held < wanted,
    "$lte": lambda held, wanted: held <= wanted,
    "$in": lambda held, wanted: any(equals(held, one) for one in wanted if one is not None),
    "$nin": lambda held, wanted: not any(equals(held, one) for one in wanted),
    "$all": lambda held, wanted: bool(wanted) and all(one in held for one in wanted),
    "$containedBy": lambda held, wanted: all(one in wanted for one in held),
}


def conjunction(parts: list[Truth]) -> Truth:
    return False if False in parts else None if None in parts else True


def disjunction(parts: list[Truth]) -> Truth:
    return True if True in parts else None if None in parts else False


def opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth
