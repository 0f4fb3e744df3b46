"""The models of these tests, and the shape that some of them need in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def unique_names(parse_client: Any, parse_server: Any) -> Iterator[None]:
    """A unique index on City.name, made as an administrator would."""
    parse_client.request("POST", "/classes/City", {"name": "to be removed", "people": 1})
    parse_server.reset()
    parse_server.sql('CREATE UNIQUE INDEX IF NOT EXISTS city_name ON "City" (name)')
    yield
    parse_server.sql("DROP INDEX IF EXISTS city_name")
