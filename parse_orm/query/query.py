"""A query is a question to one class: immutable, lazy, and answered only by its last word."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from ..client.context import current_client
from ..client.credentials import token_of
from ..errors import BadQuery, ObjectNotFound
from ..expressions import And, Criterion, Nameable, Or, Ordering
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.where import Where, both
from ..fields.field import Field
from ..fields.record import Origin
from ..meta.schema import ModelSchema
from . import display
from .binding import Binding
from .lookups import parse_lookups, resolve
from .paging import pages
from .plan import PAGE_SIZE, Plan
from .progress import Progress, reporting

if TYPE_CHECKING:
    from ..client.client import BaseClient

M = TypeVar("M")
G = TypeVar("G")
H = TypeVar("H")

#: A column as users name it: an expression, a pointer, or an attribute name.
Column = Nameable | str


class Query(Generic[M]):
    """A chain of conditions on one model.

    >>> import parse_orm as orm
    >>> class Tune(orm.ParseObject):
    ...     title = orm.property(str)
    ...     plays = orm.property(int, default=0)
    >>> hits = Tune.where(Tune.plays > 10, title__startswith="A").order("-plays").limit(20)
    >>> hits
    <TuneQuery where Tune.plays > 10 and Tune.title startswith 'A' order -plays limit 20>
    >>> hits.to_params()["where"]
    {'plays': {'$gt': 10}, 'title': {'$regex': '^A'}}

    Every step returns a new query and keeps the client and the credential of the one before.
    """

    __slots__ = ("_binding", "_model", "_plan", "_strict")

    def __init__(
        self, model: type[M], plan: Plan | None = None, binding: Binding | None = None, strict: bool = False
    ) -> None:
        self._model: Any = model
        self._plan = plan or Plan()
        self._binding = binding or Binding()
        self._strict = strict

    # -- steps ---------------------------------------------------------------------------

    def _copy(self, plan: Plan | None = None, binding: Binding | None = None, strict: bool | None = None) -> Self:
        return type(self)(
            self._model,
            plan or self._plan,
            binding or self._binding,
            self._strict if strict is None else strict,
        )

    def _with(self, **parts: Any) -> Self:
        return self._copy(replace(self._plan, **parts))

    def where(self, *criteria: Criterion, **lookups: Any) -> Self:
        """Only rows that meet every criterion; two conditions on one column combine.

        Args:
            criteria: expressions such as ``Song.plays > 10``, combined with ``&``, ``|`` and ``~``.
            lookups: the same by keyword: ``plays__gt=10``, ``artist__name="x"``.

        Raises:
            UnknownField: a name that the model does not have.
            BadQuery: an operand that the column cannot be compared with.
        """
        for criterion in criteria:
            if not isinstance(criterion, Criterion):
                raise BadQuery(f"where takes criteria such as Song.plays > 10, not {criterion!r:.60}")
        return self._with(criteria=(*self._plan.criteria, *criteria, *parse_lookups(self.schema, lookups)))

    def order(self, *columns: Column | Ordering) -> Self:
        """Sort by these columns; a ``-`` before a name, or ``.desc()``, turns the direction."""
        return self._with(order=tuple(self._ordering(column) for column in columns))

    def limit(self, rows: int) -> Self:
        """At most so many rows; 0 asks nothing and gives nothing."""
        return self._with(limit=_count("limit", rows))

    def skip(self, rows: int) -> Self:
        """Leave the first rows out."""
        return self._with(skip=_count("skip", rows))

    def include(self, *columns: Column) -> Self:
        """Bring the rows that these pointers lead to along in the same answer."""
        return self._with(include=self._added(self._plan.include, columns))

    def keys(self, *columns: Column) -> Self:
        """Bring only these columns; reading another one fetches the row once."""
        return self._with(keys=self._added(self._plan.keys or (), columns))

    def exclude_keys(self, *columns: Column) -> Self:
        """Leave these columns out."""
        return self._with(exclude_keys=self._added(self._plan.exclude_keys, columns))

    def strict_loading(self, strict: bool = True) -> Self:
        """Reading what was not fetched raises NotLoaded, which is how N+1 requests are found."""
        return self._copy(strict=strict)

    def as_user(self, who: Any) -> Self:
        """Ask with the session token of a user: ACLs and class permissions apply.

        Args:
            who: a session token, or a user or session that has one.
        """
        return self._copy(binding=replace(self._binding, session=token_of(who), master=None))

    def as_master(self) -> Self:
        """Ask with the master key, past every permission."""
        return self._copy(binding=replace(self._binding, session=None, master=True))

    def using(self, client: "BaseClient") -> Self:
        """Ask another client."""
        return self._copy(binding=replace(self._binding, client=client))

    def __or__(self, other: "Query[M]") -> Self:
        """Rows of either query; the client and the credential must be the same."""
        if not isinstance(other, Query):
            return NotImplemented
        bare = replace(self._plan, criteria=()), replace(other._plan, criteria=())
        if other._model is not self._model or other._binding != self._binding or bare[0] != bare[1]:
            raise BadQuery(
                "two queries joined by | must ask the same class with the same client, credential, order, limit, "
                "skip, include and keys: join the criteria instead, where(a | b)"
            )
        return self._with(criteria=(Or(And(*self._plan.criteria), And(*other._plan.criteria)),))

    # -- answers -------------------------------------------------------------------------

    def __iter__(self) -> Iterator[M]:
        return self.each()

    def all(self) -> list[M]:
        """Every row, however many pages that takes."""
        return [row for page in self.batches() for row in page]

    def each(self, batch_size: int = PAGE_SIZE, progress: Progress = False) -> Iterator[M]:
        """Row after row, holding one page in memory.

        Args:
            batch_size: rows of one request.
            progress: True for a bar on standard error, or a function called with the rows done so far.
        """
        pages_of_rows: Iterator[Sequence[M]] = self.batches(batch_size)
        if progress:
            pages_of_rows = reporting(pages_of_rows, progress, f"{self.schema.name} rows")
        return (row for page in pages_of_rows for row in page)

    def batches(self, size: int = PAGE_SIZE) -> Iterator[list[M]]:
        """Page after page, as lists of objects.

        Args:
            size: rows of one page, 1 or more.
        """
        if _count("size", size) == 0:
            raise BadQuery("a page needs at least one row")
        client, find = self._finder()
        strict = self._strict or self._model.strict_by_default()
        origin = Origin(client, self._plan.wanted(), self._plan.exclude_keys, strict)
        hydrate: Callable[[list[dict[str, Any]], Origin], list[M]] = self._model._hydrate
        return (hydrate(rows, origin) for rows in pages(self._plan, find, size))

    @overload
    def first(self) -> M | None: ...
    @overload
    def first(self, n: int) -> list[M]: ...
    def first(self, n: int | None = None) -> M | None | list[M]:
        """The first row or None; with a number, a list of at most so many rows."""
        limit = self._plan.limit
        wanted = _count("first", 1 if n is None else n)
        rows = self.limit(wanted if limit is None else min(wanted, limit)).all()
        if n is not None:
            return rows
        return rows[0] if rows else None

    def get(self, id: str) -> M:
        """The row of that id, if it meets the criteria.

        Raises:
            InvalidId: the id cannot be one.
            ObjectNotFound: there is no such row, or this credential may not see it.
        """
        from_chain = self._with(criteria=(*self._plan.criteria, self._id_is(id)), order=(), limit=1, skip=0)
        row = from_chain.first()
        if row is None:
            raise ObjectNotFound(
                "no such row, or one that this credential may not see",
                code=101,
                doing=f"getting {self.schema.name} {id}",
            )
        return row

    def find_by(self, *criteria: Criterion, **lookups: Any) -> M | None:
        """The first row that meets the criteria, or None."""
        return self.where(*criteria, **lookups).first()

    def exists(self) -> bool:
        """Whether there is such a row."""
        return self._with(keys=("objectId",), include=()).first() is not None

    def count(self) -> int:
        """How many rows there are, exactly.

        Parse Server 9.10 on Postgres only estimates the count of a question without a where clause; one that every
        row meets makes it count.
        """
        where = both(self._plan.where(), {"objectId": {"$exists": True}})
        if where is None or self._plan.limit == 0:
            return 0
        options = dict(self._plan.options)
        client, send = self._sender()
        total = int(send({"where": where, "count": 1, "limit": 0, **options}).get("count", 0))
        counted = max(0, total - self._plan.skip)
        return counted if self._plan.limit is None else min(counted, self._plan.limit)

    @overload
    def pluck(self, column: Field[Any, G], /) -> list[G]: ...
    @overload
    def pluck(self, column: Field[Any, G], second: Field[Any, H], /) -> list[tuple[G, H]]: ...
    @overload
    def pluck(self, column: Column, /, *columns: Column) -> list[Any]: ...
    def pluck(self, *columns: Column) -> list[Any]:
        """The values of one column, or tuples of several, without the rest of the rows."""
        if not columns:
            raise BadQuery("pluck needs at least one field")
        names = [self._attribute(column) for column in columns]
        rows = self._with(keys=(), include=()).keys(*names)
        if len(names) == 1:
            return [getattr(row, names[0]) for row in rows]
        return [tuple(getattr(row, name) for name in names) for row in rows]

    def to_params(self) -> dict[str, Any]:
        """The exact parameters of the first request, without sending it.

        Raises:
            BadQuery: nothing would be sent, because no row can meet the criteria.
        """
        if self._plan.where() is None:
            raise BadQuery("no row can meet these criteria, so this query sends no request")
        return self._plan.params()

    # -- what other parts need -------------------------------------------------------------

    @property
    def schema(self) -> ModelSchema:
        """The frozen tables of the model."""
        schema: ModelSchema = self._model.schema
        return schema

    def as_subquery(self, absent: Absent = NOTHING_ABSENT) -> tuple[Where, str]:
        """The where clause and class, for a condition of another query.

        Raises:
            BadQuery: the query has an order, limit or skip, which Parse Server ignores inside a condition (9.10).
        """
        if self._plan.limit is not None or self._plan.skip or self._plan.order or self._plan.sorted_by_distance:
            raise BadQuery("Parse Server ignores order, limit and skip inside a condition: leave them out")
        class_name = self.schema.class_name
        return self._plan.where(absent.inside(class_name)), class_name

    def subquery_columns(self) -> Iterator[tuple[str, str]]:
        """Class and column of everything that the criteria ask about."""
        return self._plan.columns(self.schema.class_name)

    def key_path(self, key: Column, shape: str) -> str:
        """The wire path of a key whose values another query's column is compared with.

        Raises:
            BadQuery: the two columns hold different types, which Parse Server answers with 500 (9.10).
        """
        path = self.column_path(key)
        field = self.schema.columns.get(path)
        if field is not None and field.shape != shape:
            raise BadQuery(f"{field.label} is a {field.shape} column and cannot match a {shape} column")
        return path

    def column_path(self, column: Column) -> str:
        """The wire path of a column of this model."""
        return resolve(self.schema, column) if isinstance(column, str) else column._expression.path

    def _sender(self) -> tuple[Any, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The client, and a function that sends parameters with the credential of this moment."""
        client = self._binding.client or current_client()
        credential = client.credential(session=self._binding.session, master=self._binding.master)
        class_name = self.schema.class_name
        return client, lambda params: client.find(class_name, params, credential=credential)

    def _finder(self) -> tuple[Any, Callable[[dict[str, Any]], list[dict[str, Any]]]]:
        client, send = self._sender()

        def find(params: dict[str, Any]) -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = send(params)["results"]
            return rows

        return client, find

    def _id_is(self, id: str) -> Criterion:
        return self._model.id._ask("eq", self._model.check_id(id))  # type: ignore[no-any-return]

    def _ordering(self, column: Column | Ordering) -> str:
        if isinstance(column, Ordering):
            return column.to_wire()
        if isinstance(column, str):
            return ("-" if column.startswith("-") else "") + resolve(self.schema, column.removeprefix("-"))
        return column._expression.path

    def _attribute(self, column: Column) -> str:
        if isinstance(column, str):
            return str(self.schema.field(column).name)
        field = self.schema.columns.get(column._expression.path)
        if field is None:
            raise self.schema.unknown(column._expression.label)
        return str(field.name)

    def _added(self, present: Iterable[str], columns: Iterable[Column]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*present, *map(self.column_path, columns)]))

    # -- at a prompt -------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {display.chain(self._plan)}>"

    def _table(self, draw: Callable[..., str]) -> str:
        names = [name for name, field in self.schema.fields.items() if not field.hidden and name != "acl"]
        limit = self._plan.limit
        wanted = display.SHOWN + 1 if limit is None else min(display.SHOWN + 1, limit)
        rows = self.limit(wanted).strict_loading(False).all()
        cells = [[row._shown(name) for name in names] for row in rows[: display.SHOWN]]  # type: ignore[attr-defined]
        return draw(names, cells, more=len(rows) > display.SHOWN)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """IPython's prompt shows the first rows; repr() in a log or a debugger does not."""
        printer.text(self._table(display.text_table))

    def _repr_html_(self) -> str:
        """A notebook shows the first rows as a table."""
        return self._table(display.html_table)

    if TYPE_CHECKING:
        # Scopes become methods of each model's own query class; a checker cannot see them there.
        def __getattr__(self, name: str) -> Callable[..., Self]: ...


def _count(name: str, value: object) -> int:
    """A whole number from 0: the server answers 500 to anything else (9.10)."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadQuery(f"{name} takes a whole number from 0, not {value!r:.60}")
    return value
