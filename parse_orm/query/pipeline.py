"""Aggregation pipelines: which of them Parse Server answers truthfully, and how values come back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..codec.decode import decode
from ..errors import BadQuery
from ..types.depth import short_repr

#: What would write, run code or read other classes past every permission.
DANGEROUS = frozenset(
    {"$where", "$function", "$accumulator", "$out", "$merge", "$currentOp", "$listSessions", "$planCacheStats"}
)

#: The stages that Postgres reads, in the one order in which it carries them out (Parse Server 9.10).
READ = ("$match", "$group", "$sort", "$limit")

#: What it can say within them; anything else is skipped, or compared as text.
COMPARED = frozenset({"$gt", "$gte", "$lt", "$lte"})
ACCUMULATED = frozenset({"$sum", "$avg", "$min", "$max"})

_MONGODB = "Postgres answers as if it were not there (Parse Server 9.10). On MongoDB say aggregate(..., mongodb=True)"


def check(stages: Sequence[Any], *, mongodb: bool) -> None:
    """Refuse what is dangerous anywhere, and what Postgres would skip in silence.

    Raises:
        BadQuery: names the stage or operator.
    """
    are_stages = isinstance(stages, (list, tuple)) and all(isinstance(one, dict) and len(one) == 1 for one in stages)
    if not stages or not are_stages:
        raise BadQuery("a pipeline is a list of stages, each a dict of one key such as {'$group': {...}}")
    for key in _keys(stages):
        if key in DANGEROUS:
            raise BadQuery(f"{key} is not for aggregate: it would write, or run code in the database")
    if not mongodb:
        _check_for_postgres(stages)


def _check_for_postgres(stages: Sequence[Mapping[str, Any]]) -> None:
    names = [next(iter(stage)) for stage in stages]
    for name in names:
        if name not in READ:
            raise BadQuery(f"the stage {name:.60}: {_MONGODB}")
    if names != [name for name in READ if name in names]:
        raise BadQuery(f"the order {_shown(names)}: Postgres knows {', '.join(READ)} only, each once. {_MONGODB}")
    for stage in stages:
        ((name, body),) = stage.items()
        _CHECKS.get(name, lambda body: None)(body)


def _check_match(body: Any) -> None:
    for column, condition in body.items():
        if column.startswith("$"):
            raise BadQuery(f"{column:.60} in $match: {_MONGODB}")
        operators = [key for key in condition if key.startswith("$")] if isinstance(condition, Mapping) else []
        for operator in operators:
            if operator not in COMPARED or not condition[operator]:
                raise BadQuery(f"{operator:.60}: {short_repr(condition[operator])} in $match: {_MONGODB}")
        if condition is None or (isinstance(condition, Mapping) and not operators):
            raise BadQuery(f"{column:.60}: {short_repr(condition)} in $match: {_MONGODB}")


def _check_group(body: Any) -> None:
    for alias, value in body.items():
        if alias == "_id":
            if value is not None and not isinstance(value, str):
                raise BadQuery(f"_id: {short_repr(value)} in $group: parts of dates do not merge. {_MONGODB}")
        elif not isinstance(value, Mapping) or not value.keys() <= ACCUMULATED:
            raise BadQuery(f"{alias:.60}: {short_repr(value)} in $group: {_MONGODB}")


_CHECKS = {"$match": _check_match, "$group": _check_group}


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _keys(inner)


def read(field: Any, wire: Any) -> Any:
    """The Python value of one wire value of a column: a pointer stays a Pointer."""
    if field.shape in {"Pointer", "Array"}:
        return decode(wire)
    return wire if field.kind.decode is None else field.kind.decode(wire)
