"""A password is shown to nobody, and a relation has no values: a question for them would find nothing, or no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery, BatchError
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response


class Choir(orm.ParseObject):
    name = orm.property(str)
    seats = orm.property(int)
    singers = orm.has_many(orm.User, through="relation")


@pytest.fixture(autouse=True)
def sent() -> Iterator[list[Request]]:
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return Response(200, body=b'{"results": []}')

    client = orm.Client(
        server_url="https://x.example/parse", app_id="app", master_key="key", transport=MemoryTransport(answer)
    )
    with orm.using(client):
        yield requests


#: Ways to read a column, or to go by it.
READERS: dict[str, Callable[[Any, Any], Any]] = {
    "order": lambda query, column: query.order(column).all(),
    "each": lambda query, column: list(query.each(order=column)),
    "keys": lambda query, column: query.keys(column).all(),
    "keys of several": lambda query, column: query.keys("id", column).all(),
    "pluck": lambda query, column: query.pluck(column),
    "pluck of several": lambda query, column: query.pluck("id", column),
    "distinct": lambda query, column: query.distinct(column),
    "count_distinct": lambda query, column: query.count_distinct(column),
    "group_by": lambda query, column: query.group_by(column).count(),
    "max of groups": lambda query, column: query.group_by("id").max(column),
    "min": lambda query, column: query.min(column),
    "max": lambda query, column: query.max(column),
    "matches_key": lambda query, column: Choir.where(Choir.name.matches_key(column, query)).all(),
    "not_matches_key": lambda query, column: Choir.where(Choir.name.not_matches_key(column, query)).delete_all(),
}


@pytest.mark.parametrize("column", ["password", orm.User.password], ids=["name", "attribute"])
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_password_is_not_read(read: Callable[[Any, Any], Any], column: Any, sent: list[Request]) -> None:
    with pytest.raises(BadQuery, match=r"User\.password: the server neither shows a password nor compares one"):
        read(orm.User.query(), column)

    assert sent == []


@pytest.mark.parametrize("direction", ["-password", orm.User.password.desc(), orm.User.password.asc()])
def test_users_are_not_put_in_the_order_of_their_passwords(direction: Any, sent: list[Request]) -> None:
    with pytest.raises(BadQuery, match="neither shows"):
        orm.User.order(direction)


def test_a_password_is_not_fetched(sent: list[Request]) -> None:
    with pytest.raises(BadQuery, match="neither shows"):
        orm.User.pointer("aaaaaaaaaa").fetch(keys=["password"])
    with pytest.raises(BatchError, match="neither shows"):
        orm.fetch_all([orm.User.pointer("aaaaaaaaaa")], keys=["password"])

    assert sent == []


def test_a_password_may_be_left_out(sent: list[Request]) -> None:
    assert orm.User.query().exclude_keys("password").all() == []
    assert len(sent) == 1


@pytest.mark.parametrize("column", ["singers", Choir.singers], ids=["name", "attribute"])
@pytest.mark.parametrize("verb", ["distinct", "count_distinct", "group_by", "min", "max", "sum", "average"])
def test_a_relation_has_no_values_to_collect(verb: str, column: Any, sent: list[Request]) -> None:
    with pytest.raises(BadQuery, match=r"Choir\.singers is a Relation column"):
        getattr(Choir.query(), verb)(column)

    assert sent == []
