"""``belongs_to`` is a pointer column: reading it gives the other object, asking it reaches into the other class."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, overload

from ..codec.kinds import Kind
from ..errors import BadQuery, InvalidInput
from ..expressions import Criterion, Expression, Nameable, Through
from ..fields.field import DecodedField
from ..fields.getters import Getter
from ..fields.origin import HERE, Lead, Origin
from ..fields.reading import getters
from ..fields.record import Record, refer
from ..meta.registry import registry
from ..meta.schema import ModelSchema
from ..types.pointer import Pointer
from .pointing import Pointing
from .reference import Reference

if TYPE_CHECKING:
    # A target given by name alone is Any to a checker (PEP 696: at run time only from Python 3.13).
    from typing_extensions import TypeVar

    M = TypeVar("M", default=Any)
else:
    from typing import TypeVar

    M = TypeVar("M")


class belongs_to(getters.Joining, DecodedField[M, M | None], Generic[M]):
    """Declare a column that points to one row of another class.

    >>> import parse_orm as orm
    >>> class Painter(orm.ParseObject):
    ...     name = orm.property(str)
    >>> class Picture(orm.ParseObject):
    ...     painter = orm.belongs_to(Painter)
    >>> Picture(painter=Painter.pointer("xWMyZ4YEGZ")).painter_id
    'xWMyZ4YEGZ'

    Reading gives an object of the target: loaded when it was included, else with its id alone and fetched at the
    first read of a field. ``picture.painter_id`` never asks the server.

    Args:
        target: the model, its name, its dotted path, or a function that returns it.
            ``belongs_to["Painter"]("Painter")`` tells type checkers the class of a forward name.
        field: the wire name, when it is not the camelCase of the attribute.
        required: a save without a value raises RecordInvalid.
        readonly: assignment raises ReadOnlyField.
        doc: one sentence for ``describe()``.
    """

    @overload
    def __init__(
        self,
        target: type[M] | Callable[[], type[M]],
        *,
        field: str | None = ...,
        required: bool = ...,
        readonly: bool = ...,
        doc: str = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        target: str,
        *,
        field: str | None = ...,
        required: bool = ...,
        readonly: bool = ...,
        doc: str = ...,
    ) -> None: ...
    def __init__(
        self,
        target: Any,
        *,
        field: str | None = None,
        required: bool = False,
        readonly: bool = False,
        doc: str = "",
    ) -> None:
        self.reference = Reference(target)
        self.pointing = Pointing(self.reference)
        kind = Kind("pointer", "Pointer", self.pointing.encode, _unused)
        super().__init__(kind, field=field, required=required, readonly=readonly, doc=doc)
        self.compared = True  # the object that was given may have got its id since
        self.refers = True

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.reference.module = owner.__module__
        if not hasattr(owner, f"{name}_id"):
            setattr(owner, f"{name}_id", ForeignId(self))

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, record: None, owner: Any) -> "Join[M]": ...
        @overload
        def __get__(self, record: object, owner: Any) -> M | None: ...
        def __get__(self, record: Any, owner: Any = None) -> Any: ...  # pyright: ignore[reportIncompatibleMethodOverride]

    def _join(self) -> "Join[M]":
        return Join((self,))

    def _getter(self) -> Getter:
        return getters.referred(self.path, self._absent, self._lead, self.reference)

    def target_schema(self) -> ModelSchema:
        """The tables of the target."""
        return self.reference.schema()

    def target_class(self) -> str:
        """The Parse class of the target."""
        return self.target_schema().class_name

    def decode(self, record: Record, wire: Any) -> Any:
        return refer(self._lead(record._origin), wire)

    def _lead(self, origin: Origin) -> Lead:
        """Where the pointers of one answer lead: looked up once for all its rows, until a model is declared."""
        known = origin.leads.get(self.reference)
        if known is not None and known[0] == registry.version:
            return known[1]
        version, lead = registry.version, origin.inside(self.path).lead(self.reference.resolve())
        if origin is not HERE:  # new objects share that one for ever, so it must not hold models
            origin.leads[self.reference] = version, lead
        return lead

    def assign(self, record: Record, value: Any) -> None:
        """An object stays the one that was given, so an unsaved one can be saved later."""
        if value is not None:
            self._accept(value)
            if isinstance(value, (str, Pointer)):
                value = self.decode(record, self.pointing.encode(value))
        record._write_decoded(self.path, value)

    def _accept(self, value: Any) -> None:
        try:
            self.pointing.check(value)
        except InvalidInput as error:
            raise type(error)(f"{self.label}: {error}") from None

    def check(self) -> None:
        """Resolve the target.

        Raises:
            UnknownModel: there is no such model.
        """
        self.reference.resolve()


def _unused(wire: Any) -> Any:
    raise AssertionError("a pointer is decoded by its field, which knows the target")


class ForeignId:
    """``song.artist_id``: the id in a pointer column, from memory."""

    def __init__(self, field: "belongs_to[Any]") -> None:
        self.field = field

    def __get__(self, record: Any, owner: Any = None) -> Any:
        if record is None:
            return self
        path, seen = self.field.path, record._seen
        if seen is not None and path in seen:
            held = seen[path]
            return None if held is None else held._wire.get("objectId")
        if path not in record._wire and not record._origin.knows(path):
            record._load_missing(path)
        wire = record._wire.get(path)
        return None if wire is None else wire["objectId"]

    def __set__(self, record: Any, value: str | None) -> None:
        self.field.__set__(record, value)


class Join(Nameable, Generic[M]):
    """A pointer column in a question: compare it with an object, or reach for a field of the target.

    ``Song.artist == ann`` compares the pointer; ``Song.artist.name == "Ann"`` asks the artist, as a subquery.
    """

    def __init__(self, via: tuple[belongs_to[Any], ...]) -> None:
        self._via = via

    @property
    def _expression(self) -> Expression[Any]:
        *before, last = self._via
        return Joined(tuple(before), last) if before else last

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        schema = self._via[-1].target_schema()
        field = schema.fields.get(name)
        if isinstance(field, belongs_to):
            return Join((*self._via, field))
        if field is not None:
            return Joined(self._via, field)
        if hasattr(Expression, name):
            return getattr(self._expression, name)
        raise schema.unknown(name)

    def __eq__(self, other: "M | Pointer | str | None") -> Criterion:  # type: ignore[override]
        return self._expression == other

    def __ne__(self, other: "M | Pointer | str | None") -> Criterion:  # type: ignore[override]
        return self._expression != other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return repr(self._expression)


class Joined(Expression[Any]):
    """A field of another class, reached through pointers."""

    def __init__(self, via: tuple[belongs_to[Any], ...], field: Any) -> None:
        self.via = via
        self.field = field
        self.path = ".".join([*(step.path for step in via), field.path])
        self.label = ".".join([via[0].label, *(step.name for step in via[1:]), field.name])
        self.shape = field.shape
        self.hidden = field.hidden

    @property
    def root(self) -> Expression[Any]:
        return self.via[0]

    def _ask(self, operator: str, value: Any) -> Criterion:
        criterion: Criterion = self.field._ask(operator, value)
        for step in reversed(self.via):
            criterion = Through(step, step.target_class, criterion)
        return criterion

    def asc(self) -> Any:
        raise BadQuery(f"Parse cannot sort by {self.label}: a column of another class")

    desc = asc
