"""Questions from outside: a REST query string becomes a query when everything in it is allowed.

Nothing is passed through: every condition is read into the criterion that an expression would make, so the server sees
only what this library spells.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from ..codec import json
from ..codec.decode import decode
from ..errors import BadQuery, did_you_mean
from ..expressions import OPERATORS, And, Criterion, Not, Or
from ..expressions.pattern_cost import refuse_slow
from ..meta.schema import ModelSchema
from ..types.depth import short_repr
from .asking import whole

Q = TypeVar("Q", bound=Any)

#: What Parse's REST calls an operator -> what the table of operators calls it.
WIRE = {
    "$eq": "eq",
    "$ne": "ne",
    "$gt": "gt",
    "$gte": "gte",
    "$lt": "lt",
    "$lte": "lte",
    "$in": "in",
    "$nin": "not_in",
    "$exists": "exists",
    "$all": "contains_all",
    "$containedBy": "contained_by",
    "$regex": "regex",
}
JOINED: dict[str, Callable[[list[Criterion]], Criterion]] = {
    "$and": lambda parts: And(*parts),
    "$or": lambda parts: Or(*parts),
    "$nor": lambda parts: Not(Or(*parts)),
}

#: The operators of a field that is allowed without a list of its own.
USUAL = frozenset({"eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "exists"})

#: Bounds of one question.
LONGEST_WHERE = 10_000
LONGEST_TEXT = 1_000
LONGEST_PATTERN = 100
MOST_VALUES = 100
MOST_CONDITIONS = 20
DEEPEST = 3
LARGEST_SKIP = 10_000


class Allowed:
    """What may be asked.

    Args:
        schema: the model.
        allow: attribute names, or a mapping of them to the operators allowed on each.
        max_limit: the largest limit.

    Raises:
        UnknownField: an attribute that the model does not have.
        BadQuery: an operator that there is not, or something that is no list of names.
    """

    def __init__(
        self, schema: ModelSchema, allow: Mapping[str, Collection[str]] | Collection[str], max_limit: int
    ) -> None:
        given = allow if isinstance(allow, Mapping) else dict.fromkeys(_texts("allow", allow), USUAL)
        _texts("allow", given)
        operators_of = {
            name: [operators] if isinstance(operators, str) else _texts(f"allow[{name!r}]", operators)
            for name, operators in given.items()
        }
        for name, operators in operators_of.items():
            schema.field(name)
            for operator in operators:
                if operator not in OPERATORS:
                    raise BadQuery(f"no operator is called {operator!r}: {did_you_mean(operator, OPERATORS)}?")
        self.schema = schema
        self.max_limit = whole("max_limit", max_limit)
        self._operators = {name: frozenset(operators) for name, operators in operators_of.items()}

    def field(self, name: str, what: str) -> Any:
        """The field of that attribute or column, if it is allowed at all."""
        field = self.schema.fields.get(name) or self.schema.columns.get(name)
        if field is None or field.name not in self._operators or field.hidden:
            raise BadQuery(f"{what}: {name!r:.60} is not allowed; allowed are {', '.join(sorted(self._operators))}")
        return field

    def check(self, field: Any, operator: str) -> None:
        """Refuse an operator that is not allowed on the field."""
        if operator not in self._operators[field.name]:
            allowed = ", ".join(sorted(self._operators[field.name]))
            raise BadQuery(f"{operator!r} is not allowed on {field.name!r}; allowed are {allowed}")


def _texts(what: str, given: object) -> list[str]:
    """The names of a list; a text is none, for it would be read letter by letter."""
    if isinstance(given, Iterable) and not isinstance(given, (str, bytes)):
        names = list(given)
        if all(isinstance(name, str) for name in names):
            return names
    raise BadQuery(f"{what} takes a list of names, such as ['title'], not {short_repr(given)}")


def query_from(query: Q, params: str | Mapping[str, Any], allowed: Allowed) -> Q:
    """The query of some REST parameters.

    Raises:
        BadQuery: something that is not allowed; the message names it.
    """
    given = _read(params)
    for name, value in given.items():
        step = STEPS.get(name)
        if step is None:
            raise BadQuery(f"the parameter {name!r:.60} is not allowed; allowed are {', '.join(STEPS)}")
        query = step(query, value, allowed)
    bounded: Q = query if "limit" in given else query.limit(allowed.max_limit)
    return bounded


def _read(params: str | Mapping[str, Any]) -> dict[str, Any]:
    """The parameters by name, each once."""
    if isinstance(params, Mapping):
        return {str(name): value for name, value in params.items()}
    if not isinstance(params, str):
        raise BadQuery(f"from_query takes a query string or a mapping of its parameters, not {short_repr(params)}")
    try:
        pairs = parse_qsl(params.removeprefix("?"), keep_blank_values=True, max_num_fields=len(STEPS))
    except ValueError:
        raise BadQuery(f"more than {len(STEPS)} parameters") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadQuery("a parameter is given twice")
    return found


# -- the parameters -----------------------------------------------------------------------------


def _where(query: Any, value: Any, allowed: Allowed) -> Any:
    if isinstance(value, str):
        if len(value) > LONGEST_WHERE:
            raise BadQuery(f"where: more than {LONGEST_WHERE} characters")
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise BadQuery("where: this is not JSON") from None
    reader = _Reader(allowed)
    return query.where(*reader.clause(value, 0))


def _order(query: Any, value: Any, allowed: Allowed) -> Any:
    parts = _names("order", value)
    fields = [allowed.field(part.removeprefix("-"), "order") for part in parts]
    return query.order(
        *(("-" if part[0] == "-" else "") + field.name for part, field in zip(parts, fields, strict=True))
    )


def _keys(query: Any, value: Any, allowed: Allowed) -> Any:
    return query.keys(*(allowed.field(name, "keys").name for name in _names("keys", value)))


def _include(query: Any, value: Any, allowed: Allowed) -> Any:
    fields = [allowed.field(name, "include") for name in _names("include", value)]
    for field in fields:
        if field.shape not in {"Pointer", "Array"}:
            raise BadQuery(f"include: {field.name!r} leads to no other row")
    return query.include(*(field.name for field in fields))


def _limit(query: Any, value: Any, allowed: Allowed) -> Any:
    return query.limit(_whole("limit", value, allowed.max_limit))


def _skip(query: Any, value: Any, allowed: Allowed) -> Any:
    return query.skip(_whole("skip", value, LARGEST_SKIP))


STEPS: dict[str, Callable[[Any, Any, Allowed], Any]] = {
    "where": _where,
    "order": _order,
    "limit": _limit,
    "skip": _skip,
    "keys": _keys,
    "include": _include,
}


def _names(what: str, value: Any) -> list[str]:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else []
    if not names or len(names) > MOST_CONDITIONS or not all(name.strip("-") for name in names):
        raise BadQuery(f"{what}: a list of names with commas between them, not {short_repr(value)}")
    return names


def _whole(what: str, value: Any, most: int) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadQuery(f"{what}: a whole number from 0, not {short_repr(value)}")
    if int(text) > most:
        raise BadQuery(f"{what}: {text} is more than {most}")
    return int(text)


# -- where ------------------------------------------------------------------------------------------


class _Reader:
    """Reads one where clause, and counts as it goes."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._conditions = 0

    def clause(self, value: Any, depth: int) -> list[Criterion]:
        if not isinstance(value, dict):
            raise BadQuery(f"where: an object is needed, not {short_repr(value)}")
        if depth > DEEPEST:
            raise BadQuery(f"where: more than {DEEPEST} levels of $and and $or")
        criteria = []
        for key, condition in value.items():
            criteria += self._joined(key, condition, depth) if key.startswith("$") else self._column(key, condition)
        return criteria

    def _joined(self, key: str, parts: Any, depth: int) -> list[Criterion]:
        join = JOINED.get(key)
        if join is None:
            raise BadQuery(f"where: {key!r:.60} is not allowed")
        if not isinstance(parts, list) or not parts:
            raise BadQuery(f"where: {key} takes a list of conditions")
        return [join([And(*self.clause(part, depth + 1)) for part in parts])]

    def _column(self, key: str, condition: Any) -> list[Criterion]:
        field = self._allowed.field(key, "where")
        if not isinstance(condition, dict) or "__type" in condition:
            return [self._criterion(field, "eq", condition)]
        options = condition.get("$options", "")
        if options not in {"", "i"} or ("$options" in condition and "$regex" not in condition):
            raise BadQuery(f"where: {key}: $options can be 'i', beside a $regex")
        criteria = []
        for wire, operand in condition.items():
            if wire == "$options":
                continue
            name = WIRE.get(wire)
            if name is None:
                raise BadQuery(f"where: {short_repr(wire)} on {key!r:.60} is not allowed")
            criteria.append(self._criterion(field, "iregex" if name == "regex" and options else name, operand))
        if not criteria:
            raise BadQuery(f"where: {key}: no condition")
        return criteria

    def _criterion(self, field: Any, name: str, operand: Any) -> Criterion:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise BadQuery(f"where: more than {MOST_CONDITIONS} conditions")
        self._allowed.check(field, name)
        criterion: Criterion = field._expression._ask(name, _operand(field, name, operand))
        return criterion


