"""One server for the whole matrix of refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer
from tests.refusals.stage import CLOUD, OPTIONS, Ground, Stage


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A server that refuses what it is told to refuse."""
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud, options=OPTIONS) as server:
        yield Ground(server)


@pytest.fixture
def stage(ground: Ground) -> Iterator[Stage]:
    """What one cell works with; requests go to the server of the matrix."""
    with orm.using(ground.client):
        yield ground.stage()
