"""``property`` declares a column that holds one value: text, number, date, place, file, dict."""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Literal, TypeVar, Unpack, overload

from ..codec.kinds import kind_of
from ..errors import DeclarationError
from .containers import ContainerField
from .field import DecodedField, Field, NativeField
from .options import FieldOptions
from .record import MISSING

T = TypeVar("T")
Get = TypeVar("Get")


class Property(Field[T, Get]):
    """The declared type of a ``property``: ``T`` is compared with, ``Get`` is read and written."""


@overload
def property(kind: type[T], *, required: Literal[True], **options: Unpack[FieldOptions]) -> Property[T, T]: ...
@overload
def property(
    kind: type[T], *, default: T | Callable[[], T], required: bool = ..., **options: Unpack[FieldOptions]
) -> Property[T, T]: ...
@overload
def property(
    kind: type[T], *, required: Literal[False] = ..., **options: Unpack[FieldOptions]
) -> Property[T, T | None]: ...
def property(kind: Any, *, required: bool = False, default: Any = MISSING, **options: Unpack[FieldOptions]) -> Any:
    """Declare a column.

    >>> import parse_orm as orm
    >>> class Tune(orm.ParseObject):
    ...     title = orm.property(str, required=True)
    ...     plays = orm.property(int, default=0)
    >>> Tune(title="Hey").plays
    0

    Args:
        kind: str, int, float, bool, datetime, dict, list, bytes, ZoneInfo, GeoPoint, Polygon, File, Email, Phone,
            ACL, or an Enum subclass, which is stored by value.
        required: a save without a value raises RecordInvalid.
        default: the value of a new object, or a function that makes one. A row of the server without a value reads
            None; ``where(plays=None).update_all(plays=0)`` fills such rows.
        options: see FieldOptions: field, readonly, choices, validate, hidden, doc.

    Returns:
        A descriptor: the value on an instance, an expression on the class.

    Raises:
        DeclarationError: Parse has no column for the kind, or the default is mutable.
    """
    if isinstance(kind, (FunctionType, staticmethod, classmethod)):
        raise DeclarationError(
            "this is parse_orm's property, which declares a column. For Python's own write @builtins.property, "
            "or better import parse_orm as orm and leave the name property alone"
        )
    meaning = kind_of(kind)
    if meaning.mutable and meaning.shape in {"Object", "Array"}:
        field: type[Field[Any, Any]] = ContainerField
    else:
        field = DecodedField if meaning.kept else NativeField
    return field(meaning, required=required, default=default, **options)
