"""An audience is a named query of installations, for pushes to the same people again."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from ..errors import BadQuery
from ..fields.property import property as column
from ..model import ParseObject
from ..query import Query
from .installation import Installation


class Audience(ParseObject, class_name="_Audience"):
    """A named query of installations (``_Audience``); only the master key sees these rows (9.10).

    >>> import parse_orm as orm
    >>> fans = Audience.of("jazz on iOS", orm.Installation.where(device_type="ios", channels="jazz")).save()
    >>> fans.conditions
    {'deviceType': 'ios', 'channels': {'$in': ['jazz']}}

    ``orm.push(..., where=fans.conditions)`` sends to it.

    Attributes:
        name: how people call it.
        query_json: the where clause as JSON text, which is how the server keeps it.
        last_used: when a push went to it.
        times_used: how many did.
    """

    name = column(str, required=True)
    query_json = column(str, field="query")
    last_used = column(datetime, readonly=True)
    times_used = column(int, readonly=True)

    @classmethod
    def of(cls, name: str, query: Query[Installation] | Mapping[str, Any]) -> Self:
        """A new audience of the installations that a query finds; it is not saved yet.

        Args:
            name: how people call it.
            query: a query of Installation without order, limit and skip, or a where clause.

        Raises:
            BadQuery: the query is of another class, or no installation can meet it.
        """
        return cls(name=name, query_json=json.dumps(_where(query), separators=(",", ":")))

    @classmethod
    def find_by_name(cls, name: str) -> Self | None:
        """The audience of that name, or None."""
        return cls.query().where(cls.name == name).first()

    @property
    def conditions(self) -> dict[str, Any]:
        """The where clause; empty when there is none."""
        found: dict[str, Any] = json.loads(self.query_json or "{}")
        return found


def _where(query: Query[Installation] | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(query, Mapping):
        return dict(query)
    where, class_name = query.as_subquery()
    if class_name != "_Installation":
        raise BadQuery(f"an audience is a query of Installation, not of {class_name}")
    if where is None:
        raise BadQuery("no installation can meet these criteria, so the audience would be empty")
    return dict(where)
