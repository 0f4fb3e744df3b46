"""``has_many`` through a relation: rows that the server keeps in a table of their own, however many there are.

Nothing is ever downloaded to add or remove a row: edits are kept with the owner and ride in its next save.
"""

from collections.abc import Iterator
from typing import Any, Generic, NoReturn, TypeVar

from ..codec.encode import encode_pointer
from ..codec.kinds import Kind
from ..errors import BadQuery, InvalidValue, ReadOnlyField
from ..expressions import Criterion
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.criteria import Condition
from ..expressions.where import Where
from ..fields.field import Field
from ..fields.getters import Getter
from ..fields.record import Record
from ..query import Query
from ..query.conditionless import conditionless
from ..types.operations import Relate
from ..types.pointer import Pointer
from .pointing import Pointing
from .reference import Reference

M = TypeVar("M")


class RelatedTo(Criterion):
    """Rows that stand in a relation of one object."""

    __slots__ = ("key", "label", "owner")

    def __init__(self, owner: Pointer, key: str, label: str) -> None:
        self.owner, self.key, self.label = owner, key, label

    def compile(self, negated: bool = False, absent: Absent = NOTHING_ABSENT) -> Where:
        if negated:
            raise BadQuery(f"Parse cannot ask for rows that are not in {self.label}")
        return {"$relatedTo": {"object": encode_pointer(self.owner), "key": self.key}}

    def conditions(self) -> Iterator[Condition]:
        return iter(())

    def __repr__(self) -> str:
        return f"in {self.label} of {self.owner.id}"


class Relation(Generic[M]):
    """The rows in one relation of one object, such as ``song.fans``.

    Reading asks the server, as a query does; ``add`` and ``remove`` wait for the owner's next save.
    """

    __slots__ = ("_field", "_owner")

    def __init__(self, owner: Any, field: "RelationField[M]") -> None:
        self._owner = owner
        self._field = field

    # -- edits -----------------------------------------------------------------------------

    def add(self, *rows: M | Pointer | str) -> "Relation[M]":
        """Put rows into the relation at the owner's next save; adding a row that is in it already does nothing.

        Args:
            rows: objects, pointers or ids of the target. An unsaved object must be saved before the owner is, or with
                it: ``save(cascade=True)``.

        Raises:
            InvalidValue: it is no row of the target's class.
        """
        return self._edit(Relate(added=self._rows(rows)), rows)

    def remove(self, *rows: M | Pointer | str) -> "Relation[M]":
        """Take rows out of the relation at the owner's next save; the rows themselves stay.

        Args:
            rows: objects, pointers or ids of the target.

        Raises:
            InvalidValue: it is no row of the target's class.
        """
        return self._edit(Relate(removed=self._rows(rows)), rows)

    # -- questions -------------------------------------------------------------------------

    def query(self) -> Query[M]:
        """The query of the rows that the server has in the relation."""
        owner = self._owner
        query: Query[M] = self._field.reference.resolve().query()
        if owner._origin.client is not None:
            query = query.using(owner._origin.client)
        if "objectId" not in owner._wire:
            return query.where(id__in=[])
        pointer = Pointer(owner.schema.class_name, owner._wire["objectId"])
        return query.where(RelatedTo(pointer, self._field.path, self._field.label))

    def where(self, *criteria: Criterion, **lookups: Any) -> Query[M]:
        """The rows that meet every criterion; see ``Query.where``."""
        return self.query().where(*criteria, **lookups)

    @conditionless
    def all(self) -> list[M]:
        """Every row, however many pages that takes."""
        return self.query().all()

    @conditionless
    def count(self) -> int:
        """How many rows there are, exactly."""
        return self.query().count()

    @conditionless
    def exists(self) -> bool:
        """Whether there is any row."""
        return self.query().exists()

    def has(self, row: M | Pointer | str) -> bool:
        """Whether the server has that row in the relation; one request."""
        target = self._field.pointing.encode(row)
        return self.query().where(id=target["objectId"]).exists()

    def __iter__(self) -> Iterator[M]:
        return iter(self.query())

    def __getattr__(self, name: str) -> Any:
        """The other verbs of a query, and the scopes of the target."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.query(), name)

    def __repr__(self) -> str:
        waiting = self._owner._operations().get(self._field.path)
        edits = f" +{len(waiting.added)} -{len(waiting.removed)} to be saved" if waiting is not None else ""
        return f"<{self._field.label} of {self._owner._wire.get('objectId', 'new')}{edits}>"

    # -- helpers ---------------------------------------------------------------------------

    def _rows(self, rows: tuple[Any, ...]) -> list[Any]:
        try:
            found = [self._field.pointing.row(row) for row in rows]
        except InvalidValue as error:
            raise InvalidValue(f"{self._field.label}: {error}") from None
        return [row for index, row in enumerate(found) if row not in found[:index]]

    def _edit(self, edit: Relate, rows: tuple[Any, ...]) -> "Relation[M]":
        if rows:
            self._owner._queue(self._field.path, edit)
        return self


class RelationField(Field[M, Relation[M]], Generic[M]):
    """A relation column: it has no value of its own, reading it gives a handle."""

    def __init__(self, target: Any, *, field: str | None = None, doc: str = "") -> None:
        self.reference = Reference(target)
        self.pointing = Pointing(self.reference)
        super().__init__(Kind("relation", "Relation", self.pointing.encode, _no_value), field=field, doc=doc)

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.reference.module = owner.__module__

    def _getter(self) -> Getter:
        return lambda record: Relation(record, self)

    def __set__(self, record: Any, value: Any) -> None:
        self.assign(record, value)

    def assign(self, record: Record, value: Any) -> NoReturn:
        """A relation is edited, never replaced: nobody knows all of its rows."""
        raise ReadOnlyField(f"{self.label} is a relation: use {self.name}.add(...) and {self.name}.remove(...)")

    def operand(self, value: Any) -> Any:
        """One row of the target: the server finds nothing for null, whatever the relations hold (9.10)."""
        if value is None:
            raise BadQuery(f"{self.label}: Parse cannot ask whether a relation is empty")
        return super().operand(value)

    def decode(self, record: Record, wire: Any) -> None:
        """The server says no more than that there is a relation."""
        return

    def target_class(self) -> str:
        """The Parse class of the rows."""
        class_name: str = self.reference.schema().class_name
        return class_name

    def check(self) -> None:
        """Resolve the target.

        Raises:
            UnknownModel: there is no such model.
        """
        self.reference.resolve()


def _no_value(wire: Any) -> None:
    return
