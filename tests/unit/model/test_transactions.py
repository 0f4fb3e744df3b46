"""A transaction is one request; when it fails, every object is what it was before."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.model.transaction import Transaction


class Account(orm.ParseObject):
    owner = orm.property(str, required=True)
    balance = orm.property(int, default=0)
    log = orm.array(str)

    @orm.before_save
    def note(self) -> None:
        self.log.append("saving")


def in_one(*saved: Any, destroyed: tuple[Any, ...] = (), **options: Any) -> Transaction:
    """One transaction that saves and destroys."""
    with Transaction(**options) as tx:
        for record in saved:
            tx.save(record)
        for record in destroyed:
            tx.destroy(record)
    return tx


def test_saves_and_destroys_ride_in_one_request(wire: Any) -> None:
    old, gone = Account.create(owner="a"), Account.create(owner="b")
    wire.clear()
    old.balance = 5
    with orm.transaction() as tx:
        new = tx.save(Account(owner="c"))
        tx.save(old)
        tx.destroy(gone)
        assert (len(tx), wire.sent, new.id) == (3, [], None)
    ((_, path, body),) = wire.sent
    assert (path, body["transaction"]) == ("/batch", True)
    assert [item["method"] for item in body["requests"]] == ["POST", "PUT", "DELETE"]
    assert new.id
    assert gone.is_destroyed
    assert old.changed == []
    assert tx.committed


def test_a_failed_transaction_leaves_everything_as_it_was(wire: Any, refusal: Any) -> None:
    old = Account.create(owner="a", log=["begun"])
    new, gone = Account(owner="c"), Account.create(owner="b")
    log = old.log
    old.balance = 5
    before = (old.updated_at, list(log), old.changed)
    wire.refuse = lambda method, path, body: refusal(142, "broken") if path == "/batch" else None
    with pytest.raises(orm.ValidationFailed):
        in_one(old, new, destroyed=(gone,))
    assert (old.updated_at, old.log, old.changed) == before
    assert (new.id, new.created_at, new.log, sorted(new.changed)) == (None, None, [], ["balance", "owner"])
    assert not gone.is_destroyed
    wire.refuse = lambda method, path, body: None
    assert in_one(old, new, destroyed=(gone,)).committed
    assert new.id
    assert gone.is_destroyed
    assert old.changed == []


def test_an_exception_in_the_block_sends_nothing(wire: Any) -> None:
    account = Account(owner="a")
    tx = orm.transaction()

    def block() -> None:
        with tx:
            tx.save(account)
            raise KeyError("mine")

    with pytest.raises(KeyError):
        block()
    assert (wire.sent, account.is_new) == ([], True)


def test_an_invalid_object_stops_it_before_the_request(wire: Any) -> None:
    good, bad = Account(owner="a"), Account()
    with pytest.raises(orm.RecordInvalid, match="owner is required"):
        in_one(good, bad)
    assert (wire.sent, good.log) == ([], [])


def test_a_conflict_is_tried_again_with_growing_pauses(wire: Any) -> None:
    tries, pauses = [], list[float]()

    def refuse(method: str, path: str, body: Any) -> Any:
        if path != "/batch":
            return None
        tries.append(body)
        return [{"error": {"code": 251, "error": "conflict"}}] if len(tries) < 3 else None

    wire.refuse = refuse
    account = Account(owner="a")
    in_one(account, sleep=pauses.append)
    assert [round(pause, 3) for pause in pauses] == [0.1, 0.2]
    assert tries[0] == tries[1] == tries[2]
    assert (account.log, bool(account.id)) == (["saving"], True)


def test_a_conflict_that_stays_is_told(wire: Any) -> None:
    wire.refuse = lambda method, path, body: [{"error": {"code": 251, "error": "conflict"}}] if body else None
    with pytest.raises(orm.TransactionConflict):
        in_one(Account(owner="a"), retries=2, sleep=lambda seconds: None)
    assert len(wire.sent) == 3


def test_an_unsaved_reference_is_refused(wire: Any) -> None:
    class Card(orm.ParseObject):
        account = orm.belongs_to(Account)

    with pytest.raises(orm.UnsavedReference):
        in_one(Card(account=Account(owner="a")))
    assert wire.sent == []


def test_one_object_cannot_be_saved_and_destroyed(wire: Any) -> None:
    account = Account.create(owner="a")
    with pytest.raises(orm.RecordNotSaved, match="one transaction"):
        in_one(account, destroyed=(account,))


def test_nothing_to_do_is_no_request(wire: Any) -> None:
    with orm.transaction() as tx:
        tx.destroy(Account(owner="never saved"))
    assert (wire.sent, tx.committed) == ([], True)


def test_all_of_it_is_asked_by_one_credential(wire: Any) -> None:
    with pytest.raises(orm.BadQuery, match="another client or credential"):
        in_one(Account(owner="a"), orm.User(username="ann", password="pw"))
    assert wire.sent == []
