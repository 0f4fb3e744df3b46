"""Everything a server needs before it can start: node, Parse Server, Postgres, and where they are kept."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from parse_orm.devserver import packages
from parse_orm.devserver.binaries import find_programs, postgres_account
from parse_orm.devserver.cache import current_cache_folder
from parse_orm.devserver.errors import DevServerError
from parse_orm.devserver.node import Node, find_node
from parse_orm.devserver.postgres import Programs
from parse_orm.devserver.progress import Progress


@dataclass(frozen=True)
class Installation:
    """The parts of a dev server, all present."""

    cache: Path
    node: Node
    packages: Path
    programs: Programs


def install(progress: Progress) -> Installation:
    """Find or install every part; a fraction of a second when all is there.

    Args:
        progress: told what takes long.

    Returns:
        The parts.

    Raises:
        DevServerError: the subclass names the part that is missing and the cure.
    """
    if sys.platform == "win32":
        raise DevServerError("The dev server runs on Linux (tried) and macOS (not tried), not on Windows; use WSL.")
    cache = current_cache_folder()
    account = postgres_account()
    programs = Programs(find_programs(account, cache, progress), account)
    node = find_node(packages.engines(), os.environ)
    return Installation(cache, node, packages.install(node, cache, progress), programs)
