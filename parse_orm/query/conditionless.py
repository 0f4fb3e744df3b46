"""Verbs that take no conditions, and say where conditions go when they are given some."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from ..errors import BadQuery
from ..expressions import Criterion
from ..types.depth import short_repr
from ..types.secret import hidden

#: The verb that gives the rows of conditions, for those that take an id.
_ANSWERS = {"get": "one", "find": "first"}

#: What a value was meant for, by verb.
_INSTEAD = {
    "destroy_all": ": it deletes the rows of the query. Write orm.destroy_all([...]) for a list of objects",
    "delete_all": ": it deletes the rows of the query. Write orm.destroy_all([...]) for a list of objects",
    "exists": ": write find(id) for an id, and where(...).exists() for conditions",
    "latest": ": write order(...).first()",
    "oldest": ": write order(...).first()",
}

F = TypeVar("F", bound=Callable[..., Any])


def conditionless(verb: F) -> F:
    """Refuse criteria and lookups, such as ``exists(title="x")``, with the words that ask them.

    Python's own complaint, an unexpected keyword argument, names neither the reason nor the cure.
    """
    name = verb.__name__
    code = verb.__code__
    known = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])

    @wraps(verb)
    def asked(self: Any, *values: Any, **options: Any) -> Any:
        if "session" in options:
            options["session"] = hidden(options["session"])
        conditions = [f"{option}=..." for option in options if option not in known]
        conditions[:0] = [repr(value) for value in values if isinstance(value, Criterion)]
        if conditions:
            instead = _ANSWERS.get(name, name)
            raise BadQuery(f"{name} takes no conditions: write where({', '.join(conditions)}).{instead}()")
        if len(values) >= code.co_argcount:
            raise BadQuery(f"{name} takes nothing like {short_repr(values[-1])}{_INSTEAD.get(name, '')}")
        return verb(self, *values, **options)

    return cast(F, asked)
