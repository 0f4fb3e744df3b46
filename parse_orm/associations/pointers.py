"""``has_many`` through an array: a column that holds a list of pointers, read as a plain list of objects."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ..codec.decode import is_reference
from ..codec.kinds import Kind
from ..errors import InvalidValue, UnsavedReference
from ..fields.array import ArrayField
from ..fields.record import Record, refer
from ..meta.schema import ModelSchema
from .pointing import Pointing
from .reference import Reference

M = TypeVar("M")


class PointerArray(ArrayField, Generic[M]):
    """A list of rows of one class; changes in place are found at save, as for every list.

    Included rows are loaded objects. A row that was deleted, or that is hidden from who asks, is missing from an
    included list (Parse Server 9.10), so a list that was included is never written back as a whole: what was appended
    and what was taken out is sent as such.
    """

    def __init__(self, target: Any, **options: Any) -> None:
        self.reference = Reference(target)
        self.pointing = Pointing(self.reference)
        super().__init__(Kind("pointer", "Pointer", self.pointing.encode), **options)

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.reference.module = owner.__module__

    if TYPE_CHECKING:

        @overload
        def __get__(self, record: None, owner: Any) -> "PointerArray[M]": ...
        @overload
        def __get__(self, record: object, owner: Any) -> list[M]: ...
        def __get__(self, record: Any, owner: Any = None) -> Any: ...
        def __set__(self, record: Any, value: list[M]) -> None: ...

    def assign(self, record: Record, value: Any) -> None:
        """The objects stay those that were given, so unsaved ones can be saved later."""
        if value is not None:
            if not isinstance(value, (list, tuple)):
                raise InvalidValue(f"{self.label}: expected a list, got {type(value).__name__}")
            try:
                value = [self.pointing.row(item) for item in value]
            except UnsavedReference:
                raise
            except InvalidValue as error:
                raise self.named(error) from None
        record._write_decoded(self.path, [] if value is None else value)
        book = record._open_book()
        book.replaced |= {self.path}
        if value is None or book.cleared:
            self._note_cleared(book, value is None)

    def decode(self, record: Record, wire: Any) -> Any:
        lead = record._origin.inside(self.path).lead(self.reference.resolve())
        return [refer(lead, item) for item in wire if is_reference(item)]

    def target_schema(self) -> ModelSchema:
        """The tables of the elements, for lookups and includes that go through the list."""
        return self.reference.schema()

    def target_class(self) -> str:
        """The Parse class of the elements."""
        return self.target_schema().class_name

    def check(self) -> None:
        """Resolve the target.

        Raises:
            UnknownModel: there is no such model.
        """
        self.reference.resolve()
