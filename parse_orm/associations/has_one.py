"""``has_one`` asks the other side for the one row that belongs to this one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, overload

from ..errors import DeclarationError, ReadOnlyField
from ..query import Query
from .reference import Reference

if TYPE_CHECKING:
    # A target given by name alone is Any to a checker (PEP 696: at run time only from Python 3.13).
    from typing_extensions import TypeVar

    M = TypeVar("M", default=Any)
else:
    from typing import TypeVar

    M = TypeVar("M")


class has_one(Generic[M]):  # noqa: N801  (reads as a declaration)
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
        if scope_only and scope is None:
            raise DeclarationError("scope_only leaves only the scope to find the row: give scope= too")
        self.reference = Reference(target)
        self.field = field
        self.conditions = where or {}
        self.scope = scope
        self.scope_only = scope_only
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.owner = owner
        self.reference.module = owner.__module__

    @overload
    def __get__(self, record: None, owner: Any) -> "has_one[M]": ...
    @overload
    def __get__(self, record: object, owner: Any) -> M | None: ...
    def __get__(self, record: Any, owner: Any = None) -> Any:
        if record is None:
            return self
        related = record._open_book().related
        if self.name not in related:
            related[self.name] = self._find(record)
        return related[self.name]

    def __set__(self, record: Any, value: Any) -> None:
        cure = "" if self.scope_only else f": set {self.pointer()} on the {self.reference.name} instead"
        raise ReadOnlyField(f"{type(record).__name__}.{self.name} is read-only, it is found by a query{cure}")

    def pointer(self) -> str:
        """The attribute of the target that points here.

        Raises:
            DeclarationError: no belongs_to of the target fits, or several do.
        """
        if self.field:
            return str(self.reference.schema().field(self.field).name)
        here = self.owner.schema.class_name  # type: ignore[attr-defined]
        fitting = [
            name
            for name, field in self.reference.schema().fields.items()
            if hasattr(field, "target_schema") and field.target_schema().class_name == here
        ]
        if len(fitting) == 1:
            return fitting[0]
        found = f"several: {', '.join(fitting)}" if fitting else "none"
        raise DeclarationError(
            f"{self.owner.__name__}.{self.name} needs the belongs_to of {self.reference.name} that points to "
            f"{self.owner.__name__}, and there is {found}. Name it with field="
        )

    def query(self, record: Any) -> Query[M]:
        """The question that finds the row."""
        query = self.reference.resolve().query()
        client = record._origin.client
        if client is not None:
            query = query.using(client)
        if not self.scope_only:
            query = query.where(**{self.pointer(): record})
        if self.conditions:
            query = query.where(**self.conditions)
        return self.scope(query, record) if self.scope else query

    def _find(self, record: Any) -> M | None:
        return self.query(record).first() if "objectId" in record._wire else None

    def __repr__(self) -> str:
        by = "scope" if self.scope_only else self.pointer()
        return f"<has_one {self.reference.name} by {by}>"
