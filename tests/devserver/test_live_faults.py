"""A dev server when things break: taken ports, crashes, a stopped Postgres, a killed parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from parse_orm.devserver import DevServer, NotRunning, PortTaken, PostgresFailed, ServerFailed

pytestmark = pytest.mark.live
Rest = Callable[..., Any]


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken by another program"):
            DevServer(port=port).start()


def test_broken_cloud_code_shows_the_reason_and_the_log(tmp_path: Path) -> None:
    cloud = tmp_path / "main.js"
    cloud.write_text("throw new Error('this cloud has a hole');\n")

    with pytest.raises(ServerFailed) as caught:
        DevServer(cloud=cloud).start()

    assert "Parse Server did not start: this cloud has a hole" in str(caught.value)
    assert "Last lines of its log:" in str(caught.value)


def test_a_crash_shows_the_last_lines_of_the_log(tmp_path: Path, rest: Rest) -> None:
    cloud = tmp_path / "main.js"
    cloud.write_text(
        "Parse.Cloud.define('crash', () => { console.error('going down'); setTimeout(process.exit, 1, 9);"
        " return new Promise(() => {}); });\n"
    )
    with DevServer(cloud=cloud) as server:
        with pytest.raises(requests.ConnectionError):
            rest(server, "POST", "/functions/crash", {})

        until = time.monotonic() + 5
        while server.running and time.monotonic() < until:
            time.sleep(0.01)
        assert not server.running
        assert "going down" in server.logs()
        with pytest.raises(NotRunning):
            server.reset()


def test_a_key_that_is_logged_is_blanked(tmp_path: Path, rest: Rest) -> None:
    cloud = tmp_path / "main.js"
    cloud.write_text("Parse.Cloud.define('tell', request => console.log('key', Parse.masterKey));\n")
    with DevServer(cloud=cloud) as server:
        rest(server, "POST", "/functions/tell", {})
        until = time.monotonic() + 5
        while "key [hidden]" not in server.logs() and time.monotonic() < until:
            time.sleep(0.01)

        assert "key [hidden]" in server.logs()


def test_a_killed_server_comes_back_with_its_address_and_data(rest: Rest) -> None:
    with DevServer() as server:
        url = server.url
        rest(server, "POST", "/classes/Song", {"title": "Hey"})
        server.kill()
        with pytest.raises(requests.ConnectionError):
            rest(server, "GET", "/classes/Song")

        server.start()

        assert server.url == url
        assert [song["title"] for song in rest(server, "GET", "/classes/Song").json()["results"]] == ["Hey"]


def test_a_stopped_database_fails_requests_until_it_is_back(rest: Rest) -> None:
    with DevServer() as server:
        rest(server, "POST", "/classes/Song", {"title": "Hey"})

        server.stop_database()
        assert rest(server, "GET", "/classes/Song").status_code == 500
        with pytest.raises(NotRunning, match="Postgres is stopped"):
            server.sql("SELECT 1")

        server.start_database()
        assert [song["title"] for song in rest(server, "GET", "/classes/Song").json()["results"]] == ["Hey"]


def test_two_servers_on_one_folder_of_data_are_refused(public_folder: Path) -> None:
    with (
        DevServer(data=public_folder / "data"),
        pytest.raises(PostgresFailed, match=r"postmaster\.pid"),
    ):
        DevServer(data=public_folder / "data").start()


ORPHAN = """
import sys, time
from parse_orm.devserver import DevServer
server = DevServer().start()
print(server._workspace.temporary, flush=True)
time.sleep(60)
"""


def test_nothing_stays_when_the_parent_is_killed(
    family: Callable[[int], list[int]], gone_within: Callable[[list[int], float], list[int]]
) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    folder = Path(parent.stdout.readline().strip())
    children = family(parent.pid)
    # node, the guard, and Postgres with its helpers
    assert len(children) > 3
    assert folder.is_dir()

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert gone_within(children, 5) == []
    until = time.monotonic() + 5
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not folder.exists()


def test_stop_leaves_no_process_and_no_folder(
    family: Callable[[int], list[int]], gone_within: Callable[[list[int], float], list[int]], tmp_path: Path
) -> None:
    before = set(family(os.getpid()))
    server = DevServer().start()
    started = [pid for pid in family(os.getpid()) if pid not in before]
    assert server._workspace is not None
    folder = server._workspace.temporary

    server.stop()

    assert gone_within(started, 1) == []
    assert not folder.exists()
