"""A write whose answer was lost is neither done nor failed: nobody knows, and nobody says otherwise."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.client import BaseClient
from tests.fault.server import Fault, FaultServer, Seen, answer, cut_short, half_json, hang_up_read, html

Connect = Callable[..., BaseClient]
NOW = "2026-01-02T03:04:05.678Z"


class Parcel(orm.ParseObject):
    label = orm.property(str)


class Crate(orm.ParseObject):
    label = orm.property(str)

    @orm.before_save
    def weigh(self) -> None:
        if self.label == "heavy":
            raise orm.RequestTimeout("the scales do not answer")


class Server:
    """A Parse Server that makes rows, loses answers, and may know request ids.

    Attributes:
        rows: the labels of the rows that were made.
        losses: the next faults to answer a write with, after it was done.
        found: what the first query finds; the others find nothing.
        ids: the request ids that were seen; None for a server without idempotency.
        sent: the request id of each single write.
    """

    def __init__(self, idempotent: bool = False) -> None:
        self.rows: list[str | None] = []
        self.losses: list[Fault] = []
        self.found = [{"objectId": f"row{n}", "createdAt": NOW} for n in range(3)]
        self.ids: set[str] | None = set() if idempotent else None
        self.sent: list[str] = []

    def __call__(self, seen: Seen) -> Fault:
        body = json.loads(seen.body) if seen.body else {}
        if body.get("_method") == "GET":
            found, self.found = self.found, []
            return answer(200, {"results": found})
        if seen.path == "/parse/batch":
            said: Any = [self.one(item["method"], item.get("body") or {}) for item in body["requests"]]
            return self.losses.pop(0) if self.losses else answer(200, said)
        request_id = seen.headers.get("x-parse-request-id", "")
        self.sent.append(request_id)
        if self.ids is not None and request_id in self.ids:
            return answer(400, {"code": 159, "error": "Duplicate request"})
        if self.ids is not None and request_id:
            self.ids.add(request_id)
        if "id" in body:
            return answer(400, {"code": 105, "error": "invalid field name: id"})
        said = self.one(seen.method, body)
        refused = "error" in said
        if self.losses:
            return self.losses.pop(0)
        return answer(400, said["error"]) if refused else answer(200, said["success"])

    def one(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("label") == "bad":
            return {"error": {"code": 142, "error": "no"}}
        if method == "POST":
            self.rows.append(body.get("label"))
            return {"success": {"objectId": f"new{len(self.rows)}", "createdAt": NOW}}
        return {"success": {"updatedAt": NOW} if method == "PUT" else {}}


@pytest.fixture
def server(faulty: FaultServer) -> Server:
    """A server without idempotency."""
    faulty.usual = server = Server()
    return server


@pytest.fixture
def knowing(faulty: FaultServer) -> Server:
    """A server that refuses a request id that it has seen."""
    faulty.usual = server = Server(idempotent=True)
    return server


@pytest.fixture(autouse=True)
def client(connect: Connect) -> Iterator[BaseClient]:
    """A client that tries once."""
    client = connect(attempts=1)
    with orm.using(client):
        yield client


LOSSES = {
    "the connection is closed": hang_up_read(),
    "half an answer": cut_short(),
    "half a text": half_json(),
    "502": html(502),
    "503": html(503),
    "504": html(504),
    "524 of a proxy": html(524),
    "a web page": html(200),
    "an object": answer(200, {"ok": True}),
    "too few": answer(200, [{"success": {}}]),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_creates_whose_answer_was_lost_are_unknown(loss: str, server: Server) -> None:
    server.losses = [LOSSES[loss]]
    parcels = [Parcel(label=str(n)) for n in range(3)]

    with pytest.raises(orm.BatchError) as caught:
        orm.save_all(parcels)

    assert "it is not known whether 3 of 3 objects were saved" in str(caught.value)
    assert "not saved" not in str(caught.value)
    assert caught.value.failed == []
    assert [one for one, _ in caught.value.unknown] == parcels
    assert all(parcel.is_new and parcel.may_exist for parcel in parcels)


def test_done_refused_and_unknown_are_told_apart(server: Server) -> None:
    server.losses = [answer(200, [server.one("POST", {"label": "a"}), server.one("POST", {"label": "bad"})])]
    server.losses += [hang_up_read()]
    done, bad, *lost = parcels = [Parcel(label=label) for label in ("a", "bad", "c", "d")]

    with pytest.raises(
        orm.BatchError, match=r"1 of 4 objects were not saved; it is not known whether 2 of 4"
    ) as caught:
        orm.save_all(parcels, batch_size=2)

    result = caught.value.result
    assert (result.saved, result.ok) == ([done], False)
    assert [one for one, _ in result.failed] == [bad]
    assert [one for one, _ in result.unknown] == lost
    assert caught.value.unknown == result.unknown
    assert [parcel.may_exist for parcel in parcels] == [False, False, True, True]


def test_unknown_alone_is_not_ok(server: Server) -> None:
    server.losses = [hang_up_read()]
    result = orm.save_all([Parcel()], raise_on_error=False)
    assert (result.ok, result.failed, len(result.unknown)) == (False, [], 1)


def test_a_connection_that_was_not_made_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = orm.Client(f"http://127.0.0.1:{port}/parse", "app", master_key="m", retries=orm.Retry(attempts=1))
    parcel, single = Parcel(), Parcel()

    with orm.using(nowhere), pytest.raises(orm.BatchError, match="1 of 1 objects were not saved") as caught:
        orm.save_all([parcel])
    with orm.using(nowhere), pytest.raises(orm.ConnectFailed):
        single.save()

    assert (len(caught.value.failed), caught.value.unknown) == (1, [])
    assert not parcel.may_exist
    assert not single.may_exist


def test_a_callback_that_gets_no_answer_of_its_own_is_a_failure(server: Server) -> None:
    result = orm.save_all([Crate(label="heavy"), Crate(label="light")], raise_on_error=False)
    assert [one.label for one, _ in result.failed] == ["heavy"]
    assert result.unknown == []
    assert not result.failed[0][0].may_exist


def test_reads_fail_and_are_never_unknown(faulty: FaultServer) -> None:
    faulty.usual = hang_up_read()
    result = orm.fetch_all([Parcel.pointer("row1")], raise_on_error=False)
    assert (len(result.failed), result.unknown) == (1, [])


WRITES: dict[str, tuple[Callable[[], Any], str]] = {
    "destroy_all": (lambda: orm.destroy_all([Parcel.pointer(f"row{n}") for n in range(3)]), "objects were destroyed"),
    "query.update_all": (lambda: Parcel.where().update_all(label="x"), "objects were updated"),
    "query.delete_all": (lambda: Parcel.where().delete_all(), "objects were deleted"),
    "query.destroy_all": (lambda: Parcel.where().destroy_all(), "objects were destroyed"),
    "revoke_all_for_user": (lambda: orm.Session.revoke_all_for_user("ann"), "sessions were ended"),
    "purge_expired": (lambda: orm.Session.purge_expired(), "sessions were ended"),
    "clear_stale": (lambda: orm.Installation.clear_stale(), "rows were deleted"),
}


@pytest.mark.parametrize("name", WRITES)
def test_other_writes_of_many_rows_say_what_is_not_known(name: str, server: Server) -> None:
    server.losses = [hang_up_read()]
    write, said = WRITES[name]

    with pytest.raises(orm.BatchError, match=rf"it is not known whether 3 of 3 {said}") as caught:
        write()

    assert caught.value.failed == []
    assert len(caught.value.unknown) == 3
    assert not any(one.is_destroyed for one, _ in caught.value.unknown)


@pytest.mark.parametrize("loss", ["the connection is closed", "504", "too few", "an object"])
def test_a_lost_transaction_leaves_the_objects_as_they_were(loss: str, server: Server) -> None:
    server.losses = [LOSSES[loss]]
    new, old, gone = Parcel(label="a"), Parcel.pointer("row1"), Parcel.pointer("row2")
    old.label = "b"
    transaction = orm.transaction()
    transaction.save(new)
    transaction.save(old)
    transaction.destroy(gone)

    with pytest.raises((orm.TransportError, orm.ServerUnavailable)) as caught, transaction:
        pass

    assert "nothing" not in str(caught.value)
    assert not transaction.committed
    assert (new.is_new, new.may_exist, old.changed, gone.is_destroyed) == (True, True, ["label"], False)


def test_a_refused_transaction_is_known_to_have_done_nothing(faulty: FaultServer) -> None:
    faulty.usual = answer(400, {"code": 142, "error": "no"})
    new = Parcel(label="a")
    with pytest.raises(orm.ValidationFailed), orm.transaction() as tx:
        tx.save(new)
    assert not new.may_exist


# -- saving again --------------------------------------------------------------------------------


def lost(server: Server, loss: Fault | None = None) -> Parcel:
    """A parcel whose create reached the server alone, and was not answered."""
    server.losses = [loss or hang_up_read()]
    parcel = Parcel(label="once")
    with pytest.raises(orm.ParseOrmError):
        parcel.save()
    return parcel


@pytest.mark.parametrize("loss", ["the connection is closed", "half an answer", "half a text", "504", "a web page"])
def test_a_single_create_that_was_lost_is_not_done_twice_where_the_server_can_tell(loss: str, knowing: Server) -> None:
    parcel = lost(knowing, LOSSES[loss])
    assert parcel.may_exist

    for _ in range(2):
        with pytest.raises(orm.DuplicateRequest, match="most likely the row exists"):
            parcel.save()

    assert knowing.rows == ["once"]
    assert parcel.may_exist


def test_save_all_does_not_double_it_either(knowing: Server) -> None:
    parcel, other = lost(knowing), Parcel(label="other")

    with pytest.raises(orm.BatchError, match="it is not known whether 1 of 2 objects were saved") as caught:
        orm.save_all([parcel, other])

    assert sorted(map(str, knowing.rows)) == ["once", "other"]
    assert [one for one, _ in caught.value.unknown] == [parcel]
    assert not other.is_new


@pytest.mark.parametrize("twin", [deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_twin_remembers_it_too(twin: Callable[[Parcel], Parcel], knowing: Server) -> None:
    made = twin(lost(knowing))
    with pytest.raises(orm.DuplicateRequest):
        made.save()
    assert knowing.rows == ["once"]


def test_a_copy_is_another_row(knowing: Server) -> None:
    copy = lost(knowing).copy()
    assert not copy.may_exist
    copy.save()
    assert knowing.rows == ["once", "once"]


def test_a_create_that_never_arrived_is_done_by_the_next_save(faulty: FaultServer, knowing: Server) -> None:
    faulty.script(hang_up_read())
    parcel = Parcel(label="once")
    with pytest.raises(orm.TransportError):
        parcel.save()

    parcel.save()

    assert knowing.rows == ["once"]
    assert parcel.id == "new1"
    assert not parcel.may_exist


@pytest.mark.parametrize("between", [answer(429, {"error": "slow down"}), answer(400, {"code": 142, "error": "no"})])
def test_what_comes_between_does_not_make_it_forget(between: Fault, faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = knowing = Server(idempotent=True)
    parcel = lost(knowing)
    faulty.script(between)

    with orm.using(connect(attempts=2)), pytest.raises(orm.ParseError):
        parcel.save()
    with pytest.raises(orm.DuplicateRequest):
        parcel.save()

    assert knowing.rows == ["once"]
    assert parcel.may_exist


def test_a_server_that_cannot_tell_makes_the_row_again(server: Server) -> None:
    parcel = lost(server)
    parcel.save()
    assert server.rows == ["once", "once"]
    assert not parcel.may_exist


def test_creates_that_were_lost_in_a_batch_may_be_sent_again(server: Server) -> None:
    server.losses = [hang_up_read()]
    parcels = [Parcel(label="a"), Parcel(label="b")]
    orm.save_all(parcels, raise_on_error=False)

    assert orm.save_all(parcels).ok
    assert not any(parcel.may_exist for parcel in parcels)


def test_the_refusal_of_a_repeat_proves_nothing_about_the_try_whose_answer_was_lost(
    server: Server, connect: Connect
) -> None:
    with orm.using(connect(attempts=2)):
        parcel = Parcel.create(label="a")
        for refusal in (answer(400, {"code": 209, "error": "Invalid session token"}), answer(404, {"code": 101})):
            server.losses = [hang_up_read(), refusal]
            with pytest.raises(orm.TransportError, match="closed the connection"):
                parcel.update(label=parcel.label + "b")


def test_a_delete_that_broke_down_and_is_gone_at_its_repeat_was_done(server: Server, connect: Connect) -> None:
    with orm.using(connect(attempts=2)):
        parcel = Parcel.create(label="a")
        server.losses = [answer(500, {"code": 1, "message": "Internal server error."}), answer(404, {"code": 101})]

        assert parcel.destroy() is True


def test_the_next_save_carries_the_id_that_was_sent_last(server: Server, connect: Connect) -> None:
    with orm.using(connect(attempts=2)):
        parcel = Parcel(label="a")
        server.losses = [answer(429, {"code": 155}, retry_after="0"), answer(201, b"null")]
        with pytest.raises(orm.AnswerCutShort) as caught:
            parcel.save()
        parcel.save()

        *_, lost, again = server.sent
        assert again == lost == caught.value.request_id


def test_a_server_that_broke_down_may_have_made_the_row_and_gets_another_id_the_next_time(server: Server) -> None:
    parcel = Parcel(label="a")
    server.losses = [answer(500, {"code": 1, "message": "Internal server error."})]
    with pytest.raises(orm.InternalServerError):
        parcel.save()
    assert parcel.may_exist
    parcel.save()

    first, second = server.sent
    assert first != second
    assert not parcel.may_exist


def test_an_object_whose_callback_failed_after_the_save_is_not_called_unsaved(server: Server) -> None:
    class Noisy(orm.ParseObject):
        label = orm.property(str)

        @orm.after_save
        def tell(self) -> None:
            raise ValueError("the mail server is down")

    noisy = Noisy(label="a")
    with pytest.raises(orm.BatchError, match="1 of 1 objects were saved, but a callback failed afterwards") as caught:
        orm.save_all([noisy])

    assert not noisy.is_new
    assert (caught.value.failed, caught.value.unknown, caught.value.result.saved) == ([], [], [noisy])
    assert [(one, str(error)) for one, error in caught.value.afterwards] == [(noisy, "the mail server is down")]


def test_a_row_that_is_gone_is_not_called_undestroyed_when_a_callback_failed_after_it(server: Server) -> None:
    class Fragile(orm.ParseObject):
        label = orm.property(str)

        @orm.after_destroy
        def tell(self) -> None:
            if self.id == "row1":
                raise ValueError("the mail server is down")

    rows = [Fragile.pointer(f"row{n}") for n in range(3)]
    for result in (
        orm.destroy_all(rows, raise_on_error=False),
        Fragile.where().destroy_all(raise_on_error=False),
    ):
        assert ([one.id for one in result.saved], result.failed, result.unknown) == (["row0", "row1", "row2"], [], [])
        assert [one.id for one, _ in result.afterwards] == ["row1"]
        assert not result.ok
    with pytest.raises(
        orm.BatchError, match="1 of 3 objects were destroyed, but a callback failed afterwards"
    ) as caught:
        orm.destroy_all([Fragile.pointer(f"row{n}") for n in range(3)])
    assert caught.value.afterwards == caught.value.result.afterwards
