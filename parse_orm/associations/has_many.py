"""``has_many``: many rows of another class, found by a query, listed in an array, or kept in a relation."""

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar, overload

from ..errors import DeclarationError
from ..query import Query
from .association import Association
from .pointers import PointerArray
from .relation import RelationField

M = TypeVar("M")


class ManyByQuery(Association[M], Generic[M]):
    """Rows that point here: reading gives a query, lazy and chainable."""

    word = "has_many"

    @overload
    def __get__(self, record: None, owner: Any) -> "ManyByQuery[M]": ...
    @overload
    def __get__(self, record: object, owner: Any) -> Query[M]: ...
    def __get__(self, record: Any, owner: Any = None) -> Any:
        if record is None:
            return self
        loaded = record._book.related.get(self.name) if record._book is not None else None
        return loaded or self.query(record)

    def remember(self, record: Any, rows: list[M]) -> None:
        """Keep rows that were fetched for many objects at once: the query of this one has its answer in hand."""
        record._open_book().related[self.name] = self.query(record)._remembering(rows)


@overload
def has_many(
    target: type[M] | Callable[[], type[M]],
    *,
    through: Literal["query"] = ...,
    field: str | None = ...,
    where: dict[str, Any] | None = ...,
    scope: Callable[[Query[M], Any], Query[M]] | None = ...,
    scope_only: bool = ...,
) -> ManyByQuery[M]: ...
@overload
def has_many(
    target: type[M] | Callable[[], type[M]],
    *,
    through: Literal["array"],
    field: str | None = ...,
    required: bool = ...,
    doc: str = ...,
) -> PointerArray[M]: ...
@overload
def has_many(
    target: type[M] | Callable[[], type[M]],
    *,
    through: Literal["relation"],
    field: str | None = ...,
    doc: str = ...,
) -> RelationField[M]: ...
@overload
def has_many(
    target: str,
    *,
    through: Literal["query"] = ...,
    field: str | None = ...,
    where: dict[str, Any] | None = ...,
    scope: Callable[[Query[Any], Any], Query[Any]] | None = ...,
    scope_only: bool = ...,
) -> ManyByQuery[Any]: ...
@overload
def has_many(
    target: str, *, through: Literal["array"], field: str | None = ..., required: bool = ..., doc: str = ...
) -> PointerArray[Any]: ...
@overload
def has_many(
    target: str, *, through: Literal["relation"], field: str | None = ..., doc: str = ...
) -> RelationField[Any]: ...
def has_many(target: Any, *, through: str = "query", **options: Any) -> Any:
    """Declare many rows of another class.

    >>> import parse_orm as orm
    >>> class Verse(orm.ParseObject):
    ...     poem = orm.belongs_to("Poem")
    >>> class Poem(orm.ParseObject):
    ...     verses = orm.has_many(Verse)
    >>> Poem.pointer("xWMyZ4YEGZ").verses.limit(3)
    <VerseQuery where Verse.poem == <Poem xWMyZ4YEGZ (not loaded)> limit 3>

    ``through`` says where the rows are found:

    ``"query"``: each row points here with a belongs_to; reading gives a query.
    ``"array"``: this row lists them; reading gives a plain list, compared at save as every list is.
    ``"relation"``: the server keeps them in a table of its own; reading gives a Relation with ``add``, ``remove`` and
    the verbs of a query. Edits ride in the next save.

    Args:
        target: the model, its name, its dotted path, or a function that returns it, which is what tells type checkers
            the class of a forward name: ``lambda: Verse``.
        through: "query", "array" or "relation".
        options: for "query" ``field`` (the attribute of the target that points here), ``where``, ``scope`` and
            ``scope_only`` as for has_one; for "array" ``field`` (the wire name), ``required`` and ``doc``; for
            "relation" ``field`` and ``doc``.

    Raises:
        DeclarationError: there is no such ``through``.
    """
    kind = _KINDS.get(through)
    if kind is None:
        raise DeclarationError(f"has_many goes through {', '.join(map(repr, _KINDS))}, not through {through!r:.60}")
    return kind(target, **options)


_KINDS: dict[str, Callable[..., Any]] = {"query": ManyByQuery, "array": PointerArray, "relation": RelationField}
