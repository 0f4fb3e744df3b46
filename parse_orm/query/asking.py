"""What every verb of a query stands on: the model, the plan, who asks, and the pages of the answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import Any, Generic, Self, TypeVar

from ..errors import BadQuery, InternalServerError
from ..expressions import Criterion, Nameable
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.where import Where, both
from ..fields.origin import Origin
from ..meta.schema import ModelSchema
from .ahead import read_ahead
from .binding import Asker, Binding, Row
from .lookups import named, resolve
from .missing import missing_columns
from .options import check_readable
from .paging import pages, walk_of
from .plan import PAGE_SIZE, Plan
from .preload import Preload

M = TypeVar("M")

#: A column as users name it: an expression, or an attribute name.
Column = Nameable | str


class Asking(Generic[M]):
    """A plan for one model and the means to carry it out; holds no answer."""

    __slots__ = ("_binding", "_loaded", "_model", "_plan", "_preloads", "_strict")

    def __init__(
        self,
        model: type[M],
        plan: Plan | None = None,
        binding: Binding | None = None,
        strict: bool | None = None,
        preloads: tuple[Preload, ...] = (),
    ) -> None:
        self._model: Any = model
        self._plan = plan or Plan()
        self._binding = binding or Binding()
        self._strict = strict
        self._preloads = preloads
        self._loaded: Sequence[M] | None = None

    def _copy(self, **parts: Any) -> Self:
        present = {
            "plan": self._plan,
            "binding": self._binding,
            "strict": self._strict,
            "preloads": self._preloads,
        }
        return type(self)(self._model, **{**present, **parts})

    def _with(self, **parts: Any) -> Self:
        return self._copy(plan=replace(self._plan, **parts))

    @property
    def schema(self) -> ModelSchema:
        """The frozen tables of the model."""
        schema: ModelSchema = self._model.schema
        return schema

    # -- pages of the answer ---------------------------------------------------------------

    def _asker(self) -> Asker:
        asker = self._binding.asker(self.schema.class_name)
        for criterion in self._plan.criteria:
            if criterion.nests:  # an attribute: most queries have no other inside and pay nothing for this
                refuse_other_askers(criterion, asker)
        return asker

    def _master_asker(self, what: str) -> Asker:
        asker = self._binding.master_asker(self.schema.class_name, what)
        for criterion in self._plan.criteria:
            refuse_other_askers(criterion, asker)
        return asker

    def refuse_other_asker(self, outer: Asker) -> None:
        """Refuse to stand in a condition of a query that asks with another client or credential.

        The server carries the whole question out at once, so the ones that were chosen here would be dropped.

        Args:
            outer: asks the whole question.

        Raises:
            BadQuery: they are others.
        """
        if self._binding.differs_from(outer):
            raise BadQuery(
                f"a condition holds a query of {self.schema.name} with a client, credential or context of its own, and "
                f"the query of {outer.class_name} asks with another: one request has one of each, so give them to the "
                "outer query"
            )
        for criterion in self._plan.criteria:
            refuse_other_askers(criterion, outer)

    def _rows(self, asker: Asker, size: int = PAGE_SIZE) -> Iterator[list[Row]]:
        """Page after page, as rows of JSON."""
        return read_ahead(self._pages(asker, size))

    def _pages(self, asker: Asker, size: int) -> Iterator[list[Row]]:
        found, doing = False, f"finding {self.schema.name}"
        with self._suspecting_patterns():
            for rows in pages(self._plan, asker.rows, self._walk(), size, doing=doing):
                found = True
                yield rows
            if not found and (absent := self._absent(asker)).pairs:
                yield from pages(self._plan, asker.rows, self._walk(), size, absent, doing)

    @contextmanager
    def _suspecting_patterns(self) -> Iterator[None]:
        """Name the pattern when a question fails: the server gives no reason for a 500 (9.10)."""
        try:
            yield
        except InternalServerError as error:
            conditions = chain.from_iterable(criterion.conditions() for criterion in self._plan.criteria)
            suspect = next((one for one in conditions if one.operator.name in {"regex", "iregex"}), None)
            if suspect is not None:
                error.hint = f"perhaps the database cannot read the pattern in {suspect!r}; {error.hint}"
            raise

    def _walk(self) -> Any:
        return walk_of(self._plan, self.schema.columns)

    def _absent(self, asker: Asker) -> Absent:
        """The columns that may have made an answer empty because the server does not have them."""
        if self._plan.where() is None or self._plan.limit == 0:
            return NOTHING_ABSENT
        return missing_columns(asker, set(self._plan.columns(asker.class_name)), self._plan.where)

    def _count(self, asker: Asker, where: Where) -> int:
        if where is None:
            return 0
        params = {**dict(self._plan.options), "where": where, "count": 1, "limit": 0}
        return asker.count(params)

    def _counted(self, asker: Asker) -> int:
        """How many rows meet the criteria.

        Parse Server 9.10 on Postgres only estimates the count of a question without a where clause; one that every
        row meets makes it count.
        """
        everything = {"objectId": {"$exists": True}}
        with self._suspecting_patterns():
            total = self._count(asker, both(self._plan.where(), everything))
        if not total and (absent := self._absent(asker)).pairs:
            total = self._count(asker, both(self._plan.where(absent), everything))
        return total

    def _hydrated(self, rows: list[Row], asker: Asker) -> list[M]:
        """Objects of one page, with what was to be loaded with them."""
        plan = self._plan
        origin = Origin(asker.client, plan.wanted(), plan.left_out(), self._strict, plan.include)
        records: list[M] = self._model._hydrate(rows, origin)
        for preload in self._preloads:
            preload.load(records, self._binding, asker)
        return records

    def _remembering(self, rows: Sequence[M]) -> Self:
        """The same question with its answer in hand; any further step asks anew."""
        copy = self._copy()
        copy._loaded = rows
        return copy

    # -- names -----------------------------------------------------------------------------

    def column_path(self, column: Column) -> str:
        """The wire path of a column of this model."""
        return resolve(self.schema, column) if isinstance(column, str) else named(self._model, column).path

    def _field(self, column: Column) -> Any:
        """The declared field that a column names.

        Raises:
            UnknownField: it names none, or one of another class.
            BadQuery: its values cannot be read.
        """
        if isinstance(column, str):
            field = self.schema.field(column)
        else:
            expression = named(self._model, column)
            field = self.schema.columns.get(expression.path)
            if field is None:
                raise self.schema.unknown(expression.label)
        check_readable(self.schema, field.path)
        return field

    def _attribute(self, column: Column) -> str:
        return str(self._field(column).name)

    def _id_is(self, id: str) -> Criterion:
        return self._model.id._ask("eq", self._model.check_id(id))  # type: ignore[no-any-return]


def refuse_other_askers(criterion: Criterion, asker: Asker) -> None:
    """Refuse a criterion with a query inside that would be asked otherwise; see ``Query.refuse_other_asker``."""
    for query in criterion.queries():
        query.refuse_other_asker(asker)


def whole(name: str, value: object) -> int:
    """A whole number from 0: the server answers 500 to anything else (9.10)."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadQuery(f"{name} takes a whole number from 0, not {value!r:.60}")
    return value
