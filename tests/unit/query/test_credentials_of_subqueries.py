"""One request has one client, credential and context: a query inside a condition cannot bring others of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery
from parse_orm.fields.origin import Origin
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.types.secret import revealed

ANN, BOB = "r:" + "a" * 32, "r:" + "b" * 32


class NestedBand(orm.ParseObject):
    name = orm.property(str)
    records = orm.has_many("NestedRecord", field="band")


class NestedRecord(orm.ParseObject):
    title = orm.property(str)
    band = orm.belongs_to(NestedBand)


class NestedReview(orm.ParseObject):
    about = orm.property(str)
    record = orm.belongs_to(NestedRecord)


Band, Record, Review = NestedBand, NestedRecord, NestedReview


sent: list[Request] = []


def connect(server: str = "https://here.example/parse", token: str | None = None) -> orm.Client:
    """A client of a server that has no rows."""

    def answer(request: Request) -> Response:
        sent.append(request)
        return Response(200, body=json.dumps({"results": [], "count": 0}).encode())

    return orm.Client(
        server_url=server, app_id="app", master_key="key", session_token=token, transport=MemoryTransport(answer)
    )


@pytest.fixture(autouse=True)
def here() -> Iterator[orm.Client]:
    sent.clear()
    client = connect()
    with orm.using(client):
        yield client


#: Another credential, client or context for a query of records.
OTHERS: dict[str, Callable[[], Any]] = {
    "a user": lambda: Record.as_user(BOB),
    "a client of another server": lambda: Record.using(connect("https://there.example/parse")),
    "a client that acts for a user": lambda: Record.using(connect(token=BOB)),
    "a context": lambda: Record.query().context({"why": "x"}),
}


#: Where a query of records stands in a query of reviews.
PLACES: dict[str, Callable[[Any], Any]] = {
    "matches": lambda records: Review.where(Review.record.matches(records)),
    "a lookup": lambda records: Review.where(record__matches=records),
    "not_matches": lambda records: Review.where(Review.record.not_matches(records)),
    "matches_key": lambda records: Review.where(Review.about.matches_key("title", records)),
    "not_matches_key": lambda records: Review.where(Review.about.not_matches_key("title", records)),
    "an alternative": lambda records: Review.where((Review.about == "x") | Review.record.matches(records)),
    "an opposite": lambda records: Review.where(~Review.record.matches(records)),
    "two steps deep": lambda records: Band.where(
        Band.name.matches_key("about", Review.where(Review.record.matches(records)))
    ),
    "through a pointer": lambda records: Review.where(Review.record.title.matches_key("title", records)),
}

#: Verbs that would ask.
VERBS: dict[str, Callable[[Any], Any]] = {
    "all": lambda query: query.all(),
    "count": lambda query: query.count(),
    "exists": lambda query: query.exists(),
    "delete_all": lambda query: query.delete_all(),
    "cursor": lambda query: query.cursor().next_page(),
    "min": lambda query: query.as_master().min("created_at"),
    "explain": lambda query: query.as_master().explain(),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_credential_of_a_query_in_a_condition_is_refused(
    other: Callable[[], Any], place: Callable[[Any], Any]
) -> None:
    with pytest.raises(BadQuery, match="give them to the outer query"):
        place(other()).all()

    assert sent == []


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_no_verb_asks_such_a_question(verb: Callable[[Any], Any]) -> None:
    with pytest.raises(BadQuery, match="a query of NestedRecord with a client, credential or context of its own"):
        verb(Review.where(Review.record.matches(Record.as_user(BOB))))

    assert sent == []


def test_the_master_key_of_a_query_in_a_condition_is_refused_for_a_user() -> None:
    query = Review.where(Review.record.matches(Record.as_master()))

    with pytest.raises(BadQuery, match="give them to the outer query"):
        query.as_user(ANN).all()

    with orm.as_user(ANN), pytest.raises(BadQuery, match="give them to the outer query"):
        query.all()


def test_what_the_outer_query_has_too_may_be_said_twice(here: orm.Client) -> None:
    for records, reviews in (
        (Record.as_user(BOB), Review.as_user(BOB)),
        (Record.as_master(), Review.as_master()),
        (Record.as_master(), Review.query()),
        (Record.using(here), Review.query()),
        (Record.using(here), Review.as_user(BOB)),
        (Record.using(connect()), Review.query()),
        (Record.query().context({"a": 1}), Review.query().context({"a": 1})),
        (Record.query(), Review.as_user(BOB)),
    ):
        assert reviews.where(Review.record.matches(records)).all() == []


def test_the_rows_of_an_association_are_asked_for_with_the_outer_credential(here: orm.Client) -> None:
    band = Band._hydrate([{"objectId": "x1"}], Origin(here))[0]

    assert Review.where(Review.record.matches(band.records)).as_user(BOB).all() == []

    assert revealed(sent[0].headers["X-Parse-Session-Token"]) == BOB
