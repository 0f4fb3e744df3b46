"""Lookups by keyword: ``created_at__gte=x`` and ``artist__name="y"`` become the criteria that expressions make."""

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import BadQuery, UnknownField, did_you_mean
from ..expressions import OPERATORS, Condition, Criterion, Expression, Nameable, Through
from ..meta.schema import ModelSchema
from ..types.depth import short_repr


def parse_lookups(schema: ModelSchema, lookups: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """One criterion for each keyword.

    Raises:
        UnknownField: a field or an operator that is not there; the message suggests the nearest.
    """
    return tuple(_parse(schema, key, key.split("__"), value) for key, value in lookups.items())


def _parse(schema: ModelSchema, key: str, names: list[str], value: Any) -> Criterion:
    """A known field name wins over an operator of that name; the rest is a path, then perhaps an operator."""
    field = schema.fields.get(names[0])
    if field is None:
        raise schema.unknown(names[0])
    rest = names[1:]
    target: Callable[[], ModelSchema] | None = getattr(field, "target_schema", None)
    if target and rest and rest[0] in target().fields:
        return Through(field, lambda: target().class_name, _parse(target(), key, rest, value))
    if target and rest and rest[0] not in OPERATORS:
        unknown = target().unknown(rest[0])
        raise UnknownField(rest[0], target().name, unknown.suggestion or did_you_mean(rest[0], OPERATORS))
    return _compare(field, rest, value)


def _compare(column: Expression[Any], rest: list[str], value: Any) -> Criterion:
    """What follows the column: keys inside an object column, then at most one operator."""
    while rest and column.shape in {"Object", "Any"} and not (len(rest) == 1 and rest[0] in OPERATORS):
        column, rest = column[rest[0]], rest[1:]  # type: ignore[index]
    if not rest:
        return Condition(column, OPERATORS["eq"], value)
    if len(rest) > 1 or rest[0] not in OPERATORS:
        wrong = rest[0] if rest[0] not in OPERATORS else rest[1]
        known = ", ".join(name for name, operator in OPERATORS.items() if column.shape in operator.fits)
        near = did_you_mean(wrong, OPERATORS)
        raise UnknownField("__".join(rest), column.label, near, what="lookup", hint=f"there are {known}")
    return Condition(column, OPERATORS[rest[0]], value)


def named(model: Any, column: object) -> Expression[Any]:
    """The expression of a column that a user gave.

    Raises:
        BadQuery: it names no column.
        UnknownField: it is a column of another class.
    """
    if not isinstance(column, Nameable):
        if getattr(column, "name", None) in model.schema.associations:
            raise model.schema.unknown(column.name)  # type: ignore[attr-defined]
        cure = "give an attribute name, or an attribute of the class"
        if isinstance(column, (list, tuple, set, frozenset)):
            cure = "give the names one by one, without a list"
        raise BadQuery(f"{short_repr(column)} names no column of {model.schema.name}: {cure}")
    expression = column._expression
    refuse_foreign(model, expression.root)
    return expression


def refuse_foreign(model: Any, column: Any) -> None:
    """Refuse a column that is neither declared by the model or a base of it, nor by a model of the same Parse class.

    The server would look for a column of that name in the wrong class, where every row lacks it.

    Raises:
        UnknownField: names the column with the class that declares it.
    """
    owner = column.owner
    if owner in model.__mro__:
        return
    schema: ModelSchema = model.schema
    theirs: ModelSchema | None = getattr(owner, "schema", None)
    if theirs is None or theirs.class_name != schema.class_name:
        label = f"{owner.__name__}.{column.name}"
        raise UnknownField(label, schema.name, did_you_mean(column.name, [*schema.fields, *schema.associations]))


def resolve(schema: ModelSchema, name: str) -> str:
    """The wire path of a dotted attribute path: ``artist.label_name`` becomes ``artist.labelName``.

    Raises:
        UnknownField: a part that its model does not have.
    """
    head, _, tail = name.partition(".")
    field = schema.fields.get(head) or schema.columns.get(head)
    if field is None:
        raise schema.unknown(head)
    if not tail:
        return str(field.path)
    target = getattr(field, "target_schema", None)
    return f"{field.path}.{resolve(target(), tail) if target else tail}"
