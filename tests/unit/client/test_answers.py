"""What is taken for an answer, and what the error says when it is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.batch import BatchOperation, run_batch
from parse_orm.codec.json import _plain_loads, loads
from parse_orm.errors import AnswerCutShort, BatchError, EndpointNotFound
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.web.errors import SessionBackendError
from parse_orm.web.stores.parse import ParseStore

MOUNT = "http://localhost:1337/parse"
MAYBE = "most likely made"
NO_OBJECTS = [b"null", b"5", b'"text"', b"true", b"[]", b"[1]", b"1.5"]
NO_COUNTS: list[Any] = [None, "many", True, 1.5, -1, [], {}]


class Ballad(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)


class Server:
    """Answers everything with one body.

    Attributes:
        answer: the answer.
        asked: how many requests came.
    """

    def __init__(self) -> None:
        self.answer = Response(200, body=b"{}")
        self.asked = 0

    def says(self, body: Any, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = Response(status, headers, content)

    def handle(self, request: Request) -> Response:
        self.asked += 1
        return self.answer


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    client = orm.Client(MOUNT, "app", rest_key="r", master_key="m", transport=MemoryTransport(server.handle))
    with orm.using(client):
        yield server


def saved() -> Ballad:
    return Ballad.pointer("song1")


# -- writes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [*NO_OBJECTS, b"", b"  ", b'{"objectId"', b'{"a": 1e999}', b"[" * 5000])
def test_a_save_whose_answer_is_no_object_says_that_it_was_most_likely_done(server: Server, body: bytes) -> None:
    server.says(body)
    song = saved()
    song.title = "x"

    with pytest.raises(AnswerCutShort, match=f"saving Ballad song1: the server answered 200, .*{MAYBE}"):
        song.save()

    assert song.changed == ["title"]


@pytest.mark.parametrize("body", [*NO_OBJECTS, b"", b"{}", b'{"objectId": 5}', b'{"objectId": ""}'])
def test_a_create_without_an_id_leaves_the_object_new(server: Server, body: bytes) -> None:
    server.says(body, 201)
    song = Ballad(title="x")

    with pytest.raises(AnswerCutShort, match=MAYBE):
        song.save()

    assert song.is_new


@pytest.mark.parametrize("body", [*NO_OBJECTS, b"", b"{", b'{"objectId": 5}'])
def test_a_create_takes_its_id_from_the_location_whatever_the_body_is(server: Server, body: bytes) -> None:
    server.says(body, 201, Location="https://behind.example/parse/classes/Ballad/a%20b")

    assert Ballad(title="x").save().id == "a b"


@pytest.mark.parametrize("location", ["/login", "/classes/Other/x1", "http://[/x", "/classes/Ballad/", "x1"])
def test_a_location_that_leads_elsewhere_tells_no_id(server: Server, location: str) -> None:
    server.says([], 201, Location=location)

    with pytest.raises(AnswerCutShort, match="does not tell its id"):
        Ballad(title="x").save()


def test_a_web_page_in_answer_to_a_write_says_that_nothing_was_most_likely_written(server: Server) -> None:
    server.says(b"<html>")

    with pytest.raises(EndpointNotFound, match="most likely not made"):
        saved().update(title="x")


def test_an_update_may_be_answered_without_a_time(server: Server) -> None:
    server.says({})

    assert saved().update(title="x").changed == []


@pytest.mark.parametrize("body", NO_OBJECTS)
def test_an_operation_whose_answer_is_no_object_is_not_taken_for_done(server: Server, body: bytes) -> None:
    server.says(body)

    with pytest.raises(AnswerCutShort, match=MAYBE):
        saved().increment("plays")


@pytest.mark.parametrize("item", [{"success": [1]}, {"success": None}, {"success": "x"}, {}, None, 5, []])
def test_an_item_of_a_batch_that_is_no_object_is_not_taken_for_saved(server: Server, item: Any) -> None:
    server.says([item])
    song = Ballad(title="x")

    with pytest.raises(BatchError) as failed:
        orm.save_all([song])

    assert song.is_new
    assert isinstance(failed.value.unknown[0][1], AnswerCutShort)
    assert MAYBE in str(failed.value.unknown[0][1])


@pytest.mark.parametrize("body", [*NO_OBJECTS, b"{}", b"", b"[{},{}]"])
def test_a_batch_whose_answer_is_no_list_of_its_length_leaves_every_item_open(server: Server, body: bytes) -> None:
    server.says(body)

    (outcome,) = run_batch(orm.current_client(), [BatchOperation("PUT", "/classes/Ballad/x", {})])

    assert isinstance(outcome.error, AnswerCutShort)
    assert MAYBE in str(outcome.error)


def test_the_address_of_an_upload_must_be_told(server: Server) -> None:
    file = orm.File("a.txt", b"x")
    for body in (b"null", b"", b"{}", b'{"name": "a"}', b'{"name": 1, "url": "x"}', b"[]"):
        server.says(body, 201)
        with pytest.raises(AnswerCutShort, match=MAYBE):
            file.save()

    server.says(b"<html>", 201)
    with pytest.raises(EndpointNotFound):
        file.save()

    assert file.is_new


# -- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [None, [], {}, {"sessionToken": "r:1"}, {"objectId": "u1"}, {"objectId": "u1", "sessionToken": 5}]
)
def test_a_login_without_an_id_and_a_token_is_none(server: Server, body: Any) -> None:
    server.says(body)

    for login in (
        lambda: orm.User.login("ann", "pw"),
        lambda: orm.User.login_as("u1"),
        lambda: orm.User.login_with("anonymous", {"id": "1"}),
    ):
        with pytest.raises(AnswerCutShort):
            login()


def test_a_login_as_somebody_else_than_was_asked_for_is_none(server: Server) -> None:
    server.says({"objectId": "u2", "sessionToken": "r:1"})

    with pytest.raises(AnswerCutShort, match="another row"):
        orm.User.login_as("u1")


@pytest.mark.parametrize("body", [None, [], {}, {"objectId": 5}])
def test_nobody_is_found_and_no_password_is_right_by_an_answer_without_an_id(server: Server, body: Any) -> None:
    server.says(body)

    with pytest.raises(AnswerCutShort):
        orm.User.for_token("r:1")
    with pytest.raises(AnswerCutShort):
        orm.User.verify_password("ann", "pw")


@pytest.mark.parametrize("response", [None, [], {}, {"mfa": 1}, {"mfa": {"recovery": [1]}}, {"mfa": {"recovery": ""}}])
def test_a_second_factor_without_recovery_codes_says_that_it_is_most_likely_on(server: Server, response: Any) -> None:
    server.says({"authDataResponse": response})
    user = orm.User.pointer("u1")

    with pytest.raises(AnswerCutShort, match=MAYBE):
        user.enable_mfa("x" * 20, "123456")


# -- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [None, 5, "x", [], {}, {"objectId": 5}, {"objectId": ""}, {"objectId": None}])
def test_a_row_without_an_id_is_none(server: Server, row: Any) -> None:
    server.says({"results": [row]})

    for ask in (
        lambda: Ballad.query().all(),
        lambda: Ballad.query().first(),
        lambda: Ballad.query().exists(),
        lambda: Ballad.query().cursor().next_page(),
        lambda: Ballad.query().delete_all(),
        lambda: Ballad.query().as_master().group_by("plays").count(),
        lambda: orm.current_client().sessions.all(),
    ):
        with pytest.raises(AnswerCutShort):
            ask()


@pytest.mark.parametrize("row", [None, [], {}, {"objectId": "song2"}])
def test_a_fetch_takes_the_row_that_was_asked_for_and_no_other(server: Server, row: Any) -> None:
    server.says(row)

    with pytest.raises(AnswerCutShort):
        saved().fetch()
    with pytest.raises(AnswerCutShort):
        Ballad.find("song1")


@pytest.mark.parametrize("count", NO_COUNTS)
def test_a_count_that_is_no_number_is_none(server: Server, count: Any) -> None:
    server.says({"results": [], "count": count})

    with pytest.raises(AnswerCutShort, match="count"):
        Ballad.query().count()
    with pytest.raises(AnswerCutShort, match="count"):
        orm.Session.active_count_for_user("u1")


def test_a_count_that_is_missing_is_not_zero(server: Server) -> None:
    server.says({"results": []})

    with pytest.raises(AnswerCutShort, match="no 'count'"):
        Ballad.query().count()


@pytest.mark.parametrize("value", ["many", True, [], {}])
def test_a_sum_that_is_no_number_is_none(server: Server, value: Any) -> None:
    server.says({"results": [{"parseOrmValue": value, "objectId": "x", "plays": value}]})

    for ask in (
        lambda: Ballad.query().sum("plays"),
        lambda: Ballad.query().average("plays"),
        lambda: Ballad.query().max("plays"),
        lambda: Ballad.query().limit(1).sum("plays"),
        lambda: Ballad.query().limit(1).group_by("title").sum("plays"),
    ):
        with pytest.raises(AnswerCutShort):
            ask()


@pytest.mark.parametrize("body", [{}, {"results": None}, {"results": {}}, {"results": [5]}, {"results": [{}]}])
def test_an_aggregate_without_results_is_none(server: Server, body: Any) -> None:
    server.says(body)

    with pytest.raises(AnswerCutShort):
        Ballad.query().sum("plays")
    if body.get("results") != [{}]:
        with pytest.raises(AnswerCutShort):
            Ballad.query().aggregate([{"$group": {"_id": None}}])
    if not body.get("results"):
        with pytest.raises(AnswerCutShort):
            Ballad.query().count_distinct("plays")


# -- the other endpoints -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [None, [], {}, {"params": None}, {"results": None}, {"results": [1]}, 5, [1], [{"url": 5}]]
)
def test_endpoints_take_no_answer_of_another_shape(server: Server, body: Any) -> None:
    server.says(body)
    asks = [
        lambda: orm.config.get(),
        lambda: orm.schemas.all(),
        lambda: orm.schemas.get("Ballad"),
        lambda: orm.current_client().sessions.update("s1", {"note": "x"}),
    ]
    if body != []:
        asks += [lambda: orm.hooks.functions(), lambda: orm.hooks.triggers()]

    for ask in asks:
        with pytest.raises(AnswerCutShort):
            ask()


@pytest.mark.parametrize("body", [None, [], {}, {"objectId": 5}, {"objectId": "other"}])
def test_a_store_whose_server_answers_no_row_does_not_answer(server: Server, body: Any) -> None:
    server.says(body)
    store = ParseStore()

    with pytest.raises(SessionBackendError):
        store.read("s1")
    with pytest.raises(SessionBackendError):
        store.list_for_user("u1")
    with pytest.raises(SessionBackendError):
        store.gc()


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1e999", "-1e999", "1e400", '{"a": [1E309]}', "[" * 3000, "9" * 5000])
def test_a_number_beyond_all_numbers_is_no_json_with_or_without_orjson(text: str) -> None:
    for read in (loads, _plain_loads):
        with pytest.raises(ValueError, match=r"\S"):
            read(text)


def test_numbers_at_the_edge_are_read_alike() -> None:
    for text, value in (
        ("1e308", 1e308),
        ("1e-999", 0.0),
        ("-0.5", -0.5),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ):
        assert loads(text) == _plain_loads(text) == value
