"""Writes whose answer is lost, on servers with request ids for creates alone and for rows too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.client import BaseClient
from parse_orm.devserver.server import DevServer
from parse_orm.errors import DuplicateRequest, TransportError
from parse_orm.transport.messages import Request, Response
from parse_orm.transport.retry import Retry
from parse_orm.transport.sync import RequestsTransport

pytestmark = [pytest.mark.live, pytest.mark.slow]


class LostSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    tags = orm.property(list, default=list)


class Lossy:
    """Carries requests for real, and drops the answer of the next write when it is told to."""

    def __init__(self) -> None:
        self._inner = RequestsTransport()
        self.losing = False

    def send(self, request: Request) -> Response:
        response = self._inner.send(request)
        is_write = b'"_method"' not in (request.body or b"") if isinstance(request.body, bytes) else False
        if self.losing and is_write:
            self.losing = False
            raise TransportError("the answer was lost on the way")
        return response

    def close(self) -> None:
        self._inner.close()


@pytest.fixture(scope="module", params=["classes/[^/]+$", "classes/.*"])
def server(request: Any) -> Iterator[DevServer]:
    """A server that remembers request ids on the paths of the parameter."""
    options = {"idempotencyOptions": {"paths": [request.param], "ttl": 300}}
    with DevServer(options=options) as started:
        yield started


@pytest.fixture
def lossy(server: DevServer) -> Iterator[Lossy]:
    """The wire of the client in use, of which it is known that the server refuses a repeated create."""
    transport = Lossy()
    client = BaseClient(**server.config(), transport=transport, retries=Retry(backoff=0.01))
    with orm.using(client):
        transport.losing = True
        with pytest.raises(DuplicateRequest):
            client.request("POST", "/classes/LostSong", {"title": "proof"})
        yield transport
    transport.close()


def test_an_increment_whose_answer_is_lost_runs_once_and_is_not_called_done(lossy: Lossy) -> None:
    song = LostSong.create(title="a")
    lossy.losing = True

    with pytest.raises(TransportError, match="lost on the way"):
        song.increment("plays")

    assert LostSong.get(song.id).plays == 1


def test_an_add_whose_answer_is_lost_adds_one_element(lossy: Lossy) -> None:
    song = LostSong.create(title="a")
    lossy.losing = True

    with pytest.raises(TransportError, match="lost on the way"):
        song.add("tags", "x")

    assert LostSong.get(song.id).tags == ["x"]


def test_first_or_create_finds_the_row_whose_answer_was_lost(lossy: Lossy) -> None:
    lossy.losing = True

    song = LostSong.first_or_create(title="found", defaults={"plays": 3})

    assert LostSong.where(title="found").count() == 1
    assert LostSong.get(song.id).plays == song.plays == 3


def test_create_or_update_finds_the_row_whose_answer_was_lost(lossy: Lossy) -> None:
    lossy.losing = True

    LostSong.create_or_update(title="updated", defaults={"plays": 3})

    assert [song.plays for song in LostSong.where(title="updated")] == [3]
