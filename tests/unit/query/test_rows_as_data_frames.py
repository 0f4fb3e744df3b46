"""pandas is asked for only when it is used, and gets one column for each field."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Response


class Grain(orm.ParseObject):
    name = orm.property(str)
    weight = orm.property(float)
    secret = orm.property(str, hidden=True)


def client() -> orm.Client:
    pages = [b'{"results":[{"objectId":"a","name":"x","weight":2,"secret":"s"}]}', b'{"results":[]}']
    return orm.Client(
        "http://127.0.0.1:9/parse",
        "app",
        master_key="m",
        transport=MemoryTransport(lambda request: Response(200, {}, pages.pop(0))),
    )


def test_rows_become_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = ModuleType("pandas")
    pandas.DataFrame = lambda rows, columns: (rows, columns)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pandas", pandas)

    rows, columns = Grain.using(client()).to_pandas()

    assert columns == ["id", "created_at", "updated_at", "acl", "name", "weight"]
    assert rows[0]["weight"] == 2.0
    assert isinstance(rows[0]["weight"], float)


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ImportError, match=r"parse-orm\[pandas\]"):
        Grain.using(client()).to_pandas()
