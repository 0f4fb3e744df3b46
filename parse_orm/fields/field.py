"""A field is one declared column: an expression on the class, a value on an instance.

Two runtime classes, chosen when the model is made, so that reading decides nothing: native fields share the JSON
value, decoded fields convert it once. A field is a builtin property, whose getter is made once the column is known:
CPython calls that one from C, and a ``__get__`` written in Python takes a quarter longer (3.11).
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from ..codec.decode import decode_date
from ..codec.encode import copied, copied_of, encode, encode_text
from ..codec.kinds import Kind, read_float
from ..errors import BadQuery, DeclarationError, InvalidValue, ReadOnlyField, UnsavedReference
from ..expressions.expression import Expression
from ..names import to_column
from ..types.depth import TooDeep, short_repr
from ..types.file import File
from ..types.operations import DELETE, Operation
from .getters import Getter
from .reading import getters
from .record import MISSING, Record, own_copy

T = TypeVar("T")
Get = TypeVar("Get")

if TYPE_CHECKING:

    class Readable(Generic[Get]):
        """What a builtin property is to type checkers here: they know the builtin one as a decorator only."""

        def __init__(self, fget: Getter) -> None: ...

        @overload
        def __get__(self, record: None, owner: Any) -> Self: ...
        @overload
        def __get__(self, record: object, owner: Any) -> Get: ...
        def __get__(self, record: Any, owner: Any = None) -> Any: ...
else:

    class Readable(property, Generic[Get]):
        """A builtin property: on the class itself, on an instance what the getter gives."""


class Field(Expression[T], Readable[Get], Generic[T, Get]):
    """The declaration of one column.

    Attributes:
        owner: the class that declares it, or that inherits it: each class has its own, so that a query knows
            whose column it was given.
        inherited: whether the owner inherits it.
        name: the attribute.
        path: the wire column.
        kind: what its values mean.
        required: a save without a value raises RecordInvalid.
        readonly: the server owns the column.
        compared: a value that was read may have changed since, so a save must compare it.
        blank: the wire value that says no more than a missing one, as an empty array read from nothing does.
        refers: whether a value may be, or hold, an object.
        secret: the row holds its values as ``Secret``.
    """

    owner: type
    inherited: bool = False
    name: str = ""
    path: str = ""
    blank: Any = MISSING
    refers: bool = False
    secret: bool = False

    def __init__(
        self,
        kind: Kind,
        *,
        field: str | None = None,
        default: Any = MISSING,
        required: bool = False,
        readonly: bool = False,
        choices: Collection[Any] | None = None,
        validate: Callable[[Any], Any] | None = None,
        hidden: bool = False,
        doc: str = "",
    ) -> None:
        self.kind = kind
        self.default = MISSING if default is None else default
        self.required = required
        self.readonly = readonly
        self.choices = choices if choices is None else _choices(choices)
        self.validate = validate
        self.hidden = hidden
        self.doc = doc
        self.path = field or ""
        self.compared = kind.mutable
        self.shape = kind.shape
        self.label = self.path
        self._check_options()
        self._check_default()

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name
        self.path = self.path or to_column(name)
        self._bind()

    def _bind(self) -> None:
        self.label = f"{self.owner.__name__}.{self.name}"
        Readable.__init__(self, self._getter())
        self.__doc__ = self.doc  # what help(Song) says of a property

    def inherited_by(self, owner: type) -> Self:
        """The same column as the one of a class that inherits it."""
        made = type(self).__new__(type(self))
        vars(made).update(vars(self))
        made.owner, made.inherited = owner, True
        made._bind()
        return made

    def _getter(self) -> Getter:
        """The function that reads this column; it holds what it needs, so that reading looks nothing up."""
        raise NotImplementedError

    def __copy__(self) -> Self:
        """A declaration is one of its kind, also in the copy of a query."""
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def _check_options(self) -> None:
        if not isinstance(self.path, str):
            raise DeclarationError(f"field= is the name of a column as text, not {short_repr(self.path)}")
        if self.validate is not None and not callable(self.validate):
            raise DeclarationError(f"validate= is a function of the value, not {short_repr(self.validate)}")
        for choice in self.choices or ():
            if choice is None:
                continue
            try:
                wire = self.kind.encode(choice)
            except InvalidValue as error:
                raise DeclarationError(f"choices= has a value that the column cannot hold: {error}") from None
            read = wire if self.kind.decode is None else self.kind.decode(wire)
            if read != choice:
                raise DeclarationError(
                    f"choices= has {short_repr(choice)}, which no row would have: it is read as {short_repr(read)}"
                )
        if self.choices is not None and not (
            self.default is MISSING or callable(self.default) or self.default in self.choices
        ):
            raise DeclarationError(f"the default {short_repr(self.default)} is none of the choices")

    def _check_default(self) -> None:
        if self.default is MISSING or callable(self.default):
            return
        if self.kind.mutable:
            raise DeclarationError("a mutable default would be shared by every object: give a function, default=list")
        self.kind.encode(self.default)

    # -- values ------------------------------------------------------------------------

    def __set__(self, record: Any, value: Get) -> None:
        raise NotImplementedError

    def encode(self, value: Any) -> Any:
        """The wire form of a value of this column.

        Raises:
            InvalidValue: the column cannot hold it.
        """
        try:
            return self.kind.encode(value)
        except InvalidValue as error:
            raise self.named(error) from None

    def named(self, error: InvalidValue) -> InvalidValue:
        """The same error, which says which column it is about."""
        if isinstance(error, TooDeep):
            return error.inside(self.label)
        return InvalidValue(f"{self.label}: {error}")

    def decode(self, record: Record, wire: Any) -> Any:
        """The Python value of a wire value."""
        return wire if self.kind.decode is None else self.kind.decode(wire)

    def make_default(self) -> Any:
        """The default value, or None."""
        if self.default is MISSING:
            return None
        return self.default() if callable(self.default) else self.default

    def assign(self, record: Record, value: Any) -> None:
        """Set the value, read-only or not: for constructors and trusted code."""
        raise NotImplementedError

    def removed(self) -> Any:
        """The JSON that is sent to take the value of this column away."""
        return DELETE

    def as_edit(self, record: Record, was: Any, now: Any) -> Operation | None:
        """An operation that says the change of a value better than the whole new value does, or None."""
        return None

    @property
    def is_defaulted(self) -> bool:
        """Whether a new object has a value."""
        return self.default is not MISSING

    @property
    def is_judged(self) -> bool:
        """Whether a value has to meet a rule before a save."""
        return self.required or self.choices is not None or self.validate is not None

    def _absent(self, record: Record) -> Any:
        """The value when the row holds none: fetched first when it was never asked for, else None.

        The default is that of new objects: a row without a value counts as one in queries, dumps and operations, too.
        """
        if not record._origin.knows(self.path) and self.path not in record._wire:
            record._load_missing(self.path)
            if self.path in record._wire:
                return self.__get__(record, type(record))
        return None

    def _refuse(self, record: Any) -> ReadOnlyField:
        return ReadOnlyField(f"{type(record).__name__}.{self.name} is read-only: the server sets it")

    # -- questions ---------------------------------------------------------------------

    def operand(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return _OPERANDS.get(self.shape, _encode_operand)(self, value)
        except InvalidValue as error:
            raise BadQuery(f"{self.label}: {error}") from None

    def text(self, value: str) -> str:
        try:
            return encode_text(value)
        except InvalidValue as error:
            raise BadQuery(f"{self.label}: {error}") from None

    def __getitem__(self, key: str) -> "Inside":
        """A value inside an object column: ``Song.info["size"] > 3``."""
        if self.shape not in {"Object", "Any"}:
            raise BadQuery(f"{self.label} is a {self.shape} column: only an object column has keys")
        return Inside(self, key)


class NativeField(Field[T, Get]):
    """A column whose JSON value is its Python value, or as good as."""

    def _getter(self) -> Getter:
        if self.kind.native:
            return getters.native(self.path, self._absent)
        assert self.kind.decode is read_float
        return getters.real(self.path, self._absent)

    def __set__(self, record: Any, value: Get) -> None:
        if self.readonly:
            raise self._refuse(record)
        record._write_native(self.path, None if value is None else self.encode(value))

    def assign(self, record: Record, value: Any) -> None:
        record._write_native(self.path, None if value is None else self.encode(value))


class DecodedField(Field[T, Get]):
    """A column whose value is converted at first read and kept."""

    def _getter(self) -> Getter:
        if self.kind.decode is decode_date:
            return getters.date(self.path, self._absent)
        assert self.kind.decode
        return getters.decoded(self.path, self._absent, self.kind.decode)

    def __set__(self, record: Any, value: Get) -> None:
        if self.readonly:
            raise self._refuse(record)
        self.assign(record, value)

    def assign(self, record: Record, value: Any) -> None:
        """Keep a copy of a mutable value, to be compared at save; another in milliseconds, as the server does."""
        if self.kind.mutable:
            record._write_decoded(self.path, None if value is None else self._own(value))
            return
        wire = None if value is None else self.encode(value)
        record._write_native(self.path, wire)
        if record._seen is not None:
            record._seen.pop(self.path, None)

    def _own(self, value: Any) -> Any:
        """A copy that nobody else holds; what the column cannot hold is refused."""
        copies = self.kind.copies
        if copies is dict or copies is list:
            made = copied(value, 1) if type(value) is copies else None
        else:
            made = None if copies is None else copied_of(value, copies)
        if made is not None:
            return made
        self._check(value)
        try:
            return own_copy(value)
        except TooDeep as error:
            raise self.named(error) from None

    def _check(self, value: Any) -> None:
        """Refuse what the column cannot hold; an object that has no id yet may get one before the save."""
        with suppress(UnsavedReference):
            self.encode(value)


def _choices(given: Any) -> Collection[Any]:
    """The choices, read once: an iterator would be used up by the first save."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise DeclarationError(f"choices= is a list of the values that are allowed, not {short_repr(given)}")
    return tuple(given)


