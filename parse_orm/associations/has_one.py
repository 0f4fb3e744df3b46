"""``has_one`` asks the other side for the one row that belongs to this one."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from ..query import Query
from ..query.nplusone import fetched_alone
from .association import Association

M = TypeVar("M")


class has_one(Association[M], Generic[M]):
    """Declare that one row of another class points here; reading it is one request, remembered on the object.

    >>> import parse_orm as orm
    >>> class Portrait(orm.ParseObject):
    ...     sitter = orm.belongs_to("Sitter")
    >>> class Sitter(orm.ParseObject):
    ...     portrait = orm.has_one(Portrait)
    >>> Sitter.portrait
    <has_one Portrait by sitter>

    Args:
        target: the model that points here, its name, its dotted path, or a function that returns it.
        field: the attribute of the target that points here; by default the only belongs_to that fits.
        where: further conditions, as lookups: ``where={"kind": "front"}``.
        scope: a function of the query and the object that narrows the query.
        scope_only: leave out the pointer condition; ``scope`` alone finds the row.
    """

    word = "has_one"

    @overload
    def __init__(
        self,
        target: type[M] | Callable[[], type[M]],
        *,
        field: str | None = ...,
        where: dict[str, Any] | None = ...,
        scope: Callable[[Query[M], Any], Query[M]] | None = ...,
        scope_only: bool = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        target: str,
        *,
        field: str | None = ...,
        where: dict[str, Any] | None = ...,
        scope: Callable[[Query[Any], Any], Query[Any]] | None = ...,
        scope_only: bool = ...,
    ) -> None: ...
    def __init__(
        self,
        target: Any,
        *,
        field: str | None = None,
        where: dict[str, Any] | None = None,
        scope: Callable[[Query[Any], Any], Query[Any]] | None = None,
        scope_only: bool = False,
    ) -> None:
        super().__init__(target, field=field, where=where, scope=scope, scope_only=scope_only)

    @overload
    def __get__(self, record: None, owner: Any) -> "has_one[M]": ...
    @overload
    def __get__(self, record: object, owner: Any) -> M | None: ...
    def __get__(self, record: Any, owner: Any = None) -> Any:
        if record is None:
            return self
        related = record._open_book().related
        if self.name not in related:
            fetched_alone(f"{type(record).__name__}.{self.name}")
            related[self.name] = self.query(record).first()
        return related[self.name]

    def remember(self, record: Any, rows: list[M]) -> None:
        """Keep the row that was fetched for many objects at once."""
        record._open_book().related[self.name] = rows[0] if rows else None
