"""The questions a model class can ask: the verbs of a query, said to the class."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, overload

from ..client import requests as paths
from ..errors import DeclarationError, InvalidValue, ObjectNotFound
from ..expressions import Criterion, Ordering
from ..fields.field import Field
from ..fields.origin import Origin
from ..fields.reading import getters
from ..fields.record import Record
from ..query.asking import Column
from ..query.conditionless import conditionless
from ..query.cursor import Cursor
from ..query.groups import Grouped, GroupedByDate
from ..query.outside import Allowed, query_from
from ..query.plan import Plan
from ..query.progress import Progress
from ..query.query import Query
from ..types.secret import hidden, hide
from .batches import destroy_all
from .outcomes import BatchResult, Failures, checked

if TYPE_CHECKING:
    from ..client.client import BaseClient

G = TypeVar("G")
H = TypeVar("H")


class Querying(Record):
    """Class methods that begin a query; each is a short form of the query's own."""

    __slots__ = ()

    _query_class: ClassVar[type[Query[Any]]] = Query
    _first_plan: ClassVar[Plan] = Plan()

    @classmethod
    def query(cls) -> Query[Self]:
        """The query of every row of the class.

        Raises:
            DeclarationError: the model is abstract.
        """
        if not cls.schema.class_name:
            raise cls._no_rows()
        return cls._query_class(cls, cls._first_plan)

    @classmethod
    def where(cls, *criteria: Criterion, **lookups: Any) -> Query[Self]:
        """Rows that meet every criterion; see ``Query.where``."""
        return cls.query().where(*criteria, **lookups)

    @classmethod
    def order(cls, *columns: Column | Ordering) -> Query[Self]:
        """All rows, sorted."""
        return cls.query().order(*columns)

    @classmethod
    def limit(cls, rows: int) -> Query[Self]:
        """At most so many rows."""
        return cls.query().limit(rows)

    @classmethod
    def include(cls, *columns: Column) -> Query[Self]:
        """All rows, with those that the pointers lead to."""
        return cls.query().include(*columns)

    @classmethod
    def keys(cls, *columns: Column) -> Query[Self]:
        """All rows, with these columns only.

        Raises:
            InvalidValue: no column is named.
        """
        if not columns:
            raise InvalidValue("keys() takes columns, such as 'title'; the fields of one object are its to_dict()")
        return cls.query().keys(*columns)

    @classmethod
    def exclude_keys(cls, *columns: Column) -> Query[Self]:
        """All rows, without these columns."""
        return cls.query().exclude_keys(*columns)

    @classmethod
    def include_all(cls) -> Query[Self]:
        """All rows, with those that any of their pointers leads to."""
        return cls.query().include_all()

    @classmethod
    def preload(cls, *associations: Any) -> Query[Self]:
        """All rows, with those of these associations; see ``Query.preload``."""
        return cls.query().preload(*associations)

    @classmethod
    def skip(cls, rows: int) -> Query[Self]:
        """All rows but the first so many."""
        return cls.query().skip(rows)

    @classmethod
    def hint(cls, index: str) -> Query[Self]:
        """All rows, by this index; see ``Query.hint``."""
        return cls.query().hint(index)

    @classmethod
    def comment(cls, text: str) -> Query[Self]:
        """All rows, with a comment for the database's log; see ``Query.comment``."""
        return cls.query().comment(text)

    @classmethod
    def read_preference(cls, preference: str) -> Query[Self]:
        """All rows, from this member of a replica set; see ``Query.read_preference``."""
        return cls.query().read_preference(preference)

    @classmethod
    def context(cls, values: Mapping[str, Any]) -> Query[Self]:
        """All rows, with a JSON object for Cloud Code triggers."""
        return cls.query().context(values)

    @classmethod
    def strict_loading(cls) -> Query[Self]:
        """All rows, refusing to fetch later what was not fetched now."""
        return cls.query().strict_loading()

    @classmethod
    def using(cls, client: "BaseClient") -> Query[Self]:
        """All rows, from another client."""
        return cls.query().using(client)

    @classmethod
    def as_user(cls, who: Any) -> Query[Self]:
        """All rows that this user may see."""
        who = hidden(who)
        return cls.query().as_user(who)

    @classmethod
    def as_master(cls) -> Query[Self]:
        """All rows, past every permission."""
        return cls.query().as_master()

    @classmethod
    @conditionless
    def all(cls) -> list[Self]:
        """Every row of the class."""
        return cls.query().all()

    @classmethod
    def each(
        cls, batch_size: int = 1000, progress: Progress = False, *, order: Column | Ordering | None = None
    ) -> Iterator[Self]:
        """Every row of the class, two pages in memory at most; see ``Query.each``."""
        return cls.query().each(batch_size, progress, order=order)

    @classmethod
    def batches(cls, size: int = 1000) -> Iterator[list[Self]]:
        """Every row of the class, page after page."""
        return cls.query().batches(size)

    @classmethod
    def cursor(cls, limit: int = 100) -> Cursor[Self]:
        """Every row of the class, page by page, with a position that survives as JSON."""
        return cls.query().cursor(limit)

    @overload
    @classmethod
    def first(cls) -> Self | None: ...
    @overload
    @classmethod
    def first(cls, n: int) -> list[Self]: ...
    @classmethod
    @conditionless
    def first(cls, n: int | None = None) -> Any:
        """The row with the smallest id, or None; with a number, a list of at most so many rows."""
        return cls.query().first() if n is None else cls.query().first(n)

    @classmethod
    @conditionless
    def latest(cls) -> Self | None:
        """The row that was made last, or None."""
        return cls.query().latest()

    @classmethod
    @conditionless
    def oldest(cls) -> Self | None:
        """The row that was made first, or None."""
        return cls.query().oldest()

    @classmethod
    @conditionless
    def last_updated(cls) -> Self | None:
        """The row that was saved last, or None."""
        return cls.query().last_updated()

    @classmethod
    def find_by(cls, *criteria: Criterion, **lookups: Any) -> Self | None:
        """The first row that meets the criteria, or None."""
        return cls.query().find_by(*criteria, **lookups)

    @classmethod
    @conditionless
    def count(cls) -> int:
        """How many rows there are, exactly."""
        return cls.query().count()

    @classmethod
    @conditionless
    def exists(cls) -> bool:
        """Whether there is any row."""
        return cls.query().exists()

    @overload
    @classmethod
    def pluck(cls, column: Field[Any, G], /) -> list[G]: ...
    @overload
    @classmethod
    def pluck(cls, column: Field[Any, G], second: Field[Any, H], /) -> list[tuple[G, H]]: ...
    @overload
    @classmethod
    def pluck(cls, column: Column, /, *columns: Column) -> list[Any]: ...
    @classmethod
    def pluck(cls, *columns: Any) -> list[Any]:
        """The values of one column of every row, or tuples of several."""
        return cls.query().pluck(*columns)

    @classmethod
    def distinct(cls, column: Column) -> list[Any]:
        """The different values of a column; see ``Query.distinct``."""
        return cls.query().distinct(column)

    @classmethod
    def count_distinct(cls, column: Column) -> int:
        """How many different values a column has; see ``Query.count_distinct``."""
        return cls.query().count_distinct(column)

    @classmethod
    def sum(cls, column: Column) -> Any:
        """The sum of a number column; see ``Query.sum``."""
        return cls.query().sum(column)

    @classmethod
    def average(cls, column: Column) -> float | None:
        """The mean of a number column; see ``Query.average``."""
        return cls.query().average(column)

    @classmethod
    def min(cls, column: Column) -> Any:
        """The smallest value of a column; see ``Query.min``."""
        return cls.query().min(column)

    @classmethod
    def max(cls, column: Column) -> Any:
        """The largest value of a column; see ``Query.max``."""
        return cls.query().max(column)

    @classmethod
    def group_by(cls, column: Column) -> Grouped:
        """Rows in groups of equal values; see ``Query.group_by``."""
        return cls.query().group_by(column)

    @classmethod
    def group_by_date(cls, column: Column, unit: str, tz: tzinfo | str = "UTC") -> GroupedByDate:
        """Rows in groups of equal months, days and the like; see ``Query.group_by_date``."""
        return cls.query().group_by_date(column, unit, tz)

    @classmethod
    def aggregate(cls, stages: Any, *, mongodb: bool = False) -> list[dict[str, Any]]:
        """The server's answer to an aggregation pipeline; see ``Query.aggregate``."""
        return cls.query().aggregate(stages, mongodb=mongodb)

    @classmethod
    def as_dicts(cls) -> list[dict[str, Any]]:
        """Every row as a dict; see ``Query.as_dicts``."""
        return cls.query().as_dicts()

    @classmethod
    def to_pandas(cls) -> Any:
        """Every row in a pandas DataFrame; see ``Query.to_pandas``."""
        return cls.query().to_pandas()

    @classmethod
    def from_query(
        cls,
        params: str | Mapping[str, Any],
        *,
        allow: Mapping[str, Collection[str]] | Collection[str],
        max_limit: int = 100,
    ) -> Query[Self]:
        """The query of a REST query string that comes from outside, checked against a list of what is allowed.

        >>> import parse_orm as orm
        >>> class Tune(orm.ParseObject):
        ...     title = orm.property(str)
        ...     plays = orm.property(int, default=0)
        >>> Tune.from_query('where={"plays":{"$gte":5}}&order=-plays&limit=5', allow={"plays": ["gte", "lte"]})
        <TuneQuery where Tune.plays >= 5 order -plays limit 5>

        Args:
            params: ``where`` (JSON), ``order``, ``limit``, ``skip``, ``keys`` and ``include``, as Parse's REST takes
                them, in a query string or a mapping.
            allow: attribute names that may be asked for, with the operators allowed on each: ``{"plays": ["gte"]}``;
                a plain set of names allows equality, comparisons and lists.
            max_limit: the largest limit, and the limit of a query that names none.

        Raises:
            BadQuery: something that is not allowed, or too much of it; the message names it.
        """
        allowed = Allowed(cls.schema, allow, max_limit)
        return query_from(cls.query(), params, allowed)

    @classmethod
    @conditionless
    def get(cls, id: str, *, session: Any = None, master: bool | None = None) -> Self:
        """The row of that id.

        Args:
            id: an objectId.
            session: ask with the token of this user.
            master: True asks with the master key.

        Raises:
            InvalidId: the id cannot be one; nothing was sent.
            ObjectNotFound: there is no such row, or this credential may not see it.
        """
        session = hidden(session)
        found = cls.pointer(id)
        found._fetch_row({}, session=session, master=master)
        return found

    @classmethod
    @conditionless
    def find(cls, id: str, *, session: Any = None, master: bool | None = None) -> Self | None:
        """The row of that id, or None when there is none that this credential may see; other failures raise."""
        session = hidden(session)
        try:
            return cls.get(id, session=session, master=master)
        except ObjectNotFound:
            return None

    @classmethod
    def get_many(cls, ids: Iterable[str], *, strict: bool = False) -> list[Self]:
        """The rows of these ids, in the order asked; missing ones are left out.

        Args:
            ids: objectIds.
            strict: a missing row raises, naming every one.

        Raises:
            ObjectNotFound: ``strict``, and rows are missing.
        """
        return cls.query().get_many(ids, strict=strict)

    @classmethod
    def pointer(cls, id: str) -> Self:
        """An object of which only the id is known; no request. Reading any other field fetches it once.

        Raises:
            InvalidId: the id cannot be one.
            DeclarationError: the model is abstract.
        """
        if not cls.schema.class_name:
            raise cls._no_rows()
        return cls._hydrate([{"objectId": cls.check_id(id)}], Origin().pointer())[0]

    @classmethod
    def check_id(cls, id: Any) -> str:
        """The id itself, when it can be one.

        Raises:
            InvalidId: it is empty, not text, or holds control characters.
        """
        return paths.check_id(id)

    @classmethod
    def _no_rows(cls) -> DeclarationError:
        """The error for a model of which there are no rows."""
        return DeclarationError(f"{cls.__name__} is abstract and has no rows: use a model that derives from it")

    @classmethod
    def _destroy_many(cls, records: list[Self], **who: Any) -> BatchResult[Self]:
        """Destroy the rows of one page, callbacks included."""
        return destroy_all(records, raise_on_error=False, **who)

    @classmethod
    def _batch_result(cls, saved: list[Any], *wrong: Failures, done: str, raise_on_error: bool) -> BatchResult[Any]:
        """What a query did to many rows."""
        return checked(BatchResult(saved, *wrong), done, raise_on_error)

    @classmethod
    def strict_by_default(cls) -> bool:
        """Whether the class forbids fetching what was not asked for."""
        return False

    @classmethod
    def _hydrate(cls, rows: list[dict[str, Any]], origin: Origin) -> list[Self]:
        """Objects that own these rows. Nothing is decoded: that happens at the first read of each field."""
        if cls.schema.secret:
            for row in rows:
                hide(row, cls.schema.secret)
        if origin.strict is None and cls.strict_by_default():
            origin.strict = True  # also for the rows that these lead to
        made: list[Self] = getters.hydrated(cls, rows, origin)
        return made

    def _fetch_row(self, params: dict[str, Any], session: Any, master: bool | None) -> None:
        raise NotImplementedError
