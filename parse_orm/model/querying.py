"""The questions a model class can ask: the verbs of a query, said to the class."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..client import requests as paths
from ..codec.decode import is_row
from ..errors import ObjectNotFound
from ..expressions import Criterion, Ordering
from ..fields.record import Origin, Record
from ..query.progress import Progress
from ..query.plan import Plan
from ..query.query import Column, Query

if TYPE_CHECKING:
    from ..client.client import BaseClient

#: Ids asked for in one request of get_many.
IDS_PER_REQUEST = 500


class Querying(Record):
    """Class methods that begin a query; each is a short form of the query's own."""

    __slots__ = ()

    _query_class: ClassVar[type[Query[Any]]] = Query
    _first_plan: ClassVar[Plan] = Plan()

    @classmethod
    def query(cls) -> Query[Self]:
        """The query of every row of the class."""
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
        """All rows, with these columns only."""
        return cls.query().keys(*columns)

    @classmethod
    def exclude_keys(cls, *columns: Column) -> Query[Self]:
        """All rows, without these columns."""
        return cls.query().exclude_keys(*columns)

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
        return cls.query().as_user(who)

    @classmethod
    def as_master(cls) -> Query[Self]:
        """All rows, past every permission."""
        return cls.query().as_master()

    @classmethod
    def all(cls) -> list[Self]:
        """Every row of the class."""
        return cls.query().all()

    @classmethod
    def each(cls, batch_size: int = 1000, progress: Progress = False) -> Iterator[Self]:
        """Every row of the class, one page in memory at a time."""
        return cls.query().each(batch_size, progress)

    @classmethod
    def first(cls) -> Self | None:
        """The row with the smallest id, or None."""
        return cls.query().first()

    @classmethod
    def find_by(cls, *criteria: Criterion, **lookups: Any) -> Self | None:
        """The first row that meets the criteria, or None."""
        return cls.query().find_by(*criteria, **lookups)

    @classmethod
    def count(cls) -> int:
        """How many rows there are, exactly."""
        return cls.query().count()

    @classmethod
    def exists(cls) -> bool:
        """Whether there is any row."""
        return cls.query().exists()

    @classmethod
    def pluck(cls, *columns: Column) -> list[Any]:
        """The values of one column of every row, or tuples of several."""
        return cls.query().pluck(*columns)

    @classmethod
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
        found = cls.pointer(id)
        found._fetch_row({}, session=session, master=master)
        return found

    @classmethod
    def find(cls, id: str, *, session: Any = None, master: bool | None = None) -> Self | None:
        """The row of that id, or None when there is none that this credential may see; other failures raise."""
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
        wanted = [cls.check_id(id) for id in ids]
        unique = list(dict.fromkeys(wanted))
        found: dict[str, Self] = {}
        for start in range(0, len(unique), IDS_PER_REQUEST):
            for row in cls.query().where(id__in=unique[start : start + IDS_PER_REQUEST]):
                found[row._wire["objectId"]] = row
        missing = [id for id in unique if id not in found]
        if strict and missing:
            raise ObjectNotFound(f"no {cls.__name__} with the ids {', '.join(missing)}", code=101)
        return [found[id] for id in wanted if id in found]

    @classmethod
    def pointer(cls, id: str) -> Self:
        """An object of which only the id is known; no request. Reading any other field fetches it once.

        Raises:
            InvalidId: the id cannot be one.
        """
        return cls._hydrate([{"objectId": cls.check_id(id)}], Origin().pointer())[0]

    @classmethod
    def check_id(cls, id: Any) -> str:
        """The id itself, when it can be one.

        Raises:
            InvalidId: it is empty, not text, or holds control characters.
        """
        return paths.check_id(id)

    @classmethod
    def strict_by_default(cls) -> bool:
        """Whether the class forbids fetching what was not asked for."""
        return False

    @classmethod
    def _hydrate(cls, rows: list[dict[str, Any]], origin: Origin) -> list[Self]:
        """Objects that own these rows. Nothing is decoded: that happens at the first read of each field."""
        new, made = cls.__new__, []
        for row in rows:
            one = new(cls)
            one._wire = row
            one._origin = origin
            one._seen = None
            one._book = None
            made.append(one)
        return made

    @classmethod
    def _from_reference(cls, wire: dict[str, Any], origin: Origin) -> Self:
        """An object of a reference on the wire: the included row, or a pointer."""
        if is_row(wire):
            return cls._hydrate([dict(wire)], origin)[0]
        return cls._hydrate([{"objectId": wire["objectId"]}], origin.pointer())[0]

    def _fetch_row(self, params: dict[str, Any], session: Any, master: bool | None) -> None:
        raise NotImplementedError
