"""A row of which only parts were asked for: the rest is fetched once, or refused where loading is strict."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields.origin import Origin
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response

ROW = {"objectId": "a", "title": "Hey", "plays": 3, "tags": ["x"], "ACL": {"*": {"read": True}}}


class PartialSong(orm.ParseObject):
    title = orm.property(str, required=True)
    plays = orm.property(int, default=0)
    tags = orm.array(str)
    writer = orm.belongs_to("PartialSong")


def answer(request: Request) -> Response:
    return Response(
        200, body=json.dumps({"updatedAt": "2024-01-01T00:00:00.000Z"} if request.method == "PUT" else ROW).encode()
    )


@pytest.fixture
def transport() -> Iterator[MemoryTransport]:
    memory = MemoryTransport(answer)
    with orm.using(orm.Client("http://localhost/parse", "app", transport=memory)):
        yield memory


def partial(*keys: str, strict: bool = False, **columns: Any) -> PartialSong:
    return PartialSong._hydrate([{"objectId": "a", **columns}], Origin(None, keys, strict=strict))[0]


def test_what_was_asked_for_is_read_without_a_request(transport: MemoryTransport) -> None:
    song = partial("title", "tags", title="Hey")

    assert song.title == "Hey"
    assert song.tags == []
    assert song.id == "a"
    assert transport.requests == []


def test_the_rest_is_fetched_once(transport: MemoryTransport) -> None:
    song = partial("title", title="Hey")

    assert song.plays == 3
    assert song.tags == ["x"]
    assert song.writer is None
    assert len(transport.requests) == 1


def test_a_change_made_before_the_fetch_stays(transport: MemoryTransport) -> None:
    song = partial("title", title="Hey")
    song.title = "Jude"

    assert song.plays == 3
    assert song.title == "Jude"
    assert song.changed == ["title"]


def test_a_partial_row_is_saved_without_what_nobody_read(transport: MemoryTransport) -> None:
    song = partial("plays", plays=3)
    song.plays = 4

    song.save()

    assert [(request.method, request.body) for request in transport.requests] == [("PUT", b'{"plays":4}')]


def test_removing_a_value_that_was_never_fetched_is_sent(transport: MemoryTransport) -> None:
    song = partial("title", title="Hey")

    song.unset("tags")

    assert transport.requests[-1].body == b'{"tags":{"__op":"Delete"}}'


@pytest.mark.parametrize("how", ["query", "block", "class"])
def test_strict_loading_refuses_to_fetch(how: str, transport: MemoryTransport) -> None:
    class PartialStrict(orm.ParseObject, strict_loading=True):
        title = orm.property(str)

    if how == "class":
        assert PartialStrict.strict_by_default()
    song = partial("plays", strict=how != "block", plays=3)

    with orm.strict_loading(how == "block"), pytest.raises(orm.NotLoaded, match=r"title.*include\(.*fetch"):
        song.title  # noqa: B018

    assert transport.requests == []
    assert song.plays == 3


def test_an_inner_block_may_lift_strict_loading(transport: MemoryTransport) -> None:
    song = partial("plays", plays=3)

    with orm.strict_loading(), orm.strict_loading(False):
        assert song.title == "Hey"


def test_the_access_list_of_a_pointer_is_fetched(transport: MemoryTransport) -> None:
    song = PartialSong.pointer("a")

    assert song.acl == orm.ACL({"*": {"read": True}})
    assert song.changed == []
    assert len(transport.requests) == 1


def test_repr_and_id_of_a_partial_row_ask_nothing(transport: MemoryTransport) -> None:
    song = PartialSong.pointer("a")

    assert repr(song) == "<PartialSong a (not loaded)>"
    assert song.id == "a"
    assert song == partial("title", title="Hey")
    assert hash(song) == hash(partial("title", title="Hey"))
    assert transport.requests == []
    assert song.writer_id is None
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("name", "path", "value", "wire"),
    [("tags", "tags", [], []), ("acl", "ACL", orm.ACL().grant(orm.PUBLIC), {"*": {"read": True, "write": True}})],
)
def test_a_value_that_says_no_more_than_a_missing_one_is_sent_where_the_row_may_hold_another(
    transport: MemoryTransport, name: str, path: str, value: Any, wire: Any
) -> None:
    song = PartialSong.pointer("a")

    setattr(song, name, value)
    song.save()

    assert json.loads(transport.requests[-1].body or b"") == {path: wire}


class StrictSong(orm.ParseObject, strict_loading=True):
    title = orm.property(str)
    writer = orm.belongs_to("PartialSong")


class LeadsToStrict(orm.ParseObject):
    song = orm.belongs_to("StrictSong")


def _loaded(**columns: Any) -> LeadsToStrict:
    return LeadsToStrict.from_json({"objectId": "l", **columns})


POINTER = {"__type": "Pointer", "className": "StrictSong", "objectId": "a"}

ROWS_OF_A_STRICT_CLASS: dict[str, Callable[[], StrictSong]] = {
    "pointer": lambda: StrictSong.pointer("a"),
    "from_reference": lambda: StrictSong.from_reference("StrictSong$a"),
    "from_json": lambda: StrictSong.from_json({"objectId": "a"}),
    "a pickled pointer": lambda: pickle.loads(pickle.dumps(StrictSong.pointer("a"))),
    "a reference of another class": lambda: _loaded(song=POINTER).song,  # type: ignore[dict-item, return-value]
}


@pytest.mark.parametrize("way", ROWS_OF_A_STRICT_CLASS)
def test_a_row_of_a_strict_class_fetches_nothing_however_it_was_made(transport: MemoryTransport, way: str) -> None:
    song = ROWS_OF_A_STRICT_CLASS[way]()

    with pytest.raises(orm.NotLoaded, match=r"StrictSong\.title"):
        song.title  # noqa: B018
    assert transport.requests == []
    assert song.id == "a"
    assert song.fetch().title == "Hey"


def test_the_rows_that_a_row_of_a_strict_class_leads_to_are_not_fetched_either(transport: MemoryTransport) -> None:
    writer = {"__type": "Pointer", "className": "PartialSong", "objectId": "b"}
    songs = [StrictSong.from_json({"objectId": "a", "writer": writer}), StrictSong.pointer("a")]
    songs[1]._begin({"objectId": "a", "writer": writer}, songs[1]._origin)

    for song in songs:
        assert song.writer is not None
        with pytest.raises(orm.NotLoaded):
            song.writer.title  # noqa: B018
    assert transport.requests == []


def test_a_query_may_lift_what_the_class_says(transport: MemoryTransport) -> None:
    song = StrictSong._hydrate([{"objectId": "a"}], Origin(None, ("writer",), strict=False))[0]

    assert song.title == "Hey"
    assert len(transport.requests) == 1
