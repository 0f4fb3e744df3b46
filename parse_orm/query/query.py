"""A query is a question to one class: immutable, lazy, and answered only by its last word."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from ..client.context import current_client
from ..client.credentials import Credential, token_of
from ..errors import BadQuery, InvalidId, MultipleObjectsFound, ObjectNotFound
from ..expressions import And, Criterion, Or, Ordering
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.where import Where
from ..fields.field import Field
from ..types.depth import short_repr
from ..types.secret import hidden
from . import options
from .aggregate import Aggregating
from .asking import Asking, Column, whole
from .conditionless import conditionless
from .cursor import Cursor
from .export import Exporting
from .lookups import named, parse_lookups, refuse_foreign, resolve
from .plan import PAGE_SIZE
from .preload import IDS_PER_REQUEST, preloads_of
from .progress import Progress, reporting
from .writes import Writing

if TYPE_CHECKING:
    from ..client.client import BaseClient

M = TypeVar("M")
G = TypeVar("G")
H = TypeVar("H")


class Query(Aggregating[M], Writing[M], Exporting[M], Asking[M]):
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

    __slots__ = ()

    # -- steps ---------------------------------------------------------------------------

    def where(self, *criteria: Criterion, **lookups: Any) -> Self:
        """Only rows that meet every criterion; two conditions on one column combine.

        Args:
            criteria: expressions such as ``Song.plays > 10``, combined with ``&``, ``|`` and ``~``.
            lookups: the same by keyword: ``plays__gt=10``, ``artist__name="x"``.

        Raises:
            UnknownField: a name that the model does not have, or a column of another class.
            BadQuery: an operand that the column cannot be compared with.
        """
        for criterion in criteria:
            if not isinstance(criterion, Criterion):
                raise BadQuery(f"where takes criteria such as Song.plays > 10, not {short_repr(criterion)}")
            for column in criterion.roots():
                refuse_foreign(self._model, column)
        return self._with(criteria=(*self._plan.criteria, *criteria, *parse_lookups(self.schema, lookups)))

    def order(self, *columns: Column | Ordering) -> Self:
        """Sort by these columns; a ``-`` before a name, or ``.desc()``, turns the direction.

        Rows without a value come last in an ascending order on Postgres, and first on MongoDB.

        Raises:
            UnknownField: a name that the model does not have.
            BadQuery: Parse Server cannot sort by such a column.
        """
        return self._with(order=tuple(self._ordering(column) for column in columns))

    def limit(self, rows: int) -> Self:
        """At most so many rows; 0 asks nothing and gives nothing."""
        return self._with(limit=whole("limit", rows))

    def skip(self, rows: int) -> Self:
        """Leave the first rows out."""
        return self._with(skip=whole("skip", rows))

    def include(self, *columns: Column) -> Self:
        """Bring the rows that these pointers lead to along in the same answer.

        Raises:
            UnknownField: a name that the model does not have.
            BadQuery: a column that leads to no rows; the server would pass over it in silence.
        """
        for column in columns:
            options.check_includable(self.schema, self.column_path(column))
        return self._with(include=self._added(self._plan.include, columns))

    def include_all(self) -> Self:
        """Bring the rows of every pointer of the model along, one level deep."""
        pointers = [field for field in self.schema.fields.values() if field.shape == "Pointer"]
        return self.include(*pointers)

    def preload(self, *associations: Any) -> Self:
        """Fetch the rows of these associations with one further question for each, whatever the number of rows.

        ``include`` brings them in the same answer, repeats a row for everyone who points to it, and knows belongs_to
        and arrays only; ``preload`` brings each row once, and knows has_one and has_many too.

        Args:
            associations: attribute names, ``"artist"``, ``"reviews"``; ``"reviews.author"`` goes on from there.

        Raises:
            UnknownField: the model has no such association.
        """
        return self._copy(preloads=(*self._preloads, *preloads_of(self._model, associations)))

    def keys(self, *columns: Column) -> Self:
        """Bring only these columns; reading another one fetches the row once.

        Raises:
            UnknownField: a name that the model does not have.
            BadQuery: a column that no row is given with, such as a password.
        """
        paths = self._added(self._plan.keys or (), columns)
        for path in paths:
            options.check_readable(self.schema, path)
        return self._with(keys=paths)

    def exclude_keys(self, *columns: Column) -> Self:
        """Leave these columns out."""
        return self._with(exclude_keys=self._added(self._plan.exclude_keys, columns))

    def strict_loading(self, strict: bool = True) -> Self:
        """Reading what was not fetched raises NotLoaded, which is how N+1 requests are found."""
        return self._copy(strict=strict)

    def hint(self, index: str) -> Self:
        """Name the index to use; MongoDB only, Postgres ignores it (9.10)."""
        return self._option("hint", options.text("hint", index))

    def comment(self, text: str) -> Self:
        """A comment for the database's log; MongoDB only, Postgres ignores it (9.10)."""
        return self._option("comment", options.text("comment", text))

    def read_preference(self, preference: str) -> Self:
        """Which member of a replica set answers; MongoDB only, Postgres ignores it (9.10).

        Args:
            preference: PRIMARY, PRIMARY_PREFERRED, SECONDARY, SECONDARY_PREFERRED or NEAREST.

        Raises:
            BadQuery: it is none of these.
        """
        return self._option("readPreference", options.read_preference(preference))

    def context(self, values: Mapping[str, Any]) -> Self:
        """A JSON object for the Cloud Code triggers of this query."""
        if not isinstance(values, Mapping):
            raise BadQuery(f"context takes a dict, not {short_repr(values)}")
        return self._copy(binding=replace(self._binding, context=dict(values)))

    def as_user(self, who: Any) -> Self:
        """Ask with the session token of a user: ACLs and class permissions apply.

        Args:
            who: a session token, or a user or session that has one.
        """
        who = hidden(who)
        return self._copy(binding=replace(self._binding, session=Credential("session", token_of(who)), master=None))

    def as_master(self) -> Self:
        """Ask with the master key, past every permission."""
        return self._copy(binding=replace(self._binding, session=None, master=True))

    def using(self, client: "BaseClient") -> Self:
        """Ask another client."""
        if not hasattr(client, "credential"):
            raise BadQuery(f"using takes a Client, not {short_repr(client)}")
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

    @conditionless
    def all(self) -> list[M]:
        """Every row, however many pages that takes."""
        return [row for page in self.batches() for row in page]

    def each(
        self, batch_size: int = PAGE_SIZE, progress: Progress = False, *, order: Column | Ordering | None = None
    ) -> Iterator[M]:
        """Row after row, holding two pages at most.

        Without an order rows come by id, and rows made behind the id that was reached are not seen. With
        ``order="created_at"`` those that are made meanwhile are seen too. Neither repeats nor hides a row.

        In any other order a row moves when its column changes, for example when a loop over ``order="updated_at"``
        saves each row. Each row still comes once and the loop ends: the ids that were given are remembered, about 100
        bytes for each row. By id and by ``created_at`` nothing is remembered.

        Args:
            batch_size: rows of one request.
            progress: True for a bar on standard error, or a function called with the rows done so far.
            order: the column to go by.
        """
        if order is not None:
            return self.order(order).each(batch_size, progress)
        pages_of_rows: Iterator[Sequence[M]] = self.batches(batch_size)
        if progress:
            pages_of_rows = reporting(pages_of_rows, progress, f"{self.schema.name} rows")
        return (row for page in pages_of_rows for row in page)

    def batches(self, size: int = PAGE_SIZE) -> Iterator[list[M]]:
        """Page after page, as lists of objects; from the third page on, the next one is fetched meanwhile.

        Args:
            size: rows of one page, 1 or more.
        """
        if whole("size", size) == 0:
            raise BadQuery("a page needs at least one row")
        if self._loaded is not None:
            return iter([list(self._loaded)] if self._loaded else [])
        asker = self._asker()
        return (self._hydrated(rows, asker) for rows in self._rows(asker, size))

    def cursor(self, limit: int = 100) -> Cursor[M]:
        """Read page by page, with a position that survives as JSON: for "next page" links and long jobs.

        Args:
            limit: rows of one page, 1 to 1000.
        """
        return Cursor(self, limit)

    @overload
    def first(self) -> M | None: ...
    @overload
    def first(self, n: int) -> list[M]: ...
    @conditionless
    def first(self, n: int | None = None) -> M | list[M] | None:
        """The first row or None; with a number, a list of at most so many rows."""
        limit = self._plan.limit
        wanted = whole("first", 1 if n is None else n)
        if self._loaded is not None:
            rows = list(self._loaded[:wanted])
        else:
            rows = self.limit(wanted if limit is None else min(wanted, limit)).all()
        if n is not None:
            return rows
        return rows[0] if rows else None

    @conditionless
    def one(self) -> M:
        """The only row there is.

        Raises:
            ObjectNotFound: there is none.
            MultipleObjectsFound: there are several.
        """
        rows = self.first(2)
        if not rows:
            raise ObjectNotFound("no row meets the criteria", code=101, doing=f"finding one {self.schema.name}")
        if len(rows) > 1:
            raise MultipleObjectsFound(f"more than one {self.schema.name} meets the criteria: {self!r}")
        return rows[0]

    @conditionless
    def latest(self) -> M | None:
        """The row that was made last, or None.

        Raises:
            BadQuery: the query has an order of its own; nothing was sent. So for ``oldest`` and ``last_updated``.
        """
        return self._first_by("latest", "-created_at")

    @conditionless
    def oldest(self) -> M | None:
        """The row that was made first, or None."""
        return self._first_by("oldest", "created_at")

    @conditionless
    def last_updated(self) -> M | None:
        """The row that was saved last, or None."""
        return self._first_by("last_updated", "-updated_at")

    def _first_by(self, verb: str, order: str) -> M | None:
        if self._plan.order:
            raise BadQuery(
                f"{verb}() is an order of its own, and this query has the order {','.join(self._plan.order)}: "
                "first() keeps that one"
            )
        return self.order(order).first()

    @conditionless
    def get(self, id: str, *, session: Any = None, master: bool | None = None) -> M:
        """The row of that id, if it meets the criteria.

        Args:
            id: an objectId.
            session: ask with the token of this user.
            master: True asks with the master key.

        Raises:
            InvalidId: the id cannot be one; nothing was sent.
            ObjectNotFound: there is no such row, it does not meet the criteria, or this credential may not see it.
        """
        session = hidden(session)
        row = self.find(id, session=session, master=master)
        if row is None:
            raise ObjectNotFound(
                "no such row, or one that this credential may not see",
                code=101,
                doing=f"getting {self.schema.name} {id}",
            )
        return row

    @conditionless
    def find(self, id: str, *, session: Any = None, master: bool | None = None) -> M | None:
        """The row of that id, or None when there is none that meets the criteria and that this credential may see.

        Args:
            id: an objectId.
            session: ask with the token of this user.
            master: True asks with the master key.

        Raises:
            InvalidId: the id cannot be one; nothing was sent.
        """
        session = hidden(session)
        asked = self._with(criteria=(*self._plan.criteria, self._id_is(id)), order=(), limit=1, skip=0)
        if session is not None or master is not None:
            client = self._binding.client or current_client()
            who = client.credential(session=session, master=master)
            asked = asked._copy(binding=replace(self._binding, client=client, session=who, master=None))
        return asked.first()

    def get_many(self, ids: Iterable[str], *, strict: bool = False) -> list[M]:
        """The rows of these ids that meet the criteria, in the order asked; missing ones are left out.

        Args:
            ids: objectIds.
            strict: a missing row raises, naming every one.

        Raises:
            InvalidId: an id cannot be one; nothing was sent.
            ObjectNotFound: ``strict``, and rows are missing.
        """
        if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
            raise InvalidId(f"get_many takes a list of ids, not {short_repr(ids)}")
        wanted = [self._model.check_id(id) for id in ids]
        unique = list(dict.fromkeys(wanted))
        asked = self._with(order=(), limit=None, skip=0)
        found: dict[str, M] = {}
        for start in range(0, len(unique), IDS_PER_REQUEST):
            for row in asked.where(id__in=unique[start : start + IDS_PER_REQUEST]):
                found[row._wire["objectId"]] = row  # type: ignore[attr-defined]
        missing = [id for id in unique if id not in found]
        if strict and missing:
            raise ObjectNotFound(f"no {self.schema.name} with the ids {', '.join(missing)}", code=101)
        return [found[id] for id in wanted if id in found]

    def find_by(self, *criteria: Criterion, **lookups: Any) -> M | None:
        """The first row that meets the criteria, or None."""
        return self.where(*criteria, **lookups).first()

    @conditionless
    def exists(self) -> bool:
        """Whether there is such a row."""
        if self._loaded is not None:
            return bool(self._loaded)
        return self._with(keys=("objectId",), include=())._copy(preloads=()).first() is not None

    @conditionless
    def count(self) -> int:
        """How many rows there are, exactly, limit and skip considered."""
        if self._loaded is not None:
            return len(self._loaded)
        if self._plan.where() is None or self._plan.limit == 0:
            return 0
        counted = max(0, self._counted(self._asker()) - self._plan.skip)
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
        rows = self._with(keys=(), include=())._copy(preloads=()).keys(*names)
        return list(map(attrgetter(*names), rows))

    # -- what other parts need -------------------------------------------------------------

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
            BadQuery: the two columns hold different types, which Parse Server answers with 500 (9.10), or the values
                of the key cannot be read.
        """
        path = self.column_path(key)
        options.check_readable(self.schema, path)
        field = self.schema.columns.get(path)
        if field is not None and field.shape != shape:
            raise BadQuery(f"{field.label} is a {field.shape} column and cannot match a {shape} column")
        return path

    def _option(self, name: str, value: Any) -> Self:
        kept = tuple(pair for pair in self._plan.options if pair[0] != name)
        return self._with(options=(*kept, (name, value)))

    def _ordering(self, column: Column | Ordering) -> str:
        if isinstance(column, Ordering):
            named(self._model, column.column)
            wire = column.to_wire()
        elif isinstance(column, str):
            wire = ("-" if column.startswith("-") else "") + self._sorted_by(column)
        else:
            wire = named(self._model, column).asc().to_wire()
        options.check_sortable(self.schema, wire.removeprefix("-"))
        return wire

    def _sorted_by(self, text: str) -> str:
        """The wire path of a column in an order.

        Raises:
            UnknownField: a name that the model does not have.
            BadQuery: the text is more than a name.
        """
        name = text.removeprefix("-")
        if name.isidentifier() and "__" not in name:
            return resolve(self.schema, name)
        head = name.replace("__", ".").split(".")[0]
        if hasattr(self.schema.fields.get(head), "target_schema"):
            raise BadQuery(f"Parse cannot sort by {name!r}: a column of another class")
        if "." in name and "__" not in name and " " not in name:
            return resolve(self.schema, name)
        raise BadQuery(f"order takes the names of columns one by one, order('title', '-plays'), not {text!r:.60}")

    def _added(self, present: Iterable[str], columns: Iterable[Column]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*present, *map(self.column_path, columns)]))

    if TYPE_CHECKING:
        # Scopes become methods of each model's own query class; a checker cannot see them there.
        def __getattr__(self, name: str) -> Callable[..., Self]: ...
