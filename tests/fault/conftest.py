"""A misbehaving server for each test, and a client that does not wait between tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from parse_orm.client.client import BaseClient
from parse_orm.transport.retry import Retry
from tests.fault.server import FaultServer


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    """A server that does what the test scripts."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def connect(faulty: FaultServer) -> Iterator[Callable[..., BaseClient]]:
    """Makes clients of the faulty server; they are closed at the end."""
    made: list[BaseClient] = []

    def make(attempts: int = 3, **options: object) -> BaseClient:
        settings = {"rest_key": "rest-key-1", "master_key": "master-key-1", "timeout": 5.0, **options}
        retries = Retry(attempts=attempts, backoff=0.01, max_wait=0.05)
        client = BaseClient(faulty.url, "app", retries=retries, **settings)  # type: ignore[arg-type]
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
