"""Against a real server: every work of the benchmark runs at every peer, and small requests stay small."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

import parse_orm as orm
from bench.__main__ import PARTS
from bench.models import Row
from bench.race import OURS, RAW, Race, commands
from bench.rows import AUTHOR_ID, FOUND, MANY, SAVED, columns
from bench.sizes import SMALL
from parse_orm.devserver import packages
from parse_orm.devserver.installation import install
from parse_orm.transport.hooks import Event
from tests.bench.counting import calls


class Wire:
    """Raw requests with one session, as a careful program would use them."""

    def __init__(self, server: Any) -> None:
        config = server.config()
        self.url = config["server_url"]
        self.session = requests.Session()
        self.keys = {"X-Parse-Application-Id": config["app_id"], "X-Parse-Master-Key": config["master_key"]}

    def send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.session.request(method, self.url + path, json=body, headers=self.keys)
        return json.loads(answer.content)


def fewest(action: Callable[[], object]) -> int:
    """The calls of an action that has been done before, so that nothing is loaded or connected on the way."""
    action()
    return min(calls(action) for _ in range(3))


@pytest.fixture
def wire(parse_client: Any, parse_server: Any) -> Wire:
    return Wire(parse_server)


def new_row() -> Row:
    return Row(title="Hey", plays=1)


def test_reading_one_row_takes_fewer_calls_than_raw_requests(wire: Wire) -> None:
    id = new_row().save().id

    assert fewest(lambda: Row.get(id)) <= 0.75 * fewest(lambda: wire.send("GET", f"/classes/{FOUND}/{id}"))


def test_creating_one_row_takes_fewer_calls_than_raw_requests(wire: Wire) -> None:
    body = {"title": "Hey", "plays": 1}

    assert fewest(lambda: new_row().save()) <= 0.9 * fewest(lambda: wire.send("POST", f"/classes/{FOUND}", body))


def test_updating_one_row_takes_fewer_calls_than_raw_requests(wire: Wire) -> None:
    row = new_row().save()

    def update() -> None:
        row.plays = (row.plays or 0) + 1
        row.save()

    raw = fewest(lambda: wire.send("PUT", f"/classes/{FOUND}/{row.id}", {"plays": time.monotonic_ns() % 1000}))
    assert fewest(update) <= 0.75 * raw


def test_ending_sessions_together_takes_one_request_for_a_hundred(parse_client: Any) -> None:
    seen: list[Event] = []
    ann = orm.User.signup("ann", "a password")
    for _ in range(120):
        orm.User.login_as(ann)
    with orm.using(orm.Client(**_same(parse_client), hooks=orm.Hooks(before=[seen.append]))):
        assert orm.Session.revoke_all_for_user(ann.id) == 121
    assert [event.path for event in seen].count("/batch") == 2
    assert len(seen) <= 5


def _same(client: Any) -> dict[str, Any]:
    settings = client.settings
    return {"server_url": settings.server_url, "app_id": settings.app_id, "master_key": settings.master_key}


def test_the_sdk_that_is_raced_is_pinned_by_the_lockfile_of_the_dev_server() -> None:
    assert packages.lockfile()["packages"]["node_modules/parse"]["version"].startswith("8.6.")


@pytest.mark.slow
def test_every_work_runs_at_every_peer(parse_server: Any) -> None:
    parse_server.start()
    parse_server.reset()
    installed = install(lambda line: None)
    starts = commands(str(installed.node.path), installed.packages)

    with Race(starts, parse_server.config(), SMALL) as race:
        for class_name, rows in ((FOUND, SMALL.found), (MANY, SMALL.many), (SAVED, 1)):
            race.call(RAW, "seed", class_name, rows)
        for works, peers, *_ in PARTS:
            race.run(works, peers, 1, clean=lambda: None)
        flat = race.call(OURS, "peak", SMALL.many)

    expected = {(work, peer) for works, peers, *_ in PARTS for work in works for peer in peers}
    assert set(race.times.wall) == set(race.times.cpu) == expected
    assert flat > 0


def test_a_peer_that_fails_says_what_it_was_doing(parse_server: Any) -> None:
    starts = {RAW: commands("node", packages.RESOURCES)[RAW]}

    with Race(starts, parse_server.config(), SMALL) as race, pytest.raises(RuntimeError, match="raw failed at 'fly'"):
        race.teams[0][RAW].ask(time="fly")


def test_both_python_peers_save_the_same_row() -> None:
    from bench.peers.mapper import _new
    from parse_orm.model.write import Write

    write = Write.of(_new(3))

    assert write is not None
    assert write.body == columns(3)
    assert AUTHOR_ID in write.body["ACL"]
