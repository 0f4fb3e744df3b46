"""The client against a real Parse Server: what the unit tests take for granted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from parse_orm.client import requests as paths
from parse_orm.client.batch import BatchOperation, run_batch
from parse_orm.client.client import BaseClient
from parse_orm.client.credentials import ANONYMOUS
from parse_orm.client.idempotency import PROBE, REQUEST_ID
from parse_orm.devserver import DevServer
from parse_orm.errors import (
    DuplicateRequest,
    EndpointNotFound,
    InternalServerError,
    InvalidCredentials,
    InvalidSessionToken,
    KeysRefused,
    ObjectNotFound,
    ParseError,
    ParseOrmError,
    RequestTooLarge,
    TransportError,
)
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.retry import Retry
from parse_orm.transport.sync import RequestsTransport

pytestmark = pytest.mark.live

SONGS = paths.collection("ClientSong")
ONCE = Retry(attempts=1)


@pytest.fixture
def client(parse_server: Any) -> Iterator[BaseClient]:
    """A client with the master key, on a server that other tests use too."""
    with BaseClient(**parse_server.config()) as connected:
        for row in connected.find("ClientSong", {"limit": 1000})["results"]:
            connected.request("DELETE", paths.row("ClientSong", row["objectId"]))
        yield connected


class LosesAnswers:
    """Carries requests for real, and drops the answer of the first that is not the probe."""

    def __init__(self) -> None:
        self._inner = RequestsTransport()
        self._lost = False

    def send(self, request: Request) -> Response:
        response = self._inner.send(request)
        if self._lost or b'"id"' in (request.body or b""):
            return response
        self._lost = True
        raise TransportError("the answer was lost on the way")

    def close(self) -> None:
        self._inner.close()


def test_a_row_lives_its_life(client: BaseClient) -> None:
    created = client.request("POST", SONGS, {"title": "Hé 😀"}, context={"k": "é"})
    path = paths.row("ClientSong", created["objectId"])

    assert client.request("GET", path)["title"] == "Hé 😀"
    assert client.find("ClientSong", {"where": {"title": "Hé 😀"}})["results"][0]["objectId"] == created["objectId"]
    assert client.request("DELETE", path) == {}
    with pytest.raises(ObjectNotFound):
        client.request("GET", path)


def test_health_and_server_info(client: BaseClient) -> None:
    assert client.health() == {"status": "ok"}
    assert client.server_info()["parseServerVersion"]


def test_refusals_have_names(client: BaseClient, parse_server: Any) -> None:
    settings = parse_server.config()
    with BaseClient(**{**settings, "master_key": "wrong-master-key"}) as wrong, pytest.raises(KeysRefused):
        wrong.find("ClientSong")
    elsewhere = {**settings, "server_url": settings["server_url"] + "/nope"}
    with BaseClient(**elsewhere) as lost, pytest.raises(EndpointNotFound, match="mount path"):
        lost.find("ClientSong")
    with pytest.raises(InvalidSessionToken):
        client.find("ClientSong", credential=client.credential("r:" + "0" * 32))
    with pytest.raises(InvalidCredentials):
        client.request("POST", paths.LOGIN, {"username": "nobody", "password": "x"}, credential=ANONYMOUS)


def test_a_body_above_the_limit_is_named(client: BaseClient) -> None:
    with pytest.raises((RequestTooLarge, TransportError)):
        client.request("POST", SONGS, {"title": "x" * (21 << 20)})
    assert client.health() == {"status": "ok"}


@pytest.mark.parametrize("trouble", ["403", "500"])
def test_many_refusals_in_a_row_leave_the_next_request_alone(
    trouble: str, client: BaseClient, parse_server: Any
) -> None:
    shared = RequestsTransport(pool_size=8)
    settings = parse_server.config()
    good = BaseClient(**settings, transport=shared, retries=ONCE)
    wrong_key = {**settings, "rest_key": "wrong-rest-key", "master_key": None}
    bad = BaseClient(**wrong_key, transport=shared, retries=ONCE)
    surprises: list[Exception] = []

    def work() -> None:
        for _ in range(20):
            try:
                if trouble == "403":
                    with pytest.raises(KeysRefused):
                        bad.find("ClientSong")
                else:
                    with pytest.raises(InternalServerError):
                        good.find("ClientSong", {"where": {"$or": []}})
                good.request("POST", SONGS, {"title": "a"})
            except ParseOrmError as error:
                surprises.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    shared.close()

    assert surprises == []
    every_row = {"objectId": {"$exists": True}}
    assert client.find("ClientSong", {"where": every_row, "limit": 0, "count": 1})["count"] == 80


def test_a_batch_keeps_order_and_names_its_failures(client: BaseClient) -> None:
    operations = [BatchOperation("POST", SONGS, {"n": n}) for n in range(120)]
    operations.append(BatchOperation("DELETE", paths.row("ClientSong", "missing")))

    outcomes = run_batch(client, operations, parallel=2)

    assert [outcome.ok for outcome in outcomes] == [True] * 120 + [False]
    assert isinstance(outcomes[-1].error, ObjectNotFound)


def test_a_failed_transaction_leaves_nothing_behind(client: BaseClient) -> None:
    operations = [BatchOperation("POST", SONGS, {"n": 1}), BatchOperation("POST", SONGS, {"n": "text"})]

    outcomes = run_batch(client, operations, transaction=True)

    assert not any(outcome.ok for outcome in outcomes)
    assert client.find("ClientSong")["results"] == []


def test_the_probe_stores_nothing_and_is_refused(client: BaseClient) -> None:
    with pytest.raises(ParseError) as caught:
        client.request("POST", SONGS, dict(PROBE))

    assert caught.value.code == 105
    assert client.find("ClientSong")["results"] == []


def test_a_lost_create_is_not_repeated_where_request_ids_are_ignored(client: BaseClient, parse_server: Any) -> None:
    losing = BaseClient(**parse_server.config(), transport=LosesAnswers(), retries=Retry(backoff=0.01))

    with pytest.raises(TransportError, match="lost on the way"):
        losing.request("POST", SONGS, {"title": "a"})

    assert len(client.find("ClientSong")["results"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("custom_ids", [False, True])
def test_a_lost_create_is_repeated_safely_where_request_ids_count(custom_ids: bool) -> None:
    options = {
        "idempotencyOptions": {"paths": ["classes/.*"], "ttl": 300},
        "allowCustomObjectId": custom_ids,
    }
    with DevServer(options=options) as server, BaseClient(**server.config()) as client:
        transport = LosesAnswers()
        losing = BaseClient(**server.config(), transport=transport, retries=Retry(backoff=0.01))

        with pytest.raises(DuplicateRequest, match="the row exists"):
            losing.request("POST", SONGS, {"title": "a"})
        transport.close()

        assert len(client.find("ClientSong")["results"]) == 1
        client.request("POST", SONGS, {"title": "b"}, headers={REQUEST_ID: "own"})
