"""What is sent to make a class."""

from __future__ import annotations

import parse_orm as orm
from tests.unit.remembered import Wire, wire

__all__ = ["wire"]


def test_a_class_of_the_server_gets_its_columns_from_the_server(wire: Wire) -> None:
    orm.schemas.create(orm.Installation)

    assert wire.sent == [("POST", "/schemas/_Installation", {"className": "_Installation"})]
