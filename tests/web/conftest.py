"""A clock that stands still, stores over it, and a browser that keeps cookies."""

from __future__ import annotations

import pytest

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def store(moment: Moment) -> MemoryStore:
    return MemoryStore(clock=moment)
