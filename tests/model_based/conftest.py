"""One server with the triggers for the whole run of the machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parse_orm.devserver import DevServer
from tests.model_based.server import Judge, cloud_file


@pytest.fixture(scope="package")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Ask a running server that has the classes and the triggers."""
    with DevServer(cloud=cloud_file(tmp_path_factory.mktemp("cloud")), live_query=()) as server:
        judge = Judge(server)
        judge.make_classes()
        yield judge
