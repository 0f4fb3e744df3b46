"""Rows as a pandas frame: one column for each field, values decoded, secrets left out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import parse_orm as orm


class Grain(orm.ParseObject):
    name = orm.property(str)
    weight = orm.property(float)
    secret = orm.property(str, hidden=True)


def test_rows_become_a_frame(parse_client: orm.Client) -> None:
    orm.save_all([Grain(name=name, weight=weight, secret="s") for name, weight in (("rye", 2), ("oat", 1.5))])

    frame = Grain.order("weight").to_pandas()

    assert list(frame.columns) == ["id", "created_at", "updated_at", "acl", "name", "weight"]
    assert list(frame["name"]) == ["oat", "rye"]
    assert frame["weight"].sum() == 3.5
    made = frame["created_at"].iloc[0]
    assert isinstance(made, datetime)
    assert made.utcoffset() == datetime.now(ZoneInfo("UTC")).utcoffset()
