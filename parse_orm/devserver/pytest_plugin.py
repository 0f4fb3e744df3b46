"""Pytest fixtures: a real Parse Server for the whole run, and a client with an empty database for each test.

    def test_a_song_is_saved(parse_client):
        assert Song.create(title="Hey").id

Options in the ini file: `parse_server_cloud`, a file or folder of cloud code, relative to the ini file, and
`parse_server_reset`, "rows" (keep the classes; the default) or "classes" (drop those made by tests as well).
PARSE_SERVER_URL, PARSE_APP_ID, PARSE_REST_API_KEY and PARSE_MASTER_KEY use a server that runs already; its
data are deleted only when PARSE_SERVER_MAY_BE_EMPTIED is 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from parse_orm.devserver.existing import ExistingServer
    from parse_orm.devserver.server import DevServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the ini file.

    Args:
        parser: pytest's parser.
    """
    parser.addini("parse_server_cloud", "cloud code for the parse_server fixture: a file or a folder", default="")
    parser.addini("parse_server_reset", "what parse_client removes: rows or classes", default="rows")


@pytest.fixture(scope="session")
def parse_server(request: pytest.FixtureRequest) -> Iterator[DevServer | ExistingServer]:
    """Run one Parse Server for the session; each pytest-xdist worker has its own.

    Returns:
        A DevServer, or the server that the environment names.
    """
    from parse_orm.devserver.existing import ADDRESS, ExistingServer
    from parse_orm.devserver.server import DevServer

    if os.environ.get(ADDRESS):
        yield ExistingServer(os.environ)
        return
    cloud = request.config.getini("parse_server_cloud")
    with DevServer(cloud=request.config.rootpath / cloud if cloud else None) as server:
        yield server


@pytest.fixture
def parse_client(request: pytest.FixtureRequest, parse_server: DevServer | ExistingServer) -> Iterator[Any]:
    """Connect to an emptied server; the client is the default one during the test.

    Returns:
        A parse_orm.Client with the master key.
    """
    import parse_orm as orm

    parse_server.start()
    parse_server.start_database()
    parse_server.reset(classes=request.config.getini("parse_server_reset") == "classes")
    client = orm.Client(**parse_server.config())
    with orm.using(client):
        yield client
