"""A scope is a named part of a query: declared once on the model, chained like ``where``."""

from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from .query import Query

P = ParamSpec("P")
R = TypeVar("R")


class scope(Generic[P, R]):
    """Turn a function of a query into a scope of the model.

    >>> import parse_orm as orm
    >>> class Tune(orm.ParseObject):
    ...     plays = orm.property(int, default=0)
    ...     @orm.scope
    ...     @staticmethod
    ...     def popular(q: orm.Query["Tune"], at_least: int = 100) -> orm.Query["Tune"]:
    ...         return q.where(Tune.plays >= at_least)
    >>> Tune.popular(5)
    <TuneQuery where Tune.plays >= 5>

    Args:
        function: takes the query first, then whatever the scope takes, and returns a query. The ``@staticmethod``
            line keeps pyright from reading the first argument as ``self``.
    """

    def __init__(self, function: Callable[Concatenate[Query[Any], P], R]) -> None:
        self.function: Callable[..., R] = function.__func__ if isinstance(function, staticmethod) else function
        self.__doc__ = self.function.__doc__

    def __get__(self, instance: object, owner: Any) -> Callable[P, R]:
        query = owner.query()
        method: Callable[P, R] = getattr(query, self.function.__name__)
        return method


def query_class(model_name: str, base: type[Query[Any]], scopes: dict[str, Any]) -> type[Query[Any]]:
    """The query class of one model: its scopes are methods, so they chain and complete at a prompt."""
    methods = {name: declared.function for name, declared in scopes.items()}
    return type(f"{model_name}Query", (base,), {"__slots__": (), "__module__": base.__module__, **methods})
