"""What the tests of the dev server share: REST calls, and a look at which processes live."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from parse_orm.devserver import DevServer

Rest = Callable[..., Any]


def call(server: DevServer, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    """Send one request: with the master key, or with the headers given instead of it."""
    credentials = headers or {"X-Parse-Master-Key": server.master_key}
    sent = {"X-Parse-Application-Id": server.app_id, "X-Parse-REST-API-Key": server.rest_key, **credentials}
    return requests.request(method, server.url + path, json=body, headers=sent, timeout=10)


@pytest.fixture
def rest() -> Rest:
    return call


def alive(pid: int) -> bool:
    """Tell whether a process exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def gone_within() -> Callable[[list[int], float], list[int]]:
    def wait(pids: list[int], seconds: float) -> list[int]:
        """Wait for processes to end; the answer holds those that did not."""
        until = time.monotonic() + seconds
        while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < until:
            time.sleep(0.02)
        return left

    return wait


def descendants(pid: int) -> list[int]:
    """List the children of a process, and theirs."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found += [int(entry), *descendants(int(entry))]
    return found


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A temporary folder that the account of Postgres may enter, also when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="parse-orm-test-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def family() -> Callable[[int], list[int]]:
    return descendants
