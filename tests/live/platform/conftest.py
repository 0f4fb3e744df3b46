"""A server with cloud code, a push adapter and e-mail verification, beside the plain one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def cloud_server() -> Iterator[DevServer]:
    """One server for every test of this folder."""
    options = {
        "push": {"adapter": str(HERE / "push_adapter.js")},
        "scheduledPush": True,
        "verifyUserEmails": True,
        "preventLoginWithUnverifiedEmail": False,
    }
    with DevServer(cloud=HERE / "cloud.js", options=options) as server:
        yield server


@pytest.fixture
def cloud(cloud_server: DevServer) -> Iterator[orm.Client]:
    """A client of that server, emptied, and the one in use during the test."""
    cloud_server.reset()
    with orm.using(orm.Client(**cloud_server.config())) as client:
        assert isinstance(client, orm.Client)
        yield client
