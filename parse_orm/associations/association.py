"""An association that is answered by a query: rows of another class point to this one."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from ..errors import DeclarationError, ReadOnlyField
from ..fields.field import Field
from ..query import Query
from .reference import Reference

M = TypeVar("M")

#: Narrows the query of an association; it gets the query and the object.
Scope = Callable[[Query[M], Any], Query[M]]


class Association(Generic[M]):
    """What ``has_one`` and the plain ``has_many`` have in common.

    Attributes:
        name: the attribute.
        reference: the model that points here.
        conditions: lookups that narrow the query.
        scope: a function of the query and the object.
        scope_only: whether the scope alone finds the rows.
    """

    word: ClassVar[str] = ""

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
            raise DeclarationError("scope_only leaves only the scope to find the rows: give scope= too")
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

    def __set__(self, record: Any, value: Any) -> None:
        cure = "" if self.scope_only else f": set {self.pointer()} on the {self.reference.name} instead"
        raise ReadOnlyField(f"{type(record).__name__}.{self.name} is read-only, it is found by a query{cure}")

    def pointer(self) -> str:
        """The attribute of the target that points here.

        Raises:
            DeclarationError: no belongs_to of the target fits, or several do.
        """
        schema = self.reference.schema()
        if self.field:
            return str(schema.field(self.field).name)
        here = self.owner.schema.class_name  # type: ignore[attr-defined]
        fitting = [name for name, field in schema.fields.items() if _points_to(field, here)]
        if len(fitting) == 1:
            return fitting[0]
        found = f"several: {', '.join(fitting)}" if fitting else "none"
        raise DeclarationError(
            f"{self.owner.__name__}.{self.name} needs the belongs_to of {self.reference.name} that points to "
            f"{self.owner.__name__}, and there is {found}. Name it with field="
        )

    def query(self, record: Any) -> Query[M]:
        """The question that finds the rows; an object that was never saved has none."""
        query: Query[M] = self.reference.resolve().query()
        client = record._origin.client
        if client is not None:
            query = query.using(client)
        if "objectId" not in record._wire:
            return query.where(id__in=[])
        if not self.scope_only:
            query = query.where(**{self.pointer(): record})
        if self.conditions:
            query = query.where(**self.conditions)
        return self.scope(query, record) if self.scope else query

    def check(self) -> None:
        """Resolve what was declared.

        Raises:
            UnknownModel: there is no such target.
            DeclarationError: nothing of the target points here.
            UnknownField: the target has no such field.
        """
        self.reference.resolve()
        if not self.scope_only:
            self.pointer()

    def __repr__(self) -> str:
        by = "scope" if self.scope_only else self.pointer()
        return f"<{self.word} {self.reference.name} by {by}>"


def _points_to(field: Field[Any, Any], class_name: str) -> bool:
    """Whether a column is one pointer to that class; the target is asked only of columns that have one."""
    return field.shape == "Pointer" and bool(field.target_schema().class_name == class_name)  # type: ignore[attr-defined]
