"""The models of the state machine, the columns that they have, and the values that the columns take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import parse_orm as orm

Wire = dict[str, Any]

#: What the beforeSave and beforeDelete triggers do with a row, by the value of its column ``how``.
CLOUD = """
for (const name of ["MbArtist", "MbSong"]) {
  Parse.Cloud.beforeSave(name, ({object: row}) => {
    const how = row.get("how");
    if (how === "set") row.set("note", "from the trigger");
    if (how === "unset") { row.unset("title"); row.unset("tags"); }
    if (how === "refuse") throw new Parse.Error(142, "the trigger refuses");
  });
  Parse.Cloud.beforeDelete(name, ({object: row}) => {
    if (row.get("how") === "keep") throw new Parse.Error(142, "the trigger keeps the row");
  });
}
"""


class MbNamed(orm.ParseObject, abstract=True):
    """A base without rows, which two models extend."""

    title = orm.property(str)
    how = orm.property(str)
    note = orm.property(str)
    tags = orm.array(str)


class MbArtist(MbNamed):
    """A model that adds nothing but one column to its base."""

    plays = orm.property(int)


class MbSong(MbNamed):
    """A model with a column of every kind."""

    plays = orm.property(int)
    rating = orm.property(float)
    live = orm.property(bool)
    day = orm.property(datetime)
    info = orm.property(dict)
    mood = orm.property(str, default="calm")
    artist = orm.belongs_to(MbArtist)
    fans = orm.has_many(MbArtist, through="relation")


class MbTicket(orm.ParseObject):
    """A class that only users may add to, and only the master key may delete from."""

    title = orm.property(str)
    plays = orm.property(int)


class MbDiary(orm.ParseObject, acl="public_read"):
    """A class whose new rows nobody but the master key may write, unless somebody says otherwise."""

    title = orm.property(str)
    info = orm.property(dict)


MODELS: list[type[orm.ParseObject]] = [MbSong, MbArtist, MbTicket, MbDiary]

_EVERYBODY = {"*": True}

#: What the server is told about the classes before the first step.
SCHEMAS: dict[str, Wire] = {
    "MbArtist": {"fields": {}},
    "MbSong": {"fields": {}},
    "MbTicket": {
        "fields": {},
        "classLevelPermissions": {
            "find": _EVERYBODY,
            "get": _EVERYBODY,
            "count": _EVERYBODY,
            "update": _EVERYBODY,
            "create": {"requiresAuthentication": True},
            "delete": {},
        },
    },
    "MbDiary": {"fields": {}},
}

_DAYS = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, 12, 30, tzinfo=UTC)]


def wire_day(day: datetime) -> Wire:
    """A moment as the server writes it."""
    return {"__type": "Date", "iso": day.strftime("%Y-%m-%dT%H:%M:%S.") + f"{day.microsecond // 1000:03d}Z"}


#: Values of each column, in wire form; few, so that rows meet.
VALUES: dict[str, list[Any]] = {
    "title": ["a", "b", "it's"],
    "how": ["set", "unset", "keep", "refuse"],
    "note": ["n", ""],
    "tags": [["x"], ["x", "y"], ["y", "z"], []],
    "plays": [0, 1, 2, 5],
    "rating": [0.5, 2.0, -1.25],
    "live": [True, False],
    "day": [wire_day(day) for day in _DAYS],
    "info": [{"size": 1}, {"size": 2, "deep": {"n": [1, {"k": 2}]}}, {"2024": 7}, {}],
    "mood": ["calm", "wild"],
}

#: Columns of each model in the order of declaration; pointers, relations and the ACL stand apart.
COLUMNS: dict[type[orm.ParseObject], list[str]] = {
    model: [name for name in model.fields() if name in VALUES] for model in MODELS
}
