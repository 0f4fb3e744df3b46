"""Functions, jobs, config, events and webhooks on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import AnswerCutShort
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Headers, Request, Response

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
DATE = {"__type": "Date", "iso": "2024-01-02T12:00:00.000Z"}


class Tape(orm.ParseObject):
    title = orm.property(str)


class Server:
    """Answers everything alike and remembers what was asked."""

    def __init__(self) -> None:
        self.answer: Any = {}
        self.headers: Mapping[str, str] = {}
        self.transport = MemoryTransport(self._respond)

    def _respond(self, request: Request) -> Response:
        return Response(200, Headers(self.headers), json.dumps(self.answer).encode())

    @property
    def last(self) -> Request:
        return self.transport.requests[-1]

    @property
    def body(self) -> Any:
        return json.loads(self.last.body or b"{}")


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    client = orm.Client("http://localhost/parse", "app", rest_key="r", master_key="m", transport=server.transport)
    with orm.using(client):
        yield server


def test_parameters_are_spelled_as_parse_does(server: Server) -> None:
    orm.call("mix", {"at": NOON, "tape": Tape.pointer("t1"), "dotted.key": 1})

    assert server.last.url == "http://localhost/parse/functions/mix"
    assert server.body == {
        "at": DATE,
        "tape": {"__type": "Pointer", "className": "Tape", "objectId": "t1"},
        "dotted.key": 1,
    }


def test_a_result_becomes_objects(server: Server) -> None:
    server.answer = {"result": [{"__type": "Object", "className": "Tape", "objectId": "t1", "title": "x"}, DATE]}
    tape, when = orm.call("mix")

    assert isinstance(tape, Tape)
    assert (tape.title, when) == ("x", NOON)
    assert tape.changed == []


def test_a_function_s_name_cannot_reach_another_route(server: Server) -> None:
    orm.call("../users")
    assert server.last.url == "http://localhost/parse/functions/..%2Fusers"
    with pytest.raises(orm.InvalidValue):
        orm.call("..")


def test_a_function_is_not_repeated_when_its_answer_is_lost() -> None:
    tries: list[Request] = []

    def lose(request: Request) -> Response:
        tries.append(request)
        return Response(503, body=b"{}")

    client = orm.Client(
        "http://localhost/parse", "app", master_key="m", transport=MemoryTransport(lose), retries=orm.Retry(backoff=0)
    )
    with pytest.raises(orm.InternalServerError):
        client.call("charge")
    assert len([one for one in tries if one.url.endswith("/functions/charge")]) == 1


def test_a_job_gives_the_row_that_the_header_names(server: Server) -> None:
    server.headers = {"X-Parse-Job-Status-Id": "job1"}
    status = orm.start_job("sweep", {"days": 3})

    assert status.id == "job1"
    assert server.body == {"days": 3}
    assert server.last.plain_headers()["X-Parse-Master-Key"] == "m"


@pytest.mark.parametrize("start", [lambda: orm.start_job("sweep"), lambda: orm.push("Hi", broadcast=True)])
def test_a_lost_header_is_said_and_never_an_empty_id(server: Server, start: Any) -> None:
    with pytest.raises(AnswerCutShort, match="it was done"):
        start()


def test_a_config_value_is_removed_by_an_operation(server: Server) -> None:
    orm.config.update({"a": NOON, "b": None}, master_only=["a"])

    assert server.last.method == "PUT"
    assert server.body == {
        "params": {"a": DATE, "b": {"__op": "Delete"}},
        "masterKeyOnly": {"a": True, "b": False},
    }


def test_an_event_carries_its_dimensions(server: Server) -> None:
    orm.track("search", price="1", at=NOON)

    assert server.last.url == "http://localhost/parse/events/search"
    assert server.body == {"dimensions": {"price": "1", "at": DATE}}


def test_permissions_bring_the_columns_they_speak_of(server: Server) -> None:
    class Vault(
        orm.ParseObject,
        permissions=orm.permissions(update=["field:keeper"], read_user_fields=["viewers"]),
        protected={"public": ["code"]},
    ):
        code = orm.property(str)
        keeper = orm.belongs_to("User")
        viewers = orm.has_many("User", through="array")
        unrelated = orm.property(int)

    server.answer = {"className": "Vault", "fields": {"code": {"type": "String"}}, "classLevelPermissions": {}}
    assert orm.schemas.apply_permissions(Vault)

    assert server.last.method == "PUT"
    assert server.body["fields"] == {
        "keeper": {"type": "Pointer", "targetClass": "_User"},
        "viewers": {"type": "Array"},
    }
    assert server.body["classLevelPermissions"]["protectedFields"] == {"*": ["code"]}


def test_an_endpoint_of_a_client_stays_with_it(server: Server) -> None:
    other = Server()
    other.answer = {"params": {"a": 1}}
    client = orm.Client("https://other/parse", "app", master_key="m", transport=other.transport)

    assert client.config.get() == {"a": 1}
    assert repr(client.config) == "<Config of <Client https://other/parse app>>"
    assert repr(orm.config) == "<Config of the client in use>"
    assert server.transport.requests == []
