"""What every test may count on: the dev server's fixtures, and the marker that goes with them."""

from __future__ import annotations

import pytest

# Named here rather than found by its entry point, so that coverage sees the import.
pytest_plugins = ["parse_orm.devserver.pytest_plugin"]

SERVER_FIXTURES = {"parse_client", "parse_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for a server, so that `-m "not live"` needs none."""
    for item in items:
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.live)
