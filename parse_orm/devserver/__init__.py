"""A real Parse Server from `pip install 'parse-orm[devserver]'`, for development and tests.

In a program::

    from parse_orm.devserver import DevServer

    with DevServer() as server:
        orm.connect(**server.config())

On the command line: `python -m parse_orm.devserver run`. In pytest: the fixtures `parse_server` and
`parse_client`. Names are loaded at first use, so that the pytest plugin costs nothing when unused.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parse_orm.devserver.errors import (
        CacheUnusable,
        DevServerError,
        InstallFailed,
        NoSuitableNode,
        NotRunning,
        PortTaken,
        PostgresFailed,
        PostgresMissing,
        RegistryUnreachable,
        ServerFailed,
    )
    from parse_orm.devserver.server import DevServer

__all__ = [
    "CacheUnusable",
    "DevServer",
    "DevServerError",
    "InstallFailed",
    "NoSuitableNode",
    "NotRunning",
    "PortTaken",
    "PostgresFailed",
    "PostgresMissing",
    "RegistryUnreachable",
    "ServerFailed",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "server" if name == "DevServer" else "errors"
    return getattr(import_module(f"{__name__}.{home}"), name)
