"""A server that gives pages again is not asked for ever, whichever way they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client import answers
from parse_orm.errors import AnswerCutShort, BatchError
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.types.geo import GeoPoint
from parse_orm.web.errors import SessionBackendError
from parse_orm.web.stores.parse import ParseStore

AGAIN = "same page again"
#: More requests than any of these may take.
BOUND = 30

Rows = list[dict[str, Any]]


class Refrain(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    place = orm.property(GeoPoint)


class Endless(BaseException):
    """Raised when a walk does not end; nothing in the library catches it."""


def row(id: str, plays: int = 1) -> dict[str, Any]:
    return {"objectId": id, "createdAt": "2026-01-01T00:00:00.000Z", "title": id, "plays": plays}


class Pages:
    """Answers each question with the page that a function of its number gives, and says yes to every write."""

    def __init__(self) -> None:
        self.page: Callable[[int], Rows] = lambda number: [row("a")]
        self.questions: list[dict[str, Any]] = []
        self.requests = 0

    def handle(self, request: Request) -> Response:
        self.requests += 1
        if self.requests > BOUND:
            raise Endless
        body = json.loads(request.body or b"{}")
        if request.url.endswith("/batch"):
            return _said([{"success": {}} for _ in body["requests"]])
        if body.get("_method") != "GET":
            return _said({"fields": {}})
        self.questions.append(body)
        return _said({"results": self.page(len(self.questions) - 1)})


def _said(value: Any) -> Response:
    return Response(200, body=json.dumps(value).encode())


@pytest.fixture
def server() -> Iterator[Pages]:
    server = Pages()
    client = orm.Client(
        "http://localhost:1337/parse", "app", rest_key="r", master_key="m", transport=MemoryTransport(server.handle)
    )
    with orm.using(client):
        yield server


WAYS: dict[str, Callable[[], Any]] = {
    "by id": Refrain.query,
    "by a number": lambda: Refrain.query().order("plays"),
    "by a date, downwards": lambda: Refrain.query().order("-created_at"),
    "by several columns": lambda: Refrain.query().order("title", "plays"),
    "by distance": lambda: Refrain.where(Refrain.place.near(GeoPoint(1, 2))),
}
SERVERS: dict[str, Callable[[int], Rows]] = {
    "one row for ever": lambda number: [row("a")],
    "two pages in turn": lambda number: [row("a"), row("b")] if number % 2 else [row("c"), row("d")],
    "three pages in turn": lambda number: [row("xyz"[number % 3])],
    "the whole class for ever": lambda number: [row(id) for id in "abcdefg"],
}
VERBS: dict[str, Callable[[Any], Any]] = {
    "all": lambda query: query.all(),
    "each": lambda query: list(query.each(batch_size=5)),
    "batches": lambda query: list(query.batches(2)),
    "cursor": lambda query: list(query.cursor(3)),
    "pluck": lambda query: query.pluck("title"),
    "as_dicts": lambda query: query.as_dicts(),
    "group_by": lambda query: query.as_master().group_by("title").count(),
    "sum": lambda query: query.limit(1000).sum("plays"),
    "update_all": lambda query: query.update_all(title="x"),
    "delete_all": lambda query: query.delete_all(),
    "destroy_all": lambda query: query.destroy_all(),
}


#: In an order of several columns a page begins with the last row of the one before, so this looks like the end.
AT_THE_END = ("by several columns", "one row for ever")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("way", "pages"), [case for case in product(WAYS, SERVERS) if case != AT_THE_END])
def test_pages_that_bring_nothing_new_end_with_an_error(server: Pages, way: str, pages: str, verb: str) -> None:
    server.page = SERVERS[pages]

    with pytest.raises(AnswerCutShort, match=f"finding Refrain: .*{AGAIN}"):
        VERBS[verb](WAYS[way]())


def test_one_row_for_ever_ends_in_an_order_of_several_columns(server: Pages) -> None:
    query = WAYS["by several columns"]()

    assert [song.id for song in query.all()] == ["a"]
    cursor = query.cursor(2)
    assert [song.id for song in cursor.next_page()] == ["a"]
    assert list(orm.Cursor.from_json(cursor.to_json())) == []
    assert server.requests == 4


@pytest.mark.parametrize("way", [way for way in WAYS if way != "by several columns"])
def test_a_cursor_that_came_from_elsewhere_notices_its_own_page(server: Pages, way: str) -> None:
    cursor = WAYS[way]().cursor(2)
    cursor.next_page()

    resumed = orm.Cursor.from_json(cursor.to_json())

    with pytest.raises(AnswerCutShort, match=AGAIN):
        list(resumed)


def test_sessions_that_are_listed_again_and_again_end_with_an_error(server: Pages) -> None:
    for verb in (
        orm.Session.purge_expired,
        lambda: orm.Session.revoke_all_for_user("u1"),
        lambda: orm.User.pointer("u1").sessions(),
        orm.Installation.clear_stale,
        orm.JobStatus.clear,
    ):
        server.requests = 0
        with pytest.raises(AnswerCutShort, match=AGAIN):
            verb()


def test_a_fetch_of_many_is_not_asked_again_for_what_the_server_does_not_give(server: Pages) -> None:
    with pytest.raises(BatchError, match=AGAIN):
        orm.fetch_all([Refrain.pointer("b"), Refrain.pointer("c")])


@pytest.mark.parametrize("pages", SERVERS)
def test_a_store_of_sessions_does_not_ask_for_ever(server: Pages, pages: str) -> None:
    server.page = SERVERS[pages]
    store = ParseStore()

    for verb in (lambda: store.list_for_user("u1"), store.gc, store.destroy_all, lambda: store.destroy_for_user("u1")):
        server.requests = 0
        with pytest.raises(SessionBackendError, match=AGAIN):
            verb()


def test_a_row_that_moves_ahead_of_the_reader_is_given_once(server: Pages) -> None:
    answered = [[row("a", 1), row("b", 2)], [row("a", 3)], []]
    server.page = lambda number: answered[number]

    assert [song.plays for song in Refrain.query().order("plays")] == [1, 2]


def test_rows_that_others_move_all_the_time_do_not_keep_the_reading_from_its_end(server: Pages) -> None:
    left_out: list[str] = []

    def page(number: int) -> Rows:
        left_out[:] = server.questions[-1]["where"].get("objectId", {}).get("$nin", [])
        return [one for one in (row("a", number), row("b", number)) if one["objectId"] not in left_out]

    server.page = page

    assert [song.id for song in Refrain.query().order("plays")] == ["a", "b"]
    assert left_out == ["a", "b"]


def test_a_server_that_gives_what_was_left_out_ends_with_an_error(server: Pages) -> None:
    server.page = lambda number: [row("a", number)]

    with pytest.raises(AnswerCutShort, match=AGAIN):
        Refrain.query().order("plays").all()


@pytest.mark.parametrize("order", ["id", "created_at", "-created_at"])
def test_an_order_that_cannot_change_needs_no_memory(server: Pages, order: str) -> None:
    server.page = lambda number: [row(f"r{number:02}")] if number < 10 else []
    cursor = Refrain.query().order(order).cursor(1)
    rows = list(cursor)

    assert len(rows) == 10
    assert "r03" not in cursor.to_json()


def test_a_cursor_that_goes_on_elsewhere_remembers_what_was_given(server: Pages) -> None:
    answered = [[row("a", 1), row("b", 2)], [row("a", 3), row("c", 4)], []]
    server.page = lambda number: answered[number]
    cursor = Refrain.query().order("plays").cursor(2)
    cursor.next_page()

    assert [song.id for song in orm.Cursor.from_json(cursor.to_json())] == ["c"]


def test_a_cursor_of_before_this_memory_is_still_read(server: Pages) -> None:
    server.page = lambda number: [[row("a", 1)], [row("b", 2)], []][number]
    cursor = Refrain.query().order("plays").cursor(1)
    cursor.next_page()
    state = json.loads(cursor.to_json())
    del state["position"]["given"]

    assert [song.id for song in orm.Cursor.from_json(json.dumps(state))] == ["b"]


def test_rows_that_took_the_place_of_others_are_not_left_out(server: Pages) -> None:
    answered = [[row("a", 1), row("b", 1)], [row("d", 1), row("a", 2)], [row("c", 1), row("d", 1)], []]
    server.page = lambda number: answered[number]

    assert [song.id for song in Refrain.query().order("plays", "title")] == ["a", "b", "c", "d"]
    assert (server.questions[1]["skip"], server.questions[1].get("where")) == (1, server.questions[0].get("where"))
    assert server.questions[2]["where"] == {"objectId": {"$nin": ["a", "b"]}}


def test_a_page_full_of_rows_that_were_pushed_back_does_not_end_a_cursor(server: Pages) -> None:
    answered = [[row("a"), row("b")], [row("a"), row("b")], [row("c")], []]
    server.page = lambda number: answered[number]

    assert [song.id for song in Refrain.query().order("title", "plays").cursor(2)] == ["a", "b", "c"]


@pytest.mark.parametrize("way", WAYS)
def test_no_more_rows_are_given_than_were_asked_for(server: Pages, way: str) -> None:
    server.page = lambda number: [row(f"{number}{letter}", number * 10 + place) for place, letter in enumerate("abcde")]

    assert len(WAYS[way]().limit(3).all()) == 3
    assert {len(page) for page in WAYS[way]().limit(8).batches(2)} == {2}


def test_rows_of_one_page_each_are_told_apart_by_the_column_they_go_by(server: Pages) -> None:
    server.page = lambda number: [row("ab"[number], number + 1)]

    list(Refrain.query().keys("title").order("plays").limit(2).batches(1))

    assert server.questions[0]["keys"] == "title,plays"
    assert {"plays": {"$gt": 1}} in server.questions[1]["where"]["$or"]


def test_long_walks_are_remembered_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "REMEMBERED", 3)
    repeats = answers.Repeats()

    for number in range(100):
        repeats.check(f"r{number}", "walking")
        assert len(repeats._firsts) <= 3

    for turn in range(10):
        try:
            repeats.check(f"x{turn % 2}", "walking")
        except AnswerCutShort:
            break
    else:
        pytest.fail("two pages in turn were not noticed")


@pytest.mark.parametrize("limit", [None, 12])
def test_the_same_rows_in_another_order_are_the_same_page(server: Pages, limit: int | None) -> None:
    rows = [row(id) for id in "abcde"]
    server.page = lambda number: rows[number % 5 :] + rows[: number % 5]
    query = Refrain.query() if limit is None else Refrain.limit(limit)

    with pytest.raises(AnswerCutShort, match=AGAIN):
        query.all()
    assert server.requests == 2
