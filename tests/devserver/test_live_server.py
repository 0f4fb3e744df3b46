"""A started dev server does what an application needs: objects, batches, geo, files, users, e-mails, SQL."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from parse_orm.devserver import DevServer, NotRunning, PostgresFailed
from parse_orm.devserver.installation import install

pytestmark = pytest.mark.live
Rest = Callable[..., Any]

CLOUD = Path(__file__).parents[2] / "parse_orm/devserver/resources/cloud"


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer(cloud=CLOUD, live_query=["Song"]) as server:
        yield server


@pytest.fixture
def server(running: DevServer) -> DevServer:
    running.reset(classes=True)
    return running


def test_a_batch_saves(server: DevServer, rest: Rest) -> None:
    create = {"method": "POST", "path": "/parse/classes/Song", "body": {"title": "Hey"}}

    answer = rest(server, "POST", "/batch", {"requests": [create, create]})

    assert answer.status_code == 200
    assert [list(item) for item in answer.json()] == [["success"], ["success"]]


def point(latitude: float, longitude: float) -> dict[str, Any]:
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


def test_near_sorts_by_distance_and_stops_at_the_maximum(server: DevServer, rest: Rest) -> None:
    places = {"Paris": (48.8566, 2.3522), "London": (51.5074, -0.1278), "Berlin": (52.52, 13.405)}
    for name, (latitude, longitude) in places.items():
        rest(server, "POST", "/classes/Place", {"name": name, "at": point(latitude, longitude)})
    # In radians; Paris to London is 344 km, to Berlin 878 km.
    where = {"at": {"$nearSphere": point(48.85, 2.35), "$maxDistance": 500 / 6371}}

    found = rest(server, "POST", "/classes/Place", {"_method": "GET", "where": where}).json()["results"]

    assert [place["name"] for place in found] == ["Paris", "London"]


def test_a_file_is_uploaded_read_and_gone_after_a_reset(server: DevServer, rest: Rest) -> None:
    headers = {"X-Parse-Application-Id": server.app_id, "X-Parse-Master-Key": server.master_key}
    stored = requests.post(f"{server.url}/files/note.txt", data=b"hello", headers=headers, timeout=10).json()
    assert requests.get(stored["url"], timeout=10).content == b"hello"

    server.reset()

    assert requests.get(stored["url"], timeout=10).status_code == 404


def test_cloud_code_runs(server: DevServer, rest: Rest) -> None:
    assert rest(server, "POST", "/functions/hello", {"name": "Ann"}).json() == {"result": "Hello, Ann!"}


def test_the_maintenance_key_writes_created_at(server: DevServer, rest: Rest) -> None:
    stamp = {"__type": "Date", "iso": "2001-02-03T04:05:06.000Z"}
    headers = {"X-Parse-Maintenance-Key": server.maintenance_key}

    made = rest(server, "POST", "/classes/Song", {"createdAt": stamp, "updatedAt": stamp}, **headers).json()

    got = rest(server, "GET", f"/classes/Song/{made['objectId']}").json()
    assert got["createdAt"] == "2001-02-03T04:05:06.000Z"


def test_a_password_reset_lands_in_the_outbox(server: DevServer, rest: Rest) -> None:
    rest(server, "POST", "/users", {"username": "ann", "password": "pw", "email": "ann@example.com"})
    rest(server, "POST", "/requestPasswordReset", {"email": "ann@example.com"})

    (mail,) = server.outbox(at_least=1)

    assert (mail["kind"], mail["to"], mail["username"]) == ("password_reset", "ann@example.com", "ann")
    assert mail["link"].startswith(server.url)
    assert "token=" in mail["link"]


def test_a_reset_removes_rows_mails_and_hooks_but_keeps_classes(server: DevServer, rest: Rest) -> None:
    rest(server, "POST", "/classes/Song", {"title": "Hey"})
    rest(server, "POST", "/users", {"username": "ann", "password": "pw", "email": "ann@example.com"})
    rest(server, "POST", "/requestPasswordReset", {"email": "ann@example.com"})
    rest(server, "POST", "/hooks/functions", {"functionName": "away", "url": "http://127.0.0.1:9/"})

    server.reset()

    assert rest(server, "GET", "/classes/Song").json() == {"results": []}
    assert rest(server, "GET", "/users").json() == {"results": []}
    assert rest(server, "GET", "/hooks/functions").json() == []
    assert rest(server, "POST", "/functions/away", {}).json()["error"] == 'Invalid function: "away"'
    assert server.outbox() == []
    assert rest(server, "GET", "/schemas/Song").json()["fields"]["title"] == {"type": "String"}


def test_a_reset_of_classes_brings_the_first_schema_back(server: DevServer, rest: Rest) -> None:
    rest(server, "POST", "/classes/Song", {"title": "Hey"})
    rest(server, "POST", "/users", {"username": "ann", "password": "pw", "nickname": "A"})

    server.reset(classes=True)

    assert rest(server, "POST", "/classes/Song", {"title": 7}).status_code == 201
    assert rest(server, "POST", "/users", {"username": "a", "password": "p", "nickname": 1}).status_code == 201
    server.reset(classes=True)
    names = {schema["className"] for schema in rest(server, "GET", "/schemas").json()["results"]}
    assert "Song" not in names
    assert "_User" in names
    assert "nickname" not in rest(server, "GET", "/schemas/_User").json()["fields"]


def test_a_reset_ends_cached_sessions_at_once(server: DevServer, rest: Rest) -> None:
    # Without the master key: signing up with it gives no session.
    user = rest(server, "POST", "/users", {"username": "ann", "password": "pw"}, Accept="*/*").json()
    headers = {"X-Parse-Session-Token": user["sessionToken"]}
    assert rest(server, "GET", "/classes/Song", **headers).status_code == 200

    server.reset()

    assert rest(server, "GET", "/classes/Song", **headers).json()["code"] == 209


def test_sql_reads_and_writes_the_tables(server: DevServer, rest: Rest) -> None:
    rest(server, "POST", "/classes/Song", {"title": "Hey"})

    server.sql("""UPDATE "Song" SET title = 'a, "b"'""")

    assert server.sql('SELECT title, NULL FROM "Song"') == [['a, "b"', ""]]
    with pytest.raises(PostgresFailed, match='relation "missing" does not exist'):
        server.sql("SELECT * FROM missing")


def test_nothing_is_logged_about_deprecated_options(server: DevServer) -> None:
    assert [line for line in server.logs() if "Deprecat" in line or "Invalid key" in line] == []


def test_keys_show_in_no_process_list_and_no_repr(server: DevServer, family: Callable[[int], list[int]]) -> None:
    secrets = [server.rest_key, server.master_key, server.maintenance_key]
    commands = "".join(
        Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
        for pid in family(os.getpid())
        for name in ("cmdline", "environ")
    )

    assert not [key for key in secrets if key in commands + repr(server) + repr(vars(server)["_keys"])]


def test_the_config_connects_a_client(server: DevServer) -> None:
    config = server.config()

    assert config.keys() == {"server_url", "app_id", "rest_key", "master_key"}
    assert requests.get(f"{config['server_url']}/health", timeout=10).json() == {"status": "ok"}
    assert str(server.port) in repr(server)


def seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def load_parse_server() -> None:
    """What any start contains when nothing is done about it: node reads the 2,000 files of Parse Server."""
    parts = install(lambda _: None)
    subprocess.run([parts.node.path, "-e", "require('parse-server')"], cwd=parts.packages, check=True)


def test_a_warm_start_is_quick_and_a_stop_quicker() -> None:
    said: list[str] = []
    starts, stops, loads = [], [], []
    # The best of a few: other work on the machine can only add to the time. Idle: 1.3 s and 0.1 s (2 cores, 2.5 GHz).
    while len(starts) < 5 and min(starts, default=9.0) > 1.5:
        server = DevServer(progress=said.append)
        starts.append(seconds(server.start))
        stops.append(seconds(server.stop))
        loads.append(seconds(load_parse_server))

    print(f"warm start {min(starts):.2f} s, stop {min(stops):.2f} s, Parse Server's files alone {min(loads):.2f} s")
    # A slow machine is known by the loads: with Postgres and all, a start takes two thirds of one.
    assert min(starts) < max(1.5, min(loads))
    assert min(stops) < max(0.5, min(loads) / 2)
    assert said == []


def test_a_folder_of_data_outlives_the_server(public_folder: Path, rest: Rest) -> None:
    with DevServer(data=public_folder / "data") as server:
        rest(server, "POST", "/classes/Song", {"title": "Hey"})

    with DevServer(data=public_folder / "data") as server:
        assert [song["title"] for song in rest(server, "GET", "/classes/Song").json()["results"]] == ["Hey"]


def test_options_reach_parse_server(rest: Rest) -> None:
    with DevServer(options={"allowCustomObjectId": True, "liveQuery": None}) as server:
        made = rest(server, "POST", "/classes/Song", {"objectId": "mine"})

    assert made.json()["objectId"] == "mine"


def test_a_stopped_server_says_so() -> None:
    server = DevServer()

    assert repr(server) == "<DevServer not started>"
    for use in (server.config, server.reset, server.outbox, server.kill, server.stop_database):
        with pytest.raises(NotRunning, match=r"call start\(\)"):
            use()
    server.stop()


def test_missing_cloud_code_is_found_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"main\.js"):
        DevServer(cloud=tmp_path)
