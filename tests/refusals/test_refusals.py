"""Every verb that can report success, against a server that refuses half of it.

What a call told must be exactly what the server holds, asked with the master key and without the library.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer
from tests.refusals.rows import RowCell, row_cells, run_rows
from tests.refusals.stage import CLOUD, Ground

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A server that refuses what it is told to refuse."""
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud) as server:
        made = Ground(server)
        with orm.using(made.client):
            yield made


@pytest.mark.parametrize("cell", row_cells(), ids=lambda cell: cell.id)
def test_what_is_told_of_rows_is_what_the_server_holds(ground: Ground, cell: RowCell) -> None:
    with orm.using(ground.client):
        wrong = run_rows(cell, ground.stage())

    assert not wrong, "\n".join(wrong)
