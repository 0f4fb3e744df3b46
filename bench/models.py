"""The models of the measured rows, as an application would declare them."""

from __future__ import annotations

from datetime import datetime

import parse_orm as orm
from bench.rows import AUTHOR, FOUND, MANY, SAVED


class Author(orm.ParseObject, class_name=AUTHOR):
    """Whom the rows point to."""

    name = orm.property(str)


class Row(orm.ParseObject, class_name=FOUND):
    """A row with every common kind of column."""

    title = orm.property(str)
    genre = orm.property(str)
    plays = orm.property(int)
    rating = orm.property(float)
    live = orm.property(bool)
    released = orm.property(datetime)
    recorded = orm.property(datetime)
    author = orm.belongs_to(Author)
    marks = orm.array(int)
    info = orm.property(dict)


class Many(Row, class_name=MANY):
    """The same, in the class that holds very many."""


class Saved(Row, class_name=SAVED):
    """The same, in the class that is written to."""


def read_twelve(rows: list[Row]) -> None:
    """Read what the other mappers have of a row: no ACL, one time less, and of the author the id."""
    for row in rows:
        row.id, row.created_at  # noqa: B018
        row.title, row.genre, row.plays, row.rating, row.live  # noqa: B018
        row.released, row.recorded, row.author_id, row.marks, row.info  # noqa: B018


def read_all(rows: list[Row]) -> None:
    """Read all fourteen values of every row."""
    for row in rows:
        row.id, row.created_at, row.updated_at, row.acl  # noqa: B018
        row.title, row.genre, row.plays, row.rating, row.live  # noqa: B018
        row.released, row.recorded, row.author, row.marks, row.info  # noqa: B018
