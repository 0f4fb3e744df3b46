"""Objects and two servers: each row is written where it lives, and nothing refers to a row of the other server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from tests.unit.remembered import Wire


class Painter(orm.ParseObject):
    name = orm.property(str)


class Canvas(orm.ParseObject):
    title = orm.property(str)
    painter = orm.belongs_to(Painter)
    helpers = orm.has_many(Painter, through="array")
    fans = orm.has_many(Painter, through="relation")
    notes = orm.property(dict)


class Place(Wire):
    """A server in memory with an address of its own."""

    def __init__(self, app: str) -> None:
        super().__init__()
        self.client = orm.Client(
            "http://localhost:1337/parse",
            app_id=app,
            rest_key="rest",
            master_key="master",
            transport=MemoryTransport(self.handle),
        )


@pytest.fixture
def here() -> Iterator[Place]:
    place = Place("here")
    with orm.using(place.client):
        yield place


@pytest.fixture
def there(here: Place) -> Place:
    return Place("there")


def written(place: Place) -> list[str]:
    """Methods of the writes that a server got, those of a batch included."""
    found = []
    for method, path, body in place.sent:
        if path == "/batch":
            found += [item["method"] for item in body["requests"]]
        elif (body or {}).get("_method") != "GET":
            found.append(method)
    return found


NEW: dict[str, Callable[[Canvas], Canvas]] = {
    "a copy": lambda canvas: canvas.copy(),
    "JSON without an id": lambda canvas: Canvas.from_json('{"title": "x"}'),
    "a new object": lambda canvas: Canvas(title="x"),
}
SAVES: dict[str, Callable[[Any], Any]] = {
    "save": lambda one: one.save(),
    "save, with what it refers to": lambda one: one.save(cascade=True),
    "save_all": lambda one: orm.save_all([one]),
    "transaction": lambda one: save_in_transaction(one),
}


def save_in_transaction(*objects: Any) -> None:
    with orm.transaction() as tx:
        for one in objects:
            tx.save(one)


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("make", NEW.values(), ids=NEW)
def test_what_was_never_saved_belongs_to_the_client_in_use(
    make: Callable[[Canvas], Canvas], save: Callable[[Any], Any], here: Place, there: Place
) -> None:
    one = make(Canvas.create(title="x"))
    here.clear()

    with orm.using(there.client):
        save(one)

    assert (written(here), written(there)) == ([], ["POST"])
    one.update(title="y")
    assert (written(here), written(there)) == ([], ["POST", "PUT"])


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_a_row_is_written_on_its_own_server_whichever_client_is_in_use(
    save: Callable[[Any], Any], here: Place, there: Place
) -> None:
    row = Canvas.create(title="x")
    row.title = "y"
    with orm.using(there.client):
        save(row)
        row.increment("notes.seen")
        orm.destroy_all([row])

    assert (written(here), written(there)) == (["POST", "PUT", "PUT", "DELETE"], [])


def test_a_list_with_rows_of_two_servers_is_written_on_both(here: Place, there: Place) -> None:
    row = Canvas.create(title="x")
    with orm.using(there.client):
        other = Canvas.create(title="x")
        row.title = other.title = "y"
        orm.save_all([row, other, Canvas(title="new")])
        orm.destroy_all([row, other])

    assert written(here) == ["POST", "PUT", "DELETE"]
    assert sorted(written(there)) == ["DELETE", "POST", "POST", "PUT"]


def test_a_transaction_over_two_servers_is_refused(here: Place, there: Place) -> None:
    row = Canvas.create(title="x")
    row.title = "y"
    here.clear()
    with orm.using(there.client), pytest.raises(orm.BadQuery, match="another client"):
        save_in_transaction(row, Canvas(title="z"))

    assert (here.sent, there.sent) == ([], [])


REFERENCES: dict[str, Callable[[Painter], Any]] = {
    "belongs_to": lambda ann: Canvas(painter=ann),
    "array": lambda ann: Canvas(helpers=[ann]),
    "dict": lambda ann: Canvas(notes={"by": [ann]}),
    "relation": lambda ann: with_fan(Canvas(), ann),
}


def with_fan(canvas: Canvas, ann: Painter) -> Canvas:
    canvas.fans.add(ann)
    return canvas


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("make", REFERENCES.values(), ids=REFERENCES)
def test_a_reference_to_a_row_of_another_server_is_refused_by_name(
    make: Callable[[Painter], Canvas], save: Callable[[Any], Any], here: Place, there: Place
) -> None:
    ann = Painter.create(name="Ann")
    with orm.using(there.client), pytest.raises((orm.InvalidValue, orm.BatchError), match=r"Canvas\.\w+ refers to"):
        save(make(ann))

    assert there.sent == []


def test_a_copy_keeps_its_references_so_it_is_not_saved_elsewhere_in_silence(here: Place, there: Place) -> None:
    copy = Canvas.create(title="x", painter=Painter.create(name="Ann")).copy()
    with orm.using(there.client):
        with pytest.raises(orm.InvalidValue, match=r"Canvas\.painter refers to Painter"):
            copy.save()
        copy.painter = Painter.create(name="Ann")
        copy.save()

    assert written(there) == ["POST", "POST"]


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_what_a_row_needs_is_not_saved_first_on_another_server(
    save: Callable[[Any], Any], here: Place, there: Place
) -> None:
    row = Canvas.create(title="x")
    row.painter = Painter(name="new")
    here.clear()
    with orm.using(there.client), pytest.raises((orm.InvalidValue, orm.UnsavedReference)):
        save(row)

    assert (here.sent, there.sent) == ([], [])


def test_operations_and_update_all_refuse_rows_of_another_server(here: Place, there: Place) -> None:
    ann, row = Painter.create(name="Ann"), Canvas.create(title="x")
    with orm.using(there.client):
        bob = Painter.create(name="Bob")
        there.clear()
        with pytest.raises(orm.InvalidValue, match=r"Canvas\.painter refers to Painter"):
            Canvas.query().update_all(painter=ann)
    here.clear()
    with pytest.raises(orm.InvalidValue, match=r"Canvas\.helpers refers to Painter"):
        row.add("helpers", bob)

    assert (here.sent, there.sent) == ([], [])


def test_two_clients_of_one_server_may_refer_to_each_others_rows(here: Place) -> None:
    again = orm.Client(
        "http://localhost:1337/parse", app_id="here", rest_key="rest", transport=MemoryTransport(here.handle)
    )
    ann = Painter.create(name="Ann")
    with orm.using(again):
        Canvas.create(title="x", painter=ann)

    assert written(here) == ["POST", "POST"]


def test_a_pointer_whose_server_is_not_known_passes(here: Place, there: Place) -> None:
    with orm.using(there.client):
        Canvas.create(title="x", painter=Painter.pointer("abcdefghij"))

    assert written(there) == ["POST"]


def test_what_a_query_of_one_client_makes_or_changes_belongs_to_that_client(here: Place, there: Place) -> None:
    there.rows["/classes/Canvas"] = {"results": []}
    Canvas.using(there.client).first_or_initialize(title="x").save()

    assert (written(here), written(there)) == ([], ["POST"])
    pages = iter([{"results": [{"objectId": "abcdefghij"}]}])
    there.refuse = lambda method, path, body: next(pages, None) if (body or {}).get("keys") == "objectId" else None
    (changed,) = Canvas.using(there.client).update_all(title="y").saved
    here.clear()
    changed.update(title="z")
    assert here.sent == []
