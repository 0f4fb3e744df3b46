"""What the criteria of a query say about a row that is made through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import BadQuery, InvalidValue
from ..expressions.criteria import And, Condition, Criterion
from .plan import Plan

#: Shapes of columns for which ``==`` is more, or less, than that the column holds the value.
UNSETTABLE = frozenset({"Array", "Relation", "ACL"})


def defaults_of(defaults: object) -> Mapping[str, Any]:
    """Give the ``defaults`` of a verb as they came, and none for None.

    Raises:
        InvalidValue: they are no values by name.
    """
    if defaults is None:
        return {}
    if not isinstance(defaults, Mapping) or not all(isinstance(name, str) for name in defaults):
        raise InvalidValue(f"defaults= takes a dict with field names as keys, not a {type(defaults).__name__}")
    return defaults


def refuse_any_row(values: Mapping[str, Any], criteria: Sequence[Any] = ()) -> None:
    """Refuse a ``create_or_update`` that says nothing of the row: it would change whichever row comes first.

    Raises:
        BadQuery: there is neither a value to look for nor a criterion.
    """
    if not values and not criteria:
        raise BadQuery(
            "create_or_update needs what the row is found by, such as title='x', beside defaults=: "
            "without it any row would be changed"
        )


def implied_values(plan: Plan, schema: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a new row must hold besides the given values, so that the query finds it.

    Args:
        plan: The query that the row is made through.
        schema: The schema of its model.
        given: The values that the new row gets, by attribute name.

    Returns:
        The values of the criteria that ask for equality, by attribute name.

    Raises:
        BadQuery: The query has a ``skip``, or a criterion that does not say what the row holds, or the given values
            contradict one. Each call would make one more row.
    """
    if plan.skip or plan.limit == 0:
        raise BadQuery("a row cannot be found or made through a query with skip or without any rows")
    implied: dict[str, Any] = {}
    for criterion in _flat(plan.criteria):
        field = _field(criterion, schema)
        value = criterion.value  # type: ignore[attr-defined]
        known = {**given, **implied}
        if value is None and field.name not in known:
            continue
        if field.name in known and _wire(field, known[field.name]) != _wire(field, value):
            raise BadQuery(f"a new row with other values than {criterion!r} would not be found by this query")
        implied[field.name] = value
    return implied


def refuse_contradictions(schema: Any, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Refuse defaults that contradict what the row is found by: it would not be found again, and be made each time.

    Args:
        schema: The schema of the model.
        values: What the row is found by, by attribute name.
        defaults: Further values of the row.

    Raises:
        BadQuery: A column gets another value than the one that is looked for.
    """
    for name, value in defaults.items():
        sought = name if name in values else name.removesuffix("_id")
        field = schema.fields.get(sought)
        if sought not in values or field is None or value is values[sought]:
            continue
        if _wire(field, value) != _wire(field, values[sought]):
            raise BadQuery(
                f"{field.label} is looked for with one value and gets another by defaults: the row would not be found "
                "the next time, and be made again. Give each column once"
            )


def _flat(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if isinstance(criterion, And):
            yield from _flat(criterion.parts)
        else:
            yield criterion


def _field(criterion: Criterion, schema: Any) -> Any:
    """Give the field that a criterion sets to a value."""
    if isinstance(criterion, Condition) and criterion.operator.name == "eq":
        column = criterion.column
        field = schema.columns.get(column.path)
        if field is not None and not field.readonly and column.shape not in UNSETTABLE:
            return field
    raise BadQuery(
        f"{criterion!r} does not say what a new row holds, so this query may never find the row that is made here: "
        "call this on the model or on a query that only compares with ==, and add to a relation afterwards"
    )


def _wire(field: Any, value: Any) -> Any:
    return None if value is None else field.encode(value)
