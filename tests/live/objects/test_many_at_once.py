"""Batches and transactions on a real server."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Shelf(orm.ParseObject):
    name = orm.property(str, required=True)


class Item(orm.ParseObject):
    name = orm.property(str)
    amount = orm.property(int, default=0)
    shelf = orm.belongs_to(Shelf)
    tags = orm.array(str)


@pytest.fixture(autouse=True)
def columns(parse_client: Any) -> None:
    """A transaction that needs a new column of a table it wrote to waits for itself (9.10 on Postgres)."""
    shelf = Shelf.create(name="s")
    Item.create(name="x", amount=1, shelf=shelf, tags=["a"]).destroy()
    shelf.destroy()


def test_many_new_objects_and_their_references_are_saved(parse_client: Any) -> None:
    shelf = Shelf(name="s")
    items = [Item(name=f"n{n}", shelf=shelf) for n in range(230)]
    result = orm.save_all(items)
    assert result.saved == [*items, shelf]
    assert (Item.count(), Shelf.count()) == (230, 1)
    assert all(item.created_at and item.changed == [] for item in items)
    for item in items:
        item.amount += 1
    orm.save_all(items)
    assert Item.where(amount=1).count() == 230


def test_atomic_operations_ride_in_a_batch() -> None:
    item = Item.create(name="x", amount=1, tags=["a"])
    Item.get(item.id).increment("amount", 10)
    item.increment("amount", 2, send=False).increment("amount", 3, send=False).add_unique("tags", "b", send=False)
    orm.save_all([item])
    assert (item.amount, sorted(item.tags)) == (16, ["a", "b"])


def test_one_refused_item_leaves_the_others_saved() -> None:
    Item.create(name="x", amount=1)
    bad = Item(name="bad")
    bad._write_native("amount", "text")
    good = Item(name="good")
    result = orm.save_all([bad, good], raise_on_error=False)
    assert result.saved == [good]
    ((failed, error),) = result.failed
    assert failed is bad
    assert isinstance(error, orm.IncorrectType)
    assert Item.where(name="good").count() == 1


def test_destroying_many_counts_those_already_gone() -> None:
    items = [Item(name=str(n)) for n in range(120)]
    orm.save_all(items)
    Item.get(items[3].id).destroy()
    assert len(orm.destroy_all(items)) == 120
    assert Item.count() == 0


def test_fetching_many_brings_them_up_to_date() -> None:
    shelf = Shelf.create(name="s")
    items = [Item(name=str(n), shelf=shelf) for n in range(150)]
    orm.save_all(items)
    pointers = [Item.pointer(item.id) for item in items]
    gone = Item.pointer("aaaaaaaaaa")
    result = orm.fetch_all([*pointers, gone], include=["shelf"], raise_on_error=False)
    assert [one.name for one in result.saved] == [item.name for item in items]
    assert result.failed[0][0] is gone
    with orm.strict_loading():
        assert {pointer.shelf.name for pointer in pointers if pointer.shelf} == {"s"}


def test_users_ride_in_batches_too() -> None:
    users = [orm.User(username=f"u{n}", password="pw") for n in range(3)]
    orm.save_all(users)
    assert orm.User.login("u1", "pw") == users[1]
    users[0].email = "u0@example.com"
    orm.save_all(users)
    taken = orm.User(username="u1", password="pw")
    assert isinstance(orm.save_all([taken], raise_on_error=False).failed[0][1], orm.UsernameTaken)
    orm.destroy_all(users)
    assert orm.User.count() == 0


def test_a_batch_acts_as_one_user() -> None:
    ann, bob = (orm.User.signup(name, "pw") for name in ("ann", "bob"))
    mine = Item(name="mine", acl=orm.ACL().grant(ann))
    theirs = Item(name="theirs", acl=orm.ACL().grant(bob))
    orm.save_all([mine, theirs])
    for item in (mine, theirs):
        item.name = "changed"
    result = orm.save_all([mine, theirs], session=ann, raise_on_error=False)
    assert result.saved == [mine]
    assert isinstance(result.failed[0][1], orm.ObjectNotFound)


def test_a_transaction_does_all() -> None:
    old, gone = Item.create(name="old"), Item.create(name="gone")
    old.amount = 5
    with orm.transaction() as tx:
        new = tx.save(Item(name="new"))
        tx.save(old)
        tx.destroy(gone)
    assert Item.get(new.id).name == "new"
    assert Item.get(old.id).amount == 5
    assert Item.find(gone.id) is None


def in_one(*saved: Item, destroyed: Item) -> None:
    with orm.transaction() as tx:
        for item in saved:
            tx.save(item)
        tx.destroy(destroyed)


def test_a_transaction_does_nothing_when_one_part_fails() -> None:
    old, gone, bad, new = Item.create(name="old"), Item.create(name="gone"), Item(name="bad"), Item(name="new")
    bad._write_native("amount", "text")
    old.amount = 5
    old.tags.append("x")
    before = (old.updated_at, old.amount, old.tags, sorted(old.changed))
    with pytest.raises(orm.ParseError):
        in_one(old, new, bad, destroyed=gone)
    assert {item.name for item in Item.all()} == {"old", "gone"}
    assert Item.get(old.id).amount == 0
    assert (old.updated_at, old.amount, old.tags, sorted(old.changed)) == before
    assert (new.id, new.created_at, gone.is_destroyed) == (None, None, False)
    bad.amount = 1
    in_one(old, new, bad, destroyed=gone)
    assert {item.name for item in Item.all()} == {"old", "new", "bad"}
    assert Item.get(old.id).tags == ["x"]