_DIGITS = (
    "Parse Server on Postgres reads a key of digits as a place in a list (9.10), and finds other rows. "
    "Let the keys begin with a letter, or declare a column"
)


class Inside(Expression[Any]):
    """A path into an object column; nobody declared what stands there."""

    shape = "Any"

    def __init__(self, column: Expression[Any], key: str) -> None:
        if not isinstance(key, str):
            raise BadQuery(f"{column.label}: a key is text, not {short_repr(key)}")
        if not key or any(char in key for char in ".$\x00"):
            raise BadQuery(f"{key!r:.60} cannot be a key inside {column.label}: keys have no '.' and no '$'")
        self.path = f"{column.path}.{key}"
        self.label = f"{column.label}[{key!r}]"
        self.hidden = column.hidden
        self.refusal = _DIGITS if key.isascii() and key.isdigit() else column.refusal
        self._root = column.root

    @property
    def root(self) -> Expression[Any]:
        return self._root

    def __getitem__(self, key: str) -> "Inside":
        return Inside(self, key)

    def operand(self, value: Any) -> Any:
        return encode(value)

    def text(self, value: str) -> str:
        return encode_text(value)


def _encode_operand(field: Field[Any, Any], value: Any) -> Any:
    return field.kind.encode(value)


def _number_operand(field: Field[Any, Any], value: Any) -> Any:
    """A whole-number column may be compared with 2.5."""
    return encode(value) if isinstance(value, float) else field.kind.encode(value)


def _element_operand(field: Field[Any, Any], value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        raise InvalidValue(
            "Parse cannot compare whole arrays on Postgres (code 119): ask contains_all(...) and contained_by(...)"
        )
    return field.kind.encode([value])[0]


def _object_operand(field: Field[Any, Any], value: Any) -> Any:
    raise InvalidValue(f"Parse cannot compare whole objects on Postgres (code 119): ask {field.label}['key'] == ...")


def _file_operand(field: Field[Any, Any], value: Any) -> Any:
    """By name: Parse Server on Postgres finds nothing for a whole file (9.10)."""
    if isinstance(value, File) and not getattr(value, "is_new", False):
        return value.name  # a question needs no address
    return field.kind.encode(value)["name"]


_OPERANDS: dict[str, Callable[[Field[Any, Any], Any], Any]] = {
    "Number": _number_operand,
    "Array": _element_operand,
    "File": _file_operand,
    "Object": _object_operand,
}
