"""Verbs that take no conditions, and say where conditions go when they are given some."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from ..errors import BadQuery
from ..expressions import Criterion

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
        conditions = [f"{option}=..." for option in options if option not in known]
        conditions[:0] = [repr(value) for value in values if isinstance(value, Criterion)]
        if conditions:
            raise BadQuery(f"{name} takes no conditions: write where({', '.join(conditions)}).{name}()")
        return verb(self, *values, **options)

    return cast(F, asked)
