"""The algebra of where clauses: how the parts of a question become one JSON object.

A clause is a dict in Parse's form. ``{}`` is met by every row; ``None`` by no row, and costs no request.
"""

from collections.abc import Iterable
from typing import Any

from ..types.depth import TooDeep

Where = dict[str, Any] | None


def both(*clauses: Where) -> Where:
    """Every clause holds. Conditions on one column are merged where that is exact, else kept apart in ``$and``."""
    merged: dict[str, Any] = {}
    apart: list[dict[str, Any]] = []
    for clause in clauses:
        if clause is None:
            return None
        for term in _conjuncts(clause):
            if not _merge(merged, term):
                apart.append(term)
    if "$relatedTo" in merged and (apart or sum(key.startswith("$") for key in merged) > 1):
        return _beside_relation(merged, apart)
    if not apart:
        return merged
    return {"$and": [*([merged] if merged else []), *apart]}


def _beside_relation(merged: dict[str, Any], apart: list[dict[str, Any]]) -> dict[str, Any]:
    """``$relatedTo`` beside ``$or``, ``$and`` or ``$nor`` is an invalid key (105, 9.10), so they share an ``$and``.

    Columns stay at the top, where ``near`` has to stand.
    """
    columns = {key: value for key, value in merged.items() if not key.startswith("$")}
    joined = [{key: value} for key, value in merged.items() if key.startswith("$")]
    return {**columns, "$and": [*joined, *apart]}


def either(*clauses: Where) -> Where:
    """At least one clause holds."""
    options: list[dict[str, Any]] = []
    for clause in clauses:
        if clause is None:
            continue
        if not clause:
            return {}
        options.extend(clause["$or"] if clause.keys() == {"$or"} else [clause])
    if not options:
        return None
    return options[0] if len(options) == 1 else {"$or": options}


def neither(clause: Where) -> Where:
    """The clause does not hold, for rows that have a value: the server's $nor is three-valued (protocol trap 6)."""
    if clause is None:
        return {}
    return {"$nor": [clause]} if clause else None


def _conjuncts(clause: dict[str, Any]) -> list[dict[str, Any]]:
    """A clause taken apart into terms of one key each."""
    terms: list[dict[str, Any]] = []
    for key, value in clause.items():
        if key == "$and":
            for part in value:
                terms.extend(_conjuncts(part))
        else:
            terms.append({key: value})
    return terms


def _merge(merged: dict[str, Any], term: dict[str, Any]) -> bool:
    """Fold one term into a clause; False when the column is taken by a condition it cannot stand beside."""
    ((key, value),) = term.items()
    if key not in merged:
        merged[key] = value
        return True
    present = merged[key]
    if same(present, value):
        return True
    if not (_is_constraint(present) and _is_constraint(value)):
        return False
    if any(operator in present and not same(present[operator], value[operator]) for operator in value):
        return False
    if not _may_share(present, value):
        return False
    merged[key] = {**present, **value}
    return True


def _is_constraint(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(key.startswith("$") for key in value)


#: Conditions that Parse reads together with a companion key, or alone, but never beside another of their family.
#: $inQuery and $select become an $in, and are added to one that stands there: "and" would turn into "or" (9.10).
_ALONE = frozenset(
    {
        "$regex",
        "$nearSphere",
        "$within",
        "$geoWithin",
        "$geoIntersects",
        "$text",
        "$containedBy",
        "$inQuery",
        "$notInQuery",
        "$select",
        "$dontSelect",
    }
)


def _may_share(present: dict[str, Any], value: dict[str, Any]) -> bool:
    return not (_ALONE & present.keys() or _ALONE & value.keys())


def presentable(clause: dict[str, Any]) -> dict[str, Any]:
    """A whole question with its nulls at the top spelled ``$exists``, which stays right for a column the server lacks.

    Within ``$or`` the plain null is the better one: Parse Server drops ``$exists: false`` on an unknown column from
    the list of choices (9.10).
    """
    return {key: {"$exists": False} if value is None and "." not in key else value for key, value in clause.items()}


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal, telling True from 1, which Python's own comparison does not."""
    kind = type(a)
    if kind is not type(b):
        return kind in _NUMBERS and type(b) in _NUMBERS and bool(a == b)
    try:
        if kind is dict:
            return a.keys() == b.keys() and _each_same(a.values(), map(b.__getitem__, a))
        if kind is list:
            return len(a) == len(b) and _each_same(a, b)
    except RecursionError:
        raise TooDeep.unfollowed() from None
    return bool(a == b)


def _each_same(a: Iterable[Any], b: Iterable[Any]) -> bool:
    """What ``all(map(same, a, b))`` says, with a call for few of the pairs."""
    for one, other in zip(a, b, strict=True):
        if type(one) is not type(other) or type(one) in _NESTED:
            if not same(one, other):
                return False
        elif one != other:
            return False
    return True


_NUMBERS = frozenset({int, float})
_NESTED = frozenset({list, dict})
