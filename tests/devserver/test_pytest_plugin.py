"""The pytest fixtures: one server per session, an empty database and a default client per test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer, DevServerError, ServerFailed
from parse_orm.devserver.existing import ExistingServer

Rest = Callable[..., Any]
PLUGIN = "parse_orm.devserver.pytest_plugin"


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., str]:
    """Write a project of one test file and run pytest on it; the answer is what pytest printed."""

    def run(tests: str, ini: str = "") -> str:
        (tmp_path / "pytest.ini").write_text(f"[pytest]\n{ini}")
        (tmp_path / "test_it.py").write_text(tests)
        # Where parse_orm is installed its entry point loads the plugin too, which pytest takes for a second one.
        plugins = ["-p", "no:parse_orm", "-p", PLUGIN, "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *plugins, "-q", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout

    return run


@pytest.mark.live
def test_each_test_starts_with_no_rows(parse_client: Any, parse_server: DevServer, rest: Rest) -> None:
    assert orm.current_client() is parse_client
    assert rest(parse_server, "POST", "/classes/Row", {"n": 1}).status_code == 201


@pytest.mark.live
def test_rows_of_the_test_before_are_gone(parse_client: Any, parse_server: DevServer, rest: Rest) -> None:
    assert rest(parse_server, "GET", "/classes/Row").json() == {"results": []}


@pytest.mark.live
def test_a_server_that_a_test_broke_is_mended_for_the_next(project: Callable[..., str]) -> None:
    said = project(
        "import urllib.request\n"
        "def healthy(server):\n"
        "    return urllib.request.urlopen(server.url + '/health', timeout=10).status == 200\n"
        "def test_kill(parse_client, parse_server): parse_server.kill()\n"
        "def test_after_kill(parse_client, parse_server): assert healthy(parse_server)\n"
        "def test_stop_database(parse_client, parse_server): parse_server.stop_database()\n"
        "def test_after_stop(parse_client, parse_server): assert healthy(parse_server)\n"
    )

    assert "4 passed" in said


@pytest.mark.live
def test_the_ini_file_names_cloud_code_and_what_is_reset(tmp_path: Path, project: Callable[..., str]) -> None:
    (tmp_path / "main.js").write_text("Parse.Cloud.define('two', () => 2);\n")
    calls = (
        "import json, urllib.request\n"
        "def call(server, method, path, body=None):\n"
        "    headers = {'X-Parse-Application-Id': server.app_id, 'X-Parse-Master-Key': server.master_key,\n"
        "               'Content-Type': 'application/json'}\n"
        "    data = None if body is None else json.dumps(body).encode()\n"
        "    request = urllib.request.Request(server.url + path, data, headers, method=method)\n"
        "    return json.load(urllib.request.urlopen(request, timeout=10))\n"
    )
    tests = (
        "def test_cloud(parse_client, parse_server):\n"
        "    assert call(parse_server, 'POST', '/functions/two', {}) == {'result': 2}\n"
        "    call(parse_server, 'POST', '/classes/Made', {'x': 1})\n"
        "def test_reset(parse_client, parse_server):\n"
        "    names = [c['className'] for c in call(parse_server, 'GET', '/schemas')['results']]\n"
        "    assert 'Made' not in names\n"
    )

    said = project(calls + tests, ini="parse_server_cloud = main.js\nparse_server_reset = classes\n")

    assert "2 passed" in said


def test_the_plugin_alone_loads_neither_requests_nor_the_server() -> None:
    code = (
        f"import sys, pytest, {PLUGIN}\n"
        "print([name for name in ('requests', 'parse_orm.devserver.server', 'parse_orm.devserver.existing')"
        " if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"


def environment(server: DevServer, **more: str) -> dict[str, str]:
    return {
        "PARSE_SERVER_URL": server.url + "/",
        "PARSE_APP_ID": server.app_id,
        "PARSE_REST_API_KEY": server.rest_key,
        "PARSE_MASTER_KEY": server.master_key,
        **more,
    }


@pytest.mark.live
def test_the_environment_names_a_server_that_runs_already(
    parse_server: DevServer, project: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(parse_server, PARSE_SERVER_MAY_BE_EMPTIED="1").items():
        monkeypatch.setenv(name, value)

    said = project(
        "def test_it(parse_client, parse_server):\n"
        f"    assert parse_server.config()['app_id'] == '{parse_server.app_id}'\n"
    )

    assert "1 passed" in said


@pytest.mark.live
def test_an_existing_server_is_never_emptied_by_surprise(parse_client: Any, parse_server: DevServer) -> None:
    existing = ExistingServer(environment(parse_server))

    with pytest.raises(DevServerError, match="would delete all data") as caught:
        existing.reset()
    assert parse_server.master_key not in str(caught.value) + repr(existing)


@pytest.mark.live
def test_an_existing_server_is_emptied_on_demand(parse_client: Any, parse_server: DevServer, rest: Rest) -> None:
    rest(parse_server, "POST", "/classes/Row", {"n": 1})
    existing = ExistingServer(environment(parse_server, PARSE_SERVER_MAY_BE_EMPTIED="1")).start()
    existing.start_database()

    existing.reset()
    assert rest(parse_server, "GET", "/classes/Row").json() == {"results": []}

    existing.reset(classes=True)
    assert rest(parse_server, "GET", "/schemas/Row").json()["code"] == 103
    assert existing.config() == parse_server.config()


def test_an_existing_server_needs_its_application_id() -> None:
    with pytest.raises(DevServerError, match="PARSE_APP_ID is not set"):
        ExistingServer({"PARSE_SERVER_URL": "http://127.0.0.1:1/parse"})


def test_emptying_an_existing_server_needs_the_master_key() -> None:
    environ = {"PARSE_SERVER_URL": "http://127.0.0.1:1/parse", "PARSE_APP_ID": "a"}

    with pytest.raises(DevServerError, match="set PARSE_MASTER_KEY"):
        ExistingServer({**environ, "PARSE_SERVER_MAY_BE_EMPTIED": "1"}).reset()


def test_an_existing_server_that_is_away_or_refuses_is_said_so(parse_server: DevServer) -> None:
    environ = environment(parse_server, PARSE_SERVER_MAY_BE_EMPTIED="1")

    with pytest.raises(ServerFailed, match="cannot be reached for GET /schemas"):
        ExistingServer({**environ, "PARSE_SERVER_URL": "http://127.0.0.1:9/parse"}).reset()
    with pytest.raises(ServerFailed, match="answered 403 to GET /schemas"):
        ExistingServer({**environ, "PARSE_MASTER_KEY": "wrong"}).reset()
