"""pandas is asked for only when it is used."""

from __future__ import annotations

import sys

import pytest

import parse_orm as orm


class Grain(orm.ParseObject):
    name = orm.property(str)
    weight = orm.property(float)
    secret = orm.property(str, hidden=True)


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ImportError, match=r"parse-orm\[pandas\]"):
        Grain.query().to_pandas()
