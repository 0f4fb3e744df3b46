"""Rows of associations, fetched with one further question for each association instead of one for each row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import BadQuery
from ..expressions import Nameable
from ..types.depth import short_repr
from .binding import Asker, Binding
from .lookups import named, refuse_foreign

#: Ids or pointers of one follow-up question.
IDS_PER_REQUEST = 500


@dataclass(frozen=True, slots=True)
class Preload:
    """One association to load, and those to load from there on.

    Attributes:
        association: the declared field or association.
        name: its attribute.
        rest: the remainder of a dotted path.
    """

    association: Any
    name: str
    rest: tuple[str, ...] = ()

    def load(self, records: Sequence[Any], binding: Binding, asker: Asker) -> None:
        """Put the rows in place, as if each object had asked for them."""
        saved = [record for record in records if "objectId" in record._wire]
        if not saved:
            return
        load = _by_pointer if _is_pointer(self.association) else _by_query
        load(self, saved, Binding(asker.client, binding.session, _master(asker), binding.context))

    def of(self, query: Any, binding: Binding) -> Any:
        """The question for the other side, asked by the same credential."""
        bound = query._copy(binding=binding)
        return bound.preload(".".join(self.rest)) if self.rest else bound


def preloads_of(model: Any, associations: Iterable[Any]) -> Iterator[Preload]:
    """The associations that a user named.

    Raises:
        UnknownField: the model has no such association.
        BadQuery: it is a plain column.
    """
    for given in associations:
        head, *rest = _name(model, given).split(".")
        association = model.schema.associations.get(head)
        if association is None:
            association = model.schema.field(head)
            if not _is_pointer(association):
                raise BadQuery(f"{association.label} is a {association.shape} column: only associations are preloaded")
        yield Preload(association, head, tuple(rest))


def _name(model: Any, given: Any) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, Nameable):
        field = model.schema.columns.get(named(model, given).path)
        if field is not None:
            return str(field.name)
    elif getattr(given, "owner", None) is not None:
        refuse_foreign(model, given)
        return str(given.name)
    raise BadQuery(f"preload takes the names of associations one by one, not {short_repr(given)}")


def _is_pointer(association: Any) -> bool:
    return getattr(association, "shape", None) == "Pointer"


def _master(asker: Asker) -> bool | None:
    return True if asker.credential.kind == "master" else None


def _by_pointer(preload: Preload, records: Sequence[Any], binding: Binding) -> None:
    """The rows that a belongs_to leads to, each once."""
    path = preload.association.path
    pointing = [record for record in records if _is_bare(record, path)]
    ids = list(dict.fromkeys(record._wire[path]["objectId"] for record in pointing))
    query = preload.of(preload.association.reference.resolve().query(), binding)
    found = {row.id: row for some in _portions(ids) for row in query.where(id__in=some)}
    for record in pointing:
        row = found.get(record._wire[path]["objectId"])
        if row is not None:
            record._write_decoded(path, row)


def _is_bare(record: Any, path: str) -> bool:
    wire = record._wire.get(path)
    return isinstance(wire, dict) and wire.get("__type") == "Pointer"


def _by_query(preload: Preload, records: Sequence[Any], binding: Binding) -> None:
    """The rows of another class that point here."""
    association = preload.association
    if association.scope_only or association.scope:
        raise BadQuery(f"{association!r} has a scope that looks at each object, so it cannot be preloaded at once")
    pointer = association.pointer()
    query = preload.of(association.reference.resolve().query(), binding)
    if association.conditions:
        query = query.where(**association.conditions)
    found: dict[str, list[Any]] = {}
    for some in _portions(records):
        for row in query.where(**{f"{pointer}__in": list(some)}):
            found.setdefault(getattr(row, f"{pointer}_id"), []).append(row)
    for record in records:
        association.remember(record, found.get(record._wire["objectId"], []))


def _portions(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + IDS_PER_REQUEST] for start in range(0, len(items), IDS_PER_REQUEST))