def _operand(field: Any, name: str, operand: Any) -> Any:
    if name in {"regex", "iregex"}:
        return _pattern(field, operand)
    if name in {"in", "not_in", "contains_all", "contained_by"}:
        if not isinstance(operand, list) or len(operand) > MOST_VALUES:
            raise BadQuery(f"where: {field.name}: a list of at most {MOST_VALUES} values is needed")
        return [_value(field, each) for each in operand]
    return operand if name == "exists" else _value(field, operand)


def _value(field: Any, wire: Any) -> Any:
    """One value as Python has it: a date, a place, a pointer, or plain JSON without objects in it."""
    if isinstance(wire, str) and len(wire) > LONGEST_TEXT:
        raise BadQuery(f"where: {field.name}: a text of more than {LONGEST_TEXT} characters")
    if isinstance(wire, list) or (isinstance(wire, dict) and wire.get("__type") not in {"Date", "GeoPoint", "Pointer"}):
        raise BadQuery(f"where: {field.name}: {short_repr(wire)} is not a plain value")
    try:
        return decode(wire)
    except (KeyError, TypeError, ValueError):
        raise BadQuery(f"where: {field.name}: {short_repr(wire)} cannot be read") from None


def _pattern(field: Any, pattern: Any) -> str:
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        raise BadQuery(f"where: {field.name}: a pattern of at most {LONGEST_PATTERN} characters is needed")
    try:
        re.compile(pattern)
        refuse_slow(pattern)
    except re.error as error:
        raise BadQuery(f"where: {field.name}: {pattern!r} is no pattern: {error}") from None
    except BadQuery as error:
        raise BadQuery(f"where: {field.name}: {error}") from None
    return pattern
