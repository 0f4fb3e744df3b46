"""``array`` declares a column that holds a list of one type."""

from dataclasses import replace
from typing import Any, TypeVar

from ..codec.decode import without_rows
from ..codec.encode import copied_of, encode_list
from ..codec.kinds import Kind, kind_of
from ..errors import InvalidValue, NotLoaded
from ..types.depth import TooDeep, refuse_deep
from ..types.operations import Add, Operation, Remove
from .book import Book
from .containers import ContainerField
from .getters import Getter
from .property import Property
from .reading import getters
from .record import MISSING, Record

T = TypeVar("T")


class ArrayField(ContainerField[Any, Any]):
    """A list column: reading it always gives a list, and the list that was read is the one that is saved."""

    blank: Any = []  # noqa: RUF012 - compared, never changed

    def __init__(self, element: Kind | None, **options: Any) -> None:
        self.element = element
        self._plain = element.plain if element else None
        write = self._encode_all if self._plain is None else self._encode_plain
        copies = self._plain if element else list
        super().__init__(replace(kind_of(list), name="array", encode=write, copies=copies), **options)
        self.refers = self._plain is None

    def _encode_plain(self, values: Any) -> list[Any]:
        copy = copied_of(values, self._plain)
        return self._encode_all(values) if copy is None else copy

    def _encode_all(self, values: Any) -> list[Any]:
        if not isinstance(values, (list, tuple)):
            raise InvalidValue(f"expected list, got {type(values).__name__}")
        if self.element is None:
            return encode_list(values)
        one = self.element.encode
        try:
            return [None if value is None else one(value) for value in values]
        except TooDeep:
            refuse_deep(values)  # says in which element
            raise

    def _getter(self) -> Getter:
        if self.element is None:
            return super()._getter()
        if self.element.native and type(self).decode is ArrayField.decode:
            return getters.decoded(self.path, self._absent, list)  # a call less than ``decode``
        return getters.made(self.path, self._absent, self.decode)

    def decode(self, record: Record, wire: Any) -> Any:
        if self.element is None:
            return super().decode(record, wire)
        read = self.element.decode
        return list(wire) if read is None else [None if item is None else read(item) for item in wire]

    def assign(self, record: Record, value: Any) -> None:
        """Set the list, also to an empty one, which is stored unlike the one that is read where the row has none.

        None takes the value out of the row, and reads as an empty list from then on.
        """
        super().assign(record, [] if value is None else value)
        book = record._open_book()
        book.replaced |= {self.path}
        if value is None or book.cleared:
            self._note_cleared(book, value is None)

    def _note_cleared(self, book: Book, cleared: bool) -> None:
        """Remember whether None was given."""
        book.cleared = book.cleared | {self.path} if cleared else book.cleared - {self.path}

    def as_edit(self, record: Record, was: Any, now: Any) -> Operation | None:
        """What was appended, or taken out, of an included list: the list as a whole would drop what it lacks.

        Deleted and hidden rows are left out of an included list (Parse Server 9.10).

        Raises:
            NotLoaded: the list was reordered, or changed in both ways, which no single operation says.
        """
        if not record._may_lack(self.path) or not isinstance(was, list) or not now:
            return None
        before = without_rows(was)
        kept = [item for item in before if item in now]
        added = now[len(kept) :]
        if now[: len(kept)] == kept and (not added or len(kept) == len(before)):
            return Add(added) if added else Remove([item for item in before if item not in now])
        raise NotLoaded(
            f"{self.label} was included, so deleted and hidden rows are missing from it, and saving the list would "
            f"drop them: fetch(keys=[{self.name!r}]) first, or assign a whole new list"
        )

    def _absent(self, record: Record) -> Any:
        """An empty list, kept, so that appending to it is seen at the next save."""
        value = super()._absent(record)
        if value is not None:
            return value
        if record._seen is None:
            record._seen = {}
        return record._seen.setdefault(self.path, [])


def array(
    element: type[T] = object,  # type: ignore[assignment]
    *,
    field: str | None = None,
    default: Any = MISSING,
    required: bool = False,
    readonly: bool = False,
    hidden: bool = False,
    doc: str = "",
) -> Property[T, list[T]]:
    """Declare a column that holds a list; reading it never gives None.

    >>> import parse_orm as orm
    >>> class Album(orm.ParseObject):
    ...     tags = orm.array(str)
    >>> Album().tags
    []

    Args:
        element: the type of the elements; any type that ``property`` takes, or nothing for mixed lists.
        field: the wire name, when it is not the camelCase of the attribute.
        default: a function that makes the list of a new object.
        required: a save with an empty list raises RecordInvalid.
        readonly: assignment raises ReadOnlyField.
        hidden: shown as ``[hidden]`` in reprs and dumps.
        doc: one sentence for ``describe()``.

    Returns:
        A descriptor: a list on an instance, an expression on the class.

    Raises:
        DeclarationError: Parse has no column for the element type.
    """
    kind = None if element is object else kind_of(element)
    made: Any = ArrayField(
        kind, field=field, default=default, required=required, readonly=readonly, hidden=hidden, doc=doc
    )
    return made  # type: ignore[no-any-return]
