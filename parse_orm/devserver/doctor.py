"""Looks at each part that a dev server needs and says which one fails, and the cure."""

from __future__ import annotations

import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from parse_orm.devserver import packages
from parse_orm.devserver.binaries import find_programs, postgres_account
from parse_orm.devserver.cache import current_cache_folder
from parse_orm.devserver.errors import CacheUnusable, DevServerError, ServerFailed
from parse_orm.devserver.node import find_node
from parse_orm.devserver.progress import Progress
from parse_orm.devserver.server import DevServer


@dataclass(frozen=True)
class Finding:
    """What one check saw: the part, whether it is well, and what was seen or what to do."""

    part: str
    well: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.well else 'FAIL'} {self.part}: {self.text}"


def check_cache(progress: Progress) -> str:
    """Write a file into the cache folder.

    Args:
        progress: not used; checks are called alike.

    Returns:
        Where the cache is.

    Raises:
        CacheUnusable: it cannot be written.
    """
    folder = current_cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError as error:
        raise CacheUnusable(
            f"{folder} cannot be written ({error.strerror}). Set PARSE_ORM_CACHE to a folder of your own."
        ) from error


def check_node(progress: Progress) -> str:
    """Look for a node that fits.

    Args:
        progress: not used; checks are called alike.

    Returns:
        Its version and place.

    Raises:
        NoSuitableNode: there is none.
    """
    node = find_node(packages.engines(), os.environ)
    return f"{node.version} at {node.path}" + ("" if node.npm else ", without npm")


def check_postgres(progress: Progress) -> str:
    """Look for Postgres programs that may be run.

    Args:
        progress: told when they are copied.

    Returns:
        Their place, and who runs them.

    Raises:
        PostgresMissing: the wheel is not installed.
    """
    account = postgres_account()
    folder = find_programs(account, current_cache_folder(), progress)
    return f"{folder}" + (f", run as user {account.uid}" if account else "")


def check_packages(progress: Progress) -> str:
    """Install Parse Server, unless it is installed.

    Args:
        progress: told how long it takes.

    Returns:
        Its version.

    Raises:
        InstallFailed: npm ended with an error.
    """
    packages.install(find_node(packages.engines(), os.environ), current_cache_folder(), progress)
    return packages.server_version()


def check_start(progress: Progress) -> str:
    """Start a server and send it one batch.

    Args:
        progress: told what takes long.

    Returns:
        How long the start took.

    Raises:
        DevServerError: it did not start, or the batch failed.
    """
    began = time.monotonic()
    with DevServer(progress=progress) as server:
        took = time.monotonic() - began
        body = {"requests": [{"method": "POST", "path": "/parse/classes/Doctor", "body": {"well": True}}]}
        headers = {
            "X-Parse-Application-Id": server.app_id,
            "X-Parse-REST-API-Key": server.rest_key,
            # urllib would say that it is a form, and Parse Server would read it as one.
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(f"{server.url}/batch", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                saved = "success" in json.loads(answer.read())[0]
        except OSError as error:
            raise ServerFailed(f"The server started, but its /batch route failed ({error}).") from error
    if not saved:
        raise ServerFailed("The server started, but could not save an object.")
    return f"started in {took:.1f} s and saved an object"


CHECKS: dict[str, Callable[[Progress], str]] = {
    "cache": check_cache,
    "node": check_node,
    "postgres": check_postgres,
    "parse-server": check_packages,
    "start": check_start,
}


def examine(report: Callable[[Finding], None], progress: Progress) -> bool:
    """Run every check, each one whatever the others said.

    Args:
        report: called with each finding as it comes.
        progress: told what takes long.

    Returns:
        True when all is well.
    """
    well = True
    for part, check in CHECKS.items():
        try:
            finding = Finding(part, True, check(progress))
        except DevServerError as error:
            finding = Finding(part, False, str(error))
        well = well and finding.well
        report(finding)
    return well
