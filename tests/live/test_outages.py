"""A server that dies, a database that stops, a dead address: one clear error each, with no secret in it."""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer

pytestmark = pytest.mark.live

CLOUD = """
const wait = seconds => new Promise(done => setTimeout(done, seconds * 1000));
Parse.Cloud.beforeSave('OutageSlow', () => wait(20));
Parse.Cloud.beforeFind('OutageSlow', () => wait(20));
"""

PASSWORD = "a password nobody may read"


class OutageSong(orm.ParseObject):
    title = orm.property(str)


class OutageSlow(orm.ParseObject):
    title = orm.property(str)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """A server of our own: these tests break it."""
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud) as started:
        yield started


@pytest.fixture
def client(server: DevServer) -> Iterator[orm.Client]:
    """A client that gives up soon, on a server that is up and empty."""
    server.start()
    server.start_database()
    server.reset()
    with orm.Client(**server.config(), retries=orm.Retry(attempts=2, backoff=0.01)) as made, orm.using(made):
        yield made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that parse_orm logs, at every level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("parse_orm")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def told(error: BaseException, log: io.StringIO) -> str:
    """All that an error, its causes and the log give away."""
    return "\n".join([str(error), repr(error), *traceback.format_exception(error), log.getvalue()])


def secrets_of(server: DevServer, user: orm.User) -> list[str]:
    assert user.session_token is not None
    return [server.master_key, server.rest_key, user.session_token, user.session_token[2:], PASSWORD]


def while_dying(server: DevServer, ask: Callable[[], object]) -> BaseException:
    """Ask something slow, kill the server meanwhile, and give what the asker got."""
    caught: list[BaseException] = []
    client = orm.current_client()

    def asking() -> None:
        try:
            with orm.using(client):
                ask()
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=asking)
    thread.start()
    time.sleep(0.5)
    server.kill()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert caught, "the request did not fail"
    return caught[0]


def test_a_server_killed_under_a_save_leaves_the_object_as_it_was(
    server: DevServer, client: orm.Client, log: io.StringIO
) -> None:
    ann = orm.User.signup("ann", PASSWORD)
    slow = OutageSlow(title="unsaved")

    error = while_dying(server, lambda: slow.save(session=ann))

    assert isinstance(error, orm.TransportError)
    assert isinstance(error, ConnectionError)
    assert "creating OutageSlow" in str(error)
    assert [secret for secret in secrets_of(server, ann) if secret in told(error, log)] == []
    assert slow.is_new
    assert slow.changed == ["title"]


def test_a_server_killed_under_a_query_is_a_connection_error(
    server: DevServer, client: orm.Client, log: io.StringIO
) -> None:
    ann = orm.User.signup("ann", PASSWORD)

    error = while_dying(server, lambda: OutageSlow.where(title="x").as_user(ann).all())

    assert isinstance(error, orm.TransportError)
    assert "OutageSlow" in str(error)
    assert [secret for secret in secrets_of(server, ann) if secret in told(error, log)] == []


def test_work_goes_on_when_the_server_is_back(server: DevServer, client: orm.Client) -> None:
    song = OutageSong.create(title="Hey")
    song.title = "Jude"
    server.kill()
    with pytest.raises(orm.ConnectFailed):
        song.save()
    assert song.changed == ["title"]

    server.start()
    song.save()

    assert OutageSong.get(song.id).title == "Jude"


ASKING: dict[str, Callable[[orm.User, OutageSong], object]] = {
    "save": lambda ann, song: song.update(title="new"),
    "create": lambda ann, song: OutageSong.create(title="x"),
    "find": lambda ann, song: OutageSong.find(song.id),
    "all": lambda ann, song: OutageSong.all(),
    "count": lambda ann, song: OutageSong.count(),
    "destroy": lambda ann, song: song.destroy(),
    "login": lambda ann, song: orm.User.login("ann", PASSWORD),
    "for_token": lambda ann, song: orm.Session.for_token(ann),
    "user of token": lambda ann, song: orm.User.for_token(ann),
    "verify": lambda ann, song: orm.User.verify_password("ann", PASSWORD),
    "revoke": lambda ann, song: orm.Session.revoke_all_for_user(ann),
    "logout": lambda ann, song: ann.logout(),
}


@pytest.mark.parametrize("what", ASKING)
def test_a_stopped_database_is_an_error_and_never_an_answer(
    what: str, server: DevServer, client: orm.Client, log: io.StringIO
) -> None:
    ann = orm.User.signup("ann", PASSWORD)
    song = OutageSong.create(title="Hey")
    secrets = secrets_of(server, ann)
    server.stop_database()
    try:
        with pytest.raises((orm.InternalServerError, orm.BatchError)) as caught:
            ASKING[what](ann, song)
    finally:
        server.start_database()

    assert [secret for secret in secrets if secret in told(caught.value, log)] == []
    assert OutageSong.find(song.id) == song


def test_an_address_where_nobody_listens(server: DevServer, log: io.StringIO) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {**server.config(), "server_url": f"http://127.0.0.1:{port}/parse"}
    nowhere = orm.Client(**settings, retries=orm.Retry(attempts=2, backoff=0.01))

    with orm.using(nowhere), pytest.raises(orm.ConnectFailed, match=str(port)) as caught:
        orm.User.login("ann", PASSWORD)

    said = told(caught.value, log)
    assert "127.0.0.1" in str(caught.value)
    assert [secret for secret in (server.master_key, server.rest_key, PASSWORD) if secret in said] == []


@pytest.mark.parametrize("who", ["session", "master", "login"])
def test_a_log_at_its_most_talkative_shows_no_secret(
    who: str, server: DevServer, client: orm.Client, log: io.StringIO
) -> None:
    ann = orm.User.signup("ann", PASSWORD)
    asked: dict[str, Callable[[], Any]] = {
        "session": lambda: orm.Session.for_token(ann),
        "master": lambda: orm.Session.revoke_all_for_user(ann, keep=ann.session_token),
        "login": lambda: orm.User.login("ann", PASSWORD),
    }

    asked[who]()

    assert log.getvalue(), "parse_orm logs its requests at DEBUG"
    assert [secret for secret in secrets_of(server, ann) if secret in log.getvalue()] == []
